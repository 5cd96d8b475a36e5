"""What follows from a tier: the measures in force, and how many they touch."""

from __future__ import annotations

import polars as pl

from scslab.report.blocks import Cell, Column, Paragraph, Section, Table
from scslab.report.colours import GAIN, LOSS
from scslab.report.facts import Facts
from scslab.report.formats import format_count, format_share
from scslab.report.words import Words
from scslab.scheme.model import Measure, MeasureKind


def build_measures(facts: Facts, words: Words) -> Section | None:
    """The measures of the scheme with the subjects they apply to; None where the scheme has none."""
    settlement = facts.settlement
    if not settlement.scheme.measures:
        return None
    counted = settlement.measures.group_by(pl.col("measure").cast(pl.String)).agg(n=pl.col("subject_id").n_unique())
    touched: dict[str, int] = dict(counted.iter_rows())
    rows = tuple(
        (
            Cell(words.text(measure.title) or measure.id, detail=_describe_measure(measure, words)),
            words(f"measure.{measure.kind.value}"),
            words(f"domain.{measure.domain.value}"),
            _describe_condition(measure, words),
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
    blocks = (Paragraph(sentence), Table(words("measures.title"), columns, rows, style="cards"))
    return Section("measures", words("section.measures"), blocks)


def _describe_measure(measure: Measure, words: Words) -> str:
    parts = [words("measure.by", provider=measure.provider)] if measure.provider else []
    parts.append(words(f"confidence.{words.scheme.confidence_of(measure).value}"))
    return " · ".join(parts)


def _describe_condition(measure: Measure, words: Words) -> str:
    when = measure.when
    parts: list[str] = []
    if when.tiers:
        parts.append(words.enumerate(words.tier(tier) for tier in when.tiers))
    if when.score_from is not None:
        parts.append(words("measure.score_from", low=words.points(when.score_from)))
    if when.score_below is not None:
        parts.append(words("measure.score_below", high=words.points(when.score_below)))
    return words("semicolon").join(parts)
