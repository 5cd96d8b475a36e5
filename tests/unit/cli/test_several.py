"""The commands that take several schemes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from scslab.cli.main import scslab
from unit.engine.together.files import COURT, RAIL, table


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "court.yaml").write_text(COURT)
    (tmp_path / "rail.yaml").write_text(RAIL)
    (tmp_path / "soft.yaml").write_text(RAIL.replace("scheme: rail", "scheme: soft").replace("-30", "-10"))
    table().write_csv(tmp_path / "events.csv")
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(scslab, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_several_schemes_settle_into_one_folder(folder: Path) -> None:
    schemes = ("rail.yaml", "court.yaml", "events.csv", "--as-of", "2020-12-31", "--out", "both", "--no-report")
    text = run("settle", *schemes)
    assert "Rows in: 8 = 7 used by at least one scheme + 1 set aside" in text
    told = json.loads((folder / "both" / "together.json").read_text())
    assert told["schemes"] == ["court", "rail"]
    assert told["reads"][1] == {
        "reader": "rail",
        "reads": "defaulters@court",
        "in": "measure no-first-class",
        "delay": "1 month",
    }
    assert "score 70" in run("explain", "both/rail", "T")
    assert json.loads(run("exchange", "both", "--json"))["counts"] == {"crossing": 1, "within": 1, "unknown": 1}
    assert json.loads(run("settle", *schemes, "--replace", "--json"))["runs"]["rail"]["tiers"] == {"A": 2, "D": 1}


def test_schemes_are_compared_with_a_page(folder: Path) -> None:
    text = run("compare", "rail.yaml", "soft.yaml", "court.yaml", "events.csv", "--out", "page.html")
    assert "3 subjects" in text
    assert (folder / "page.html").stat().st_size > 10_000


def test_who_shares_what_is_shown(folder: Path) -> None:
    text = run("exchange", "rail.yaml", "court.yaml", "--out", "exchange.html")
    assert "measure no-first-class" in text
    assert "1 cross a domain of life" in text
    assert (folder / "exchange.html").is_file()


def test_links_beside_the_data_are_walked(folder: Path) -> None:
    from unit.engine.together.test_settle import LINKS, TAX

    (folder / "tax.yaml").write_text(TAX)
    table([("E1", "S", "tax.evasion", "2020-01-31")]).write_csv(folder / "tax.csv")
    LINKS.write_csv(folder / "tax.links.csv")
    text = run("settle", "tax.yaml", "tax.csv", "--out", "one", "--no-report")
    assert "1 derived events for 1 subjects, 0 of which posted nothing" in text
    assert "Links: 3 used of 5 rows." in text
    assert "spread:firms:S:2020-01-31" in run("explain", "one", "T", "--json")
    assert (folder / "one" / "links-problems.csv").is_file()
