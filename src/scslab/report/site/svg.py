"""Drawing SVG by ourselves: shapes and text as escaped strings, and how wide a text is about.

A picture stands in the page as an image, so that nothing inside it could run or load, whatever its texts say.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from html import escape

from scslab.report.blocks import Picture
from scslab.report.colours import INK
from scslab.report.drawing import NARROW_PIXELS

WIDE_PIXELS = 900
"""How wide a picture is on a desk; on a phone it is `NARROW_PIXELS`."""

FONT = "Helvetica Neue, Arial, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, Liberation Sans, sans-serif"
NARROW_LETTERS = "iljtfrI.,:;|'!()[] -·"
WIDE_LETTERS = "mwMWQO@%—"


def measure(text: str, size: float) -> float:
    """How wide a text is about, in pixels, at a font size in pixels: letters of Helvetica, and square Chinese ones.

    Example:
        >>> measure("信用", 10)
        20.0
        >>> round(measure("mill", 10), 1)
        17.7
    """
    units = 0.0
    for letter in text:
        if ord(letter) > 0x2E7F:
            units += 1.0
        elif letter in NARROW_LETTERS:
            units += 0.3
        elif letter in WIDE_LETTERS:
            units += 0.87
        elif letter.isupper():
            units += 0.7
        else:
            units += 0.56
    return units * size


def wrap(text: str, size: float, width: float, most: int = 3) -> list[str]:
    """Break a text into at most `most` lines of at most `width` pixels; what does not fit ends in an ellipsis.

    Example:
        >>> wrap("Public bicycles without a deposit", 10, 90)
        ['Public bicycles', 'without a deposit']
        >>> wrap("公共自行车免押金", 10, 50, most=1)
        ['公共自行…']
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if not line or measure(line + piece.rstrip(), size) <= width:
            line += piece
            continue
        lines.append(line.rstrip())
        line = piece
    if line.strip():
        lines.append(line.rstrip())
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [shorten(each, size, width) for each in lines]


def shorten(text: str, size: float, width: float) -> str:
    """The text, or as much of it as fits with an ellipsis."""
    if measure(text, size) <= width:
        return text
    while text and measure(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _pieces(text: str) -> Iterable[str]:
    """Words with the space after them, and single Chinese letters; marks of punctuation stay with what they follow."""
    piece = ""
    for letter in text:
        is_wide = ord(letter) > 0x2E7F
        is_mark = letter in "，、；：。）」！？"
        if is_wide and not is_mark and piece:
            yield piece
            piece = ""
        piece += letter
        if letter == " ":
            yield piece
            piece = ""
    if piece:
        yield piece


def rect(x: float, y: float, width: float, height: float, fill: str, more: str = "") -> str:
    """A rectangle; `more` holds further attributes of our own."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" fill="{fill}" {more}/>'


def line(x1: float, y1: float, x2: float, y2: float, stroke: str, more: str = "") -> str:
    """A straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}" {more}/>'


def path(data: str, stroke: str, more: str = "", fill: str = "none") -> str:
    """A path."""
    return f'<path d="{data}" stroke="{stroke}" fill="{fill}" {more}/>'


def text(
    x: float, y: float, words: str, size: float, *, fill: str = INK, anchor: str = "start", bold: bool = False
) -> str:
    """A line of text whose baseline is at `y`; anchor is start, middle or end."""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}" text-anchor="{anchor}"{weight}>'
        f"{escape(words)}</text>"
    )


def picture(width: float, height: float, parts: Iterable[str]) -> str:
    """The parts as an image's `data:` address."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="{FONT}">{"".join(parts)}</svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def draw_both(draw: Callable[[int], str], alt: str) -> Picture:
    """A picture drawn for a desk and for a phone, from a function of its width in pixels."""
    return Picture(draw(WIDE_PIXELS), draw(NARROW_PIXELS), alt)


def ink_on(colour: str) -> str:
    """White or our ink, whichever reads better on a colour `#rrggbb` (the larger contrast of WCAG 2).

    Example:
        >>> ink_on("#17517a"), ink_on("#efd9ab")
        ('#ffffff', '#1c2328')
    """
    own = _luminance(colour)
    return "#ffffff" if 1.05 / (own + 0.05) > (own + 0.05) / (_luminance(INK) + 0.05) else INK


def _luminance(colour: str) -> float:
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
