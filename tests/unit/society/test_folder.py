"""The folder of a run stands for itself: its files settle, byte for byte, to its standings and entries."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from polars.testing import assert_frame_equal

from scslab.cli.life import command as life_command
from scslab.cli.main import scslab as cli
from scslab.report.society import build_society_report
from scslab.scheme.catalogue import find_scheme, list_names
from scslab.scheme.model import Status
from scslab.scheme.reader import read_scheme
from scslab.society.experiment.amendments import amend
from scslab.society.experiment.build import build_experiment
from scslab.society.experiment.interventions import INTERVENTIONS
from scslab.society.experiment.model import build_setting
from scslab.society.folder import list_schemes, tell_settling, write_tables
from scslab.society.population.profile import read_profile
from scslab.society.simulation import Reform, Setting, Simulated, simulate
from unit.society.settings import OBJECTED, RONGCHENG

AMENDING = [each.id for each in INTERVENTIONS.values() if each.amendments]


def intervene(name: str) -> Setting:
    experiment = build_experiment("rongcheng", [name], residents=300, years=3)
    return build_setting(experiment, experiment.scenarios[-1], 0)


def set_business(scheme: str) -> Setting:
    return Setting(find_scheme(scheme), read_profile("businesses"), 200, 2)


SETTINGS = {
    "points": replace(RONGCHENG, residents=300),
    "objections and a list": OBJECTED,
    "an index": Setting(find_scheme("sesame"), read_profile("survey-2018"), 200, 2, values={"awareness.p": 3.0}),
    "an index that reads another": Setting(
        find_scheme("egret"), read_profile("xiamen"), 300, 1, beside=find_scheme("sesame"),
        values={"awareness.p": 3.0, "joining.b0": 2.0},
    ),
    "businesses": set_business("food-safety"),
    "links along which something spreads": set_business("samr-serious-violations"),
    "a reform on the way": replace(
        RONGCHENG, residents=300,
        reforms=(Reform(date(2021, 1, 1), scheme=amend(find_scheme("rongcheng"), INTERVENTIONS["repair"].amendments)),),
    ),
}  # fmt: skip


def settle_folder(run: Simulated, folder: Path) -> Path:
    """What the command that a run tells makes of the files of its folder."""
    folder.mkdir()
    write_tables(run, folder)
    out = folder / "settled"
    words = shlex.split(tell_settling(run, folder))[1:]
    result = CliRunner().invoke(cli, [*words, "--out", str(out), "--no-report"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return out


def assert_same_bytes(folder: Path, out: Path, names: tuple[str, ...] = ("standings", "entries")) -> None:
    for name in names:
        one, other = folder / f"{name}.parquet", out / f"{name}.parquet"
        if one.is_file():
            assert_frame_equal(pl.read_parquet(one), pl.read_parquet(other))
            assert one.read_bytes() == other.read_bytes(), name


@pytest.mark.parametrize("name", SETTINGS)
def test_a_folder_settles_to_its_own_bytes(name: str, tmp_path: Path) -> None:
    run = simulate(SETTINGS[name])
    assert_same_bytes(tmp_path / "run", settle_folder(run, tmp_path / "run"))
    assert tell_settling(run) in build_society_report(run).replace("&#39;", "'")


@pytest.mark.parametrize("name", AMENDING)
def test_an_amended_scheme_is_in_the_folder(name: str, tmp_path: Path) -> None:
    run = simulate(intervene(name))
    folder = tmp_path / "run"
    assert_same_bytes(folder, settle_folder(run, folder))
    assert run.scheme.text.startswith("# rongcheng, amended by scslab: ")
    assert run.scheme.digest == read_scheme((folder / "scheme.yaml").read_bytes()).digest
    told = CliRunner().invoke(life_command, [str(folder), "1"], catch_exceptions=False)
    assert told.exit_code == 0


def test_schemes_that_were_succeeded_stand_beside(tmp_path: Path) -> None:
    other = find_scheme("rongcheng-2021")
    run = simulate(replace(RONGCHENG, residents=200, reforms=(Reform(date(2021, 1, 1), scheme=other),)))
    write_tables(run, tmp_path)
    assert list_schemes(run) == {"scheme.yaml": other, "scheme-rongcheng.yaml": RONGCHENG.scheme}
    assert (tmp_path / "scheme-rongcheng.yaml").read_text(encoding="utf-8") == RONGCHENG.scheme.text


@pytest.mark.parametrize("name", list_names())
def test_every_shipped_scheme_can_be_amended_and_read_back(name: str) -> None:
    scheme = find_scheme(name)
    if scheme.status is Status.STUB:
        return
    for intervention in INTERVENTIONS.values():
        for since in (None, date(2021, 1, 1)):
            # Compares what it reads back with what was meant, and raises where they differ.
            amended = amend(scheme, intervention.amendments, since)
            assert amended is scheme or read_scheme(amended.text).digest == amended.digest


def test_scores_are_for_an_index(tmp_path: Path) -> None:
    run = simulate(SETTINGS["points"])
    write_tables(run, tmp_path)
    pl.DataFrame({"subject_id": [1], "published_on": [date(2020, 1, 1)], "score": [1.0]}).write_parquet(
        tmp_path / "scores.parquet"
    )
    line = ["settle", str(tmp_path / "scheme.yaml"), str(tmp_path / "ledger.parquet"), "--out", str(tmp_path / "out")]
    told = CliRunner().invoke(cli, [*line, "--scores", f"sesame={tmp_path / 'scores.parquet'}"])
    assert "R034" in str(told.exception)
    told = CliRunner().invoke(cli, [*line, "--scores", "sesame=nothing.csv"])
    assert "this is no table of subject_id" in told.output
