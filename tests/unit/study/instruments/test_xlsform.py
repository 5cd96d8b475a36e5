"""XLSForm out and in, with pyxform as the judge of what we write."""

import io
import itertools
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from scslab.cli.study.instrument import command
from scslab.ground.problems import ProblemsError
from scslab.study.instruments.from_xpath import CannotReadError, from_xpath
from scslab.study.instruments.reader import read_instrument
from scslab.study.instruments.xform import convert_to_xform
from scslab.study.instruments.xlsform_read import read_xlsform
from scslab.study.instruments.xlsform_write import build_xlsform, list_sheets

KOSTKA = Path(__file__).parents[4] / "studies" / "kostka_2019" / "instrument.yaml"
SMALL = """
instrument: small
title: {{en: Small, zh: 小}}
scales:
  yes_no: [{{code: 1, label: {{en: "Yes", zh: 是}}}}, {{code: 2, label: {{en: "No", zh: 否}}}},
    {{code: 98, label: {{en: Unknown, zh: 不知道}}, missing: true}}]
  words: [{{code: red, label: {{en: "=1+1", zh: 红}}}}, {{code: blue, label: {{en: Blue, zh: 蓝}}}}]
sections:
  - id: one
    title: {{en: One, zh: 一}}
    items:
      - {{id: a, scale: yes_no, text: {{en: A, zh: 甲}}, required: true, hint: {{en: Think, zh: 想}}}}
      - {{id: b, kind: multiple, scale: words, text: {{en: B, zh: 乙}}}}
      - {{id: c, scale: words, text: {{en: C, zh: 丙}}, expects: red, wording: unknown}}
      - {{id: n, kind: integer, low: 1, high: 9, text: {{en: N, zh: 数}}}}
      - {{id: d, kind: date, text: {{en: D, zh: 日期}}}}
      - {{id: last, kind: text, text: {{en: Last, zh: 末}}, when: "{when}"}}
"""


def small(when="a = 1"):
    return read_instrument(SMALL.format(when=when))


def saved(instrument, tmp_path):
    path = tmp_path / "form.xlsx"
    path.write_bytes(build_xlsform(instrument))
    return path


@pytest.mark.parametrize("instrument", [small(), small("b_red and not b_blue"), read_instrument(KOSTKA)])
def test_round_trip_and_pyxform(instrument, tmp_path):
    path = saved(instrument, tmp_path)
    assert read_xlsform(path) == instrument
    root = ElementTree.fromstring(convert_to_xform(path.read_bytes()))
    binds = {
        element.get("nodeset").split("/")[-1]: element for element in root.iter("{http://www.w3.org/2002/xforms}bind")
    }
    assert {item.id for item in instrument.items()} <= set(binds)
    assert {name for name, bind in binds.items() if bind.get("relevant")} == {
        item.id for item in instrument.items() if item.when
    } | {section.id for section in instrument.sections if section.when}
    languages = [each.get("lang") for each in root.iter("{http://www.w3.org/2002/xforms}translation")]
    assert languages == ["English (en)", "中文 (zh)"]


@pytest.mark.parametrize(
    ("when", "xpath"),
    [
        ("a = 1", "${a} = 1"),
        ("a <> 1", "(${a} != '' and ${a} != 1)"),
        ("not a = 1", "(${a} != '' and ${a} != 1)"),
        ("not (a = 1 and n < 3)", "((${a} != '' and ${a} != 1) or ${n} >= 3)"),
        ("a in (1, 2)", "(${a} = 1 or ${a} = 2)"),
        ("n between 2 and 4", "(${n} >= 2 and ${n} <= 4)"),
        ("n is not null", "${n} != ''"),
        ("b_red", "selected(${b}, 'red')"),
        ("not b_red", "(${b} != '' and not(selected(${b}, 'red')))"),
        ("c = 'red'", "${c} = 'red'"),
        ("2 * n + 1 > 7", "((2 * ${n}) + 1) > 7"),
        ("year(d) >= 2018", "number(format-date(${d}, '%Y')) >= 2018"),
    ],
)
def test_conditions_as_xpath(when, xpath):
    rows = list_sheets(small(when))["survey"]
    assert next(row["relevant"] for row in rows if row.get("name") == "last") == xpath
    convert_to_xform(build_xlsform(small(when)))


@pytest.mark.parametrize("when", ["c like 'r%'", "coalesce(n, 1) = 1", "floor(n) = 1"])
def test_what_xlsform_cannot_express_is_a_problem(when):
    with pytest.raises(ProblemsError, match="Q712"):
        build_xlsform(small(when))


def xpath_holds(text, answers):
    """A second reading of our XPath, in Python: an empty answer is '', which is no number and equals only ''."""
    if text.startswith("(") and _closes(text):
        return xpath_holds(text[1:-1], answers)
    for word, join in ((" or ", any), (" and ", all)):
        parts = _split(text, word)
        if len(parts) > 1:
            return join(xpath_holds(part, answers) for part in parts)
    if text.startswith("not("):
        return not xpath_holds(text[4:-1], answers)
    if text.startswith("selected("):
        item, code = text[9:-1].split(", ")
        return code.strip("'") in (answers[item[2:-1]] or "").split()
    left, op, right = text.split(" ")
    one, other = (answers[side[2:-1]] if side.startswith("$") else side.strip("'") for side in (left, right))
    one, other = one or "", other or ""
    if op in ("=", "!="):
        return (one == other) is (op == "=")
    if not one or not other:
        return False
    one, other = float(one), float(other)
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[op]


def _closes(text):
    depth = 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return index == len(text) - 1
    return False


def _split(text, word):
    parts, depth, start = [], 0, 0
    for index in range(len(text)):
        depth += (text[index] == "(") - (text[index] == ")")
        if depth == 0 and text.startswith(word, index):
            parts.append(text[start:index])
            start = index + len(word)
    return [*parts, text[start:]]


# Each with the same condition in Python, None for NULL (three-valued: None is "not shown").
CASES = [
    ("a <> 1 or n > 3", lambda a, n, b: _any(_ne(a, 1), _gt(n, 3))),
    ("not (a = 1 and n > 3)", lambda a, n, b: _any(_ne(a, 1), _not(_gt(n, 3)))),
    ("not (a = 1 or not n > 3)", lambda a, n, b: _all(_ne(a, 1), _gt(n, 3))),
    ("a not in (1, 2) and n is null", lambda a, n, b: a not in (1, 2, None) and n is None),
    ("n not between 2 and 4", lambda a, n, b: n is not None and not 2 <= n <= 4),
    ("not b_red or a = 2", lambda a, n, b: (b is not None and "red" not in b) or a == 2),
]


def _ne(x, y):
    return None if x is None else x != y


def _gt(x, y):
    return None if x is None else x > y


def _not(x):
    return None if x is None else not x


def _any(*values):
    return True if True in values else (None if None in values else False)


def _all(*values):
    return False if False in values else (None if None in values else True)


@pytest.mark.parametrize(("when", "expected"), CASES)
def test_xpath_shows_to_the_same_respondents_as_sql(when, expected):
    rows = list_sheets(small(when))["survey"]
    xpath = next(row["relevant"] for row in rows if row.get("name") == "last")
    for a, n, b in itertools.product([None, 1, 2, 98], [None, 1, 3, 5], [None, "red", "blue", "red blue"]):
        answers = {"a": "" if a is None else str(a), "n": "" if n is None else str(n), "b": b}
        assert xpath_holds(xpath, answers) is bool(expected(a, n, b)), (xpath, answers)


def test_a_condition_that_was_changed_in_the_workbook_counts(tmp_path):
    path = saved(small(), tmp_path)
    book = openpyxl.load_workbook(path)
    for row in book["survey"].iter_rows():
        for cell in row:
            if cell.value == "${a} = 1":
                cell.value = "${a} = 2 or selected(${b}, 'blue')"
    book.save(path)
    assert read_xlsform(path).items()[-1].when.text == "a = 2 or b_blue"


@pytest.mark.parametrize(
    ("xpath", "sql"),
    [
        ("${a}='1'", "a = '1'"),
        ("not(${a} = 1) and (${n} div 2 > 1 or true())", "not (a = 1) and (n / 2 > 1 or true)"),
        ("selected(${c}, 'red')", "c = 'red'"),
        ("${n} = ''", "n is null"),
        ("${n} >= -1", "n >= -1"),
    ],
)
def test_xpath_as_sql(xpath, sql):
    assert from_xpath(xpath, {"b"}) == sql


@pytest.mark.parametrize(
    "xpath", ["count(${a}) > 1", "${a} = ", "(${a} = 1", "${a} = 1)", "a = 1", "${a} ~ 1", "(" * 80]
)
def test_xpath_that_is_not_known_is_refused(xpath):
    with pytest.raises(CannotReadError):
        from_xpath(xpath, set())


def workbook(tmp_path, rows):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "survey"
    for row in rows:
        sheet.append(row)
    path = tmp_path / "odk.xlsx"
    book.save(path)
    return path


def test_a_form_of_another_program(tmp_path):
    path = workbook(
        tmp_path,
        [
            ["type", "name", "label", "constraint", "relevant", "required"],
            ["start", "start", "", "", "", ""],
            ["integer", "age", "How old are you?", ". >= 18 and . <= 99", "", "yes"],
            ["text", "why", "为什么", "", "${age} > 20", ""],
        ],
    )
    instrument = read_xlsform(path)
    age, why = instrument.items()
    assert (age.low, age.high, age.is_required, age.text.en) == ("18", "99", True, "How old are you?")
    assert (why.when.text, why.text.zh) == ("age > 20", "为什么")


def test_rows_that_are_not_supported_are_all_told_with_their_rows(tmp_path):
    rows = [["type", "name", "label", "relevant"], ["geopoint", "g", "G", ""], ["text", "t", "T", "count(${g}) > 1"]]
    with pytest.raises(ProblemsError) as caught:
        read_xlsform(workbook(tmp_path, rows))
    assert [(problem.code, problem.place.line) for problem in caught.value.problems] == [("Q711", 2), ("Q712", 3)]


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04broken"])
def test_broken_workbooks_are_problems(tmp_path, content):
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(ProblemsError, match="Q701"):
        read_xlsform(path)


def test_a_workbook_with_a_document_type_is_refused(tmp_path):
    path = saved(small(), tmp_path)
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    name = next(name for name in parts if name.startswith("xl/worksheets/"))
    head, _, rest = parts[name].partition(b"?>")
    parts[name] = head + b"?>" + bomb + rest if rest else bomb + parts[name]
    with zipfile.ZipFile(path, "w") as packed:
        for part, content in parts.items():
            packed.writestr(part, content)
    with pytest.raises(ProblemsError, match="document type"):
        read_xlsform(path)


def test_labels_never_become_formulas():
    book = openpyxl.load_workbook(io.BytesIO(build_xlsform(small())))
    cells = [cell for row in book["choices"].iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in cells] == ["s"]


def test_the_command(tmp_path):
    out = {name: tmp_path / f"q.{name}" for name in ("xlsx", "xform", "html", "yaml")}
    arguments = [part for name, path in out.items() for part in (f"--{name}", str(path))]
    result = CliRunner().invoke(command, [str(KOSTKA.parent), *arguments])
    assert result.exit_code == 0, result.output
    assert "27 items" in result.output
    assert all(path.is_file() for path in out.values())
    assert CliRunner().invoke(command, [str(out["xlsx"])]).exit_code == 0
