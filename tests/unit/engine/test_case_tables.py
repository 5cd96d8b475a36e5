"""What a worked case says of the further tables, against tables written by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from scslab.engine.case_tables import agrees, find_differences
from scslab.engine.settle import settle
from scslab.engine.settlement import Settlement
from scslab.scheme.case_model import Expectation, ExpectedRow
from scslab.scheme.reader import EXAMPLE, read_scheme

OPENED = date(2014, 1, 31)
MEMBERSHIPS = pl.DataFrame(
    [
        # Out of order: a case lists them by their first day.
        {"subject_id": "case", "list": "black", "opened_on": date(2016, 1, 1), "closed_on": None, "opened_by": "score"},
        {
            "subject_id": "case",
            "list": "black",
            "opened_on": OPENED,
            "closed_on": date(2015, 1, 1),
            "opened_by": "event",
        },
        {"subject_id": "other", "list": "black", "opened_on": OPENED, "closed_on": None, "opened_by": "event"},
    ]
)
CONTRIBUTIONS = pl.DataFrame(
    {
        "subject_id": ["case", "case"],
        "published_on": [OPENED, date(2014, 2, 28)],
        "dimension": ["all", "all"],
        "indicator": ["deeds", "deeds"],
        "scaled": [1 / 3, 2 / 3],
        "change": [None, 33.333333],
    }
)


@pytest.fixture(scope="module")
def settlement() -> Settlement:
    events = pl.DataFrame(
        {"event_id": ["e"], "subject_id": ["case"], "type": ["donation.blood"], "occurred_on": [OPENED]}
    )
    found = settle(read_scheme(EXAMPLE), events)
    return replace(found, memberships=MEMBERSHIPS, contributions=CONTRIBUTIONS)


def differences(settlement: Settlement, table: str, *rows: dict[str, object]) -> list[str]:
    expected = tuple(ExpectedRow(dict(row)) for row in rows)  # type: ignore[arg-type]
    return [message for _, message in find_differences(settlement, "case", Expectation({}, tables={table: expected}))]


def test_all_memberships_are_compared_in_the_order_of_their_first_days(settlement: Settlement) -> None:
    first = {"list": "black", "opened_on": OPENED, "closed_on": date(2015, 1, 1)}
    second = {"opened_on": date(2016, 1, 1), "closed_on": None, "opened_by": "score"}
    assert differences(settlement, "memberships", first, second) == []
    assert differences(settlement, "memberships", second, first) == [
        "opened_on of memberships 1 is `2014-01-31`, expected `2016-01-01`",
        "closed_on of memberships 1 is `2015-01-01`, expected none",
        "opened_by of memberships 1 is `event`, expected `score`",
        "opened_on of memberships 2 is `2016-01-01`, expected `2014-01-31`",
        "closed_on of memberships 2 is none, expected `2015-01-01`",
    ]
    assert differences(settlement, "memberships", first) == ["there are 2 memberships, expected 1"]


def test_contributions_are_found_by_day_and_indicator(settlement: Settlement) -> None:
    key = {"dimension": "all", "indicator": "deeds"}
    later = {"published_on": date(2014, 2, 28), **key}
    assert (
        differences(settlement, "contributions", {**later, "scaled": Decimal("0.667"), "change": Decimal("33.3")}) == []
    )
    assert differences(settlement, "contributions", {"published_on": OPENED, **key, "change": None}) == []
    assert differences(settlement, "contributions", {**later, "scaled": Decimal("0.666")}) == [
        f"scaled of contributions on 2014-02-28 all deeds is `{2 / 3}`, expected `0.666`"
    ]
    assert differences(settlement, "contributions", {**later, "published_on": date(2014, 3, 31)}) == [
        "there is nothing on 2014-03-31 all deeds among the contributions"
    ]


def test_a_table_that_the_scheme_does_not_have(settlement: Settlement) -> None:
    assert differences(settlement, "publications", {"published_on": OPENED}) == ["there are no publications"]


@pytest.mark.parametrize(
    ("found", "expected", "is_same"),
    [
        (0.125, Decimal("0.13"), True),  # half a unit of the last written digit is still the number
        (0.1251, Decimal("0.12"), False),
        (80.0, Decimal(80), True),
        (80.6, Decimal(80), False),
        (80, Decimal("80.0"), True),
        (Decimal("80.5"), Decimal(80), False),
        (None, Decimal(0), False),
        (0.0, None, False),
        ("low", "low", True),
    ],
)
def test_when_values_agree(found: object, expected: object, is_same: bool) -> None:
    assert agrees(found, expected) is is_same  # type: ignore[arg-type]
