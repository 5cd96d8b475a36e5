"""What comes straight from ordered rows, with entries or without, is what settling rows in any order gives."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scslab as scs
from property.agreement import People
from property.effort import look_at
from property.ledgers import as_row_table, as_subject_table, ledgers, people, query_days
from property.strategies import schemes, schemes_of_conditions
from scslab.engine.settle import begin
from scslab.engine.settlement import Settlement
from scslab.scheme.model import PostsOn, Scheme

NUMBERS = (0, 1, 2, 7, 2**31, 2**62 + 3, 2**63 - 2)
"""Subject ids, from the least to nearly the greatest."""
SMALL = {
    "scslab.engine.grouping.EVENTS_PER_BUCKET": 16,
    "scslab.engine.straight.BUCKETS_PER_TASK": 1,
    "scslab.engine.straight.BUCKETS_WITH_ENTRIES": 2,
    "scslab.engine.straight_room.FIRST_WIDTH": 1,
    "scslab.engine.intake.ROWS_PER_PIECE": 7,
}
Case = tuple[Scheme, pl.DataFrame, pl.DataFrame | None, date]


def number_and_sort(scheme: Scheme, table: pl.DataFrame, persons: pl.DataFrame | None, copies: int) -> Any:
    """A ledger whose ids are whole numbers, in the order of posting and of event ids, each subject some times over."""
    posted_on = "occurred_on" if scheme.score.posts_on is PostsOn.OCCURRED else "recorded_on"
    names = sorted({*table["subject_id"], *(() if persons is None else persons["subject_id"])})
    number = {name: NUMBERS[k % len(NUMBERS)] - k // len(NUMBERS) for k, name in enumerate(names)}

    def renumber(frame: pl.DataFrame, copy: int) -> pl.DataFrame:
        known = pl.col("subject_id").replace_strict(number, return_dtype=pl.Int64)
        shifted = known + 100 * copy if copy else known
        return frame.with_columns(subject_id=pl.when(known < 2**62).then(shifted).otherwise(known - 100 * copy))

    table = pl.concat([renumber(table, copy) for copy in range(copies)])
    table = table.with_columns(recorded_on=pl.col("recorded_on").fill_null(pl.col("occurred_on")))
    table = table.sort(posted_on, maintain_order=True).drop("event_id", "target", "new_type")
    if persons is not None:
        persons = pl.concat([renumber(persons, copy) for copy in range(copies)])
    return table.with_row_index("event_id", offset=1).cast({"event_id": pl.Int64}), persons


@st.composite
def cases(draw: st.DrawFn) -> Case:
    scheme = draw(st.one_of(schemes(), schemes_of_conditions()))
    rows = [row for row in draw(ledgers(scheme, is_clean=True)) if row["type"] in scheme.events]
    persons: People | None = draw(people(scheme))
    table, subjects = number_and_sort(
        scheme,
        as_row_table(rows, scheme),
        None if persons is None else as_subject_table(persons, scheme),
        draw(st.sampled_from((1, 3, 40))),
    )
    return scheme, table, subjects, draw(query_days())


def settle_straight(
    scheme: Scheme, table: Any, subjects: pl.DataFrame | None, as_of: date, threads: int, *, is_itemised: bool
) -> tuple[Settlement, bool]:
    """The settlement, and whether it was settled straight from the rows."""
    run = begin(scheme, table, as_of=as_of, subjects=subjects, is_itemised=is_itemised, threads=threads)
    return run.finish(pl.concat(run.iterate_entries()), with_unposted=is_itemised), run.intake.taken is not None


def settle_grouped(scheme: Scheme, table: pl.DataFrame, subjects: pl.DataFrame | None, as_of: date) -> Settlement:
    """The settlement of the same rows in an order that is not taken straight."""
    run = begin(scheme, table.reverse(), as_of=as_of, subjects=subjects)
    assert table.height < 2 or run.intake.taken is None
    return run.finish(pl.concat(run.iterate_entries()))


def assert_same(straight: Settlement, whole: Settlement, *, is_itemised: bool) -> None:
    assert straight.counts == whole.counts
    for name in ("standings", "entries", "unposted", "measures") if is_itemised else ("standings",):
        one, other = getattr(straight, name), getattr(whole, name)
        assert one.equals(other, null_equal=True), name
        assert one.schema == other.schema, name
    if is_itemised:
        return
    # Without entries nobody looks at the days before: what applies is the same, since when is not told.
    names = ["subject_id", "measure", "kind", "domain"]
    open_ones = whole.measures.filter(pl.col("ends_on").is_null())
    assert straight.measures.select(names).sort(names).equals(open_ones.select(names).sort(names))
    assert straight.measures["starts_on"].null_count() == straight.measures.height


@look_at(120)
@given(cases(), st.sampled_from((1, 2)), st.booleans())
def test_it_is_the_same_straight_from_the_rows(case: Case, threads: int, is_itemised: bool) -> None:
    scheme, table, subjects, as_of = case
    if not table.height:
        return
    whole = settle_grouped(scheme, table, subjects, as_of)
    with pytest.MonkeyPatch.context() as small:
        for name, size in SMALL.items():
            small.setattr(name, size)
        straight, is_straight = settle_straight(scheme, table, subjects, as_of, threads, is_itemised=is_itemised)
    posted_on = table["occurred_on" if scheme.score.posts_on is PostsOn.OCCURRED else "recorded_on"]
    is_clean = posted_on.max() <= as_of and not whole.set_aside.height
    assert is_straight == (is_clean and not (is_itemised and (scheme.measures or "source" in table.columns)))
    assert_same(straight, whole, is_itemised=is_itemised)


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
score: {start: 0, posts_on: recorded, published: immediately}
rules:
  - {id: good, on: good, when: amount > 1, points: 1, source: s}
"""
ROW = {"event_id": 1, "subject_id": 5, "type": "good", "occurred_on": date(2020, 1, 1), "amount": 2.0}


@pytest.mark.parametrize("is_itemised", [False, True], ids=("standings", "entries"))
@pytest.mark.parametrize(
    "change",
    [
        {"event_id": 1},
        {"event_id": 0},
        {"event_id": None},
        {"event_id": -4},
        {"subject_id": None},
        {"subject_id": -1},
        {"type": "bad"},
        {"type": None},
        {"type": "correction.retract", "target": "1"},
        {"occurred_on": None},
        {"occurred_on": date(1899, 12, 31)},
        {"occurred_on": date(2200, 1, 1)},
        {"occurred_on": date(2019, 12, 31)},
        {"recorded_on": date(2020, 1, 1)},
        {"recorded_on": date(2200, 1, 1)},
        {"amount": float("inf")},
    ],
    ids=str,
)
def test_a_row_that_is_not_as_it_should_be_is_seen_wherever_it_stands(
    change: dict[str, Any], is_itemised: bool, tmp_path: Path
) -> None:
    (tmp_path / "scheme.yaml").write_text(SCHEME, encoding="utf-8")
    scheme = scs.read_scheme(tmp_path / "scheme.yaml")
    # Beyond the rows that are probed, so that reading has begun.
    rows = [
        ROW
        | {"event_id": number, "recorded_on": None, "target": None}
        | ({"occurred_on": date(2020, 1, 2)} if k else {})
        for k, number in enumerate(range(1, 5_001))
    ]
    clean = pl.DataFrame(rows, infer_schema_length=None, schema_overrides={"recorded_on": pl.Date, "target": pl.String})
    last = pl.DataFrame([rows[-1] | {"event_id": 5_001} | change], schema=clean.schema)
    as_of = date(2020, 6, 1)
    straight, is_straight = settle_straight(
        scheme,
        pl.concat([clean, clean.tail(1).with_columns(pl.lit(5_001, pl.Int64).alias("event_id"))]),
        None,
        as_of,
        2,
        is_itemised=is_itemised,
    )
    assert is_straight
    assert straight.counts.events_posted == 5_001
    table = pl.concat([clean, last])
    straight, is_straight = settle_straight(scheme, table, None, as_of, 2, is_itemised=is_itemised)
    assert not is_straight
    assert_same(straight, scs.settle(scheme, table, as_of=as_of), is_itemised=is_itemised)
