"""The result of settling: standings, the entries that explain them, and everything that was not used."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from scslab.engine.statement import Statement, build_statement
from scslab.ground.problems import Problem
from scslab.scheme.model import Scheme


@dataclass(frozen=True, slots=True)
class Counts:
    """Where every row went. `rows_in` = `rows_used` + `rows_set_aside`, always.

    Attributes:
        rows_in: rows of the input table.
        rows_used: rows that gave at least one settled event.
        rows_set_aside: rows that gave none; each has its line in the problems table.
        events_made: events the rows became (a mapping may make several of one row).
        events_settled: valid, unique events up to `as_of` and `known_at`, corrections applied.
        events_posted: settled events that posted at least one entry.
        events_unposted: settled events that posted nothing, by reason (see docs/settling.md).
        undecided: (rule, events) whose condition or formula could not be decided.
        capped_to_nothing: entries whose points a cap brought to nothing.
        cut_by_cap, cut_by_floor, cut_by_ceiling: entries that a cap or a bound made smaller.
        duplicates: rows that repeat another row exactly and were counted once.
    """

    rows_in: int
    rows_used: int
    rows_set_aside: int
    events_made: int
    events_settled: int
    events_posted: int
    events_unposted: dict[str, int]
    undecided: dict[str, int]
    capped_to_nothing: int
    cut_by_cap: int
    cut_by_floor: int
    cut_by_ceiling: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """All standings of a ledger under a scheme on a date, with their reasons.

    Points and scores are `Int64` where the scheme has no decimals, else `Decimal(18, decimals)`.

    Attributes:
        standings: one row a subject, by `subject_id`: `subject_id, score, tier, tier_by_score, held_until, start,
            published_on, published_score, published_tier, events, entries, last_posted_on`. `held_until` is the day
            on which the
            last live tier limit ends (null: none is live, or `tier_limits` never end: then 2199-12-31).
        entries: one row an entry, by subject and `seq`: `subject_id, seq, posted_on, kind, event_id, type, rule,
            nominal,
            granted, effective, score_before, score_after, lapses_on, occurrence, capped_by` and, where the ledger has
            it, `source`; of a scheme with objection or repair also `target` (the event that an entry is about) and
            `repair`.
        unposted: one row a settled event that posted nothing: `subject_id, event_id, type, posted_on, reason`.
        measures: one row a subject and time during which a measure applied: `subject_id, measure, kind, domain,
            starts_on, ends_on, reason`; `ends_on` is null where it applies on `as_of`. Of a run without entries that
            has no lists: the measures on `as_of`, and `starts_on` is null.
        memberships: one row a subject and time on a list: `subject_id, list, kind, opened_on, closed_on, opened_by,
            opened_event, closed_by, closed_event, term_ends_on` (see docs/settling.md).
        set_aside: one row a problem: `row, event_id, subject_id, column, code, reason` (`row` counts from 1 in the
            input).
        notes: problems of the file as a whole (columns not used, ages not known, …), none of them an error.
        subjects: the table of subjects and their attributes, if one was given.
        provenance: digests, versions, dates, command, timings in seconds: what `run.json` holds.
        objections: one row an objection, of a scheme that has them (see docs/settling.md).
        publications: of an index, one row a subject and publication day: `subject_id, published_on, score, tier`.
        contributions: of an index, what each publication consists of, one row an indicator: `subject_id, published_on,
            dimension, indicator, value, scaled, contribution, change` (`change`: since the publication before; null for
            the first).
    """

    scheme: Scheme
    as_of: date
    known_at: date | None
    published_on: date | None
    standings: pl.DataFrame
    entries: pl.DataFrame
    unposted: pl.DataFrame
    measures: pl.DataFrame
    set_aside: pl.DataFrame
    counts: Counts
    notes: tuple[Problem, ...] = ()
    subjects: pl.DataFrame | None = None
    provenance: dict[str, Any] = field(default_factory=dict[str, Any])
    memberships: pl.DataFrame = field(default_factory=pl.DataFrame)
    objections: pl.DataFrame | None = None
    publications: pl.DataFrame | None = None
    contributions: pl.DataFrame | None = None

    def statement(self, subject_id: str | int) -> Statement:
        """The itemised statement of one subject: why, why not, and what would change it.

        Raises:
            ProblemsError: no subject has this id (R020); the help line names the nearest one.
        """
        tables = (self.standings, self.entries, self.unposted, self.measures, self.publications, self.contributions)
        listed = self.memberships if self.memberships.width else None
        return build_statement(
            self.scheme, self.as_of, subject_id, *tables, memberships=listed, objections=self.objections
        )
