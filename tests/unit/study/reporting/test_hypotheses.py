"""Verdicts on hypotheses, from estimates that are written down here."""

import math
from pathlib import Path

import pytest

from scslab.ground.problems import ProblemsError
from scslab.ground.text import Text
from scslab.study.reporting.hypotheses import Hypothesis, Sign, Verdict, judge, read_hypotheses


def make(*terms: str, sign: Sign = Sign.POSITIVE) -> Hypothesis:
    return Hypothesis("H", Text(), Text("x"), "1", terms, sign)


CASES = [
    ({"a": (0.5, 0.1, 0.001)}, Verdict.SUPPORTED),
    ({"a": (-0.5, 0.1, 0.001)}, Verdict.OPPOSED),
    ({"a": (0.5, 0.5, 0.3)}, Verdict.OPEN),
    ({"a": (math.inf, math.nan, math.nan)}, Verdict.NOT_ESTIMABLE),
]


@pytest.mark.parametrize(("model", "verdict"), CASES)
def test_one_term(model: dict[str, tuple[float, float, float]], verdict: Verdict) -> None:
    assert judge([make("a")], {"1": model})[0].verdict is verdict


def test_levels_of_a_factor_count_together() -> None:
    model = {"low": (0.5, 0.1, 0.001), "high": (-0.4, 0.1, 0.001), "middle": (-0.1, 0.3, 0.7)}
    assert judge([make("low", "high")], {"1": model})[0].verdict is Verdict.MIXED
    assert judge([make("low", "middle")], {"1": model})[0].verdict is Verdict.SUPPORTED
    assert judge([make("low", "middle", sign=Sign.NEGATIVE)], {"1": model})[0].verdict is Verdict.OPPOSED


def test_robustness_counts_models_with_the_terms() -> None:
    models = {
        "1": {"a": (0.5, 0.1, 0.001)},
        "2": {"a": (0.2, 0.2, 0.3)},
        "3": {"a": (-0.5, 0.1, 0.001)},
        "4": {"b": (0.5, 0.1, 0.001)},
    }
    found = judge([make("a")], models)[0]
    assert (found.n_models, found.n_same_sign, found.n_same_verdict) == (3, 2, 1)


def test_unknown_names_are_told_all_at_once() -> None:
    stray = Hypothesis("H2", Text(), Text("y"), "9", ("a",), Sign.POSITIVE)
    with pytest.raises(ProblemsError) as error:
        judge([make("agee"), stray], {"1": {"age": (0.0, 1.0, 1.0)}})
    assert [p.code for p in error.value.problems] == ["Q122", "Q122"]
    assert error.value.problems[0].help == "did you mean `age`?"


def test_a_mistake_in_the_file_has_its_place(tmp_path: Path) -> None:
    file = tmp_path / "hypotheses.yaml"
    file.write_text(
        "hypotheses:\n  - {id: H1, statement: x, model: '1', terms: [a], sign: positiv}\n"
        "  - {id: H1, statement: x, model: '1', terms: [a], sign: positive}\n",
        encoding="utf-8",
    )
    with pytest.raises(ProblemsError) as error:
        read_hypotheses(file)
    assert [(p.code, p.place.line) for p in error.value.problems] == [("Q008", 2), ("Q014", 3)]
    assert "positive" in error.value.problems[0].help


def test_the_shipped_hypotheses_are_the_printed_ones() -> None:
    import csv

    folder = Path(__file__).parents[4] / "studies" / "kostka_2019"
    found, level = read_hypotheses(folder / "hypotheses.yaml")
    with (folder / "printed" / "table1_hypotheses.csv").open(encoding="utf-8", newline="") as stream:
        printed = [(row["hypothesis"], row["statement"].lower()) for row in csv.DictReader(stream)]
    assert [(each.id, each.statement.en.lower()) for each in found] == printed
    assert level == 0.05
