"""The charts of a calibration. Each function gives an Altair chart for a total width in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import altair as alt
import polars as pl

from scslab.report.charts import build_day_axis
from scslab.report.colours import BANDS, GRID, INK, LOSS, MUTED
from scslab.report.drawing import WIDE_PIXELS

Band = tuple[date, float, float, float]
"""Day, low, best, high; shares, 0 to 1."""
Mark = tuple[date, float, float, bool]
"""Day, observed, standard deviation, whether the fit used it."""
LEARN = "#dcd3b8"
LEARN_LINE = "#8a6d1d"


def draw_courses(
    width: int, aware: Sequence[Band], taking_part: Sequence[Band], marks: Sequence[Mark], *, y_title: str
) -> Any:
    """Two courses with their bands, and what was observed of the second as points with two standard deviations."""
    frames = [
        pl.DataFrame(
            [(day.isoformat(), *rest) for day, *rest in rows], orient="row", schema=["day", "low", "y", "high"]
        )
        for rows in (aware, taking_part)
    ]
    x = build_day_axis(width, taking_part[0][0], taking_part[-1][0])
    layers: list[Any] = []
    for frame, area, line in zip(frames, (LEARN, BANDS[0]), (LEARN_LINE, BANDS[2]), strict=True):
        base = alt.Chart(frame)
        y = alt.Y("low:Q", title=y_title, axis=alt.Axis(format=".0%", tickCount=5), scale=alt.Scale(domainMin=0))
        layers += [
            base.mark_area(color=area, opacity=0.75).encode(x=x, y=y, y2=alt.Y2("high")),
            base.mark_line(color=line, strokeWidth=2.5).encode(x=x, y=alt.Y("y:Q")),
        ]
    seen = pl.DataFrame(
        [(d.isoformat(), v, max(0.0, v - 2 * e), min(1.0, v + 2 * e), is_fit) for d, v, e, is_fit in marks],
        orient="row",
        schema={"day": pl.String, "v": pl.Float64, "a": pl.Float64, "b": pl.Float64, "is_fit": pl.Boolean},
    )
    base = alt.Chart(seen)
    layers += [
        base.mark_rule(color=LOSS, strokeWidth=2).encode(x=x, y=alt.Y("a:Q"), y2=alt.Y2("b")),
        base.mark_point(shape="diamond", color=LOSS, size=90, strokeWidth=2, opacity=1).encode(
            x=x, y=alt.Y("v:Q"), fill=alt.condition("datum.is_fit", alt.value(LOSS), alt.value("white"))
        ),
    ]
    return alt.layer(*layers).properties(height=260)


def draw_priors(width: int, rows: Sequence[tuple[str, float, float, float]], *, x_title: str) -> Any:
    """What was known before and is known now, in standard deviations of the prior: rows of (name, low, middle, high).

    Every prior is the same grey band, so that the eye compares how far the blue one shrank and moved.
    """
    keys = [f"{place:03d}|{row[0]}" for place, row in enumerate(rows)]
    frame = pl.DataFrame(
        [(key, *row[1:]) for key, row in zip(keys, rows, strict=True)], orient="row",
        schema=["key", "low", "middle", "high"],
    )  # fmt: skip
    side = 1.645
    far = max(3.0, *(max(abs(row[1]), abs(row[3])) + 0.2 for row in rows))
    axis: Any = alt.Axis(
        title=None, labelExpr="slice(datum.label, 4)", labelLimit=int(width * 0.36), ticks=False, domain=False,
        labelColor=INK, labelFontSize=12 if width >= WIDE_PIXELS else 10, minExtent=40,
    )  # fmt: skip
    y = alt.Y("key:N", axis=axis, scale=alt.Scale(domain=keys, paddingInner=0.3, paddingOuter=0.1))
    x = alt.X(
        "low:Q", title=x_title, scale=alt.Scale(domain=[-far, far], nice=False),
        axis=alt.Axis(tickCount=7 if width >= WIDE_PIXELS else 5, gridColor=GRID),
    )  # fmt: skip
    priors = pl.DataFrame({"key": keys, "low": [-side] * len(keys), "high": [side] * len(keys)})
    grey = alt.Chart(priors).mark_bar(color="#d9dee2", height={"band": 1}).encode(x=x, x2=alt.X2("high"), y=y)
    base = alt.Chart(frame)
    blue = base.mark_bar(color=BANDS[2], height={"band": 0.45}, opacity=0.85).encode(x=x, x2=alt.X2("high"), y=y)
    dot = base.mark_tick(color="white", thickness=2, size=11, opacity=1).encode(x=alt.X("middle:Q"), y=y)
    zero = alt.Chart(pl.DataFrame({"low": [0.0]})).mark_rule(color=MUTED, strokeDash=[3, 3]).encode(x=x)
    return alt.layer(grey, zero, blue, dot).properties(height=21 * len(rows))
