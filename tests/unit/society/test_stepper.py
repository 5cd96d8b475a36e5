"""The stepper settles what `settle` settles: tables of monthly steps against one settlement of the whole ledger."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from scslab.engine.settle import settle
from scslab.engine.stepper import is_plain, open_stepper, step
from scslab.engine.stepper_tables import build_step_standings, collect_step_entries, collect_step_unposted
from scslab.scheme.catalogue import find_scheme
from scslab.scheme.model import Scheme
from scslab.scheme.reader import read_scheme

RICH = """
scheme: rich
title: {en: A scheme with much to remember}
operator: {kind: government, name: {en: City}}
subjects: {kind: resident}
in_force: {from: 2020-02-01}
events:
  help.given: {hours: number}
  fine.paid: {}
  fine.grave: {}
score: {start: 100, floor: 0, ceiling: 150, decimals: 1, published: quarterly}
tiers: [{id: C, from: 0}, {id: B, from: 90}, {id: A, from: 110}]
rules:
  - {id: help, on: help.given, points: 0.5 * hours, cap: {points: 6, per: month}, valid: 5 months}
  - {id: fine, on: fine.*, points: -4, repeat: {within: 6 months, times: [1, 2, 3]}, valid: 7 months}
  - {id: grave, on: fine.grave, when: false, points: -1}
  - {id: held, on: fine.grave, limit_tier: {to: C, for: 4 months}}
"""
YEARLY = RICH.replace("decimals: 1", "decimals: 1, restarts: yearly").replace("quarterly", "immediately")
LISTS = (
    RICH
    + """lists:
  - id: black
    kind: blacklist
    enter: [{on: fine.grave}, {score: {below: 90}}]
    leave: [{after: 3 months}]
"""
)


def make_ledger(scheme: Scheme, n: int, months: int, seed: int) -> pl.DataFrame:
    """A ledger with late records and several events a day; ids ascend with the month of the deed only."""
    generator = np.random.Generator(np.random.PCG64(seed))
    size = n * months // 3
    first = date(2020, 1, 1)
    names = [name for name in scheme.events if not name.startswith(("correction.", "objection."))]
    day = np.sort(generator.integers(0, 30 * months - 1, size))
    late = np.minimum(day + generator.geometric(0.05, size) * generator.integers(0, 2, size), 30 * months)
    columns = {
        "event_id": np.arange(size),
        "subject_id": generator.integers(0, n, size),
        "type": [names[k] for k in generator.integers(0, len(names), size)],
        "occurred_on": [first + timedelta(int(d)) for d in day],
        "recorded_on": [first + timedelta(int(d)) for d in late],
    }
    attributes = {a: attribute for kind in scheme.events.values() for a, attribute in kind.attributes.items()}
    table = pl.DataFrame(columns)
    for name, attribute in attributes.items():
        has = [name in scheme.events[t].attributes for t in columns["type"]]
        if attribute.values:
            column = pl.Series(name, [attribute.values[0] if h else None for h in has], pl.String)
        else:
            column = pl.Series(
                name, [int(x) if h else None for x, h in zip(generator.integers(5, 9, size), has, strict=True)]
            )
        table = table.with_columns(column)
    return table


def run(scheme: Scheme, ledger: pl.DataFrame, n: int, months: int, threads: int):
    stepper = open_stepper(scheme, n, threads=threads)
    edges = [date(2020 + k // 12, k % 12 + 1, 1) - timedelta(1) for k in range(1, months + 2)]
    standing = None
    for before, until in zip([date(1999, 1, 1), *edges], edges, strict=False):
        batch = ledger.filter(pl.col("recorded_on").is_between(before, until, closed="right"))
        standing = step(stepper, batch, until)
    return stepper, standing, edges[-1]


@pytest.mark.parametrize("name", ["rongcheng", "suining-2010", "rich", "yearly"])
@pytest.mark.parametrize("threads", [1, 2])
def test_steps_equal_one_settlement(name: str, threads: int) -> None:
    texts = {"rich": RICH, "yearly": YEARLY}
    scheme = read_scheme(texts[name].encode()) if name in texts else find_scheme(name)
    assert is_plain(scheme)
    ledger = make_ledger(scheme, 400, 22, seed=len(name))
    stepper, standing, until = run(scheme, ledger, 450, 22, threads)
    assert stepper.is_direct
    whole = settle(scheme, ledger, as_of=until)
    assert whole.set_aside.height == 0
    assert_frame_equal(collect_step_entries(stepper), whole.entries)
    assert_frame_equal(collect_step_unposted(stepper), whole.unposted)
    plain = whole.standings.select(build_step_standings(stepper).columns)
    assert_frame_equal(build_step_standings(stepper), plain)
    scale = 10**scheme.score.decimals
    who = plain["subject_id"].to_numpy()
    codes = plain["published_tier"].to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    assert (standing.tier[who] == codes).all()
    assert (standing.score[who] == np.round(plain["published_score"].cast(float).to_numpy() * scale)).all()
    assert len(set(codes.tolist())) > 1


@pytest.mark.parametrize("name", ["lists", "hangzhou-qianjiang"])
def test_other_schemes_go_through_advance(name: str) -> None:
    scheme = read_scheme(LISTS.encode()) if name == "lists" else find_scheme(name)
    ledger = make_ledger(scheme, 60, 10, seed=4)
    stepper, standing, until = run(scheme, ledger, 60, 10, 2)
    assert not stepper.is_direct
    whole = settle(scheme, ledger, as_of=until)
    assert_frame_equal(build_step_standings(stepper), whole.standings.select(build_step_standings(stepper).columns))
    who = whole.standings["subject_id"].to_numpy()
    codes = whole.standings["published_tier"].to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    assert (standing.tier[who] == codes).all()


def test_standings_without_entries() -> None:
    scheme = read_scheme(RICH.encode())
    ledger = make_ledger(scheme, 100, 6, seed=1)
    stepper = open_stepper(scheme, 100, keeps_entries=False)
    standing = step(stepper, ledger, date(2020, 12, 31))
    kept = step(open_stepper(scheme, 100), ledger, date(2020, 12, 31))
    assert (standing.score == kept.score).all()
    assert collect_step_entries(stepper).height == 0


def test_steps_go_forward() -> None:
    scheme = find_scheme("rongcheng")
    stepper = open_stepper(scheme, 10)
    ledger = make_ledger(scheme, 10, 2, seed=1)
    step(stepper, ledger, date(2020, 12, 31))
    with pytest.raises(ValueError, match="is not after"):
        step(stepper, ledger.clear(), date(2020, 12, 31))


def test_a_step_without_events_lapses() -> None:
    # Two hours of help give 1.0 on 1 March; valid 5 months, so that the point is gone on 1 August.
    scheme = read_scheme(RICH.replace("quarterly", "monthly").encode())
    day = date(2020, 3, 1)
    batch = pl.DataFrame({"event_id": [1], "subject_id": [3], "type": ["help.given"], "occurred_on": [day],
                          "recorded_on": [day], "hours": [2.0]})  # fmt: skip
    stepper = open_stepper(scheme, 5)
    assert step(stepper, batch, date(2020, 3, 31)).score.tolist() == [1000, 1000, 1000, 1010, 1000]
    assert step(stepper, batch.clear(), date(2020, 7, 31)).score[3] == 1010
    assert step(stepper, batch.clear(), date(2020, 8, 31)).score[3] == 1000
