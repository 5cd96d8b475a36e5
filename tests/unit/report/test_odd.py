"""The ODD document: all seven elements, and nothing that the program does not run on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from scslab.cli.odd import command
from scslab.ground.problems import ProblemsError
from scslab.report.odd import build_odd_markdown, write_odd
from scslab.report.odd.text import CONCEPTS, ENTITIES
from scslab.scheme.catalogue import find_scheme
from scslab.society.mechanics.table import MECHANICS
from scslab.society.month.agents import Agents
from scslab.society.population.profile import read_profile
from scslab.society.setting import Reform, Setting
from unit.report.outline import Outline

SETTING = Setting(find_scheme("rongcheng"), read_profile("rongcheng"), 5000, 3, values={"awareness.p": 0.07})


def test_it_has_all_elements_and_every_parameter() -> None:
    text = build_odd_markdown(SETTING)
    for number, title in enumerate(
        ("Purpose and patterns", "Entities, state variables, and scales", "Process overview and scheduling",
         "Design concepts", "Initialization", "Input data", "Submodels"), start=1,
    ):  # fmt: skip
        assert f"\n## {number}. {title}\n" in text
    for name, _ in CONCEPTS:
        assert f"\n### {name}\n" in text
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    for mechanic in MECHANICS.values():
        assert mechanic.equation in text
        for parameter in mechanic.parameters:
            assert sum(line.startswith(f"| `{parameter.name}` |") for line in rows) == 1
    assert "| `awareness.p` | 0.07 (set) | 0.005 to 0.1 | per year | sultan1990 | campaigns and media |" in text
    assert "5,000 synthetic subjects" in text
    assert SETTING.scheme.digest in text


def test_the_state_of_an_agent_is_the_program_s_own() -> None:
    assert list(ENTITIES) == list(Agents.__dataclass_fields__)


def test_there_are_the_eleven_design_concepts() -> None:
    assert len(CONCEPTS) == 11


def test_reforms_are_told() -> None:
    reformed = replace(SETTING, reforms=(Reform(date(2021, 1, 1), {"observation.false_rate": 0.005}),))
    assert "- From 2021-01-01: `observation.false_rate` = 0.005" in build_odd_markdown(reformed)
    assert "This setting has no reforms." in build_odd_markdown(SETTING)


def test_it_is_written_beside_a_run(tmp_path: Path) -> None:
    write_odd(SETTING, tmp_path)
    page = Outline((tmp_path / "odd.html").read_text(encoding="utf-8"))
    assert [row[0] for row in page.tables["State variables of an agent"][1:]] == list(ENTITIES)
    assert (tmp_path / "odd.md").read_text(encoding="utf-8") == build_odd_markdown(SETTING)


def test_the_command_writes_without_a_run(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["hangzhou-qianjiang", "--years", "2", "--set", "awareness.p=0.2"])
    assert done.exit_code == 0
    assert done.output.startswith("# A society under a scheme")
    assert "0.2 (set)" in done.output
    out = tmp_path / "odd.html"
    assert CliRunner().invoke(command, ["rongcheng", "--out", str(out)]).exit_code == 0
    assert "<h1>A society under a scheme" in out.read_text(encoding="utf-8")
    unknown = CliRunner().invoke(command, ["rongcheng", "--set", "awareness.pp=1"])
    assert isinstance(unknown.exception, ProblemsError)
    assert [problem.code for problem in unknown.exception.problems] == ["Y201"]


@pytest.mark.parametrize("name", ["sesame", "food-safety"])
def test_any_scheme_can_be_described(name: str) -> None:
    profile = read_profile("survey-2018" if name == "sesame" else "businesses")
    text = build_odd_markdown(Setting(find_scheme(name), profile, 1000, 1))
    assert f"`{name}`" in text
