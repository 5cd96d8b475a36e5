"""What others read of an index: docs/settling.md, "Several schemes together". The numbers are written by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from scslab.engine.together.published import list_index_published
from scslab.ground.dates import Calendar
from scslab.scheme.catalogue import find_scheme
from scslab.scheme.model import InForce, PostsOn, Scheme

EVENT_DAY, AS_OF = date(2021, 3, 5), date(2021, 6, 30)
EVENTS = pl.DataFrame({"subject_id": ["A"], "occurred_on": [date(2021, 3, 1)], "recorded_on": [EVENT_DAY]})
PUBLICATIONS = pl.DataFrame(
    {
        "subject_id": ["A", "A", "idle"],
        "published_on": [EVENT_DAY, AS_OF, AS_OF],
        "score": [1.0, 2.0, 3.0],
        "tier": ["T", "T", "T"],
    }
)


def make_index(since: date | None, published: Calendar | None) -> Scheme:
    scheme = find_scheme("food-safety")
    score = replace(scheme.score, published=published, posts_on=PostsOn.RECORDED)
    return replace(scheme, score=score, in_force=InForce(since, None))


@pytest.mark.parametrize(
    ("published", "expected"),
    [(None, [EVENT_DAY]), (Calendar.QUARTER, [EVENT_DAY, AS_OF])],
)
def test_the_day_of_the_question_is_no_publication_to_be_read(published: Any, expected: list[date]) -> None:
    told = list_index_published(make_index(None, published), PUBLICATIONS, EVENTS)
    assert told.filter(pl.col("subject_id") == "A")["published_on"].to_list() == expected


@pytest.mark.parametrize(("since", "expected"), [(None, date(1900, 1, 1)), (date(2020, 2, 29), date(2020, 2, 29))])
def test_one_without_events_counts_from_the_first_day_in_force(since: date | None, expected: date) -> None:
    told = list_index_published(make_index(since, Calendar.QUARTER), PUBLICATIONS, EVENTS)
    assert told.filter(pl.col("subject_id") == "idle").rows() == [("idle", expected, 3.0, "T")]
