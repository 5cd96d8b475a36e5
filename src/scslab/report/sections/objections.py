"""The ways back that were used: objections with their outcomes, and repairs."""

from __future__ import annotations

from typing import Any

import polars as pl

from scslab.report.blocks import Block, Cell, Column, Paragraph, Section, Table
from scslab.report.facts import Facts
from scslab.report.formats import format_count, format_share
from scslab.report.phrases_lists import say_objection, say_repair
from scslab.report.words import Words


def build_objections(facts: Facts, words: Words) -> Section | None:
    """Objections by outcome and repairs by what they did; None where the scheme has neither."""
    scheme = facts.settlement.scheme
    if scheme.objection is None and not scheme.repairs:
        return None
    blocks: list[Block] = []
    if scheme.objection is not None:
        blocks.append(Paragraph(words("join").join(say_objection(scheme.objection, words))))
        blocks += _count_objections(facts, words)
    if scheme.repairs:
        blocks.append(_count_repairs(facts, words))
    return Section("objections", words("section.objections"), tuple(blocks))


def _count_objections(facts: Facts, words: Words) -> list[Block]:
    table = facts.settlement.objections
    if table is None or table.is_empty():
        return [Paragraph(words("objections.none"))]
    days: Any = table.select((pl.col("decided_on") - pl.col("filed_on")).dt.total_days().median()).item()
    sentence = words(
        "objections.sentence",
        objections=words.count("objection", table.height),
        subjects=words.count_subjects(table["subject_id"].n_unique()),
    )
    if days is not None:
        sentence += words("join") + words("objections.days", days=words.count("day", round(days)))
    counted = table.group_by(pl.col("outcome").cast(pl.String)).len().sort("len", "outcome", descending=[True, False])
    rows = tuple(
        (words(f"outcome.{outcome}"), format_count(n), format_share(n, table.height))
        for outcome, n in counted.iter_rows()
    )
    heads = ("outcome", "objections", "share")
    columns = tuple(Column(words(f"column.{head}"), head != "outcome") for head in heads)
    total = (words("total"), format_count(table.height), "100%")
    return [Paragraph(sentence), Table(words("objections.table"), columns, rows, total)]


def _count_repairs(facts: Facts, words: Words) -> Table:
    settlement = facts.settlement
    entries = settlement.entries
    given = pl.DataFrame({"repair": [], "n": [], "points": []})
    if "repair" in entries.columns:
        mine = entries.filter(pl.col("kind").cast(pl.String) == "repair")
        given = mine.group_by(pl.col("repair").cast(pl.String)).agg(n=pl.len(), points=pl.col("effective").sum())
    by_repair = {name: (n, points) for name, n, points in given.iter_rows()}
    rows: list[tuple[Cell | str, ...]] = []
    for repair in settlement.scheme.repairs:
        n, points = by_repair.get(repair.id, (0, 0))
        has_points = hasattr(repair.action, "rules")
        rows.append(
            (
                Cell(words.text(repair.title) or repair.id, detail=words("join").join(say_repair(repair, words))),
                format_count(n) if has_points else "–",
                words.points(points, is_signed=True) if has_points else "–",
            )
        )
    columns = tuple(Column(words(f"column.{head}"), head != "repair") for head in ("repair", "entries", "gained"))
    note = ""
    if settlement.memberships.width:
        ended = settlement.memberships.filter(pl.col("closed_by").cast(pl.String) == "repair").height
        note = words("repairs.lists", stays=words.count("stay", ended))
    return Table(words("repairs.table"), columns, tuple(rows), note=note)
