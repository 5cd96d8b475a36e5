"""Tables of labelled answers, edge cases, and the command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from scslab.cli.study.table import command
from scslab.ground.problems import ProblemsError
from scslab.study.data.answers import Answers
from scslab.study.data.variables import MissingRange, Variable
from scslab.study.data.write import write_answers
from scslab.study.design.declare import declare_design
from scslab.study.tables.intervals import Interval, find_interval
from scslab.study.tables.means import estimate_means
from scslab.study.tables.rao_scott import check_independence
from scslab.study.tables.tabulate import CrossTable, tabulate


def make_answers() -> Answers:
    frame = pl.DataFrame(
        {
            "approval": [1.0, 1.0, 2.0, 2.0, 2.0, 9.0, None, 1.0],
            "sex": ["f", "m", "f", "m", "f", "m", "f", "f"],
            "age": [20, 30, 40, 50, 60, 70, 17, 16],
            "w": [1.0, 2.0, 1.0, 2.0, 1.0, 1.0, 1.0, 1.0],
        }
    )
    labels = {1.0: "no", 2.0: "yes", 3.0: "perhaps", 9.0: "refused"}
    variables = {name: Variable(name) for name in frame.columns}
    variables["approval"] = Variable("approval", "Approves?", labels, (MissingRange(9.0, 9.0),))
    return Answers(frame, variables)


def test_labels_missing_codes_and_empty_categories() -> None:
    """Weights 1, 2, 1 of no and 1, 2, 1 of yes: half each; nobody says perhaps."""
    answers = make_answers()
    table = tabulate(answers, "approval", design=declare_design(answers.frame, weights="w"))
    frame = table.to_frame()
    assert frame["approval"].to_list() == ["no", "yes", "perhaps"]
    assert frame["percent"].to_list() == [50.0, 50.0, 0.0]
    assert frame["n"].to_list() == [3, 3, 0]
    assert table.n_missing == 2
    assert frame.row(2, named=True)["low"] is None


def test_an_unweighted_table_is_that_of_the_textbook() -> None:
    """20 of 100: the variance of a share is p(1 - p)/(n - 1), its design effect 1."""
    table = tabulate({"x": ["a"] * 20 + ["b"] * 80}, "x")
    assert table.shares.standard_errors[0] == pytest.approx((0.2 * 0.8 / 99) ** 0.5, rel=1e-12)
    assert table.shares.design_effects.tolist() == pytest.approx([1, 1])


def test_unweighted_rao_scott_is_pearson() -> None:
    """30 20 / 10 40: X² = 100 (30·40 - 20·10)² / (50 50 40 60) = 16.6667; the design effect is 100/99."""
    data = {"x": ["a"] * 50 + ["b"] * 50, "y": ["c"] * 30 + ["d"] * 20 + ["c"] * 10 + ["d"] * 40}
    table = tabulate(data, "x", "y")
    assert isinstance(table, CrossTable)
    assert table.test is not None
    assert table.test.pearson == pytest.approx(100 * (30 * 40 - 20 * 10) ** 2 / (50 * 50 * 40 * 60))
    assert table.test.chi_squared == pytest.approx(table.test.pearson * 99 / 100)
    assert table.test.f_df == (pytest.approx(1), pytest.approx(99))


def test_empty_rows_do_not_spoil_the_test() -> None:
    p = np.array([[0.3, 0.2], [0.1, 0.4]]).ravel()
    full = check_independence(p.reshape(2, 2), (np.diag(p) - np.outer(p, p)) / 100, 100, 99)
    wide = np.insert(np.diag(p) - np.outer(p, p), [2, 2], 0.0, axis=0)
    wide = np.insert(wide, [2, 2], 0.0, axis=1)
    padded = np.insert(p.reshape(2, 2), 1, 0.0, axis=0)
    found = check_independence(padded, wide / 100, 100, 99)
    assert full is not None
    assert found is not None
    assert (found.f, found.f_df) == (pytest.approx(full.f), pytest.approx(full.f_df))
    assert check_independence(np.array([[0.5, 0.5]]), np.eye(2), 10, 9) is None


def test_intervals_at_the_edge() -> None:
    """Korn and Graubard without a yes among 20 is Clopper and Pearson's: 0 to 1 - .025^(1/20)."""
    low, high = find_interval(Interval.KORN_GRAUBARD, 0.0, 0.0, 20, 19)
    assert (low, high) == (0.0, pytest.approx(1 - 0.025 ** (1 / 20)))
    assert np.isnan(find_interval(Interval.LOGIT, 0.0, 0.0, 20, 19)).all()
    assert np.isnan(find_interval(Interval.NORMAL, 1.0, 0.0, 20, 19)).all()
    assert np.isnan(find_interval(Interval.WILSON, 0.5, 0.01, 20, 0)).all()
    # Wilson (1927) without a yes among n: 0 to z²/(n + z²).
    assert find_interval(Interval.WILSON, 0.0, 0.0, 20, 19)[1] == pytest.approx(1.959964**2 / (20 + 1.959964**2))


@pytest.mark.parametrize(
    ("rows", "columns", "said"),
    [
        ("aproval", "", "Q340 the data have no column `aproval`\n  help: did you mean `approval`?"),
        ("approval", "approval", "Q342 rows and columns are both `approval`"),
    ],
)
def test_wrong_names(rows: str, columns: str, said: str) -> None:
    with pytest.raises(ProblemsError) as raised:
        tabulate(make_answers(), rows, columns)
    assert said in str(raised.value)


def test_a_variable_with_too_many_values() -> None:
    with pytest.raises(ProblemsError, match="Q341 `x` has 300 different values"):
        tabulate({"x": list(range(300))}, "x")
    with pytest.raises(ProblemsError, match="Q341 `x` holds no numbers"):
        estimate_means({"x": ["a", "b"]}, "x")
    with pytest.raises(ProblemsError, match="Q343"):
        tabulate({"x": [1, 2]}, "x", domain=[False, False])


def test_the_command(tmp_path: Path) -> None:
    path = str(tmp_path / "d.sav")
    write_answers(make_answers(), path)
    run = CliRunner()
    words = [path, "--rows", "approval", "--columns", "sex", "--weights", "w", "--json"]
    found = json.loads(run.invoke(command, words, catch_exceptions=False).output)
    cells = {(c["approval"], c["sex"]): c["column_percent"] for c in found["cells"]}
    assert cells["no", "f"] == pytest.approx(50)
    assert (found["respondents"], found["missing"]) == (6, 2)
    assert found["test"]["rao_scott_2"]["p"] == pytest.approx(1, abs=1e-6)
    words = [path, "--rows", "approval", "--where", "age >= 18", "--out", str(tmp_path / "t.csv")]
    said = run.invoke(command, words, catch_exceptions=False).output
    assert "Approves?" in said
    assert "No design named: a simple random sample of 8 is assumed where age >= 18." in said
    assert pl.read_csv(tmp_path / "t.csv")["n"].to_list() == [2, 3, 0]
    said = run.invoke(
        command, [path, "--rows", "sex", "--mean", "age", "--weights", "w"], catch_exceptions=False
    ).output
    # By hand: Σ w·age = 20+60+40+100+60+70+17+16 = 383, Σ w = 10.
    assert "38.30" in said


def test_a_wrong_condition_is_told(tmp_path: Path) -> None:
    path = str(tmp_path / "d.sav")
    write_answers(make_answers(), path)
    with pytest.raises(ProblemsError, match=r"the condition:1:1: Q032 unknown attribute `aeg`"):
        CliRunner().invoke(command, [path, "--rows", "sex", "--where", "aeg > 1"], catch_exceptions=False)
