"""Who is on the lists: how many over time, how they got on and off, and how long they stayed."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from scslab.report.blocks import Block, Cell, Column, Figure, Paragraph, Section, Table
from scslab.report.charts import draw_lines
from scslab.report.colours import LINES
from scslab.report.drawing import draw_picture
from scslab.report.facts import Facts
from scslab.report.formats import format_count, format_share
from scslab.report.over_time import MAXIMUM_DAYS, sample_days
from scslab.report.words import Words

SHOWN_LINES = len(LINES)


def build_lists(facts: Facts, words: Words) -> Section | None:
    """The memberships of all lists; None where the scheme keeps none."""
    settlement = facts.settlement
    lists, table = settlement.scheme.lists, settlement.memberships
    if not lists or table.width == 0:
        return None
    title = words("section.memberships")
    if table.is_empty():
        return Section("lists", title, (Paragraph(words("memberships.none")),))
    table = table.with_columns(pl.col("list", "opened_by", "closed_by").cast(pl.String))
    now = table.filter(pl.col("closed_on").is_null())
    sentence = words(
        "memberships.sentence",
        subjects=words.count_subjects(table["subject_id"].n_unique()),
        share=format_share(table["subject_id"].n_unique(), facts.subjects),
        stays=words.count("stay", table.height),
        now=words.count_subjects(now["subject_id"].n_unique()),
        day=words.day(settlement.as_of),
    )
    blocks: list[Block] = [
        Paragraph(sentence),
        _draw_members(facts, table, words),
        _count_lists(facts, table, words),
        _count_ways(table, words),
    ]
    return Section("lists", title, tuple(blocks))


def count_members(table: pl.DataFrame, name: str, days: tuple[date, ...]) -> list[int]:
    """Subjects on a list at the end of each day."""
    mine = table.filter(pl.col("list") == name)
    is_on = [
        ((pl.col("opened_on") <= day) & (pl.col("closed_on").is_null() | (pl.col("closed_on") > day)))
        .sum()
        .alias(str(k))
        for k, day in enumerate(days)
    ]
    return [int(n) for n in mine.select(is_on).row(0)] if days else []


def _draw_members(facts: Facts, table: pl.DataFrame, words: Words) -> Figure:
    as_of = facts.settlement.as_of
    first: Any = table["opened_on"].min()
    days, _, _ = sample_days(first, as_of, MAXIMUM_DAYS)
    ids = [each.id for each in facts.settlement.scheme.lists][:SHOWN_LINES]
    counts = {name: count_members(table, name, days) for name in ids}
    lines = [(name, colour, counts[name]) for name, colour in zip(ids, LINES, strict=False)]
    said = words("join").join(
        words("memberships.alt_list", list=words.own_list(name), before=counts[name][0], after=counts[name][-1])
        for name in ids
    )
    picture = draw_picture(
        lambda pixels: draw_lines(pixels, days, lines, y_title=words("scores.y", subjects=words.subjects_title)),
        words("memberships.alt", since=words.day(days[0]), until=words.day(days[-1]), lists=said),
    )
    columns = (Column(words("column.day")), *(Column(words.own_list(name), True) for name in ids))
    rows = tuple((day.isoformat(), *(format_count(counts[name][k]) for name in ids)) for k, day in enumerate(days))
    title = words("memberships.title")
    return Figure(
        title=title,
        subtitle=words("memberships.subtitle", subjects=words.subjects_title),
        picture=picture,
        legend=tuple((words.own_list(name), colour) for name, colour, _ in lines),
        numbers=Table(title, columns, rows),
    )


def _count_lists(facts: Facts, table: pl.DataFrame, words: Words) -> Table:
    rows: list[tuple[Cell | str, ...]] = []
    for each in facts.settlement.scheme.lists:
        mine = table.filter(pl.col("list") == each.id)
        now = mine.filter(pl.col("closed_on").is_null())["subject_id"].n_unique()
        ended = mine.filter(pl.col("closed_on").is_not_null())
        stay: Any = ended.select((pl.col("closed_on") - pl.col("opened_on")).dt.total_days().median()).item()
        again = mine.group_by("subject_id").len().filter(pl.col("len") > 1).height
        rows.append(
            (
                Cell(words.own_list(each.id), detail=words(f"list.{each.kind.value}")),
                format_count(mine["subject_id"].n_unique()),
                Cell(format_count(now), detail=format_share(now, facts.subjects)),
                format_count(again),
                words.count("day", round(stay)) if stay is not None else "–",
            )
        )
    heads = ("list", "ever", "now", "again", "stay")
    columns = tuple(Column(words(f"column.{head}"), head != "list") for head in heads)
    return Table(words("memberships.table"), columns, tuple(rows), note=words("memberships.note"))


def _count_ways(table: pl.DataFrame, words: Words) -> Table:
    rows: list[tuple[Cell | str, ...]] = []
    for key, column in (("in", "opened_by"), ("out", "closed_by")):
        counted = table.filter(pl.col(column).is_not_null()).group_by("list", column).len()
        for name, way, n in counted.sort("list", "len", column, descending=[False, True, False]).iter_rows():
            rows.append((words.own_list(name), words(f"memberships.{key}"), words(f"way.{way}"), format_count(n)))
    heads = ("list", "direction", "way", "stays")
    columns = tuple(Column(words(f"column.{head}"), head == "stays") for head in heads)
    return Table(words("memberships.ways"), columns, tuple(rows))
