"""From a tree of sqlglot to a tree of our own, by an allow-list; imported only when there is SQL to read.

Each form of SQL that may be used has its line in `_OPERATIONS` or its method here. A form is taken only if all its
parts are known: sqlglot keeps many variants in one class (`NOT LIKE` is a `Like` with a flag), and a part that is
overlooked would change the meaning.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, NoReturn

import sqlglot
from sqlglot import expressions as exp

from scslab.ground.problems import Place, did_you_mean
from scslab.scheme import sql_types as typed
from scslab.scheme.conditions import (
    Column,
    Expression,
    Literal,
    Node,
    Op,
    Operation,
    ValueType,
)
from scslab.scheme.problem_list import Problems, shorten, suggest
from scslab.scheme.sql_references import REFERENCES, read_reference
from scslab.scheme.sql_types import SqlError, name_type
from scslab.scheme.yaml_tree import YamlText

MAX_DEPTH = 50
"""The deepest tree of a condition."""
MAX_NODES = 500
"""The most parts of a condition."""

_BINARY: dict[type[Any], Op] = {
    exp.Add: Op.ADD,
    exp.Sub: Op.SUBTRACT,
    exp.Mul: Op.MULTIPLY,
    exp.Div: Op.DIVIDE,
    exp.EQ: Op.EQUAL,
    exp.NEQ: Op.NOT_EQUAL,
    exp.LT: Op.LESS,
    exp.LTE: Op.LESS_EQUAL,
    exp.GT: Op.GREATER,
    exp.GTE: Op.GREATER_EQUAL,
}
_CALLS: dict[type[Any], Op] = {
    exp.Coalesce: Op.COALESCE,
    exp.Abs: Op.ABS,
    exp.Floor: Op.FLOOR,
    exp.Ceil: Op.CEIL,
    exp.Least: Op.LEAST,
    exp.Greatest: Op.GREATEST,
    exp.Lower: Op.LOWER,
    exp.Upper: Op.UPPER,
    exp.Length: Op.LENGTH,
    exp.Year: Op.YEAR,
    exp.Month: Op.MONTH,
}
FUNCTIONS = tuple(sorted(op.value for op in (*_CALLS.values(), Op.DAYS_BETWEEN)))
"""The functions that are offered."""
# Parts that a form may have besides `this`, `expression` and `expressions` (they say nothing new, or are handled).
_HARMLESS: dict[type[Any], frozenset[str]] = {
    exp.Column: frozenset({"table"}),
    exp.Literal: frozenset({"is_string"}),
    exp.Between: frozenset({"low", "high"}),
    exp.Like: frozenset({"negate"}),
    exp.Case: frozenset({"ifs", "default"}),
    exp.Cast: frozenset({"to"}),
    exp.Least: frozenset({"ignore_nulls"}),
    exp.Greatest: frozenset({"ignore_nulls"}),
}
_EXPLAINED: tuple[tuple[type[Any], str, str], ...] = (
    (exp.AggFunc, "an aggregate", "a rule sees one event at a time; use `repeat`, `cap` or a tier to count"),
    (exp.Window, "a window function", "a rule sees one event at a time"),
    (exp.Query, "a query", "a rule reads the attributes of the event and of the subject only"),
    (exp.Subquery, "a query", "a rule reads the attributes of the event and of the subject only"),
    (exp.CurrentDate, "today's date", "use `occurred_on` or `recorded_on`, so that the answer never changes by itself"),
    (exp.CurrentTimestamp, "the time", "use `occurred_on` or `recorded_on`"),
    (exp.Cast, "a cast", "attributes have the types declared under `events`; write a date as DATE '2020-01-31'"),
    (exp.Mod, "`%`", "not offered; use floor"),
    (exp.If, "`if`", "write `case when … then … else … end`"),
    (exp.ILike, "`ilike`", "write `lower(…) like '…'`"),
    (exp.DateDiff, "`datediff`", "write `days_between(a, b)`, which is b − a in days"),
    (exp.Date, "`date(…)`", "write a date as DATE '2020-01-31'"),
)


def read_sql(
    sql: YamlText, columns: Mapping[str, ValueType], problems: Problems, wanted: ValueType, scheme: str = ""
) -> Expression | None:
    """The typed tree of an SQL text that must yield `wanted`; None after a problem was noted.

    Other arguments as for `scslab.scheme.sql.parse_condition`.
    """
    try:
        parsed = _parse_quietly(sql.text)
    except RecursionError:
        problems.shared("031", "the SQL expression is nested too deep", sql.place)
        return None
    except Exception as error:
        # Apart from its own errors, sqlglot lets plain Python errors through for some malformed texts.
        place, message = _explain(error, sql)
        problems.shared("030", f"not readable as SQL: {message}", place)
        return None
    reader = _Reader(columns, sql.text, scheme)
    try:
        root = reader.read(parsed, 0)
        if root.type is not wanted:
            noun = "a condition must be true or false" if wanted is ValueType.BOOLEAN else "the points must be a number"
            raise SqlError(f"{noun}, and this is {name_type(root.type)}", number="035")
    except SqlError as error:
        problems.shared(error.number, error.message, _find_place(reader.at, sql), error.help)
        return None
    return Expression(sql.text.strip(), root)


def _parse_quietly(text: str) -> Any:
    """Parses one expression; sqlglot's warning that it fell back to a command is not for the user."""
    logger = logging.getLogger("sqlglot")
    logger.addFilter(_drop)
    try:
        return sqlglot.parse_one(text, into=exp.Condition)
    finally:
        logger.removeFilter(_drop)


def _drop(_: logging.LogRecord) -> bool:
    return False


def _explain(error: Exception, sql: YamlText) -> tuple[Place, str]:
    details: list[dict[str, Any]] = getattr(error, "errors", None) or []
    if not details:
        quote = "Missing" in str(error.__cause__ or "")
        return sql.place, "a quote is not closed" if quote else "this is not one expression"
    first = details[0]
    word = str(first.get("highlight") or "")
    lines = sql.text.split("\n")
    line = int(first.get("line") or 1)
    offset = sum(len(each) + 1 for each in lines[: line - 1]) + int(first.get("col") or 0) - len(word)
    description = str(first.get("description") or "")
    if description.startswith("Expecting"):
        return sql.place_at(offset), f"`{description.split()[-1]}` is missing after `{shorten(word)}`"
    if "missing" in description:
        return sql.place_at(offset), f"something is missing beside `{shorten(word)}`"
    if "number of provided arguments" in description:
        return sql.place_at(offset), "a function has too many arguments"
    return sql.place_at(offset), f"`{shorten(word)}` does not fit here"


def _find_place(node: Any, sql: YamlText) -> Place:
    """Where a part of the expression starts: the first of its words that carries a position."""
    if node is None:
        return sql.place
    starts, _ = _list_positions(node)
    return sql.place_at(min(starts)) if starts else sql.place


def _list_positions(node: Any) -> tuple[list[int], list[int]]:
    """Where the words of a part start and end in the text, as far as sqlglot says so."""
    known = [each.meta for each in node.walk() if "start" in each.meta]
    return [int(meta["start"]) for meta in known], [int(meta["end"]) for meta in known]


class _Reader:
    """Rebuilds an sqlglot tree; `at` is the part that was read last, for the place of a problem."""

    def __init__(self, columns: Mapping[str, ValueType], text: str, scheme: str) -> None:
        self.columns = columns
        self.text = text
        self.scheme = scheme
        self.at: Any = None
        self.nodes = 0

    def read(self, node: Any, depth: int) -> Node:
        self.at = node
        self.nodes += 1
        if depth > MAX_DEPTH:
            raise SqlError(f"the SQL expression is nested deeper than {MAX_DEPTH}", number="031")
        if self.nodes > MAX_NODES:
            raise SqlError(f"the SQL expression has more than {MAX_NODES} parts", number="031")
        self._check_parts(node)
        made = self._make(node, depth + 1)
        self.at = node
        return made

    def _check_parts(self, node: Any) -> None:
        known = _HARMLESS.get(type(node), frozenset()) | {"this", "expression", "expressions"}
        for part, value in node.args.items():
            if part not in known and value:
                self._refuse(node)

    def _make(self, node: Any, depth: int) -> Node:
        kind = type(node)
        if kind is exp.Paren:
            return self.read(node.this, depth)
        if kind in (exp.Literal, exp.Null, exp.Boolean, exp.Cast):
            return self._constant(node)
        if kind is exp.Column:
            return self._column(node)
        if kind in (exp.And, exp.Or):
            return self._chain(node, depth)
        if kind in _BINARY:
            left, right = self.read(node.this, depth), self.read(node.expression, depth)
            self.at = node
            return typed.make_binary(_BINARY[kind], left, right)
        if kind is exp.Neg:
            return typed.make_negation(self.read(node.this, depth))
        if kind is exp.Not:
            return typed.make_denial(self.read(node.this, depth))
        if kind is exp.Is and type(node.expression) is exp.Null:
            return Operation(Op.IS_NULL, (self.read(node.this, depth),), ValueType.BOOLEAN)
        if kind is exp.In and node.expressions:
            return typed.make_comparison(Op.IN, self._read_all([node.this, *node.expressions], depth))
        if kind is exp.Between:
            return typed.make_comparison(
                Op.BETWEEN, self._read_all([node.this, node.args["low"], node.args["high"]], depth)
            )
        if kind is exp.Like:
            found = typed.make_like(self.read(node.this, depth), self.read(node.expression, depth))
            return typed.make_denial(found) if node.args.get("negate") else found
        if kind is exp.Case:
            return self._case(node, depth)
        if kind in _CALLS:
            first = [] if node.this is None else [node.this]
            return typed.make_call(_CALLS[kind], self._read_all([*first, *node.expressions], depth))
        if kind is exp.Anonymous and str(node.this).lower() == Op.DAYS_BETWEEN:
            return typed.make_call(Op.DAYS_BETWEEN, self._read_all(node.expressions, depth))
        if kind is exp.Anonymous and str(node.this).lower() in REFERENCES and self.scheme:
            texts = [str(word.this) for word in node.expressions if isinstance(word, exp.Literal) and word.is_string]
            return read_reference(str(node.this), texts, len(node.expressions), self.scheme)
        return self._refuse(node)

    def _read_all(self, parts: list[Any], depth: int) -> list[Node]:
        parent = self.at
        made = [self.read(part, depth) for part in parts]
        self.at = parent
        return made

    def _constant(self, node: Any) -> Node:
        if isinstance(node, exp.Null):
            return Literal(None, ValueType.NULL)
        if isinstance(node, exp.Boolean):
            return Literal(bool(node.this), ValueType.BOOLEAN)
        if isinstance(node, exp.Cast):
            is_date = node.to.this == exp.DataType.Type.DATE
            if not is_date or not isinstance(node.this, exp.Literal) or not node.this.is_string:
                self._refuse(node)
            return typed.make_date(str(node.this.this))
        return typed.make_constant(str(node.this), is_text=bool(node.is_string))

    def _column(self, node: Any) -> Node:
        if not isinstance(node.this, exp.Identifier):
            self._refuse(node)
        owner, name = str(node.table), str(node.name)
        full = f"{owner}.{name}" if owner else name
        if full in self.columns:
            return Column("subject" if owner else "event", name, self.columns[full])
        if f"subject.{name}" in self.columns and not owner:
            hint = f"did you mean `subject.{name}`?"
        elif owner == "event" and name in self.columns:
            hint = f"did you mean `{name}`?"
        elif node.this.args.get("quoted"):
            hint = f"texts stand in single quotes: '{shorten(name)}'"
        else:
            hint = suggest(full, self.columns)
        raise SqlError(f"unknown attribute `{shorten(full)}`", hint, number="032")

    def _chain(self, node: Any, depth: int) -> Node:
        """`a and b and c …`: read one after the other, however long, and joined as a balanced tree."""
        kind, op = type(node), Op.AND if isinstance(node, exp.And) else Op.OR
        parts: list[Any] = []
        while type(node) is kind:
            self._check_parts(node)
            parts.append(node.expression)
            node = node.this
        parts.append(node)
        joined = self._read_all(parts[::-1], depth)
        while len(joined) > 1:
            pairs = [typed.make_chain(op, *joined[i : i + 2]) for i in range(0, len(joined) - 1, 2)]
            joined = pairs + joined[len(joined) // 2 * 2 :]
        return joined[0]

    def _case(self, node: Any, depth: int) -> Node:
        subject = None if node.this is None else self.read(node.this, depth)
        branches: list[tuple[Node, Node]] = []
        for branch in node.args["ifs"]:
            if branch.args.get("false") is not None:
                self._refuse(branch)
            test, value = self._read_all([branch.this, branch.args["true"]], depth)
            self.at = node
            branches.append((test if subject is None else typed.make_binary(Op.EQUAL, subject, test), value))
        default = node.args.get("default")
        otherwise = None if default is None else self.read(default, depth)
        self.at = node
        return typed.make_case(branches, otherwise)

    def _refuse(self, node: Any) -> NoReturn:
        for kind, noun, helps in _EXPLAINED:
            if isinstance(node, kind):
                raise SqlError(f"{noun} is not allowed here", helps, number="034")
        if isinstance(node, exp.Anonymous | exp.Func):
            name = str(node.this if isinstance(node, exp.Anonymous) else node.sql_name()).lower()
            offered = (*FUNCTIONS, *REFERENCES) if self.scheme else FUNCTIONS
            hint = "not with these arguments" if name in FUNCTIONS else did_you_mean(name, offered)
            hint = "other schemes are read by the clauses of a scheme only" if name in REFERENCES else hint
            hint = hint or "offered are: " + ", ".join(offered)
            raise SqlError(f"the function `{shorten(name)}` is not allowed here", hint, number="034")
        starts, ends = _list_positions(node)
        what = f"`{shorten(self.text[min(starts) : max(ends) + 1])}`" if starts else "this"
        raise SqlError(f"{what} is not allowed here", "it is not among the offered operations", number="034")
