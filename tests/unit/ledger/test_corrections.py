"""Corrections, by hand from docs/settling.md, "Corrections". Each test says which sentence it is about."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from scslab.ledger.conform import conform
from scslab.ledger.corrections import plan_corrections, resolve_corrections
from unit.ledger.schemes import build_scheme

SCHEME = build_scheme()
SCHEMA: dict[str, Any] = {
    "event_id": pl.String,
    "subject_id": pl.String,
    "type": pl.String,
    "occurred_on": pl.Date,
    "recorded_on": pl.Date,
    "source": pl.String,
    "target": pl.String,
    "new_type": pl.String,
    "amount": pl.Float64,
    "kind": pl.String,
    "items": pl.Int64,
}
RETRACT, REPLACE = "correction.retract", "correction.replace"


def on(day: int) -> date:
    return date(2024, 1, day)


def event(event_id: str, day: int = 1, **more: Any) -> dict[str, Any]:
    """A fine of 5 that occurred and was recorded on a day of January 2024."""
    base = {"subject_id": "S", "type": "fine", "amount": 5.0, "kind": "parking", "source": "court"}
    return {"event_id": event_id, "occurred_on": on(day), "recorded_on": on(day)} | base | more


def retract(event_id: str, target: str | None, day: int = 2, **more: Any) -> dict[str, Any]:
    dates = {"occurred_on": on(day), "recorded_on": on(day)}
    return {"event_id": event_id, "subject_id": "S", "type": RETRACT, "target": target} | dates | more


def replace(event_id: str, target: str, day: int = 2, **more: Any) -> dict[str, Any]:
    return retract(event_id, target, day, type=REPLACE) | more


def resolve(*rows: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], list[tuple[int, str]]]:
    """Events by id after corrections, and (row, code) of what is set aside."""
    table = pl.DataFrame([{name: row.get(name) for name in SCHEMA} for row in rows], schema=SCHEMA)
    conformed = conform(table.lazy(), SCHEME, "t").frame.collect()
    assert conformed["flaw"].sum() == 0
    canonical = conformed.drop("flaw")
    events, set_aside = resolve_corrections(canonical, SCHEME)
    assert events.columns == canonical.columns
    assert events.schema == canonical.schema
    return {row["event_id"]: row for row in events.to_dicts()}, set_aside.select("row", "code").rows()


def test_without_corrections_nothing_happens() -> None:
    events, lines = resolve(event("E1"), event("E2"))
    assert (list(events), lines) == (["E1", "E2"], [])


def test_a_retracted_event_is_as_if_it_had_never_been() -> None:
    events, lines = resolve(event("E1"), event("E2"), retract("C1", "E1"))
    assert (list(events), lines) == (["E2"], [])


def test_a_replacement_stands_where_its_target_stood() -> None:
    # It keeps id, recording date and source; it brings its own day, attributes (an empty one is NULL) and type.
    change = replace("C1", "E1", 9, occurred_on=on(7), source="press", new_type="gift", amount=2.0, items=3)
    events, lines = resolve(event("E1"), change)
    assert lines == []
    assert events == {
        "E1": {
            "row": 1,
            "event_id": "E1",
            "subject_id": "S",
            "type": "gift",
            "occurred_on": on(7),
            # Earlier than the day on which it now occurred, and kept all the same.
            "recorded_on": on(1),
            "source": "court",
            "target": None,
            "new_type": None,
            "amount": 2.0,
            "kind": None,
            "items": 3,
        }
    }


def test_a_replacement_without_new_type_keeps_the_type() -> None:
    events, _ = resolve(event("E1"), replace("C1", "E1", amount=7.0))
    assert (events["E1"]["type"], events["E1"]["amount"], events["E1"]["kind"]) == ("fine", 7.0, None)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (retract("C1", "nowhere"), "L030"),
        (retract("C1", None), "L030"),
        (retract("C1", ""), "L030"),
        (retract("C1", "E1", subject_id="T"), "L031"),
        (retract("C1", "E9", 8), "L032"),
        # Recorded on the same day: the id decides, and `C1` is before `E9`, as `C1` before `C1` itself is not.
        (retract("C1", "E9", 9), "L032"),
        (retract("C1", "C1"), "L032"),
        (replace("C1", "E1", new_type="nothing"), "L004"),
        (replace("C1", "E1", new_type=RETRACT), "L004"),
        (replace("C1", "E1", amount=-1.0), "L009"),
        (replace("C1", "E1", kind="other"), "L010"),
        (replace("C1", "E1", new_type="gift", amount=0.5), "L009"),
    ],
)
def test_a_correction_that_cannot_act_is_set_aside(row: dict[str, Any], code: str) -> None:
    events, lines = resolve(event("E1"), row, event("E9", 9))
    assert lines == [(2, code)]
    assert (events["E1"]["amount"], events["E1"]["type"], "E9" in events) == (5.0, "fine", True)


def test_a_correction_later_on_the_same_day_acts() -> None:
    # `E9` is before `E10`: shorter ids come first.
    events, lines = resolve(event("E9", 2), retract("E10", "E9", 2))
    assert (list(events), lines) == ([], [])


def test_a_retraction_cannot_be_replaced() -> None:
    events, lines = resolve(event("E1"), retract("C1", "E1", 2), replace("C2", "C1", 3))
    assert (list(events), lines) == ([], [(3, "L033")])


def test_a_retracted_correction_has_no_effect() -> None:
    events, lines = resolve(event("E1"), retract("C1", "E1", 2), retract("C2", "C1", 3))
    assert (list(events), lines) == (["E1"], [])
    events, _ = resolve(event("E1"), replace("C1", "E1", 2, amount=9.0), retract("C2", "C1", 3))
    assert events["E1"]["amount"] == 5.0


def test_a_retraction_of_a_retraction_of_a_retraction() -> None:
    rows = [event("E1"), retract("C1", "E1", 2), retract("C2", "C1", 3), retract("C3", "C2", 4)]
    assert list(resolve(*rows)[0]) == []


def test_of_several_live_corrections_the_latest_wins() -> None:
    events, lines = resolve(event("E1"), replace("C1", "E1", 2, amount=7.0), replace("C2", "E1", 3, amount=8.0))
    assert (events["E1"]["amount"], lines) == (8.0, [])
    # The latest is no longer live, so the one before it is.
    rows = [event("E1"), replace("C1", "E1", 2, amount=7.0), replace("C2", "E1", 3, amount=8.0), retract("C3", "C2", 4)]
    assert resolve(*rows)[0]["E1"]["amount"] == 7.0
    # A replacement after a retraction brings the event back.
    events, _ = resolve(event("E1"), retract("C1", "E1", 2), replace("C2", "E1", 3, amount=8.0))
    assert events["E1"]["amount"] == 8.0


def test_a_replaced_replacement_takes_over_the_later_content() -> None:
    rows = [event("E1"), replace("C1", "E1", 2, amount=7.0), replace("C2", "C1", 3, occurred_on=on(3), amount=8.0)]
    events, lines = resolve(*rows)
    assert lines == []
    assert (events["E1"]["amount"], events["E1"]["occurred_on"], events["E1"]["recorded_on"]) == (8.0, on(3), on(1))


def test_a_replacement_of_a_replacement_keeps_the_type_that_this_one_gave() -> None:
    # `new_type` is empty: the target's type, and the target `C1` had made a gift of the fine.
    rows = [event("E1"), replace("C1", "E1", 2, new_type="gift", amount=7.0), replace("C2", "C1", 3, amount=8.0)]
    assert resolve(*rows)[0]["E1"]["type"] == "gift"
    # As a gift it must be worth at least 1.
    rows[2]["amount"] = 0.5
    events, lines = resolve(*rows)
    assert (events["E1"]["amount"], lines) == (7.0, [(3, "L009")])


def test_a_correction_of_a_row_that_was_set_aside_is_set_aside_too() -> None:
    rows = [event("E1"), replace("C1", "E1", 2, amount=-1.0), retract("C2", "C1", 3), retract("C3", "C2", 4)]
    events, lines = resolve(*rows)
    assert (list(events), lines) == (["E1"], [(2, "L009"), (3, "L030"), (4, "L030")])


def test_corrections_that_name_each_other_in_a_circle() -> None:
    events, lines = resolve(replace("C1", "C2", 2), replace("C2", "C1", 2))
    # `C1` comes before `C2`, so it cannot correct it; `C2` then corrects what was set aside.
    assert (list(events), lines) == ([], [(1, "L032"), (2, "L030")])


def test_attributes_of_other_types_do_not_matter_in_a_replacement() -> None:
    events, lines = resolve(event("E1"), replace("C1", "E1", new_type="visit", amount=-5.0))
    assert (events["E1"]["type"], lines) == ("visit", [])


def test_whole_number_ids_are_named_by_their_decimal_text() -> None:
    rows = [event("x"), event("x"), retract("x", "9", 2), retract("x", "010", 3)]
    table = pl.DataFrame([{name: row.get(name) for name in SCHEMA} for row in rows], schema=SCHEMA)
    table = table.with_columns(event_id=pl.Series([9, 10, 11, 12]), subject_id=pl.lit(7))
    canonical = conform(table.lazy(), SCHEME, "t").frame.collect().drop("flaw")
    events, lines = resolve_corrections(canonical, SCHEME)
    # `010` is a text, and no event is called so.
    assert events["event_id"].to_list() == [10]
    assert lines.select("row", "event_id", "code").rows() == [(4, "12", "L030")]


def test_the_plan_counts_what_corrections_do() -> None:
    rows = [event("E1"), event("E2"), event("E3"), retract("C1", "E1"), replace("C2", "E2"), retract("C3", "C1", 3)]
    table = pl.DataFrame([{name: row.get(name) for name in SCHEMA} for row in rows], schema=SCHEMA)
    plan = plan_corrections(conform(table.lazy(), SCHEME, "t").frame.collect().drop("flaw"), SCHEME)
    assert plan is not None
    # `C1` is retracted itself, so only `E2` changes.
    assert (plan.retracted, plan.replacements["event_id"].to_list()) == (0, ["E2"])


def test_reasons_name_the_event() -> None:
    rows = [event("E1"), retract("C1", "E1", subject_id="T"), retract("C2", "E9", 1), event("E9", 5)]
    table = pl.DataFrame([{name: row.get(name) for name in SCHEMA} for row in rows], schema=SCHEMA)
    canonical = conform(table.lazy(), SCHEME, "t").frame.collect().drop("flaw")
    assert resolve_corrections(canonical, SCHEME)[1].rows() == [
        (2, "C1", "T", "target", "L031", "`E1` is an event of another subject, `S`"),
        (3, "C2", "S", "target", "L032", "`E9`, recorded on 2024-01-05, does not come before this one"),
    ]
