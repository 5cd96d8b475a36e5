"""A scheme's score and tiers, and what an index is made of."""

from __future__ import annotations

from scslab.report.blocks import Block, Cell, Column, Figure, Paragraph, Picture, Section, Table
from scslab.report.colours import BANDS, INK, MUTED
from scslab.report.formats import format_factor
from scslab.report.phrases_conditions import say_state
from scslab.report.phrases_index import say_scale, say_value
from scslab.report.sections.scheme import say_how
from scslab.report.site import svg
from scslab.report.site.rules import cite, link_line, style_row
from scslab.report.site.scale import build_scale, draw_scale
from scslab.report.site.sure import STRIPES
from scslab.report.words import Words
from scslab.scheme.model import Confidence, Dimension, Indicator, Scheme, Tier


def build_score(scheme: Scheme, words: Words) -> Section:
    """How the score works, and its tiers as a scale and as a table."""
    title = words("section.tiers")
    blocks: list[Block] = [Paragraph(say_how(words))]
    scale = build_scale(scheme, words)
    if scale is not None:
        is_dated = any(tier.lower is not None and len(tier.lower.steps) > 1 for tier in scheme.tiers)
        subtitle = words("scale.subtitle") + (words("join") + words("scale.subtitle_old") if is_dated else "")
        figure = Figure(words("scale.title"), subtitle, draw_scale(scale, words))
        blocks.append(figure)
        if scale.graded:
            blocks.append(Paragraph(words("tiers.graded", tiers=words.enumerate(name for name, _ in scale.graded))))
    if scheme.tiers:
        blocks.append(_list_tiers(scheme, words))
    return Section("tiers", title, tuple(blocks))


def _list_tiers(scheme: Scheme, words: Words) -> Table:
    tiers = scheme.tiers[::-1]
    has_needs = any(tier.requires for tier in tiers)
    rows = tuple(
        (
            Cell(words.tier(tier.id), detail="" if words.tier(tier.id) == tier.id else f"`{tier.id}`"),
            _say_lower(tier, words),
            *((words("semicolon").join(say_state(each, words) for each in tier.requires) or "–",) if has_needs else ()),
            cite(tier, words),
            link_line(tier, words),
        )
        for tier in tiers
    )
    columns = (
        Column(words("column.tier")),
        Column(words("column.from")),
        *((Column(words("column.requires")),) if has_needs else ()),
        Column(words("column.basis")),
        Column(words("column.line")),
    )
    styles = tuple(style_row(tier, scheme) for tier in tiers)
    return Table(words("scale.table"), columns, rows, style="cards", row_styles=styles)


def _say_lower(tier: Tier, words: Words) -> str:
    if tier.lower is None:
        return words("tier.by_grade")
    if tier.lower.is_constant:
        return words.points(tier.lower.values()[0])
    return " → ".join(f"{words.points(value)} ({since.isoformat()})" for since, value in tier.lower.steps)


def build_index(scheme: Scheme, words: Words) -> Section | None:
    """The dimensions as weighted bars, and their indicators with their scales; None where the scheme is no index."""
    if not scheme.dimensions:
        return None
    said = [f"{_name(each, words)}: {_weight(each) * 100:.4g}%" for each in scheme.dimensions]
    alt = words("index_parts.alt", items=words.enumerate(said))
    picture = svg.draw_both(lambda width: _draw_weights(scheme, words, width), alt)
    blocks: list[Block] = [
        Figure(words("index_parts.title"), words("index_parts.subtitle"), picture),
        Paragraph(words("index_parts.how")),
        _list_indicators(scheme, words),
    ]
    return Section("index", words("section.index_parts"), tuple(blocks))


def _name(item: Dimension | Indicator, words: Words) -> str:
    return words.text(item.title) or item.id


def _weight(dimension: Dimension) -> float:
    return float(dimension.weight.values()[-1])


def _list_indicators(scheme: Scheme, words: Words) -> Table:
    rows: list[tuple[Cell | str, ...]] = []
    styles: list[str] = []
    for dimension in scheme.dimensions:
        share = f"{_weight(dimension) * 100:.4g}"
        for each in dimension.indicators:
            rows.append(
                (
                    Cell(
                        _name(each, words),
                        detail=words("index_parts.of", dimension=_name(dimension, words), share=share),
                    ),
                    say_value(each.value, words),
                    Cell(say_scale(each, words), picture=_draw_curve(each, words)),
                    cite(each, words),
                    link_line(each, words),
                )
            )
            styles.append(style_row(each, scheme))
    columns = tuple(Column(words(f"column.{name}")) for name in ("indicator", "measures", "scale", "basis", "line"))
    return Table(words("index_parts.table"), columns, tuple(rows), style="cards", row_styles=tuple(styles))


def _draw_weights(scheme: Scheme, words: Words, width: int) -> str:
    row, y = 50.0, 4.0
    longest = max(_weight(each) for each in scheme.dimensions)
    span = float(scheme.range[1].values()[-1] - scheme.range[0].values()[-1]) if scheme.range else 0.0
    parts = [STRIPES]
    for dimension in sorted(scheme.dimensions, key=lambda each: -_weight(each)):
        weight = _weight(dimension)
        share, points = format_factor(dimension.weight.values()[-1] * 100), words.width(round(weight * span, 1))
        label = words("index_parts.points", share=share, points=points)
        room = svg.measure(label, 13) + 12
        bar = weight / longest * (width - room - 4)
        is_assumed = scheme.confidence_of(dimension) is Confidence.ASSUMED
        parts.append(svg.text(0, y + 14, svg.shorten(_name(dimension, words), 13.5, width), 13.5, bold=True))
        edge = 'stroke="#d9872b" stroke-width="1"' if is_assumed else ""
        parts.append(svg.rect(0.5, y + 21, bar, 16, "url(#s)" if is_assumed else BANDS[2], f'rx="2" {edge}'))
        parts.append(svg.text(bar + 8, y + 34, label, 13, fill=MUTED))
        y += row
    return svg.picture(width, y, parts)


def _draw_curve(indicator: Indicator, words: Words) -> Picture:
    """The scale as a small line: values run right, full marks up; flat beyond its points."""
    width, height, pad = 150.0, 46.0, 5.0
    values = [float(value) for value, _ in indicator.scale]
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    low, high = low - 0.12 * span, high + 0.12 * span
    points = [(low, float(indicator.scale[0][1])), *((float(a), float(b)) for a, b in indicator.scale)]
    points.append((high, float(indicator.scale[-1][1])))
    at = [
        (pad + (x - low) / (high - low) * (width - 2 * pad), height - pad - y * (height - 2 * pad)) for x, y in points
    ]
    parts = [svg.rect(0.5, 0.5, width - 1, height - 1, "#f4f6f7", 'rx="3" stroke="#dfe4e8"')]
    parts.append(svg.path("M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in at), BANDS[2], 'stroke-width="2"'))
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{INK}"/>' for x, y in at[1:-1]]
    address = svg.picture(width, height, parts)
    return Picture(address, address, words("index_parts.curve", pairs=say_scale(indicator, words)))
