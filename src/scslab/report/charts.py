"""The charts. Each function gives an Altair chart for a total width in pixels; legends and titles stand in the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import altair as alt
import polars as pl

from scslab.report.colours import BANDS, GAIN, INK, LOSS, MUTED, NEUTRAL
from scslab.report.drawing import WIDE_PIXELS

HEIGHT = 260


def draw_histogram(
    width: int,
    bars: Sequence[tuple[float, float, int, int, str]],
    median: float,
    *,
    x_title: str,
    y_title: str,
    median_label: str,
) -> Any:
    """Stacked bars (low, high, from, to, colour) and a line at the median."""
    data = pl.DataFrame(bars, orient="row", schema=["low", "high", "y", "y2", "colour"])
    x = alt.X(
        "low:Q",
        title=x_title,
        scale=alt.Scale(nice=False, zero=False),
        axis=alt.Axis(grid=False, tickCount=width // 80),
    )
    body = (
        alt.Chart(data)
        .mark_bar(stroke="white", strokeWidth=0.5)
        .encode(
            x=x,
            x2=alt.X2("high"),
            y=alt.Y("y:Q", title=y_title, axis=alt.Axis(format=",d", tickMinStep=1, tickCount=5)),
            y2=alt.Y2("y2"),
            color=alt.Color("colour:N", scale=None),
        )
    )
    middle = pl.DataFrame({"low": [median], "label": [median_label]})
    low, high = bars[0][0], max(bar[1] for bar in bars)
    is_right = median > (low + high) / 2
    line = alt.Chart(middle).mark_rule(color=INK, strokeDash=[4, 3]).encode(x=alt.X("low:Q"))
    text = (
        alt.Chart(middle)
        .mark_text(
            align="right" if is_right else "left", dx=-6 if is_right else 6, dy=2, baseline="top", fontWeight="bold"
        )
        .encode(x=alt.X("low:Q"), y=alt.YValue(0), text=alt.Text("label:N"))
    )
    return alt.layer(body, line, text).properties(height=HEIGHT)


def draw_shares(
    width: int, labels: Sequence[str], shares: Sequence[tuple[int, float, float, str]], *, y_title: str, is_spaced: bool
) -> Any:
    """Full-height stacked bars (place on the axis, from, to, colour), shares 0 to 1, one bar a label.

    `labels` may hold a line break. `is_spaced` leaves out labels where they would touch.
    """
    data = pl.DataFrame(
        [(f"{place:03d}|{labels[place]}", low, high, colour) for place, low, high, colour in shares],
        orient="row",
        schema=["day", "y", "y2", "colour"],
    )
    axis = alt.Axis(
        title=None,
        labelAngle=0,
        labelExpr="split(slice(datum.label, 4), '\\n')",
        labelOverlap="parity" if is_spaced else False,
        ticks=False,
        domain=False,
        labelFontSize=12 if width >= WIDE_PIXELS else 10,
    )
    return (
        alt.Chart(data)
        .mark_bar(stroke="white", strokeWidth=0.6)
        .encode(
            x=alt.X("day:N", axis=axis, scale=alt.Scale(paddingInner=0.12, paddingOuter=0)),
            y=alt.Y("y:Q", title=y_title, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%", tickCount=5)),
            y2=alt.Y2("y2"),
            color=alt.Color("colour:N", scale=None),
        )
        .properties(height=HEIGHT)
    )


def build_day_axis(width: int, first: date, last: date) -> Any:
    """Dates along the bottom: a mark a year, at some distance, where there is more than a year and a half."""
    years = (last - first).days / 365
    axis = alt.Axis(
        title=None,
        grid=False,
        format="%Y" if years > 1.5 else "%Y-%m",
        tickCount={"interval": "year", "step": max(1, round(years * 45 / width))} if years > 1.5 else width // 90,
        labelFlush=False,
    )
    # Dates without a time are read as UTC, so the axis must be UTC too or it slips by a day.
    return alt.X("day:T", axis=axis, scale=alt.Scale(type="utc"))


def draw_bands(width: int, days: Sequence[date], quantiles: Sequence[Sequence[float]], *, y_title: str) -> Any:
    """The median as a line inside the middle half and the middle nine tenths; quantiles as in `over_time.QUANTILES`."""
    data = pl.DataFrame(
        [(day.isoformat(), *(float(q) for q in row)) for day, row in zip(days, quantiles, strict=True)],
        orient="row",
        schema=["day", "q05", "q25", "q50", "q75", "q95"],
    )
    x = build_day_axis(width, days[0], days[-1])
    y = alt.Y("q05:Q", title=y_title, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5))
    base = alt.Chart(data)
    wide = base.mark_area(color=BANDS[0]).encode(x=x, y=y, y2=alt.Y2("q95"))
    half = base.mark_area(color=BANDS[1]).encode(x=x, y=alt.Y("q25:Q"), y2=alt.Y2("q75"))
    line = base.mark_line(color=BANDS[2], strokeWidth=2.5, point=alt.OverlayMarkDef(color=BANDS[2], size=28)).encode(
        x=x, y=alt.Y("q50:Q")
    )
    return alt.layer(wide, half, line).properties(height=220)


def draw_lines(
    width: int, days: Sequence[date], lines: Sequence[tuple[str, str, Sequence[int]]], *, y_title: str
) -> Any:
    """Counts over time as lines: (name, colour, count a day)."""
    data = pl.DataFrame(
        [
            (name, colour, day.isoformat(), count)
            for name, colour, counts in lines
            for day, count in zip(days, counts, strict=True)
        ],
        orient="row",
        schema=["name", "colour", "day", "count"],
    )
    y = alt.Y("count:Q", title=y_title, axis=alt.Axis(tickCount=5, format=",d", tickMinStep=1))
    return (
        alt.Chart(data)
        .mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=26))
        .encode(
            x=build_day_axis(width, days[0], days[-1]),
            y=y,
            detail="name:N",
            color=alt.Color("colour:N", scale=None),
        )
        .properties(height=220)
    )


def draw_heat(
    width: int, tiers: Sequence[str], cells: Sequence[tuple[int, int, str, str, float]], *, x_title: str, y_title: str
) -> Any:
    """A cross-table of tiers, lowest first: cells of (row, column, count, share in words, share 0 to 1)."""
    is_wide = width >= WIDE_PIXELS
    names = [f"{place:02d}|{name}" for place, name in enumerate(tiers)]
    data = pl.DataFrame(
        [(names[a], names[b], count, words, share, a == b) for a, b, count, words, share in cells],
        orient="row",
        schema=["row", "column", "count", "words", "share", "same"],
    )
    room = (width - 110) / max(1, len(tiers))
    has_both = room >= 44
    x = alt.X("column:N", title=x_title, scale=alt.Scale(domain=names), axis=_tier_axis("top", room - 4))
    y = alt.Y("row:N", title=y_title, scale=alt.Scale(domain=names[::-1]), axis=_tier_axis("left", width // 4))
    ramp = alt.Scale(domain=[0, 1], range=["#f4f7f9", "#17517a"])
    base = alt.Chart(data)
    squares = base.mark_rect(stroke="white", strokeWidth=2).encode(
        x=x, y=y, color=alt.Color("share:Q", scale=ramp, legend=None)
    )
    frames = base.transform_filter("datum.same").mark_rect(fill=None, stroke=INK, strokeWidth=1.6).encode(x=x, y=y)
    ink = alt.condition("datum.share > 0.68", alt.value("white"), alt.value(INK))
    main = base.mark_text(
        dy=-8 if has_both else 0, fontWeight="bold", fontSize=14 if is_wide else (12 if has_both else 10)
    )
    layers = [squares, frames, main.encode(x=x, y=y, text=alt.Text("count:N" if has_both else "words:N"), color=ink)]
    if has_both:
        layers.append(
            base.mark_text(dy=9, fontSize=12 if is_wide else 11).encode(x=x, y=y, text=alt.Text("words:N"), color=ink)
        )
    step = 56 if is_wide else 48
    return alt.layer(*layers).properties(height=min(step, 420 // max(1, len(tiers)) + 8) * len(tiers))


def _tier_axis(orient: str, limit: float) -> Any:
    return alt.Axis(
        orient=orient,  # pyright: ignore[reportArgumentType]
        labelExpr="slice(datum.label, 3)",
        labelAngle=0,
        labelLimit=int(limit),
        ticks=False,
        domain=False,
        labelColor=INK,
    )


def draw_bars(
    width: int, rows: Sequence[tuple[str, float, str, float, str]], *, x_title: str, is_two_sided: bool
) -> Any:
    """Bars with their names above: rows of (name, gained, gained in words, lost, lost in words), lost ≤ 0.

    With `is_two_sided` gains run right in blue and losses left in rust; else all run right in grey.
    """
    keys = [f"{place:02d}|{row[0]}" for place, row in enumerate(rows)]
    values = [
        (key, value, text, colour)
        for key, (_, gained, gain_words, lost, loss_words) in zip(keys, rows, strict=True)
        for value, text, colour in (
            (gained, gain_words, GAIN if is_two_sided else NEUTRAL),
            (lost, loss_words, LOSS),
        )
        if value
    ] or [(key, 0.0, "0", NEUTRAL) for key in keys]
    data = pl.DataFrame(values, orient="row", schema=["key", "value", "text", "colour"])
    names = pl.DataFrame({"key": keys, "name": [row[0] for row in rows]})
    top, bottom = max(max(v[1] for v in values), 0.0), min(min(v[1] for v in values), 0.0)
    # Room for the figure at the end of the longest bar, some eight characters of 12 pixels.
    room = (top - bottom or 1.0) * 70 / (width - 140)
    domain = [bottom - (room if bottom < 0 else 0), top + (room if top > 0 else 0)]
    y = alt.Y("key:N", axis=None, scale=alt.Scale(domain=keys, paddingInner=0, paddingOuter=0))
    x = alt.X(
        "value:Q",
        title=x_title,
        scale=alt.Scale(domain=domain, nice=False),
        axis=alt.Axis(tickCount=width // 110, format=",.12~g"),
    )
    bars = alt.Chart(data).mark_bar(height=13, yOffset=9).encode(x=x, y=y, color=alt.Color("colour:N", scale=None))
    gains = alt.Chart(data).transform_filter("datum.value >= 0").mark_text(align="left", dx=5, yOffset=9)
    losses = alt.Chart(data).transform_filter("datum.value < 0").mark_text(align="right", dx=-5, yOffset=9)
    titles = (
        alt.Chart(names)
        .mark_text(align="left", yOffset=-8, limit=width - 10, fontWeight="bold")
        .encode(x=alt.XValue(3), y=y, text=alt.Text("name:N"))
    )
    zero = alt.Chart(pl.DataFrame({"value": [0]})).mark_rule(color=MUTED).encode(x=alt.X("value:Q"))
    ends = [part.encode(x=x, y=y, text=alt.Text("text:N")) for part in (gains, losses)]
    return alt.layer(bars, zero, *ends, titles).properties(height=40 * len(rows))


def draw_ranges(width: int, rows: Sequence[tuple[str, Sequence[float], str]], *, x_title: str, y_title: str) -> Any:
    """Ranges of scores: rows of (name, quantiles 10 25 50 75 90, median in words), first row at the bottom."""
    data = pl.DataFrame(
        [
            (f"{place:02d}|{name}", *(float(q) for q in quantiles), words)
            for place, (name, quantiles, words) in enumerate(rows)
        ],
        orient="row",
        schema=["key", "q10", "q25", "q50", "q75", "q90", "words"],
    )
    names = data["key"].to_list()
    y = alt.Y("key:N", title=y_title, scale=alt.Scale(domain=names[::-1]), axis=_tier_axis("left", width // 3))
    x = alt.X("q10:Q", title=x_title, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=width // 110))
    base = alt.Chart(data)
    line = base.mark_rule(color=BANDS[1], strokeWidth=4).encode(x=x, x2=alt.X2("q90"), y=y)
    half = base.mark_bar(color=BANDS[1], height=16).encode(x=alt.X("q25:Q"), x2=alt.X2("q75"), y=y)
    middle = base.mark_tick(color=BANDS[2], thickness=4, height=24, opacity=1).encode(x=alt.X("q50:Q"), y=y)
    text = base.mark_text(dy=-19, fontWeight="bold").encode(x=alt.X("q50:Q"), y=y, text=alt.Text("words:N"))
    return alt.layer(line, half, middle, text).properties(height=50 * len(rows))


def draw_course(width: int, steps: Sequence[tuple[date, float]], bands: Sequence[tuple[float, float, str]]) -> Any:
    """A score as a staircase over its tiers: steps of (day, score from then on), bands of (low, high, colour)."""
    data = pl.DataFrame(
        [(day.isoformat(), float(score)) for day, score in steps], orient="row", schema=["day", "score"]
    )
    ground = pl.DataFrame(bands, orient="row", schema=["low", "high", "colour"])
    low, high = min(band[0] for band in bands), max(band[1] for band in bands)
    y = alt.Y(
        "score:Q",
        title=None,
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=alt.Axis(tickCount=3, grid=False),
    )
    span = (steps[-1][0] - steps[0][0]).days
    axis = alt.Axis(
        title=None,
        grid=False,
        format="%Y" if span > 900 else "%Y-%m",
        tickCount={"interval": "year", "step": max(1, span // (4 * width))} if span > 900 else width // 100,
    )
    x = alt.X("day:T", scale=alt.Scale(type="utc"), axis=axis)
    tiers = (
        alt.Chart(ground)
        .mark_rect(opacity=0.28)
        .encode(
            y=alt.Y("low:Q", scale=alt.Scale(domain=[low, high], nice=False, zero=False)),
            y2=alt.Y2("high"),
            color=alt.Color("colour:N", scale=None),
        )
    )
    line = alt.Chart(data).mark_line(interpolate="step-after", color=INK, strokeWidth=2).encode(x=x, y=y)
    dots = alt.Chart(data).mark_point(filled=True, color=INK, size=16, opacity=1).encode(x=x, y=y)
    return alt.layer(tiers, line, dots).properties(height=110)
