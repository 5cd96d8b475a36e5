"""Weighted tables against R's survey package; the R script and its results are in tests/reference/r/tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from scslab.study.design.declare import declare_design
from scslab.study.design.design import Design
from scslab.study.tables.intervals import Interval
from scslab.study.tables.means import estimate_means
from scslab.study.tables.tabulate import CrossTable, FrequencyTable, tabulate

FOLDER = Path(__file__).parents[3] / "reference" / "r"
R = json.loads((FOLDER / "tables" / "tables.json").read_text())
NAMES = ("strata", "clusters", "two_stages", "weights_only")
INTERVALS = {"logit": "logit", "beta": "korn-graubard", "mean": "normal", "wilson": "wilson"}


def read(name: str) -> pl.DataFrame:
    return pl.read_csv(FOLDER / "data" / f"{name}.csv", infer_schema_length=None)


def make(name: str) -> tuple[pl.DataFrame, Design]:
    match name:
        case "strata":
            frame = read("apistrat")
            return frame, declare_design(frame, weights="pw", strata="stype", fpc="fpc")
        case "clusters":
            frame = read("apiclus1")
            return frame, declare_design(frame, weights="pw", clusters="dnum", fpc="fpc")
        case "two_stages":
            frame = read("apiclus2")
            return frame, declare_design(frame, weights="pw", clusters=("dnum", "snum"), fpc=("fpc1", "fpc2"))
        case _:
            frame = read("apistrat")
            return frame, declare_design(frame, weights="pw")


def compare(table: FrequencyTable, expected: dict[str, Any]) -> None:
    shares = table.shares
    assert [label for label, n in zip(table.rows.labels, shares.counts, strict=True) if n] == sorted(expected)
    found = table.to_frame().filter(pl.col("n") > 0)
    for row, (p, se) in zip(found.iter_rows(named=True), _pairs(table), strict=True):
        theirs = expected[next(iter(row.values()))]
        assert p == pytest.approx(theirs["p"], rel=1e-10)
        assert se == pytest.approx(theirs["se"], rel=1e-8)
        assert row["design_effect"] == pytest.approx(theirs["deff"], rel=1e-8)
        assert (shares.degrees_of_freedom, shares.n) == (theirs["df"], theirs["n"])


def _pairs(table: FrequencyTable) -> list[tuple[float, float]]:
    shares = table.shares
    return [(p, e) for p, e, n in zip(shares.values, shares.standard_errors, shares.counts, strict=True) if n]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("variable", "part"), [("stype", "frequencies"), ("band", "bands")])
def test_frequencies(name: str, variable: str, part: str) -> None:
    # The shares of the stratifying variable in a stratified sample have no variance; R's root of it is rounding.
    if name == "strata" and variable == "stype":
        frame, design = make(name)
        table = tabulate(frame, variable, design=design)
        assert table.shares.standard_errors.max() < 1e-9
        return
    frame, design = make(name)
    table = tabulate(frame, variable, design=design)
    assert isinstance(table, FrequencyTable)
    compare(table, R[part][name])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("theirs", list(INTERVALS))
def test_intervals(name: str, theirs: str) -> None:
    frame, design = make(name)
    table = tabulate(frame, "band", design=design, interval=INTERVALS[theirs])
    for row in table.to_frame().iter_rows(named=True):
        expected = R["bands"][name][row["band"]][theirs]
        assert [row["low"] / 100, row["high"] / 100] == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("name", NAMES)
def test_the_logit_interval_is_that_of_a_logistic_model(name: str) -> None:
    frame, design = make(name)
    table = tabulate(frame, "band", design=design)
    for row in table.to_frame().iter_rows(named=True):
        expected = R["bands"][name][row["band"]]["logit_glm"]
        assert [row["low"] / 100, row["high"] / 100] == pytest.approx(expected, rel=1e-6)


def compare_test(table: CrossTable, expected: dict[str, Any]) -> None:
    assert table.test is not None
    test, f, chi = table.test, expected["F"], expected["Chisq"]
    assert test.f == pytest.approx(f["statistic"], rel=1e-8)
    assert list(test.f_df) == pytest.approx(f["parameter"], rel=1e-8)
    assert test.second_p == pytest.approx(f["p"], rel=1e-7)
    assert test.pearson == pytest.approx(chi["statistic"], rel=1e-8)
    assert test.first_df == chi["parameter"]
    assert test.first_p == pytest.approx(chi["p"], rel=1e-7)
    r, c = len(table.rows.labels), len(table.columns.labels)
    np.testing.assert_allclose(table.shares.totals.reshape(r, c), expected["table"], rtol=1e-10)


@pytest.mark.parametrize("name", NAMES)
def test_rao_scott(name: str) -> None:
    frame, design = make(name)
    table = tabulate(frame, "sch.wide", "stype", design=design)
    assert isinstance(table, CrossTable)
    compare_test(table, R["chisq"][name])


@pytest.mark.parametrize("name", ["strata", "weights_only"])
def test_rao_scott_of_a_larger_table(name: str) -> None:
    frame, design = make(name)
    table = tabulate(frame, "band", "awards", design=design)
    assert isinstance(table, CrossTable)
    compare_test(table, R["chisq_bands"][name])


def test_domains_keep_their_place_in_the_design() -> None:
    frame, design = make("strata")
    domain = (frame["api99"] > 600).fill_null(value=False)
    table = tabulate(frame, "stype", design=design, domain=domain)
    assert isinstance(table, FrequencyTable)
    compare(table, R["domain"]["frequencies"])
    crossed = tabulate(frame, "sch.wide", "stype", design=design, domain=domain)
    assert isinstance(crossed, CrossTable)
    compare_test(crossed, R["domain"]["chisq"])
    assert crossed.n_outside == int((~domain).sum())


def test_domains_of_a_clustered_sample() -> None:
    frame, design = make("clusters")
    domain = frame["meals"] > 40
    table = tabulate(frame, "sch.wide", design=design, domain=domain)
    assert isinstance(table, FrequencyTable)
    compare(table, R["cluster_domain"]["frequencies"])
    crossed = tabulate(frame, "sch.wide", "awards", design=design, domain=domain)
    assert isinstance(crossed, CrossTable)
    compare_test(crossed, R["cluster_domain"]["chisq"])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("theirs", list(INTERVALS))
def test_columns_are_domains(name: str, theirs: str) -> None:
    frame, design = make(name)
    table = tabulate(frame, "stype", "sch.wide", design=design, interval=INTERVALS[theirs])
    for row in table.to_frame().iter_rows(named=True):
        expected = R["columns"][name][row["sch.wide"]][row["stype"]]
        assert row["column_percent"] / 100 == pytest.approx(expected["p"], rel=1e-10)
        assert row["column_percent_se"] / 100 == pytest.approx(expected["se"], rel=1e-8)
        low, high = row["column_percent_low"] / 100, row["column_percent_high"] / 100
        assert [low, high] == pytest.approx(expected[theirs], rel=1e-8)


def test_missing_answers_and_nested_clusters() -> None:
    frame = read("nhanes")
    design = declare_design(frame, weights="WTMEC2YR", strata="SDMVSTRA", clusters="SDMVPSU", nest=True)
    table = tabulate(frame, "HI_CHOL", design=design)
    assert isinstance(table, FrequencyTable)
    compare(table, R["nhanes"]["frequencies"])
    assert table.n_missing == frame["HI_CHOL"].null_count()
    crossed = tabulate(frame, "HI_CHOL", "race", design=design)
    assert isinstance(crossed, CrossTable)
    compare_test(crossed, R["nhanes"]["chisq"])


@pytest.mark.parametrize("name", NAMES)
def test_means(name: str) -> None:
    frame, design = make(name)
    everybody, *groups = estimate_means(frame, "api00", "stype", design=design)
    expected = R["means"][name]
    assert everybody.value == pytest.approx(expected["mean"], rel=1e-12)
    assert everybody.standard_error == pytest.approx(expected["se"], rel=1e-9)
    assert everybody.design_effect == pytest.approx(expected["deff"], rel=1e-9)
    assert [everybody.low, everybody.high] == pytest.approx(expected["ci"], rel=1e-9)
    for group, row in zip(groups, expected["by"], strict=True):
        assert (group.group, group.value) == (row["stype"], pytest.approx(row["api00"], rel=1e-12))
        assert group.standard_error == pytest.approx(row["se"], rel=1e-9)


@pytest.mark.parametrize(("kind", "variable"), [("JKn", "band"), ("JK1", "stype")])
def test_replicate_weights(kind: str, variable: str) -> None:
    frame = read("apistrat" if kind == "JKn" else "apiclus1")
    columns = {"strata": "stype"} if kind == "JKn" else {"clusters": "dnum"}
    design = declare_design(frame, weights="pw", replicate_kind=kind, **columns)
    expected = R[kind.lower()]
    crossed = tabulate(frame, "sch.wide", "stype", design=design)
    assert isinstance(crossed, CrossTable)
    assert crossed.test is not None
    assert crossed.test.f == pytest.approx(expected["F"]["statistic"], rel=1e-8)
    assert list(crossed.test.f_df) == pytest.approx(expected["F"]["parameter"], rel=1e-8)
    table = tabulate(frame, variable, design=design)
    for label, p, se in zip(table.rows.labels, table.shares.values, table.shares.standard_errors, strict=True):
        assert p == pytest.approx(expected["frequencies"][label]["p"], rel=1e-10)
        assert se == pytest.approx(expected["frequencies"][label]["se"], rel=1e-8)


def test_every_interval_is_tested() -> None:
    assert set(INTERVALS.values()) == set(Interval)
