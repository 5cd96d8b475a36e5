"""Each chart is valid Vega-Lite at both widths, and shows what it is given."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from scslab.report import charts
from scslab.report.colours import choose_tier_colours
from scslab.report.drawing import NARROW_PIXELS, WIDE_PIXELS, draw_picture

DAYS = [date(2021, 12, 31), date(2022, 12, 31), date(2023, 12, 31)]
DRAW: dict[str, Callable[[int], Any]] = {
    "histogram": lambda w: charts.draw_histogram(
        w,
        [(0.0, 10.0, 0, 3, "#2f7aa8"), (10.0, 20.0, 0, 5, "#c4611f")],
        12.0,
        x_title="Score",
        y_title="Number",
        median_label="median 12",
    ),
    "shares": lambda w: charts.draw_shares(
        w, ["Q3\n2021", "Q4"], [(0, 0.0, 1.0, "#2f7aa8"), (1, 0.0, 0.4, "#c4611f")], y_title="Share", is_spaced=False
    ),
    "bands": lambda w: charts.draw_bands(w, DAYS, [[1, 2, 3, 4, 5]] * 3, y_title="Score"),
    "heat": lambda w: charts.draw_heat(
        w,
        ["Low", "High"],
        [(0, 0, "6,543", "90.0%", 0.9), (0, 1, "727", "10.0%", 0.1)],
        x_title="after",
        y_title="before",
    ),
    "bars": lambda w: charts.draw_bars(
        w, [("A rule", 12.0, "+12", -90.0, "−90"), ("Idle", 0.0, "0", 0.0, "0")], x_title="Points", is_two_sided=True
    ),
    "ranges": lambda w: charts.draw_ranges(w, [("1 star", [1, 2, 3, 4, 5], "3 points")], x_title="Score", y_title=""),
    "course": lambda w: charts.draw_course(
        w, list(zip(DAYS, [100.0, 70.0, 90.0], strict=True)), [(60.0, 110.0, "#2f7aa8")]
    ),
}
SEEN = {
    "histogram": ["median 12", "Score", "Number"],
    "shares": ["Q3", "2021", "Q4", "100%"],
    "bands": ["2022", "Score"],
    "heat": ["Low", "High", "6,543", "90.0%", "after", "before"],
    "bars": ["A rule", "Idle", "+12", "−90", "Points"],
    "ranges": ["1 star", "3 points"],
    "course": ["2022"],
}


@pytest.mark.parametrize("width", [WIDE_PIXELS, NARROW_PIXELS])
@pytest.mark.parametrize("name", sorted(DRAW))
def test_is_valid_vega_lite(name: str, width: int) -> None:
    # Altair checks against the schema of Vega-Lite here and raises; the report itself draws without this check.
    assert DRAW[name](width).to_dict()["layer" if name != "shares" else "mark"]


@pytest.mark.parametrize("name", sorted(DRAW))
def test_shows_its_numbers(name: str) -> None:
    picture = draw_picture(DRAW[name], "words")
    for address, width in ((picture.wide, WIDE_PIXELS), (picture.narrow, NARROW_PIXELS)):
        svg = base64.b64decode(address.partition(",")[2]).decode()
        assert [text for text in SEEN[name] if text not in svg] == []
        assert f'width="{width}"' in svg


def test_a_picture_runs_nothing() -> None:
    # Texts are data of the chart: markup in them is escaped in the image.
    text = "<script>alert(1)</script>"
    picture = draw_picture(
        lambda w: charts.draw_bars(w, [(text, 1.0, text, 0.0, "")], x_title=text, is_two_sided=True), ""
    )
    svg = base64.b64decode(picture.wide.partition(",")[2]).decode()
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg


@pytest.mark.parametrize("number", range(1, 13))
def test_tiers_have_different_colours(number: int) -> None:
    colours = choose_tier_colours(number)
    assert len(set(colours)) == number
    assert all(len(colour) == 7 and colour.startswith("#") for colour in colours)
