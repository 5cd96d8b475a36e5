"""The commands as a user meets them: what they print, where they write, how they end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from scslab.cli.main import scslab
from scslab.ground.problems import ProblemsError

SCHEME = """\
scheme: blood
title: {en: Blood, zh: 献血}
operator: {kind: research, name: {en: scslab}}
subjects: {kind: business}
events:
  donation.blood: {millilitres: integer}
  contract.breach: {amount: number}
score: {start: 1000, floor: 0, ceiling: 1300}
tiers:
  - {id: C, from: 0}
  - {id: A, from: 1005}
rules:
  - {id: give, on: donation.blood, points: 5, cap: {points: 8, per: year}, valid: 12 months}
  - {id: breach, on: contract.breach, when: amount >= 100, points: -20}
"""
# By hand: s1 gives twice in 2024, 5 + 3 (cap 8) = 1008, tier A; s2's breach of 50 is too small, 1000, tier C.
EVENTS = """\
event_id,subject_id,type,occurred_on,amount
e1,s1,donation.blood,2024-01-10,
e2,s1,donation.blood,2024-02-10,
e3,s2,contract.breach,2024-03-10,50
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")  # so that no table wraps
    (tmp_path / "scheme.yaml").write_text(SCHEME, encoding="utf-8")
    (tmp_path / "events.csv").write_text(EVENTS, encoding="utf-8")
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(scslab, words, catch_exceptions=False)


def test_settle_then_explain(folder: Path) -> None:
    settled = run("settle", "scheme.yaml", "events.csv", "--out", "out", "--no-report")
    assert settled.exit_code == 0
    assert "Rows in: 3 = 3 settled + 0 set aside" in settled.output
    assert "no condition held: 1" in settled.output
    standings = pl.read_parquet(folder / "out" / "standings.parquet")
    assert standings.select("subject_id", "score").rows() == [("s1", 1008), ("s2", 1000)]
    explained = run("explain", "out", "s1")
    assert "score 1008, tier A" in explained.output
    assert "the rule's own cap left 3 of 5" in explained.output
    assert "On 2025-01-10 the entry of 2024-01-10" in explained.output
    assert "asks for amount >= 100" in run("explain", "out", "s2").output


def test_the_run_says_where_it_came_from(folder: Path) -> None:
    run("settle", "scheme.yaml", "events.csv", "--out", "out", "--no-report")
    described = json.loads((folder / "out" / "run.json").read_text(encoding="utf-8"))
    assert described["scheme"] == "blood"
    assert (folder / "out" / "scheme.yaml").read_text(encoding="utf-8") == SCHEME
    assert len(described["scheme_digest"]) == len(described["input_digest"]) == 64
    assert described["counts"]["events_posted"] == 2


def test_json_is_all_that_is_printed(folder: Path) -> None:
    result = run("settle", "scheme.yaml", "events.csv", "--no-report", "--json")
    assert json.loads(result.stdout)["tiers"] == {"A": 1, "C": 1}
    assert (folder / "runs" / folder.name / "run.json").is_file()


def test_a_second_run_takes_another_name_or_must_be_told_to_replace(folder: Path) -> None:
    for _ in range(2):
        run("settle", "scheme.yaml", "events.csv", "--standings-only", "--quiet")
    assert sorted(path.name for path in (folder / "runs").iterdir()) == [folder.name, f"{folder.name}-2"]
    with pytest.raises(ProblemsError, match="R030"):
        run("settle", "scheme.yaml", "events.csv", "--out", f"runs/{folder.name}", "--quiet")
    assert run("settle", "scheme.yaml", "events.csv", "--out", f"runs/{folder.name}", "--replace").exit_code == 0


def test_standings_only_gives_the_same_standings_and_explains_nothing(folder: Path) -> None:
    run("settle", "scheme.yaml", "events.csv", "--out", "full", "--no-report", "--quiet")
    run("settle", "scheme.yaml", "events.csv", "--out", "short", "--standings-only", "--quiet")
    full, short = (pl.read_parquet(folder / name / "standings.parquet") for name in ("full", "short"))
    assert full.equals(short)
    with pytest.raises(ProblemsError, match="R033"):
        run("explain", "short", "s1")


def test_rows_that_cannot_be_used_are_set_aside_or_stop_the_work(folder: Path) -> None:
    (folder / "events.csv").write_text(EVENTS + "e4,s2,contract.brech,2024-03-11,500\n", encoding="utf-8")
    result = run("settle", "scheme.yaml", "events.csv", "--out", "out", "--no-report")
    assert "4 = 3 settled + 1 set aside" in result.output
    problems = (folder / "out" / "problems.csv").read_text(encoding="utf-8")
    assert "did you mean `contract.breach`?" in problems
    with pytest.raises(ProblemsError, match=r"row 4.*L004"):
        run("settle", "scheme.yaml", "events.csv", "--out", "strict", "--strict")
    assert not (folder / "strict").exists()


def test_check_tells_problems_with_their_places(folder: Path) -> None:
    assert run("check", "scheme.yaml").exit_code == 0
    (folder / "scheme.yaml").write_text(SCHEME.replace("on: contract.breach", "on: contract.brech"), encoding="utf-8")
    result = run("check", "scheme.yaml")
    assert result.exit_code == 1
    assert "scheme.yaml:14:" in result.output
    assert "help: did you mean `contract.breach`?" in result.output


def test_check_runs_the_cases_beside_the_scheme(folder: Path) -> None:
    cases = """\
cases:
  - name: one gift
    why: 1000 + 5
    events: [{id: e1, type: donation.blood, on: 2024-01-10}]
    as_of: 2024-01-31
    expect: {score: SCORE, tier: A}
"""
    (folder / "cases.yaml").write_text(cases.replace("SCORE", "1005"), encoding="utf-8")
    assert "1 of 1 cases come out as written" in run("check", "scheme.yaml").output
    (folder / "cases.yaml").write_text(cases.replace("SCORE", "1006"), encoding="utf-8")
    result = run("check", ".")
    assert result.exit_code == 1
    assert "cases.yaml:6:" in result.output


def test_shipped_things_are_listed_shown_and_found() -> None:
    listed = json.loads(run("catalogue", "--json").stdout)
    assert {scheme["id"] for scheme in listed["schemes"]} >= {"care-homes", "food-safety", "rongcheng"}
    assert "chicago-food-inspections" in listed["datasets"]
    assert "荣成" in run("show", "rongcheng", "--lang", "zh").output
    assert json.loads(run("schema").stdout)["$schema"].startswith("https://json-schema.org/")
    with pytest.raises(ProblemsError, match="did you mean `rongcheng`"):
        run("show", "rongchen")


def test_an_unknown_subject_is_told_with_the_nearest(folder: Path) -> None:
    run("settle", "scheme.yaml", "events.csv", "--out", "out", "--no-report", "--quiet")
    with pytest.raises(ProblemsError, match="R020"):
        run("explain", "out", "s9")


def test_problems_are_printed_without_a_traceback(folder: Path) -> None:
    code = "from scslab.cli.main import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", code, "show", "nothing-like-it"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "nothing-like-it" in result.stderr


def test_small_commands_do_not_import_what_they_do_not_need() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from scslab.cli.main import scslab;"
        "CliRunner().invoke(scslab, ['--help']); print({'polars', 'numba', 'altair', 'sqlglot'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_kill_leaves_no_half_written_run(folder: Path, how: signal.Signals) -> None:
    """The run is stopped as soon as it has begun to write beside its good name."""
    rows = [f"x{n},s{n % 5000},donation.blood,2024-01-{n % 28 + 1:02},\n" for n in range(300_000)]
    (folder / "many.csv").write_text(EVENTS + "".join(rows), encoding="utf-8")
    code = "from scslab.cli.main import main; main()"
    words = ["settle", "scheme.yaml", "many.csv", "--out", "out", "--quiet"]
    process = subprocess.Popen([sys.executable, "-c", code, *words], cwd=folder, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list(folder.glob(".out.*.partial")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(how)
    process.wait(timeout=60)
    assert not (folder / "out").exists()
    if how is not signal.SIGKILL:
        assert list(folder.glob(".out.*")) == []
    again = run("settle", "scheme.yaml", "events.csv", "--out", "out", "--no-report")
    assert again.exit_code == 0
    assert ("starts clean" in again.output) == (how is signal.SIGKILL)
    assert list(folder.glob(".out.*")) == []
    assert (folder / "out" / "run.json").is_file()


LISTS = """\
scheme: debts
title: {en: Debts, zh: 债务}
operator: {kind: court, name: {en: Court}}
subjects: {kind: business}
events: {listed: {}, paid: {}}
lists:
  - {id: first, kind: blacklist, enter: [{on: listed}], leave: [{on: paid}, {after: 24 months}]}
  - {id: second, kind: blacklist, enter: [{on: paid}], leave: [{after: 1 month}]}
  - {id: any, kind: blacklist, enter: [{list: [first, second]}], leave: [{not_list: [first, second]}]}
"""
LISTED = """\
event_id,subject_id,type,occurred_on
e1,s1,listed,2024-01-10
e2,s1,paid,2024-03-01
e3,s2,listed,2024-03-20
"""


def test_a_scheme_that_only_lists_tells_who_is_on_its_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("debts.yaml").write_text(LISTS, "utf-8")
    Path("debts.csv").write_text(LISTED, "utf-8")
    told = run("settle", "debts.yaml", "debts.csv", "--as-of", "2024-03-31", "--out", "run", "--no-report")
    assert told.exit_code == 0, told.output
    # On 31 March s1 has left the first list on 1 March and is on the second until 1 April; s2 is on the first.
    lines = [[cell.strip() for cell in line.split("│")[1:-1]] for line in told.output.splitlines() if "│" in line]
    assert lines == [
        ["first", "blacklist", "1", "50.0%", "2"],
        ["second", "blacklist", "1", "50.0%", "1"],
        ["any", "blacklist", "2", "100.0%", "2"],
    ]
    assert "settled: 3 = 3 that had an effect + 0 that had none." in told.output
    assert "On 2026-03-20 the subject leaves the list first: its term is over." in run("explain", "run", "s2").output
    assert (
        run("settle", "debts.yaml", "debts.csv", "--as-of", "2024-03-31", "--standings-only", "--out", "2").exit_code
        == 0
    )
    for name in ("standings", "memberships", "measures"):
        assert pl.read_parquet(f"2/{name}.parquet").equals(pl.read_parquet(f"run/{name}.parquet"))
