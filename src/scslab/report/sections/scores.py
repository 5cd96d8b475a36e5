"""Scores and tiers on the day of the standings."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import polars as pl

from scslab.report.blocks import Block, Cell, Column, Figure, Paragraph, Section, Table
from scslab.report.charts import draw_histogram
from scslab.report.colours import NEUTRAL
from scslab.report.drawing import draw_picture
from scslab.report.facts import Facts
from scslab.report.formats import format_count, format_share
from scslab.report.words import Words

BARS = 40
TAIL = 0.005
"""Share of the scores at each end that may be drawn into the first and the last bar."""


def build_scores(facts: Facts, words: Words) -> Section | None:
    """The distribution of scores, and the tiers with their bounds; None where there is no subject."""
    if not facts.quantiles:
        return None
    settlement = facts.settlement
    _, quarter, middle, three_quarters, _ = (words.score(q) for q in facts.quantiles)
    day = words.day(settlement.as_of)
    subjects = words.count_subjects(facts.subjects)
    sentences = [words("scores.sentence", day=day, median=middle, subjects=subjects, low=quarter, high=three_quarters)]
    is_held = pl.col("tier").cast(pl.String) != pl.col("tier_by_score").cast(pl.String)
    held = settlement.standings.filter(is_held).height
    if held:
        sentences.append(words("scores.held", subjects=words.count_subjects(held)))
    sentences += _say_published(facts, words)
    blocks: list[Block] = [Paragraph(words("join").join(sentences)), _draw_scores(facts, words)]
    if facts.tiers:
        blocks.append(_list_tiers(facts, words))
    return Section("scores", words("section.scores"), tuple(blocks))


def _say_published(facts: Facts, words: Words) -> list[str]:
    settlement = facts.settlement
    if settlement.scheme.score.published is None:
        return []
    if settlement.published_on is None:
        return [words("scores.not_published")]
    now, public = pl.col("tier").cast(pl.String), pl.col("published_tier").cast(pl.String)
    differing = settlement.standings.filter(now.ne_missing(public)).height
    day = words.day(settlement.published_on)
    return [words("scores.published", day=day, subjects=words.count_subjects(differing))]


def choose_bins(scores: npt.NDArray[np.float64], unit: float) -> npt.NDArray[np.float64]:
    """Edges of about `BARS` bars or fewer, of a round width of at least `unit`, for all but the outermost scores.

    Example:
        >>> choose_bins(np.array([0.0, 30.0, 61.0]), 1.0)[:3].tolist()
        [0.0, 2.0, 4.0]
    """
    low, high = (float(q) for q in np.quantile(scores, (TAIL, 1 - TAIL)))
    raw = max((high - low) / BARS, unit)
    power = 10.0 ** math.floor(math.log10(raw))
    width = next(step * power for step in (1, 2, 5, 10) if step * power >= raw * (1 - 1e-9))
    first, last = math.floor(low / width), math.floor(high / width) + 1
    return np.arange(first, last + 1, dtype=np.float64) * width


def _draw_scores(facts: Facts, words: Words) -> Figure:
    unit = 10.0**-words.decimals
    edges = choose_bins(facts.scores, unit)
    width = float(edges[1] - edges[0])
    # Half a unit keeps scores that stand exactly on an edge in the bar that begins there.
    place = np.clip(np.floor((facts.scores - edges[0] + unit / 2) / width).astype(np.int64), 0, edges.size - 2)
    tiers = facts.tiers or (None,)
    codes = facts.tier_codes if facts.tiers else np.zeros_like(facts.tier_codes)
    counts = np.bincount(place * len(tiers) + codes, minlength=(edges.size - 1) * len(tiers)).reshape(-1, len(tiers))
    bars: list[tuple[float, float, int, int, str]] = []
    for low, high, row in zip(edges[:-1], edges[1:], counts, strict=True):
        base = 0
        for tier, count in zip(tiers, row, strict=True):
            if count:
                colour = facts.colour_of(tier) if facts.tiers else NEUTRAL
                bars.append((float(low), float(high), base, base + int(count), colour))
                base += int(count)
    _, quarter, median, three_quarters, _ = (words.score(q) for q in facts.quantiles)
    shares = [
        words("scores.alt_tier", tier=words.tier(tier), share=format_share(count, facts.subjects))
        for tier, count in zip(facts.tiers, facts.tier_counts, strict=True)
    ]
    alt = words("scores.alt", median=median, low=quarter, high=three_quarters, tiers=words("join").join(shares))
    below = int((facts.scores < edges[0]).sum())
    above = int((facts.scores >= edges[-1] - unit / 2).sum())
    picture = draw_picture(
        lambda pixels: draw_histogram(
            pixels,
            bars,
            facts.quantiles[2],
            x_title=words("scores.x", score=words.score_name),
            y_title=words("scores.y", subjects=words.subjects_title),
            median_label=words("scores.median", median=median),
        ),
        alt,
    )
    names = [words.tier(tier) for tier in facts.tiers]
    columns = [Column(words("column.score")), *(Column(name, True) for name in names), Column(words("total"), True)]
    rows = [
        (
            words("scores.bin", low=words.points(low), high=words.points(high)),
            *(format_count(int(n)) for n in (row if facts.tiers else ())),
            format_count(int(row.sum())),
        )
        for low, high, row in zip(edges[:-1], edges[1:], counts, strict=True)
        if row.any()
    ]
    subtitle = "scores.subtitle" if facts.tiers else "scores.subtitle_plain"
    return Figure(
        title=words("scores.title"),
        subtitle=words(
            subtitle,
            subjects=words.subjects_title,
            day=words.day(facts.settlement.as_of),
            width=words.width(width),
        ),
        picture=picture,
        legend=tuple((words.tier(tier), facts.colour_of(tier)) for tier in facts.tiers),
        numbers=Table(words("scores.title"), tuple(columns), tuple(rows)),
        note=words("scores.tails", low=format_count(below), high=format_count(above)) if below or above else "",
    )


def _list_tiers(facts: Facts, words: Words) -> Table:
    as_of = facts.settlement.as_of
    lower = {tier.id: tier.lower_on(as_of) for tier in facts.settlement.scheme.tiers}
    rows = []
    for tier, count in reversed(list(zip(facts.tiers, facts.tier_counts, strict=True))):
        bound = lower.get(tier) if tier is not None else None
        rows.append(
            (
                Cell(words.tier(tier), colour=facts.colour_of(tier)),
                "–" if bound is None else words.points(bound),
                format_count(count),
                Cell(format_share(count, facts.subjects), share=count / facts.subjects, colour=facts.colour_of(tier)),
            )
        )
    columns = (
        Column(words("column.tier")),
        Column(words("column.from"), True),
        Column(words("column.subjects", subjects=words.subjects_title), True),
        Column(words("column.share"), True),
    )
    total = (words("total"), "", format_count(facts.subjects), "100%")
    return Table(words("scores.tiers", day=words.day(as_of)), columns, tuple(rows), total)
