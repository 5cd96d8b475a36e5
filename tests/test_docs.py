"""Every example of the documentation runs: docstrings of the package, Python and shell examples of the pages."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

import scslab
from scslab.cli.main import COMMANDS
from scslab.cli.main import scslab as cli

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
MODULES = sorted(module.name for module in pkgutil.walk_packages(scslab.__path__, "scslab."))


@pytest.mark.parametrize("name", ["scslab", *MODULES])
def test_docstring_examples_run(name: str) -> None:
    failures, _ = doctest.testmod(importlib.import_module(name), optionflags=FLAGS)
    assert failures == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_examples_of_pages_run(page: Path) -> None:
    failures, _ = doctest.testfile(str(page), module_relative=False, optionflags=FLAGS, encoding="utf-8")
    assert failures == 0


def _commands(page: Path) -> list[str]:
    """The lines that begin with `$ scslab` in the page's console blocks."""
    blocks = re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ scslab ")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_shell_examples_of_pages_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "studies").symlink_to(ROOT / "studies")
    monkeypatch.chdir(tmp_path)
    for line in _commands(page):
        words = shlex.split(line)
        result = CliRunner().invoke(cli, words[1:], catch_exceptions=False)
        assert result.exit_code == 0, f"{line}\n{result.output}"


def test_readme_has_shell_examples() -> None:
    assert len(_commands(ROOT / "README.md")) >= 4


def test_each_command_is_one_file_and_one_line_in_the_table() -> None:
    folder = Path(scslab.__file__).parent / "cli"
    files = {path.stem for path in folder.glob("*.py") if "@click.command" in path.read_text(encoding="utf-8")}
    groups = {path.parent.name for path in folder.glob("*/__init__.py") if "@click.group" in path.read_text("utf-8")}
    assert files | groups == set(COMMANDS)


def test_each_study_command_is_one_file_and_one_line_in_its_table() -> None:
    from scslab.cli.study import COMMANDS as STUDY_COMMANDS

    folder = Path(scslab.__file__).parent / "cli" / "study"
    files = {path.stem for path in folder.glob("*.py") if "@click.command" in path.read_text(encoding="utf-8")}
    assert files == set(STUDY_COMMANDS)


def test_no_file_names_a_package_index() -> None:
    """A lock file without addresses installs from whatever index a machine is set to."""
    hosts = re.compile(r"(pypi|pythonhosted|npmjs|debian)\.(org|com)")
    for name in ("requirements.lock", "pyproject.toml", "Makefile", ".ci/run"):
        assert not hosts.search((ROOT / name).read_text(encoding="utf-8")), name


def test_changelog_names_the_version() -> None:
    assert scslab.__version__ in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f'version = "{scslab.__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_every_dependency_has_a_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = set(re.findall(r'^  "([a-z0-9-]+)[>=]', text, flags=re.MULTILINE)) | {"pandas", "pyarrow"}
    reasons = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").lower()
    assert {name for name in listed if f"| {name} |" not in reasons} == set()
