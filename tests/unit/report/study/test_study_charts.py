"""Charts of a study hold to the schema of Vega-Lite and show the numbers they are given; words are used and there."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest

import scslab.report.study
from scslab.report.drawing import draw_picture
from scslab.report.study import charts
from scslab.report.study.say import Say, read_study_words
from scslab.study.papers.beside import Beside

HOUSE = Path(scslab.report.study.__file__).parent
CHARTS: dict[str, Any] = {
    "stacked": lambda w: charts.draw_stacked(w, [("all", [20.0, 80.0]), ("#Age", []), ("old", [50.0, 50.0])],
                                             ["#c4611f", "#2f7aa8"], x_title="%"),
    "beside": lambda w: charts.draw_beside(w, [("a", 40.0, 35.0, 45.0, 42.0)], x_title="%"),
    "intervals": lambda w: charts.draw_intervals(w, [("#Head", math.nan, math.nan, math.nan, None),
                                                     ("a", 0.5, 0.1, 0.9, 0.4), ("b", 0.5, 0.1, 0.9, None)],
                                                 x_title="b"),
    "heat": lambda w: charts.draw_heat(w, ["no", "yes"], ["old", "young"], [[30.0, 60.0], [70.0, 40.0]]),
    "distances": lambda w: charts.draw_distances(w, [("Table 2", 0.5), ("Table 2", -26.0)], x_title="SE"),
    "framework": lambda w: charts.draw_framework(w, [("Age", "H1", "#2f7aa8"), ("Trust", "H2", "#c4611f")], target="y"),
    "counts": lambda w: charts.draw_counts(w, [("#Head", math.nan, "#2f7aa8"), ("a", 3.0, "#2f7aa8")], x_title="n"),
    "curve": lambda w: charts.draw_curve(w, [(1.0, 2.0, 1.0, 3.0), (2.0, 3.0, 2.0, 4.0)], x_title="n", y_title="m"),
}  # fmt: skip


def test_every_chart_is_tried() -> None:
    assert {f"draw_{name}" for name in CHARTS} == {name for name in vars(charts) if name.startswith("draw_")}


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("width", [700, 350])
def test_a_chart_holds_to_the_schema_and_is_drawn(name: str, width: int) -> None:
    spec = CHARTS[name](width).to_dict(validate=True)
    assert spec["layer"]
    picture = draw_picture(CHARTS[name], "alt", (width, width))
    assert picture.wide.startswith("data:image/svg+xml;base64,")


def test_distances_beyond_ten_are_drawn_at_ten() -> None:
    spec = CHARTS["distances"](700).to_dict()
    values = [row["d"] for rows in spec["datasets"].values() for row in rows if "d" in row]
    assert sorted(values) == [-10.0, 0.5]


def test_parts_of_a_stacked_bar_follow_one_another() -> None:
    spec = CHARTS["stacked"](700).to_dict()
    (rows,) = [rows for rows in spec["datasets"].values() if "share" in rows[0]]
    assert [(row["low"], row["high"]) for row in rows] == [(0.0, 20.0), (20.0, 100.0), (0.0, 50.0), (50.0, 100.0)]


def test_every_word_is_used_there_and_in_both_languages() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in HOUSE.glob("*.py"))
    words = read_study_words()
    quoted = set(re.findall(r"""["']([a-z_A-Z0-9.\-]+)["']""", code))
    prefixes = tuple(f"{prefix}." for prefix in re.findall(r'f"([a-z_]+)\.\{', code))
    assert {key for key in words if key not in quoted and not key.startswith(prefixes)} == set()
    assert set(re.findall(r'say\(\s*"([^"{]+)"', code)) <= set(words)
    assert all(set(texts) == {"en", "zh"} for texts in words.values())
    wrong = [k for k, t in words.items() if re.search(r"[\u4e00-\u9fff}][,:;(]|[,:;)][\u4e00-\u9fff]", t["zh"])]
    assert wrong == []


def test_a_far_number_is_marked() -> None:
    say = Say("en")
    near, far = (Beside("t", ("r",), "c", 1.0, "1.0", found, 0.1) for found in (1.1, 1.5))
    colours = [getattr(say.distance(row), "colour", "") for row in (near, far)]
    assert colours[0] != colours[1]
    assert say.distance(Beside("t", ("r",), "c", 1.0, "1.0", math.nan, note="separated")) == "separated"
    assert say.number(-0.001, 1) == "0.0"
