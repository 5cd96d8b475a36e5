"""Weights against R's survey package; the R script and its stored results are in tests/reference/r/weighting."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scslab.study.weighting.calibration import Distance, calibrate
from scslab.study.weighting.caps import trim
from scslab.study.weighting.margins import Margin, code_margins
from scslab.study.weighting.raking import post_stratify, rake

FOLDER = Path(__file__).parents[3] / "reference" / "r" / "weighting"
R = json.loads((FOLDER / "weighting.json").read_text())
SCHOOLS = pl.read_csv(FOLDER.parent / "data" / "apiclus1.csv")
BASE = SCHOOLS["pw"].to_numpy().astype(np.float64)
MARGINS = [
    Margin.of("stype", {"E": 4421, "H": 755, "M": 1018}),
    Margin.of("sch.wide", {"No": 1072, "Yes": 5122}),
    Margin.of("awards", {"No": 2200, "Yes": 3994}),
]
TOTALS = np.array([6194, 755, 1018, 3914069], np.float64)


def auxiliary() -> np.ndarray:
    stype = SCHOOLS["stype"]
    return np.column_stack(
        [np.ones(len(stype)), (stype == "H").to_numpy(), (stype == "M").to_numpy(), SCHOOLS["api99"].to_numpy()]
    ).astype(np.float64)


def test_raking() -> None:
    fitted = rake(BASE, code_margins(SCHOOLS, MARGINS, 6194))
    assert fitted.is_converged
    np.testing.assert_allclose(fitted.weights, R["rake"], rtol=1e-9)


def test_raking_is_calibration_with_the_raking_distance() -> None:
    coded = code_margins(SCHOOLS, MARGINS, 6194)
    from scslab.study.weighting.calibration import dummies_of

    x, totals = dummies_of(coded)
    fitted = calibrate(BASE, x, totals, distance=Distance.RAKING)
    assert fitted.is_converged
    np.testing.assert_allclose(fitted.weights, R["rake"], rtol=1e-9)


def test_post_stratification() -> None:
    fitted = post_stratify(BASE, code_margins(SCHOOLS, MARGINS[:1], 6194)[0])
    np.testing.assert_allclose(fitted.weights, R["poststratify"], rtol=1e-12)


def test_post_stratification_of_cells() -> None:
    targets = {(row["stype"], row["awards"]): float(row["Freq"]) for row in R["cells"]}
    coded = code_margins(SCHOOLS, [Margin(("stype", "awards"), targets)], 6194)
    np.testing.assert_allclose(post_stratify(BASE, coded[0]).weights, R["poststratify_cells"], rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "distance", "bounds"),
    [
        ("linear", Distance.LINEAR, (-np.inf, np.inf)),
        ("raking", Distance.RAKING, (0.0, np.inf)),
        ("linear_bounded", Distance.LINEAR, (0.6, 1.75)),
        ("logit", Distance.LOGIT, (0.5, 1.8)),
    ],
)
def test_calibration(name: str, distance: Distance, bounds: tuple[float, float]) -> None:
    fitted = calibrate(BASE, auxiliary(), TOTALS, distance=distance, bounds=bounds)
    assert fitted.is_converged
    np.testing.assert_allclose(fitted.weights, R[name], rtol=1e-8)


def test_trimming_until_all_weights_are_inside() -> None:
    np.testing.assert_allclose(trim(np.array(R["rake"]), 40, 20), R["trim"], rtol=1e-9)
