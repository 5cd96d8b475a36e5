"""Rows go into buckets that are ranges of ids, and come out of them by subject and in order."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import scslab as scs
from scslab.engine import grouping
from scslab.engine.jit import kernel
from scslab.engine.kernel_take import Ranges, find_range
from scslab.engine.settle import begin
from scslab.engine.taking import choose_ranges

N = 50_000
LARGEST = 2**63 - 1
SAMPLES = {
    "spread": np.random.default_rng(1).integers(0, LARGEST, N),
    "counted": np.arange(N),
    "one": np.full(N, 7),
    "two ends": np.repeat([0, LARGEST], N // 2),
    "clusters": np.concatenate([np.arange(20_000), LARGEST - np.arange(20_000), np.full(10_000, 2**40)]),
    "none": np.empty(0, np.int64),
    "negative": np.array([-5, -1, 3]),
}


@kernel
def find_all(ranges: Ranges, ids: np.ndarray, out: np.ndarray) -> None:
    for i in range(ids.size):
        out[i] = find_range(ranges, ids[i])


@pytest.mark.parametrize("name", SAMPLES)
def test_buckets_ascend_with_ids_whatever_the_sample(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "EVENTS_PER_BUCKET", 64)
    ranges = choose_ranges(SAMPLES[name], N)
    known = [SAMPLES["spread"], SAMPLES["clusters"], np.array([0, 1, LARGEST - 1, LARGEST])]
    around = [ranges.splitters, ranges.splitters - np.uint64(1), ranges.splitters + np.uint64(1)]
    ids = np.concatenate([*(array.astype(np.uint64) for array in known), *around])
    found = np.empty(ids.size, np.int64)
    find_all(ranges, ids, found)
    # By definition the number of splitters that are not above an id.
    assert (found == np.searchsorted(ranges.splitters, ids, side="right")).all()


def test_buckets_are_of_about_one_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "EVENTS_PER_BUCKET", 500)
    for name in ("spread", "counted", "clusters"):
        ids = np.sort(SAMPLES[name]).astype(np.uint64)
        found = np.empty(N, np.int64)
        find_all(choose_ranges(SAMPLES[name], N), ids, found)
        sizes = np.bincount(found)
        # 10,000 events of the clusters are of one subject, and cannot be parted.
        assert np.sort(sizes)[-2 if name == "clusters" else -1] <= 1_100


SCHEME = """
scheme: plain
title: {en: Plain}
operator: {kind: research, name: {en: Test}}
subjects: {kind: resident}
participation: automatic
in_force: {from: 2014-01-01}
sources: {s: {title: S, confidence: unverified}}
events:
  good: {amount: number}
  other: {amount: number}
score: {start: 0, posts_on: recorded, published: immediately}
rules:
  - {id: good, on: good, when: amount > 1, points: 2 * amount, source: s}
"""


@pytest.mark.parametrize("name", ["spread", "counted", "one", "two ends", "clusters"])
@pytest.mark.parametrize("size", [64, 1 << 15])
def test_long_chains_lose_nothing(name: str, size: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Scores and numbers of events are those of a plain sum over the rows."""
    monkeypatch.setattr(grouping, "EVENTS_PER_BUCKET", size)
    (tmp_path / "scheme.yaml").write_text(SCHEME, encoding="utf-8")
    random = np.random.default_rng(2)
    subjects = random.permutation(SAMPLES[name])
    kinds, amounts = random.integers(0, 2, N), random.integers(0, 4, N)
    days = [date(2020, 1, 1) + timedelta(days=k // 100) for k in range(N)]
    table = pl.DataFrame(
        {
            "event_id": np.arange(N),
            "subject_id": subjects,
            "type": pl.Series(["good", "other"]).gather(kinds),
            "occurred_on": days,
            "amount": amounts.astype(float),
        }
    )
    run = begin(scs.read_scheme(tmp_path / "scheme.yaml"), table, is_itemised=False, threads=2)
    assert run.intake.taken is not None
    standings = run.finish(pl.concat(run.iterate_entries()), with_unposted=False).standings
    points, events = defaultdict[int, int](int), defaultdict[int, int](int)
    for subject, kind, amount in zip(subjects.tolist(), kinds.tolist(), amounts.tolist(), strict=True):
        points[subject] += 2 * amount if kind == 0 and amount > 1 else 0
        events[subject] += 1
    assert standings["subject_id"].to_list() == sorted(points)
    assert standings["score"].to_list() == [points[subject] for subject in sorted(points)]
    assert standings["events"].to_list() == [events[subject] for subject in sorted(points)]


def test_an_infinite_number_that_nobody_declares_sets_nothing_aside(tmp_path: Path) -> None:
    """The quick look is suspicious of it, the whole look is not: the answer is that of the whole look."""
    text = SCHEME.replace("other: {amount: number}", "other: {}")
    (tmp_path / "scheme.yaml").write_text(text, encoding="utf-8")
    rows = {"event_id": [1, 2], "subject_id": [5, 5], "type": ["good", "other"], "amount": [3.0, float("inf")]}
    table = pl.DataFrame(rows).with_columns(occurred_on=date(2020, 1, 1))
    run = begin(scs.read_scheme(tmp_path / "scheme.yaml"), table, is_itemised=False)
    assert run.intake.taken is None
    settled = run.finish(pl.concat(run.iterate_entries()), with_unposted=False)
    assert settled.set_aside.height == 0
    assert settled.standings.select("score", "events").rows() == [(6, 2)]
