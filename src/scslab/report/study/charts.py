"""The charts of a study. Each function gives an Altair chart for a total width in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from scslab.report.colours import GAIN, GRID, INK, LOSS, MUTED
from scslab.report.drawing import WIDE_PIXELS

HEAD = "#"
"""Before the label of a row that only heads others."""
_LABEL = "replace(slice(datum.label, 4), '#', '')"
_IS_HEAD = {"test": "indexof(datum.label, '#') > 0", "value": "bold"}


def _key(place: int, label: str) -> str:
    return f"{place:03d}|{label}"


def _names(width: int, keys: Sequence[str], title: str | None = None) -> Any:
    axis: Any = alt.Axis(
        title=title, labelExpr=_LABEL, labelLimit=int(width * (0.36 if width >= WIDE_PIXELS else 0.42)), ticks=False,
        domain=False, labelColor=INK, labelFontWeight={"condition": _IS_HEAD, "value": "normal"},
        labelFontSize=12 if width >= WIDE_PIXELS else 11, minExtent=40,
    )  # fmt: skip
    return alt.Y("key:N", axis=axis, scale=alt.Scale(domain=list(keys), paddingInner=0.25, paddingOuter=0.1))


def draw_stacked(
    width: int, rows: Sequence[tuple[str, Sequence[float]]], colours: Sequence[str], *, x_title: str
) -> Any:
    """Stacked bars of a scale: rows of (label, shares in percent), a row without shares heads those that follow."""
    keys = [_key(i, label) for i, (label, _) in enumerate(rows)]
    data: list[tuple[str, float, float, float, str, str]] = []
    for key, (_, shares) in zip(keys, rows, strict=True):
        start = 0.0
        for share, colour in zip(shares, colours, strict=False):
            ink = "white" if colour in (colours[0], colours[-1]) else INK
            data.append((key, start, start + share, share, colour, ink))
            start += share
    frame = pl.DataFrame(data, orient="row", schema=["key", "low", "high", "share", "colour", "ink"])
    y = _names(width, keys)
    x = alt.X(
        "low:Q", title=x_title, scale=alt.Scale(domain=[0, 100], nice=False), axis=alt.Axis(tickCount=5, grid=False)
    )
    base = alt.Chart(frame)
    bars = base.mark_bar(stroke="white", strokeWidth=0.6).encode(
        x=x, x2=alt.X2("high"), y=y, color=alt.Color("colour:N", scale=None)
    )
    least = 6 if width >= WIDE_PIXELS else 12
    texts = (
        base.transform_filter(f"datum.share >= {least}")
        .transform_calculate(middle="(datum.low + datum.high) / 2")
        .mark_text(fontSize=11)
        .encode(x=alt.X("middle:Q"), y=y, text=alt.Text("share:Q", format=".0f"), color=alt.Color("ink:N", scale=None))
    )
    return alt.layer(bars, texts).properties(height=27 * len(rows))


def draw_beside(width: int, rows: Sequence[tuple[str, float, float, float, float]], *, x_title: str) -> Any:
    """Bars with intervals, and a mark where the printed number is: rows of (label, found, low, high, printed)."""
    keys = [_key(i, row[0]) for i, row in enumerate(rows)]
    data = [(key, *row[1:]) for key, row in zip(keys, rows, strict=True)]
    frame = pl.DataFrame(data, orient="row", schema=["key", "found", "low", "high", "printed"])
    y = _names(width, keys)
    x = alt.X("found:Q", title=x_title, scale=alt.Scale(domain=[0, 100], nice=False), axis=alt.Axis(tickCount=5))
    base = alt.Chart(frame)
    bars = base.mark_bar(color="#a6c8de", height={"band": 0.75}).encode(x=x, y=y)
    ends = base.mark_rule(color="#17517a", strokeWidth=1.5).encode(x=alt.X("low:Q"), x2=alt.X2("high"), y=y)
    marks = base.mark_tick(color=LOSS, thickness=3, size=22, opacity=1).encode(x=alt.X("printed:Q"), y=y)
    return alt.layer(bars, ends, marks).properties(height=30 * len(rows))


def draw_intervals(
    width: int, rows: Sequence[tuple[str, float, float, float, float | None]], *, x_title: str, zero: float = 0.0
) -> Any:
    """Estimates with intervals and, hollow, the printed ones: rows of (label, found, low, high, printed or None).

    A row whose estimate is NaN heads those that follow.
    """
    keys = [_key(i, row[0]) for i, row in enumerate(rows)]
    data = [(key, *row[1:]) for key, row in zip(keys, rows, strict=True) if row[1] == row[1]]
    frame = pl.DataFrame(
        data, orient="row",
        schema={"key": pl.String, "found": pl.Float64, "low": pl.Float64, "high": pl.Float64, "printed": pl.Float64},
    )  # fmt: skip
    y = _names(width, keys)
    x = alt.X("found:Q", title=x_title, axis=alt.Axis(tickCount=6 if width >= WIDE_PIXELS else 4, gridColor=GRID))
    base = alt.Chart(frame)
    line = alt.Chart(pl.DataFrame({"found": [zero]})).mark_rule(color=MUTED, strokeDash=[3, 3]).encode(x=x)
    ends = base.mark_rule(color=GAIN, strokeWidth=2).encode(x=alt.X("low:Q"), x2=alt.X2("high"), y=y)
    points = base.mark_point(filled=True, color=GAIN, size=55, opacity=1).encode(x=x, y=y)
    printed = base.mark_point(shape="diamond", color=LOSS, size=80, strokeWidth=1.8, opacity=1, filled=False).encode(
        x=alt.X("printed:Q"), y=y
    )
    return alt.layer(line, ends, points, printed.transform_filter("isValid(datum.printed)")).properties(
        height=23 * len(rows)
    )


def draw_heat(width: int, rows: Sequence[str], columns: Sequence[str], shares: Sequence[Sequence[float]]) -> Any:
    """A cross-tab as colours with its percents: shares by row and column, each column sums to 100."""
    row_keys = [_key(i, name) for i, name in enumerate(rows)]
    column_keys = [_key(i, name) for i, name in enumerate(columns)]
    data = [(r, c, shares[i][j]) for i, r in enumerate(row_keys) for j, c in enumerate(column_keys)]
    frame = pl.DataFrame(data, orient="row", schema=["key", "column", "share"])
    room = int((width - 150) / max(1, len(columns)))
    axis: Any = alt.Axis(
        title=None, labelExpr="slice(datum.label, 4)", labelAngle=0, labelLimit=room - 4, orient="top", ticks=False,
        domain=False, labelColor=INK, labelFontSize=12 if width >= WIDE_PIXELS else 10,
    )  # fmt: skip
    x = alt.X("column:N", axis=axis, scale=alt.Scale(domain=column_keys))
    base = alt.Chart(frame)
    squares = base.mark_rect(stroke="white", strokeWidth=2).encode(
        x=x,
        y=_names(width, row_keys),
        color=alt.Color(
            "share:Q", scale=alt.Scale(domain=[0, 70], range=["#f4f7f9", "#17517a"], clamp=True), legend=None
        ),
    )
    ink = alt.condition("datum.share > 40", alt.value("white"), alt.value(INK))
    texts = base.mark_text(fontWeight="bold").encode(
        x=x, y=_names(width, row_keys), text=alt.Text("share:Q", format=".0f"), color=ink
    )
    return alt.layer(squares, texts).properties(height=40 * len(rows))


def draw_distances(width: int, rows: Sequence[tuple[str, float]], *, x_title: str) -> Any:
    """Where each reproduced number lies from the printed one: (table, distance in standard errors), cut at ±10."""
    tables = list(dict.fromkeys(name for name, _ in rows))
    keys = {name: _key(i, name) for i, name in enumerate(tables)}
    frame = pl.DataFrame(
        [(keys[name], max(-10.0, min(10.0, d)), abs(d) > 2) for name, d in rows],
        orient="row",
        schema=["key", "d", "far"],
    )
    y = _names(width, list(keys.values()))
    x = alt.X(
        "d:Q",
        title=x_title,
        scale=alt.Scale(domain=[-10, 10]),
        axis=alt.Axis(tickCount=5, values=[-10, -5, -2, 0, 2, 5, 10]),
    )
    band = (
        alt.Chart(pl.DataFrame({"a": [-2], "b": [2]})).mark_rect(color="#dbe8f1").encode(x=alt.X("a:Q"), x2=alt.X2("b"))
    )
    ticks = (
        alt.Chart(frame)
        .mark_tick(thickness=1.6, size=16)
        .encode(
            x=x, y=y, color=alt.condition("datum.far", alt.value(LOSS), alt.value("#17517a")),
            opacity=alt.condition("datum.far", alt.value(1), alt.value(0.45)),
        )
    )  # fmt: skip
    return alt.layer(band, ticks).properties(height=30 * len(tables))


def draw_framework(width: int, boxes: Sequence[tuple[str, str, str]], *, target: str) -> Any:
    """What may explain an opinion: boxes of (title, hypotheses, colour), an arrow from each to the target."""
    n = len(boxes)
    step, gap = 52, 10
    height = n * step
    right, left = 0.74, 0.56
    data = [
        (0.0, left, i * step + gap / 2, (i + 1) * step - gap / 2, title, words, colour)
        for i, (title, words, colour) in enumerate(boxes)
    ]
    frame = pl.DataFrame(data, orient="row", schema=["x", "x2", "y", "y2", "title", "words", "colour"])
    middle = height / 2
    end = pl.DataFrame({"x": [right], "x2": [1.0], "y": [middle - 34], "y2": [middle + 34], "title": [target]})
    arrows = frame.select(
        pl.col("x2").alias("x"), ((pl.col("y") + pl.col("y2")) / 2).alias("y"), pl.lit(right - 0.012).alias("x2"),
        (middle + (pl.int_range(pl.len()) - (n - 1) / 2) * (52 / max(1, n))).alias("y2"),
    )  # fmt: skip
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False))
    size = 12 if width >= WIDE_PIXELS else 10
    box = alt.Chart(frame).mark_rect(fill="#f4f6f7", strokeWidth=1.6, cornerRadius=4).encode(
        x=x, x2=alt.X2("x2"), y=y, y2=alt.Y2("y2"), stroke=alt.Stroke("colour:N", scale=None)
    )  # fmt: skip
    title = alt.Chart(frame).transform_calculate(m="datum.y + 14").mark_text(
        align="left", dx=8, fontWeight="bold", fontSize=size, limit=int(width * left) - 14
    ).encode(x=x, y=alt.Y("m:Q", axis=None), text=alt.Text("title:N"))  # fmt: skip
    words = alt.Chart(frame).transform_calculate(m="datum.y2 - 12").mark_text(
        align="left", dx=8, fontSize=size - 1, color=MUTED, limit=int(width * left) - 14
    ).encode(x=x, y=alt.Y("m:Q", axis=None), text=alt.Text("words:N"))  # fmt: skip
    lines = alt.Chart(arrows).mark_rule(color="#9aa4ad").encode(x=x, x2=alt.X2("x2"), y=y, y2=alt.Y2("y2"))
    tip: dict[str, Any] = {"shape": "triangle-right", "filled": True, "color": "#9aa4ad", "size": 36, "opacity": 1}
    tips = alt.Chart(arrows).mark_point(**tip).encode(
        x=alt.X("x2:Q", axis=None), y=alt.Y("y2:Q", axis=None)
    )  # fmt: skip
    goal = alt.Chart(end).mark_rect(fill="#17517a", cornerRadius=4).encode(x=x, x2=alt.X2("x2"), y=y, y2=alt.Y2("y2"))
    name = alt.Chart(end).transform_calculate(m="(datum.x + datum.x2) / 2", v="(datum.y + datum.y2) / 2").mark_text(
        color="white", fontWeight="bold", fontSize=size, lineBreak="\n"
    ).encode(x=alt.X("m:Q", axis=None), y=alt.Y("v:Q", axis=None), text=alt.Text("title:N"))  # fmt: skip
    return alt.layer(lines, tips, box, title, words, goal, name).properties(height=height)


def draw_counts(width: int, rows: Sequence[tuple[str, float, str]], *, x_title: str) -> Any:
    """Bars of counts with the number at the end: rows of (label, count, colour); a count of NaN heads others."""
    keys = [_key(i, row[0]) for i, row in enumerate(rows)]
    data = [(key, row[1], row[2]) for key, row in zip(keys, rows, strict=True) if row[1] == row[1]]
    frame = pl.DataFrame(data, orient="row", schema={"key": pl.String, "found": pl.Float64, "colour": pl.String})
    y = _names(width, keys)
    x = alt.X("found:Q", title=x_title, axis=alt.Axis(tickCount=5, format=".12~g"))
    base = alt.Chart(frame)
    bars = base.mark_bar(height={"band": 0.75}).encode(x=x, y=y, color=alt.Color("colour:N", scale=None))
    texts = base.mark_text(align="left", dx=4).encode(x=x, y=y, text=alt.Text("found:Q", format=".12~g"))
    return alt.layer(bars, texts).properties(height=26 * len(rows))


def draw_curve(width: int, rows: Sequence[tuple[float, float, float, float]], *, x_title: str, y_title: str) -> Any:
    """A curve inside its band: rows of (x, expected, low, high)."""
    frame = pl.DataFrame(rows, orient="row", schema=["x", "y", "low", "high"])
    x = alt.X(
        "x:Q", title=x_title, scale=alt.Scale(nice=False), axis=alt.Axis(tickCount=max(3, width // 100), grid=False)
    )
    base = alt.Chart(frame)
    band = base.mark_area(color="#dbe8f1").encode(x=x, y=alt.Y("low:Q", title=y_title), y2=alt.Y2("high"))
    line = base.mark_line(color="#17517a", strokeWidth=2.5).encode(x=x, y=alt.Y("y:Q"))
    return alt.layer(band, line).properties(height=220)
