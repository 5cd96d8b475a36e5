"""From a chart to an image that stands inside the page: SVG without scripts, at a desk's and at a phone's width."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import vl_convert as vlc
from altair.utils.schemapi import debug_mode

from scslab.report.blocks import Picture
from scslab.report.colours import GRID, INK, MUTED

WIDE_PIXELS = 700
NARROW_PIXELS = 350
_FONT = "Helvetica Neue, Arial, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, Liberation Sans, sans-serif"

Draw = Callable[[int], Any]
"""Draws an Altair chart for a page that is so many pixels wide."""


def draw_picture(draw: Draw, alt_text: str, widths: tuple[int, int] = (WIDE_PIXELS, NARROW_PIXELS)) -> Picture:
    """Draw a chart at both widths.

    Args:
        draw: gives an Altair chart for a total width in pixels.
        alt_text: what the chart shows, for those who do not see it.
        widths: in pixels, for a desk and for a phone; a chart of one width is drawn once.
    """
    wide, narrow = (_render_chart(draw, width) for width in widths)
    return Picture(wide, narrow, alt_text)


def _render_chart(draw: Draw, width: int) -> str:
    # The tests hold every kind of chart against the schema of Vega-Lite; doing so at each run would double its time.
    with debug_mode(False):
        spec: dict[str, Any] = draw(width).to_dict(validate=False)
    spec |= {
        "width": width,
        "padding": 2,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "background": "transparent",
        "config": _build_config(width),
    }
    return _render_spec(json.dumps(spec, ensure_ascii=False, sort_keys=True))


def _build_config(width: int) -> dict[str, Any]:
    return {
        "aria": False,
        "font": _FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": MUTED,
            "titleColor": INK,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "titlePadding": 8,
            "labelPadding": 5,
            "domainColor": "#9aa4ad",
            "tickColor": "#9aa4ad",
            "gridColor": GRID,
            "labelLimit": width // 3,
            "titleLimit": 250,
        },
        "text": {"fontSize": 12, "color": INK},
    }


@lru_cache(maxsize=128)
def _render_spec(spec: str) -> str:
    """The same chart is drawn once, in however many languages it appears.

    An image element shows SVG as a picture only: nothing inside it could run or load, whatever its texts say.
    """
    svg = vlc.vegalite_to_svg(spec)
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
