"""Laws of settling that need no reference: histories that must come to the same end, told in different ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import assume, given
from hypothesis import strategies as st

import scslab as scs
from property.agreement import (
    Answer,
    answer_of,
    entries_of,
    in_order,
    settle_with_engine,
    standings_of,
    unposted_of,
)
from property.drawing import pick
from property.effort import look_at
from property.ledgers import (
    NASTY_DAYS,
    Row,
    as_row_table,
    as_subject_table,
    draw_contents,
    ledgers,
    people,
    query_days,
)
from property.strategies import schemes
from property.test_engine_agrees import Case, cases
from scslab.scheme.dated import Dated
from scslab.scheme.model import REPLACE, RETRACT, EventType, Rule

LAST = date(2199, 12, 31)


@st.composite
def clean_cases(draw: st.DrawFn) -> Case:
    """As `cases`, but every row can be used, every id stands once, and nothing is corrected."""
    scheme = draw(schemes())
    return scheme, draw(ledgers(scheme, is_clean=True)), draw(people(scheme)), {"as_of": draw(query_days())}


def history_of(answer: Answer) -> tuple[Any, Any, Any]:
    """Entries, standings and unposted events: all but where rows were set aside."""
    return answer["entries"], answer["standings"], answer["unposted"]


# In steps -------------------------------------------------------------------------------------------------------


@look_at(25)
@given(cases(), st.data())
def test_advancing_in_steps_is_settling_at_once(case: Case, data: st.DataObject) -> None:
    """Rows come in any order and in any step, so late events, corrections and repeated ids reach into the past."""
    scheme, rows, persons, _ = case
    subjects = None if persons is None else as_subject_table(persons, scheme)
    steps = sorted(data.draw(st.lists(query_days(), min_size=1, max_size=3)))
    step_of = data.draw(st.lists(st.integers(0, len(steps) - 1), min_size=len(rows), max_size=len(rows)))
    state = scs.start(scheme)
    so_far: list[Row] = []
    for number, until in enumerate(steps):
        new = [row for row, step in zip(rows, step_of, strict=True) if step == number]
        so_far += new
        state = scs.advance(state, as_row_table(new, scheme), until, subjects=subjects)
        found = entries_of(state.collect_entries()), unposted_of(state.collect_unposted())
        standings = standings_of(state.build_standings())
        if not so_far:  # which is refused at once, but is a fine beginning
            assert (*found, standings) == ([], [], {})
            continue
        at_once = settle_with_engine(scheme, so_far, persons, as_of=until)
        assert found == (entries_of(at_once.entries), unposted_of(at_once.unposted))
        expected = standings_of(at_once.standings)
        assert standings == {subject: row for subject, row in expected.items() if row["events"]}


@look_at(25)
@given(clean_cases())
def test_each_subject_may_be_settled_alone(case: Case) -> None:
    scheme, rows, persons, query = case
    together = history_of(answer_of(settle_with_engine(scheme, rows, persons, **query)))
    apart: tuple[list[Row], dict[str, Row], list[Row]] = ([], {}, [])
    for subject in sorted({row["subject_id"] for row in rows}):
        own_rows = [row for row in rows if row["subject_id"] == subject]
        own_person = {s: p for s, p in (persons or {}).items() if s == subject} or None
        entries, standings, unposted = history_of(
            answer_of(settle_with_engine(scheme, own_rows, own_person, **query)),
        )
        apart[0].extend(entries)
        apart[1].update(standings)
        apart[2].extend(unposted)
    idle = set(together[1]) - set(apart[1])
    assert idle == set(persons or {}) - {row["subject_id"] for row in rows}
    apart[1].update((subject, together[1][subject]) for subject in idle)
    assert together == apart


@look_at(25)
@given(cases())
def test_whole_numbers_are_ids_like_their_texts(case: Case) -> None:
    scheme, rows, persons, query = case
    numbers = {name: str(7 + 13 * place) for place, name in enumerate(dict.fromkeys(row["event_id"] for row in rows))}
    rows = [
        row | {"event_id": numbers[row["event_id"]], "target": numbers.get(row.get("target") or "", row.get("target"))}
        for row in rows
    ]
    table, subjects = as_row_table(rows, scheme), None if persons is None else as_subject_table(persons, scheme)
    as_texts = answer_of(scs.settle(scheme, table, subjects=subjects, **query))
    table = table.with_columns(pl.col("event_id").cast(pl.Int64))
    as_numbers = answer_of(scs.settle(scheme, table, subjects=subjects, **query))
    for row in (*as_numbers["entries"], *as_numbers["unposted"]):
        row["event_id"] = None if row["event_id"] is None else str(row["event_id"])
    # Unposted events of one day stand in the order of their ids, as texts here and as numbers there.
    as_numbers["unposted"] = in_order(as_numbers["unposted"])
    assert as_numbers == as_texts


@look_at(25)
@given(cases(), query_days())
def test_an_earlier_day_shows_the_beginning_of_the_same_history(case: Case, earlier: date) -> None:
    scheme, rows, persons, query = case
    first, last = sorted((earlier, query["as_of"]))
    short = settle_with_engine(scheme, rows, persons, as_of=first, known_at=query["known_at"])
    long = settle_with_engine(scheme, rows, persons, as_of=last, known_at=query["known_at"])
    until_then = [entry for entry in entries_of(long.entries) if entry["posted_on"] <= first]
    assert entries_of(short.entries) == until_then


@look_at(25)
@given(cases())
def test_known_at_is_as_if_later_rows_were_not_there(case: Case) -> None:
    scheme, rows, persons, query = case
    known_at = query["known_at"] or date(2021, 1, 1)
    known = [row for row in rows if recording_date(row) <= known_at]
    assume(known)
    with_date = settle_with_engine(scheme, rows, persons, as_of=query["as_of"], known_at=known_at)
    without = settle_with_engine(scheme, known, persons, as_of=query["as_of"])
    assert history_of(answer_of(with_date)) == history_of(answer_of(without))


# Corrections ----------------------------------------------------------------------------------------------------


def corrected(rows: list[Row], kind: str, target: Row, **content: Any) -> list[Row]:
    """The rows and a correction of one of them, recorded when nothing else can be later."""
    correction = {"event_id": "a-correction", "subject_id": target["subject_id"], "type": kind, "source": None}
    correction |= {"target": target["event_id"], "occurred_on": LAST, "recorded_on": LAST} | content
    return [*rows, correction]


@look_at(25)
@given(clean_cases(), st.data())
def test_a_retraction_is_as_if_the_event_had_never_been(case: Case, data: st.DataObject) -> None:
    scheme, rows, persons, query = case
    assume(len(rows) > 1)
    target = data.draw(st.sampled_from(rows))
    without = [row for row in rows if row is not target]
    retracted = settle_with_engine(scheme, corrected(rows, RETRACT, target), persons, **query)
    expected = settle_with_engine(scheme, without, persons, **query)
    assert history_of(answer_of(retracted)) == history_of(answer_of(expected))


@st.composite
def replaced_rows(draw: st.DrawFn) -> tuple[Case, Row, Row]:
    """A clean case, one of its rows, and what that row should have said: type, date and attributes."""
    case = draw(clean_cases())
    scheme, rows = case[:2]
    target = pick(draw, rows)
    new_type = pick(draw, list(scheme.events))
    occurred_on = min(pick(draw, NASTY_DAYS), recording_date(target))
    return (
        case,
        target,
        {"type": new_type, "occurred_on": occurred_on} | draw_contents(draw, scheme, new_type, is_clean=True),
    )


def recording_date(row: Row) -> date:
    return row["recorded_on"] or row["occurred_on"]


@look_at(25)
@given(replaced_rows())
def test_a_replacement_is_as_if_the_row_had_been_right(drawn: tuple[Case, Row, Row]) -> None:
    (scheme, rows, persons, query), target, new = drawn
    kept = {name: target[name] for name in ("event_id", "subject_id", "source")}
    right = [row for row in rows if row is not target] + [kept | {"recorded_on": recording_date(target)} | new]
    correction = new | {"new_type": new["type"]}
    del correction["type"]
    replaced = settle_with_engine(scheme, corrected(rows, REPLACE, target, **correction), persons, **query)
    assert history_of(answer_of(replaced)) == history_of(answer_of(settle_with_engine(scheme, right, persons, **query)))


@look_at(25)
@given(clean_cases(), st.data())
def test_retracting_an_event_and_telling_it_again_changes_only_its_id(case: Case, data: st.DataObject) -> None:
    """The new id sorts just where the old one did: all ids get a 0 appended, the new one a 1."""
    scheme, rows, persons, query = case
    rows = [row | {"event_id": row["event_id"] + "0"} for row in rows]
    target = data.draw(st.sampled_from(rows))
    again = target | {"event_id": target["event_id"][:-1] + "1"}
    told_again = settle_with_engine(scheme, [*corrected(rows, RETRACT, target), again], persons, **query)
    expected = settle_with_engine(scheme, rows, persons, **query)
    found = history_of(answer_of(told_again))
    for row in (*found[0], *found[2]):
        row["event_id"] = target["event_id"] if row["event_id"] == again["event_id"] else row["event_id"]
    assert found == history_of(answer_of(expected))


# Rewards --------------------------------------------------------------------------------------------------------


def assert_reward_never_lowers(case: Case, rewarded_on: date, points: int) -> None:
    """Settle with and without a reward of so many points, for the subject of the first row, and compare its score."""
    scheme, rows, persons, query = case
    lows = scheme.score.floor.values() if scheme.score.floor else ()
    top = max(*scheme.score.start.values(), *lows, *(scheme.score.ceiling or scheme.score.start).values())
    ceiling = Dated.constant(top) if scheme.score.ceiling else None
    score = replace(scheme.score, is_yearly_restart=False, ceiling=ceiling)
    rules = tuple(replace(rule, valid=None) for rule in scheme.rules)
    reward = Rule("reward", "reward", points=Dated.constant(Decimal(points)))
    events = scheme.events | {"reward": EventType("reward", {})}
    scheme = replace(scheme, score=score, rules=(*rules, reward), events=events)
    subject = rows[0]["subject_id"]
    row = {"event_id": "a-reward", "subject_id": subject, "type": "reward", "occurred_on": rewarded_on}
    row |= {"recorded_on": None, "source": None}
    without = answer_of(settle_with_engine(scheme, rows, persons, **query))["standings"]
    rewarded = answer_of(settle_with_engine(scheme, [*rows, row], persons, **query))["standings"]
    if subject in rewarded:
        before = without[subject]["score"] if subject in without else rewarded[subject]["start"]
        assert rewarded[subject]["score"] >= before


@look_at(25)
@given(clean_cases(), st.sampled_from(NASTY_DAYS), st.integers(0, 8))
def test_a_reward_never_lowers_the_score(case: Case, rewarded_on: date, points: int) -> None:
    """Where nothing lapses or restarts and the start is not above the ceiling, which is the same on all days.

    Then every entry moves the score by x -> min(high, max(low, x + a)), which keeps order, and the reward moves it up.
    """
    assert_reward_never_lowers(case, rewarded_on, points)
