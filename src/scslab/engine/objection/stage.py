"""The story of a run: its objections and repairs, from the events to what the fold and the walk are given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.classify import Classified
from scslab.engine.compile import Compiled
from scslab.engine.consequences.clauses import Clause
from scslab.engine.consequences.signals import gather_signals
from scslab.engine.grouping import Grouped
from scslab.engine.kernel_group import DAY_SHIFT, RULES_MASK
from scslab.engine.needs import has_story
from scslab.engine.objection.acts import (
    Acts,
    Places,
    build_acts,
    build_repair_acts,
    finish_left,
    join_acts,
    select_posting,
)
from scslab.engine.objection.challenges import Challenges, decide_challenges
from scslab.engine.objection.filed import ABOUT, ROW, find_targets, list_filed
from scslab.engine.objection.layout import A_ACTION, A_ROW, A_TARGET, RESTORES
from scslab.engine.objection.story import Plot, build_plot, count_posts, find_restore_clauses
from scslab.ledger.columns import SUBJECT_ID
from scslab.scheme.model import EventCondition

I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class StoryRun:
    """The objections and repairs of a run.

    Attributes:
        challenges: its objections; None where nobody objected.
        acts: what they do, for the walk over lists.
        plot: what they and the repairs of points do in the fold.
    """

    challenges: Challenges | None
    acts: Acts
    plot: Plot

    @property
    def restored(self) -> I64:
        """The rows of the events that restored points; read it after the fold."""
        is_done = self.plot.did & (self.plot.acts[:, A_ACTION] == RESTORES)
        return self.plot.acts[is_done, A_ROW]

    def finish(self, codes: NDArray[np.uint8] | None) -> Challenges | None:
        """The objections with what the walk decided (`codes`: what it made of `acts`; None: there was no walk)."""
        if self.challenges is None or codes is None:
            return self.challenges
        return finish_left(self.challenges, self.acts, codes)


def begin_story(
    compiled: Compiled,
    events: pl.DataFrame,
    classified: Classified,
    grouped: Grouped,
    as_of: int,
) -> StoryRun | None:
    """The story of a run from the beginning; None under a scheme without objections and repairs of points.

    Args:
        compiled: the scheme.
        events: `event_id, subject_id, type, target` and perhaps `source` of each row.
        classified: their words.
        grouped: the subjects.
        as_of: the last day of the run.
    """
    if not has_story(compiled.scheme):
        return None
    words, challenges, acts = classified.words, None, Acts()
    law = compiled.scheme.objection
    if law is not None:
        filed = list_filed(events, words, compiled.types)
        filed = find_targets(filed, events, words, classified.heard, classified.heard_bits, find_entering(compiled))
        if filed.height:
            challenges = decide_challenges(law, filed, as_of, has_lists=bool(compiled.scheme.lists))
            acts = build_acts(law, challenges, locate(filed, grouped.ids), as_of)
    posting = Acts() if challenges is None else select_posting(acts, challenges)
    repairs = gather_repairs(compiled, events, classified, grouped.ids)
    together = join_acts(posting, repairs)
    n_entries = np.bitwise_count(words[_read_targets(together, words.size)] & RULES_MASK) if words.size else 0
    posts = count_posts(together, np.asarray(n_entries, np.int64))
    return StoryRun(challenges, acts, build_plot(compiled, together, grouped.order, grouped.order.size, posts))


def begin_objections(
    compiled: Compiled, events: pl.DataFrame, classified: Classified, subject_ids: pl.Series, as_of: int
) -> tuple[Challenges, Acts] | None:
    """The objections of an index, which posts no entries: they are about lists alone, and the walk decides them.

    Args:
        compiled: the scheme.
        events: as for `begin_story`.
        classified: their words.
        subject_ids: the ids of the subjects, ascending.
        as_of: the last day of the run.
    """
    law = compiled.scheme.objection
    if law is None:
        return None
    words = classified.words & ~RULES_MASK
    filed = list_filed(events, words, compiled.types)
    filed = find_targets(filed, events, words, classified.heard, classified.heard_bits, find_entering(compiled))
    if not filed.height:
        return None
    challenges = decide_challenges(law, filed, as_of, has_lists=bool(compiled.scheme.lists))
    return challenges, build_acts(law, challenges, locate(filed, subject_ids), as_of)


def _read_targets(acts: Acts, n: int) -> I64:
    """The row of each act's target; any row where it has none."""
    target = acts.table[:, A_TARGET]
    return np.where((target >= 0) & (target < n), target, 0)


def find_entering(compiled: Compiled) -> np.uint64:
    """The clauses by which an event opens a membership, as bits."""
    ways = (way for each in compiled.scheme.lists for way in each.enter if isinstance(way, EventCondition))
    return join_bits(compiled, (Clause(way.on, way.when) for way in ways))


def join_bits(compiled: Compiled, clauses: Iterable[Clause]) -> np.uint64:
    """Clauses as bits of a word."""
    word = 0
    for clause in clauses:
        word |= 1 << compiled.clauses.index(clause)
    return np.uint64(word)


def locate(filed: pl.DataFrame, subject_ids: pl.Series) -> Places:
    """Where filings and outcomes stand in a run whose rows they know."""
    subject = subject_ids.search_sorted(filed[SUBJECT_ID]).cast(pl.Int64).to_numpy()
    return Places(subject, filed[ROW].to_numpy(), filed[ABOUT].fill_null(-1).to_numpy())


def gather_repairs(compiled: Compiled, events: pl.DataFrame, classified: Classified, subject_ids: pl.Series) -> Acts:
    """Attempts to restore points, by events of a run that repairs listen to."""
    clauses = find_restore_clauses(compiled)
    if not clauses.size:
        return Acts()
    days = (classified.words[classified.heard] >> DAY_SHIFT).astype(np.int64)
    is_wanted = (classified.heard_bits & np.bitwise_or.reduce(clauses)) != 0
    is_wanted &= (days >= compiled.in_force_from) & (days <= compiled.in_force_until)
    rows, bits = classified.heard[is_wanted], classified.heard_bits[is_wanted]
    heard = gather_signals(rows, bits, days[is_wanted], events, subject_ids)
    return build_repair_acts(heard.subject, heard.day, heard.row, heard.bits, clauses)
