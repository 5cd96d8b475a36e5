"""What conditions read of other schemes, as columns beside the events: as it stood at the end of the day before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import polars as pl

from scslab.engine.selection import build_posting_date
from scslab.engine.together.reads import Good, Read
from scslab.scheme.conditions import Expression, Reference, ReferenceKind
from scslab.scheme.model import Scheme
from scslab.scheme.model_vocabulary import matches

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
    asking = _find_asking(scheme)
    heard = table.filter(pl.col("type").cast(pl.String).is_in(asking)) if len(asking) < len(scheme.events) else table
    for good, other, name in asked:
        reference = str(Reference(_KINDS[good], other, name))
        day = pl.min_horizontal(pl.col(_BEFORE), pl.lit(ends[other]))
        keys = heard.select(_ORDER, "subject_id", day.alias("@day")).sort("@day")
        if good is Good.LIST:
            found = _join_list(keys, lists[f"{name}@{other}"])
        else:
            column = pl.col("tier").cast(pl.String) if good is Good.TIER else pl.col("score").cast(pl.Float64)
            found = _join_published(keys, published[other], column)
        values = found.rename({"@value": reference})
        if heard.height == table.height:
            table = table.with_columns(values.sort(_ORDER)[reference])
        else:
            table = table.join(values, on=_ORDER, how="left", maintain_order="left")
    return table.drop(_BEFORE, _ORDER)


def _find_asking(scheme: Scheme) -> list[str]:
    """The event types that some clause whose condition or formula reads another scheme listens to.

    The values are looked up for their events alone: nobody else looks at them.
    """
    asking: set[str] = set()
    for clause in _walk(scheme):
        parts = [getattr(clause, each.name) for each in fields(clause)]
        if any(isinstance(part, Expression) and part.references() for part in parts):
            heard = [getattr(clause, name) for name in ("on", "part_on") if hasattr(clause, name)]
            if not heard:
                return list(scheme.events)
            asking |= {each for each in scheme.events if any(matches(on, each) for on in heard)}
    return [each for each in scheme.events if each in asking]


def _walk(part: Any) -> Iterator[Any]:
    """All parts of a scheme that are dataclasses, conditions left out."""
    if isinstance(part, tuple | list):
        for each in part:
            yield from _walk(each)
    elif is_dataclass(part) and not isinstance(part, Expression):
        yield part
        for each in fields(part):
            yield from _walk(getattr(part, each.name))


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
    # By subject and day as it comes: within a subject the days ascend, which is all that the join asks for.
    told = published.select(pl.col("subject_id").cast(keys["subject_id"].dtype), "published_on", column.alias("@value"))
    joined = keys.join_asof(
        told, left_on="@day", right_on="published_on", by="subject_id", strategy="backward", check_sortedness=False
    )
    return joined.select(_ORDER, "@value")
