"""Where caps and bounds made entries smaller."""

from __future__ import annotations

import polars as pl

from scslab.report.blocks import Block, Column, Figure, Paragraph, Section, Table
from scslab.report.charts import draw_bars
from scslab.report.drawing import draw_picture
from scslab.report.facts import Facts
from scslab.report.formats import format_count
from scslab.report.words import Words

SHOWN_BARS = 12


def build_limits(facts: Facts, words: Words) -> Section:
    """Points withheld by rule and limit."""
    cuts = facts.cuts
    if cuts.is_empty():
        return Section("limits", words("section.limits"), (Paragraph(words("limits.none")),))
    sentence = words(
        "limits.sentence",
        entries=words.count("entry", facts.cut_entries),
        all=format_count(facts.settlement.entries.height),
        points=words.points(cuts["points"].sum()),
        nothing=words.count("entry", facts.emptied_entries),
    )
    blocks: tuple[Block, ...] = (Paragraph(sentence), _draw_cuts(cuts, words))
    return Section("limits", words("section.limits"), blocks)


def _draw_cuts(cuts: pl.DataFrame, words: Words) -> Figure:
    rows = list(cuts.iter_rows(named=True))
    names = [(words.rule(row["rule"]), _name_limit(row, words)) for row in rows]
    bars = [
        (f"{rule} · {limit}".replace("`", ""), float(row["points"]), words.points(row["points"]), 0.0, "")
        for (rule, limit), row in zip(names, rows, strict=True)
    ][:SHOWN_BARS]
    said = words("join").join(words("rules.alt_rule", rule=bar[0], points=bar[2]) for bar in bars)
    picture = draw_picture(
        lambda pixels: draw_bars(pixels, bars, x_title=words("column.withheld"), is_two_sided=False),
        words("limits.alt", rules=said),
    )
    table = tuple(
        (rule, limit, format_count(row["entries"]), format_count(row["to_nothing"]), words.points(row["points"]))
        for (rule, limit), row in zip(names, rows, strict=True)
    )
    heads = ("rule", "limit", "entries", "to_nothing", "withheld")
    columns = tuple(Column(words(f"column.{head}"), head not in ("rule", "limit")) for head in heads)
    return Figure(
        title=words("limits.title"),
        subtitle=words("limits.subtitle"),
        picture=picture,
        numbers=Table(words("limits.title"), columns, table),
    )


def _name_limit(row: dict[str, object], words: Words) -> str:
    limit = str(row["limit"])
    return words(f"limit.{limit}") if row["is_bound"] or limit == "rule" else words("limit.group", id=limit)
