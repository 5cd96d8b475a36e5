"""The charts of a simulation. Each function gives an Altair chart for a total width in pixels."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from textwrap import wrap
from typing import Any

import altair as alt
import polars as pl

from scslab.report.colours import INK, LOSS, MUTED
from scslab.report.drawing import WIDE_PIXELS

LABEL_SHARE = 0.4
"""The share of a chart's width that labels of rows may take."""
LINE_PIXELS = 14
"""From one line of a label to the next."""
WIDE_LETTERS = 0x2E80
"""From here on letters are Chinese."""

Line = tuple[str, str, Sequence[float | None]]
"""A name, a colour, and one value a day."""
Band = tuple[str, Sequence[float | None], Sequence[float | None]]
"""A colour, and the low and high end of each day."""


def _build_time_axis(width: int, days: Sequence[date]) -> Any:
    years = (days[-1] - days[0]).days / 365
    is_years = years > 3
    months = max(1, round(years * 12 * 75 / width))
    step = next(each for each in (1, 2, 3, 6, 12) if each >= min(months, 12))
    count: Any = {"interval": "month", "step": step}
    if is_years:
        count = {"interval": "year", "step": max(1, round(years * 45 / width))}
    axis = alt.Axis(title=None, grid=False, format="%Y" if is_years else "%Y-%m", tickCount=count, labelFlush=False)
    # Dates without a time are read as UTC, so the axis must be UTC too or it slips by a day.
    return alt.X("day:T", axis=axis, scale=alt.Scale(type="utc"))


def draw_series(
    width: int, days: Sequence[date], lines: Sequence[Line], *, y_title: str, bands: Sequence[Band] = (),
    points: Sequence[tuple[date, float]] = (), has_zero: bool = True, is_zero_marked: bool = False,
) -> Any:  # fmt: skip
    """Lines over time, with bands behind them and diamonds for what was reported.

    Args:
        width: in pixels.
        days: shape (n,).
        lines: values of each line, in the unit of `y_title`; None where there is none.
        y_title: the unit.
        bands: drawn below the lines.
        points: day and value of diamonds.
        has_zero: whether the axis begins at 0.
        is_zero_marked: whether a line stands at 0.
    """
    x = _build_time_axis(width, days)
    y = alt.Y("value:Q", title=y_title, scale=alt.Scale(zero=has_zero), axis=alt.Axis(tickCount=5))
    layers: list[Any] = []
    for colour, low, high in bands:
        rows = [
            (day.isoformat(), a, b)
            for day, a, b in zip(days, low, high, strict=True)
            if a is not None and b is not None
        ]
        frame = pl.DataFrame(rows, orient="row", schema={"day": pl.String, "value": pl.Float64, "high": pl.Float64})
        layers.append(alt.Chart(frame).mark_area(color=colour, opacity=0.18).encode(x=x, y=y, y2=alt.Y2("high")))
    if is_zero_marked:
        zero = pl.DataFrame({"value": [0.0]})
        layers.append(alt.Chart(zero).mark_rule(color=MUTED, strokeDash=[3, 3]).encode(y=y))
    values = [
        (name, colour, day.isoformat(), value)
        for name, colour, column in lines
        for day, value in zip(days, column, strict=True)
        if value is not None
    ]
    frame = pl.DataFrame(
        values, orient="row", schema={"name": pl.String, "colour": pl.String, "day": pl.String, "value": pl.Float64}
    )
    line = alt.Chart(frame).mark_line(strokeWidth=2.5).encode(
        x=x, y=y, detail="name:N", color=alt.Color("colour:N", scale=None)
    )  # fmt: skip
    layers.append(line)
    if points:
        marks = pl.DataFrame([(day.isoformat(), value) for day, value in points], orient="row", schema=["day", "value"])
        layers.append(
            alt.Chart(marks).mark_point(shape="diamond", filled=True, size=110, color=INK, opacity=1).encode(x=x, y=y)
        )
    return alt.layer(*layers).properties(height=240)


def draw_survival(
    width: int, curves: Sequence[tuple[str, str, Sequence[tuple[float, float]]]], *, x_title: str, y_title: str
) -> Any:
    """Falling steps: curves of (name, colour, [(years, percent left from then on)])."""
    rows = [(name, colour, x, y) for name, colour, steps in curves for x, y in steps]
    frame = pl.DataFrame(
        rows, orient="row", schema={"name": pl.String, "colour": pl.String, "x": pl.Float64, "y": pl.Float64}
    )
    return (
        alt.Chart(frame)
        .mark_line(interpolate="step-after", strokeWidth=2.5)
        .encode(
            x=alt.X(
                "x:Q", title=x_title, scale=alt.Scale(nice=False), axis=alt.Axis(tickCount=width // 90, grid=False)
            ),
            y=alt.Y("y:Q", title=y_title, scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(tickCount=5)),
            detail="name:N",
            color=alt.Color("colour:N", scale=None),
        )
        .properties(height=230)
    )


def wrap_label(text: str, width: int) -> str:
    r"""A label in lines that fit beside a chart of a width in pixels: cut off, two of them could look alike.

    Example:
        >>> wrap_label("observation.false_rate = 0, behaviour.deterrence = 0.5", 350).split("\n")
        ['observation.false_rate', '= 0,', 'behaviour.deterrence =', '0.5']
        >>> wrap_label("Baseline", 350)
        'Baseline'
    """
    pixels = LABEL_SHARE * width / (7 if width >= WIDE_PIXELS else 6)
    # A Chinese character is about as wide as two letters, and may stand at either end of a line.
    is_wide = sum(ord(letter) > WIDE_LETTERS for letter in text) > len(text) / 2
    return "\n".join(wrap(text, max(8, int(pixels / 2 if is_wide else pixels)))) or text


def _choose_step(labels: Sequence[str]) -> int:
    """The height of a row, in pixels, so that the longest label has room."""
    return max(24, 10 + LINE_PIXELS * max((label.count("\n") + 1 for label in labels), default=1))


def _lift(keys: Sequence[str]) -> Any:
    """Labels of several lines begin higher by half of what their lines take, so that they stand beside their row."""
    lines = {key: key.count("\n") for key in keys}
    return [
        {
            "test": f"indexof({json.dumps([key for key in keys if lines[key] == n])}, datum.value) >= 0",
            "value": -n * LINE_PIXELS / 2,
        }
        for n in sorted(set(lines.values()))
    ]


def _place_rows(width: int, keys: Sequence[str], heads: Sequence[str], padding: float) -> Any:
    """Rows by their keys, whose labels begin with the fifth letter; those of `heads` are bold."""
    is_head: Any = {"test": f"indexof({json.dumps(list(heads))}, datum.value) >= 0", "value": "bold"}
    size = 12 if width >= WIDE_PIXELS else 11
    axis: Any = alt.Axis(
        title=None, labelExpr="split(slice(datum.label, 4), '\\n')", ticks=False, domain=False, labelColor=INK,
        labelLimit=int(width * (LABEL_SHARE + 0.05)), labelFontWeight={"condition": is_head, "value": "normal"},
        labelFontSize=size, labelLineHeight=LINE_PIXELS, labelOffset={"condition": _lift(keys), "value": 0},
    )  # fmt: skip
    return alt.Y("key:N", axis=axis, scale=alt.Scale(domain=keys, paddingInner=padding, paddingOuter=0.1))


def draw_ladder(
    width: int, rows: Sequence[tuple[str, float | None, float, float, str]], *, x_title: str, colour: str,
    has_zero_line: bool = False,
) -> Any:  # fmt: skip
    """Estimates with intervals under headings: rows of (label, estimate, low, high, in words).

    A row whose estimate is None heads those that follow. With `has_zero_line` a line stands at 0.
    """
    labels = [wrap_label(row[0], width) for row in rows]
    keys = [f"{place:03d}|{label}" for place, label in enumerate(labels)]
    heads = [key for key, row in zip(keys, rows, strict=True) if row[1] is None]
    data = [(key, *row[1:]) for key, row in zip(keys, rows, strict=True) if row[1] is not None]
    frame = pl.DataFrame(
        data, orient="row",
        schema={"key": pl.String, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "words": pl.String},
    )  # fmt: skip
    y = _place_rows(width, keys, heads, 0.2)
    low, high = min((row[2] for row in data), default=0.0), max((row[3] for row in data), default=1.0)
    if has_zero_line:
        low, high = min(low, 0.0), max(high, 0.0)
    # Room for the figure behind the end of the longest interval, some seven letters.
    room = (high - low or 1.0) * 50 / (width * 0.6)
    scale = alt.Scale(domain=[low - room / 4, high + room], nice=False, zero=False)
    x = alt.X("value:Q", title=x_title, scale=scale, axis=alt.Axis(tickCount=width // 130))
    base = alt.Chart(frame)
    ends = base.mark_rule(color=colour, strokeWidth=2).encode(x=alt.X("low:Q"), x2=alt.X2("high"), y=y)
    marks = base.mark_point(filled=True, color=colour, size=60, opacity=1).encode(x=x, y=y)
    text = base.mark_text(align="left", dx=7, fontSize=11).encode(x=alt.X("high:Q"), y=y, text=alt.Text("words:N"))
    line = alt.Chart(pl.DataFrame({"value": [0.0]})).mark_rule(color=MUTED, strokeDash=[3, 3]).encode(x=x)
    layers = [line, ends, marks, text] if has_zero_line else [ends, marks, text]
    return alt.layer(*layers).properties(height=_choose_step(labels) * len(rows))


def draw_shares_named(
    width: int, rows: Sequence[tuple[str, float | None, str]], *, x_title: str, colour: str = LOSS
) -> Any:
    """Bars with their numbers: rows of (label, percent or None for a heading, in words)."""
    labels = [wrap_label(row[0], width) for row in rows]
    keys = [f"{place:03d}|{label}" for place, label in enumerate(labels)]
    heads = [key for key, row in zip(keys, rows, strict=True) if row[1] is None]
    data = [(key, row[1], row[2]) for key, row in zip(keys, rows, strict=True) if row[1] is not None]
    frame = pl.DataFrame(data, orient="row", schema={"key": pl.String, "value": pl.Float64, "words": pl.String})
    y = _place_rows(width, keys, heads, 0.25)
    top = max((row[1] for row in rows if row[1] is not None), default=1.0) or 1.0
    x = alt.X("value:Q", title=x_title, scale=alt.Scale(domain=[0, top * 1.12]), axis=alt.Axis(tickCount=width // 130))
    base = alt.Chart(frame)
    bars = base.mark_bar(color=colour).encode(x=x, y=y)
    text = base.mark_text(align="left", dx=5, fontSize=11).encode(x=x, y=y, text=alt.Text("words:N"))
    return alt.layer(bars, text).properties(height=_choose_step(labels) * len(rows))
