"""An index over its publications: the scores of all subjects each time, and what each dimension contributes."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from scslab.report.blocks import Block, Cell, Column, Figure, Paragraph, Section, Table
from scslab.report.charts import draw_bands
from scslab.report.colours import BANDS, GAIN
from scslab.report.drawing import draw_picture
from scslab.report.facts import Facts
from scslab.report.formats import format_count, format_points
from scslab.report.over_time import MAXIMUM_DAYS, QUANTILES
from scslab.report.words import Words
from scslab.scheme.model import Dimension


def build_publications(facts: Facts, words: Words) -> Section | None:
    """Scores at each publication, and contributions at the last one; None where nothing was published."""
    table = facts.settlement.publications
    if table is None or table.is_empty():
        return None
    days = table["published_on"].unique().sort().to_list()
    sentence = words(
        "publications.sentence",
        n=words.count("publication", len(days)),
        since=words.day(days[0]),
        until=words.day(days[-1]),
    )
    blocks: list[Block] = [Paragraph(sentence)]
    if len(days) > 1:
        blocks.append(_draw_scores(table, days, words))
    contributed = _list_contributions(facts, words)
    if contributed is not None:
        blocks.append(contributed)
    return Section("publications", words("section.publications"), tuple(blocks))


def _draw_scores(table: pl.DataFrame, days: list[date], words: Words) -> Figure:
    last = len(days) - 1
    kept = (
        sorted({round(k * last / (MAXIMUM_DAYS - 1)) for k in range(MAXIMUM_DAYS)})
        if last >= MAXIMUM_DAYS
        else range(last + 1)
    )
    shown = [days[k] for k in kept]
    score = pl.col("score").cast(pl.Float64)
    quantiles = (
        table.filter(pl.col("published_on").is_in(shown))
        .group_by("published_on")
        .agg(pl.len().alias("n"), *(score.quantile(q, "linear").alias(f"q{k}") for k, q in enumerate(QUANTILES)))
        .sort("published_on")
    )
    rows = [row[2:] for row in quantiles.iter_rows()]
    before, after = (words.score(row[2]) for row in (rows[0], rows[-1]))
    low, high = words.score(rows[-1][1]), words.score(rows[-1][3])
    picture = draw_picture(
        lambda pixels: draw_bands(pixels, shown, rows, y_title=words("scores.x", score=words.score_name)),
        words("time.scores_alt", before=before, after=after, low=low, high=high),
    )
    columns = (
        Column(words("column.day")),
        Column(words("column.subjects", subjects=words.subjects_title), True),
        *(
            Column(words("column.median") if q == 0.5 else words("column.quantile", percent=round(q * 100)), True)
            for q in QUANTILES
        ),
    )
    numbers = tuple(
        (row[0].isoformat(), format_count(row[1]), *(words.score(q) for q in row[2:])) for row in quantiles.iter_rows()
    )
    title = words("publications.title")
    return Figure(
        title=title,
        subtitle=words("time.scores_subtitle", subjects=words.subjects),
        picture=picture,
        legend=(
            (words("time.legend_median"), BANDS[2]),
            (words("time.legend_half"), BANDS[1]),
            (words("time.legend_most"), BANDS[0]),
        ),
        numbers=Table(title, columns, numbers),
    )


def _list_contributions(facts: Facts, words: Words) -> Table | None:
    """Mean points of each indicator at the last publication, out of the points that it could give."""
    settlement = facts.settlement
    table, scheme = settlement.contributions, settlement.scheme
    if table is None or table.is_empty() or scheme.range is None:
        return None
    day: Any = table["published_on"].max()
    latest = table.filter(pl.col("published_on") == day)
    means = {
        (dimension, indicator): (points, change)
        for dimension, indicator, points, change in latest.group_by(
            pl.col("dimension").cast(pl.String), pl.col("indicator").cast(pl.String)
        )
        .agg(pl.col("contribution").mean(), pl.col("change").mean().alias("mean_change"))
        .iter_rows()
    }
    low, high = (end.on(day) or end.values()[0] for end in scheme.range)
    rows: list[tuple[Cell | str, ...]] = []
    for dimension in scheme.dimensions:
        full = float(high - low) * _weight(dimension, day) / len(dimension.indicators)
        for indicator in dimension.indicators:
            points, change = means.get((dimension.id, indicator.id), (0.0, None))
            rows.append(
                (
                    Cell(
                        words.text(indicator.title) or indicator.id, detail=words.text(dimension.title) or dimension.id
                    ),
                    Cell(format_points(points, 1), share=points / full if full else 0.0, colour=GAIN),
                    format_points(full, 1),
                    "–" if change is None else format_points(change, 1, is_signed=True),
                )
            )
    heads = ("indicator", "mean_points", "full_points", "mean_change")
    columns = tuple(Column(words(f"column.{head}"), head != "indicator") for head in heads)
    note = words("publications.note")
    return Table(words("publications.table", day=words.day(day)), columns, tuple(rows), note=note)


def _weight(dimension: Dimension, day: date) -> float:
    return float(dimension.weight.on(day) or 0)
