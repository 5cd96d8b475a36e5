"""Example statements of an index: where each point of a score comes from, and what could be gained."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from scslab.report.blocks import Block, Cell, Column, Paragraph, Picture, Section, StatementCard, Table
from scslab.report.colours import NEUTRAL
from scslab.report.facts import Facts
from scslab.report.formats import format_points
from scslab.report.phrases_index import say_scale
from scslab.report.sections.statements import draw_steps
from scslab.report.words import Words

Row = dict[str, Any]
SHOWN_GAINS = 3


def build_index_statements(facts: Facts, words: Words) -> Section | None:
    """Up to four subjects at the last publication: highest, lowest, in the middle, and the largest change."""
    publications = facts.settlement.publications
    if publications is None or publications.is_empty():
        return None
    cards: list[Block] = [Paragraph(words("statements.index"))]
    for number, (reason, row) in enumerate(choose_subjects(publications), start=1):
        subject = words("subject", n=number) if words.is_private else str(row["subject_id"])
        cards.append(_build_card(subject, reason, row, facts, words))
    return Section("statements", words("section.statements"), tuple(cards))


def choose_subjects(publications: pl.DataFrame) -> list[tuple[str, Row]]:
    """Different subjects of the last publication, each with the reason why it was chosen.

    Ties go to the first by id, so that the choice does not depend on the order of the rows.
    """
    day: Any = publications["published_on"].max()
    score = pl.col("score").cast(pl.Float64)
    latest = publications.filter(pl.col("published_on") == day).with_columns(number=score)
    middle: Any = latest["number"].median()
    earlier = publications.filter(pl.col("published_on") < day)
    before = (
        earlier.sort("published_on").group_by("subject_id").agg(pl.col("score").last().cast(pl.Float64).alias("was"))
    )
    latest = latest.join(before, on="subject_id", how="left").with_columns(
        change=(pl.col("number") - pl.col("was")).abs().fill_null(0.0)
    )
    chosen: dict[Any, tuple[str, Row]] = {}
    orders = (
        ("highest", -pl.col("number")),
        ("lowest", pl.col("number")),
        ("median", (pl.col("number") - middle).abs()),
        ("moved", -pl.col("change")),
    )
    for reason, order in orders:
        for row in latest.sort(order, "subject_id").head(len(chosen) + 1).iter_rows(named=True):
            if row["subject_id"] not in chosen:
                chosen[row["subject_id"]] = (reason, row)
                break
    return list(chosen.values())


def _build_card(subject: str, reason: str, row: Row, facts: Facts, words: Words) -> StatementCard:
    settlement = facts.settlement
    rows: list[Row] = []
    if settlement.contributions is not None:
        is_mine = (pl.col("subject_id") == row["subject_id"]) & (pl.col("published_on") == row["published_on"])
        rows = settlement.contributions.filter(is_mine).rows(named=True)
    tier: Any = row.get("tier")
    figures = [(words("statement.score"), words.points(row["score"]))]
    if facts.tiers:
        figures.append((words("statement.tier"), words.tier(tier)))
    figures.append((words("statement.published"), words.day(row["published_on"])))
    return StatementCard(
        title=subject,
        reason=words(f"example.{reason}"),
        facts=tuple(figures),
        tier_colour=facts.colour_of(tier) if facts.tiers else NEUTRAL,
        measures="",
        picture=_draw_course(subject, row, facts, words),
        entries=_list_parts(subject, rows, words),
        changes_title=words("change.title"),
        changes=_list_gains(rows, row["published_on"], facts, words),
    )


def _draw_course(subject: str, row: Row, facts: Facts, words: Words) -> Picture | None:
    publications = facts.settlement.publications
    if publications is None:
        return None
    mine = publications.filter(pl.col("subject_id") == row["subject_id"]).sort("published_on")
    steps = [(day, float(score)) for day, score in mine.select("published_on", "score").iter_rows()]
    if len(steps) < 2:
        return None
    return draw_steps(subject, steps, facts, words)


def _list_parts(subject: str, rows: list[Row], words: Words) -> Table:
    names = {
        (dimension.id, indicator.id): (
            words.text(indicator.title) or indicator.id,
            words.text(dimension.title) or dimension.id,
        )
        for dimension in words.scheme.dimensions
        for indicator in dimension.indicators
    }
    table = tuple(
        (
            Cell(name, detail=dimension),
            f"{row['value']:,.6g}".replace("-", "−") if row["value"] is not None else "–",
            f"{100 * row['scaled']:.1f}%",
            Cell(f"**{format_points(row['contribution'], 1)}**"),
            "–" if row["change"] is None else format_points(row["change"], 1, is_signed=True),
        )
        for row in rows
        for name, dimension in [names[str(row["dimension"]), str(row["indicator"])]]
    )
    heads = ("indicator", "measured", "scaled", "contribution", "change")
    columns = tuple(Column(words(f"column.{head}"), head != "indicator") for head in heads)
    return Table(words("statement.parts_caption", subject=subject), columns, table, style="cards")


def _list_gains(rows: list[Row], day: date, facts: Facts, words: Words) -> tuple[str, ...]:
    """The indicators that could give most more, with their scales."""
    scheme = facts.settlement.scheme
    if scheme.range is None:
        return ()
    low, high = (end.on(day) or end.values()[0] for end in scheme.range)
    missing: list[tuple[float, str]] = []
    reached = {(str(row["dimension"]), str(row["indicator"])): float(row["contribution"]) for row in rows}
    for dimension in scheme.dimensions:
        full = float(high - low) * float(dimension.weight.on(day) or 0) / len(dimension.indicators)
        for indicator in dimension.indicators:
            best = float(max(scaled for _, scaled in indicator.scale)) * full
            more = best - reached.get((dimension.id, indicator.id), 0.0)
            if more >= 0.05:
                name = words("quote", text=words.text(indicator.title) or indicator.id)
                said = words(
                    "change.indicator", indicator=name, points=format_points(more, 1), scale=say_scale(indicator, words)
                )
                missing.append((more, said))
    missing.sort(key=lambda each: -each[0])
    return tuple(said for _, said in missing[:SHOWN_GAINS]) or (words("change.index_top"),)
