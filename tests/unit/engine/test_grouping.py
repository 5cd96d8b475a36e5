"""Grouping brings the events of each subject together in order, whatever threads, order of rows and kind of ids."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from scslab.engine import grouping
from scslab.engine.grouping import Grouped, group_events, order_ties
from scslab.engine.kernel_group import DAY_SHIFT, TYPE_SHIFT


def _words(days: np.ndarray, masks: np.ndarray) -> np.ndarray:
    return (days.astype(np.uint64) << DAY_SHIFT) | (np.uint64(1) << TYPE_SHIFT) | masks.astype(np.uint64)


def _read(grouped: Grouped, subjects: pl.Series) -> dict[object, list[int]]:
    """The rows of each subject, in order; and that subjects come by ascending id."""
    ids = grouped.ids.to_list()
    assert ids == sorted(ids)
    found: dict[object, list[int]] = {}
    for name, s in zip(ids, grouped.order, strict=True):
        found[name] = grouped.rows[grouped.begin[s] : grouped.begin[s] + grouped.acting[s]].tolist()
    return found


def _expect(subjects: pl.Series, days: np.ndarray, masks: np.ndarray) -> dict[object, list[int]]:
    """The same by plain Python: rows with a rule, by day, then as they came."""
    found: dict[object, list[int]] = {name: [] for name in subjects.unique().to_list()}
    for row in sorted(range(len(days)), key=lambda r: (days[r], r)):
        if masks[row]:
            found[subjects[row]].append(row)
    return found


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("is_text", [False, True])
@pytest.mark.parametrize("size", [0, 1, 500, 200_000])
def test_groups_like_plain_python(threads: int, is_text: bool, size: int) -> None:
    rng = np.random.default_rng(size)
    numbers = rng.integers(-50, 50 if size <= 500 else 30_000, size)
    subjects = pl.Series("subject_id", numbers, dtype=pl.Int64)
    if is_text:
        subjects = subjects.cast(pl.String)
    days, masks = rng.integers(0, 60_000, size), rng.integers(0, 4, size)
    grouped = group_events(subjects, _words(days, masks), is_sorted=False, threads=threads)
    assert _read(grouped, subjects) == _expect(subjects, days, masks)
    events = dict(zip(grouped.ids.to_list(), grouped.events[grouped.order].tolist(), strict=True))
    assert events == dict(subjects.value_counts().iter_rows())
    bits = {name: sum(int(masks[r]).bit_count() for r in rows) for name, rows in _expect(subjects, days, masks).items()}
    assert dict(zip(grouped.ids.to_list(), grouped.entries[grouped.order].tolist(), strict=True)) == bits


def test_texts_that_share_a_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash function that gives every text the same number must change nothing."""
    subjects = pl.Series("subject_id", ["b", "a", "b", "c", "a"])
    days, masks = np.arange(5), np.ones(5, np.int64)
    honest = grouping.number_subjects

    def clash(column: pl.Series, *, is_exact: bool = False) -> grouping.Keys:
        keys = honest(column, is_exact=is_exact)
        return keys if is_exact else grouping.Keys(np.zeros_like(keys.ids), keys.check)

    monkeypatch.setattr(grouping, "number_subjects", clash)
    grouped = group_events(subjects, _words(days, masks), is_sorted=True, threads=2)
    assert _read(grouped, subjects) == {"a": [1, 4], "b": [0, 2], "c": [3]}


def test_ties_go_by_id_shorter_first() -> None:
    subjects = pl.Series("subject_id", ["x"] * 6 + ["y"] * 2)
    days = np.array([5, 5, 5, 7, 7, 9, 5, 5])
    ids = pl.Series("event_id", ["E10", "E9", "D10", "b", "a", "z", "q2", "q1"])
    grouped = group_events(subjects, _words(days, np.ones(8)), is_sorted=False, threads=1)
    order_ties(grouped, ids)
    # By hand: on day 5 E9 (shorter), then D10 before E10; on day 7 a before b; for y q1 before q2.
    assert _read(grouped, subjects) == {"x": [1, 2, 0, 4, 3, 5], "y": [7, 6]}
    assert (np.diff((grouped.words[:6] >> DAY_SHIFT).astype(np.int64)) >= 0).all()
