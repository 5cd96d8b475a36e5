"""Sobol indices against published and analytic ones, and the sensitivity of a city."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from scslab.ground.problems import ProblemsError
from scslab.society.sensitivity.analyse import (
    OUTCOMES,
    POINTS,
    Sensitivity,
    analyse_sensitivity,
    write_sensitivity,
)
from scslab.society.sensitivity.sobol import analyse_sobol

Floats = NDArray[np.float64]


def test_ishigami() -> None:
    # Ishigami and Homma's function with a = 7, b = .1 on (-pi, pi)^3: published indices are S = (.3139, .4424, 0) and
    # T = (.5576, .4424, .2437) (ishigami1990; from the formulas a^2/8 + b pi^4/5 + b^2 pi^8/18 + 1/2).
    def ishigami(q: Floats) -> Floats:
        x = math.pi * (2 * q - 1)
        return np.array([np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])])

    table = analyse_sobol(ishigami, ["x1", "x2", "x3"], ["y"], samples=4096, seed=3)
    assert np.abs(table["first"].to_numpy() - [0.3139, 0.4424, 0.0]).max() < 0.02
    assert np.abs(table["total"].to_numpy() - [0.5576, 0.4424, 0.2437]).max() < 0.02
    assert (table["first_error"] > 0).all()
    # Errors are honest: the published indices lie within two half widths.
    off = np.abs(table["total"].to_numpy() - [0.5576, 0.4424, 0.2437])
    assert (off < 2 * table["total_error"].to_numpy()).all()


def test_linear_model_in_closed_form() -> None:
    # y = 1 a + 2 b + 3 c of uniform unknowns: shares of the variance 1/14, 4/14, 9/14, first order and total alike.
    table = analyse_sobol(lambda q: np.array([q @ [1.0, 2.0, 3.0]]), ["a", "b", "c"], ["y"], samples=2048)
    for column in ("first", "total"):
        assert np.abs(table[column].to_numpy() - np.array([1, 4, 9]) / 14).max() < 0.01


def test_same_seed_same_table_and_constant_outcomes_are_null() -> None:
    def two(q: Floats) -> Floats:
        return np.array([q[0] * q[1], 4.0])

    for seed in (0, 7):
        one, again = (analyse_sobol(two, ["a", "b"], ["y", "same"], samples=64, seed=seed) for _ in range(2))
        assert one.equals(again)
    rows = one.filter(pl.col("outcome") == "same")
    assert rows["unknown"].to_list() == ["a", "b"]
    assert rows["first"].null_count() == rows["total_error"].null_count() == 2
    assert one.filter(pl.col("outcome") == "y")["first"].null_count() == 0


def test_samples_must_be_a_power_of_2_and_unknowns_several() -> None:
    with pytest.raises(ValueError, match="power of 2"):
        analyse_sobol(lambda q: q, ["a", "b"], ["y"], samples=100)
    with pytest.raises(ValueError, match="one unknown"):
        analyse_sobol(lambda q: q, ["a"], ["y"])


@pytest.fixture(scope="module")
def city() -> Sensitivity:
    names = ["awareness.p", "awareness.q", "joining.b0", "joining.trust", "leaving.loss"]
    return analyse_sensitivity("hangzhou", parameters=names, samples=128, months=36)


def test_sensitivity_of_a_city(city: Sensitivity) -> None:
    rows = {(r["outcome"], r["unknown"]): r for r in city.indices.iter_rows(named=True)}
    assert len(rows) == len(OUTCOMES) * 5
    # Joining does not touch learning at all; p decides it, over a band of twenty to one.
    assert rows["aware", "joining.b0"]["total"] == pytest.approx(0, abs=1e-12)
    assert rows["aware", "awareness.p"]["total"] > 0.8
    assert rows["acceptance", "joining.b0"]["total"] > 0.9
    assert rows["taking_part", "leaving.loss"]["total"] < 0.01


def test_a_sweep_moves_one_parameter_over_its_band(city: Sensitivity) -> None:
    rows = city.sweep.filter(pl.col("parameter") == "awareness.p")
    assert rows.height == POINTS
    assert rows["value"][0] == pytest.approx(0.005, rel=1e-6)
    assert rows["value"][-1] == pytest.approx(0.10, rel=1e-6)
    assert (rows["aware"].diff().drop_nulls() > 0).all()
    # What does not touch learning leaves it as it is, over the whole band.
    others = city.sweep.filter(pl.col("parameter").str.starts_with("joining") | (pl.col("parameter") == "leaving.loss"))
    assert others["aware"].round(12).n_unique() == 1  # sums differ in their last bits
    assert others["taking_part"].n_unique() > POINTS


def test_folder_and_unknown_city(city: Sensitivity, tmp_path: Path) -> None:
    write_sensitivity(city, tmp_path)
    assert pl.read_parquet(tmp_path / "sobol.parquet").equals(city.indices)
    assert pl.read_csv(tmp_path / "sweep.csv").height == city.sweep.height
    assert json.loads((tmp_path / "sensitivity.json").read_text())["scheme"] == "hangzhou-qianjiang"
    with pytest.raises(ProblemsError, match="Y408"):
        analyse_sensitivity("hangzhuo")
