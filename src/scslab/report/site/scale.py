"""The tiers of a scheme drawn as a scale: bands true to the score, and a labelled field for each."""

from __future__ import annotations

from dataclasses import dataclass

from scslab.report.blocks import Picture
from scslab.report.colours import INK, MUTED, choose_tier_colours
from scslab.report.drawing import NARROW_PIXELS
from scslab.report.site import svg
from scslab.report.words import Words
from scslab.scheme.dated import Number
from scslab.scheme.model import Scheme


@dataclass(frozen=True, slots=True)
class Band:
    """A tier on the scale.

    Attributes:
        low, high: where it begins and ends on the drawn scale, in points.
        label: its limits in words.
    """

    tier: str
    title: str
    colour: str
    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """The bands, lowest first; tiers that only a grade reaches are (title, colour) in `graded`.

    Attributes:
        is_open_below, is_open_above: whether scores go on beyond the drawn ends.
        start: the start score, if it lies on the scale.
    """

    bands: tuple[Band, ...]
    graded: tuple[tuple[str, str], ...]
    start: float | None
    start_label: str
    is_open_below: bool
    is_open_above: bool


def last(number: Number | None) -> float | None:
    """The latest value of a dated number."""
    return None if number is None else float(number.values()[-1])


def build_scale(scheme: Scheme, words: Words) -> Scale | None:
    """The latest bands of a scheme; None where it has no tier with a lower end."""
    colours = choose_tier_colours(len(scheme.tiers))
    found = [
        (lower, tier, colour)
        for tier, colour in zip(scheme.tiers, colours, strict=True)
        if (lower := last(tier.lower)) is not None
    ]
    if not found:
        return None
    found.sort(key=lambda each: each[0])
    is_index = scheme.range is not None
    start = None if is_index else last(scheme.score.start)
    floor = last(scheme.range[0]) if scheme.range else last(scheme.score.floor)
    ceiling = last(scheme.range[1]) if scheme.range else last(scheme.score.ceiling)
    inner = [lower for lower, _, _ in found[1:]] + ([start] if start is not None else [])
    inner = inner or [found[0][0]]
    span = (max(inner) - min(inner)) or abs(max(inner)) or 1.0
    lowest = min(inner) - 0.3 * span
    ends = [end for end in (floor, found[0][0]) if end is not None and end >= min(inner) - 3 * span]
    low = min(ends) if ends else lowest
    high = ceiling if ceiling is not None and ceiling <= max(inner) + 3 * span else max(inner) + 0.3 * span
    # A floor that a file needs but no source gives lies far below: it is drawn as an open end.
    is_open_below, is_open_above = not ends, ceiling is None
    edges = [max(low, lower) for lower, _, _ in found]
    edges = [*edges, max(high, edges[-1] + 0.05 * span)]
    bands: list[Band] = []
    for place, (lower, tier, colour) in enumerate(found):
        is_last, is_first = place == len(found) - 1, place == 0
        low_text = words.points(lower)
        if is_first and is_open_below and not is_last:
            label = words("scale.below", high=words.points(found[1][0]))
        elif is_last and ceiling is not None:
            label = words("scale.to_end", low=low_text, high=words.points(ceiling))
        elif is_last:
            label = words("scale.from", low=low_text)
        else:
            label = words("scale.band", low=low_text, high=words.points(found[place + 1][0]))
        bands.append(Band(tier.id, words.tier(tier.id), colour, edges[place], edges[place + 1], label))
    graded = tuple(
        (words.tier(tier.id), colour) for tier, colour in zip(scheme.tiers, colours, strict=True) if tier.lower is None
    )
    is_on = start is not None and edges[0] <= start <= edges[-1]
    label = words("scale.start", start=words.points(start)) if start is not None else ""
    return Scale(tuple(bands), graded, start if is_on else None, label, is_open_below, is_open_above)


def draw_scale(scale: Scale, words: Words) -> Picture:
    """The scale for a desk (lying) and for a phone (standing)."""
    alt = words("join").join(words("scale.alt_tier", tier=band.title, range=band.label) for band in scale.bands)
    alt = words("scale.alt", tiers=alt, start=scale.start_label)
    return Picture(_draw_lying(scale), _draw_standing(scale), alt)


def _draw_lying(scale: Scale) -> str:
    width, left, right = svg.WIDE_PIXELS, 14.0, svg.WIDE_PIXELS - 14.0
    low, high = scale.bands[0].low, scale.bands[-1].high
    at = lambda score: left + (score - low) / (high - low) * (right - left)  # noqa: E731 (a local scale)
    top, bar, gap = 30.0, 20.0, 34.0
    field = (right - left) / len(scale.bands)
    shapes: list[str] = []
    texts: list[str] = []
    y_field = top + bar + gap
    tall = 0
    for place, band in enumerate(scale.bands):
        x1, x2 = at(band.low), at(band.high)
        shapes.append(svg.rect(x1, top, x2 - x1, bar, band.colour, 'stroke="#ffffff" stroke-width="1"'))
        fx = left + place * field
        data = (
            f"M{x1:.1f},{top + bar:.1f} L{x2:.1f},{top + bar:.1f} "
            f"L{fx + field - 3:.1f},{y_field:.1f} L{fx + 3:.1f},{y_field:.1f} Z"
        )
        shapes.append(svg.path(data, "none", 'fill-opacity="0.22"', band.colour))
        ink = svg.ink_on(band.colour)
        titles = svg.wrap(band.title, 13.5, field - 22, most=3)
        tall = max(tall, len(titles))
        for row, words in enumerate(titles):
            texts.append(
                svg.text(fx + field / 2, y_field + 22 + 17 * row, words, 13.5, fill=ink, anchor="middle", bold=True)
            )
    labels = [svg.wrap(band.label, 12, field - 12, most=2) for band in scale.bands]
    height_field = 22 + 17 * tall + 3 + 15 * max(len(each) for each in labels)
    fields: list[str] = []
    for place, (band, lines) in enumerate(zip(scale.bands, labels, strict=True)):
        fx = left + place * field
        fields.append(svg.rect(fx + 3, y_field, field - 6, height_field, band.colour, 'rx="3"'))
        y = y_field + height_field - 11 - 15 * (len(lines) - 1)
        ink = svg.ink_on(band.colour)
        for row, label in enumerate(lines):
            texts.append(svg.text(fx + field / 2, y + 15 * row, label, 12, fill=ink, anchor="middle"))
    parts = [*shapes, *fields, *texts]
    parts += _open_ends(scale, left, right, top, bar)
    if scale.start is not None:
        x = at(scale.start)
        parts.append(svg.path(f"M{x:.1f},{top - 2:.1f} l-6,-9 l12,0 Z", "none", fill=INK))
        half = svg.measure(scale.start_label, 12.5) / 2
        middle = min(max(x, left + half), right - half)
        parts.append(svg.text(middle, top - 15, scale.start_label, 12.5, anchor="middle", bold=True))
    return svg.picture(width, y_field + height_field + 6, parts)


def _open_ends(scale: Scale, left: float, right: float, top: float, bar: float) -> list[str]:
    """White arrow heads cut into the ends beyond which scores go on."""
    ends = [(left - 1, 10)] if scale.is_open_below else []
    if scale.is_open_above:
        ends.append((right + 1, -10))
    return [
        svg.path(
            f"M{x:.1f},{top - 1:.1f} h{inward} L{x:.1f},{top + bar / 2:.1f} l{inward},{bar / 2 + 1:.1f} h{-inward} Z",
            "none",
            fill="#ffffff",
        )
        for x, inward in ends
    ]


def _draw_standing(scale: Scale) -> str:
    width, row = NARROW_PIXELS, 62.0
    top = 26.0
    height = row * len(scale.bands)
    low, high = scale.bands[0].low, scale.bands[-1].high
    at = lambda score: top + height - (score - low) / (high - low) * height  # noqa: E731 (a local scale)
    bar_x, bar_width, field_x = 12.0, 18.0, 70.0
    parts: list[str] = []
    for place, band in enumerate(scale.bands):
        y1, y2 = at(band.high), at(band.low)
        fy = top + height - (place + 1) * row
        parts.append(svg.rect(bar_x, y1, bar_width, y2 - y1, band.colour, 'stroke="#ffffff" stroke-width="1"'))
        data = (
            f"M{bar_x + bar_width:.1f},{y1:.1f} L{field_x:.1f},{fy + 2:.1f} "
            f"L{field_x:.1f},{fy + row - 2:.1f} L{bar_x + bar_width:.1f},{y2:.1f} Z"
        )
        parts.append(svg.path(data, "none", 'fill-opacity="0.22"', band.colour))
        parts.append(svg.rect(field_x, fy + 2, width - field_x - 2, row - 4, band.colour, 'rx="3"'))
        ink = svg.ink_on(band.colour)
        titles = svg.wrap(band.title, 14, width - field_x - 22, most=2)
        first = fy + (25 if len(titles) == 1 else 18)
        for number, words in enumerate(titles):
            parts.append(svg.text(field_x + 10, first + 16 * number, words, 14, fill=ink, bold=True))
        parts.append(
            svg.text(
                field_x + 10,
                first + 16 * len(titles) + 2,
                svg.shorten(band.label, 12.5, width - field_x - 20),
                12.5,
                fill=ink,
            )
        )
    if scale.start is not None:
        y = at(scale.start)
        parts.append(svg.path(f"M{bar_x - 2:.1f},{y:.1f} l-9,-6 l0,12 Z", "none", fill=INK))
        parts.append(svg.text(0, 15, scale.start_label, 13, fill=MUTED, bold=True))
    return svg.picture(width, top + height + 4, parts)
