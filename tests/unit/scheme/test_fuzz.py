"""Nothing that a file may hold gets past the reader as anything but a scheme or a list of problems."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scslab.ground.problems import Place, Problem
from scslab.scheme.codes import CODES
from scslab.scheme.conditions import Expression, ValueType
from scslab.scheme.lint import CHECKS
from scslab.scheme.model import Scheme
from scslab.scheme.problem_list import Problems
from scslab.scheme.reader import EXAMPLE, check_scheme
from scslab.scheme.sql import parse_condition, parse_formula
from scslab.scheme.yaml_tree import YamlText

DATA = Path(__file__).parent / "data"
FULL, LISTS, INDEX = ((DATA / f"{name}.yaml").read_text(encoding="utf-8") for name in ("full", "lists", "index"))
# Between them they have every key of a scheme file.
FILES = (FULL, LISTS, INDEX)
COLUMNS = {"a": ValueType.NUMBER, "t": ValueType.TEXT, "f": ValueType.BOOLEAN, "d": ValueType.DATE,
           "subject.age": ValueType.NUMBER}  # fmt: skip

# The same examples each time. Crashers that longer searches found stand as examples of their own.
QUICK = settings(deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])

# Pieces that a person may put into a scheme file at a wrong place, and some that an attacker may.
PIECES = st.sampled_from([
    "", " ", "\n", "\n  ", "\n- ", ":", ": ", "- ", "{", "}", "[", "]", ",", "'", '"', "#", "|", ">", "?", "!", "&a ",
    "*a", "<<: ", "---\n", "...\n", "%YAML 1.1\n", "\t", "~", "null", "true", "no", "on", "0", "-1", "1e9", "9" * 40,
    "0.1", ".nan", "2014-01-01", "9999-99-99", "24 months", "0 days", "99999 years", "id", "from", "{}", "[]",
    "{a: b}", "[[[[[[", "{{{{{{", "points", "\u0000", "\ufeff", "\u2028", "\ud800", "荣成", "e\u0301", "😀", "a and ",
    "case when ", "not ", "(((((((", "sum(",
])  # fmt: skip

SQL_PIECES = st.sampled_from([
    "a", "t", "f", "d", "x", "subject.age", "subject", ".", "1", "0", "1e999", "-", "--", "'x'", "'2020-01-01'", "'",
    '"', '"a"', "date ", "+", "-", "*", "/", "%", "||", "=", "<>", "!=", "<", "<=", ">", ">=", "<=>", "(", ")", "[",
    "]", "{", "}", ",", ";", ":", "::", "?", "@", "$", "$$", "`", "\\", "#", "&&", "|", "^", "~", "->", "->>", "=>",
    " and ", " or ", " not ", " xor ", " is ", " null ", " true ", " in ", " between ", " like ", " ilike ",
    " escape ", " case ", " when ", " then ", " else ", " end ", " distinct ", " from ", " select ", " where ",
    " group by ", " over ", " with ", " as ", " union ", " exists ", " any ", " all ", " interval ", " cast(",
    " try_cast(", " sum(", " count(", " coalesce(", " least(", " floor(", " lower(", " year(", " days_between(",
    " abs(", " current_date", " if ", " for ", " lateral ", " values ", " extract(", " trim(", " array[", " struct<",
    " map{", " lambda ", " json ", " at time zone ", " collate ", " similar to ", " rlike ", "\n", "\t", "/*", "*/",
    "on_list(", "score_of('s')", "tier_of('s@t')", "on_list('l@s')",
    "{{", "}}", "{%", "x'ff'", "0x1f", "b'1'", "n'x'", "e'x'", "u&'x'", "r'x'", "\u00e9", "荣",
])  # fmt: skip


def assert_answered(content):
    """The one promise: a scheme, or problems with known codes, at places inside the file."""
    scheme, problems = check_scheme(content, "f.yaml")
    assert scheme is None or isinstance(scheme, Scheme)
    assert scheme is not None or problems
    for problem in problems:
        assert isinstance(problem, Problem)
        assert problem.code in CODES or problem.code in CHECKS
        assert problem.place.file == "f.yaml"
        assert "\n" not in problem.message
        # A message may hold three shortened texts of the file, never the file itself.
        assert len(problem.message) < 400
    return scheme


@settings(QUICK, max_examples=200)
@given(st.binary(max_size=300))
@example(b"\xff\xfe\x00")
@example(b"%YAML 9.9\n---\n")
@example(b"? ? ? ? ?\n")
@example(b"{{{{{: : : }")
@example(b"a: 'x\n")
@example(b"scheme: \xed\xa0\x80\n")
def test_any_bytes(content):
    assert_answered(content)


@settings(QUICK, max_examples=200)
@given(st.text(st.sampled_from("abe:-{}[],'\"#|>?!&*%@~ \n\t01.+\u0085\u2028\ufeff"), max_size=60))
def test_any_text_of_the_characters_that_mean_something_to_yaml(content):
    assert_answered(content)


@settings(QUICK, max_examples=400)
@given(st.data())
def test_a_scheme_with_some_pieces_put_in_or_cut_out(data):
    text = data.draw(st.sampled_from([*FILES, EXAMPLE]))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        text = text[:start] + data.draw(PIECES) + text[end:]
    assert_answered(text)


@settings(QUICK, max_examples=300)
@given(st.data())
def test_a_scheme_with_values_exchanged(data):
    """The file stays YAML, so that this reaches the fields and what stands behind them."""
    lines = data.draw(st.sampled_from(FILES)).split("\n")
    for _ in range(data.draw(st.integers(1, 6))):
        number = data.draw(st.integers(0, len(lines) - 1))
        words = lines[number].split(" ")
        place = data.draw(st.integers(0, len(words) - 1))
        end = "".join(c for c in words[place][-3:] if c in ",}]:")
        words[place] = data.draw(PIECES).strip("\n") + end
        lines[number] = " ".join(words)
    assert_answered("\n".join(lines))


@settings(QUICK, max_examples=200)
@given(st.sampled_from(FILES), st.sets(st.integers(0, 80)))
def test_a_scheme_with_lines_left_out(text, left_out):
    assert_answered("\n".join(line for number, line in enumerate(text.split("\n")) if number not in left_out))


@settings(QUICK, max_examples=200)
@given(st.data())
def test_a_scheme_with_sections_of_another(data):
    """Sections that do not belong together: names that are not declared, parts that the kind of score does not have."""
    parts = [re.split(r"\n(?=[a-z])", text) for text in FILES]
    base = list(data.draw(st.sampled_from(parts)))
    for _ in range(data.draw(st.integers(1, 5))):
        section = data.draw(st.sampled_from(data.draw(st.sampled_from(parts))))
        key = section.partition(":")[0]
        base = [each for each in base if each.partition(":")[0] != key]
        base.append(section)
    assert_answered("\n".join(base))


def assert_parsed_or_told(text, scheme=""):
    for parse, wanted in ((parse_condition, ValueType.BOOLEAN), (parse_formula, ValueType.NUMBER)):
        problems = Problems("S")
        expression = parse(YamlText(text, True, Place("f.yaml", 1, 1), lead=0), COLUMNS, problems, scheme)
        if expression is None:
            assert len(problems.found) == 1
            assert problems.found[0].code in {"S030", "S031", "S032", "S033", "S034", "S035"}
        else:
            assert isinstance(expression, Expression)
            assert problems.found == []
            assert expression.root.type is wanted
            references = {str(reference) for reference in expression.references()}
            assert {column.name for column in expression.columns()} <= {"a", "t", "f", "d", "age", *references}
            assert not references or scheme


@settings(QUICK, max_examples=1000)
@given(st.lists(SQL_PIECES, max_size=14).map("".join))
def test_any_sql(text):
    assert_parsed_or_told(text)
    assert_parsed_or_told(text, "own")


@settings(QUICK, max_examples=200)
@given(st.text(max_size=80))
def test_any_text_as_sql(text):
    assert_parsed_or_told(text)


@settings(QUICK, max_examples=100)
@given(SQL_PIECES, SQL_PIECES, st.integers(1, 600))
def test_repeated_sql(first, second, times):
    assert_parsed_or_told(((first + second) * times)[:2000])


@pytest.mark.parametrize(
    "text",
    [
        # sqlglot recurses without a limit of its own on these
        "not " * 490 + "f", "- " * 990 + "a", "case when " * 190, "case " * 390, "a in (" * 300, "interval " * 200,
        "struct<a " * 200, "cast(" * 300, "[" * 1900, "{" * 1000, "a::" * 600 + "a", "a." * 900 + "a", "a+" * 999 + "a",
        "f and " * 330 + "f", "(f or " * 300, "if(" * 600, "x -> " * 390, "a ? " * 490,
        # and lets other errors than its own through on these (the first gave an IndexError)
        " elt(  var_map(  if ",
        "", ";", ";;", "--", "/*", "/* x", "a /* x", "'", "\"", "`", "$$", "$x$", "{{", "{%", "{#", "@", ":", "?",
    ],
)  # fmt: skip
def test_sql_that_is_hard_on_parsers(text):
    assert_parsed_or_told(text)
