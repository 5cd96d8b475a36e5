"""The catalogue's site in a real browser: it fits desk and phone, its pictures load, it complains of nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from browser.test_report import OVERFLOW
from scslab.report.site import build_site, write_site
from scslab.scheme.cases import read_cases
from scslab.scheme.catalogue import find_scheme, find_scheme_file
from scslab.scheme.reader import read_scheme

pytestmark = pytest.mark.browser
DATA = Path(__file__).parents[1] / "unit" / "scheme" / "data"
PICTURES = """
  const images = [...d.images].filter(i => i.getBoundingClientRect().width > 0);
  return [images.length > 0, images.filter(i => !(i.complete && i.naturalWidth > 0)).length].join("|");
"""
CONTRAST = """
  const light = c => { const v = c.match(/[0-9.]+/g).slice(0, 3).map(x => x / 255)
    .map(x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
    return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
  const ground = e => { for (; e; e = e.parentElement) { const c = w.getComputedStyle(e).backgroundColor;
    if (!/, 0\\)$/.test(c)) return c; } return "rgb(255, 255, 255)"; };
  const low = [...d.querySelectorAll("p, li, th, td, small, a, .chip, h1, h2, h3, h4, h5, dt, dd")].filter(e => {
    if (!e.innerText || !e.getBoundingClientRect().width) return false;
    const a = light(w.getComputedStyle(e).color), b = light(ground(e));
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5; });
  return [...new Set(low.map(e => e.tagName + "." + e.className))].join(" ");
"""


@pytest.fixture(scope="module")
def site() -> dict[str, str]:
    food = find_scheme("food-safety")
    cases = read_cases(find_scheme_file("food-safety").with_name("cases.yaml"), food)
    others = [(read_scheme(DATA / f"{name}.yaml"), ()) for name in ("full", "lists", "index")]
    return dict(build_site([(food, cases), *others]))


PAGES = ("index", "compare", *(f"schemes/{name}" for name in ("food-safety", "lists-example", "index-example")))


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("end", [".html", ".zh.html"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_sticks_out(browser: Any, site: dict[str, str], name: str, end: str, width: int) -> None:
    assert browser.measure(site[name + end], width, OVERFLOW) == f"{width}|{width}|"


@pytest.mark.parametrize("name", PAGES)
def test_pictures_load_and_texts_can_be_read(browser: Any, site: dict[str, str], name: str) -> None:
    assert browser.measure(site[f"{name}.html"], 390, PICTURES) == "true|0"
    # WCAG 2 asks for 4.5 to 1 for texts.
    assert browser.measure(site[f"{name}.html"], 1280, CONTRAST) == ""


def test_the_file_fits_too(browser: Any, site: dict[str, str]) -> None:
    # Long lines of the file scroll in their own box.
    page = site["schemes/food-safety.yaml.html"].replace('class="file"', 'class="file scroll"')
    assert browser.measure(page, 390, OVERFLOW) == "390|390|"


def test_opens_from_a_folder_without_complaint(browser: Any, tmp_path: Path) -> None:
    write_site([(find_scheme("rongcheng"), ())], tmp_path / "site")
    for name in ("index.html", "compare.zh.html", "schemes/rongcheng.html"):
        done = browser.run("--dump-dom", (tmp_path / "site" / name).as_uri())
        assert "<h1>" in done.stdout
        assert [line for line in done.stderr.splitlines() if "CONSOLE" in line] == []
