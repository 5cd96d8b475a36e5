"""Every shipped scheme can be lived under, and its ledger settles to the same by the ordinary `settle`."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from scslab.engine.settle import settle
from scslab.engine.together.settle import settle_together
from scslab.ground.problems import ProblemsError
from scslab.scheme.catalogue import find_scheme, list_names
from scslab.scheme.model import PostsOn, ScoreKind, Status, SubjectKind
from scslab.scheme.reader import read_scheme
from scslab.society.population.profile import read_profile
from scslab.society.simulation import Setting, Simulated, simulate

STUBS = {"baihang", "weihai-haibei", "zhengzhou-shangding"}
BUSY = {
    "awareness.p": 6.0, "joining.b0": 2.0, "joining.considers": 0.5, "behaviour.rare": 1.0,
    "observation.false_rate": 0.2, "objection.true": 0.3, "repair.acts": 0.3,
}  # fmt: skip
"""Much goes on, so that few residents show everything."""
SPREADING = """
scheme: kin
title: {en: Who lives with a debtor is listed too}
operator: {kind: government, name: {en: City}}
subjects: {kind: resident}
in_force: {from: 2020-01-01}
events: {fine.paid: {}, kin.named: {}}
links: {housemate: {from: resident, to: resident}}
lists:
  - {id: black, kind: blacklist, enter: [{on: fine.paid}], leave: [{after: 6 months}]}
  - {id: kin, kind: blacklist, enter: [{on: kin.named}], leave: [{after: 3 months}]}
spread: [{id: kin, when: {list: black}, along: [housemate], event: kin.named}]
"""


def live(name: str, residents: int = 300, years: int = 2) -> Simulated:
    scheme = read_scheme(SPREADING.encode()) if name == "kin" else find_scheme(name)
    is_for_residents = SubjectKind.RESIDENT in scheme.subjects.kinds
    profile = read_profile("survey-2018" if is_for_residents else "businesses")
    first = (scheme.in_force.since or date(2020, 1, 1)).replace(day=1)
    return simulate(Setting(scheme, profile, residents, years, first=first, values=BUSY))


def settle_again(run: Simulated):
    as_of = date.fromisoformat(run.manifest["last"])
    if run.links is None:
        return settle(run.scheme, run.recorded, as_of=as_of, subjects=run.subjects)
    together = settle_together([run.scheme], run.recorded, as_of=as_of, subjects=run.subjects, links=run.links)
    return together.settlements[run.scheme.id]


def test_stubs_are_the_stubs_of_the_catalogue() -> None:
    assert {name for name in list_names() if find_scheme(name).status is Status.STUB} == STUBS


@pytest.mark.parametrize("name", [*(n for n in list_names() if n not in STUBS), "kin"])
def test_the_recorded_ledger_settles_to_the_same(name: str) -> None:
    run = live(name)
    assert run.recorded.height > 20
    whole = settle_again(run)
    assert whole.set_aside.height == 0
    assert_frame_equal(run.standings, whole.standings.select(run.standings.columns))
    if run.scheme.score.kind is not ScoreKind.INDEX:
        assert_frame_equal(run.entries, whole.entries)
    last = run.months["month"][-1]
    told = run.tiers.filter((pl.col("month") == last) & pl.col("tier").is_not_null())
    # Of those who take part, the tiers that the residents went by are those of the settlement.
    is_in = pl.Series((run.agents.flags & 2) > 0)
    mine = run.standings.filter(pl.col("subject_id").cast(pl.Int64, strict=False).is_in(is_in.arg_true().implode()))
    found = dict(mine["published_tier"].cast(pl.String).value_counts().rows()) if run.scheme.tiers else {}
    if run.scheme.score.posts_on is PostsOn.OCCURRED:
        return  # what is recorded after a publication changes it for who settles later
    for tier, residents in zip(told["tier"], told["residents"], strict=True):
        idle = residents - found.get(tier, 0)
        assert idle >= 0  # who has had no event has no standing of a scheme of points, but a tier
    if run.subjects is not None:
        assert {tier: n for tier, n in zip(told["tier"], told["residents"], strict=True) if n} == {
            tier: n for tier, n in found.items() if tier is not None
        }


@pytest.mark.parametrize("name", sorted(STUBS))
def test_stubs_are_refused(name: str) -> None:
    with pytest.raises(ProblemsError, match="Y601") as caught:
        simulate(Setting(find_scheme(name), read_profile("survey-2018"), 100, 1))
    assert f"scslab show {name}" in str(caught.value.problems[0])


def test_nobody_lives_under_what_scores_others() -> None:
    with pytest.raises(ProblemsError, match="Y603"):
        simulate(Setting(find_scheme("food-safety"), read_profile("survey-2018"), 100, 1))
    with pytest.raises(ProblemsError, match="Y603"):
        simulate(Setting(find_scheme("rongcheng"), read_profile("businesses"), 100, 1))


def test_an_index_tells_residents_apart_and_changes() -> None:
    # By reading the scale of the Qianjiang score (0 to 1,000): nobody knows where residents stand, but a population
    # whose scores were all alike, or never moved, would show nothing of the scheme.
    run = live("hangzhou-qianjiang", 600, 3)
    score = run.standings["score"].cast(float)
    assert score.std() > 40
    means = run.months["mean_score"].drop_nulls()
    assert means.n_unique() > 20


def test_attributes_of_subjects_do_not_depend_on_the_scheme() -> None:
    one, two = live("sesame").subjects, live("tencent-credit").subjects
    assert one is not None
    assert two is not None
    both = one.join(two, on="subject_id", suffix="_other")
    assert both.height > 50
    assert (both["is_verified"] == both["is_verified_other"]).all()


def test_lists_are_entered_and_left() -> None:
    run = live("judgment-defaulters", 1000, 3)
    members = settle_again(run).memberships
    by = set(members.filter(pl.col("list").cast(str) == "ground-1")["closed_by"].cast(str).drop_nulls())
    assert "event" in by
    repairs = run.causes.filter(pl.col("kind") == "repair")
    assert repairs.height > 10
    happened = run.true.filter(pl.col("event_id").is_in(repairs["event_id"].implode()))
    # Nobody comes off a list who was never on one.
    listed = run.recorded.filter(pl.col("type") == "court.default_listed")["subject_id"].unique()
    assert happened["subject_id"].is_in(listed.implode()).all()


def test_what_spreads_reaches_households() -> None:
    run = live("kin")
    assert run.links is not None
    members = settle_again(run).memberships
    kin = members.filter(pl.col("list").cast(str) == "kin")["subject_id"].cast(pl.Int64).unique()
    black = members.filter(pl.col("list").cast(str) == "black")["subject_id"].cast(pl.Int64).unique()
    linked = run.links.filter(pl.col("subject_id").is_in(black.implode()))["other_id"].unique()
    assert set(kin) == set(linked)
