"""The score held against a public yardstick."""

from __future__ import annotations

from scslab.report.blocks import Column, Figure, Paragraph, Section, Table
from scslab.report.charts import draw_ranges
from scslab.report.correlation import Comparison
from scslab.report.drawing import draw_picture
from scslab.report.facts import Facts
from scslab.report.formats import format_count
from scslab.report.sections.minute import format_rho, name_strength
from scslab.report.words import Words


def build_yardstick(facts: Facts, words: Words) -> Section | None:
    """The rank correlation and the scores at each step of the yardstick; None where the scheme names none."""
    yardstick, comparison = facts.settlement.scheme.yardstick, facts.comparison
    if yardstick is None:
        return None
    title, name = words("section.yardstick"), words.text(yardstick.title) or yardstick.attribute
    if comparison is None:
        return Section("yardstick", title, (Paragraph(words("yardstick.missing", yardstick=name)),))
    sentence = words(
        "yardstick.sentence",
        yardstick=name,
        rho=format_rho(comparison.rho, words),
        strength="–" if comparison.rho is None else name_strength(comparison.rho, words),
        n=format_count(comparison.subjects),
        subjects=words.subjects,
        left_out=words.count_subjects(comparison.left_out),
    )
    if yardstick.when is not None:
        outside = words.count_subjects(comparison.outside)
        sentence += words("join") + words("yardstick.outside", outside=outside, condition=yardstick.when.text)
    notes = [words.text(yardstick.note)] if yardstick.note else []
    source = facts.settlement.scheme.sources.get(yardstick.source)
    if source is not None:
        notes.append(words("yardstick.source", source=source.title))
    blocks = [Paragraph(sentence)]
    if comparison.levels:
        return Section(
            "yardstick",
            title,
            (
                *blocks,
                _draw_levels(comparison, name, words),
                *(Paragraph(note, "note") for note in notes),
                Paragraph(words("yardstick.reading"), "note"),
            ),
        )
    return Section("yardstick", title, tuple(blocks))


def _draw_levels(comparison: Comparison, name: str, words: Words) -> Figure:
    rows = [(level.label, level.quantiles, words.score(level.quantiles[2])) for level in comparison.levels]
    medians = words.enumerate(f"{level.label}: {words.score(level.quantiles[2])}" for level in comparison.levels)
    picture = draw_picture(
        lambda pixels: draw_ranges(pixels, rows, x_title=words("scores.x", score=words.score_name), y_title=""),
        words("yardstick.alt", yardstick=name, medians=medians, rho=format_rho(comparison.rho, words)),
    )
    heads = [words("column.median") if p == 50 else words("column.quantile", percent=p) for p in (10, 25, 50, 75, 90)]
    columns = (
        Column(name),
        Column(words("column.subjects", subjects=words.subjects_title), True),
        *(Column(head, True) for head in heads),
    )
    table = tuple(
        (level.label, format_count(level.subjects), *(words.score(q) for q in level.quantiles))
        for level in comparison.levels
    )
    title = words("yardstick.title", yardstick=name)
    return Figure(title, words("yardstick.subtitle"), picture, numbers=Table(title, columns, table))
