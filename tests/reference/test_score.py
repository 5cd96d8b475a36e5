"""Hand-worked examples: bounds, lapses, restarts and starts.

The start is 100, and a rule gives 10, unless the example says otherwise.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from reference.examples import AMOUNT, day, event, points, rule, scheme, settle, standing
from scslab.scheme.model import (
    InForce,
)

BAD = rule("bad", -30, on="bad")


def kinds(result: dict[str, Any]) -> list[tuple[str, str | None]]:
    return list(zip(points(result, "kind"), points(result, "event_id"), strict=True))


# Bounds ---------------------------------------------------------------------------------------------------------


def test_the_floor_swallows_points_and_the_lapse_gives_back_what_was_effective() -> None:
    # 100 − 30 → floor 80: effective −20. A month later +20, not +30: 100.
    law = scheme(rule("bad", -30, on="bad", valid="1 month"), floor=80)
    result = settle(law, event("E1", "2020-01-31", "bad"))
    assert points(result, "granted") == [-30, 20]
    assert points(result) == [-20, 20]
    assert points(result, "posted_on") == [day("2020-01-31"), day("2020-02-29")]  # January has no 31 February


def test_a_lapse_is_clamped_like_any_other_entry() -> None:
    # +10 → 110; −30 → 80 (floor); lapse of the first: −10 → stays at 80.
    law = scheme(rule(valid="1 month"), BAD, floor=80)
    result = settle(law, event("E1", "2020-01-01"), event("E2", "2020-01-02", "bad"))
    assert points(result, "granted") == [10, -30, -10]
    assert points(result) == [10, -30, 0]
    assert standing(result)["score"] == 80


def test_the_ceiling_comes_last_and_the_start_is_not_clamped() -> None:
    # start 100, floor 101 = ceiling 101: the first entry, worth 0, lifts the score to 101.
    law = scheme(rule(points=0), floor=101, ceiling=101)
    assert standing(settle(law, event("E1", "2020-01-01", "quiet")))["score"] == 100
    assert points(settle(law, event("E1", "2020-01-01"))) == [1]


def test_an_entry_worth_nothing_that_a_bound_moved_lapses_too() -> None:
    # +1 by the floor; a day later −1, which the floor (still 101) does not let through.
    law = scheme(rule(points=0, valid="1 day"), floor=101)
    result = settle(law, event("E1", "2020-01-01"))
    assert points(result, "granted") == [0, -1]
    assert points(result) == [1, 0]


def test_a_dated_bound_binds_from_its_first_date_on() -> None:
    # −30 → 70; on 1 March the floor is 90: +10 → max(90, 80) = 90.
    law = scheme(rule(), BAD, floor={"2020-03-01": 90})
    result = settle(law, event("E1", "2020-02-29", "bad"), event("E2", "2020-03-01"))
    assert points(result) == [-30, 20]


# Lapse ----------------------------------------------------------------------------------------------------------


def test_lapses_come_before_events_of_the_day() -> None:
    # 110; on 1 February first −10 → 100, then +10 → 110 (with the ceiling 110 the other order would end at 100).
    law = scheme(rule(valid="1 month"), ceiling=110)
    result = settle(law, event("E9", "2020-01-01"), event("E1", "2020-02-01"), as_of="2020-02-01")
    assert kinds(result) == [("event", "E9"), ("lapse", "E9"), ("event", "E1")]
    assert standing(result)["score"] == 110


def test_month_ends_meet_and_lapse_in_the_order_posted() -> None:
    # 29, 30 and 31 January + 1 month are all 28 February 2021.
    law = scheme(rule(valid="1 month"))
    rows = [event("E3", "2021-01-29"), event("E2", "2021-01-31"), event("E1", "2021-01-30")]
    result = settle(law, *rows)
    assert kinds(result)[3:] == [("lapse", "E3"), ("lapse", "E1"), ("lapse", "E2")]
    assert {entry["posted_on"] for entry in result["entries"][3:]} == {day("2021-02-28")}


def test_a_lapse_happens_on_as_of_and_not_before() -> None:
    law = scheme(rule(valid="10 days"))
    rows = [event("E1", "2020-02-20")]  # lapses on 1 March: 2020 has a 29 February
    assert standing(settle(law, *rows, as_of="2020-02-29"))["score"] == 110
    assert standing(settle(law, *rows, as_of="2020-03-01"))["score"] == 100
    assert points(settle(law, *rows, as_of="2020-02-29"), "lapses_on") == [day("2020-03-01")]


def test_nothing_lapses_of_an_entry_without_effect() -> None:
    law = scheme(rule(valid="10 days"), ceiling=100)
    result = settle(law, event("E1", "2020-01-01"))
    assert points(result, "lapses_on") == [None]
    assert len(result["entries"]) == 1


def test_a_lapse_names_the_event_it_ends_and_fills_no_cap() -> None:
    # cap 15 of negative points: the lapse (−10) of the reward leaves it alone; −12 and then −3 fit.
    law = scheme(rule(points=None, formula=AMOUNT, cap=(15, "year"), valid="1 month", repeat=("1 year", 1)))
    rows = [event(f"E{i}", on, amount=a) for i, (on, a) in enumerate((("2020-01-01", 10.0), ("2020-03-01", -12.0)))]
    result = settle(law, *rows, event("E3", "2020-03-02", amount=-5.0), as_of="2020-03-02")
    assert points(result, "granted") == [10, -10, -12, -3]
    lapse = result["entries"][1]
    assert (lapse["kind"], lapse["event_id"], lapse["type"], lapse["rule"]) == ("lapse", "E0", "good", "good")
    assert (lapse["occurrence"], lapse["capped_by"], lapse["lapses_on"]) == (None, None, None)
    assert points(result, "occurrence") == [1, None, 2, 3]  # lapses are no occurrences


def test_lapsed_entries_still_fill_caps() -> None:
    law = scheme(rule(cap=(15, "year"), valid="1 month"))
    result = settle(law, event("E1", "2020-01-01"), event("E2", "2020-05-01"), as_of="2020-05-01")
    assert points(result, "granted") == [10, -10, 5]


# Starts and restarts --------------------------------------------------------------------------------------------


def test_a_dated_start_is_that_of_the_day_the_scheme_came_into_force() -> None:
    steps = {"2020-01-01": 50, "2021-01-01": 60}
    for since, start in ((None, 50), ("2019-05-05", 50), ("2020-12-31", 50), ("2021-01-01", 60)):
        law = scheme(rule(), start=steps, in_force=InForce(day(since) if since else None))
        result = settle(law, event("E1", "2025-01-01", "quiet"), event("E2", "2025-01-01", subject="T"))
        assert standing(result)["score"] == start
        assert standing(result, "T")["score"] == start + 10


def test_a_restart_comes_first_of_the_year_and_brings_the_score_to_its_start() -> None:
    # 110; 1 January 2021: 100 − 110 = −10; then +10. 2022: −10 again.
    law = scheme(rule(), is_yearly_restart=True)
    result = settle(law, event("E1", "2020-05-01"), event("E2", "2021-01-01"), as_of="2022-01-01")
    assert kinds(result) == [("event", "E1"), ("restart", None), ("event", "E2"), ("restart", None)]
    assert points(result) == [10, -10, 10, -10]
    assert points(result, "posted_on")[1::2] == [day("2021-01-01"), day("2022-01-01")]


def test_a_restart_is_not_clamped_and_is_posted_with_nothing_too() -> None:
    # start 100, floor 101: the entry of 0 lifts to 101; the restart brings back 100; the next year 0.
    law = scheme(rule(points=0), floor=101, is_yearly_restart=True)
    result = settle(law, event("E1", "2020-05-01"), as_of="2022-06-01")
    assert points(result) == [1, -1, 0]
    assert standing(result)["score"] == 100


def test_an_entry_of_1_january_is_not_followed_by_a_restart_that_day() -> None:
    law = scheme(rule(), is_yearly_restart=True)
    result = settle(law, event("E1", "2020-01-01"), as_of="2020-12-31")
    assert kinds(result) == [("event", "E1")]


def test_a_restart_drops_the_lapses_of_the_year_before() -> None:
    # E1 would lapse on 1 January 2021, E2 on 1 March 2021: neither does. E3 lapses inside its year.
    law = scheme(rule(valid="2 months"), is_yearly_restart=True)
    rows = [event("E1", "2020-11-01"), event("E2", "2020-12-31"), event("E3", "2021-10-31")]
    result = settle(law, *rows, as_of="2021-12-31")
    assert kinds(result)[2:] == [("restart", None), ("event", "E3"), ("lapse", "E3")]
    # 31 October + 2 months = 31 December.
    assert points(result, "lapses_on") == [None, None, None, day("2021-12-31"), None]


def test_a_restart_resets_caps_but_not_repeats() -> None:
    # 2020: 10 × 1, capped at 15 in a rolling 12 months. January 2021: only entries of 2021 count for the cap, but the
    # factor is 2 because the entry of November is inside 12 months: nominal 20, granted 15.
    law = scheme(rule(cap=(15, "12 months"), repeat=("12 months", 1, 2)), is_yearly_restart=True)
    result = settle(law, event("E1", "2020-11-01"), event("E2", "2021-01-31"), as_of="2021-01-31")
    assert points(result, "nominal") == [10, -10, 20]
    assert points(result, "granted") == [10, -10, 15]
    assert points(result, "occurrence") == [1, None, 2]
    without = settle(scheme(rule(cap=(15, "12 months"))), event("E1", "2020-11-01"), event("E2", "2021-01-31"))
    assert points(without, "granted") == [10, 5]


def test_what_1_january_brought_fills_the_cap_of_its_year():
    law = scheme(rule(cap=(15, "year")), is_yearly_restart=True)
    result = settle(law, event("E1", "2021-01-01"), event("E2", "2021-01-01"), as_of="2021-12-31")
    assert points(result, "granted") == [10, 5]


def test_a_lifetime_cap_lasts_a_year_where_the_score_restarts() -> None:
    law = scheme(rule(cap=(10, "lifetime")), is_yearly_restart=True)
    result = settle(law, event("E1", "2020-05-01"), event("E2", "2021-05-01"), as_of="2021-12-31")
    assert points(result, "granted") == [10, -10, 10]


def test_dated_starts_of_a_score_that_restarts() -> None:
    # First entry in 2020: the start of 1 January 2020 is not in force yet (2020-03-01), so the first value, 50.
    # 2021: 50 again; from 1 January 2022 it is 60. T has no entry: 60 in 2022, and 50 in 2021.
    law = scheme(rule(), start={"2020-03-01": 50, "2022-01-01": 60}, is_yearly_restart=True)
    rows = [event("E1", "2020-05-01"), event("E2", "2020-05-01", "quiet", subject="T")]
    result = settle(law, *rows, as_of="2022-01-01")
    assert standing(result)["start"] == 50
    assert points(result, "score_after") == [60, 50, 60]
    assert points(result) == [10, -10, 10]
    assert (standing(result, "T")["start"], standing(result, "T")["score"]) == (60, 60)
    assert standing(settle(law, *rows, as_of="2021-12-31"), "T")["score"] == 50


def test_a_subject_known_only_by_name_has_the_start() -> None:
    result = settle(scheme(rule()), subjects={"T": {"born_on": None, "attributes": {}}}, as_of="2020-01-01")
    assert result["standings"]["T"] == {
        **dict.fromkeys(("score", "start", "published_score"), Decimal(100)),
        **dict.fromkeys(("tier", "tier_by_score", "held_until", "published_tier", "last_posted_on")),
        "published_on": day("2020-01-01"),
        "events": 0,
        "entries": 0,
    }
