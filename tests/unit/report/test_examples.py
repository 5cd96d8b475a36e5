"""The choice of example statements, and what lies ahead of them. Expected values are read off conftest.py."""

import dataclasses
from datetime import date
from decimal import Decimal

import polars as pl

from scslab.engine.settlement import Settlement
from scslab.report.examples import choose_examples, look_ahead


def test_chooses_different_subjects(tiny: Settlement) -> None:
    # Highest C (105), lowest B (70), middle A (100, with more entries than D), most entries of the rest D. The only one
    # held, and the only one a cap cut, are taken already, and nobody else has an entry.
    chosen = choose_examples(tiny)
    assert [(example.reason, example.standing["subject_id"]) for example in chosen] == [
        ("highest", "C"),
        ("lowest", "B"),
        ("median", "A"),
        ("busiest", "D"),
    ]
    assert [len(example.entries) for example in chosen] == [4, 3, 4, 0]


def test_takes_one_whose_tier_is_held_or_that_a_cap_cut(tiny: Settlement) -> None:
    # Five copies of everyone: highest C1, lowest B1, middle A1, most entries A2 (4, like C2, and first by id); then a
    # held one is C2, and without any hold one that a cap cut is A3.
    copies = [
        dataclasses.replace(tiny, standings=_rename(tiny.standings, n), entries=_rename(tiny.entries, n))
        for n in range(1, 6)
    ]
    standings = pl.concat([copy.standings for copy in copies]).sort("subject_id")
    entries = pl.concat([copy.entries for copy in copies]).sort("subject_id", "seq")
    many = dataclasses.replace(tiny, standings=standings, entries=entries)
    expected = [("highest", "C1"), ("lowest", "B1"), ("median", "A1"), ("busiest", "A2")]
    found = [(example.reason, example.standing["subject_id"]) for example in choose_examples(many)]
    assert found == [*expected, ("held", "C2")]
    free = dataclasses.replace(many, standings=standings.with_columns(tier=pl.col("tier_by_score")))
    found = [(example.reason, example.standing["subject_id"]) for example in choose_examples(free)]
    assert found == [*expected, ("cut", "A3")]


def _rename(table: pl.DataFrame, number: int) -> pl.DataFrame:
    return table.with_columns(subject_id=pl.col("subject_id") + str(number))


def test_whole_number_ids(tiny: Settlement) -> None:
    numbers = {"A": 1, "B": 2, "C": 3, "D": 4}
    standings = tiny.standings.with_columns(pl.col("subject_id").replace_strict(numbers, return_dtype=pl.Int64))
    entries = tiny.entries.with_columns(pl.col("subject_id").replace_strict(numbers, return_dtype=pl.Int64))
    chosen = choose_examples(dataclasses.replace(tiny, standings=standings, entries=entries))
    assert [example.standing["subject_id"] for example in chosen] == [3, 2, 1, 4]
    assert len(chosen[0].entries) == 4


def test_looks_ahead(tiny: Settlement) -> None:
    highest, lowest, *_ = choose_examples(tiny)
    # C stands at 105, in the highest band from 100: a loss of 6 is the smallest that leaves it. Its +5 lapses.
    ahead = look_ahead(highest, tiny)
    assert (ahead.up, ahead.down) == (None, (Decimal(6), "mid"))
    assert ahead.lapses == ((date(2023, 12, 1), "good", Decimal(-5), Decimal(100)),)
    # B stands at 70: 10 short of 80; it cannot leave the lowest band, whose bound is the floor. Its -30 lapses.
    ahead = look_ahead(lowest, tiny)
    assert (ahead.up, ahead.down) == ((Decimal(10), "mid", Decimal(80)), None)
    assert ahead.lapses == ((date(2023, 5, 15), "bad", Decimal(30), Decimal(100)),)


def test_a_lapse_stops_at_a_bound(tiny: Settlement) -> None:
    # With a ceiling of 95, giving 30 back to 70 makes 95: 25 points.
    score = dataclasses.replace(tiny.scheme.score, ceiling=tiny.scheme.score.floor.map(lambda _: Decimal(95)))
    limited = dataclasses.replace(tiny, scheme=dataclasses.replace(tiny.scheme, score=score))
    _, lowest, *_ = choose_examples(limited)
    assert look_ahead(lowest, limited).lapses == ((date(2023, 5, 15), "bad", Decimal(25), Decimal(95)),)


def test_a_restart_drops_later_lapses(tiny: Settlement) -> None:
    # Everything of 2022 is dropped on 1 January 2023, before the lapses of May and December 2023.
    score = dataclasses.replace(tiny.scheme.score, is_yearly_restart=True)
    yearly = dataclasses.replace(tiny, scheme=dataclasses.replace(tiny.scheme, score=score))
    assert [look_ahead(example, yearly).lapses for example in choose_examples(yearly)] == [()] * 4
