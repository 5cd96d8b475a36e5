"""What conditions read of other schemes, as columns beside the events: as it stood at the end of the day before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from scslab.engine.selection import build_posting_date
from scslab.engine.together.reads import Good, Read
from scslab.scheme.conditions import Reference, ReferenceKind
from scslab.scheme.model import Scheme

_KINDS = {Good.LIST: ReferenceKind.LIST, Good.SCORE: ReferenceKind.SCORE, Good.TIER: ReferenceKind.TIER}
_BEFORE, _ORDER = "@before", "@order"


def join_reads(
    events: pl.DataFrame,
    scheme: Scheme,
    reads: Iterable[Read],
    lists: Mapping[str, pl.DataFrame],
    published: Mapping[str, pl.DataFrame],
    ends: Mapping[str, date],
) -> pl.DataFrame:
    """The events with one column for each thing that conditions of the scheme read of others.

    The column is called as the condition writes it: `on_list('defaulters@court')`, `score_of('court')`.

    Args:
        events: canonical events of the scheme.
        scheme: the scheme that reads.
        reads: what it reads.
        lists: memberships by `list@scheme`: `subject_id, opened_on, closed_on`.
        published: what schemes published (see `published`).
        ends: the last day that each scheme settles; later it stands as of then.
    """
    asked = list(dict.fromkeys((read.good, read.scheme, read.list) for read in reads if read.is_condition))
    if not asked:
        return events
    before = build_posting_date(scheme.score.posts_on).dt.offset_by("-1d")
    table = events.with_columns(before.alias(_BEFORE)).with_row_index(_ORDER)
    for good, other, name in asked:
        reference = str(Reference(_KINDS[good], other, name))
        day = pl.min_horizontal(pl.col(_BEFORE), pl.lit(ends[other]))
        keys = table.select(_ORDER, "subject_id", day.alias("@day")).sort("@day")
        if good is Good.LIST:
            found = _join_list(keys, lists[f"{name}@{other}"])
        else:
            column = pl.col("tier").cast(pl.String) if good is Good.TIER else pl.col("score").cast(pl.Float64)
            found = _join_published(keys, published[other], column)
        table = table.with_columns(found.sort(_ORDER)["@value"].alias(reference))
    return table.drop(_BEFORE, _ORDER)


def _join_list(keys: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Whether each subject is on the list on its day."""
    spans = members.filter(pl.col("closed_on").is_null() | (pl.col("closed_on") > pl.col("opened_on")))
    spans = spans.with_columns(pl.col("subject_id").cast(keys["subject_id"].dtype)).sort("opened_on")
    joined = keys.join_asof(
        spans, left_on="@day", right_on="opened_on", by="subject_id", strategy="backward", check_sortedness=False
    )
    is_on = pl.col("opened_on").is_not_null() & (pl.col("closed_on").is_null() | (pl.col("closed_on") > pl.col("@day")))
    return joined.select(_ORDER, is_on.alias("@value"))


def _join_published(keys: pl.DataFrame, published: pl.DataFrame, column: pl.Expr) -> pl.DataFrame:
    """What was last published of each subject up to its day; null where nothing was."""
    told = published.select(
        pl.col("subject_id").cast(keys["subject_id"].dtype), "published_on", column.alias("@value")
    ).sort("published_on", maintain_order=True)
    joined = keys.join_asof(
        told, left_on="@day", right_on="published_on", by="subject_id", strategy="backward", check_sortedness=False
    )
    return joined.select(_ORDER, "@value")
