"""A society part by part is the society in one piece."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from polars.testing import assert_frame_equal

from scslab.cli.simulate import command
from scslab.ground.problems import ProblemsError
from scslab.scheme.catalogue import find_scheme
from scslab.society.course.path import cut_parts, find_path, live_through, make_calendar
from scslab.society.month.agents import make_agents
from scslab.society.parts import IDS_OF_A_PART, simulate_parts
from scslab.society.population.population import make_population
from scslab.society.population.profile import read_profile
from scslab.society.randomness.seeds import seed_of_replicate
from scslab.society.setting import Reform, Setting
from scslab.society.simulation import simulate

RONGCHENG = Setting(find_scheme("rongcheng"), read_profile("rongcheng"), 3000, 1)
# Many learn, join and leave, and those who lost points leave twenty times as often: the settlement acts on the path.
RESTLESS = Setting(
    find_scheme("hangzhou-qianjiang"), read_profile("hangzhou"), 2500, 1, replicate=2,
    values={"awareness.p": 2.0, "awareness.q": 6.0, "joining.b0": 1.0, "joining.considers": 0.6, "joining.social": 6.0,
            "leaving.rate": 1.0, "leaving.loss": 3.0, "behaviour.rare": 6.0, "observation.negative": 0.9},
)  # fmt: skip
MONTHS = ["month", "aware", "taking_part", "joined", "left", "acceptance", "events", "recorded", "false_entries"]


def test_parts_are_who_they_are_in_the_whole() -> None:
    whole = make_population(read_profile("survey-2018"), 5000, 4)
    agents = make_agents(whole)
    for start, n in cut_parts(5000, 2000):
        part = make_agents(whole.take_part(start, n))
        assert (part.cell == agents.cell[start : start + n]).all()
        assert (part.code == agents.code[start : start + n]).all()
    assert whole.take_part(1024, 2048).take_part(1024, 100).start == 2048
    with pytest.raises(ValueError, match="not all among"):
        whole.take_part(0, 1024).find_cells(1000, 25)


@pytest.mark.parametrize("part", [1024, 2000])
@pytest.mark.parametrize("threads", [1, 2])
def test_the_path_is_that_of_one_piece(part: int, threads: int) -> None:
    population = make_population(RESTLESS.profile, RESTLESS.residents, RESTLESS.seed)
    calendar, seed = make_calendar(RESTLESS, population), seed_of_replicate(1, 2)
    whole = live_through(calendar, population, seed, None)
    path, rounds = find_path(calendar, population, cut_parts(population.n, part), seed, threads=threads)
    assert (path[:, :5] == whole[:, :5]).all()
    assert 1 < rounds <= 13
    run = simulate_parts(RESTLESS, part=part)
    assert run.months["events"].to_list() == whole[:, 5].tolist()
    assert run.months["false_entries"].to_list() == whole[:, 7].tolist()
    assert whole[:, 5].min() > 100


def test_thresholds_of_awareness_need_the_shares_themselves() -> None:
    values = {"awareness.p": 0.5, "threshold.weight": 0.8}
    setting = replace(RESTLESS, values={**RESTLESS.values, **values})
    population = make_population(setting.profile, setting.residents, setting.seed)
    calendar, seed = make_calendar(setting, population), seed_of_replicate(1, 2)
    path, _ = find_path(calendar, population, cut_parts(population.n, 1024), seed)
    assert (path[:, :5] == live_through(calendar, population, seed, None)[:, :5]).all()


def test_what_is_settled_in_parts_is_what_is_settled_in_one_piece(tmp_path: Path) -> None:
    run, whole = simulate_parts(RONGCHENG, part=1024, settles=True, folder=tmp_path), simulate(RONGCHENG)
    assert_frame_equal(run.months, whole.months.select(MONTHS))
    assert_frame_equal(run.tiers, whole.tiers)
    folders = sorted(tmp_path.iterdir())
    assert len(folders) == run.manifest["parts"] == 3
    standings = pl.concat(pl.read_parquet(folder / "standings.parquet") for folder in folders)
    assert_frame_equal(standings.sort("subject_id"), whole.standings)
    # Event ids count within a part; all else of an entry is the same, in the same order.
    entries = pl.concat(pl.read_parquet(folder / "entries.parquet") for folder in folders)
    assert_frame_equal(entries.drop("event_id"), whole.entries.drop("event_id"))
    ledger = pl.concat(pl.read_parquet(folder / "ledger.parquet") for folder in folders)
    assert ledger["event_id"].is_unique().all()
    assert (ledger["event_id"] // IDS_OF_A_PART == ledger["subject_id"] // 1024).all()


def test_where_losses_make_people_leave_all_parts_are_settled_until_nothing_changes() -> None:
    run, whole = simulate_parts(RESTLESS, part=1024, settles=True), simulate(RESTLESS)
    assert_frame_equal(run.months, whole.months.select(MONTHS))
    assert_frame_equal(run.tiers, whole.tiers)
    idle = simulate_parts(RESTLESS, part=1024)
    assert idle.months["left"].to_list() != run.months["left"].to_list()
    assert run.rounds > idle.rounds


@pytest.mark.parametrize(
    ("name", "profile"), [("sesame", "survey-2018"), ("customs-credit", "businesses"), ("rongcheng", "rongcheng")]
)
def test_an_index_lists_with_repair_and_a_reform(name: str, profile: str) -> None:
    values = {"awareness.p": 2.0, "behaviour.rare": 2.0}
    setting = Setting(find_scheme(name), read_profile(profile), 1500, 1, values=values)
    if name == "rongcheng":
        setting = replace(setting, reforms=(Reform(date(2020, 6, 1), {"behaviour.rare": 0.2, "awareness.p": 1.0}),))
    run, whole = simulate_parts(setting, part=1024, settles=True), simulate(setting)
    assert_frame_equal(run.months, whole.months.select(MONTHS))
    assert_frame_equal(run.tiers, whole.tiers)


def test_what_parts_would_cut_is_refused() -> None:
    scheme = find_scheme("tax-credit-2025")
    assert scheme.spread
    with pytest.raises(ProblemsError, match="Y611"):
        simulate_parts(Setting(scheme, read_profile("businesses"), 2000, 1))
    with pytest.raises(ValueError, match="settles=True"):
        simulate_parts(RONGCHENG, folder=Path("nowhere"))


def test_parts_begin_at_blocks() -> None:
    assert cut_parts(1000, 1) == [(0, 1000)]
    parts = cut_parts(100_000, 7000)
    assert all(start % 1024 == 0 for start, _ in parts)
    assert sum(n for _, n in parts) == 100_000
    assert np.diff([start for start, _ in parts]).tolist() == [7168] * (len(parts) - 1)


def test_the_command_by_parts_gives_the_months_of_the_whole(tmp_path: Path) -> None:
    arguments = ["rongcheng", "--residents", "1500", "--years", "1", "--quiet", "--out"]
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    CliRunner().invoke(command, [*arguments, str(whole), "--no-report"], catch_exceptions=False)
    CliRunner().invoke(command, [*arguments, str(parts), "--by-parts"], catch_exceptions=False)
    expected = pl.read_parquet(whole / "months.parquet")
    assert_frame_equal(pl.read_parquet(parts / "months.parquet"), expected.select(MONTHS))
    assert_frame_equal(pl.read_parquet(parts / "tiers.parquet"), pl.read_parquet(whole / "tiers.parquet"))
    assert (parts / "simulation.json").is_file()
    assert (parts / "odd.html").is_file()
    told = CliRunner().invoke(command, [*arguments, str(tmp_path / "x"), "--by-parts", "--replicates", "2"])
    assert "for a single run" in told.output
