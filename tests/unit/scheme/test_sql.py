"""Conditions and formulas: the trees that allowed SQL becomes, and the problems of what is not allowed."""

import subprocess
import sys
from datetime import date

import pytest

from scslab.ground.problems import Place
from scslab.scheme.conditions import Column, Literal, Op, Operation, Reference, ReferenceKind, ValueType
from scslab.scheme.problem_list import Problems
from scslab.scheme.sql import MAX_BRACKETS, parse_condition, parse_formula
from scslab.scheme.yaml_tree import YamlText

N, T, B, D, NULL = ValueType.NUMBER, ValueType.TEXT, ValueType.BOOLEAN, ValueType.DATE, ValueType.NULL
COLUMNS = {
    "amount": N, "hours": N, "name": T, "is_final": B, "decided_on": D, "occurred_on": D,
    "subject.age": N, "subject.city": T, "Inspection Type": T,
}  # fmt: skip
AMOUNT, NAME, FINAL, DECIDED = (
    Column("event", name, COLUMNS[name]) for name in ("amount", "name", "is_final", "decided_on")
)
AGE = Column("subject", "age", N)


def number(value):
    return Literal(float(value), N)


def text(value):
    return Literal(value, T)


def op(which, *arguments, yields=B):
    return Operation(which, arguments, yields)


def parse(sql, parser=parse_condition):
    problems = Problems("S")
    return parser(YamlText(sql, True, Place("f.yaml", 3, 11), lead=0), COLUMNS, problems), problems.found


@pytest.mark.parametrize(
    ("sql", "tree"),
    [
        ("amount >= 10000", op(Op.GREATER_EQUAL, AMOUNT, number(10000))),
        ("amount <> 1", op(Op.NOT_EQUAL, AMOUNT, number(1))),
        ("amount != 1", op(Op.NOT_EQUAL, AMOUNT, number(1))),
        ("amount < -1.5", op(Op.LESS, AMOUNT, number(-1.5))),
        ("-amount > 1", op(Op.GREATER, op(Op.NEGATE, AMOUNT, yields=N), number(1))),
        ("(is_final)", FINAL),
        ("not is_final", op(Op.NOT, FINAL)),
        ("is_final = true", op(Op.EQUAL, FINAL, Literal(True, B))),
        ("true", Literal(True, B)),
        ("amount is null", op(Op.IS_NULL, AMOUNT)),
        ("amount is not null", op(Op.NOT, op(Op.IS_NULL, AMOUNT))),
        ("name in ('a', 'b')", op(Op.IN, NAME, text("a"), text("b"))),
        ("name not in ('a')", op(Op.NOT, op(Op.IN, NAME, text("a")))),
        ("amount between 1 and 2", op(Op.BETWEEN, AMOUNT, number(1), number(2))),
        ("amount not between 1 and 2", op(Op.NOT, op(Op.BETWEEN, AMOUNT, number(1), number(2)))),
        ("name like 'a%_'", op(Op.LIKE, NAME, text("a%_"))),
        # sqlglot keeps `not like` as a flag of `like`; it must not get lost.
        ("name not like 'a%'", op(Op.NOT, op(Op.LIKE, NAME, text("a%")))),
        ("name = 'it''s'", op(Op.EQUAL, NAME, text("it's"))),
        ("decided_on > '2020-01-31'", op(Op.GREATER, DECIDED, Literal(date(2020, 1, 31), D))),
        ("decided_on > DATE '2020-01-31'", op(Op.GREATER, DECIDED, Literal(date(2020, 1, 31), D))),
        ("'2020-01-31' = decided_on", op(Op.EQUAL, Literal(date(2020, 1, 31), D), DECIDED)),
        ("year(decided_on) = 2020", op(Op.EQUAL, op(Op.YEAR, DECIDED, yields=N), number(2020))),
        ("days_between(decided_on, '2020-01-31') > 5",
         op(Op.GREATER, op(Op.DAYS_BETWEEN, DECIDED, Literal(date(2020, 1, 31), D), yields=N), number(5))),
        ("coalesce(amount, 0) > 1", op(Op.GREATER, op(Op.COALESCE, AMOUNT, number(0), yields=N), number(1))),
        ("lower(name) = 'x'", op(Op.EQUAL, op(Op.LOWER, NAME, yields=T), text("x"))),
        ("length(name) > 2", op(Op.GREATER, op(Op.LENGTH, NAME, yields=N), number(2))),
        ('"Inspection Type" = \'Canvass\'', op(Op.EQUAL, Column("event", "Inspection Type", T), text("Canvass"))),
        # and binds closer than or, not closer than and
        ("is_final or is_final and not is_final", op(Op.OR, FINAL, op(Op.AND, FINAL, op(Op.NOT, FINAL)))),
        # a chain is balanced, in the order written
        ("is_final and amount > 1 and amount > 2",
         op(Op.AND, op(Op.AND, FINAL, op(Op.GREATER, AMOUNT, number(1))), op(Op.GREATER, AMOUNT, number(2)))),
    ],
)  # fmt: skip
def test_conditions(sql, tree):
    expression, found = parse(sql)
    assert found == []
    assert expression.root == tree


@pytest.mark.parametrize(
    ("sql", "tree"),
    [
        ("0.5 * amount", op(Op.MULTIPLY, number(0.5), AMOUNT, yields=N)),
        ("amount - 1 - 2", op(Op.SUBTRACT, op(Op.SUBTRACT, AMOUNT, number(1), yields=N), number(2), yields=N)),
        ("1 + amount / 2", op(Op.ADD, number(1), op(Op.DIVIDE, AMOUNT, number(2), yields=N), yields=N)),
        ("least(amount, 3)", op(Op.LEAST, AMOUNT, number(3), yields=N)),
        ("greatest(amount)", op(Op.GREATEST, AMOUNT, yields=N)),
        ("ceiling(amount)", op(Op.CEIL, AMOUNT, yields=N)),
        ("floor(abs(amount))", op(Op.FLOOR, op(Op.ABS, AMOUNT, yields=N), yields=N)),
        ("case when is_final then 1 else amount end", op(Op.CASE, FINAL, number(1), AMOUNT, yields=N)),
        ("case when is_final then 1 end", op(Op.CASE, FINAL, number(1), Literal(None, NULL), yields=N)),
        ("case name when 'a' then 1 when 'b' then null else 3 end",
         op(Op.CASE, op(Op.EQUAL, NAME, text("a")), number(1), op(Op.EQUAL, NAME, text("b")), Literal(None, NULL),
            number(3), yields=N)),
        ("1e2", number(100)),
    ],
)  # fmt: skip
def test_formulas(sql, tree):
    expression, found = parse(sql, parse_formula)
    assert found == []
    assert expression.root == tree


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        # syntax
        ("amount >", "f.yaml:3:18: S030 not readable as SQL: something is missing beside `>`"),
        ("abs(amount", "f.yaml:3:15: S030 not readable as SQL: `)` is missing after `amount`"),
        ("amount && is_final", "f.yaml:3:18: S030 not readable as SQL: `&&` does not fit here"),
        ("name = 'x", "f.yaml:3:11: S030 not readable as SQL: a quote is not closed"),
        ("drop table x", "f.yaml:3:11: S030 not readable as SQL: `drop` does not fit here"),
        ("", "f.yaml:3:11: S030 an SQL expression must stand here"),
        ("abs(amount, 2) > 1", "f.yaml:3:24: S030 not readable as SQL: a function has too many arguments"),
        # size
        ("a" * 2001, "f.yaml:3:11: S031 the SQL text has 2,001 characters; at most 2,000"),
        ("(" * 21 + "is_final" + ")" * 21, "f.yaml:3:11: S031 brackets are nested deeper than 20"),
        (" or ".join(["amount = 1"] * 142), None),
        ("not " * 51 + "is_final", "S031"),
        ("amount > 0" + " + 1" * 60, "S031"),
        # names
        ("amont > 1", "f.yaml:3:11: S032 unknown attribute `amont`"),
        ("amount > 1 and nme = 'x'", "f.yaml:3:26: S032 unknown attribute `nme`"),
        ("subject.agee > 1", "f.yaml:3:11: S032 unknown attribute `subject.agee`"),
        # types
        ("name > 5", "f.yaml:3:11: S033 text compared with number"),
        ("amount > '5'", "f.yaml:3:11: S033 number compared with text"),
        ("1 < amount < 3", "f.yaml:3:11: S033 boolean compared with number"),
        ("name in ('a', 1)", "f.yaml:3:11: S033 text compared with number"),
        ("decided_on > '2020-1-31'", "f.yaml:3:11: S033 '2020-1-31' is not a date"),
        ("decided_on > DATE '1800-01-01'", "f.yaml:3:29: S033 '1800-01-01' is not a date"),
        ("amount = null", "f.yaml:3:11: S033 a comparison with null is never true"),
        ("amount + name > 1", "f.yaml:3:11: S033 `+` takes numbers, and this is a text"),
        ("occurred_on - decided_on > 1", "f.yaml:3:11: S033 `-` takes numbers, and this is a date"),
        ("is_final and amount", "f.yaml:3:11: S033 `and` joins conditions, and this is a number"),
        ("not amount", "f.yaml:3:15: S033 `not` takes a condition, and this is a number"),
        ("is_final > true", "f.yaml:3:11: S033 true and false have no order"),
        ("name like name", "f.yaml:3:21: S033 the pattern of `like` must be a text in single quotes"),
        ("lower(amount) = 'x'", "f.yaml:3:11: S033 `lower` takes a text, and this is a number"),
        ("days_between(decided_on) > 1", "f.yaml:3:11: S033 `days_between` takes 2 arguments"),
        ("coalesce(amount, 'x') > 1", "f.yaml:3:11: S033 `coalesce` yields a number or a text"),
        ("case when is_final then null end", "f.yaml:3:21: S033 `case` yields nothing but null"),
        ("case when amount then is_final end", "f.yaml:3:21: S033 `when` takes a condition, and this is a number"),
        ("amount < 1e999", "f.yaml:3:20: S033 `1e999` is not a number that can be used"),
        # what is not offered
        ("sum(amount) > 1", "f.yaml:3:11: S034 an aggregate is not allowed here"),
        ("count(*) > 1", "f.yaml:3:11: S034 an aggregate is not allowed here"),
        ("row_number() over () > 1", "f.yaml:3:11: S034 a window function is not allowed here"),
        ("amount > (select 1)", "f.yaml:3:28: S034 a query is not allowed here"),
        ("amount in (select 1)", "f.yaml:3:11: S034 `amount in (select 1` is not allowed here"),
        ("exists(select 1)", "f.yaml:3:25: S034 the function `exists` is not allowed here"),
        ("occurred_on < current_date", "S034"),
        ("cast(amount as text) = 'x'", "f.yaml:3:16: S034 a cast is not allowed here"),
        ("amount::text = 'x'", "f.yaml:3:11: S034 a cast is not allowed here"),
        ("amount % 2 = 1", "f.yaml:3:11: S034 `%` is not allowed here"),
        ("if(is_final, true, false)", "f.yaml:3:14: S034 `if` is not allowed here"),
        ("name ilike 'x'", "f.yaml:3:11: S034 `ilike` is not allowed here"),
        ("name || 'x' = 'y'", "f.yaml:3:11: S034 `name || 'x'` is not allowed here"),
        ("round(amount) > 1", "f.yaml:3:11: S034 the function `round` is not allowed here"),
        ("floor(amount, 2) > 1", "f.yaml:3:17: S034 the function `floor` is not allowed here"),
        ("lowr(name) = 'x'", "f.yaml:3:11: S034 the function `lowr` is not allowed here"),
        ("pg_sleep(10)", "f.yaml:3:11: S034 the function `pg_sleep` is not allowed here"),
        ("is_final; drop table x", "S030"),
        ("is_final; is_final", "f.yaml:3:11: S034 `is_final; is_final` is not allowed here"),
        ("amount is true", "f.yaml:3:11: S034 `amount` is not allowed here"),
        ("name like 'x' escape '!'", "S034"),
        ("amount between symmetric 2 and 1",
         "f.yaml:3:11: S034 `amount between symmetric 2 and 1` is not allowed here"),
        ("@x = 1", "S034"),
        ("if is_final then 1", "S034"),
        # what it yields
        ("amount + 1", "f.yaml:3:11: S035 a condition must be true or false, and this is a number"),
        ("null", "f.yaml:3:11: S035 a condition must be true or false, and this is always null"),
    ],
)  # fmt: skip
def test_conditions_that_are_refused(sql, line):
    expression, found = parse(sql)
    if line is None:
        assert found == []
        return
    assert expression is None
    assert len(found) == 1
    shown = str(found[0]).splitlines()[0]
    assert (shown == line) if ":" in line else (found[0].code == line), shown


def test_formula_that_is_no_number():
    _, found = parse("is_final", parse_formula)
    assert str(found[0]) == "f.yaml:3:11: S035 the points must be a number, and this is true or false"


@pytest.mark.parametrize(
    ("sql", "help_"),
    [
        ("amont > 1", "did you mean `amount`?"),
        ("age > 1", "did you mean `subject.age`?"),
        ("event.amount > 1", "did you mean `amount`?"),
        ('name = "x"', "texts stand in single quotes: 'x'"),
        ("amount > '5'", "write 5 without quotes"),
        ("1 < amount < 3", "write `1 < x and x < 3` for `1 < x < 3`"),
        ("amount = null", "write `is null` or `is not null`"),
        ("lowr(name) = 'x'", "did you mean `lower`?"),
        ("floor(amount, 2) > 1", "not with these arguments"),
        ("occurred_on - decided_on > 1", "write `days_between(a, b)` for the days between two dates"),
    ],
)
def test_help(sql, help_):
    _, found = parse(sql)
    assert found[0].help == help_


def test_a_column_inside_quotes_is_not_where_it_seems():
    # `when: 'amont > 1'` at column 11: the text begins at column 12.
    problems = Problems("S")
    parse_condition(YamlText("is_final and amont > 1", False, Place("f.yaml", 3, 11), lead=1), COLUMNS, problems)
    assert problems.found[0].place == Place("f.yaml", 3, 25)
    # where the text is folded over lines, only its beginning is known
    problems = Problems("S")
    parse_condition(YamlText("is_final and amont > 1", True, Place("f.yaml", 3, 11)), COLUMNS, problems)
    assert problems.found[0].place == Place("f.yaml", 3, 11)


def test_brackets_up_to_the_limit_are_read():
    expression, found = parse("(" * MAX_BRACKETS + "is_final" + ")" * MAX_BRACKETS)
    assert found == []
    assert expression.root == FINAL


def test_brackets_inside_quotes_do_not_count():
    expression, found = parse("name = '" + "(" * 100 + "'")
    assert found == []
    assert expression is not None


def test_nothing_is_printed_or_logged(capsys, caplog):
    # sqlglot warns on its logger when it falls back to a command.
    parse("if is_final then 1")
    assert capsys.readouterr() == ("", "")
    assert caplog.records == []


def test_sqlglot_is_loaded_by_the_first_condition_only():
    code = (
        "import sys; from scslab.scheme.reader import EXAMPLE, read_scheme; read_scheme(EXAMPLE); "
        "assert 'sqlglot' not in sys.modules; "
        "read_scheme(EXAMPLE.replace('points: 5', 'points: 2 * millilitres')); assert 'sqlglot' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_other_schemes_are_read_by_functions():
    sql = YamlText("on_list('red.list@court-1') or score_of('sesame') > 600 or tier_of('sesame') = 'A+'", True, Place())
    found = parse_condition(sql, {}, Problems("S"), "own")
    first, second, third = found.columns()
    assert (first.owner, first.name, first.type) == ("scheme", "on_list('red.list@court-1')", B)
    assert first.reference == Reference(ReferenceKind.LIST, "court-1", "red.list")
    assert (second.name, second.type) == ("score_of('sesame')", N)
    assert (third.name, third.type) == ("tier_of('sesame')", T)
    assert found.references() == (first.reference, second.reference, third.reference)


@pytest.mark.parametrize(
    ("sql", "number", "message"),
    [
        ("on_list('defaulters')", "033", "`on_list` does not understand 'defaulters'"),
        ("on_list('a@b@c')", "033", "`on_list` does not understand 'a@b@c'"),
        ("on_list(name)", "033", "`on_list` takes one text in single quotes"),
        ("on_list('a@b', 'c@d')", "033", "`on_list` takes one text in single quotes"),
        ("on_list()", "033", "`on_list` takes one text in single quotes"),
        ("score_of('a@b') > 1", "033", "`score_of` does not understand 'a@b'"),
        ("score_of('own') > 1", "034", "`score_of` reads this scheme itself"),
        ("on_list('x@own')", "034", "`on_list` reads this scheme itself"),
        ("score_of('sesame')", "035", "a condition must be true or false, and this is a number"),
        ("tier_of('sesame') > 5", "033", "text compared with number"),
    ],
)
def test_what_is_wrong_with_reading_other_schemes(sql, number, message):
    problems = Problems("S")
    assert parse_condition(YamlText(sql, True, Place()), COLUMNS, problems, "own") is None
    (problem,) = problems.found
    assert (problem.code, problem.message) == ("S" + number, message)


def test_only_the_clauses_of_a_scheme_may_read_others():
    # A mapping file or a yardstick looks at one table.
    problems = Problems("M")
    assert parse_condition(YamlText("on_list('a@b')", True, Place()), COLUMNS, problems) is None
    (problem,) = problems.found
    assert (problem.code, problem.help) == ("M034", "other schemes are read by the clauses of a scheme only")
