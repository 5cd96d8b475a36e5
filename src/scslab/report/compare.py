"""The page of a comparison: ranks, tiers, who gains and loses, and which rules make the difference."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from scslab.engine.together.comparing import QUANTILES, Comparison, PairComparison
from scslab.report.blocks import Block, Cell, Column, Figure, Heading, Paragraph, Section, Table
from scslab.report.charts import draw_bars
from scslab.report.drawing import draw_picture
from scslab.report.formats import format_count, format_share
from scslab.report.rendering import write_whole
from scslab.report.words_together import Say, build_pages

SHOWN_RULES = 12
"""Rules of each scheme that the chart shows; the table has all."""
SHADE = "#17517a"


def build_comparison(comparison: Comparison) -> str:
    """The page as HTML that needs nothing else."""
    schemes = [settlement.scheme for settlement in comparison.settlements.values()]
    return build_pages("compare", schemes, lambda say: _build_sections(comparison, say))


def write_comparison(comparison: Comparison, path: Path | str) -> None:
    """Write the page to a file.

    Raises:
        OSError: the file cannot be written.
    """
    write_whole(build_comparison(comparison), path)


def _build_sections(comparison: Comparison, say: Say) -> tuple[Section, ...]:
    pairs = comparison.pairs
    found = [
        Section("ranks", say("ranks"), tuple(block for pair in pairs for block in _tell_ranks(pair, say))),
        Section("tiers", say("tiers"), tuple(block for pair in pairs for block in _tell_tiers(pair, say))),
        Section("changes", say("changes"), tuple(block for pair in pairs for block in _tell_changes(pair, say))),
        Section("rules", say("rules"), _tell_rules(comparison, say)),
    ]
    if comparison.unmapped.height:
        found.append(Section("unmapped", say("unmapped"), (_list_unmapped(comparison.unmapped, say),)))
    return tuple(found)


def _name(pair: PairComparison) -> str:
    return f"{pair.first} – {pair.second}"


def _tell_ranks(pair: PairComparison, say: Say) -> list[Block]:
    numbers = {name: format_count(getattr(pair, name)) for name in ("concordant", "discordant", "tied")}
    told: list[Block] = [
        Heading(_name(pair)),
        Paragraph(
            say(
                "ranks.sentence",
                subjects=format_count(pair.subjects),
                spearman=_format(pair.spearman, say),
                kendall=_format(pair.kendall, say),
            ),
            "lead",
        ),
        Paragraph(say("ranks.pairs", **numbers)),
    ]
    if pair.only_first or pair.only_second:
        first, second = format_count(pair.only_first), format_count(pair.only_second)
        told.append(Paragraph(say("ranks.alone", first=first, a=pair.first, second=second, b=pair.second), "note"))
    return told


def _format(value: float | None, say: Say) -> str:
    return say("undefined") if value is None else f"{value:.3f}".replace("-", "−")


def _tell_tiers(pair: PairComparison, say: Say) -> list[Block]:
    """The cross-table, with a bar for the share of those who have the first tier."""
    totals = dict(pair.tiers.group_by("first").agg(pl.col("subjects").sum()).iter_rows())
    rows = [
        (
            row["first"] or say("no_tier"),
            row["second"] or say("no_tier"),
            format_count(row["subjects"]),
            Cell(
                format_share(row["subjects"], totals[row["first"]]),
                share=row["subjects"] / totals[row["first"]],
                colour=SHADE,
            ),
        )
        for row in pair.tiers.iter_rows(named=True)
    ]
    columns = (
        Column(pair.first), Column(pair.second), Column(say("subjects"), is_number=True),
        Column(say("share"), is_number=True),
    )  # fmt: skip
    return [Table(_name(pair), columns, tuple(rows))]


def _tell_changes(pair: PairComparison, say: Say) -> list[Block]:
    counts = {name: format_count(getattr(pair, name)) for name in ("gains", "loses", "stays")}
    told: list[Block] = [
        Heading(_name(pair)),
        Paragraph(say("changes.sentence", a=pair.first, b=pair.second, **counts)),
    ]
    if pair.quantiles:
        columns = (Column(say("quantile")), Column(say("change"), is_number=True))
        rows = tuple((f"{q:.0%}", _signed(value)) for q, value in zip(QUANTILES, pair.quantiles, strict=True))
        told.append(Table(say("change"), columns, rows))
    if pair.groups.height:
        names = ("attribute", "group", "subjects", "mean", "gains", "loses", "large")
        columns = tuple(Column(say(name), is_number=place > 1) for place, name in enumerate(names))
        rows = tuple(
            (
                row["attribute"],
                say("unknown") if row["group"] is None else row["group"],
                format_count(row["subjects"]),
                _signed(row["mean_change"]),
                format_count(row["gains"]),
                format_count(row["loses"]),
                f"+{format_count(row['large_gains'])} / −{format_count(row['large_losses'])}",
            )
            for row in pair.groups.iter_rows(named=True)
        )
        told.append(Table(say("groups"), columns, rows))
    return told


def _signed(value: float) -> str:
    return f"{value:+.1%}".replace("-", "−")


def _tell_rules(comparison: Comparison, say: Say) -> tuple[Block, ...]:
    rules = comparison.rules
    names = ("scheme", "rule", "subjects", "entries", "sum", "points")
    columns = tuple(Column(say(name), is_number=place > 1) for place, name in enumerate(names))
    rows = tuple(
        (
            row["scheme"],
            row["rule"] or "",
            format_count(row["subjects"]),
            format_count(row["entries"]),
            f"{row['effective']:+,.6g}".replace("-", "−"),
            f"{row['mean']:+,.4g}".replace("-", "−"),
        )
        for row in rules.iter_rows(named=True)
    )
    table = Table(say("rules"), columns, rows)
    sentence = Paragraph(say("rules.sentence"))
    shown = pl.concat([part.head(SHOWN_RULES) for part in rules.partition_by("scheme", maintain_order=True)] or [rules])
    if not shown.height:
        return (sentence, table)
    bars = [
        (f"{row['rule']} ({row['scheme']})", max(0.0, row["mean"]), f"{row['mean']:+.3g}", min(0.0, row["mean"]),
         f"{row['mean']:+.3g}".replace("-", "−"))
        for row in shown.iter_rows(named=True)
    ]  # fmt: skip

    def draw(pixels: int) -> object:
        return draw_bars(pixels, bars, x_title=say("points"), is_two_sided=True)

    picture = draw_picture(draw, say("rules.alt"))
    return (sentence, Figure(say("rules.figure"), say("points"), picture, numbers=table))


def _list_unmapped(unmapped: pl.DataFrame, say: Say) -> Table:
    columns = (Column(say("scheme")), Column(say("type")), Column(say("events"), is_number=True))
    rows = tuple((scheme, name, format_count(events)) for scheme, name, events in unmapped.iter_rows())
    return Table(say("unmapped"), columns, rows)
