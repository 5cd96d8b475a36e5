"""A ledger that is settled in passes gives what it gives at once: the same tables, row by row.

The expected values are those of `settle`, which the reference interpreter confirms (tests/property). Random schemes are
settled in passes in tests/property/test_passes_agree.py.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from scslab.engine.passes import corrections, estimate, lines, plan, repeats
from scslab.engine.passes.folder import settle_into, settle_to_folder
from scslab.engine.runs import TABLES
from scslab.engine.settle import settle
from scslab.engine.settlement import Settlement
from scslab.ground.problems import ProblemsError
from scslab.ledger.datasets import find_dataset
from scslab.ledger.set_aside import SET_ASIDE_SCHEMA
from scslab.scheme.reader import read_scheme

SCHEME = read_scheme("""\
scheme: give
title: Giving
operator: {kind: research, name: A laboratory}
subjects: {kind: resident, from_age: 18, attributes: {beds: integer}}
events:
  give: {amount: {type: number, min: 0}}
  take: {amount: number, place: text}
score: {start: 100, floor: 80, ceiling: 130, posts_on: recorded}
tiers: [{id: low, from: 0}, {id: high, from: 105}]
rules:
  - {id: gift, on: give, points: 4, cap: {points: 9, per: year}, valid: 6 months}
  - {id: theft, on: take, when: amount > 10 or subject.beds > 3, points: -6, repeat: {within: 12 months, times: [1, 2]}}
  - {id: worth, on: give, when: amount > 90, points: 0.05 * amount}
measures: [{id: praise, kind: reward, domain: education, when: {tier: [high]}}]
""")
FIRST = date(2020, 1, 1)


def make_dirty(*, is_text: bool, rows: int = 400) -> pl.DataFrame:
    """A ledger of 40 subjects with everything that can be wrong, in a random order."""
    draw = random.Random(7)
    found: list[dict[str, Any]] = []
    for number in range(rows):
        kind = draw.randrange(30)
        day = FIRST + timedelta(draw.randrange(900))
        row: dict[str, Any] = {
            "event_id": number,
            "subject_id": draw.randrange(40),
            "type": draw.choice(["give", "take"]),
            "occurred_on": day,
            "recorded_on": draw.choice([None, day + timedelta(draw.randrange(30))]),
            "amount": draw.choice([None, 5.0, 50.0, 100.0]),
            "place": draw.choice([None, "market"]),
        }
        earlier = draw.choice(found) if found else row
        if kind < 3 and found:
            row = earlier | ({} if kind else {"subject_id": draw.randrange(40)})  # repeated, or another subject's
        elif kind < 7 and found:
            row |= {"type": draw.choice(["correction.retract", "correction.replace"]), "target": earlier["event_id"]}
            row |= {"subject_id": draw.choice([earlier["subject_id"]] * 4 + [draw.randrange(40)])}
            row |= {"recorded_on": max(day, (earlier["recorded_on"] or earlier["occurred_on"]) + timedelta(3))}
            row |= {"target": 5_000} if draw.randrange(9) == 0 else {}
        elif kind == 8:
            row |= draw.choice([{"type": "gve"}, {"subject_id": None}, {"recorded_on": day - timedelta(1)}])
            row |= {"amount": -1.0}
        found.append(row)
    draw.shuffle(found)
    ids = pl.String if is_text else pl.Int64
    table = pl.DataFrame(found, schema_overrides={"target": pl.Int64, "amount": pl.Float64}, infer_schema_length=None)
    return table.with_columns(pl.col("target").cast(pl.String), pl.col("event_id", "subject_id").cast(ids))


def make_people(*, is_text: bool) -> pl.DataFrame:
    """Half of the subjects and some without events; some are children."""
    ids = pl.Series("subject_id", range(0, 60, 2)).cast(pl.String if is_text else pl.Int64)
    born = [date(1970 + 2 * (number % 20), 1, 1) for number in range(len(ids))]
    return pl.DataFrame(
        [ids, pl.Series("born_on", born), pl.Series("beds", [number % 6 for number in range(len(ids))])]
    )


def settle_in_passes(folder: Path, scheme: Any, events: Any, **options: Any) -> Settlement:
    """A settlement with all its tables read back from its run folder."""
    partial = folder / "partial"
    partial.mkdir()
    told = settle_into(partial, scheme, events, **options)
    expected = {"run.json", "scheme.yaml", "problems.csv", *(f"{name}.parquet" for name in TABLES)}
    assert {path.name for path in partial.iterdir()} == expected
    assert (told.standings.height, told.set_aside.height) == (
        pl.read_parquet(partial / "standings.parquet").height,
        pl.read_csv(partial / "problems.csv", schema=SET_ASIDE_SCHEMA).height,
    )
    for name in TABLES:
        setattr_frozen(told, name, pl.read_parquet(partial / f"{name}.parquet"))
    setattr_frozen(told, "set_aside", pl.read_csv(partial / "problems.csv", schema=SET_ASIDE_SCHEMA))
    return told


def setattr_frozen(settlement: Settlement, name: str, table: pl.DataFrame) -> None:
    object.__setattr__(settlement, name, table)


def assert_same(found: Settlement, expected: Settlement) -> None:
    for name in TABLES:
        assert_frame_equal(getattr(found, name), getattr(expected, name))
    # CSV knows no difference between an empty text and none.
    empty = pl.col(pl.String).fill_null("")
    assert_frame_equal(found.set_aside.with_columns(empty), expected.set_aside.with_columns(empty))
    assert found.counts == expected.counts
    assert found.notes == expected.notes
    assert (found.as_of, found.known_at, found.published_on) == (
        expected.as_of,
        expected.known_at,
        expected.published_on,
    )


QUERIES: list[dict[str, Any]] = [
    {},
    {"as_of": date(2021, 6, 30)},
    {"as_of": date(2021, 3, 1), "known_at": date(2021, 9, 1)},
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize(("passes", "rows_at_once"), [(1, 1000), (3, 77), (7, 120)])
@pytest.mark.parametrize("is_text", [False, True])
def test_passes_make_no_difference(
    tmp_path: Path, passes: int, rows_at_once: int, is_text: bool, query: dict[str, Any]
) -> None:
    events, subjects = make_dirty(is_text=is_text), make_people(is_text=is_text)
    expected = settle(SCHEME, events, subjects=subjects, **query)
    found = settle_in_passes(
        tmp_path, SCHEME, events, subjects=subjects, passes=passes, rows_at_once=rows_at_once, **query
    )
    assert_same(found, expected)
    assert found.provenance["passes"] == passes
    # Everything that crosses the borders of parts is there: otherwise this test would show little.
    codes = {"L002", "L004", "L009", "L011", "L012", "L014", "L030", "L031", *(["L020"] if query else [])}
    assert codes | ({"L021"} if "known_at" in query else set()) <= set(expected.set_aside["code"])


def test_small_steps_make_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Ids are sorted in 13 shares and compared in small groups, corrections resolved three at a time (memory // 3 is
    # 666 MB: 400 events x 20 MB / 666 MB), and lines merged a few at a time.
    monkeypatch.setattr(repeats, "BYTES_PER_HASH", 20_000_000)
    monkeypatch.setattr(repeats, "BYTES_PER_EVENT", 200_000_000)
    monkeypatch.setattr(corrections, "CORRECTIONS_AT_ONCE", 3)
    monkeypatch.setattr(lines, "LINES_AT_ONCE", 5)
    monkeypatch.setattr(lines, "_BLOCK_BITS", 8)
    events = make_dirty(is_text=True)
    found = settle_in_passes(tmp_path, SCHEME, events, memory="2GB", passes=3, rows_at_once=90)
    assert_same(found, settle(SCHEME, events))


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_files_of_every_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"events{suffix}"
    events = make_dirty(is_text=False)
    if suffix == ".csv":
        text = events.write_csv().splitlines()
        # A blank line, a line with too many fields, and an odd quote: rows keep the numbers of their lines.
        path.write_text(
            "\n".join([*text[:9], "", "1,2,give,2020-01-01,,,,,,,", *text[9:], '7,"x,give,2020-01-01']) + "\n"
        )
    elif suffix == ".jsonl":
        path.write_text("{broken\n" + events.write_ndjson() + "[]\n")
    else:
        events.write_parquet(path, row_group_size=60)
    found = settle_in_passes(tmp_path, SCHEME, path, passes=3, rows_at_once=70)
    assert_same(found, settle(SCHEME, path))
    assert found.provenance["input_digest"]


def test_a_lazy_plan_is_read_once(tmp_path: Path) -> None:
    events, read = make_dirty(is_text=False), list[int]()

    def tell(frame: pl.DataFrame) -> pl.DataFrame:
        read.append(frame.height)
        return frame

    plan = events.lazy().map_batches(tell, schema=events.schema)
    found = settle_in_passes(tmp_path, SCHEME, plan, passes=3, rows_at_once=70)
    assert sum(read) == events.height
    assert_same(found, settle(SCHEME, events))


def test_a_raw_table_with_a_mapping(tmp_path: Path) -> None:
    dataset = find_dataset("chicago-food-inspections")
    assert dataset is not None
    raw = pl.read_parquet(dataset.events).head(500)
    spoilt = raw.with_columns(
        # Rows without an event, rows that stand twice, and rows without a subject.
        pl.when(pl.int_range(pl.len()) % 19 == 3).then(pl.lit("No Entry")).otherwise("result").alias("result"),
        pl.when(pl.int_range(pl.len()) % 23 == 5).then(None).otherwise("subject_id").alias("subject_id"),
    )
    path = tmp_path / "rows.csv"
    pl.concat([spoilt, spoilt[100:140]]).write_csv(path)
    options: dict[str, Any] = {"mapping": "chicago-food-inspections", "as_of": date(2011, 9, 20)}
    found = settle_in_passes(tmp_path, "food-safety", path, passes=3, rows_at_once=90, **options)
    expected = settle("food-safety", path, **options)
    assert {"L002", "L011", "L020", "L040"} <= set(expected.set_aside["code"])
    assert_same(found, expected)


def test_negative_ids_are_texts_everywhere(tmp_path: Path) -> None:
    # -5 comes after 17 as a text of the same length, which only the last batch of rows makes necessary.
    events = make_dirty(is_text=False).with_columns(
        pl.when(pl.int_range(pl.len()) == pl.len() - 1).then(-5).otherwise("subject_id").alias("subject_id")
    )
    expected = settle(SCHEME, events, subjects=make_people(is_text=False))
    found = settle_in_passes(tmp_path, SCHEME, events, subjects=make_people(is_text=False), passes=3, rows_at_once=50)
    assert found.standings["subject_id"].dtype == pl.String
    assert_same(found, expected)


def test_ids_that_are_numbers_here_and_texts_there(tmp_path: Path) -> None:
    events, subjects = make_dirty(is_text=False), make_people(is_text=True)
    found = settle_in_passes(tmp_path, SCHEME, events, subjects=subjects, passes=3, rows_at_once=50)
    assert found.standings["subject_id"].dtype == pl.String
    assert_same(found, settle(SCHEME, events, subjects=subjects))


def test_standings_alone(tmp_path: Path) -> None:
    events = make_dirty(is_text=False)
    settle_into(tmp_path, SCHEME, events, passes=3, is_itemised=False)
    assert not (tmp_path / "entries.parquet").exists()
    assert_frame_equal(pl.read_parquet(tmp_path / "standings.parquet"), settle(SCHEME, events).standings)


def test_the_budget_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events = make_dirty(is_text=False)
    told: list[str] = []
    settle_to_folder(SCHEME, events, tmp_path / "small", memory="2GB", tell=told.append)
    assert told == []
    # As if each event took 4 MB: 400 of them do not fit into 2 GB at once, and into a pass fits a part of them.
    monkeypatch.setattr(estimate, "PER_EVENT", 4_000_000)
    monkeypatch.setattr(plan, "PER_EVENT", 4_000_000)
    run = settle_to_folder(SCHEME, events, tmp_path / "large", memory="2GB", tell=told.append)
    assert told == ["The ledger is larger than the memory budget of 2.0 GB: settling in 2 passes."]
    assert run.description["passes"] == 2
    assert run.statement(7).lines
    for name in (*(f"{table}.parquet" for table in TABLES), "problems.csv"):
        small, large = ((tmp_path / folder / name) for folder in ("small", "large"))
        if name.endswith(".csv"):
            assert small.read_text() == large.read_text()
        else:
            assert_frame_equal(pl.read_parquet(small), pl.read_parquet(large))
    assert {path.name for path in tmp_path.iterdir()} == {"small", "large"}


def test_strict_runs_stop_before_anything_is_settled(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as at_once:
        settle_into(tmp_path / "a", SCHEME, make_dirty(is_text=False), is_strict=True)
    (tmp_path / "b").mkdir()
    with pytest.raises(ProblemsError) as in_passes:
        settle_into(tmp_path / "b", SCHEME, make_dirty(is_text=False), is_strict=True, passes=2)
    assert in_passes.value.problems == at_once.value.problems
    assert in_passes.value.problems[-1].code == "R040"
    assert not (tmp_path / "b" / "entries.parquet").exists()


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("event_id,subject_id,type,occurred_on\n")
    with pytest.raises(ProblemsError, match="L108"):
        settle_into(tmp_path, SCHEME, path, passes=2)


def test_one_subject_cannot_be_cut(tmp_path: Path) -> None:
    events = make_dirty(is_text=False).with_columns(pl.lit(3).alias("subject_id"))
    found = settle_in_passes(tmp_path, SCHEME, events, passes=4)
    assert found.provenance["passes"] == 1
    assert_same(found, settle(SCHEME, events))
