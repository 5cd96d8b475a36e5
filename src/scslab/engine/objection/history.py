"""Objections and repairs of a settlement that goes on: what a step takes over from the steps before, and leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import UNIX_OFFSET, day_number
from scslab.engine.consequences.history import BITS
from scslab.engine.consequences.history import DAY as HEARD_DAY
from scslab.engine.frames import REASONS
from scslab.engine.kernel_group import ACTS, RULES_MASK
from scslab.engine.layout import IS_FRESH, Array
from scslab.engine.objection.acts import Acts, Places, build_acts, build_use_acts, join_acts, select_posting
from scslab.engine.objection.challenges import Challenges, decide_challenges
from scslab.engine.objection.filed import (
    ABOUT,
    ABOUT_DAY,
    ABOUT_ID,
    HAS_ENTRY,
    MAY_LIST,
    ROW,
    find_targets,
    list_filed,
    read_ids,
)
from scslab.engine.objection.layout import A_DAY, A_TARGET
from scslab.engine.objection.limits import list_restores
from scslab.engine.objection.stage import find_entering, gather_repairs
from scslab.engine.objection.story import MOST_ENTRIES, Plot, build_plot, count_posts
from scslab.engine.prepare import Prepared
from scslab.ground.dates import Calendar, Period, period_start
from scslab.ledger.columns import EVENT_ID, SUBJECT_ID, TARGET, TYPE
from scslab.scheme.model import FILED, Scheme

if TYPE_CHECKING:
    from scslab.engine.state import State

I64 = NDArray[np.int64]
REPAIR, USED_ON = "@repair", "@used_on"
"""Columns of uses: the number of a repair of points, and the day number on which it worked."""


def find_forgotten(state: State, coming: pl.DataFrame) -> pl.Series:
    """Subjects of whom a filing names an entry that the state does not remember: they must be settled afresh.

    Without `within` entries are not remembered just because somebody may object one day: that would be all of them.

    Args:
        state: the state.
        coming: all rows that may post in the step.
    """
    law = state.scheme.objection
    nobody = coming[SUBJECT_ID].head(0)
    if law is None or state.until is None:
        return nobody
    filings = coming.filter((pl.col(TYPE).cast(pl.String) == FILED) & pl.col(TARGET).is_not_null())
    if filings.is_empty():
        return nobody
    named = filings.select(SUBJECT_ID, read_ids(filings[TARGET], filings[EVENT_ID].dtype).alias(EVENT_ID))
    if law.within is not None and state.reference.height:
        named = named.filter(~pl.col(EVENT_ID).is_in(state.reference[EVENT_ID].implode()))
    found = [_find_entries(piece, named.drop_nulls())[SUBJECT_ID] for piece in state.entries]
    return pl.concat([nobody, *found]).unique()


def _find_entries(entries: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """The entries (of kind `event`) of some events, one row each: `event_id, subject_id, posted_on`."""
    is_named = pl.col(EVENT_ID).is_in(named[EVENT_ID].implode()) & (pl.col("kind") == "event")
    part = entries.filter(is_named).select(EVENT_ID, SUBJECT_ID, "posted_on").unique()
    return part.join(named.unique(), on=[EVENT_ID, SUBJECT_ID], how="semi")


def gather_filed(state: State, prepared: Prepared, dirty: pl.Series) -> tuple[pl.DataFrame | None, pl.DataFrame | None]:
    """The filings and outcomes of earlier steps, and those of this one, with their targets."""
    if state.scheme.objection is None:
        return None, None
    compiled, classified = state.compiled, prepared.classified
    new = list_filed(prepared.events, classified.words, compiled.types)
    heard = classified.heard, classified.heard_bits
    new = find_targets(new, prepared.events, classified.words, *heard, find_entering(compiled))
    past = [piece.filter(~pl.col(SUBJECT_ID).is_in(dirty.implode())) for piece in state.filed]
    return pl.concat(past) if past else new.clear(), _find_earlier(state, new, dirty)


def _find_earlier(state: State, new: pl.DataFrame, dirty: pl.Series) -> pl.DataFrame:
    """Filings whose targets stand in earlier steps get what is known of these; their rows are not among the events."""
    is_open = pl.col(ABOUT).is_null() & pl.col(ABOUT_ID).is_not_null() & ~pl.col(SUBJECT_ID).is_in(dirty.implode())
    named = new.filter(is_open).select(pl.col(ABOUT_ID).alias(EVENT_ID), SUBJECT_ID).unique()
    if named.is_empty() or state.until is None:
        return new
    day = (pl.col("posted_on").cast(pl.Int32) + UNIX_OFFSET).cast(pl.Int64)
    posted = pl.concat([_find_entries(piece, named) for piece in state.entries]).select(
        EVENT_ID, SUBJECT_ID, day.alias("@day_then"), pl.lit(True).alias("@posted"), pl.lit(False).alias("@listed")
    )
    is_entering = (pl.col(BITS) & pl.lit(find_entering(state.compiled), pl.UInt64)) != 0
    listed = pl.concat([piece.join(named, on=[EVENT_ID, SUBJECT_ID], how="semi") for piece in state.heard]).select(
        EVENT_ID, SUBJECT_ID, pl.col(HEARD_DAY).alias("@day_then"), pl.lit(False).alias("@posted"),
        is_entering.alias("@listed"),
    )  # fmt: skip
    told = (
        pl.concat([posted, listed])
        .group_by(EVENT_ID, SUBJECT_ID)
        .agg(pl.col("@day_then").first(), pl.col("@posted", "@listed").any())
        .rename({EVENT_ID: ABOUT_ID})
    )
    return (
        new.join(told, on=[ABOUT_ID, SUBJECT_ID], how="left", maintain_order="left")
        .with_columns(
            pl.coalesce(ABOUT_DAY, "@day_then").alias(ABOUT_DAY),
            (pl.col(HAS_ENTRY) | pl.col("@posted").fill_null(False)).alias(HAS_ENTRY),
            (pl.col(MAY_LIST) | pl.col("@listed").fill_null(False)).alias(MAY_LIST),
        )
        .drop("@day_then", "@posted", "@listed")
    )


@dataclass(frozen=True, slots=True)
class StepStory:
    """Objections and repairs of a step.

    Attributes:
        plot: what they do in the fold.
        earlier: the filings and outcomes of earlier steps whose rows (negative ones) stand behind those of remembered
            entries.
        filed: all filings and outcomes so far, by step.
    """

    plot: Plot
    earlier: pl.DataFrame
    filed: tuple[pl.DataFrame, ...]


def begin_step(
    state: State, prepared: Prepared, subject_ids: pl.Series, subjects: Array, dirty: pl.Series, until: date
) -> StepStory:
    """What objections and repairs do in a step.

    Args:
        state: where it goes on from.
        prepared: its events.
        subject_ids: its subjects, ascending.
        subjects: their state so far.
        dirty: those who are settled afresh.
        until: its last day.
    """
    compiled, words = state.compiled, prepared.classified.words
    past, new = gather_filed(state, prepared, dirty)
    filed = [] if past is None or new is None else [past, new]
    posting = Acts()
    if filed and (every := pl.concat(filed)).height:
        challenges, acts = decide_all(state.scheme, every, subject_ids, until, _find_rows(state, filed))
        posting = _drop_done(select_posting(acts, challenges), subjects, state.until)
    repairs = gather_repairs(compiled, prepared.events, prepared.classified, subject_ids)
    together = join_acts(posting, repairs, _gather_uses(state, subject_ids, dirty))
    target = together.table[:, A_TARGET]
    is_new = (target >= 0) & (target < words.size)
    of_target = words[np.where(is_new, target, 0)] & RULES_MASK if words.size else np.zeros(target.size, np.uint64)
    posts = count_posts(together, np.where(is_new, np.bitwise_count(of_target), MOST_ENTRIES))
    n = len(subject_ids)
    earlier = pl.DataFrame() if past is None else past
    return StepStory(build_plot(compiled, together, np.arange(n), n, posts, state.tales), earlier, tuple(filed))


def _find_rows(state: State, filed: list[pl.DataFrame]) -> tuple[I64, I64]:
    """The rows of filings and outcomes, and of their targets.

    Those before the step are -2, -3, …: first the events of remembered entries, then filings and outcomes.
    """
    past, new = filed
    n = state.reference.height
    earlier = -2 - n - np.arange(past.height)
    every = pl.concat(filed)
    about = np.full(every.height, -1, np.int64)
    if n:
        known = state.reference.select(pl.col(EVENT_ID).alias(ABOUT_ID)).with_row_index("@at")
        at = every.select(ABOUT_ID).join(known, on=ABOUT_ID, how="left", maintain_order="left")["@at"]
        about = -2 - at.cast(pl.Int64).fill_null(-1).to_numpy()
    of_step = np.concatenate([np.full(past.height, -1), new[ABOUT].fill_null(-1).to_numpy()])
    return np.concatenate([earlier, new[ROW].to_numpy()]), np.where(of_step >= 0, of_step, about)


def decide_all(
    scheme: Scheme, filed: pl.DataFrame, subject_ids: pl.Series, until: date, rows: tuple[I64, I64]
) -> tuple[Challenges, Acts]:
    """All objections up to a day and what they do.

    Args:
        scheme: the scheme.
        filed: all filings and outcomes.
        subject_ids: the subjects, ascending.
        until: the day.
        rows: the rows of filings and outcomes, and of their targets.
    """
    law = scheme.objection
    if law is None:
        raise ValueError("the scheme knows no objections")
    challenges = decide_challenges(law, filed, day_number(until), has_lists=bool(scheme.lists))
    subject = subject_ids.search_sorted(filed[SUBJECT_ID]).cast(pl.Int64).to_numpy()
    return challenges, build_acts(law, challenges, Places(subject, *rows), day_number(until))


def _drop_done(acts: Acts, subjects: Array, until: date | None) -> Acts:
    """Acts of earlier steps are done, except of subjects that begin afresh."""
    if until is None:
        return acts
    at = np.flatnonzero((subjects[acts.subject, IS_FRESH] > 0) | (acts.table[:, A_DAY] > day_number(until)))
    return Acts(acts.subject[at], acts.table[at])


# How often repairs worked ---------------------------------------------------------------------------------------


def build_no_uses(subject_ids: pl.Series) -> pl.DataFrame:
    """A table of uses without rows."""
    return pl.DataFrame({SUBJECT_ID: subject_ids.head(0)}).with_columns(
        pl.lit(0, pl.Int64).alias(REPAIR), pl.lit(0, pl.Int64).alias(USED_ON)
    )


def _gather_uses(state: State, subject_ids: pl.Series, dirty: pl.Series) -> Acts:
    uses = state.uses
    if uses is None or uses.is_empty():
        return Acts()
    uses = uses.filter(~pl.col(SUBJECT_ID).is_in(dirty.implode())).sort(SUBJECT_ID, USED_ON, maintain_order=True)
    subject = subject_ids.search_sorted(uses[SUBJECT_ID]).cast(pl.Int64).to_numpy()
    return build_use_acts(subject, uses[USED_ON].to_numpy(), uses[REPAIR].to_numpy())


def keep_uses(state: State, entries: list[pl.DataFrame], dirty: pl.Series, until: date) -> pl.DataFrame | None:
    """How often repairs worked so far, as far as it may matter after a day."""
    since = {
        repair.id: (r, _find_first_day(state.scheme, repair.at_most.per, until))
        for r, (repair, _) in enumerate(list_restores(state.scheme))
        if repair.at_most is not None
    }
    if not since:
        return None
    day = (pl.col("posted_on").cast(pl.Int32) + UNIX_OFFSET).cast(pl.Int64)
    name = pl.col("repair").cast(pl.String)
    new = pl.concat(entries).filter((pl.col("kind") == "repair") & name.is_in(list(since)))
    found = new.select(
        SUBJECT_ID,
        name.replace_strict({key: r for key, (r, _) in since.items()}, return_dtype=pl.Int64).alias(REPAIR),
        day.alias(USED_ON),
    )
    if state.uses is not None and state.uses.height:
        found = pl.concat([state.uses.filter(~pl.col(SUBJECT_ID).is_in(dirty.implode())), found])
    first = pl.col(REPAIR).replace_strict(dict(since.values()), return_dtype=pl.Int64)
    return found.filter(pl.col(USED_ON) >= first)


def _find_first_day(scheme: Scheme, per: Calendar | Period | str, until: date) -> int:
    """The first day on which a use may matter to one after `until`."""
    first = 0
    if isinstance(per, Calendar):
        first = day_number(period_start(until, per))
    elif isinstance(per, Period):
        first = day_number(per.before(until)) + 1
    if scheme.score.is_yearly_restart:
        first = max(first, day_number(date(until.year, 1, 1)))
    return first


# What is told of everything so far ------------------------------------------------------------------------------


def describe_unposted(unposted: pl.DataFrame, entries: pl.DataFrame, challenges: Challenges | None) -> pl.DataFrame:
    """Unposted events without those that restored points or counted as objections, and why the others did not count."""
    restored = entries.filter(pl.col("kind") == "repair")[EVENT_ID]
    kept = unposted.filter(~pl.col(EVENT_ID).is_in(restored.implode()))
    if challenges is None:
        return kept
    names = {ACTS: ""} | REASONS
    told = challenges.filed.select(EVENT_ID).with_columns(
        pl.Series("@reason", [names[int(code)] for code in challenges.reasons], pl.String)
    )
    joined = kept.join(told, on=EVENT_ID, how="left", maintain_order="left")
    reason = pl.coalesce("@reason", pl.col("reason").cast(pl.String))
    return joined.with_columns(reason.alias("reason")).filter(pl.col("reason") != "").select(unposted.columns).cast(
        {"reason": unposted["reason"].dtype}
    )  # fmt: skip


def name_events(heard: pl.DataFrame, filed: pl.DataFrame | None) -> pl.DataFrame:
    """`event_id` of all events that the walk names: those of `heard` in their order, then those of objections."""
    ids = heard.select(EVENT_ID)
    if filed is None or filed.is_empty():
        return ids
    more = pl.concat([filed[EVENT_ID], filed[ABOUT_ID].drop_nulls().alias(EVENT_ID)]).unique(maintain_order=True)
    return pl.concat([ids, more.filter(~more.is_in(ids[EVENT_ID].implode())).to_frame()])


def find_named_rows(filed: pl.DataFrame, names: pl.DataFrame) -> tuple[I64, I64]:
    """The rows of filings and outcomes, and of their targets, among the events that `name_events` gives."""
    at = names.with_row_index("@at").with_columns(pl.col("@at").cast(pl.Int64))

    def find(ids: pl.Series) -> I64:
        wanted = ids.alias(EVENT_ID).to_frame()
        return wanted.join(at, on=EVENT_ID, how="left", maintain_order="left")["@at"].fill_null(-1).to_numpy()

    return find(filed[EVENT_ID]), find(filed[ABOUT_ID])
