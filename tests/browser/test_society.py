"""The pages of a society in a real browser: they fit, they load, they complain of nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from browser.test_report import IMAGES, LANGUAGES, OVERFLOW
from scslab.report.odd import build_odd_page
from scslab.report.society import build_experiment_report, build_society_report
from unit.report.society.conftest import compare_three, live_contested

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    run = live_contested()
    return {
        "society": build_society_report(run),
        "experiment": build_experiment_report(compare_three()),
        "odd": build_odd_page(run.setting),
    }


@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("name", ["society", "experiment", "odd"])
def test_nothing_sticks_out(browser: Any, pages: dict[str, str], name: str, width: int) -> None:
    assert browser.measure(pages[name], width, OVERFLOW) == f"{width}|{width}|"


@pytest.mark.parametrize(("name", "charts"), [("society", 12), ("experiment", 6)])
def test_charts_are_drawn_for_the_width(browser: Any, pages: dict[str, str], name: str, charts: int) -> None:
    # Every image is loaded; on a phone the narrow ones.
    wide = browser.measure(pages[name], 1280, IMAGES).split("|")
    narrow = browser.measure(pages[name], 390, IMAGES).split("|")
    assert int(wide[0]) >= charts
    assert wide[1:] == ["0", "700"]
    assert narrow == [wide[0], "0", "350"]


def test_switches_language_without_script(browser: Any, pages: dict[str, str]) -> None:
    assert browser.measure(pages["society"], 800, LANGUAGES) == "true false|false true|目录"


@pytest.mark.parametrize("name", ["society", "experiment", "odd"])
def test_loads_nothing_and_complains_of_nothing(browser: Any, pages: dict[str, str], name: str, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(pages[name], encoding="utf-8")
    done = browser.run("--dump-dom", file.as_uri())
    assert "<h1>" in done.stdout
    assert [line for line in done.stderr.splitlines() if "CONSOLE" in line] == []
