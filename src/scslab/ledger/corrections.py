"""Corrections: events that retract or replace earlier ones, resolved as docs/settling.md says.

Corrections are few. They are handled one by one; all other events are only looked up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from scslab.ledger.codes import NO_TARGET, NOT_BEFORE, OTHER_SUBJECT, TARGETS_RETRACTION, UNKNOWN_TYPE
from scslab.ledger.columns import (
    CANONICAL,
    EVENT_ID,
    NEW_TYPE,
    OCCURRED_ON,
    RAW_ROW,
    RECORDED_ON,
    ROW,
    SOURCE,
    SUBJECT_ID,
    TARGET,
    TYPE,
)
from scslab.ledger.conform import conform
from scslab.ledger.flaws import describe_flaws
from scslab.ledger.order import rank_id
from scslab.ledger.set_aside import empty_set_aside, join_lines, write_lines
from scslab.scheme.model import REPLACE, RETRACT, Scheme

_WINNER = "@winner"


@dataclass(frozen=True, slots=True)
class _Fact:
    """What corrections need to know of an event; ids as texts."""

    row: int
    event_id: str
    subject_id: str
    type: str
    recorded_on: date
    target: str
    new_type: str

    @property
    def rank(self) -> tuple[date, tuple[int, bytes]]:
        return self.recorded_on, rank_id(self.event_id)


@dataclass(frozen=True, slots=True)
class CorrectionPlan:
    """What the corrections of a ledger do.

    Attributes:
        removed: ids of events that are no longer there: the corrections themselves, and what they retract or replace.
        replacements: the events that stand where replaced ones stood, in the columns of the ledger.
        retracted: how many events were retracted.
        set_aside: a line of the problems table for each reason why a correction cannot act.
    """

    removed: pl.Series
    replacements: pl.DataFrame
    retracted: int
    set_aside: pl.DataFrame


def resolve_corrections(events: pl.DataFrame, scheme: Scheme) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The events after all corrections, without the corrections; and those that are set aside.

    Args:
        events: canonical, valid events with unique ids, known at the date of the query, in any order.
        scheme: whose vocabulary the events are in.
    """
    plan = plan_corrections(events, scheme)
    if plan is None:
        return events, empty_set_aside()
    return remove_corrected(events, plan), plan.set_aside


def remove_corrected(events: pl.DataFrame, plan: CorrectionPlan) -> pl.DataFrame:
    """The events without the corrections and what they take back, with the replacements."""
    kept = events.filter(~pl.col(EVENT_ID).is_in(plan.removed.implode()))
    return pl.concat([kept, plan.replacements])


def plan_corrections(events: pl.DataFrame, scheme: Scheme) -> CorrectionPlan | None:
    """What the corrections among some events do; None where there are none. Arguments as `resolve_corrections`."""
    is_correction = pl.col(TYPE).is_in(pl.Series([RETRACT, REPLACE], dtype=events[TYPE].dtype).implode())
    corrections = events.filter(is_correction)
    if not corrections.height:
        return None
    named = events.filter(pl.col(EVENT_ID).is_in(_find_named(corrections[TARGET], events[EVENT_ID].dtype).implode()))
    facts = {fact.event_id: fact for frame in (named, corrections) for fact in _list_facts(frame)}
    ordered = sorted(_list_facts(corrections), key=lambda fact: fact.rank)
    types = {fact.event_id: _find_type(fact, facts) for fact in ordered}
    flaws = _check_contents(corrections, types, scheme)
    refused, lines = _refuse(ordered, facts, types, flaws, scheme)
    winners = _resolve([fact for fact in ordered if fact.event_id not in refused])
    replaced = {
        target: (winner.event_id, types[winner.event_id])
        for target, winner in winners.items()
        if winner.type == REPLACE and facts[target].type not in (RETRACT, REPLACE)
    }
    replacements = _build_replacements(named, corrections, replaced)
    gone = pl.Series(EVENT_ID, list(winners), dtype=pl.String).cast(events[EVENT_ID].dtype)
    retracted = sum(
        winner.type == RETRACT and facts[target].type not in (RETRACT, REPLACE) for target, winner in winners.items()
    )
    removed = pl.concat([corrections[EVENT_ID], gone]).unique()
    return CorrectionPlan(removed, replacements, retracted, join_lines([lines, *flaws.values()]))


def _find_named(targets: pl.Series, dtype: pl.DataType) -> pl.Series:
    """The ids that corrections name, in the type of the ids; a text that is no such id is left out."""
    texts = targets.drop_nulls().unique()
    if dtype == pl.String:
        return texts
    numbers = texts.cast(dtype, strict=False)
    return numbers.filter((numbers.cast(pl.String) == texts).fill_null(False))


def _list_facts(frame: pl.DataFrame) -> list[_Fact]:
    texts = frame.select(
        pl.col(ROW),
        pl.col(EVENT_ID, SUBJECT_ID, TYPE).cast(pl.String),
        pl.col(RECORDED_ON),
        pl.col(TARGET, NEW_TYPE).fill_null(""),
    )
    return [_Fact(*values) for values in texts.iter_rows()]


def _find_type(fact: _Fact, facts: Mapping[str, _Fact]) -> str:
    """The type that a replacement takes on: its own, or else that of what it replaces; "" where that is not known."""
    seen: set[str] = set()
    while fact.type == REPLACE and not fact.new_type:
        seen.add(fact.event_id)
        following = facts.get(fact.target)
        if following is None or following.event_id in seen:
            return ""
        fact = following
    return fact.new_type if fact.type == REPLACE else fact.type


def _check_contents(corrections: pl.DataFrame, types: Mapping[str, str], scheme: Scheme) -> dict[int, pl.DataFrame]:
    """Lines of the problems table by row for replacements whose attributes are not valid for their type."""
    known = {event_id: name for event_id, name in types.items() if name in scheme.events}
    replacements = corrections.filter((pl.col(TYPE) == REPLACE) & pl.col(EVENT_ID).cast(pl.String).is_in(list(known)))
    if not replacements.height:
        return {}
    named = replacements.with_columns(
        pl.col(ROW).alias(RAW_ROW),
        pl.col(EVENT_ID).cast(pl.String).replace_strict(known, return_dtype=pl.String).alias(TYPE),
    )
    lines = describe_flaws(conform(named.lazy(), scheme, ""), scheme)
    return {int(part[ROW][0]): part for part in lines.partition_by(ROW)}


def _refuse(
    ordered: list[_Fact],
    facts: Mapping[str, _Fact],
    types: Mapping[str, str],
    flaws: dict[int, pl.DataFrame],
    scheme: Scheme,
) -> tuple[set[str], pl.DataFrame]:
    """Corrections that cannot act, from the earliest to the latest, and why; `flaws` keeps what is told besides."""
    refused: set[str] = set()
    lines: list[pl.DataFrame] = []
    for fact in ordered:
        column, code, reason = _judge(fact, facts, types, refused, scheme)
        if code:
            flaws.pop(fact.row, None)
            named = pl.DataFrame({ROW: [fact.row], EVENT_ID: [fact.event_id], SUBJECT_ID: [fact.subject_id]})
            lines.append(write_lines(named, column, code, reason))
        if code or fact.row in flaws:
            refused.add(fact.event_id)
    return refused, join_lines(lines)


def _judge(
    fact: _Fact, facts: Mapping[str, _Fact], types: Mapping[str, str], refused: set[str], scheme: Scheme
) -> tuple[str, str, str]:
    """The column, code and reason why a correction cannot act; all "" where it can."""
    target = facts.get(fact.target)
    if not fact.target:
        return TARGET, NO_TARGET, "`target` is empty: a correction names the event that it corrects"
    if target is None:
        return TARGET, NO_TARGET, f"there is no usable event `{fact.target}`"
    if target.subject_id != fact.subject_id:
        return TARGET, OTHER_SUBJECT, f"`{fact.target}` is an event of another subject, `{target.subject_id}`"
    if target.rank >= fact.rank:
        reason = f"`{fact.target}`, recorded on {target.recorded_on}, does not come before this one"
        return TARGET, NOT_BEFORE, reason
    if target.event_id in refused:
        return TARGET, NO_TARGET, f"the correction `{fact.target}` was set aside"
    if fact.type == REPLACE and target.type == RETRACT:
        return TARGET, TARGETS_RETRACTION, f"`{fact.target}` is a retraction, which can only be retracted"
    if fact.type == REPLACE and types[fact.event_id] not in scheme.events:
        return NEW_TYPE, UNKNOWN_TYPE, f"unknown event type `{types[fact.event_id]}`"
    return "", "", ""


def _resolve(accepted: list[_Fact]) -> dict[str, _Fact]:
    """By corrected id the correction that wins, from the latest to the earliest.

    When a correction's turn comes, everything later that could retract or replace it has been heard.
    """
    winners: dict[str, _Fact] = {}
    for fact in reversed(accepted):
        verdict = winners.get(fact.event_id)
        if verdict is None:
            winners.setdefault(fact.target, fact)
        elif verdict.type == REPLACE:
            winners.setdefault(fact.target, verdict)
    return winners


def _build_replacements(
    named: pl.DataFrame, corrections: pl.DataFrame, replaced: Mapping[str, tuple[str, str]]
) -> pl.DataFrame:
    """The replacing events: they stand where their targets stood, with the content of the winning correction."""
    ids, dtype = named[EVENT_ID].dtype, named[TYPE].dtype
    pairs = pl.DataFrame(
        {
            EVENT_ID: pl.Series(list(replaced), dtype=pl.String).cast(ids),
            _WINNER: pl.Series([winner for winner, _ in replaced.values()], dtype=pl.String).cast(ids),
            TYPE: pl.Series([name for _, name in replaced.values()], dtype=pl.String).cast(dtype),
        }
    )
    kept = [ROW, EVENT_ID, SUBJECT_ID, RECORDED_ON, SOURCE, TARGET]  # of an objection, what it is about
    contents = corrections.select(pl.col(EVENT_ID).alias(_WINNER), OCCURRED_ON, pl.exclude(CANONICAL))
    return (
        named.select(kept)
        .join(pairs, on=EVENT_ID)
        .join(contents, on=_WINNER)
        .with_columns(pl.lit(None, pl.String).alias(NEW_TYPE))
        .select(named.columns)
    )
