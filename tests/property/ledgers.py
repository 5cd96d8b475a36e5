"""Random ledgers for a scheme: few subjects, crowded and awkward dates, and everything that can be wrong with a row."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import strategies as st

from property.expressions import DATES, NUMBERS, TEXTS
from property.strategies import ATTRIBUTES, SUBJECT_ATTRIBUTES, days, weigh
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

SAMPLES: dict[AttributeType, st.SearchStrategy[Any]] = {
    AttributeType.INTEGER: st.sampled_from([0, 1, 2, 3, -1, 4]),
    AttributeType.NUMBER: st.sampled_from([*NUMBERS[:12], -2.5]),
    AttributeType.TEXT: st.sampled_from(TEXTS),
    AttributeType.BOOLEAN: st.booleans(),
    AttributeType.DATE: st.sampled_from(DATES),
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


some_days = weigh((3, days), (1, st.dates(date(2019, 11, 1), date(2022, 3, 31))))
delays = st.sampled_from([0, 0, 0, 0, 1, 31, 366])


@st.composite
def contents(draw: st.DrawFn, scheme: Scheme, event_type: str, *, is_clean: bool = False) -> Row:
    """Attributes of a type, each of them empty now and then; some not allowed, unless `is_clean`."""
    found: Row = {}
    for name, attribute in scheme.events[event_type].attributes.items():
        likely = st.sampled_from(attribute.values) if attribute.values else SAMPLES[attribute.type]
        if is_clean:
            likely = likely.filter(lambda value, attribute=attribute: is_allowed(attribute, value))
        any_value = likely if is_clean else SAMPLES[attribute.type]
        found[name] = draw(weigh((5, likely), (1, any_value), (2, st.none())))
    return found


@st.composite
def events(draw: st.DrawFn, scheme: Scheme, event_id: str, *, is_clean: bool = False) -> Row:
    """An event that may well be fine."""
    event_type = draw(st.sampled_from(sorted(scheme.events)))
    occurred_on = draw(some_days)
    delay = draw(delays)
    return {
        "event_id": event_id,
        "subject_id": draw(st.sampled_from((*SUBJECTS[:1] * 3, *SUBJECTS))),
        "type": event_type,
        "occurred_on": occurred_on,
        # An empty `recorded_on` says the same as one on the same day.
        "recorded_on": draw(st.sampled_from([None, occurred_on])) if delay == 0 else occurred_on + timedelta(delay),
        "source": draw(st.sampled_from([None, "court", "press"])),
        **draw(contents(scheme, event_type, is_clean=is_clean)),
    }


@st.composite
def corrections(draw: st.DrawFn, scheme: Scheme, event_id: str, rows: list[Row]) -> Row:
    """A correction of one of the rows (perhaps a correction itself), mostly recorded on its day or later."""
    target = draw(st.sampled_from(rows))
    recorded_on = target["recorded_on"] or target["occurred_on"]
    row: Row = {
        "event_id": event_id,
        "subject_id": target["subject_id"] if draw(st.integers(0, 9)) else draw(st.sampled_from(SUBJECTS)),
        "type": draw(st.sampled_from([RETRACT, REPLACE])),
        "occurred_on": recorded_on,
        "recorded_on": max(draw(st.sampled_from([recorded_on, recorded_on, date(2021, 1, 1)])), recorded_on),
        "source": None,
        "target": target["event_id"] if draw(st.integers(0, 14)) else "nowhere",
    }
    if row["type"] == REPLACE:
        row["occurred_on"] = draw(some_days)
        row["recorded_on"] = max(row["recorded_on"], row["occurred_on"] + timedelta(draw(delays)))
        new_type = draw(st.one_of(st.none(), st.sampled_from(sorted(scheme.events))))
        # Where no new type is given the target's is kept; its attributes are drawn if it is easily known.
        known_type = new_type or (target["type"] if target["type"] in scheme.events else target.get("new_type"))
        row["new_type"] = new_type
        if known_type in scheme.events:
            row |= draw(contents(scheme, known_type))
    return row


@st.composite
def broken(draw: st.DrawFn, scheme: Scheme, event_id: str) -> Row:
    """An event that cannot be used."""
    row = draw(events(scheme, event_id))
    defect = draw(st.sampled_from(["type", "early", "late", "recorded first"]))
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
def ledgers(draw: st.DrawFn, scheme: Scheme, *, max_rows: int = 24, is_clean: bool = False) -> list[Row]:
    """Rows in the order in which they were thought of, which is not the order of their dates.

    `is_clean` leaves out corrections, and whatever would be set aside.
    """
    offset, step = draw(st.integers(0, len(IDS) - 1)), draw(st.integers(1, len(IDS) - 1))
    rows: list[Row] = []
    for place in range(draw(st.one_of(st.integers(0, max_rows), st.integers(max_rows // 2, max_rows)))):
        event_id = IDS[(offset + step * place) % len(IDS)]
        what = draw(st.integers(0, 19))
        if what <= 14 or not rows or is_clean:
            row = draw(events(scheme, event_id, is_clean=is_clean))
        elif what <= 17:
            row = draw(corrections(scheme, event_id, rows))
        elif what == 18:
            row = draw(broken(scheme, event_id))
        else:
            row = dict(draw(st.sampled_from(rows)))
            if draw(st.booleans()):
                row["source"] = "rumour"
        rows.append(row)
    return rows


@st.composite
def people(draw: st.DrawFn, scheme: Scheme) -> dict[str, Any] | None:
    """Birth dates (many of them coming of age in 2020 to 2022) and attributes of some subjects, or no such table."""
    if draw(st.booleans()):
        return None
    births = [date(2002, 2, 28), date(2004, 2, 29), date(2002, 1, 1), date(2001, 12, 31), date(1950, 5, 5)]
    births += [date(2002, 3, 1), date(2021, 1, 1)]
    known = draw(st.lists(st.sampled_from([*SUBJECTS, "S-without-events"]), unique=True))
    return {
        subject: {
            "born_on": draw(st.one_of(st.sampled_from(births), st.none())),
            "attributes": {
                name: draw(st.one_of(SAMPLES[SUBJECT_ATTRIBUTES[name]], st.none()))
                for name in scheme.subjects.attributes
            },
        }
        for subject in known
    }


late_days = [date(2022, 3, 31), date(2024, 2, 29), date(2021, 12, 31), date(2022, 2, 10), date(2030, 6, 15)]
query_days = weigh((5, st.sampled_from(late_days)), (4, some_days), (1, st.just(date(2199, 12, 31))))
"""As of when: mostly after most events."""
known_days = weigh((7, st.none()), (2, st.sampled_from(late_days)), (1, some_days))
"""Known at: mostly everything."""
