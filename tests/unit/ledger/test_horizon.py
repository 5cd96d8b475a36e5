from datetime import date

import polars as pl
import pytest

from scslab.ledger.horizon import default_as_of, set_aside_after, set_aside_unknown
from scslab.scheme.model import PostsOn
from unit.ledger.schemes import build_scheme

EVENTS = pl.DataFrame(
    {
        "row": [1, 2],
        "event_id": ["a", "b"],
        "subject_id": ["s", "s"],
        "occurred_on": [date(2020, 1, 1), date(2020, 1, 2)],
        "recorded_on": [date(2020, 3, 1), date(2020, 2, 1)],
    }
)
TODAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("posts_on", "expected"), [(PostsOn.RECORDED, date(2020, 3, 1)), (PostsOn.OCCURRED, date(2020, 1, 2))]
)
def test_the_default_day_is_the_latest_posting_date(posts_on: PostsOn, expected: date) -> None:
    assert default_as_of(EVENTS, build_scheme(posts_on=posts_on), TODAY) == expected


def test_the_default_day_is_never_in_the_future() -> None:
    assert default_as_of(EVENTS, build_scheme(), date(2020, 2, 15)) == date(2020, 2, 15)
    assert default_as_of(EVENTS.clear(), build_scheme(), TODAY) == TODAY


def test_events_after_the_day_are_set_aside_by_their_posting_date() -> None:
    kept, lines = set_aside_after(EVENTS, date(2020, 2, 1), build_scheme())
    assert kept["event_id"].to_list() == ["b"]
    assert lines.rows() == [(1, "a", "s", "recorded_on", "L020", "posts on 2020-03-01, after 2020-02-01")]
    kept, lines = set_aside_after(EVENTS, date(2020, 2, 1), build_scheme(posts_on=PostsOn.OCCURRED))
    assert (kept.height, lines.height) == (2, 0)


def test_events_recorded_later_are_not_known() -> None:
    kept, lines = set_aside_unknown(EVENTS, date(2020, 2, 1))
    assert kept["event_id"].to_list() == ["b"]
    assert lines.rows() == [(1, "a", "s", "recorded_on", "L021", "recorded on 2020-03-01, after 2020-02-01")]
    assert set_aside_unknown(EVENTS, None)[0].height == 2
