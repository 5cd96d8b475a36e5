"""Run folders: complete under a good name or not there at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scslab.engine.runs import RUN_FILE, open_run, open_run_folder
from scslab.ground.problems import ProblemsError


def _write(folder: Path, text: str = "1", *, is_replacing: bool = False) -> list[str]:
    told: list[str] = []
    with open_run_folder(folder, is_replacing=is_replacing, tell=told.append) as partial:
        (partial / RUN_FILE).write_text(text)
    return told


def test_a_run_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    with open_run_folder(tmp_path / "r", is_replacing=False, tell=print) as partial:
        (partial / RUN_FILE).write_text("1")
        assert not (tmp_path / "r").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_an_interruption_leaves_nothing(tmp_path: Path, interruption: type[BaseException]) -> None:
    def interrupt() -> None:
        with open_run_folder(tmp_path / "r", is_replacing=False, tell=print) as partial:
            (partial / "entries.parquet").write_text("half")
            raise interruption

    with pytest.raises(interruption):
        interrupt()
    assert list(tmp_path.iterdir()) == []


def test_a_complete_run_is_replaced_only_on_demand(tmp_path: Path) -> None:
    _write(tmp_path / "r", "old")
    with pytest.raises(ProblemsError, match="R030"):
        _write(tmp_path / "r", "new")
    assert (tmp_path / "r" / RUN_FILE).read_text() == "old"
    _write(tmp_path / "r", "new", is_replacing=True)
    assert (tmp_path / "r" / RUN_FILE).read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_an_interruption_while_replacing_keeps_the_old_run(tmp_path: Path) -> None:
    _write(tmp_path / "r", "old")
    with pytest.raises(KeyboardInterrupt), open_run_folder(tmp_path / "r", is_replacing=True, tell=print):
        raise KeyboardInterrupt
    assert (tmp_path / "r" / RUN_FILE).read_text() == "old"


def test_other_peoples_folders_and_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.txt").write_text("years of work")
    (tmp_path / "notes").write_text("x")
    for name in ("thesis", "notes"):
        with pytest.raises(ProblemsError, match="R031"):
            _write(tmp_path / name, is_replacing=True)
    assert (tmp_path / "thesis" / "chapter1.txt").read_text() == "years of work"


def test_a_killed_run_is_cleared_away_and_told(tmp_path: Path) -> None:
    script = (
        "import os, signal, pathlib\n"
        "from scslab.engine.runs import open_run_folder\n"
        f"with open_run_folder(pathlib.Path({str(tmp_path / 'r')!r}), is_replacing=False, tell=print) as p:\n"
        "    (p / 'entries.parquet').write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=False)
    left = [path.name for path in tmp_path.iterdir()]
    assert len(left) == 1
    assert left[0].endswith(".partial")
    told = _write(tmp_path / "r")
    assert len(told) == 1
    assert "starts clean" in told[0]
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_a_run_under_way_elsewhere_is_not_touched(tmp_path: Path) -> None:
    other = tmp_path / f".r.{os.getppid()}.partial"
    other.mkdir()
    assert _write(tmp_path / "r") == []
    assert other.is_dir()


def test_opening_what_is_not_a_run_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"R032 not a run folder: run\.json"):
        open_run(tmp_path)
