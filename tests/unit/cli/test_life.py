"""`scslab life`: from a run folder to a timeline."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from scslab.cli.life import command
from scslab.ground.problems import ProblemsError
from scslab.scheme.catalogue import find_scheme
from scslab.society.folder import write_tables
from scslab.society.outcomes.life import find_records, trace_life
from scslab.society.population.profile import read_profile
from scslab.society.simulation import Setting, Simulated, simulate


@pytest.fixture(scope="module")
def run() -> Simulated:
    return simulate(
        Setting(find_scheme("rongcheng"), read_profile("rongcheng"), 300, 2, values={"behaviour.rare": 0.5})
    )


@pytest.fixture(scope="module")
def folder(run: Simulated, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run")
    write_tables(run, path)
    return path


def test_the_folder_tells_the_same_life_as_the_run(run: Simulated, folder: Path) -> None:
    for resident in (0, 7, 123):
        done = CliRunner().invoke(command, [str(folder), str(resident), "--json"])
        told = json.loads(done.output)
        life = trace_life(find_records(run, resident), resident)
        assert told["who"] == life.who
        assert [(step["day"], step["kind"]) for step in told["steps"]] == [(str(s.day), s.kind) for s in life.steps]


def test_the_timeline_is_told_in_both_languages(run: Simulated, folder: Path) -> None:
    busiest = run.recorded["subject_id"].value_counts(sort=True)["subject_id"][0]
    done = CliRunner().invoke(command, [str(folder), str(busiest)])
    assert done.exit_code == 0
    assert done.output.startswith(f"Number {busiest}.")
    assert "Is enrolled, without being asked." in done.output
    score = run.standings.filter(pl.col("subject_id") == busiest)["score"][0]
    assert f"{score:,}" in done.output
    chinese = CliRunner().invoke(command, [str(folder), str(busiest), "--language", "zh"])
    assert "被纳入，未经询问。" in chinese.output


def test_who_was_never_recorded_has_a_life_too(run: Simulated, folder: Path) -> None:
    quiet = min(set(range(300)) - set(run.recorded["subject_id"].to_list()))
    done = CliRunner().invoke(command, [str(folder), str(quiet)])
    assert done.exit_code == 0
    assert "Is enrolled" in done.output


def test_what_is_wrong_is_said(folder: Path, tmp_path: Path) -> None:
    def fail(*arguments: str) -> list[str]:
        failed = CliRunner().invoke(command, list(arguments)).exception
        assert isinstance(failed, ProblemsError)
        return [problem.code for problem in failed.problems]

    assert fail(str(folder), "300") == ["Y332"]
    assert fail(str(tmp_path), "0") == ["Y330"]
    (tmp_path / "simulation.json").write_text((folder / "simulation.json").read_text(encoding="utf-8"))
    assert fail(str(tmp_path), "0") == ["Y331"]
    for table in ("ledger", "true", "causes", "moves", "months"):
        (tmp_path / f"{table}.parquet").write_bytes((folder / f"{table}.parquet").read_bytes())
    text = (folder / "scheme.yaml").read_text(encoding="utf-8")
    (tmp_path / "scheme.yaml").write_text(text + "\n# changed\n", encoding="utf-8")
    assert fail(str(tmp_path), "0") == ["Y333"]
