"""Which times on a list rest on an entry: those that it opened, that it keeps open, and that follow from these."""

from __future__ import annotations

import polars as pl

from scslab.engine.selection import build_posting_date
from scslab.engine.settlement import Settlement
from scslab.ledger.columns import EVENT_ID, SUBJECT_ID, TYPE
from scslab.ledger.expressions import to_polars
from scslab.scheme.conditions import Column
from scslab.scheme.model import EventCondition, StateCondition, SubjectList
from scslab.scheme.model_conditions import CountCondition
from scslab.society.simulation import Simulated

_GROUNDS = {EVENT_ID: pl.Int64, "spell": pl.UInt32, "closed_on": pl.Date}


def list_grounds(run: Simulated, settled: Settlement, events: pl.DataFrame) -> pl.DataFrame:
    """Every time on a list that rests on one of these events.

    An event is a ground of a membership that it opened; of the one that opened again when an objection against it
    failed; of one that it renewed (`renews: true`); of one that a count opened while the event was among those counted;
    and of one on another list of the scheme that opened because of any of these and may outlast it. What a score or a
    tier opened rests on the score, and so on no single event.

    Args:
        run: the simulation.
        settled: from `settle_recorded`.
        events: rows of `run.recorded`.

    Returns:
        `event_id, spell, closed_on`: `spell` is the row of `settled.memberships`; `closed_on` when it ended for good,
        null while it lasts. One that an objection suspends lasts until the decision.
    """
    scheme = run.scheme
    if not scheme.lists or not settled.memberships.height or not events.height:
        return pl.DataFrame(schema=_GROUNDS)
    spells = _read_spells(settled)
    own = events.with_columns(build_posting_date(scheme.score.posts_on).alias("posted_on"))
    found = own.select(EVENT_ID).join(spells, left_on=EVENT_ID, right_on="ground").select(EVENT_ID, "spell")
    for each in scheme.lists:
        here = spells.filter(pl.col("list") == each.id)
        pieces = [found, *_find_counted(each, here, own)]
        if each.renews:
            pieces.append(_find_renewed(each, here, own))
        if named := _find_sources(each):
            pieces.append(_follow(pl.concat(pieces), named, here, spells))
        found = pl.concat(pieces).unique(maintain_order=True)
    ends = spells.select("spell", pl.col("over_on").alias("closed_on"))
    return found.join(ends, on="spell", how="left", maintain_order="left").select(*_GROUNDS)


def _read_spells(settled: Settlement) -> pl.DataFrame:
    """`spell, resident, list, opened_on, closed_on, opened_by, ground, over_on`: memberships of residents.

    `ground` is the event that opened them, also where a failed objection opened them again.
    """

    def number(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.Int64, strict=False)

    spells = settled.memberships.with_row_index("spell").select(
        "spell", number(SUBJECT_ID).alias("resident"), pl.col("list").cast(pl.String), "opened_on", "closed_on",
        pl.col("opened_by").cast(pl.String), number("opened_event"), pl.col("closed_by").cast(pl.String),
    )  # fmt: skip
    is_direct, is_again = (pl.col("opened_by") == how for how in ("event", "rejected"))
    objections = settled.objections
    if objections is None or not objections.height:
        direct = pl.when(is_direct).then("opened_event").alias("ground")
        return spells.with_columns(direct, pl.col("closed_on").alias("over_on"))
    decided = objections.select(
        number("target").alias("target"),
        "decided_on",
        pl.coalesce(number("decided_event"), number("filed_event")).alias("opened_event"),
    )
    about = decided.select("opened_event", "target").drop_nulls().unique("opened_event")
    spells = spells.join(about, on="opened_event", how="left", maintain_order="left").with_columns(
        pl.when(is_direct).then("opened_event").when(is_again).then("target").alias("ground")
    )
    by_target = decided.select("target", "decided_on").unique("target")
    spells = spells.drop("target").join(
        by_target, left_on="ground", right_on="target", how="left", maintain_order="left"
    )
    is_suspended = pl.col("closed_by") == "objection"
    return spells.with_columns(pl.when(is_suspended).then("decided_on").otherwise("closed_on").alias("over_on"))


def _find_renewed(each: SubjectList, here: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """Memberships of a list that were open when one of the events came that renews them, and what they became."""
    ways = [_is_taken(way, own) for way in each.enter if isinstance(way, EventCondition)]
    if not ways:
        return pl.DataFrame(schema={EVENT_ID: pl.Int64, "spell": pl.UInt32})
    heard = own.filter(pl.any_horizontal(ways)).select(EVENT_ID, pl.col(SUBJECT_ID).alias("resident"), "posted_on")
    met = heard.join(here, on="resident").filter(
        (pl.col("opened_on") <= pl.col("posted_on"))
        & (pl.col("closed_on").is_null() | (pl.col("posted_on") < pl.col("closed_on")))
    )
    again = (
        met.select(EVENT_ID, "ground")
        .drop_nulls()
        .join(here.filter(pl.col("opened_by") == "rejected").select("ground", "spell"), on="ground")
    )
    return pl.concat([met.select(EVENT_ID, "spell"), again.select(EVENT_ID, "spell")])


def _find_counted(each: SubjectList, here: pl.DataFrame, own: pl.DataFrame) -> list[pl.DataFrame]:
    """Memberships that a count opened on whose day one of the events was among those counted."""
    counts = [way.count for way in each.enter if isinstance(way, StateCondition) and way.count is not None]
    by_count = here.filter(pl.col("opened_by") == "count")
    return [_find_within(count, by_count, own) for count in counts]


def _find_within(count: CountCondition, by_count: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    heard = own.filter(_is_taken(count, own)).select(EVENT_ID, pl.col(SUBJECT_ID).alias("resident"), "posted_on")
    met = heard.join(by_count, on="resident").filter(pl.col("posted_on") <= pl.col("opened_on"))
    if count.within is not None and met.height:
        within = count.within
        is_in = [posted > within.before(opened) for posted, opened in met.select("posted_on", "opened_on").iter_rows()]
        met = met.filter(pl.Series(is_in))
    return met.select(EVENT_ID, "spell")


def _find_sources(each: SubjectList) -> list[str]:
    """The other lists of the scheme that bring somebody on a list which they may then stay on for longer.

    A list that one leaves with the last of its sources (`not_list`) mirrors them: no event is a ground of it beyond the
    membership that it opened there.
    """
    ways = [way for way in each.enter if isinstance(way, StateCondition)]
    named = [ref.list for way in ways for ref in way.lists if not ref.scheme]
    for way in each.leave:
        if isinstance(way, StateCondition) and not (way.score or way.tiers or way.count or way.lists):
            gone = {ref.list for ref in way.not_lists if not ref.scheme}
            named = [name for name in named if name not in gone]
    return named


def _follow(found: pl.DataFrame, named: list[str], here: pl.DataFrame, spells: pl.DataFrame) -> pl.DataFrame:
    """Memberships that opened because their subjects were on another list by one of these grounds."""
    first = found.join(spells.filter(pl.col("list").is_in(named)), on="spell").select(
        EVENT_ID, "resident", pl.col("opened_on").alias("since"), pl.col("closed_on").alias("until")
    )
    by_list = here.filter(pl.col("opened_by") == "list")
    met = first.join(by_list, on="resident").filter(
        (pl.col("since") <= pl.col("opened_on")) & (pl.col("until").is_null() | (pl.col("opened_on") < pl.col("until")))
    )
    return met.select(EVENT_ID, "spell")


def _is_taken(way: EventCondition | CountCondition, own: pl.DataFrame) -> pl.Expr:
    """Whether a way in or a count takes an event: its type matches, and its condition holds."""
    types = [name for name in own[TYPE].cast(pl.String).unique().to_list() if way.matches_type(name)]
    holds = pl.col(TYPE).cast(pl.String).is_in(types)
    if way.when is None:
        return holds

    def column_of(column: Column) -> pl.Expr:
        is_own = column.owner == "event" and column.name in own.columns
        return pl.col(column.name) if is_own else pl.lit(None)

    return holds & to_polars(way.when, column_of).fill_null(value=False)
