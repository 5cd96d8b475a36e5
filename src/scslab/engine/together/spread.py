"""Contagion by association: where conditions of `spread` begin to hold, and the events that follow along links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.consequences.follow import Followed
from scslab.engine.consequences.layout import D_DAY, D_SUBJECT, D_TIER
from scslab.engine.consequences.others import find_intervals
from scslab.engine.frames import build_days
from scslab.engine.settlement import Settlement
from scslab.ledger.columns import EVENT_ID, OCCURRED_ON, RECORDED_ON, ROW, SUBJECT_ID, TYPE
from scslab.scheme.model import BACKWARDS, ListRef, Scheme, Spread

Begun = pl.DataFrame
"""`subject_id, spread, day`: on which days which condition began to hold for whom."""


@dataclass(frozen=True, slots=True)
class SpreadCount:
    """What came of a scheme's `spread`.

    Attributes:
        begun: how often a condition began to hold.
        derived: events that others got because of it.
        unposted: how many of them posted nothing.
        touched: subjects that got one.
    """

    begun: int
    derived: int
    unposted: int
    touched: int


def find_begun(
    scheme: Scheme, settlement: Settlement, followed: Followed | None, lists: Mapping[str, pl.DataFrame]
) -> Begun:
    """The days on which conditions of `spread` begin to hold, up to the date of the standings.

    Args:
        scheme: the scheme.
        settlement: what it settled, for its lists.
        followed: its standings over time, for its tiers; None of an index, whose publications say it.
        lists: memberships of lists of other schemes, by `list@scheme`.
    """
    blank = pl.DataFrame({SUBJECT_ID: settlement.standings[SUBJECT_ID].head(0)}).with_columns(
        pl.lit("").alias("spread"), pl.lit(None, pl.Date).alias("day")
    )
    found = [blank]
    for spread in scheme.spread:
        if spread.when.tiers:
            begun = _begin_tiers(scheme, settlement, followed, spread.when.tiers)
        elif spread.when.lists:
            begun = _begin_lists(settlement, spread.when.lists, lists)
        else:
            continue
        found.append(begun.select(SUBJECT_ID, pl.lit(spread.id).alias("spread"), "day"))
    table = pl.concat([part.cast({SUBJECT_ID: blank[SUBJECT_ID].dtype}) for part in found])
    return table.filter(pl.col("day") <= settlement.as_of).sort("spread", "day", SUBJECT_ID)


def _begin_tiers(
    scheme: Scheme, settlement: Settlement, followed: Followed | None, tiers: tuple[str, ...]
) -> pl.DataFrame:
    if followed is None:
        return _begin_published(settlement, tiers)
    names = [tier.id for tier in scheme.tiers]
    wanted = np.array([names.index(tier) for tier in tiers], np.int64)
    lines = followed.list_lines()
    begins = _begin(lines[:, D_SUBJECT], np.isin(lines[:, D_TIER], wanted))
    at = lines[begins]
    return pl.DataFrame({SUBJECT_ID: followed.subject_ids.gather(at[:, D_SUBJECT]), "day": build_days(at[:, D_DAY])})


def _begin(subject: NDArray[np.int64], holds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where a state begins to hold, of states by subject and day."""
    held = np.zeros(holds.size, np.bool_)
    held[1:] = holds[:-1] & (subject[1:] == subject[:-1])
    return holds & ~held


def _begin_published(settlement: Settlement, tiers: tuple[str, ...]) -> pl.DataFrame:
    """Of an index, by its publications; one that only has its place in the table of subjects has no account."""
    table = settlement.publications
    if table is None:
        return pl.DataFrame({SUBJECT_ID: [], "day": []}, schema={SUBJECT_ID: pl.String, "day": pl.Date})
    has_events = settlement.standings.filter(pl.col("events") > 0)[SUBJECT_ID]
    holds = pl.col("tier").cast(pl.String).is_in(list(tiers)).fill_null(False)
    held = holds.shift(1).over(SUBJECT_ID).fill_null(False)
    begun = table.with_columns((holds & ~held).alias("@begins")).filter(
        "@begins", pl.col(SUBJECT_ID).is_in(has_events.implode())
    )
    return begun.select(SUBJECT_ID, pl.col("published_on").alias("day"))


def _begin_lists(settlement: Settlement, refs: tuple[ListRef, ...], lists: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The first days on any of the lists; a membership that begins on another or as it ends is no beginning."""
    ids, parts = settlement.standings[SUBJECT_ID], list[pl.DataFrame]()
    for ref in refs:
        tables = lists
        if not ref.scheme:
            tables = {str(ref): settlement.memberships.filter(pl.col("list").cast(pl.String) == ref.list)}
        subject, since, until = find_intervals(tables, ref, ids)
        parts.append(pl.DataFrame({"subject": subject, "since": since, "until": until}))
    reached = pl.col("until").cum_max().shift(1).over("subject")
    table = pl.concat(parts).sort("subject", "since", "until").with_columns(reached.alias("reached"))
    begun = table.filter(pl.col("reached").is_null() | (pl.col("since") > pl.col("reached")))
    return pl.DataFrame({SUBJECT_ID: ids.gather(begun["subject"]), "day": build_days(begun["since"].to_numpy())})


def derive_events(scheme: Scheme, begun: Begun, links: pl.DataFrame, columns: pl.DataFrame) -> pl.DataFrame:
    """The events that others get: `event_id, subject_id, type` and dates, in canonical columns; the rest is null.

    Args:
        scheme: the scheme whose `spread` is walked.
        begun: where its conditions began to hold.
        links: `subject_id, relation, other_id, since, until`, ids as texts.
        columns: events of the scheme, for the names and types of the columns; event ids are texts.
    """
    spreads = {spread.id: spread for spread in scheme.spread}
    parts = [
        _derive(spreads[name], part, links)
        for (name,), part in begun.group_by("spread", maintain_order=True)
        if name in spreads
    ]
    blank = columns.clear()
    if not parts:
        return blank
    found = pl.concat(parts)
    ids = found[SUBJECT_ID].cast(blank[SUBJECT_ID].dtype, strict=False)
    derived = found.with_columns(
        ids,
        pl.col(TYPE).cast(blank[TYPE].dtype),
        pl.lit(0).cast(blank[ROW].dtype).alias(ROW),
        pl.col("day").alias(OCCURRED_ON),
        pl.col("day").alias(RECORDED_ON),
    ).drop("day")
    return pl.concat([blank, derived.filter(pl.col(SUBJECT_ID).is_not_null())], how="diagonal").select(blank.columns)


def _derive(spread: Spread, begun: Begun, links: pl.DataFrame) -> pl.DataFrame:
    """Walk the path from those for whom the condition began to hold, by links that hold on that day."""
    at = begun.select(pl.col(SUBJECT_ID).cast(pl.String).alias("@from"), "day").with_columns(
        pl.col("@from").alias("@at")
    )
    for step in spread.along:
        here, there = "subject_id", "other_id"
        if step.startswith(BACKWARDS):
            here, there = there, here
        pairs = links.filter(pl.col("relation") == step.removeprefix(BACKWARDS)).select(
            pl.col(here).alias("@at"), pl.col(there).alias("@next"), "since", "until"
        )
        day = pl.col("day")
        holds = (pl.col("since").is_null() | (pl.col("since") <= day)) & (
            pl.col("until").is_null() | (day <= pl.col("until"))
        )
        at = at.join(pairs, on="@at").filter(holds).select("@from", "day", pl.col("@next").alias("@at")).unique()
    reached = at.filter(pl.col("@at") != pl.col("@from")).sort("day", "@from", "@at")
    return reached.select(
        pl.format(f"spread:{spread.id}:{{}}:{{}}", "@from", pl.col("day").dt.to_string("%Y-%m-%d")).alias(EVENT_ID),
        pl.col("@at").alias(SUBJECT_ID),
        pl.lit(spread.event).alias(TYPE),
        "day",
    )
