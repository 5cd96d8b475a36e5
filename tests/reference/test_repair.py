"""Hand-worked examples: repairs by `good.deed`. The start is 100, `bad` takes 30."""

from __future__ import annotations

from typing import Any

from reference.clauses import (
    LARGE,
    extension,
    filed,
    hears,
    intervals,
    listing,
    objecting,
    reasons,
    rejected,
    removing,
    restoring,
    shortening,
    term,
    upheld,
)
from reference.examples import day, event, points, rule, scheme, settle, standing
from scslab.scheme.model import InForce

BAD = rule("bad", -30, on="bad")
BLACK = listing(enter=hears("bad"), leave=term("12 months"))
E1 = event("E1", "2020-01-01", "bad")
HALF = restoring(0.5, "bad")


def deed(event_id: str, on: str, **content: Any) -> dict[str, Any]:
    return event(event_id, on, "good.deed", **content)


def law_of(*repairs: Any, rules: Any = (BAD,), **content: Any) -> Any:
    return scheme(*rules, repairs=repairs, **content)


def kinds(result: dict[str, Any]) -> list[tuple[str, Any]]:
    return list(zip(points(result, "kind"), points(result), strict=True))


# Points ---------------------------------------------------------------------------------------------------------


def test_half_is_given_back() -> None:
    result = settle(law_of(HALF), E1, deed("G1", "2020-02-01"))
    assert kinds(result) == [("event", -30), ("repair", 15)]
    entry = result["entries"][1]
    names = ("event_id", "type", "rule", "target", "repair", "nominal", "granted")
    assert [entry[name] for name in names] == ["G1", "good.deed", "bad", "E1", "back", 15, 15]
    assert result["unposted"] == []


def test_the_share_is_rounded_half_away_from_zero() -> None:
    # 0.5 × 25 = 12.5 → 13; with one decimal 12.5.
    for decimals, back in ((0, 13), (1, 12.5)):
        law = law_of(HALF, rules=(rule("bad", -25, on="bad"),), decimals=decimals)
        assert points(settle(law, E1, deed("G1", "2020-02-01")))[-1] == back


def test_the_wait_ends_on_its_day() -> None:
    # 31 January + 1 month = 29 February 2020.
    law, row = law_of(restoring(0.5, "bad", after="1 month")), event("E1", "2020-01-31", "bad")
    assert reasons(settle(law, row, deed("G1", "2020-02-28"))) == {"G1": "nothing to repair"}
    assert points(settle(law, row, deed("G1", "2020-02-29"))) == [-30, 15]


def test_the_latest_entry_is_repaired_and_each_once() -> None:
    rows = [E1, event("E2", "2020-01-02", "bad"), *(deed(f"G{n}", f"2020-02-0{n}") for n in (1, 2, 3))]
    result = settle(law_of(HALF), *rows)
    assert [entry["target"] for entry in result["entries"][2:]] == ["E2", "E1"]
    assert reasons(result) == {"G3": "nothing to repair"}


def test_two_repairs_give_back_no_more_than_was_taken() -> None:
    # Half, then 0.8 × 30 = 24, of which 15 are left.
    law = law_of(HALF, restoring(0.8, "bad", repair_id="more"))
    result = settle(law, E1, deed("G1", "2020-02-01"))
    assert points(result, "nominal")[1:] == [15, 24]
    assert points(result, "granted")[1:] == [15, 15]
    assert standing(result)["score"] == 100


def test_what_was_effective_counts_not_what_was_granted() -> None:
    # Floor 90: −30 was worth −10; half of that is 5.
    assert points(settle(law_of(HALF, floor=90), E1, deed("G1", "2020-02-01"))) == [-10, 5]


def test_rewards_and_other_rules_are_not_repaired() -> None:
    rules = (BAD, rule("quiet", -5, on="quiet"), rule("good", 10))
    rows = [event("E1", "2020-01-01", "quiet"), event("E2", "2020-01-02"), deed("G1", "2020-02-01")]
    assert reasons(settle(law_of(restoring(1, "bad", "good"), rules=rules), *rows)) == {"G1": "nothing to repair"}


def test_a_repair_comes_before_the_events_of_its_day() -> None:
    # G1 finds nothing before E1, though its id is larger than that of E1.
    result = settle(law_of(HALF), E1, deed("G1", "2020-01-01"))
    assert reasons(result) == {"G1": "nothing to repair"}


def test_a_lapse_takes_what_is_left() -> None:
    # −30, +15; on 1 March the lapse gives back the other 15.
    law = law_of(HALF, rules=(rule("bad", -30, on="bad", valid="2 months"),))
    result = settle(law, E1, deed("G1", "2020-02-01"))
    assert kinds(result) == [("event", -30), ("repair", 15), ("lapse", 15)]
    whole = law_of(restoring(1, "bad"), rules=(rule("bad", -30, on="bad", valid="2 months"),))
    assert kinds(settle(whole, E1, deed("G1", "2020-02-01"))) == [("event", -30), ("repair", 30), ("lapse", 0)]


def test_what_has_lapsed_or_restarted_is_not_repaired() -> None:
    fading = law_of(HALF, rules=(rule("bad", -30, on="bad", valid="1 month"),))
    assert reasons(settle(fading, E1, deed("G1", "2020-02-01"))) == {"G1": "nothing to repair"}
    yearly = law_of(HALF, is_yearly_restart=True)
    result = settle(yearly, event("E1", "2020-12-01", "bad"), deed("G1", "2021-01-01"), as_of="2021-02-01")
    assert reasons(result) == {"G1": "nothing to repair"}
    assert kinds(result) == [("event", -30), ("restart", 30)]


def test_a_condition_must_be_true() -> None:
    law = law_of(restoring(0.5, "bad", when=LARGE))
    result = settle(law, E1, deed("G1", "2020-02-01", amount=10.0), deed("G2", "2020-02-02"))
    assert reasons(result) == {"G1": "no condition held", "G2": "no condition held"}
    assert points(settle(law, E1, deed("G1", "2020-02-01", amount=10.5))) == [-30, 15]


def test_at_most_so_many_times_in_the_period() -> None:
    # Once a year: the second deed of 2020 finds nothing, although E1 is left; the one of 1 January 2021 repairs it.
    law = law_of(restoring(0.5, "bad", at_most=(1, "year")))
    rows = [E1, event("E2", "2020-01-02", "bad"), deed("G1", "2020-02-01"), deed("G2", "2020-03-01")]
    result = settle(law, *rows, deed("G3", "2021-01-01"))
    assert [entry["event_id"] for entry in result["entries"][2:]] == ["G1", "G3"]
    assert reasons(result) == {"G2": "nothing to repair"}


def test_a_rolling_period_is_open_at_its_far_end() -> None:
    # Once in a month: on 29 February the window is (29 January, 29 February], on 1 March (1 February, 1 March].
    law = law_of(restoring(0.5, "bad", at_most=(1, "1 month")))
    rows = [E1, event("E2", "2020-01-02", "bad"), deed("G1", "2020-01-30"), deed("G2", "2020-02-29")]
    assert reasons(settle(law, *rows)) == {"G2": "nothing to repair"}
    assert reasons(settle(law, *rows[:3], deed("G2", "2020-03-01"))) == {}


def test_a_repair_needs_a_scheme_in_force() -> None:
    law = law_of(HALF, in_force=InForce(None, day("2020-01-31")))
    assert reasons(settle(law, E1, deed("G1", "2020-02-01"))) == {"G1": "not in force"}


def test_a_rule_may_post_for_a_repair_event_too() -> None:
    law = law_of(HALF, rules=(BAD, rule("deed", 1, on="good.deed")))
    result = settle(law, E1, deed("G1", "2020-02-01"), deed("G2", "2020-02-02"))
    assert kinds(result) == [("event", -30), ("repair", 15), ("event", 1), ("event", 1)]
    assert result["unposted"] == []


# Objections -----------------------------------------------------------------------------------------------------


def test_what_is_taken_back_or_dead_is_not_repaired() -> None:
    law = law_of(HALF, objection=objecting())
    rows = [E1, filed("F1", "2020-01-05", "E1"), deed("G1", "2020-01-06")]
    assert reasons(settle(law, *rows)) == {"G1": "nothing to repair"}
    ended = settle(law, *rows, upheld("O1", "2020-01-07", "E1"), deed("G2", "2020-01-08"))
    assert reasons(ended) == {"G1": "nothing to repair", "G2": "nothing to repair"}
    again = settle(law, *rows, rejected("O1", "2020-01-07", "E1"), deed("G2", "2020-01-08"))
    assert kinds(again) == [("event", -30), ("objection", 30), ("rejected", -30), ("repair", 15)]


def test_an_objection_takes_back_what_a_repair_left() -> None:
    law = law_of(HALF, objection=objecting())
    rows = [E1, deed("G1", "2020-01-03"), filed("F1", "2020-01-05", "E1"), rejected("O1", "2020-01-07", "E1")]
    assert kinds(settle(law, *rows)) == [("event", -30), ("repair", 15), ("objection", 15), ("rejected", -15)]


# Listings -------------------------------------------------------------------------------------------------------


def test_a_term_is_shortened() -> None:
    # 1 January 2021 − 6 months = 1 July 2020.
    law = law_of(shortening("6 months"), rules=(), lists=(BLACK,))
    result = settle(law, E1, deed("G1", "2020-03-01"))
    assert intervals(result) == [("2020-01-01", "event", "2020-07-01", "term")]
    assert result["unposted"] == []


def test_a_term_cannot_end_before_today() -> None:
    law = law_of(shortening("12 months"), rules=(), lists=(BLACK,))
    result = settle(law, E1, deed("G1", "2020-03-01"))
    assert intervals(result) == [("2020-01-01", "event", "2020-03-01", "repair")]
    row = result["memberships"][0]
    assert (row["closed_event"], row["term_ends_on"]) == ("G1", day("2020-03-01"))


def test_a_term_that_a_repair_ends_can_be_opened_by_an_event_of_the_day() -> None:
    law = law_of(shortening("12 months"), rules=(), lists=(BLACK,))
    result = settle(law, E1, deed("G1", "2020-03-01"), event("E2", "2020-03-01", "bad"), as_of="2020-04-01")
    assert intervals(result) == [("2020-01-01", "event", "2020-03-01", "repair"), ("2020-03-01", "event", None, None)]


def test_shortening_and_extending_alternate() -> None:
    # 1 January 2021 − 6 months = 1 July 2020; + 1 month = 1 August 2020.
    black = listing(enter=hears("bad"), leave=term("12 months"), extend=(extension("quiet", "1 month"),))
    law = law_of(shortening("6 months"), rules=(), lists=(black,))
    result = settle(law, E1, deed("G1", "2020-03-01"), event("E2", "2020-03-02", "quiet"))
    assert intervals(result) == [("2020-01-01", "event", "2020-08-01", "term")]


def test_a_list_without_a_term_is_not_shortened() -> None:
    law = law_of(shortening("6 months"), rules=(), lists=(listing(enter=hears("bad")),))
    assert reasons(settle(law, E1, deed("G1", "2020-03-01"))) == {"G1": "nothing to repair"}


def test_a_membership_is_removed_after_its_wait() -> None:
    law = law_of(removing(after="3 months"), rules=(), lists=(BLACK,))
    result = settle(law, E1, deed("G1", "2020-03-31"), deed("G2", "2020-04-01"), deed("G3", "2020-04-02"))
    assert intervals(result) == [("2020-01-01", "event", "2020-04-01", "repair")]
    assert reasons(result) == {"G1": "nothing to repair", "G3": "nothing to repair"}


def test_the_wait_counts_from_the_first_opening_after_an_objection_failed() -> None:
    # Opened on 1 January, suspended from 5 to 9 January: three months after 1 January is 1 April.
    law = law_of(removing(after="3 months"), rules=(), lists=(BLACK,), objection=objecting())
    rows = [E1, filed("F1", "2020-01-05", "E1"), rejected("O1", "2020-01-09", "E1"), deed("G1", "2020-04-01")]
    assert intervals(settle(law, *rows))[-1] == ("2020-01-09", "rejected", "2020-04-01", "repair")


def test_a_suspended_membership_is_out_of_reach() -> None:
    law = law_of(removing(), rules=(), lists=(BLACK,), objection=objecting())
    rows = [E1, filed("F1", "2020-01-05", "E1"), deed("G1", "2020-01-06"), rejected("O1", "2020-01-09", "E1")]
    result = settle(law, *rows, as_of="2020-02-01")
    assert reasons(result) == {"G1": "nothing to repair"}
    assert intervals(result)[-1] == ("2020-01-09", "rejected", None, None)
