"""The report in a real browser: it fits, it loads, it switches its language and it prints."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from scslab.engine.settlement import Settlement
from scslab.report import build_report

pytestmark = pytest.mark.browser

OVERFLOW = """
  const wide = [...d.querySelectorAll("body *")].filter(e => {
    if (e.closest(".scroll") || e.closest("input")) return false;
    const box = e.getBoundingClientRect();
    return box.width > 0 && box.right > w.innerWidth + 1;
  });
  const names = wide.map(e => e.tagName + "." + e.className).join(" ");
  return [w.innerWidth, d.documentElement.scrollWidth, names].join("|");
"""
IMAGES = """
  const images = [...d.images].filter(i => i.getBoundingClientRect().width > 0);
  return [images.length, images.filter(i => !(i.complete && i.naturalWidth > 0)).length,
          [...new Set(images.map(i => i.naturalWidth))].sort().join(" ")].join("|");
"""
LANGUAGES = """
  const seen = () => [...d.querySelectorAll(".page")].map(p => getComputedStyle(p).display !== "none").join(" ");
  const before = seen();
  d.querySelector("label[for=read-zh]").click();
  return before + "|" + seen() + "|" + d.querySelector(".page.zh h2").textContent;
"""


@pytest.mark.parametrize("width", [1280, 768, 390, 320])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_sticks_out(browser: Any, tiny: Settlement, width: int, language: Any) -> None:
    # Tables that are wider than a phone scroll in their own box; nothing else may be wider than the window.
    shown = browser.measure(build_report(tiny, language=language), width, OVERFLOW)
    assert shown == f"{width}|{width}|"


@pytest.mark.parametrize(("width", "pixels"), [(1280, "350 700"), (390, "350")])
def test_charts_are_drawn_for_the_width(browser: Any, tiny: Settlement, width: int, pixels: str) -> None:
    # Eight charts and the courses of the three subjects with entries, each image loaded; wide ones only on a desk.
    page = build_report(tiny, language="en")
    assert browser.measure(page, width, IMAGES) == f"11|0|{pixels}"


def test_switches_language_without_script(browser: Any, tiny: Settlement) -> None:
    assert browser.measure(build_report(tiny), 800, LANGUAGES) == "true false|false true|目录"


def test_loads_nothing_and_complains_of_nothing(browser: Any, tiny: Settlement, tmp_path: Path) -> None:
    # The page carries a policy that forbids scripts and every address but its own data: whatever it tried to load
    # would stand on the console.
    file = tmp_path / "report.html"
    file.write_text(build_report(tiny), encoding="utf-8")
    done = browser.run("--dump-dom", file.as_uri())
    assert "<h1>Tiny score</h1>" in done.stdout
    assert [line for line in done.stderr.splitlines() if "CONSOLE" in line] == []


def test_the_policy_stops_scripts_and_the_console_tells(browser: Any, tiny: Settlement, tmp_path: Path) -> None:
    # The counter-proof: a script and a foreign image put into the page are refused, and the test above would see it.
    file = tmp_path / "report.html"
    planted = "<script>document.title = 'ran'</script><img src='http://127.0.0.1:9/x.png' alt=''></body>"
    file.write_text(build_report(tiny).replace("</body>", planted), encoding="utf-8")
    done = browser.run("--dump-dom", file.as_uri())
    assert "<title>Tiny score</title>" in done.stdout
    assert len([line for line in done.stderr.splitlines() if "CONSOLE" in line]) == 2


def test_prints_the_folded_numbers(browser: Any, tiny: Settlement, tmp_path: Path) -> None:
    # On paper nobody can unfold a table: the style sheet does. Without that rule the print is shorter.
    html = build_report(tiny)
    rule = "details::details-content { content-visibility: visible;"
    assert rule in html
    # A hundred rows more than a page holds, folded: they take pages of their own where they are unfolded.
    rows = "".join(f"<tr><td>{number}</td></tr>" for number in range(200))
    html = html.replace("</main>", f"<details><summary>s</summary><table>{rows}</table></details></main>", 1)
    unfolded, folded = (count_pages(browser, each, tmp_path) for each in (html, html.replace(rule, "x {")))
    assert unfolded >= folded + 2
    assert folded > 2


def count_pages(browser: Any, html: str, folder: Path) -> int:
    page, paper = folder / "report.html", folder / "report.pdf"
    page.write_text(html, encoding="utf-8")
    browser.run("--no-pdf-header-footer", f"--print-to-pdf={paper}", page.as_uri())
    content = paper.read_bytes()
    assert content.startswith(b"%PDF-")
    return len(re.findall(rb"/Type\s*/Page\b", content))
