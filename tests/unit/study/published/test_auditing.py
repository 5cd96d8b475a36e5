"""Audit files: problems with places, and what the auditor finds in the two papers."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from scslab.cli.study.audit import command
from scslab.ground.problems import ProblemsError
from scslab.study.published.auditing import audit_tables
from scslab.study.published.finding import Level

STUDIES = Path(__file__).parents[4] / "studies"
GOOD = "audit: x\ntables: [{id: t, file: t.csv, rows: [row], columns: {v: percent}}]\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "t.csv").write_text("row,v\na,50\nb,50\n")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        (GOOD + "checks: {sum: []}", "Q613", "sum:"),
        (GOOD + "checks: {sums: [{of: {table: u, column: v}}]}", "Q605", "u,"),
        (GOOD + "checks: {sums: [{of: {table: t, column: w}}]}", "Q603", "w}"),
        (GOOD + "checks: {sums: [{of: {table: t, column: row}}]}", "Q606", "row}"),
        (GOOD + "checks: {sums: [{of: {table: t, column: v, where: {row: c}}}]}", "Q607", "c}"),
        (GOOD + "checks: {sums: [{off: {table: t, column: v}}]}", "Q005", "off"),
        (GOOD.replace("t.csv", "u.csv") + "checks: {}", "Q601", "t, file"),
        (GOOD.replace("t.csv", "../u.csv") + "checks: {}", "Q601", "{id"),
        (GOOD.replace("v: percent", "w: percent") + "checks: {}", "Q603", "w:"),
        (GOOD + "checks: {percentages: [{of: {table: t, column: v}, n: 0}]}", "Q608", "0}"),
    ],
)
def test_problems_have_places(folder, text, code, word):
    # The place is that of the word in the text, counted here with str.index.
    line, column = next((i, each.index(word)) for i, each in enumerate(text.splitlines()) if word in each)
    (folder / "audit.yaml").write_text(text)
    with pytest.raises(ProblemsError) as caught:
        audit_tables(folder)
    found = {problem.code: problem for problem in caught.value.problems}
    assert code in found, caught.value
    assert str(found[code].place) == f"{folder / 'audit.yaml'}:{line + 1}:{column + 1}"


def test_broken_tables_are_told_with_their_lines(folder):
    (folder / "t.csv").write_text("row,v\na,50\nb\nc,many\n")
    (folder / "audit.yaml").write_text(GOOD + "checks: {}")
    with pytest.raises(ProblemsError) as caught:
        audit_tables(folder)
    assert [(p.code, p.place.line) for p in caught.value.problems] == [("Q602", 3), ("Q604", 4)]


def test_a_missing_audit_file_is_a_problem(tmp_path):
    with pytest.raises(ProblemsError, match="Q601"):
        audit_tables(tmp_path)


# Worked out with floats and loops in a script that shares no code with scslab; see the comment on each.
KOSTKA = {
    ("P103", "tableA2:Age / 14-30:unweighted_percent"),  # 52.43 + 35.49 + 2.08 = 90.00
    ("P103", "tableA2:SCS improves quality of life / Strongly disagree:unweighted_percent"),  # 100.40
    ("P103", "tableA2:Tencent credit reported score / 0–100:weighted_percent"),  # 98.93
    ("P103", "table3:Income / Less than 1,000:total_percent"),  # 90.70: 9.30 prefer not to say
    ("P102", "tableA2:Social credit use / Sesame Credit:unweighted_percent"),  # 2,033 and not 2,209
    ("P102", "tableA2:Tencent credit reported score / 0–100:unweighted_percent"),  # 682 and not 680
    ("P106", "text:figure 2 / uses Sesame Credit / all respondents:percent_weighted"),  # 58 and 33.64
    ("P106", "tableA1:14-25 / male:renormalized_2000"),  # 1084 / 1999 = 54.2 % men, weighted 61.30
    ("P107", "text:figure 2 / takes part in at least one commercial SCS / all respondents:percent_weighted"),  # 104
    ("P108", "text:figure 2 / takes part in at least one commercial SCS / all respondents:percent_weighted"),  # 72.03
    ("P112", "tableA3:Gender:mean"),  # .6130 and .612
    ("P112", "tableA3:Region?:mean"),  # 2.2544 weighted, 2.1268 unweighted
    ("P112", "tableA3:Region?:std_dev"),
    ("P112", "tableA3:Tencent Credit score:mean"),  # 443.3 / 71.44 = 6.205
    ("P112", "tableA3:Tencent Credit score:std_dev"),
    ("P101", "tableA2:Age / 14-30:unweighted_percent"),
    ("P101", "tableA2:Level of education / Low: some high school/secondary school education:unweighted_percent"),
    ("P101", "tableA2:Region / West:unweighted_percent"),
    ("P115", "text:figure 4 / approves (somewhat or strongly) / West:percent_weighted"),  # 81.65 and 81
    ("P115", "text:figure 4 / approves (somewhat or strongly) / Central:percent_weighted"),  # 78.47 and 79
    ("P110", "table4:5 / Education = 2 (Low):coefficient"),
    ("P117", "tableA2:Region / East:weighted_percent"),
}


def test_what_is_in_the_survey_paper():
    report = audit_tables(STUDIES / "kostka_2019")
    assert {(finding.code, finding.place) for finding in report.findings} == KOSTKA
    assert (report.count(Level.CONTRADICTION), report.count(Level.TENSION), report.count(Level.ODDITY)) == (14, 6, 2)
    repairs = {(finding.code, finding.place): finding.repair for finding in report.findings}
    assert repairs["P103", "tableA2:Age / 14-30:unweighted_percent"].startswith("one digit: 52.43 as 62.43")
    assert "26.44" in repairs["P103", "tableA2:SCS improves quality of life / Strongly disagree:unweighted_percent"]
    assert "30.29" in repairs["P103", "tableA2:SCS improves quality of life / Strongly disagree:unweighted_percent"]
    assert "9.30, printed as `tableA2:" in repairs["P103", "table3:Income / Less than 1,000:total_percent"]
    assert any(note.is_limit for note in report.notes)


def test_nothing_is_in_the_interview_paper():
    report = audit_tables(STUDIES / "li_kostka_2022")
    assert report.findings == ()
    assert sum(report.checked.values()) == 5


def test_the_command(tmp_path):
    html = tmp_path / "audit.html"
    result = CliRunner().invoke(command, [str(STUDIES / "kostka_2019"), "--html", str(html)])
    assert result.exit_code == 0
    assert "14 contradictions, 6 tensions, 2 oddities" in result.output
    page = html.read_text(encoding="utf-8")
    assert "已发表表格的审核" in page
    assert "http" not in page.replace("http-equiv", "")
    result = CliRunner().invoke(command, [str(STUDIES / "kostka_2019"), "--json", "--strict"])
    assert result.exit_code == 1
    assert len(json.loads(result.output)["findings"]) == 22
