"""Study folders: printed numbers beside the data's, worked by hand on six respondents; mistakes have places."""

from __future__ import annotations

from pathlib import Path

import pytest

from scslab.ground.problems import ProblemsError
from scslab.study.papers.run import run_study

STUDY = """
study: small
title: {en: Small, zh: 小}
data: {file: answers.csv}
design: {weights: w}
derive:
  old: {label: Old, groups: [{code: 1, label: "yes", where: age >= 50}, {code: 0, label: "no", where: age < 50}]}
printed:
  - id: shares
    title: Shares
    file: shares.csv
    columns: {percent: weighted, plain: unweighted, n: count}
    of: {what: {likes: likes = 1, likes and is old: likes = 1 given old = 1}}
    among: {who: {all: all, women: woman = 1}}
  - id: means
    title: Means
    file: means.csv
    moments: {Age: age}
"""
ANSWERS = "age,likes,woman,w\n20,1,1,1\n30,0,1,1\n40,1,0,2\n50,1,1,2\n60,0,0,1\n70,1,0,1\n"
SHARES = "what,who,percent,plain,n\nlikes,all,75.0,66.7,6\nlikes,women,75,66.7,3\nlikes and is old,all,75,66.7,3\n"
MEANS = "variable,mean,std_dev\nAge,45.0,14.1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"study.yaml": STUDY, "answers.csv": ANSWERS, "shares.csv": SHARES, "means.csv": MEANS}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_shares_are_those_worked_by_hand(folder: Path) -> None:
    survey = run_study(folder).survey
    assert survey is not None
    rows = survey.beside["shares"]
    # Weights sum to 8, of those who like it to 6; women: 3 of 4; the old: 3 of 4.
    found = {(row.row, row.column): row.found for row in rows}
    assert found[("likes", "all"), "percent"] == pytest.approx(75)
    assert found[("likes", "all"), "plain"] == pytest.approx(100 * 4 / 6)
    assert found[("likes", "women"), "percent"] == pytest.approx(75)
    assert found[("likes and is old", "all"), "percent"] == pytest.approx(75)
    assert found[("likes and is old", "all"), "n"] == 3
    assert all(row.is_same for row in rows)


def test_means_and_deviations_are_weighted(folder: Path) -> None:
    survey = run_study(folder).survey
    assert survey is not None
    mean, deviation = survey.beside["means"]
    # (20 + 30 + 80 + 100 + 60 + 70) / 8 = 45; squares: (625 + 225 + 50 + 50 + 225 + 625) / 8 = 225.
    assert mean.found == pytest.approx(45)
    assert deviation.found == pytest.approx(15)
    assert mean.is_same
    assert not deviation.is_same
    assert deviation.distance == pytest.approx((15 - 14.1) / deviation.error)


def test_a_printed_line_without_a_rule_is_told_with_its_place(folder: Path) -> None:
    with (folder / "shares.csv").open("a", encoding="utf-8") as stream:
        stream.write("hates,all,10,10,6\nlikes,men,10,10,3\n")
    with pytest.raises(ProblemsError) as error:
        run_study(folder)
    assert [(p.code, Path(p.place.file).name, p.place.line) for p in error.value.problems] == [
        ("Q121", "shares.csv", 5),
        ("Q121", "shares.csv", 6),
    ]


def test_a_missing_column_and_a_missing_table_are_told(folder: Path) -> None:
    (folder / "means.csv").unlink()
    (folder / "shares.csv").write_text("what,who,percent,plain\nlikes,all,1,1\n", encoding="utf-8")
    with pytest.raises(ProblemsError) as error:
        run_study(folder)
    assert [p.code for p in error.value.problems] == ["Q120", "Q120"]
    assert "`n`" in error.value.problems[0].message


def test_mistakes_of_the_study_file_are_told_at_once(folder: Path) -> None:
    text = (
        STUDY.replace("design:", "designs:").replace("title: Shares", "titel: Shares").replace("weighted,", "wieghted,")
    )
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsError) as error:
        run_study(folder)
    assert {p.code for p in error.value.problems} >= {"Q005", "Q008"}
    assert any("did you mean `weighted`" in p.help for p in error.value.problems)


def test_a_folder_with_nothing_to_run_says_so(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text("study: empty\n", encoding="utf-8")
    with pytest.raises(ProblemsError, match="Q123"):
        run_study(tmp_path)
