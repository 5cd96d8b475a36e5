"""What a simulation tells: every number here was derived by hand from the few rows that stand beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations

import numpy as np
import polars as pl
import pytest

from scslab.engine.settlement import Settlement
from scslab.scheme.catalogue import find_scheme
from scslab.scheme.reader import read_scheme
from scslab.society.month.agents import AWARE, TAKES_PART
from scslab.society.outcomes import compute_approval_shares, measure, tell_life
from scslab.society.outcomes.approval import estimate_approval
from scslab.society.outcomes.awareness import find_month_of_learning
from scslab.society.outcomes.between import compare_between, compute_between, compute_p_value, measure_between
from scslab.society.outcomes.false_entries import count_standing, list_false_entries
from scslab.society.outcomes.groups import compare_groups, find_start_tier
from scslab.society.outcomes.life import KINDS, choose_resident, find_records, trace_life
from scslab.society.outcomes.lists import count_listed, list_spells, summarise_lists
from scslab.society.outcomes.mobility import (
    count_months_inside,
    iterate_tiers,
    list_stays,
    summarise_stays,
    tabulate_transitions,
)
from scslab.society.outcomes.scores import compute_gini, read_scores
from scslab.society.outcomes.settled import settle_recorded
from scslab.society.outcomes.survival import estimate_survival, find_median, find_share
from scslab.society.population.profile import read_profile
from scslab.society.simulation import Setting, Simulated, simulate
from unit.society.settings import BUSY, CONTESTED


@pytest.fixture(scope="module")
def run() -> Simulated:
    values = {**BUSY, "awareness.p": 0.5}
    return simulate(Setting(read_scheme(CONTESTED.encode()), read_profile("survey-2018"), 300, 2, values=values))


@pytest.fixture(scope="module")
def settled(run: Simulated) -> Settlement:
    return settle_recorded(run)


def move(run: Simulated, rows: list[tuple[int, int, int, int]]) -> Simulated:
    """The run with these moves instead: (month from 0, resident, before, after)."""
    days = run.months["month"].to_list()
    moves = pl.DataFrame(
        [(days[month], resident, before, after) for month, resident, before, after in rows],
        orient="row",
        schema={"month": pl.Date, "resident": pl.UInt32, "before": pl.Int8, "after": pl.Int8},
    )
    return replace(run, moves=moves)


def test_survival_by_hand() -> None:
    # Times 6 6 6 6+ 7 9+ 10 (a + was still going on): at 6 three of seven end: 4/7; at 7 one of three left: 4/7 · 2/3;
    # at 10 the last one. Greenwood at 6: (4/7)² · 3/(7·4); at 7 the sum grows by 1/(3·2).
    days = np.array([6, 6, 6, 6, 7, 9, 10])
    found = estimate_survival(days, np.array([True, True, True, False, True, False, True]))
    assert found["at_risk"].to_list() == [7, 3, 1]
    assert found["share"].to_list() == pytest.approx([4 / 7, 8 / 21, 0.0])
    assert found["error"].to_list()[:2] == pytest.approx([4 / 7 * (3 / 28) ** 0.5, 8 / 21 * (3 / 28 + 1 / 6) ** 0.5])
    assert find_median(found) == 7
    assert [find_share(found, d) for d in (5, 6, 8)] == pytest.approx([1.0, 4 / 7, 8 / 21])
    nothing = estimate_survival(np.array([3, 4]), np.array([False, False]))
    assert nothing.height == 0
    assert find_median(nothing) is None
    assert find_share(nothing, 3) == 1.0


def test_moves_between_tiers_by_hand(run: Simulated) -> None:
    # Resident 0: joins without a tier in month 0, B from month 3, A from month 14. Resident 1: A from month 0, gone in
    # month 20. The other 298 never take part. Year ends are months 11 and 23: 0 goes B → A, 1 goes A → outside.
    here = move(run, [(0, 0, -2, -1), (0, 1, -2, 1), (3, 0, -1, 0), (14, 0, 0, 1), (20, 1, 1, -2)])
    yearly = tabulate_transitions(here)
    counted = {(a, b): n for a, b, n, _ in yearly.iter_rows() if n}
    assert counted == {("outside", "outside"): 298, ("B", "A"): 1, ("A", "outside"): 1}
    # Month to month there are 23 steps for each of 300 residents. 0 is without a tier in months 0-2 (2 stays, 1 move to
    # B), in B in 3-13 (10, 1 to A), in A in 14-23 (9); 1 is in A in 0-19 (19, 1 out), outside in 20-23 (3).
    monthly = tabulate_transitions(here, every_months=1)
    counted = {(a, b): n for a, b, n, _ in monthly.iter_rows() if n}
    assert counted == {
        ("", ""): 2, ("", "B"): 1, ("B", "B"): 10, ("B", "A"): 1, ("A", "A"): 9 + 19, ("A", "outside"): 1,
        ("outside", "outside"): 298 * 23 + 3,
    }  # fmt: skip
    assert monthly.filter(pl.col("before") == "B")["share"].sum() == pytest.approx(1)
    assert sorted(list_stays(here).rows()) == [(0, -1, 3, True), (0, 0, 11, True), (0, 1, 10, False), (1, 1, 20, True)]
    stays = {row["tier"]: row for row in summarise_stays(here).iter_rows(named=True)}
    # In A: 30 months lived, one stay ended. At 20 months one of one left at risk ends (the other was watched for 10).
    assert stays["A"] == {"tier": "A", "stays": 2, "over": 1, "months": 30, "mean_months": 30.0, "median_months": 20}
    assert stays["B"]["mean_months"] == 11.0
    assert count_months_inside(here)[:3].tolist() == [24, 20, 0]


def test_moves_are_those_of_the_run(run: Simulated) -> None:
    # Replaying the moves gives the tiers that the run counted in every month.
    for day, tiers in zip(run.months["month"], iterate_tiers(run), strict=True):
        counted = dict(run.tiers.filter(pl.col("month") == day).select("tier", "residents").iter_rows())
        assert counted == {name: int((tiers == k).sum()) for k, name in ((-1, None), (0, "B"), (1, "A"))}
    is_in = (run.agents.flags & TAKES_PART) > 0
    assert (tiers[is_in] == run.agents.tier[is_in]).all()
    assert (count_months_inside(run) == 24).all()  # everybody is enrolled in the first month


def test_false_entries_by_hand(run: Simulated, settled: Settlement) -> None:
    # Five false entries: 1 upheld on 1 March; 2 lapses on 1 July; 3 is upheld only after its lapse; 4 stands, its
    # objection was rejected; 5 gave no points and stands. The last day is 31 December 2021.
    def day(text: str) -> date:
        return date.fromisoformat(text)

    recorded = pl.DataFrame(
        {
            "event_id": [1, 2, 3, 4, 5, 6], "subject_id": [7, 7, 8, 9, 9, 9], "type": ["fine.paid"] * 6,
            "recorded_on": [day(d) for d in ("2020-01-01", "2020-07-01", "2020-01-01", "2021-12-01", "2021-12-30",
                                             "2020-01-01")],
        }
    )  # fmt: skip
    causes = pl.DataFrame(
        {"event_id": [1, 2, 3, 4, 5, 6], "kind": ["false"] * 5 + ["true"], "cause": [1, 2, 3, 4, 5, 6]}
    )
    entries = pl.DataFrame(
        {
            "event_id": [1, 2, 3, 4, 6], "kind": ["event"] * 5, "effective": [-5, -5, -3, -5, -5],
            "lapses_on": [day("2021-01-01"), day("2021-07-01"), day("2020-02-01"), None, None],
        }
    )  # fmt: skip
    objections = pl.DataFrame(
        {
            "target": [1, 3, 4], "outcome": ["upheld", "expired upheld", "rejected"],
            "filed_event": [11, 13, 14], "decided_event": [21, None, 24],
            "decided_on": [day("2020-03-01"), day("2020-02-15"), day("2021-12-20")],
        }
    )  # fmt: skip
    here = replace(run, recorded=recorded, causes=causes, entries=entries)
    found = list_false_entries(here, replace(settled, objections=objections))
    assert found.select("event_id", "points", "is_challenged", "ended_on", "end", "days").rows() == [
        (1, -5.0, True, day("2020-03-01"), "upheld", 60),  # 31 + 29 days
        (2, -5.0, False, day("2021-07-01"), "lapsed", 365),
        (3, -3.0, True, day("2020-02-01"), "lapsed", 31),
        (4, -5.0, True, None, None, 30),
        (5, None, False, None, None, 1),
    ]
    months = pl.Series([day("2020-01-31"), day("2020-02-29"), day("2020-07-31"), day("2021-12-31")])
    # By the end of January 1 and 3 stand; of February 1; of July 2 alone; at the end 4 and 5.
    assert count_standing(found, months) == [2, 1, 1, 2]


LISTS = """
scheme: listing
title: {en: Lists of every kind}
operator: {kind: government, name: {en: City}}
subjects: {kind: resident}
events: {ban.decided: {}, fraud.found: {}, late.paid: {}, watch.opened: {level: {type: integer, min: 1, max: 3}}}
score: {start: 100}
rules:
  - {id: fraud, on: fraud.found, points: -5, valid: 2 months}
  - {id: watched, on: watch.opened, when: level = 3, points: -5, valid: 12 months}
lists:
  - {id: ban, kind: blacklist, enter: [{on: ban.decided}, {on: fraud.found}], leave: [{after: 6 months}]}
  - {id: shadow, kind: blacklist, enter: [{list: ban}], leave: [{after: 12 months}]}
  - {id: watch, kind: blacklist, renews: true, enter: [{on: watch.opened, when: level >= 2}],
     leave: [{after: 3 months}]}
  - {id: often, kind: blacklist, enter: [{count: {on: late.paid, at_least: 2, within: 3 months}}],
     leave: [{count: {on: late.paid, at_most: 1, within: 3 months}}]}
objection: {suspends: true}
"""


def test_false_entries_on_lists_by_hand(run: Simulated) -> None:
    # The number of an event is ten times that of its resident and one more, where it is false; the last day is 31
    # December 2021.
    rows: list[tuple[int, int, str, str, int | None, str | None, str]] = [
        (11, 1, "ban.decided", "2020-01-10", None, None, "false"),
        (21, 2, "ban.decided", "2021-11-01", None, None, "false"),
        (30, 3, "ban.decided", "2020-02-01", None, None, "true"),
        (31, 3, "ban.decided", "2020-03-01", None, None, "false"),
        (40, 4, "watch.opened", "2020-01-01", 2, None, "true"),
        (41, 4, "watch.opened", "2020-03-01", 2, None, "false"),
        (51, 5, "watch.opened", "2020-01-01", 1, None, "false"),
        (61, 6, "watch.opened", "2020-01-10", 2, None, "false"),
        (62, 6, "objection.filed", "2020-01-20", None, "61", "filed"),
        (63, 6, "objection.upheld", "2020-02-01", None, "61", "upheld"),
        (71, 7, "watch.opened", "2020-01-10", 2, None, "false"),
        (72, 7, "objection.filed", "2020-01-20", None, "71", "filed"),
        (73, 7, "objection.rejected", "2020-03-01", None, "71", "rejected"),
        (81, 8, "fraud.found", "2020-05-01", None, None, "false"),
        (91, 9, "watch.opened", "2020-05-01", 3, None, "false"),
        (100, 10, "late.paid", "2020-01-05", None, None, "true"),
        (101, 10, "late.paid", "2020-02-01", None, None, "false"),
        (111, 11, "late.paid", "2020-02-01", None, None, "false"),
        (121, 12, "watch.opened", "2021-12-01", 2, None, "false"),
        (122, 12, "objection.filed", "2021-12-10", None, "121", "filed"),
    ]
    names = ["event_id", "subject_id", "type", "recorded_on", "level", "target", "kind"]
    table = pl.DataFrame(rows, schema=names, orient="row").with_columns(
        pl.col("recorded_on").str.to_date(), pl.col("recorded_on").str.to_date().alias("occurred_on")
    )
    ledger, causes = table.drop("kind"), table.select("event_id", "kind", pl.col("event_id").alias("cause"))
    here = replace(run, scheme=read_scheme(LISTS.encode()), recorded=ledger, ledger=ledger, causes=causes)
    settled = settle_recorded(here)
    here = replace(here, entries=settled.entries)
    found = list_false_entries(here, settled)
    assert found.select("event_id", "points", "ended_on", "end", "days").rows() == [
        # Six months on the ban, and twelve as its shadow: 10 January 2021, 366 days later (2020 has 29 February).
        (11, None, date(2021, 1, 10), "delisted", 366),
        (21, None, None, None, 60),  # the ban lasts until May 2022
        (31, None, date(2020, 3, 1), "idle", 0),  # the resident was on the list already, by what did happen
        (41, None, date(2020, 6, 1), "delisted", 92),  # it renewed the three months that the true one began
        (51, None, date(2020, 1, 1), "idle", 0),  # level 1 is not listed
        (61, None, date(2020, 2, 1), "upheld", 22),  # suspended from 20 January on, and over with the decision
        (71, None, date(2020, 4, 10), "delisted", 91),  # suspended, and on the list again for the rest of its term
        (
            81,
            -5.0,
            date(2021, 5, 1),
            "delisted",
            365,
        ),  # points lapse in July, the ban ends in November, then its shadow
        (91, -5.0, date(2021, 5, 1), "lapsed", 365),  # off the list in August, and only then do the points lapse
        # Two within three months put the resident on the list; on 5 April one of them is left.
        (101, None, date(2020, 4, 5), "delisted", 64),
        (111, None, None, None, 699),  # counts with whatever comes, and stands
        (121, None, None, None, 30),  # suspended, and not decided
    ]
    # What still stands of those that listed somebody is what is open, or suspended.
    is_open = settled.memberships["closed_on"].is_null()
    assert settled.memberships.filter(is_open)["subject_id"].unique().to_list() == [2]
    assert list_false_entries(here).equals(found)


def test_standing_false_entries_of_a_list_are_its_open_memberships() -> None:
    scheme = find_scheme("judgment-defaulters")
    values = {"observation.false_rate": 0.3}
    lived = simulate(Setting(scheme, read_profile("survey-2018"), 400, 4, values=values))
    settled = settle_recorded(lived)
    found = list_false_entries(lived, settled)
    assert set(found["end"].drop_nulls()) == {"delisted", "idle", "upheld"}
    opened = settled.memberships.filter(pl.col("closed_on").is_null() & (pl.col("opened_by") == "event"))
    false = lived.causes.filter(pl.col("kind") == "false")["event_id"]
    standing = found.filter(pl.col("end").is_null())["event_id"]
    assert set(standing) == set(opened["opened_event"]) & set(false)
    assert standing.len() > 20
    # Idle are those that the engine posted nothing for.
    assert set(found.filter(pl.col("end") == "idle")["event_id"]) == set(settled.unposted["event_id"]) & set(false)


def test_false_entries_of_a_run_end_as_its_entries_say(run: Simulated, settled: Settlement) -> None:
    found = list_false_entries(run, settled)
    assert found.height == int((run.causes["kind"] == "false").sum()) > 100
    assert set(found["end"].drop_nulls()) == {"upheld", "lapsed"}
    # What was upheld is what the ledger says was upheld of false entries, unless it had lapsed by then.
    upheld = run.causes.filter(pl.col("kind") == "upheld")["cause"]
    mine = found.filter(pl.col("end") == "upheld")["event_id"]
    assert set(mine) <= set(upheld)
    assert found["days"].min() >= 0  # pyright: ignore[reportOperatorIssue, reportOptionalOperand]


def test_a_yearly_restart_wipes_out(run: Simulated) -> None:
    scheme = read_scheme(CONTESTED.replace("floor: 0}", "floor: 0, restarts: yearly}").encode())
    again = simulate(replace(run.setting, scheme=scheme))
    found = list_false_entries(again).filter(pl.col("recorded_on").dt.year() == 2020)
    assert found["end"].null_count() == 0
    assert found.filter(pl.col("end") == "restarted")["ended_on"].unique().to_list() == [date(2021, 1, 1)]


def test_lists_by_hand(run: Simulated, settled: Settlement) -> None:
    memberships = pl.DataFrame(
        {
            "subject_id": [1, 1, 2], "list": ["black"] * 3, "kind": ["blacklist"] * 3,
            "opened_on": [date(2020, 1, 1), date(2020, 6, 1), date(2020, 1, 1)],
            "closed_on": [date(2020, 1, 31), None, date(2021, 12, 1)],
            "opened_by": ["score"] * 3, "closed_by": ["score", None, "score"],
        }
    )  # fmt: skip
    spells = list_spells(run, replace(settled, memberships=memberships))
    assert spells["days"].to_list() == [30, 578, 700]  # 1 June 2020 to 31 December 2021; 1 January 2020 to 1 December
    row = summarise_lists(run, spells).row(0, named=True)
    # Of three spells one ends at 30 days: 2/3 are left; the next end is at 700, of the one that is still watched.
    assert row == {
        "list": "black", "kind": "blacklist", "residents": 2, "spells": 3, "open": 1, "median_days": 700,
        "share_1y": pytest.approx(2 / 3), "share_2y": None,
    }  # fmt: skip
    months = pl.Series([date(2020, 1, 31), date(2020, 6, 30), date(2021, 12, 31)])
    assert count_listed(spells, months) == [1, 2, 1]


def test_gini_by_hand() -> None:
    # 1, 2, 3, 4: the mean absolute difference of all 16 pairs is 20/16; half of it over the mean 2.5 is .25.
    assert compute_gini(np.array([3.0, 1.0, 4.0, 2.0, np.nan])) == pytest.approx(0.25)
    assert compute_gini(np.array([np.nan])) is None
    assert compute_gini(np.array([-1.0, 2.0])) is None


def test_groups_count_what_is_there(run: Simulated) -> None:
    groups = compare_groups(run)
    scores, profile = read_scores(run), run.setting.profile
    assert not np.isnan(scores).any()
    place = np.unravel_index(run.agents.cell, profile.shape)[list(profile.dimensions).index("gender")]
    women = groups.row(by_predicate=(pl.col("dimension") == "gender") & (pl.col("category") == "female"), named=True)
    here = place == 0
    assert women["residents"] == women["participants"] == int(here.sum())
    assert women["score"] == pytest.approx(scores[here].mean())
    assert women["error"] == pytest.approx(scores[here].std(ddof=1) / here.sum() ** 0.5)
    assert women["lowest"] == pytest.approx((run.agents.tier[here] == 0).mean())
    assert find_start_tier(run) == 1  # 100 points are tier A, the second
    assert women["below_start"] == women["lowest"]
    wrong = set(run.causes.filter(pl.col("kind") == "false")["event_id"])
    false = [who for event, who in run.recorded.select("event_id", "subject_id").iter_rows() if event in wrong]
    assert women["false_entries"] == sum(bool(here[who]) for who in false)
    assert women["false_rate"] == pytest.approx(women["false_entries"] / (2 * here.sum()))  # two years each
    for dimension in profile.dimensions:
        assert groups.filter(pl.col("dimension") == dimension)["residents"].sum() == 300


def test_share_between_groups_by_hand() -> None:
    # 1, 2, 3 | 5, 7 | 9: the last group has one member and is left out. Of the others the mean is 3.6, of the groups 2
    # and 6: SSB = 3 (1.6)^2 + 2 (2.4)^2 = 19.2, SSW = 2 + 2 = 4, MSW = 4 / 3; (19.2 - 4 / 3) / 23.2.
    values, places = np.array([1.0, 2, 3, 5, 7, 9, np.nan]), np.array([0, 0, 0, 2, 2, 3, 1])
    assert compute_between(values, places) == pytest.approx((19.2 - 4 / 3) / 23.2)
    assert compute_between(values[:4], places[:4]) is None  # one group with two members
    assert compute_between(np.ones(6), np.array([0, 0, 0, 1, 1, 1])) is None  # nothing varies
    assert compute_between(np.array([1.0, 1, 2, 2]), np.array([0, 0, 1, 1])) == 1.0
    # Over all ways to deal out two groups of 3 of 6 the mean is 0, however odd the values: nothing but luck is at work.
    # The difference of the largest and the smallest mean is never below 0, and so above it in the mean.
    odd = np.array([0.0, 0, 1, 2, 40, 41])
    dealt = [np.isin(np.arange(6), chosen).astype(np.int64) for chosen in combinations(range(6), 3)]
    assert np.mean([compute_between(odd, places) for places in dealt]) == pytest.approx(0, abs=1e-12)
    assert np.mean([abs(odd[places == 1].mean() - odd[places == 0].mean()) for places in dealt]) > 10


def test_luck_between_groups_is_that_of_scipy() -> None:
    from scipy.stats import f_oneway

    drawn = np.random.Generator(np.random.PCG64(7)).normal(size=100)
    places = np.repeat([0, 1, 3], [40, 35, 25])
    expected = f_oneway(drawn[:40], drawn[40:75])  # the last group has fewer than 30
    assert compute_p_value(drawn, places) == pytest.approx(expected.pvalue)
    assert compute_p_value(drawn[75:], places[75:]) is None


def test_groups_that_do_not_differ_are_not_told_apart() -> None:
    # Nothing in the model depends on gender, and under Rongcheng's rules all take part: shares between women and men
    # scatter around 0 over seeds (other residents, other luck), while the old measure, the largest mean less the
    # smallest, lies far above it.
    setting = Setting(find_scheme("rongcheng"), read_profile("rongcheng"), 400, 1)
    shares, gaps, beyond = list[float](), list[float](), 0
    for seed in range(1, 17):
        lived = simulate(replace(setting, seed=seed))
        table = compare_between(lived)
        share = measure_between(table)["between:gender"]
        assert share is not None
        shares.append(share)
        means = compare_groups(lived).filter(pl.col("dimension") == "gender")["score"].to_list()
        gaps.append(max(means) - min(means))
        beyond += table.filter((pl.col("dimension") == "gender") & pl.col("is_beyond_luck")).height

    def away(found: list[float]) -> float:
        return abs(float(np.mean(found))) / (float(np.std(found, ddof=1)) / len(found) ** 0.5)

    assert away(shares) < 2
    assert away(gaps) > 4
    assert beyond == 0
    assert min(shares) < 0


def test_a_difference_that_was_planted_is_found() -> None:
    # Officials let city people pass who break a rule, and hardly anybody in the country.
    values = {"discretion.let_pass": 0.9, "discretion.rural": -5.0, "behaviour.rare": 1.0}
    lived = simulate(Setting(find_scheme("rongcheng"), read_profile("rongcheng"), 1500, 2, values=values))
    table = compare_between(lived)
    row = table.row(by_predicate=(pl.col("dimension") == "location") & (pl.col("of") == "score"), named=True)
    assert row["is_beyond_luck"]
    assert row["share"] > 0.02
    assert set(measure_between(table)) == {
        f"{m}:{d}" for m in ("between", "lowest_between") for d in lived.setting.profile.dimensions
    }
    # Of a region there is but one in Rongcheng: nothing can lie between.
    assert measure_between(table)["between:region"] is None


def test_measures_agree_with_the_tables(run: Simulated) -> None:
    found = measure(run)
    assert found.select("month", "measure").is_duplicated().sum() == 0
    wide = {name: found.filter(pl.col("measure") == name)["value"].to_list() for name in found["measure"].unique()}
    assert wide["taking_part"] == [1.0] * 24
    assert wide["gap"] == pytest.approx([a - 1 for a in wide["acceptance"]])
    assert wide["aware"] == pytest.approx((run.months["aware"] / 300).to_list())
    assert sum(wide["recorded"]) == run.recorded.height
    assert len(wide["gini"]) == len(wide["between:income"]) == len(wide["lowest_between:income"]) == 1
    # Mean scores by month from the entries: the latest score of each resident, or the start.
    for k in (0, 11, 23):
        day = run.months["month"][k]
        last = run.entries.filter(pl.col("posted_on") <= day).group_by("subject_id").agg(pl.col("score_after").last())
        total = float(last["score_after"].cast(pl.Float64).sum()) + 100 * (300 - last.height)
        assert wide["mean_score"][k] == pytest.approx(total / 300)
        members = list_spells(run).filter(
            (pl.col("opened_on") <= day) & (pl.col("closed_on").is_null() | (pl.col("closed_on") > day))
        )
        assert wide["listed:black"][k] == pytest.approx(members.height / 300)
    tiers = [sum(wide.get(f"tier:{name}", [0] * 24)[k] for name in "AB") for k in range(24)]
    assert tiers == pytest.approx([1.0] * 24)


def test_learning_is_drawn_again_as_it_was(run: Simulated) -> None:
    months = [find_month_of_learning(run.setting.profile, run.manifest, run.months, k) for k in range(300)]
    assert [month is not None for month in months] == ((run.agents.flags & AWARE) > 0).tolist()
    known = [sum(month is not None and month <= day for month in months) for day in run.months["month"]]
    assert known == run.months["aware"].to_list()
    assert known[-1] > 100


def test_a_life_tells_every_record_once(run: Simulated) -> None:
    chosen = choose_resident(run)
    assert chosen is not None
    for resident in (chosen, 0, 1, 2):
        life = trace_life(find_records(run, resident), resident)
        own = run.recorded.filter(pl.col("subject_id") == resident)
        of_conduct = [step for step in life.steps if step.kind in ("recorded", "wrong")]
        conduct = own.filter(pl.col("type").str.starts_with("objection") == False)  # noqa: E712
        assert len(of_conduct) == conduct.height
        wrong = run.causes.filter((pl.col("kind") == "false") & pl.col("event_id").is_in(own["event_id"].implode()))
        assert sum(step.kind == "wrong" for step in life.steps) == wrong.height
        # What was done and is not there was missed.
        done = run.true.filter(pl.col("subject_id") == resident)
        unseen = done.filter(~pl.col("event_id").is_in(own["event_id"].implode()))
        late = unseen.height - sum(step.kind == "missed" for step in life.steps)
        assert late == 0
        points = sum(step.facts["points"] for step in life.steps if step.facts.get("score") is not None)
        score = run.standings.filter(pl.col("subject_id") == resident)["score"]
        assert 100 + points == (float(score[0]) if score.len() else 100)
        assert {step.kind for step in life.steps} <= set(KINDS)
        assert [step.day for step in life.steps] == sorted(step.day for step in life.steps)
        assert life.steps[0].day >= run.setting.first
    with pytest.raises(ValueError, match="resident 300 is not one of 0 to 299"):
        tell_life(run, 300)


def test_approval_has_a_band_around_it(run: Simulated) -> None:
    found, plain = estimate_approval(run, draws=50), compute_approval_shares(run)
    assert found is not None
    assert plain is not None
    assert found["share"][:5].to_list() == plain["share"].to_list()
    assert found["share"][:5].sum() == pytest.approx(1)
    assert found["share"][5] == pytest.approx(found["share"][3] + found["share"][4])
    assert (found["low"] < found["share"]).all()
    assert (found["high"] > found["share"]).all()
    businesses = replace(run, setting=replace(run.setting, profile=read_profile("businesses")))
    assert compute_approval_shares(businesses) is None
    assert estimate_approval(businesses) is None
