"""Totals and means with their covariances, against R's survey package (tests/reference/r/design.R)."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from scslab.study.design.declare import declare_design
from scslab.study.design.design import Design
from scslab.study.design.replicates import replicate

R = Path(__file__).parents[3] / "reference" / "r"
STORED: dict[str, dict[str, Any]] = json.loads((R / "design.json").read_text(encoding="utf-8"))


def read(name: str) -> pl.DataFrame:
    return pl.read_csv(R / "data" / f"{name}.csv", infer_schema_length=None)


def check(design: Design, frame: pl.DataFrame, columns: Sequence[str], name: str) -> None:
    """Compare with R; rows whose value is missing leave the domain, as `na.rm` does there."""
    values = frame.select(pl.col(list(columns)).cast(pl.Float64)).to_numpy()
    design = design.subset(~np.isnan(values).any(axis=1))
    values = np.nan_to_num(values)
    r, w = STORED[name], design.weights[:, None]
    total, mean = (w * values).sum(axis=0), (w * values).sum(axis=0) / w.sum()
    np.testing.assert_allclose(total, np.atleast_1d(r["total"]), rtol=1e-12)
    np.testing.assert_allclose(mean, np.atleast_1d(r["mean"]), rtol=1e-12)
    if design.replicates is None:
        total_cov, mean_cov = design.variance(w * values), design.variance(w * (values - mean) / w.sum())
    else:
        _, total_cov = replicate(design, lambda weights: weights @ values)
        _, mean_cov = replicate(design, lambda weights: weights @ values / weights.sum())
    np.testing.assert_allclose(total_cov, np.atleast_2d(r["total_cov"]), rtol=1e-9)
    np.testing.assert_allclose(mean_cov, np.atleast_2d(r["mean_cov"]), rtol=1e-9)
    assert design.degrees_of_freedom == r["df"]


TWO = ("api00", "enroll")
STRATUM = {"weights": "pw", "strata": "stype"}


@pytest.mark.parametrize(
    ("name", "file", "options"),
    [
        ("weights_only", "apistrat", {"weights": "pw"}),
        ("strata", "apistrat", STRATUM),
        ("strata_fpc", "apistrat", STRATUM | {"fpc": "fpc"}),
        ("clusters", "apiclus1", {"weights": "pw", "clusters": "dnum"}),
        ("clusters_fpc", "apiclus1", {"weights": "pw", "clusters": "dnum", "fpc": "fpc"}),
        ("jkn", "apistrat", STRATUM | {"fpc": "fpc", "replicate_kind": "JKn"}),
        ("jkn_mse", "apistrat", STRATUM | {"fpc": "fpc", "replicate_kind": "JKn", "is_around_estimate": True}),
        ("jk1", "apiclus1", {"weights": "pw", "clusters": "dnum", "fpc": "fpc", "replicate_kind": "JK1"}),
        (
            "jk1_mse",
            "apiclus1",
            {"weights": "pw", "clusters": "dnum", "fpc": "fpc", "replicate_kind": "JK1", "is_around_estimate": True},
        ),
    ],
)
def test_api_samples(name: str, file: str, options: dict[str, Any]) -> None:
    frame = read(file)
    check(declare_design(frame, **options), frame, TWO, name)


def two_stages() -> tuple[pl.DataFrame, Design]:
    # R computes the weights from the population sizes: schools of a district drawn, times districts drawn.
    frame = read("apiclus2")
    n1 = frame["dnum"].n_unique()
    drawn = frame.select(pl.col("snum").n_unique().over("dnum")).to_series()
    weights = (frame["fpc1"] / n1) * (frame["fpc2"] / drawn)
    return frame, declare_design(frame, weights=weights, clusters=("dnum", "snum"), fpc=("fpc1", "fpc2"))


def test_two_stages() -> None:
    frame, design = two_stages()
    check(design, frame, ("api00", "api99"), "two_stages")


def test_a_domain_keeps_clusters_of_both_stages() -> None:
    frame, design = two_stages()
    check(design.subset(frame["stype"] == "E"), frame, ("api00", "api99"), "two_stages_domain")


def test_a_domain_of_strata() -> None:
    frame = read("apistrat")
    design = declare_design(frame, **STRATUM, fpc="fpc").subset(frame["sch.wide"] == "Yes")
    check(design, frame, TWO, "strata_domain")


NESTED: dict[str, Any] = {"weights": "WTMEC2YR", "strata": "SDMVSTRA", "clusters": "SDMVPSU", "nest": True}


def test_clusters_numbered_within_strata() -> None:
    frame = read("nhanes")
    design = declare_design(frame, **NESTED)
    check(design, frame, ("HI_CHOL",), "nested")
    is_young_man = (frame["RIAGENDR"] == 1) & (frame["agecat"] == "(19,39]")
    check(design.subset(is_young_man), frame, ("HI_CHOL",), "nested_domain")


@pytest.mark.parametrize("rule", ["certainty", "remove", "adjust", "average"])
def test_lonely_clusters(rule: str) -> None:
    frame = read("nhanes")
    is_second = (frame["SDMVSTRA"] == frame["SDMVSTRA"].min()) & (frame["SDMVPSU"] == 2)
    frame = frame.filter(~is_second & frame["HI_CHOL"].is_not_null())
    check(declare_design(frame, **NESTED, lonely=rule), frame, ("HI_CHOL",), f"lonely_{rule}")


@pytest.mark.parametrize(("name", "kind", "rho"), [("brr", "BRR", 0.0), ("fay", "Fay", 0.3)])
def test_balanced_half_samples(name: str, kind: str, rho: float) -> None:
    # The variance of a total is the same for every balanced set; that of a ratio is not, so only totals compare.
    frame = read("scd")
    design = declare_design(frame, strata="ESA", clusters="ambulance", nest=True, replicate_kind=kind, fay_rho=rho)
    values = frame.select("arrests", "alive").to_numpy().astype(float)
    total, covariance = replicate(design, lambda weights: weights @ values)
    np.testing.assert_allclose(total, STORED[name]["total"], rtol=1e-12)
    np.testing.assert_allclose(np.diag(covariance), np.diag(STORED[name]["total_cov"]), rtol=1e-9)


def test_replicate_weights_that_come_with_the_data() -> None:
    frame = pl.concat([read("apiclus1"), read("apiclus1_bootstrap")], how="horizontal")
    design = declare_design(frame, weights="pw", replicates="V*", replicate_kind="bootstrap")
    check(design, frame, TWO, "bootstrap_given")
