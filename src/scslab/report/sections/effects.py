"""What moved the scores: rules, and the sources of the events."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from scslab.report.blocks import Block, Cell, Column, Figure, Paragraph, Section, Table
from scslab.report.charts import draw_bars
from scslab.report.colours import GAIN, LOSS
from scslab.report.drawing import draw_picture
from scslab.report.facts import Facts
from scslab.report.formats import format_count
from scslab.report.words import Words

SHOWN_BARS = 12
SHOWN_ROWS = 100


def build_effects(facts: Facts, words: Words) -> Section:
    """Points by rule and by source, and the proof that they add up to the scores."""
    blocks: list[Block] = [Paragraph(_say_sums(facts, words))]
    acting = facts.by_rule.filter(pl.col("entries") > 0)
    if not acting.is_empty():
        day = words.day(facts.settlement.as_of)
        blocks.append(_draw_effects(acting, "rule", (words("rules.title"), words("rules.subtitle", day=day)), words))
    idle = facts.by_rule.filter(pl.col("entries") == 0)["rule"].to_list()
    if idle:
        joined = words.enumerate(words("quote", text=words.rule(rule)) for rule in idle)
        blocks.append(Paragraph(words("rules.idle", rules=words.count("rule", len(idle)), names=joined), "note"))
    blocks += _show_sources(facts, words)
    return Section("rules", words("section.rules"), tuple(blocks))


def _say_sums(facts: Facts, words: Words) -> str:
    settlement = facts.settlement
    gained, lost, lapsed = (_sum(facts.by_rule, name) for name in ("gained", "lost", "lapsed"))
    restarts = _sum(settlement.entries.filter(pl.col("kind") == "restart"), "effective")
    said = ""
    if settlement.scheme.score.is_yearly_restart:
        said = words("rules.restarts", points=words.points(restarts, is_signed=True))
    sentence = words(
        "rules.sentence",
        gained=words.points(gained),
        lost=words.points(abs(lost)),
        lapsed=words.points(lapsed, is_signed=True),
        restarts=said,
    )
    start, score = _sum(settlement.standings, "start"), _sum(settlement.standings, "score")
    change = gained + lost + lapsed + restarts
    key = "rules.sum" if start + change == score else "rules.does_not_sum"
    proof = words(
        key, start=words.points(start), change=words.points(change, is_signed=True), score=words.points(score)
    )
    return sentence + words("join") + proof


def _sum(frame: pl.DataFrame, column: str) -> Decimal:
    return Decimal(frame[column].sum() or 0)


def _draw_effects(effects: pl.DataFrame, key: str, titles: tuple[str, str], words: Words) -> Figure:
    def name(value: str | None) -> str:
        if key == "rule":
            return words.rule(value)
        return words("not_named") if value is None else value

    rows = list(effects.iter_rows(named=True))
    bars = [
        (
            name(row[key]),
            float(row["gained"]),
            words.points(row["gained"], is_signed=True),
            float(row["lost"]),
            words.points(row["lost"], is_signed=True),
        )
        for row in rows
    ]
    if len(bars) > SHOWN_BARS:
        rest = rows[SHOWN_BARS - 1 :]
        gained, lost = sum(row["gained"] for row in rest), sum(row["lost"] for row in rest)
        label = words("other", n=len(rest))
        bars = [
            *bars[: SHOWN_BARS - 1],
            (
                label,
                float(gained),
                words.points(gained, is_signed=True),
                float(lost),
                words.points(lost, is_signed=True),
            ),
        ]
    said = [
        words(
            "rules.alt_rule",
            rule=bar[0],
            points=" / ".join(text for value, text in (bar[1:3], bar[3:5]) if value) or "0",
        )
        for bar in bars
    ]
    picture = draw_picture(
        lambda pixels: draw_bars(pixels, bars, x_title=words("rules.x"), is_two_sided=True),
        words("rules.alt", rules=words("join").join(said)),
    )
    most = max((max(row["gained"], -row["lost"]) for row in rows), default=0) or 1
    table = tuple(
        (
            Cell(name(row[key]), detail=f"`{row[key]}`" if key == "rule" and name(row[key]) != row[key] else ""),
            format_count(row["entries"]),
            format_count(row["subjects"]),
            Cell(words.points(row["gained"], is_signed=True), share=float(row["gained"] / most), colour=GAIN),
            Cell(words.points(row["lost"], is_signed=True), share=float(-row["lost"] / most), colour=LOSS),
            words.points(row["lapsed"], is_signed=True),
        )
        for row in rows[:SHOWN_ROWS]
    )
    columns = (
        Column(words(f"column.{key}")),
        *(Column(words(f"column.{c}"), True) for c in ("entries", "touched", "gained", "lost", "lapsed")),
    )
    rest = len(rows) - SHOWN_ROWS
    return Figure(
        title=titles[0],
        subtitle=titles[1],
        picture=picture,
        legend=((words("rules.legend_gain"), GAIN), (words("rules.legend_loss"), LOSS)),
        numbers=Table(titles[0], columns, table, note=words("more_rows", n=format_count(rest)) if rest > 0 else ""),
    )


def _show_sources(facts: Facts, words: Words) -> list[Block]:
    if facts.by_source is None:
        return [Paragraph(words("sources.none"), "note")]
    titles = (words("sources.title"), words("sources.subtitle", day=words.day(facts.settlement.as_of)))
    return [_draw_effects(facts.by_source, "source", titles, words), Paragraph(words("sources.note"), "note")]
