"""The diagram of a scheme: boxes in columns (on a phone: in rows) with curves between them, laid out here."""

from __future__ import annotations

from dataclasses import dataclass

from scslab.report.blocks import Picture
from scslab.report.colours import INK, MUTED
from scslab.report.drawing import NARROW_PIXELS
from scslab.report.site import svg
from scslab.report.site.flow import Box, Flow
from scslab.report.words import Words

TITLE, LINE = 13.0, 11.5
PAD = 11.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A box with its place in pixels and its broken lines."""

    box: Box
    x: float
    y: float
    width: float
    height: float
    titles: tuple[str, ...]
    lines: tuple[str, ...]


def draw_flow(flow: Flow, words: Words) -> Picture:
    """The diagram for a desk and for a phone."""
    alt = words("join").join(_describe(flow, words))
    return Picture(_draw_columns(flow, words), _draw_rows(flow, words), alt)


def _describe(flow: Flow, words: Words) -> list[str]:
    said: list[str] = []
    for box in flow.boxes.values():
        targets = [flow.boxes[b].title for a, b in flow.ways if a == box.id]
        if targets:
            said.append(words("flow.alt", source=box.title, targets=words.enumerate(targets)))
    return said


def _fit(box: Box, x: float, y: float, width: float) -> Placed:
    titles = tuple(svg.wrap(box.title, TITLE, width - 2 * PAD, most=3))
    lines = tuple(part for line in box.lines for part in svg.wrap(line, LINE, width - 2 * PAD, most=2))
    height = 13 + 16.5 * len(titles) + 15 * len(lines)
    return Placed(box, x, y, width, height, titles, lines)


def _draw_box(placed: Placed) -> list[str]:
    box = placed.box
    frame = 'rx="4" stroke="#b9c3cb" stroke-width="1"' + (' stroke-dasharray="4 3"' if box.is_foreign else "")
    parts = [svg.rect(placed.x, placed.y, placed.width, placed.height, "#ffffff", frame)]
    part = placed.height / len(box.colours)
    parts += [svg.rect(placed.x, placed.y + k * part, 4, part, colour) for k, colour in enumerate(box.colours)]
    y = placed.y + 19.0
    for title in placed.titles:
        parts.append(svg.text(placed.x + PAD, y, title, TITLE, bold=True))
        y += 16.5
    for line in placed.lines:
        parts.append(svg.text(placed.x + PAD, y - 1, line, LINE, fill=MUTED))
        y += 15
    return parts


def _heading(layer: tuple[Box, ...], words: Words) -> str:
    return words(f"flow.layer.{('data', 'score', 'places', 'touches')[layer[0].layer]}")


def _draw_columns(flow: Flow, words: Words) -> str:
    layers = flow.layers
    gap = 62.0 if len(layers) > 3 else 90.0
    share = {0: 1.15, 1: 0.85, 2: 1.0, 3: 1.1}
    free = svg.WIDE_PIXELS - gap * (len(layers) - 1)
    total = sum(share[layer[0].layer] for layer in layers)
    x, top, space = 0.0, 30.0, 11.0
    columns: list[list[Placed]] = []
    heads: list[str] = []
    for layer in layers:
        width = free * share[layer[0].layer] / total
        column: list[Placed] = []
        y = top
        for box in layer:
            placed = _fit(box, x, y, width)
            column.append(placed)
            y += placed.height + space
        columns.append(column)
        heads.append(svg.text(x, 14, svg.shorten(_heading(layer, words), 12, width), 12, fill=MUTED, bold=True))
        x += width + gap
    height = max(column[-1].y + column[-1].height for column in columns)
    placed = {each.box.id: each for column in columns for each in _centre(column, height, top)}
    curves = [_draw_curve(flow, placed, a, b) for a, b in flow.ways]
    boxes = [part for each in placed.values() for part in _draw_box(each)]
    return svg.picture(svg.WIDE_PIXELS, height + 6, [*heads, *curves, *boxes])


def _centre(column: list[Placed], height: float, top: float) -> list[Placed]:
    used = column[-1].y + column[-1].height
    if len(column) == 1:
        down = (height - used) / 2
        each = column[0]
        return [Placed(each.box, each.x, each.y + down, each.width, each.height, each.titles, each.lines)]
    extra = min((height - used) / (len(column) + 1), 60.0)
    down = (height - used - extra * (len(column) - 1)) / 2
    return [
        Placed(each.box, each.x, each.y + down + extra * k, each.width, each.height, each.titles, each.lines)
        for k, each in enumerate(column)
    ]


def _draw_curve(flow: Flow, placed: dict[str, Placed], source: str, target: str) -> str:
    """A curve from the right edge of one box to the left edge of another, with an arrow head; ends fan out."""
    a, b = placed[source], placed[target]
    outs = sorted((y.y, name) for s, name in flow.ways if s == source for y in [placed[name]])
    ins = sorted((y.y, name) for name, t in flow.ways if t == target for y in [placed[name]])
    y1 = a.y + a.height * (1 + [name for _, name in outs].index(target)) / (len(outs) + 1)
    y2 = b.y + b.height * (1 + [name for _, name in ins].index(source)) / (len(ins) + 1)
    if a.x >= b.x:  # within a layer, such as a list that reads the tiers: out and back in on the left
        x1, x2 = a.x, b.x
        bend = 26.0 + abs(y2 - y1) * 0.08
        data = f"M{x1:.1f},{y1:.1f} C{x1 - bend:.1f},{y1:.1f} {x2 - bend:.1f},{y2:.1f} {x2 - 6:.1f},{y2:.1f}"
    else:
        x1, x2 = a.x + a.width, b.x
        bend = (x2 - x1) * 0.5
        data = f"M{x1:.1f},{y1:.1f} C{x1 + bend:.1f},{y1:.1f} {x2 - bend:.1f},{y2:.1f} {x2 - 6:.1f},{y2:.1f}"
    dash = ' stroke-dasharray="4 3"' if a.box.is_foreign else ""
    head = svg.path(
        f"M{x2 - 7:.1f},{y2 - 4:.1f} L{x2 - 0.5:.1f},{y2:.1f} L{x2 - 7:.1f},{y2 + 4:.1f} Z", "none", fill="#7d8a95"
    )
    return svg.path(data, "#9aa7b2", f'stroke-width="1.5"{dash}') + head


def _draw_rows(flow: Flow, words: Words) -> str:
    width, y = float(NARROW_PIXELS), 6.0
    parts: list[str] = []
    for number, layer in enumerate(flow.layers):
        if number:
            parts.append(svg.path(f"M{width / 2:.1f},{y:.1f} v16 m-7,-7 l7,8 l7,-8", INK, 'stroke-width="2"'))
            y += 30
        parts.append(svg.text(0, y + 11, _heading(layer, words), 13, fill=MUTED, bold=True))
        y += 20
        for box in layer:
            placed = _fit(box, 0.5, y, width - 1)
            parts += _draw_box(placed)
            y += placed.height + 7
        y += 4
    return svg.picture(width, y, parts)
