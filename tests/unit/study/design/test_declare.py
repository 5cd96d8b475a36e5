"""Declaring designs: everything wrong is told at once, and what is told is right."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from scslab.ground.problems import ProblemsError
from scslab.study.design.declare import declare_design
from scslab.study.design.hadamard import build_hadamard
from scslab.study.design.make_replicates import make_replicates
from scslab.study.design.read import read_design

TABLE = pl.DataFrame(
    {
        "w": [1.0, 2.0, 1.0, 2.0, 4.0],
        "h": ["n", "n", "s", "s", "x"],
        "c": [1, 2, 3, 4, 5],
        "again": [1, 2, 1, 2, 5],
        "gap": [1.0, None, 1.0, 1.0, 1.0],
        "negative": [1.0, -1.0, 1.0, 1.0, 1.0],
        "size": [9, 8, 9, 9, 9],
        "small": [1, 1, 9, 9, 9],
        "mixed": [0.5, 0.5, 9, 9, 9],
    }
)


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ({"weights": "ww"}, "Q201", "there is no column `ww`"),
        ({"strata": "gap"}, "Q202", "missing in 1 of 5 rows"),
        ({"weights": "negative"}, "Q203", "-1 in row 2"),
        ({"weights": "h"}, "Q203", "not numbers"),
        ({"strata": "h", "clusters": "again", "lonely": "adjust"}, "Q204", "2 cluster labels"),
        ({"strata": "h"}, "Q205", "1 of 3 strata of stage 1 have only one cluster (`x`)"),
        ({"strata": "h", "fpc": "size", "lonely": "certainty"}, "Q206", "more than one population size"),
        (
            {"strata": "h", "fpc": "small", "lonely": "certainty"},
            "Q206",
            "2 clusters were drawn from a population of 1",
        ),
        ({"strata": "h", "fpc": "mixed", "lonely": "certainty"}, "Q206", "some values are below 1"),
        ({"lonely": "ajust"}, "Q207", "no rule `ajust`"),
        ({"replicate_kind": "JK2"}, "Q207", "no kind of replicate weights `JK2`"),
        ({"strata": "h", "lonely": "certainty", "replicate_kind": "JK1"}, "Q208", "this one has 3"),
        ({"strata": "h", "lonely": "certainty", "replicate_kind": "BRR"}, "Q208", "1 of 3 have not"),
        ({"replicates": "rep*", "replicate_kind": "JK1"}, "Q209", "no column is called `rep*`"),
        ({"replicates": ["w", "c"], "replicate_kind": "JKn"}, "Q209", "need `rscales`"),
        ({"clusters": ("h", "c", "again")}, "Q210", "3 stages"),
        ({"weights": [1.0, 2.0]}, "Q211", "2 values for 5 rows"),
    ],
)
def test_what_is_wrong_is_told(options: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(ProblemsError) as error:
        declare_design(TABLE, **options)
    assert [problem.code for problem in error.value.problems] == [code]
    assert words in error.value.problems[0].message


def test_all_problems_at_once() -> None:
    with pytest.raises(ProblemsError) as error:
        declare_design(TABLE, weights="ww", strata="hh", clusters="c", lonely="no")
    assert [problem.code for problem in error.value.problems] == ["Q207", "Q201", "Q201"]


def test_a_lonely_cluster_that_is_the_whole_stratum_is_no_problem() -> None:
    design = declare_design(TABLE, strata="h", fpc=[2, 2, 2, 2, 1])
    assert design.variance(np.array([1.0, 5.0, 2.0, 2.0, 7.0])).item() == 0.0


def test_a_domain_keeps_rows_and_counts() -> None:
    design = declare_design(TABLE.head(4), weights="w", strata="h").subset([True, False, False, False])
    assert design.weights.tolist() == [1.0, 0.0, 0.0, 0.0]
    # By hand: stratum n has totals (3, 0) of 2 clusters: 2/(2-1) × (1.5² + 1.5²) = 9.
    assert design.variance(design.weights * 3.0).item() == pytest.approx(9.0, rel=1e-14)


def test_bootstrap_replicates_are_keyed_by_their_number() -> None:
    design = declare_design(TABLE.head(4), strata="h")
    few = make_replicates(design, "bootstrap", n_replicates=3, seed=4).replicates
    many = make_replicates(design, "bootstrap", n_replicates=9, seed=4).replicates
    assert few is not None
    assert many is not None
    assert (few.factors == many.factors[:, :3]).all()
    # One of two clusters drawn, raised by 2/1: each stratum has one 0 and one 2.
    assert (np.sort(many.factors[:2], axis=0) == [[0.0] * 9, [2.0] * 9]).all()


def test_bootstrap_variance_nears_the_linearised_one() -> None:
    # Rao, Wu and Yue: for totals the expectation over draws is the linearised variance; 4,000 draws are within 10 %.
    values = np.arange(20.0) ** 1.5
    design = declare_design({"y": values}, replicate_kind="bootstrap", n_replicates=4000, seed=1)
    assert design.replicates is not None
    totals = (design.weights @ (values[:, None] * design.replicates.factors))[:, None]
    found = design.replicates.variance(totals, np.array([values.sum()])).item()
    assert found == pytest.approx(design.variance(values).item(), rel=0.1)


@pytest.mark.parametrize("order", [1, 2, 3, 7, 12, 20, 29, 36, 60])
def test_hadamard_matrices_are_orthogonal(order: int) -> None:
    matrix = build_hadamard(order)
    n = matrix.shape[0]
    assert n >= order
    assert (matrix @ matrix.T == n * np.eye(n)).all()
    assert (matrix[0] == 1).all()
    assert (matrix[:, 0] == 1).all()


def test_a_design_in_a_study_file(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text("study: x\ndesign:\n  weights: w\n  strata: h\n  lonely: adjust\n", encoding="utf-8")
    design = read_design(path, TABLE)
    assert design.names == {"weights": "w", "strata": "h"}
    assert not design.stages[0].is_centred[2]


def test_a_mistake_in_a_study_file_has_its_place(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text("design:\n  wieghts: w\n  lonely: often\n", encoding="utf-8")
    with pytest.raises(ProblemsError) as error:
        read_design(path, TABLE)
    found = error.value.problems
    assert [(p.code, p.place.line) for p in found] == [("Q005", 2), ("Q008", 3)]
    path.write_text("\ndesign:\n  weights: wt\n", encoding="utf-8")
    with pytest.raises(ProblemsError) as error:
        read_design(path, TABLE)
    assert [(p.code, p.place.line) for p in error.value.problems] == [("Q201", 3)]
