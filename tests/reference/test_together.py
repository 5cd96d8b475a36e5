"""Hand-worked examples: schemes that read each other, succession, and links."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from reference.clauses import applied, hears, in_tier, intervals, listing, measure, on_list, reasons, term
from reference.examples import day, event, op, points, replace, rule, scheme, standing
from reference.succession import on_scale, rounded
from reference.together import interpret_together
from scslab.ground.dates import Calendar
from scslab.scheme.conditions import Column, Op, ValueType
from scslab.scheme.model import Carry, EventType, LinkKind, ScoreKind, Spread, Succession

BLACK = listing(enter=hears("bad"), leave=(hears("good"), term("12 months")))
COURT = scheme(scheme_id="court", kind=ScoreKind.NONE, start=0, lists=(BLACK,))
BAD = rule("bad", -30, on="bad")
E1 = event("E1", "2020-01-31", "bad")


def settle(*schemes: Any, rows: Any, as_of: str = "2020-12-31", **query: Any) -> dict[str, dict[str, Any]]:
    return interpret_together(schemes, rows, as_of=day(as_of), **query)


def of_scheme(function: str, argument: str, kind: ValueType) -> Column:
    return Column("scheme", f"{function}('{argument}')", kind)


# Lists of other schemes -----------------------------------------------------------------------------------------


def test_a_measure_honours_the_list_of_another_scheme() -> None:
    # The railway hears of nothing itself: the list takes the subject up.
    rail = scheme(scheme_id="rail", events={}, measures=(measure("no-rail", on_list("black@court")),))
    found = settle(COURT, rail, rows=[E1, event("E2", "2020-03-01")])["rail"]
    assert applied(found) == [("2020-01-31", "2020-03-01")]
    assert standing(found)["events"] == 0


def test_a_delay_moves_both_ends() -> None:
    # [31 January, 1 March) a month later: [29 February, 1 April).
    rail = scheme(scheme_id="rail", events={}, measures=(measure("no-rail", on_list("black@court", "1 month")),))
    found = settle(COURT, rail, rows=[E1, event("E2", "2020-03-01")])["rail"]
    assert applied(found) == [("2020-02-29", "2020-04-01")]


def test_a_national_list_collects_the_lists_of_cities() -> None:
    city = scheme(scheme_id="city", kind=ScoreKind.NONE, start=0, lists=(listing(enter=hears("quiet")),))
    collecting = listing("all", enter=(on_list("black@court"), on_list("black@city", "10 days")), leave=term("1 month"))
    nation = scheme(scheme_id="nation", kind=ScoreKind.NONE, start=0, events={}, lists=(collecting,))
    rows = [E1, event("E2", "2020-02-20"), event("Q1", "2020-03-01", "quiet")]
    found = settle(COURT, city, nation, rows=rows, as_of="2020-03-31")["nation"]
    # By the court from 31 January, for a month; by then it is off that list. By the city from 1 + 10 = 11 March.
    assert intervals(found, "all") == [
        ("2020-01-31", "list", "2020-02-29", "term"),
        ("2020-03-11", "list", None, None),
    ]


def test_a_condition_reads_a_list_as_it_was_the_day_before() -> None:
    # Listed from 31 January on: the reward of that day still counts, that of 1 February does not.
    listed = of_scheme("on_list", "black@court", ValueType.BOOLEAN)
    law = scheme(rule("deed", 10, on="good.deed", when=op(Op.NOT, listed)))
    rows = [E1, event("G1", "2020-01-31", "good.deed"), event("G2", "2020-02-01", "good.deed")]
    found = settle(COURT, law, rows=rows)["example"]
    assert points(found, "event_id") == ["G1"]
    assert reasons(found)["G2"] == "no condition held"


def test_a_condition_reads_what_was_published_by_the_day_before() -> None:
    # 70 is published on 31 January; before that there is no standing, and NULL is undecided.
    first = scheme(BAD, scheme_id="first", published=Calendar.MONTH)
    seen = of_scheme("score_of", "first", ValueType.NUMBER)
    second = scheme(rule("deed", None, on="good.deed", formula=op(Op.SUBTRACT, seen, 60.0)))
    rows = [event("E1", "2020-01-15", "bad")]
    rows += [event(f"G{n}", on, "good.deed") for n, on in enumerate(("2020-01-15", "2020-01-31", "2020-02-01"))]
    found = settle(first, second, rows=rows)["example"]
    # 15 January: nothing known the day before. 31 January: the start, published for December: 40. Then 70 − 60 = 10.
    assert points(found) == [40, 10]
    assert reasons(found)["G0"] == "undecided"


def test_tiers_of_other_schemes() -> None:
    first = scheme(BAD, scheme_id="first", tiers={"D": 0, "B": 90})
    tier = of_scheme("tier_of", "first", ValueType.TEXT)
    second = scheme(rule("deed", 5, on="good.deed", when=op(Op.EQUAL, tier, "D")))
    rows = [E1, event("G1", "2020-01-31", "good.deed"), event("G2", "2020-02-01", "good.deed")]
    assert points(settle(first, second, rows=rows)["example"], "event_id") == ["G2"]


def test_a_row_of_another_vocabulary_is_no_problem() -> None:
    first = scheme(rule(), scheme_id="first", events={"good": EventType("good", {})})
    second = scheme(BAD, scheme_id="second", events={"bad": EventType("bad", {})})
    rows = [E1, event("E2", "2020-03-01"), event("E3", "2020-03-01", "nowhere")]
    found = settle(first, second, rows=rows)
    assert points(found["first"], "event_id") == ["E2"]
    assert points(found["second"], "event_id") == ["E1"]
    assert found["first"]["set_aside"] == found["second"]["set_aside"] == {(3, "L0xx")}


def test_an_event_replaced_by_a_word_of_another_scheme_leaves_this_one() -> None:
    first = scheme(rule(), scheme_id="first", events={"good": EventType("good", {})})
    second = scheme(BAD, scheme_id="second", events={"bad": EventType("bad", {})})
    rows = [event("E2", "2020-03-01"), replace("R1", "2020-04-01", "E2", occurred_on="2020-03-01", new_type="bad")]
    found = settle(first, second, rows=rows)
    assert (points(found["first"]), points(found["second"])) == ([], [-30])


# Succession -----------------------------------------------------------------------------------------------------

OLD = scheme(BAD, scheme_id="old", tiers={"D": 0, "B": 90})


def successor(carry: Carry, *rules: Any, **content: Any) -> Any:
    law = Succession("old", day("2020-03-01"), carry, content.pop("scale", ()), content.pop("tiers_to", {}))
    return scheme(*(rules or (BAD,)), scheme_id="new", start=1000, succession=law, **content)


def test_points_are_carried_over() -> None:
    # 100 − 30 = 70 under the old scheme; the event of 1 March is the new one's: 70 − 30 = 40.
    rows = [E1, event("E2", "2020-03-01", "bad")]
    found = settle(OLD, successor(Carry.POINTS), rows=rows)
    assert (standing(found["old"])["score"], standing(found["old"])["events"]) == (70, 1)
    assert (standing(found["new"])["start"], standing(found["new"])["score"]) == (70, 40)
    assert reasons(found["new"]) == {"E1": "not in force"}


@pytest.mark.parametrize(
    ("carry", "content", "start"),
    [
        (Carry.START, {}, 1000),
        # 70 lies halfway between 40 and 100.
        (Carry.SCALE, {"scale": ((Decimal(40), Decimal(600)), (Decimal(100), Decimal(1000)))}, 800),
        (Carry.TIERS, {"tiers_to": {"D": Decimal(500), "B": Decimal(900)}}, 500),
        (Carry.TIERS, {"tiers_to": {"B": Decimal(900)}}, 1000),
    ],
)
def test_ways_to_carry_over(carry: Carry, content: Any, start: int) -> None:
    found = settle(OLD, successor(carry, **content), rows=[E1])
    assert standing(found["new"])["score"] == start


def test_subjects_without_further_events_are_taken_over() -> None:
    law = successor(Carry.POINTS, measures=(measure("no-rail", in_tier("D")),), tiers={"D": 0, "B": 90})
    found = settle(OLD, law, rows=[E1])
    assert applied(found["new"]) == [("2020-03-01", None)]
    assert settle(OLD, law, rows=[E1], as_of="2020-02-29")["new"]["measures"] == []


def test_who_comes_later_has_the_new_start() -> None:
    found = settle(OLD, successor(Carry.POINTS), rows=[E1, event("E2", "2020-03-05", "bad", subject="T")])["new"]
    assert (standing(found, "T")["start"], standing(found, "T")["score"]) == (1000, 970)


def test_a_carried_start_holds_for_a_year_where_the_score_restarts() -> None:
    law = successor(Carry.POINTS, is_yearly_restart=True)
    assert standing(settle(OLD, law, rows=[E1])["new"])["score"] == 70
    assert standing(settle(OLD, law, rows=[E1], as_of="2021-01-01")["new"])["score"] == 1000
    rows = [E1, event("E2", "2020-05-01", "bad")]
    assert points(settle(OLD, law, rows=rows, as_of="2021-01-01")["new"], "score_after") == [40, 1000]


def test_scales_are_exact() -> None:
    scale = ((Decimal(0), Decimal(0)), (Decimal(3), Decimal(1)), (Decimal(4), Decimal(5)))
    assert rounded(on_scale(scale, Decimal("1.5")), 0) == 1  # a half, away from zero
    assert rounded(on_scale(scale, Decimal(1)), 2) == Decimal("0.33")
    assert [on_scale(scale, Decimal(value)) for value in (-1, 4, 9)] == [0, 5, 5]


# Links ----------------------------------------------------------------------------------------------------------

TAX = scheme(
    BAD,
    rule("related", -10, on="quiet"),
    tiers={"D": 0, "C": 80, "B": 95},
    links={"manages": LinkKind("manages"), "branch": LinkKind("branch")},
    spread=(Spread("firms", in_tier("D"), ("^manages", "manages"), "quiet"),),
)


def link(subject: str, relation: str, other: str, since: str | None = None, until: str | None = None) -> dict[str, Any]:
    row: dict[str, Any] = {"subject_id": subject, "relation": relation, "other_id": other}
    return row | {"since": since and day(since), "until": until and day(until)}


MANAGER = [link("M", "manages", "S"), link("M", "manages", "T"), link("N", "manages", "U")]


def test_what_befalls_a_firm_spreads_to_the_other_firms_of_its_manager() -> None:
    found = settle(TAX, rows=[E1], links=MANAGER)["example"]
    assert points(found, "event_id", "T") == ["spread:firms:S:2020-01-31"]
    assert standing(found, "T")["score"] == 90
    assert found["entries"][-1]["posted_on"] == day("2020-01-31")
    assert points(found) == [-30]  # not to itself
    assert set(found["standings"]) == {"S", "T"}


def test_links_hold_between_their_dates_inclusive() -> None:
    for dates, is_reached in (
        (("2020-01-31", "2020-01-31"), True),
        (("2020-02-01", None), False),
        ((None, "2020-01-30"), False),
    ):
        links = [link("M", "manages", "S"), link("M", "manages", "T", *dates)]
        assert ("T" in settle(TAX, rows=[E1], links=links)["example"]["standings"]) is is_reached


def test_derived_events_spread_no_further() -> None:
    # Two of them would bring T to 80; S falls to D twice: 70 on 31 January, 70 again after 100 on 3 March.
    law = scheme(
        BAD,
        rule(points=30),
        rule("related", -100, on="quiet"),
        tiers={"D": 0, "C": 80},
        links={"manages": LinkKind("manages")},
        spread=(Spread("firms", in_tier("D"), ("manages",), "quiet"),),
    )
    links = [link("S", "manages", "T"), link("T", "manages", "U")]
    rows = [E1, event("E2", "2020-02-02"), event("E3", "2020-03-03", "bad")]
    found = settle(law, rows=rows, links=links)["example"]
    assert points(found, "event_id", "T") == ["spread:firms:S:2020-01-31", "spread:firms:S:2020-03-03"]
    assert "U" not in found["standings"]


def test_a_condition_by_list_begins_anew_with_each_membership() -> None:
    law = scheme(
        lists=(BLACK,),
        links={"branch": LinkKind("branch")},
        spread=(Spread("head", on_list("black"), ("^branch",), "quiet"),),
    )
    rows = [E1, event("E2", "2020-02-02"), event("E3", "2020-03-03", "bad")]
    found = settle(law, rows=rows, links=[link("H", "branch", "S")])["example"]
    assert [row["event_id"] for row in found["unposted"] if row["subject_id"] == "H"] == [
        "spread:head:S:2020-01-31",
        "spread:head:S:2020-03-03",
    ]


def test_several_paths_bring_one_event() -> None:
    links = [*MANAGER, link("M2", "manages", "S"), link("M2", "manages", "T")]
    assert len(points(settle(TAX, rows=[E1], links=links)["example"], "event_id", "T")) == 1
