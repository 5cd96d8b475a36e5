"""The section `weighting` of a study file, and the command."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from scslab.cli.study.weight import command
from scslab.ground.problems import ProblemsError
from scslab.study.data.answers import Answers
from scslab.study.data.read import read_answers
from scslab.study.data.variables import Variable
from scslab.study.data.write import write_answers
from scslab.study.weighting.reader import read_weighting

GOOD = """
weighting:
  method: raking
  margins:
    sex: {female: 50, male: 50}
    age: {young: 40, old: 60}
  cap: {rule: rake-and-trim, at: 4}
  sum_to: 100
"""


def make_file(path: Path) -> None:
    """6 young women, 2 young men, 1 old woman, 1 old man."""
    frame = pl.DataFrame({"sex": [1.0] * 6 + [2.0] * 2 + [1.0, 2.0], "age": ["young"] * 8 + ["old"] * 2})
    variables = {"sex": Variable("sex", value_labels={1.0: "female", 2.0: "male"}), "age": Variable("age")}
    write_answers(Answers(frame, variables), path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("method: raking", "method: rakeing", "<memory>:3:11: Q008 `rakeing` is not a word that may stand here"),
        ("margins:", "margin:", "<memory>:4:3: Q005 unknown key `margin`\n  help: did you mean `margins`?"),
        ("at: 4", "at: 0.5", "<memory>:7:34: Q319 a cap must be above 1"),
        ("rake-and-trim", "bounded", "Q319 the rule `bounded` does not go with `raking`"),
        ("sum_to: 100", "distance: logit", "Q319 the logit distance needs bounds"),
        ("sum_to: 100", "means: {age: 3}", "Q319 `means` need `method: calibration`"),
        ("female: 50", "female: half", "<memory>:5:19: Q009 `half` is not a number"),
    ],
)
def test_what_is_wrong_is_told(old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(ProblemsError) as raised:
        read_weighting(GOOD.replace(old, new))
    assert said in str(raised.value)


def test_cells_for_post_stratification() -> None:
    plan = read_weighting(
        "weighting: {method: post-stratification, cells: {by: [sex, age], targets: "
        "[{cell: [f, y], share: 1}, {cell: [m, y], share: 2}]}}"
    )
    assert plan.margins[0].targets == {("f", "y"): 1.0, ("m", "y"): 2.0}


def test_the_command(tmp_path: Path) -> None:
    make_file(tmp_path / "d.sav")
    (tmp_path / "study.yaml").write_text(GOOD)
    out = str(tmp_path / "w.parquet")
    words = [str(tmp_path / "study.yaml"), str(tmp_path / "d.sav"), "--out", out]
    result = CliRunner().invoke(command, words, catch_exceptions=False)
    assert "raking: converged" in result.output
    weighted = read_answers(out)
    frame = weighted.frame
    assert frame["weight"].sum() == pytest.approx(100)
    assert frame.filter(pl.col("age") == "old")["weight"].sum() == pytest.approx(60)
    assert frame.filter(pl.col("sex") == 1)["weight"].sum() == pytest.approx(50)
    assert frame["weight"].max() <= 40 * (1 + 1e-8)
    assert weighted.variables["sex"].value_labels == {1.0: "female", 2.0: "male"}
    found = json.loads(CliRunner().invoke(command, [*words[:2], "--json"], catch_exceptions=False).output)
    assert found["is_converged"] is True
    weights = frame["weight"].to_numpy()
    assert found["effective_n"] == pytest.approx(weights.sum() ** 2 / (weights**2).sum())


def test_an_impossible_cap_is_told_with_its_place(tmp_path: Path) -> None:
    """Two old respondents of ten must be 60 percent: 3 times the mean at least."""
    make_file(tmp_path / "d.sav")
    (tmp_path / "study.yaml").write_text(GOOD.replace("at: 4", "at: 2.5"))
    with pytest.raises(ProblemsError) as raised:
        CliRunner().invoke(command, [str(tmp_path / "study.yaml"), str(tmp_path / "d.sav")], catch_exceptions=False)
    assert "study.yaml:7:34: Q321 no weights up to 2.5 times the mean give `old` of `age` its target" in str(
        raised.value
    )
    assert "the smallest possible cap is 3" in str(raised.value)
