"""`scslab catalogue --html`: the site from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from scslab.cli.catalogue import command
from scslab.ground.problems import ProblemsError
from scslab.scheme.catalogue import find_scheme_file


def test_writes_a_site_of_named_schemes(tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    text = find_scheme_file("food-safety").read_text(encoding="utf-8")
    own.write_text(text.replace("scheme: food-safety", "scheme: mine", 1), encoding="utf-8")
    done = CliRunner().invoke(
        command, ["--html", str(tmp_path / "site"), "rongcheng", str(own)], catch_exceptions=False
    )
    # An index and a comparison in two languages; two pages, the file and its page for each scheme.
    assert done.output == f"2 schemes, 12 files. Open {tmp_path / 'site' / 'index.html'}\n"
    index = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert 'href="schemes/mine.html"' in index
    assert 'href="schemes/rongcheng.html"' in index
    assert "care-homes" not in index


def test_all_problems_at_once_and_nothing_written(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as caught:
        CliRunner().invoke(command, ["--html", str(tmp_path / "site"), "rongchen", "nosuch"], catch_exceptions=False)
    assert [problem.code for problem in caught.value.problems] == ["S045", "S045"]
    assert not (tmp_path / "site").exists()


def test_names_are_for_the_site_only() -> None:
    done = CliRunner().invoke(command, ["rongcheng"])
    assert done.exit_code == 2
    assert "scslab show" in done.output
