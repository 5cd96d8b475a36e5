"""Reforms on the way, branches from a shared history, and runs that were killed and taken up again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from scslab.engine.settle import settle
from scslab.engine.together.settle import settle_together
from scslab.ground.problems import ProblemsError
from scslab.scheme.catalogue import find_scheme
from scslab.scheme.model import Participation
from scslab.society.course.checkpoint import FILE, Checkpoints
from scslab.society.course.course import branch_off, open_course
from scslab.society.simulation import Reform, Simulated, finish, live_on, simulate
from unit.society.settings import HANGZHOU, OBJECTED, REFORM, RONGCHENG

SETTINGS = {"rongcheng": RONGCHENG, "hangzhou": HANGZHOU, "contested": OBJECTED}


def assert_same(one: Simulated, other: Simulated) -> None:
    """All tables and the manifest are the same, to the bit."""
    assert one.manifest == other.manifest
    for name in ("months", "tiers", "moves", "true", "recorded", "causes", "standings", "entries", "ledger"):
        assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)
    assert one.agents.digest() == other.agents.digest()
    assert one.under_way == other.under_way


@pytest.mark.parametrize("name", list(SETTINGS))
def test_a_run_that_was_killed_goes_on_to_the_same_end(name: str, tmp_path: Path) -> None:
    setting = replace(SETTINGS[name], reforms=(REFORM,))
    said: list[str] = []
    checkpoints = Checkpoints(tmp_path / "saved", every=5, say=said.append)

    def kill_at_17(_: str, share: float) -> None:
        if share > 16.5 / 24:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        simulate(setting, tell=kill_at_17, checkpoints=checkpoints)
    assert json.loads((tmp_path / "saved" / FILE).read_text(encoding="utf-8"))["month"] == 15
    told: list[float] = []
    again = simulate(setting, tell=lambda _, share: told.append(share), checkpoints=checkpoints)
    assert told[0] == pytest.approx(16 / 24)  # 15 months were there
    assert said == ["An earlier run was interrupted: this one goes on after 2021-03-31 (15 months are there)."]
    assert_same(again, simulate(setting))


def test_checkpoints_of_other_runs_and_damaged_ones_are_not_used(tmp_path: Path) -> None:
    said: list[str] = []
    checkpoints = Checkpoints(tmp_path, every=6, say=said.append)
    short = replace(RONGCHENG, residents=200, years=1)
    whole = simulate(short, checkpoints=checkpoints)
    assert_same(simulate(replace(short, seed=2), checkpoints=checkpoints), simulate(replace(short, seed=2)))
    assert "of another run" in said[-1]
    victim = next(tmp_path.glob("recorded-*.arrow"))
    victim.write_bytes(victim.read_bytes()[:-1] + b"x")
    simulate(replace(short, seed=2), checkpoints=checkpoints)
    assert said[-1] == f"The checkpoint is damaged ({victim.name}): this run starts at the beginning."
    assert_same(simulate(short, checkpoints=checkpoints), whole)


def test_a_saved_course_holds_each_month_once(tmp_path: Path) -> None:
    simulate(replace(RONGCHENG, residents=200), checkpoints=Checkpoints(tmp_path, every=6))
    names = sorted(path.name for path in tmp_path.glob("true-*.arrow"))
    assert names == ["true-12.arrow", "true-18.arrow", "true-6.arrow"]
    assert [path.name for path in tmp_path.glob("agents-*")] == ["agents-18.npz"]
    months = [pl.read_ipc(tmp_path / name)["occurred_on"].dt.month().unique().len() for name in names]
    assert months == [6, 6, 6]


@pytest.mark.parametrize("name", list(SETTINGS))
def test_a_branch_is_the_run_as_a_whole(name: str) -> None:
    setting = SETTINGS[name]
    reformed = replace(setting, reforms=(REFORM,))
    course = open_course(setting)
    live_on(course, until=12)
    branch = branch_off(course, reformed)
    live_on(branch)
    live_on(course)
    assert_same(finish(course), simulate(setting))
    assert_same(finish(branch), simulate(reformed))
    assert finish(branch).months["events"].to_list()[12:] != finish(course).months["events"].to_list()[12:]


def test_values_change_at_the_date_and_not_before() -> None:
    plain, reformed = simulate(RONGCHENG), simulate(replace(RONGCHENG, reforms=(REFORM,)))
    assert_frame_equal(plain.months.head(12), reformed.months.head(12))
    # Five times the rate of grave conduct: events of the second year are several times those of the first.
    years = [run.months["events"][12:].sum() / run.months["events"][:12].sum() for run in (plain, reformed)]
    assert years[0] == pytest.approx(1, abs=0.1)
    assert years[1] > 1.5


def test_participation_becomes_mandatory() -> None:
    forced = replace(HANGZHOU.scheme, participation=Participation.MANDATORY, digest="mandatory")
    run = simulate(replace(HANGZHOU, reforms=(Reform(date(2021, 1, 1), scheme=forced),)))
    assert run.months["taking_part"][11] < 700
    assert run.months["taking_part"][12:].to_list() == [800] * 12
    assert run.scheme is forced


def test_an_amended_scheme_settles_the_whole_ledger() -> None:
    doubled = replace(
        OBJECTED.scheme, digest="doubled",
        rules=tuple(
            replace(rule, points=rule.points.map(lambda p: p * 2)) if rule.points else rule
            for rule in OBJECTED.scheme.rules
        ),
    )  # fmt: skip
    run = simulate(replace(OBJECTED, reforms=(Reform(date(2021, 1, 1), scheme=doubled),)))
    whole = settle(doubled, run.recorded, as_of=date(2021, 12, 31))
    assert_frame_equal(run.standings, whole.standings.select(run.standings.columns))
    assert set(run.entries.filter(pl.col("rule") == "fine", pl.col("kind") == "event")["nominal"]) == {Decimal(-10)}


def test_another_scheme_settles_from_its_first_day_on() -> None:
    # The scheme of 2021 says that it carries points over from 18 June 2021 on: the two settled together, by
    # `settle_together`, are the other reading of the same law. The reform is dated 1 July, and so is the law there.
    other = find_scheme("rongcheng-2021")
    run = simulate(replace(RONGCHENG, first=date(2020, 7, 1), reforms=(Reform(date(2021, 7, 1), scheme=other),)))
    assert run.scheme is other
    before, after = run.recorded.filter(pl.col("recorded_on") < date(2021, 7, 1)), run.ledger
    assert after["recorded_on"].min() >= date(2021, 7, 1)
    assert before.height + after.height == run.recorded.height
    standings, entries = run.earlier["rongcheng"]
    everybody = pl.DataFrame({"subject_id": range(1200)})  # all take part
    old = settle(RONGCHENG.scheme, before, as_of=date(2021, 6, 30), subjects=everybody)
    assert_frame_equal(standings, old.standings.select(standings.columns))
    assert_frame_equal(entries, old.entries)
    assert other.succession is not None
    law = replace(other, succession=replace(other.succession, on=date(2021, 7, 1)))
    together = settle_together([RONGCHENG.scheme, law], run.recorded, as_of=date(2022, 6, 30), subjects=run.subjects)
    whole = together.settlements["rongcheng-2021"]
    columns = ["subject_id", "score", "tier", "published_score", "published_tier", "entries", "carried_from"]
    assert_frame_equal(run.standings.select(columns), whole.standings.select(columns))
    assert set(run.standings["carried_from"]) >= {"rongcheng"}
    assert_frame_equal(run.entries, whole.entries.select(run.entries.columns))
    # Who lost points before stands below the start at once.
    poor = standings.filter(pl.col("score") < 990)["subject_id"]
    assert poor.len() > 5
    assert (run.standings.filter(pl.col("subject_id").is_in(poor.implode()))["score"] < 1000).mean() > 0.8
    assert run.manifest["reforms"][0]["scheme"] == "rongcheng-2021"


def test_a_killed_run_with_two_schemes(tmp_path: Path) -> None:
    reform = Reform(date(2021, 2, 1), scheme=find_scheme("rongcheng-2021"))
    setting = replace(RONGCHENG, residents=300, reforms=(reform,))

    def kill(_: str, share: float) -> None:
        if share > 18.5 / 24:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        simulate(setting, tell=kill, checkpoints=Checkpoints(tmp_path, every=6))
    again, whole = simulate(setting, checkpoints=Checkpoints(tmp_path, every=6)), simulate(setting)
    assert_same(again, whole)
    for one, other in zip(again.earlier["rongcheng"], whole.earlier["rongcheng"], strict=True):
        assert_frame_equal(one, other)


def test_reforms_that_make_no_sense() -> None:
    for days in ((date(2020, 3, 2),), (date(2022, 1, 1),), (date(2021, 1, 1), date(2020, 6, 1)), (date(2019, 1, 1),)):
        with pytest.raises(ValueError, match="reforms from"):
            simulate(replace(RONGCHENG, reforms=tuple(Reform(day) for day in days)))
    with pytest.raises(ProblemsError, match="Y201"):  # before the first month is lived
        simulate(replace(RONGCHENG, reforms=(Reform(date(2021, 1, 1), values={"awareness.pp": 1.0}),)))
