"""How far a settlement looks: the posting date of events, and events that lie beyond a date."""

from __future__ import annotations

from datetime import date

import polars as pl

from scslab.ledger.codes import AFTER_AS_OF, NOT_KNOWN_YET
from scslab.ledger.columns import OCCURRED_ON, RECORDED_ON
from scslab.ledger.set_aside import empty_set_aside, write_lines
from scslab.scheme.model import PostsOn, Scheme


def get_posting_date(scheme: Scheme) -> str:
    """The column with the date on which an event takes effect."""
    return OCCURRED_ON if scheme.score.posts_on is PostsOn.OCCURRED else RECORDED_ON


def default_as_of(events: pl.DataFrame, scheme: Scheme, today: date) -> date:
    """The latest posting date of some events, but not later than today; today where there are no events.

    Example:
        >>> from scslab.scheme.reader import EXAMPLE, read_scheme
        >>> events = pl.DataFrame({"recorded_on": [date(2020, 1, 1), date(2021, 5, 5), date(2102, 1, 1)]})
        >>> default_as_of(events.head(2), read_scheme(EXAMPLE), date(2026, 1, 1))
        datetime.date(2021, 5, 5)
        >>> default_as_of(events, read_scheme(EXAMPLE), date(2026, 1, 1))
        datetime.date(2026, 1, 1)
    """
    latest = events[get_posting_date(scheme)].max()
    return min(latest, today) if isinstance(latest, date) else today


def set_aside_after(events: pl.DataFrame, as_of: date, scheme: Scheme) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Events that post up to `as_of`, and lines of the problems table (L020) for the others."""
    column = get_posting_date(scheme)
    is_late = pl.col(column) > as_of
    late = events.filter(is_late)
    if not late.height:
        return events, empty_set_aside()
    reason = pl.format(f"posts on {{}}, after {as_of}", pl.col(column))
    return events.filter(~is_late), write_lines(late, column, AFTER_AS_OF, reason)


def set_aside_unknown(events: pl.DataFrame, known_at: date | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Events that were recorded up to `known_at`, and lines of the problems table (L021) for the others."""
    is_late = pl.lit(False) if known_at is None else (pl.col(RECORDED_ON) > known_at).fill_null(False)
    late = events.filter(is_late) if known_at is not None else events.clear()
    if not late.height:
        return events, empty_set_aside()
    reason = pl.format(f"recorded on {{}}, after {known_at}", pl.col(RECORDED_ON))
    return events.filter(~is_late), write_lines(late, RECORDED_ON, NOT_KNOWN_YET, reason)
