"""What follows from a tier: the measures in force, and how many they touch."""

from __future__ import annotations

from typing import Any

import polars as pl

from scslab.report.blocks import Block, Cell, Column, Paragraph, Section, Table
from scslab.report.colours import GAIN, LOSS
from scslab.report.facts import Facts
from scslab.report.formats import format_count, format_share
from scslab.report.phrases_conditions import say_state
from scslab.report.words import Words
from scslab.scheme.model import Domain, Measure, MeasureKind


def build_measures(facts: Facts, words: Words) -> Section | None:
    """The measures of the scheme with the subjects they apply to; None where the scheme has none."""
    settlement = facts.settlement
    if not settlement.scheme.measures:
        return None
    in_force = settlement.measures.filter(pl.col("ends_on").is_null())
    counted = in_force.group_by(pl.col("measure").cast(pl.String)).agg(n=pl.col("subject_id").n_unique())
    touched: dict[str, int] = dict(counted.iter_rows())
    rows = tuple(
        (
            Cell(words.text(measure.title) or measure.id, detail=_describe_measure(measure, words)),
            words(f"measure.{measure.kind.value}"),
            words(f"domain.{measure.domain.value}"),
            say_state(measure.when, words),
            Cell(
                format_count(touched.get(measure.id, 0)),
                detail=format_share(touched.get(measure.id, 0), facts.subjects),
                share=touched.get(measure.id, 0) / facts.subjects if facts.subjects else 0.0,
                colour=GAIN if measure.kind is MeasureKind.REWARD else LOSS,
            ),
        )
        for measure in settlement.scheme.measures
    )
    columns = (
        *(Column(words(f"column.{name}")) for name in ("measure", "kind", "domain", "for")),
        Column(words("column.subjects", subjects=words.subjects_title), True),
    )
    sentence = words("scores.not_published")
    if settlement.published_on is not None:
        sentence = words("measures.sentence", day=words.day(settlement.published_on))
    blocks: list[Block] = [Paragraph(sentence), Table(words("measures.title"), columns, rows, style="cards")]
    blocks.append(_count_domains(settlement.measures, words))
    over_time = _count_times(settlement.measures, words)
    return Section("measures", words("section.measures"), (*blocks, over_time) if over_time else tuple(blocks))


def _count_domains(measures: pl.DataFrame, words: Words) -> Table:
    """Subjects touched in each domain of life, now and at any time."""
    table = measures.with_columns(pl.col("kind", "domain").cast(pl.String))
    rows: list[tuple[str, ...]] = []
    for domain in Domain:
        if not any(measure.domain is domain for measure in words.scheme.measures):
            continue
        counts: list[str] = []
        for kind in MeasureKind:
            mine = table.filter((pl.col("domain") == domain.value) & (pl.col("kind") == kind.value))
            for rows_of in (mine.filter(pl.col("ends_on").is_null()), mine):
                has = any(each.domain is domain and each.kind is kind for each in words.scheme.measures)
                counts.append(format_count(rows_of["subject_id"].n_unique()) if has else "–")
        rows.append((words(f"domain.{domain.value}"), *counts))
    heads = ("domain", "rewarded", "ever_rewarded", "restricted", "ever_restricted")
    columns = tuple(Column(words(f"column.{head}"), head != "domain") for head in heads)
    return Table(words("measures.domains"), columns, tuple(rows))


def _count_times(measures: pl.DataFrame, words: Words) -> Table | None:
    """How often and how long each measure applied; None where the run did not look at earlier days."""
    if measures.is_empty() or measures["starts_on"].null_count() == measures.height:
        return None
    table = measures.with_columns(pl.col("measure").cast(pl.String))
    rows: list[tuple[str, ...]] = []
    for measure in words.scheme.measures:
        mine = table.filter(pl.col("measure") == measure.id)
        ended = mine.filter(pl.col("ends_on").is_not_null())
        median: Any = ended.select((pl.col("ends_on") - pl.col("starts_on")).dt.total_days().median()).item()
        stay = words.count("day", round(median)) if median is not None else "–"
        ever, times = mine["subject_id"].n_unique(), mine.height
        rows.append((words.measure(measure.id), format_count(ever), format_count(times), stay))
    heads = ("measure", "ever", "times", "stay")
    columns = tuple(Column(words(f"column.{head}"), head != "measure") for head in heads)
    return Table(words("measures.over_time"), columns, tuple(rows), note=words("measures.over_time_note"))


def _describe_measure(measure: Measure, words: Words) -> str:
    parts = [words("measure.by", provider=measure.provider)] if measure.provider else []
    parts.append(words(f"confidence.{words.scheme.confidence_of(measure).value}"))
    return " · ".join(parts)
