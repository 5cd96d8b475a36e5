"""Corrections of a ledger larger than memory: planned part by part, with the events that they name elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from scslab.engine.passes.lines import Lines, Why
from scslab.engine.passes.parts import PLACE, Part, is_correction
from scslab.ledger.columns import EVENT_ID, SUBJECT_ID, TARGET, TYPE
from scslab.ledger.corrections import plan_corrections
from scslab.scheme.model import Scheme

CORRECTIONS_AT_ONCE = 200_000
"""How many corrections are resolved at a time; each takes about a kilobyte."""


def apply_corrections(parts: Sequence[Part], scheme: Scheme, lines: Lines) -> None:
    """Take corrections and what they take back out of the parts, and append the replacements.

    A correction acts on events of its own subject only, so that those of one part are resolved without the others; it
    is only told differently whether it names an event of another subject or none.

    Args:
        parts: the ledger, repeated events taken out.
        scheme: whose vocabulary the events are in.
        lines: gets the lines of the problems table for corrections that cannot act.
    """
    concerned = [part for part in parts if part.corrections]
    if not concerned:
        return
    missing = pl.concat([_list_missing(part) for part in concerned]).unique()
    elsewhere = [_find_events(part, missing) for part in parts] if len(missing) else []
    for part in concerned:
        groups = -(-part.corrections // CORRECTIONS_AT_ONCE)
        found = [
            _correct(part, pl.col(SUBJECT_ID).hash(4) % groups == number, elsewhere, scheme, lines)
            for number in range(groups)
        ]
        # All of them are judged by the events as they came.
        for gone, replacements in found:
            part.out.add(gone.to_numpy())
            part.add(replacements, scheme)


def _is_correction(events: pl.DataFrame) -> pl.Series:
    return events.select(is_correction(events.schema[TYPE]))[TYPE]


def _list_targets(corrections: pl.DataFrame) -> pl.Series:
    """The ids that corrections name, in the type of the ids."""
    return corrections[TARGET].cast(corrections.schema[EVENT_ID], strict=False).drop_nulls().unique().alias(EVENT_ID)


def _list_missing(part: Part) -> pl.Series:
    """The ids that corrections name and that no event of the part has."""
    targets = _list_targets(part.take(part.find([TYPE], _is_correction), [EVENT_ID, TARGET]))
    found = _find_events(part, targets, [EVENT_ID])[EVENT_ID]
    return targets.filter(~targets.is_in(found.implode()))


def _find_events(part: Part, ids: pl.Series, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """The events with these ids, with their places in the part."""
    return part.take(part.find([EVENT_ID], lambda events: events[EVENT_ID].is_in(ids.implode())), columns)


def _correct(
    part: Part, is_chosen: pl.Expr, elsewhere: Sequence[pl.DataFrame], scheme: Scheme, lines: Lines
) -> tuple[pl.Series, pl.DataFrame]:
    """Resolve the corrections of some subjects of a part: places of the events that go, and their replacements."""
    corrections = part.take(
        part.find([TYPE, SUBJECT_ID], lambda events: _is_correction(events) & events.select(is_chosen)[SUBJECT_ID])
    )
    named = _find_events(part, _list_targets(corrections))
    # Events of this part come first, so that they are the ones whose places are known.
    own = pl.concat([corrections, named]).unique(EVENT_ID, maintain_order=True)
    others = [frame.join(own, on=EVENT_ID, how="anti") for frame in elsewhere]
    events = pl.concat([own, *others]).drop(PLACE)
    plan = plan_corrections(events, scheme)
    if plan is None:
        return own[PLACE].clear(), events.clear()
    # Corrections of other subjects are among the events as well, where they are named. They are not resolved here.
    mine = corrections[SUBJECT_ID].unique().implode()
    told = corrections[EVENT_ID].cast(pl.String).implode()
    lines.add(Why.CORRECTED, plan.set_aside.filter(pl.col(EVENT_ID).is_in(told)))
    is_mine = pl.col(SUBJECT_ID).is_in(mine)
    gone = own.filter(is_mine & pl.col(EVENT_ID).is_in(plan.removed.implode()))
    return gone[PLACE], plan.replacements.filter(is_mine)
