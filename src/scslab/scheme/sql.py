"""Conditions and formulas from SQL text: `when: amount >= 10000 and subject.age >= 18`, `points: 0.5 * hours`.

The text is read by sqlglot and then rebuilt, form by form, from an allow-list (`scslab.scheme.sql_tree`): what is not
on the list is refused. sqlglot is loaded at the first condition only.

What is offered: numbers, 'texts', DATE '2020-01-31' (a text compared with a date is read as one), true, false, null;
+ - * /; = <> < <= > >=; and, or, not; is [not] null; [not] in (…), between, like; case; coalesce, abs, floor, ceil,
least, greatest, lower, upper, length, year, month, days_between(a, b); and of other schemes, where they may be read,
on_list('list@scheme'), score_of('scheme'), tier_of('scheme').
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from scslab.scheme.conditions import Expression, ValueType
from scslab.scheme.problem_list import Problems
from scslab.scheme.yaml_tree import YamlText

MAX_LENGTH = 2_000
"""The longest condition or formula, in characters."""
MAX_BRACKETS = 20
"""The deepest nesting of brackets; sqlglot's own reader recurses about twenty calls for each."""

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


def parse_condition(
    sql: YamlText, columns: Mapping[str, ValueType], problems: Problems, scheme: str = ""
) -> Expression | None:
    """A condition: an SQL expression that is true or false.

    Args:
        sql: the text and where it stands.
        columns: the attributes that may be read; those of the subject are called `subject.NAME`.
        problems: collects what is wrong, under the shared codes 030 to 035.
        scheme: the scheme that asks, which may read others; "": nothing of schemes may be read.

    Example:
        >>> from scslab.ground.problems import Place
        >>> problems = Problems("S")
        >>> columns = {"amount": ValueType.NUMBER, "subject.age": ValueType.NUMBER}
        >>> sql = YamlText("amount >= 10000 and subject.age >= 18", True, Place("s.yaml", 7, 11), lead=0)
        >>> [column.name for column in parse_condition(sql, columns, problems).columns()]
        ['amount', 'age']
        >>> parse_condition(YamlText("ammount >= '5'", True, Place("s.yaml", 7, 11), lead=0), columns, problems)
        >>> print(problems.found[0])
        s.yaml:7:11: S032 unknown attribute `ammount`
          help: did you mean `amount`?
    """
    return _parse(sql, columns, problems, ValueType.BOOLEAN, scheme)


def parse_formula(
    sql: YamlText, columns: Mapping[str, ValueType], problems: Problems, scheme: str = ""
) -> Expression | None:
    """A formula: an SQL expression that is a number. Arguments and problems as for `parse_condition`.

    Example:
        >>> from scslab.ground.problems import Place
        >>> half = YamlText("0.5 * hours", True, Place())
        >>> parse_formula(half, {"hours": ValueType.NUMBER}, Problems("S")).root.op.value
        '*'
    """
    return _parse(sql, columns, problems, ValueType.NUMBER, scheme)


def _parse(
    sql: YamlText, columns: Mapping[str, ValueType], problems: Problems, wanted: ValueType, scheme: str
) -> Expression | None:
    if len(sql.text) > MAX_LENGTH:
        problems.shared("031", f"the SQL text has {len(sql.text):,} characters; at most {MAX_LENGTH:,}", sql.place)
        return None
    if not sql.text.strip():
        problems.shared("030", "an SQL expression must stand here", sql.place)
        return None
    if _count_brackets(sql.text) > MAX_BRACKETS:
        problems.shared("031", f"brackets are nested deeper than {MAX_BRACKETS}", sql.place)
        return None
    # Loading sqlglot takes a tenth of a second, which commands that read no condition should not pay.
    from scslab.scheme.sql_tree import read_sql

    return read_sql(sql, columns, problems, wanted, scheme)


def _count_brackets(text: str) -> int:
    """How deep brackets are nested, outside of quotes."""
    deepest = depth = 0
    for character in _QUOTED.sub("", text):
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    return deepest
