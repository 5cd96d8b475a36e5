"""The shipped studies run, and give what is stored in their `expected/` folders.

The stored results are of this program. What tells that they are right stands beside them: the printed numbers, from
which the synthetic file was made, and the distances that the tests hold below.
"""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from polars.testing import assert_frame_equal

from scslab.cli.study.run import command
from scslab.report.study.page import build_study_report
from scslab.study.papers.beside import Beside
from scslab.study.papers.numbers import summarise_distances
from scslab.study.papers.outcome import collect_results
from scslab.study.papers.run import StudyRun, run_study
from scslab.study.reporting.hypotheses import Verdict

STUDIES = Path(__file__).parents[2] / "studies"
NAMES = sorted(path.parent.name for path in STUDIES.glob("*/study.yaml"))
SLIPS = {
    ("tableA2", "Sesame Credit", "weighted_percent"),  # 33.64, where Figure 2 has 58
    ("tableA2", "Tencent Credit", "weighted_percent"),  # of all, in a block that is otherwise of those who know
    ("tableA2", "14-30", "unweighted_percent"),  # the block adds up to 90
    ("tableA3", "Region?", "mean"),  # unweighted, in a weighted table
    ("tableA3", "Region?", "std_dev"),
}
"""Printed numbers that cannot be met because the paper's other numbers speak against them."""


@pytest.fixture(scope="module")
def runs() -> dict[str, StudyRun]:
    return {name: run_study(STUDIES / name) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_results_are_the_stored_ones(name: str, runs: dict[str, StudyRun]) -> None:
    found = collect_results(runs[name])
    stored = {path.stem for path in (STUDIES / name / "expected").glob("*.csv")}
    assert stored == set(found)
    for key, frame in found.items():
        expected = pl.read_csv(STUDIES / name / "expected" / f"{key}.csv", schema_overrides=frame.schema)
        expected = expected.with_columns(pl.col(pl.String).fill_null(""))
        mine = frame.with_columns(pl.col(pl.String).fill_null(""))
        assert_frame_equal(mine, expected, abs_tol=2e-5, rel_tol=1e-5)


def test_kostka_comes_near_every_printed_number_that_can_be_met(runs: dict[str, StudyRun]) -> None:
    rows = runs["kostka_2019"].collect()
    far = {(row.table, row.row[-1], row.column) for row in rows if abs(row.distance) > 2}
    assert far == SLIPS
    assert summarise_distances(rows)["median"] < 0.25


def test_kostka_has_the_printed_counts(runs: dict[str, StudyRun]) -> None:
    survey = runs["kostka_2019"].survey
    assert survey is not None
    assert survey.answers.frame.height == 2209
    counts = [row for rows in survey.beside.values() for row in rows if row.column in ("n", "observations")]
    assert len(counts) == 42
    assert [row for row in counts if row.found != row.printed] == []


def test_kostka_cleaning_finds_every_bad_row(runs: dict[str, StudyRun]) -> None:
    survey = runs["kostka_2019"].survey
    assert survey is not None
    assert survey.cleaning is not None
    found = dict(survey.cleaning.summarise().select("check", "by_this_alone").iter_rows())
    # The numbers of `kostka.bad_rows.BAD`.
    assert found == {"speeder": 24, "straight-line": 20, "duplicate": 16, "inconsistent": 12, "quality": 18}


def test_kostka_separation_is_found_where_the_paper_prints_minus_thirteen(runs: dict[str, StudyRun]) -> None:
    survey = runs["kostka_2019"].survey
    assert survey is not None
    assert survey.blocks is not None
    refused = {
        name: r.is_refused[:10].any() for name, r in zip(survey.blocks.names, survey.blocks.results, strict=True)
    }
    assert refused == {"1": False, "2": False, "3": False, "4": False, "5": True, "6": False, "7": False}


def test_kostka_verdicts_are_those_of_the_printed_models(runs: dict[str, StudyRun]) -> None:
    survey = runs["kostka_2019"].survey
    assert survey is not None
    pairs = {
        a.hypothesis.id: (a.verdict, b.verdict)
        for a, b in zip(survey.judgements, survey.printed_judgements, strict=True)
    }
    assert len(pairs) == 21
    # H14: the printed error of "Receive information" is three times what its printed share allows.
    assert {key for key, (mine, printed) in pairs.items() if mine is not printed} == {"H14"}
    assert sum(mine is Verdict.SUPPORTED for mine, _ in pairs.values()) == 13


def test_kostka_quota_and_audit(runs: dict[str, StudyRun]) -> None:
    run = runs["kostka_2019"]
    assert run.quota is not None
    assert (run.quota.n_reproduced, run.quota.n_printed) == (36, 36)
    assert run.audit is not None
    assert len(run.audit.findings) > 0


def test_li_kostka_has_every_printed_count(runs: dict[str, StudyRun]) -> None:
    interviews = runs["li_kostka_2022"].interviews
    assert interviews is not None
    factors = [row for row in interviews.beside if row.table == "table1"]
    assert len(factors) == 14
    # Printed percents are whole.
    assert [row for row in interviews.beside if not row.is_same] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_report_is_whole_and_offline(name: str, runs: dict[str, StudyRun]) -> None:
    html = build_study_report(runs[name])
    assert "<script" not in html
    assert not re.search(r'(src|href)="(?!#|data:)', html)
    english, chinese = (set(re.findall(rf'<section id="{language}-([a-z]+)"', html)) for language in ("en", "zh"))
    assert english == chinese
    if name == "kostka_2019":
        for each in ("Figure 1", "Figure 2", "Figure 3", "Figure 4", "Figure 5", "Figure 6", "Table 2", "Table 3",
                     "Table 4", "Table 5", "Table A1", "Table A2", "Table A3", "Table A4", "H21"):  # fmt: skip
            assert each in html, each


def test_a_user_with_the_real_file_names_it_and_nothing_else(tmp_path: Path) -> None:
    real = STUDIES / "kostka_2019" / "answers_synthetic.zsav"
    result = CliRunner().invoke(
        command, [str(STUDIES / "kostka_2019"), "--data", str(real), "--out", str(tmp_path), "--quiet"],
        catch_exceptions=False,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "2,209 respondents of 2,299 rows" in result.output
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Nobody gave these answers" not in html
    assert {path.name for path in tmp_path.iterdir()} >= {"beside.csv", "models.tex", "models.docx", "report.html"}


def test_a_number_is_the_same_where_it_rounds_to_the_printed_one() -> None:
    assert Beside("t", ("r",), "c", 0.5, "0.50", 0.5049).is_same
    assert not Beside("t", ("r",), "c", 0.5, "0.50", 0.5051).is_same
    assert Beside("t", ("r",), "c", 10.0, "10", 12.0, error=1.0).distance == 2.0
