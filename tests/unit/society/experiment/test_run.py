"""Experiments: common luck, any number of workers, shared histories, and taking up what was interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from polars.testing import assert_frame_equal

from scslab.cli.simulate import command
from scslab.ground.problems import Problem, ProblemsError
from scslab.society.course.branches import simulate_branches
from scslab.society.experiment.build import build_experiment
from scslab.society.experiment.model import Interval, build_setting
from scslab.society.experiment.paired import compare_pairs
from scslab.society.experiment.reader import read_experiment
from scslab.society.experiment.results import Effects
from scslab.society.experiment.run import run_experiment
from scslab.society.experiment.unknowns import rank_unknowns
from scslab.society.experiment.workers import map_units
from scslab.society.folder import open_society
from scslab.society.simulation import simulate

SMALL = build_experiment(
    "rongcheng", ["error-rate-halved", "mandatory-enrolment+campaign@2014-07-01"], residents=300, years=1, replicates=3
)


def assert_same(one: Effects, other: Effects) -> None:
    assert_frame_equal(one.outcomes, other.outcomes, check_exact=True)
    assert_frame_equal(one.effects, other.effects, check_exact=True)
    assert_frame_equal(one.runs, other.runs)
    assert one.manifest == other.manifest


@pytest.fixture(scope="module")
def small() -> Effects:
    return run_experiment(SMALL)


def test_workers_do_not_show(small: Effects) -> None:
    assert_same(run_experiment(SMALL, workers=2), small)


def test_replicates_differ_and_scenarios_share_their_luck(small: Effects) -> None:
    base = small.runs.filter(pl.col("scenario") == "baseline")
    assert base["ledger_digest"].n_unique() == 3
    by_replicate = small.runs.group_by("replicate").agg(pl.col("seed").n_unique(), pl.len())
    assert by_replicate["seed"].to_list() == [1, 1, 1]
    assert by_replicate["len"].to_list() == [3, 3, 3]
    assert small.runs["seed"].n_unique() == 3


def test_a_run_of_an_experiment_is_a_simulation(small: Effects) -> None:
    run = simulate(build_setting(SMALL, SMALL.get_scenario("mandatory-enrolment-campaign"), 2))
    row = small.runs.filter(pl.col("scenario") == "mandatory-enrolment-campaign", pl.col("replicate") == 2)
    assert row["ledger_digest"].to_list() == [run.manifest["ledger_digest"]]
    assert row["state_digest"].to_list() == [run.manifest["state_digest"]]


CRN = """
experiment: crn
scheme: rongcheng
population: rongcheng
residents: 400
years: 1
replicates: 20
scenarios:
  - {id: fewer, values: {behaviour.rare: 0.09}}
  - {id: louder, values: {awareness.q: 0.42}}
outputs: {measures: [events, aware], tables: none}
"""


def test_common_luck_cuts_the_variance_at_least_tenfold() -> None:
    # The issue asks for a ratio of at least 10 against independent runs. A tenth less of grave conduct: variances of
    # the events of a month, summed over the months. A tenth more word of mouth: who knows at the end.
    result = run_experiment(read_experiment(CRN.encode()))
    wide = result.outcomes.filter(pl.col("measure") == "events").pivot(
        on="scenario", index=["replicate", "month"], values="value"
    )
    base, fewer = pl.col("baseline"), pl.col("fewer")
    variances = wide.group_by("month").agg((base.var() + fewer.var()).alias("independent"), (fewer - base).var()).sum()
    assert variances["independent"][0] / variances["fewer"][0] > 10
    last = result.effects.filter(pl.col("month") == date(2014, 12, 31))
    louder = last.filter(pl.col("scenario") == "louder", pl.col("measure") == "aware").row(0, named=True)
    assert louder["variance_ratio"] > 10
    assert louder["difference"] > 0
    # Nothing but what was changed differs: not one event of the louder scenario, as all take part there anyway.
    events = result.effects.filter(pl.col("scenario") == "louder", pl.col("measure") == "events")
    assert events["difference"].abs().max() == 0


def test_paired_intervals_by_hand() -> None:
    # Differences 1, 1, 2: mean 4/3, s = .57735, t(.975, 2) = 4.302653, half = 4.302653 × .57735 / sqrt(3) = 1.434218.
    # Variances 1 and 7/3 against 1/3: ratio (1 + 7/3) / (1/3) = 10.
    rows = [("a", r, date(2020, 1, 31), "x", v) for r, v in enumerate([1.0, 2.0, 3.0])]
    rows += [("b", r, date(2020, 1, 31), "x", v) for r, v in enumerate([2.0, 3.0, 5.0])]
    table = pl.DataFrame(rows, schema=["scenario", "replicate", "month", "measure", "value"], orient="row")
    effect = compare_pairs(table, "a").row(0, named=True)
    assert effect["difference"] == pytest.approx(4 / 3)
    assert effect["high"] - effect["low"] == pytest.approx(2 * 1.434218, abs=1e-5)
    assert effect["variance_ratio"] == pytest.approx(10)
    # Of 27 equally likely resamples 8 have mean 1 and one has mean 2: the percentiles of 95 % are those ends.
    drawn = compare_pairs(table, "a", interval=Interval.BOOTSTRAP).row(0, named=True)
    assert (drawn["low"], drawn["high"]) == (1.0, 2.0)
    # One replicate has no interval; without any variance there is no ratio.
    alone = compare_pairs(table.filter(pl.col("replicate") == 0), "a").row(0, named=True)
    assert (alone["low"], alone["high"], alone["variance_ratio"]) == (None, None, None)


def test_a_difference_that_never_varies_has_no_ratio() -> None:
    # Runs vary and their difference is .1 each time: the ratio would be infinite. 1.1 - 1.0 and 10.1 - 10.0 differ in
    # their last bits, which is no variance either.
    rows = [("a", r, date(2020, 1, 31), "x", float(r)) for r in (1, 2, 10)]
    rows += [("b", r, date(2020, 1, 31), "x", r + 0.1) for r in (1, 2, 10)]
    table = pl.DataFrame(rows, schema=["scenario", "replicate", "month", "measure", "value"], orient="row")
    assert (table["value"][3] - 1.0) != (table["value"][5] - 10.0)
    effect = compare_pairs(table, "a").row(0, named=True)
    assert effect["variance_ratio"] is None
    assert effect["low"] == pytest.approx(0.1)


def test_an_effect_rests_on_the_replicates_that_have_both() -> None:
    # Replicate 2 has no measure under a, replicate 3 none under b: 0 and 1 are left, with differences 1 and 3.
    day = date(2020, 1, 31)
    rows = [("a", r, day, "x", v) for r, v in ((0, 1.0), (1, 2.0), (3, 100.0))]
    rows += [("b", r, day, "x", v) for r, v in ((0, 2.0), (1, 5.0), (2, -100.0))]
    table = pl.DataFrame(rows, schema=["scenario", "replicate", "month", "measure", "value"], orient="row")
    effect = compare_pairs(table, "a").row(0, named=True)
    assert (effect["replicates"], effect["difference"]) == (2, 2.0)
    assert (effect["mean"], effect["mean_against"]) == (3.5, 1.5)


def test_bands_are_quantiles_of_the_replicates() -> None:
    # Differences 0 … 20: the 5th and the 95th percentile are 1 and 19.
    day = date(2020, 1, 31)
    rows = [("a", r, day, "x", 5.0) for r in range(21)] + [("b", r, day, "x", 5.0 + r) for r in range(21)]
    table = pl.DataFrame(rows, schema=["scenario", "replicate", "month", "measure", "value"], orient="row")
    effect = compare_pairs(table, "a").row(0, named=True)
    assert (effect["band_low"], effect["difference"], effect["band_high"]) == (1.0, 10.0, 19.0)


def write_draws(folder: Path, draws: list[dict[str, float]]) -> None:
    rows = [(k, name, "", value) for k, draw in enumerate(draws) for name, value in draw.items()]
    pl.DataFrame(rows, schema=["draw", "name", "city", "value"], orient="row").write_parquet(folder / "draws.parquet")


DRAWN = """
experiment: drawn
scheme: qianjiang
population: hangzhou
residents: 300
years: 2
replicates: 6
draws: .
values: {joining.b0: 0.5}
scenarios: [{id: louder, interventions: campaign}, {id: still, values: {awareness.q: 0.0}}]
outputs: {tables: none}
"""


def test_each_replicate_lives_by_a_draw_in_all_scenarios(tmp_path: Path) -> None:
    draws = [{"awareness.p": 0.02 * (k + 1), "awareness.q": 0.1 * k, "joining.b0": -3.0} for k in range(4)]
    write_draws(tmp_path, draws)
    experiment = read_experiment(DRAWN.encode(), folder=tmp_path)
    used: list[float] = []
    for replicate in range(6):
        settings = {each.id: build_setting(experiment, each, replicate).values for each in experiment.scenarios}
        base = settings["baseline"]
        used.append(base["awareness.p"])
        drawn = next(draw for draw in draws if draw["awareness.p"] == base["awareness.p"])
        assert base["awareness.q"] == drawn["awareness.q"]
        assert base["joining.b0"] == 0.5  # what the experiment sets goes first
        assert settings["louder"]["awareness.p"] > base["awareness.p"]  # the campaign moves the drawn value
        assert settings["still"] == {**base, "awareness.q": 0.0}
    assert sorted(used[:4]) == pytest.approx([0.02, 0.04, 0.06, 0.08])  # each draw once, then from the beginning
    assert used[4:] == used[:2]
    result = run_experiment(experiment)
    assert result.manifest["draws"] == 4
    assert_same(run_experiment(experiment, workers=2), result)
    # Replicates differ by far more than by luck: awareness at the end goes with the draw.
    last = result.outcomes.filter(pl.col("measure") == "aware", pl.col("scenario") == "still")
    ends = last.filter(pl.col("month") == pl.col("month").max()).sort("replicate")["value"].to_list()
    assert used[ends.index(max(ends))] == max(used)
    assert used[ends.index(min(ends))] == min(used)
    assert max(ends) > 2 * min(ends)


def test_what_is_unknown_is_drawn_from_its_prior(tmp_path: Path) -> None:
    write_draws(tmp_path, [{"awareness.p": 0.02 * (k + 1)} for k in range(4)])
    text = DRAWN.replace("replicates: 6", "replicates: 6\npriors: drawn")
    experiment = read_experiment(text.encode(), folder=tmp_path)
    values = [build_setting(experiment, experiment.scenarios[0], r).values for r in range(4)]
    assert sorted(each["awareness.p"] for each in values) == pytest.approx([0.02, 0.04, 0.06, 0.08])
    for name in ("observation.false_rate", "behaviour.deterrence", "objection.false"):
        assert len({each[name] for each in values}) == 4
    assert {each["joining.b0"] for each in values} == {0.5}
    assert not any(name.startswith("fatigue") and name != "fatigue.months" for name in values[0])
    alone = read_experiment(text.replace("draws: .", "").encode(), folder=tmp_path)
    assert len(alone.draws) == 1000
    assert len({build_setting(alone, alone.scenarios[0], r).values["awareness.p"] for r in range(4)}) == 4


def test_draws_that_cannot_be_had_are_told_with_their_place(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"experiment.yaml:8:8: Y412 no calibration stands here"):
        read_experiment(DRAWN.encode(), folder=tmp_path)


def test_shared_histories_are_whole_runs() -> None:
    settings = [build_setting(SMALL, each, 1) for each in SMALL.scenarios]
    later = build_experiment("rongcheng", ["campaign@2014-10-01"], residents=300, years=1)
    settings.append(build_setting(later, later.scenarios[1], 1))
    for number, run in simulate_branches(settings):
        whole = simulate(settings[number])
        assert run.manifest == whole.manifest
        assert_frame_equal(run.entries, whole.entries)
        assert_frame_equal(run.months, whole.months)


def test_an_interrupted_experiment_goes_on(small: Effects, tmp_path: Path) -> None:
    def kill(_: str, share: float) -> None:
        if share > 0.5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        run_experiment(SMALL, keep=tmp_path, tell=kill)
    done = len(list(tmp_path.glob("*.json")))
    assert 0 < done < 6
    said: list[str] = []
    again = run_experiment(SMALL, keep=tmp_path, say=said.append)
    assert said == [f"An earlier run was interrupted: {done} of 6 parts are there, this run does the rest."]
    assert_same(again, small)


def fail(unit: str, tell: Callable[[str, float], None]) -> Any:
    """What a worker may do wrong."""
    if unit == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if unit == "problem":
        raise ProblemsError([Problem("Y999", "a problem of the unit", help="with help")])
    if unit == "bug":
        raise ZeroDivisionError
    return unit


@pytest.mark.parametrize(
    ("unit", "error", "text"),
    [("die", ProblemsError, "Y320"), ("problem", ProblemsError, "with help"), ("bug", RuntimeError, "ZeroDivision")],
)
def test_what_goes_wrong_in_a_worker_is_told(
    unit: str, error: type[Exception], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]))
    with pytest.raises(error, match=text):
        list(map_units("test_run:fail", ["fine", unit, "fine"], workers=2))


def wait_for(path: Path, pattern: str, process: subprocess.Popen[bytes]) -> None:
    """Until a file of that pattern stands there, or the process has ended."""
    while process.poll() is None and not list(path.glob(pattern)):
        time.sleep(0.01)


def test_a_killed_command_goes_on_to_the_same_tables(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "scslab", "simulate", "rongcheng", "--residents", "4000", "--years", "6"]
    line += ["--no-report", "--json", "--checkpoint-every", "3"]
    program = [sys.executable, "-c", "from scslab.cli.main import main; main()", *line[3:]]
    whole = subprocess.run([*program, "--out", str(tmp_path / "whole")], capture_output=True, check=True)
    killed = subprocess.Popen(
        [*program, "--out", str(tmp_path / "run")], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    wait_for(tmp_path, ".run.checkpoint/checkpoint.json", killed)
    killed.kill()
    killed.communicate()
    assert not (tmp_path / "run").exists()
    again = subprocess.run([*program, "--out", str(tmp_path / "run")], capture_output=True, check=True)
    assert b"An earlier run was interrupted: this one goes on after" in again.stderr
    # Apart from the digest of the code: somebody may work on it while the tests run.
    manifests = [{k: v for k, v in json.loads(run.stdout).items() if k != "code_digest"} for run in (again, whole)]
    assert manifests[0] == manifests[1]
    assert not (tmp_path / ".run.checkpoint").exists()
    names = sorted(path.name for path in (tmp_path / "whole").glob("*.parquet"))
    assert names == sorted(path.name for path in (tmp_path / "run").glob("*.parquet"))
    for name in names:
        assert_frame_equal(pl.read_parquet(tmp_path / "run" / name), pl.read_parquet(tmp_path / "whole" / name))


def test_interrupting_leaves_no_process_behind(tmp_path: Path) -> None:
    code = "from scslab.cli.main import main; main()"
    line = ["simulate", "rongcheng", "--residents", "2000", "--years", "3", "--replicates", "40", "--no-report"]
    line += ["--workers", "2", "--out", str(tmp_path / "run")]
    process = subprocess.Popen([sys.executable, "-c", code, *line], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for(tmp_path, ".run.checkpoint/*.json", process)
    children = [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
    process.send_signal(signal.SIGINT)
    _, told = process.communicate()
    assert process.returncode == 130
    assert b"the same command goes on from there" in told
    assert children
    assert not any(Path(f"/proc/{pid}").exists() for pid in children)
    assert not (tmp_path / "run").exists()


def test_the_command_compares(tmp_path: Path) -> None:
    out = tmp_path / "run"
    line = ["qianjiang", "--city", "hangzhou", "--intervention", "easier-registration", "--compare", "baseline"]
    line += ["--replicates", "2", "--residents", "200", "--years", "1", "--workers", "1", "--out", str(out)]
    result = CliRunner().invoke(command, line, catch_exceptions=False)
    assert result.exit_code == 0
    assert "2 scenarios of 200 residents of Hangzhou under Qianjiang Score" in result.output
    assert "acceptance" in result.output
    found = open_society(out)
    assert found.is_experiment
    assert set(found.list()) == {"effects", "outcomes", "runs"}
    assert set(found.read("effects")["scenario"]) == {"easier-registration"}
    assert found.open_scenario("baseline").read("months").height == 12
    given = read_experiment(out / "experiment.yaml")
    assert (given.replicates, given.base.residents, given.base.profile.id) == (2, 200, "hangzhou")
    assert run_experiment(given).manifest["outcomes_digest"] == found.manifest["outcomes_digest"]
    # The experiment file that it wrote runs to the same.
    again = CliRunner().invoke(
        command, [str(out / "experiment.yaml"), "--out", str(tmp_path / "b"), "--json", "--no-report"]
    )
    assert json.loads(again.output)["effects_digest"] == found.manifest["effects_digest"]
    with pytest.raises(ProblemsError, match="Y330"):
        open_society(tmp_path)


def test_interventions_that_find_nothing_to_change_are_told(tmp_path: Path) -> None:
    line = [
        "qianjiang",
        "--intervention",
        "shorter-validity",
        "--replicates",
        "2",
        "--residents",
        "200",
        "--years",
        "1",
    ]
    result = CliRunner().invoke(command, [*line, "--workers", "1", "--out", str(tmp_path / "run")])
    assert result.exit_code == 0
    assert "`shorter-validity` finds nothing to change in the rules (validity)" in result.stderr
    html = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "finds nothing to change in these rules" in html
    assert "在该方案规则中无可改之处" in html


def test_the_command_lists_interventions_and_refuses_what_the_file_says(tmp_path: Path) -> None:
    shown = CliRunner().invoke(command, ["--list-interventions"]).output
    assert "joining.burden set to 0.25" in shown
    assert shown.count("source: ") == 12
    file = tmp_path / "e.yaml"
    file.write_text("experiment: e\nscheme: rongcheng\n", encoding="utf-8")
    assert (
        "--city: the experiment file says that" in CliRunner().invoke(command, [str(file), "--city", "xiamen"]).output
    )
    line = ["rongcheng", "--intervention", "campain", "--out", str(tmp_path / "x")]
    with pytest.raises(ProblemsError, match="did you mean `campaign`"):
        CliRunner().invoke(command, line, catch_exceptions=False)


def test_unknowns_are_ranked_by_how_outcomes_go_with_them() -> None:
    # Perfect orders have rank correlations of 1 and -1 by definition; the third does not vary with the replicate.
    draws = tuple({"awareness.p": 0.01 * k, "awareness.q": 1.0 - 0.01 * k, "joining.fear": 0.3} for k in range(1, 25))
    experiment = replace(SMALL, replicates=24, draws=draws)
    day = date(2020, 1, 31)
    rows = [("baseline", k, day, "aware", float(k * k)) for k in range(24)]
    table = pl.DataFrame(rows, schema=["scenario", "replicate", "month", "measure", "value"], orient="row")
    found = rank_unknowns(experiment, table)
    told = {row["parameter"]: round(row["correlation"], 9) for row in found.iter_rows(named=True)}
    assert told == {"awareness.p": 1.0, "awareness.q": -1.0}
    assert set(found["replicates"]) == {24}
    assert rank_unknowns(replace(experiment, replicates=19), table).height == 0
    assert rank_unknowns(replace(experiment, draws=draws[:10]), table).height == 0  # ten draws are ten looks


def test_the_report_tells_which_unknowns_decide(tmp_path: Path) -> None:
    rates, others = np.linspace(0.02, 1.0, 24), np.random.default_rng(1).permutation(24) / 24
    pairs = zip(rates.tolist(), others.tolist(), strict=True)
    write_draws(tmp_path, [{"behaviour.rare": rate, "joining.fear": other} for rate, other in pairs])
    line = ["rongcheng", "--residents", "150", "--years", "1", "--replicates", "24", "--workers", "1"]
    line += ["--draws", str(tmp_path), "--out", str(tmp_path / "run")]
    result = CliRunner().invoke(command, line, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found = pl.read_parquet(tmp_path / "run" / "unknowns.parquet").filter(pl.col("measure") == "mean_score")
    # Grave conduct takes points; fear moves who joins, and here all are enrolled.
    assert found["parameter"].to_list() == ["behaviour.rare", "joining.fear"]
    assert found["correlation"][0] < -0.8
    assert found["p"][1] > 0.01
    html = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "Which unknowns decide" in html
    assert "哪些未知量起决定作用" in html
