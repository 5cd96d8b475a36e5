"""Random ledgers for a scheme: few subjects, crowded and awkward dates, and everything that can be wrong with a row."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import strategies as st

from property.drawing import chance, indexes, pick, subset
from property.expressions import DATES, NUMBERS, TEXTS
from property.strategies import ATTRIBUTES, NASTY_DAYS, SUBJECT_ATTRIBUTES
from reference.ledger_rules import is_allowed
from scslab.scheme.model import REPLACE, RETRACT, AttributeType, Scheme

Row = dict[str, Any]

SUBJECTS = ("S1", "S10", "荣-1", "S2")

IDS = (
    *(f"E{number}" for number in (9, 10, 2, 1, 11, 99, 100, 3, 4, 20)),
    *("9", "10", "1", "007", "A", "a", "Z9", "é1", "荣", "éa", "b2", "e9", "E09"),
    *(f"X{number}" for number in range(97, 115)),
)
"""Ids of different lengths, of one length in other letters, and beyond ASCII; a prime number of them."""

POLARS_TYPES: dict[AttributeType, pl.DataType] = {
    AttributeType.INTEGER: pl.Int64(),
    AttributeType.NUMBER: pl.Float64(),
    AttributeType.TEXT: pl.String(),
    AttributeType.BOOLEAN: pl.Boolean(),
    AttributeType.DATE: pl.Date(),
}

TABLE_SCHEMA: dict[str, pl.DataType] = {
    **dict.fromkeys(("event_id", "subject_id", "type"), pl.String()),
    **dict.fromkeys(("occurred_on", "recorded_on"), pl.Date()),
    **dict.fromkeys(("source", "target", "new_type"), pl.String()),
    **{name: POLARS_TYPES[kind] for name, kind in ATTRIBUTES.items()},
}

SAMPLES: dict[AttributeType, tuple[Any, ...]] = {
    AttributeType.INTEGER: (0, 1, 2, 3, -1, 4),
    AttributeType.NUMBER: (*NUMBERS[:12], -2.5),
    AttributeType.TEXT: TEXTS,
    AttributeType.BOOLEAN: (False, True),
    AttributeType.DATE: DATES,
}


def as_row_table(rows: list[Row], scheme: Scheme) -> pl.DataFrame:
    """The rows as a frame: the fixed columns, and a column for each attribute that the scheme declares."""
    declared = {name for kind in scheme.events.values() for name in kind.attributes}
    schema = {name: kind for name, kind in TABLE_SCHEMA.items() if name not in ATTRIBUTES or name in declared}
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def as_subject_table(subjects: dict[str, Any], scheme: Scheme) -> pl.DataFrame:
    """`subject_id, born_on` and a column for each attribute that the scheme declares of its subjects."""
    declared = scheme.subjects.attributes
    schema: dict[str, pl.DataType] = {"subject_id": pl.String(), "born_on": pl.Date()}
    schema |= {name: POLARS_TYPES[attribute.type] for name, attribute in declared.items()}
    return pl.DataFrame(
        [
            {"subject_id": subject, "born_on": person["born_on"]}
            | {name: person["attributes"][name] for name in declared}
            for subject, person in subjects.items()
        ],
        schema=schema,
    )


# Days -----------------------------------------------------------------------------------------------------------

AS_OF_DAYS = (
    *(date(2022, 3, 31), date(2021, 12, 31), date(2021, 2, 10), date(2020, 12, 15), date(2020, 3, 30)),
    *(date(2022, 2, 10), date(2024, 2, 29), date(2030, 6, 15)),
)
"""Days that end a period or lie within one."""
FAR_DAYS = (date(1900, 1, 1), date(1900, 2, 28), date(2199, 11, 30))
DELAYS = (0, 0, 0, 0, 1, 31, 366)

_plain_days = st.dates(date(2019, 11, 1), date(2022, 3, 31))


def draw_day(draw: st.DrawFn, *, is_near: bool = False) -> date:
    """A day of an event: mostly an awkward one, and always crowded; `is_near`: never centuries away."""
    kind = draw(indexes(99 if is_near else 100))
    if kind < 75:
        return pick(draw, NASTY_DAYS)
    return pick(draw, FAR_DAYS) if kind == 99 else draw(_plain_days)


@st.composite
def query_days(draw: st.DrawFn) -> date:
    """As of when."""
    kind = draw(indexes(20))
    if kind < 16:
        return pick(draw, AS_OF_DAYS)
    return date(2199, 12, 31) if kind == 19 else pick(draw, NASTY_DAYS)


@st.composite
def near_query_days(draw: st.DrawFn) -> date:
    """As of when, where every day until then is looked at."""
    return pick(draw, (*AS_OF_DAYS[:6], date(2022, 4, 30), *NASTY_DAYS[-8:-1]))


@st.composite
def known_days(draw: st.DrawFn) -> date | None:
    """Known at: mostly everything."""
    kind = draw(indexes(10))
    if kind < 7:
        return None
    return pick(draw, NASTY_DAYS if kind == 9 else AS_OF_DAYS)


# Rows -----------------------------------------------------------------------------------------------------------


def draw_contents(draw: st.DrawFn, scheme: Scheme, event_type: str, *, is_clean: bool = False) -> Row:
    """Attributes of a type, each of them empty now and then; some not allowed, unless `is_clean`."""
    found: Row = {}
    for name, attribute in scheme.events[event_type].attributes.items():
        allowed = attribute.values or tuple(v for v in SAMPLES[attribute.type] if is_allowed(attribute, v))
        kind = draw(indexes(20))
        if kind < 15:
            found[name] = pick(draw, allowed)
        else:
            found[name] = pick(draw, SAMPLES[attribute.type]) if kind == 19 and not is_clean else None
    return found


def draw_event(draw: st.DrawFn, scheme: Scheme, event_id: str, *, is_clean: bool = False, is_near: bool = False) -> Row:
    """An event that may well be fine."""
    event_type = pick(draw, list(scheme.events))
    occurred_on = draw_day(draw, is_near=is_near)
    delay = pick(draw, DELAYS)
    return {
        "event_id": event_id,
        "subject_id": pick(draw, (*SUBJECTS[:1] * 3, *SUBJECTS)),
        "type": event_type,
        "occurred_on": occurred_on,
        # An empty `recorded_on` says the same as one on the same day.
        "recorded_on": None if delay == 0 and chance(draw, 2) else occurred_on + timedelta(delay),
        "source": pick(draw, (None, "court", "press")),
        **draw_contents(draw, scheme, event_type, is_clean=is_clean),
    }


def draw_correction(draw: st.DrawFn, scheme: Scheme, event_id: str, rows: list[Row], *, is_near: bool = False) -> Row:
    """A correction of one of the rows (perhaps a correction itself), mostly recorded on its day or later."""
    target = pick(draw, rows)
    recorded_on = target["recorded_on"] or target["occurred_on"]
    row: Row = {
        "event_id": event_id,
        "subject_id": pick(draw, SUBJECTS) if chance(draw, 15) else target["subject_id"],
        "type": pick(draw, (RETRACT, REPLACE)),
        "occurred_on": recorded_on,
        "recorded_on": max(pick(draw, (recorded_on, recorded_on, date(2021, 1, 1))), recorded_on),
        "source": None,
        "target": "nowhere" if chance(draw, 20) else target["event_id"],
    }
    if row["type"] == REPLACE:
        row["occurred_on"] = draw_day(draw, is_near=is_near)
        row["recorded_on"] = max(row["recorded_on"], row["occurred_on"] + timedelta(pick(draw, DELAYS)))
        row["new_type"] = pick(draw, (None, *scheme.events))
        # Where no new type is given the target's is kept; attributes are drawn if it is easily known.
        known_type = row["new_type"] or target.get("new_type") or target["type"]
        if known_type in scheme.events:
            row |= draw_contents(draw, scheme, known_type)
    return row


def draw_broken(draw: st.DrawFn, scheme: Scheme, event_id: str, *, is_near: bool = False) -> Row:
    """An event that cannot be used."""
    row = draw_event(draw, scheme, event_id, is_near=is_near)
    defect = pick(draw, ("type", "early", "late", "recorded first"))
    if defect == "type":
        row["type"] = "no.such_type"
    elif defect == "early":
        row["occurred_on"] = date(1899, 12, 31)
    elif defect == "late":
        row["occurred_on"] = row["recorded_on"] = date(2200, 1, 1)
    else:
        row["recorded_on"] = row["occurred_on"] - timedelta(1)
    return row


@st.composite
def ledgers(
    draw: st.DrawFn, scheme: Scheme, *, max_rows: int = 24, is_clean: bool = False, is_near: bool = False
) -> list[Row]:
    """Rows in the order in which they were thought of, which is not the order of their dates.

    At least one, because a table without rows is refused. `is_clean` leaves out corrections, and whatever would be set
    aside; `is_near` leaves out events of other centuries.
    """
    offset, step = draw(indexes(len(IDS))), 1 + draw(indexes(len(IDS) - 1))
    rows: list[Row] = []
    least = pick(draw, (1, max_rows // 4, max_rows // 2))
    for place in range(least + draw(indexes(max_rows - least + 1))):
        event_id = IDS[(offset + step * place) % len(IDS)]
        kind = 0 if is_clean or not rows else draw(indexes(20))
        if kind < 15:
            row = draw_event(draw, scheme, event_id, is_clean=is_clean, is_near=is_near)
        elif kind < 18:
            row = draw_correction(draw, scheme, event_id, rows, is_near=is_near)
        elif kind == 18:
            row = draw_broken(draw, scheme, event_id, is_near=is_near)
        else:
            row = dict(pick(draw, rows))
            if chance(draw, 2):
                row["source"] = "rumour"
        rows.append(row)
    return rows


# Subjects -------------------------------------------------------------------------------------------------------

BIRTHS = (
    *(None, date(2002, 2, 28), date(2004, 2, 29), date(2002, 1, 1), date(2001, 12, 31), date(1950, 5, 5)),
    *(date(2002, 3, 1), date(2021, 1, 1)),
)
"""Many of them come of age in 2020 to 2022; the last one is born after most events."""


@st.composite
def people(draw: st.DrawFn, scheme: Scheme) -> dict[str, Any] | None:
    """Birth dates and attributes of some subjects, or no such table."""
    if chance(draw, 2):
        return None
    return {
        subject: {
            "born_on": pick(draw, BIRTHS),
            "attributes": {
                name: None if chance(draw, 4) else pick(draw, SAMPLES[SUBJECT_ATTRIBUTES[name]])
                for name in scheme.subjects.attributes
            },
        }
        for subject in subset(draw, (*SUBJECTS, "S-without-events"), 5)
    }
