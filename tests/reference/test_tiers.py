"""Hand-worked examples: tiers, limits, publication and measures. The start is 100, and a rule gives 10."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from reference.examples import day, event, points, rule, scheme, settle, standing
from scslab.ground.dates import Calendar, Period
from scslab.scheme.model import (
    Domain,
    InForce,
    LimitTier,
    Measure,
    MeasureKind,
    PostsOn,
    Rule,
    ScoreRange,
    StateCondition,
)

BAD = rule("bad", -30, on="bad")

# Tiers and limits -----------------------------------------------------------------------------------------------

LADDER = {"C": 60, "B": 90, "A": 110}


def limiting(to: str, period: str | None = None) -> Rule:
    return rule("held", None, on="bad", limit_tier=LimitTier(to, Period.parse(period) if period else None))


def tiers(result: dict[str, Any]) -> tuple[str | None, str | None]:
    return standing(result)["tier_by_score"], standing(result)["tier"]


def test_the_lower_end_of_a_tier_belongs_to_it() -> None:
    assert tiers(settle(scheme(rule(), tiers=LADDER), event("E1", "2020-01-01"))) == ("A", "A")
    assert tiers(settle(scheme(rule(points=9), tiers=LADDER), event("E1", "2020-01-01"))) == ("B", "B")
    assert tiers(settle(scheme(rule(points=-41), tiers=LADDER), event("E1", "2020-01-01"))) == (None, None)


def test_a_dated_tier_is_read_on_the_day_of_the_standing() -> None:
    law = scheme(rule(), tiers={"C": 0, "B": {"2020-06-01": 105, "2021-01-01": 111}})
    for as_of, tier in (("2020-05-31", "C"), ("2020-06-01", "B"), ("2021-01-01", "C")):
        assert tiers(settle(law, event("E1", "2020-01-01"), as_of=as_of)) == (tier, tier)


def test_a_limit_holds_the_tier_until_its_end_exclusive() -> None:
    # From 29 February 2020 for a year: the end is 28 February 2021.
    law = scheme(limiting("C", "12 months"), tiers=LADDER)
    rows = [event("E1", "2020-02-29", "bad")]
    assert tiers(settle(law, event("E0", "2020-01-01", "quiet"), *rows, as_of="2020-02-28")) == ("B", "B")
    assert tiers(settle(law, *rows, as_of="2020-02-29")) == ("B", "C")
    held = settle(law, *rows, as_of="2021-02-27")
    assert (tiers(held), standing(held)["held_until"]) == (("B", "C"), day("2021-02-28"))
    free = settle(law, *rows, as_of="2021-02-28")
    assert (tiers(free), standing(free)["held_until"]) == (("B", "B"), None)


def test_the_lowest_live_limit_counts_and_the_latest_end_is_told() -> None:
    # C until 1 March, B until 1 June: in February C; in April B (the score would give A).
    short, long = limiting("C", "2 months"), rule("other", None, limit_tier=LimitTier("B", Period.parse("5 months")))
    law = scheme(short, long, start=120, tiers=LADDER)
    rows = [event("E1", "2020-01-01", "bad"), event("E2", "2020-01-01")]
    both, later = settle(law, *rows, as_of="2020-02-01"), settle(law, *rows, as_of="2020-04-01")
    assert (tiers(both), standing(both)["held_until"]) == (("A", "C"), day("2020-06-01"))
    assert (tiers(later), standing(later)["held_until"]) == (("A", "B"), day("2020-06-01"))


def test_a_limit_lifts_nobody_and_a_missing_tier_stays_missing() -> None:
    law = scheme(limiting("A"), tiers=LADDER)
    result = settle(law, event("E1", "2020-01-01", "bad"))
    assert (tiers(result), standing(result)["held_until"]) == (("B", "B"), day("2199-12-31"))
    law = scheme(limiting("C"), start=10, tiers=LADDER)
    assert tiers(settle(law, event("E1", "2020-01-01", "bad"))) == (None, None)


def test_a_rule_that_only_limits_posts_an_entry_of_nothing() -> None:
    result = settle(scheme(limiting("C"), tiers=LADDER), event("E1", "2020-01-01", "bad"))
    assert (points(result), points(result, "rule")) == ([0], ["held"])


# Publication ----------------------------------------------------------------------------------------------------


def published(result: dict[str, Any], subject: str = "S") -> tuple[date | None, Decimal | None, str | None]:
    found = standing(result, subject)
    return found["published_on"], found["published_score"], found["published_tier"]


def test_what_is_published_is_the_standing_at_the_end_of_the_last_period() -> None:
    law = scheme(rule(), published=Calendar.QUARTER, tiers=LADDER)
    rows = [event("E1", "2020-03-31"), event("E2", "2020-04-01")]
    early = settle(law, event("E0", "2020-01-01", "quiet"), *rows, as_of="2020-03-30")
    assert published(early) == (day("2019-12-31"), 100, "B")
    assert published(settle(law, *rows, as_of="2020-03-31")) == (day("2020-03-31"), 110, "A")
    later = settle(law, *rows, as_of="2020-06-29")
    assert (standing(later)["score"], published(later)) == (120, (day("2020-03-31"), 110, "A"))
    assert published(settle(law, *rows, as_of="2020-06-30")) == (day("2020-06-30"), 120, "A")


def test_at_once_means_on_the_day_of_the_standing() -> None:
    assert published(settle(scheme(rule()), event("E1", "2020-02-02"), as_of="2020-02-03"))[0] == day("2020-02-03")


def test_nothing_is_published_before_the_scheme_is_in_force() -> None:
    law = scheme(rule(), published=Calendar.YEAR, in_force=InForce(day("2020-01-01")))
    rows = [event("E1", "2020-05-05")]
    assert published(settle(law, *rows, as_of="2020-12-30")) == (None, None, None)
    assert published(settle(law, *rows, as_of="2020-12-31")) == (day("2020-12-31"), 110, None)
    at_once = scheme(rule(), in_force=InForce(day("2020-05-05")))
    assert published(settle(at_once, *rows, as_of="2020-05-05"))[1] == 110  # on its first day already


def test_a_published_start_is_that_of_the_publication_year() -> None:
    # Restarts yearly, 50 in 2020, 60 from 2021; first entry in 2021, published at the end of 2020: 50.
    law = scheme(rule(), start={"2020-01-01": 50, "2021-01-01": 60}, is_yearly_restart=True, published=Calendar.YEAR)
    result = settle(law, event("E1", "2021-05-05"), as_of="2021-06-01")
    assert (standing(result)["start"], standing(result)["score"]) == (60, 70)
    assert published(result) == (day("2020-12-31"), 50, None)


def test_a_limit_counts_for_publication_if_it_was_live_then() -> None:
    # Live from 1 January to 15 January: over by the end of the month.
    law = scheme(limiting("C", "14 days"), tiers=LADDER, published=Calendar.MONTH)
    assert published(settle(law, event("E1", "2020-01-01", "bad"), as_of="2020-01-31"))[2] == "B"
    assert published(settle(law, event("E1", "2020-01-20", "bad"), as_of="2020-02-20"))[2] == "C"


def test_measures_follow_from_what_was_published() -> None:
    kinds_of = {"by-tier": StateCondition(tiers=("A", "C")), "top": StateCondition(ScoreRange(Decimal(110)))}
    kinds_of["middle"] = StateCondition(ScoreRange(Decimal(100), Decimal(110)))
    kinds_of["low"] = StateCondition(ScoreRange(below=Decimal(100)))
    measures = tuple(Measure(n, MeasureKind.REWARD, Domain.TRAVEL, when) for n, when in kinds_of.items())
    law = scheme(rule(), BAD, tiers=LADDER, measures=measures, published=Calendar.MONTH)
    rows = [event("E1", "2020-02-15"), event("E2", "2020-03-15", "bad")]
    # The account begins in February, when the start is what was published last: 100 (B). At its end 110 (A), from
    # inclusive and below exclusive; March: 80 (C).
    found = {
        as_of: {m["measure"] for m in settle(law, *rows, as_of=as_of)["measures"] if m["ends_on"] is None}
        for as_of in ("2020-02-28", "2020-02-29", "2020-03-31")
    }
    assert found == {"2020-02-28": {"middle"}, "2020-02-29": {"by-tier", "top"}, "2020-03-31": {"by-tier", "low"}}


def test_the_published_score_knows_nothing_of_later_postings() -> None:
    # Occurred in March, recorded in April: posts in March if the scheme says so, and then counts for March.
    rows = [event("E1", "2020-03-15", recorded_on="2020-04-15")]
    law = scheme(rule(), published=Calendar.MONTH, posts_on=PostsOn.OCCURRED)
    assert published(settle(law, *rows, as_of="2020-04-20"))[1] == 110
    law = scheme(rule(), published=Calendar.MONTH, posts_on=PostsOn.RECORDED)
    assert published(settle(law, *rows, as_of="2020-04-20"))[1] == 100
