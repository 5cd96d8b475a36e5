"""In one minute: the main findings in a few sentences, and the largest numbers."""

from __future__ import annotations

import polars as pl

from scslab.report.blocks import Bullets, KeyFigures, Paragraph, Section
from scslab.report.facts import Facts
from scslab.report.formats import format_count, format_share
from scslab.report.words import Words
from scslab.scheme.model import ScoreKind

SAMPLE_CODE = "R041"
"""The code of the note that says that the settlement holds only some of the subjects."""


def build_minute(facts: Facts, words: Words) -> Section:
    """The findings, each with its numbers."""
    findings = [_say_scored(facts, words)]
    if facts.quantiles:
        low, quarter, middle, three_quarters, high = (words.score(q) for q in facts.quantiles)
        findings.append(
            words("finding.middle", median=middle, low=quarter, high=three_quarters, minimum=low, maximum=high)
        )
    findings += _say_tiers(facts, words)
    if words.scheme.score.kind is ScoreKind.POINTS:
        findings += _say_rules(facts, words)
    findings.append(_say_losses(facts, words))
    findings += _say_yardstick(facts, words)
    # A report on a part of the subjects says so before anything else.
    samples = tuple(Paragraph(note.message, "boundary") for note in facts.settlement.notes if note.code == SAMPLE_CODE)
    boundary = words("boundary")
    if words.is_private:
        boundary += (" " if words.language == "en" else "") + words("boundary.private")
    blocks = (
        *samples,
        _list_figures(facts, words),
        Bullets(tuple(findings), is_numbered=True),
        Paragraph(boundary, "boundary"),
    )
    return Section("minute", words("section.minute"), blocks)


def name_strength(rho: float, words: Words) -> str:
    """A rank correlation in words: below 0.1 practically none, below 0.3 weak, below 0.6 moderate, else strong."""
    names = ((0.1, "none"), (0.3, "weak"), (0.6, "moderate"))
    return words(f"strength.{next((name for limit, name in names if abs(rho) < limit), 'strong')}")


def format_rho(rho: float | None, words: Words) -> str:
    """A correlation with two decimals and its sign."""
    return words("yardstick.undefined") if rho is None else f"{rho:+.2f}".replace("-", "−")


def _list_figures(facts: Facts, words: Words) -> KeyFigures:
    counts = facts.settlement.counts
    items = [
        (format_count(facts.subjects), words("figure.subjects", subjects=words.subjects)),
        (format_count(counts.events_settled), words("figure.events")),
    ]
    if words.scheme.score.kind is ScoreKind.POINTS:
        items.append((format_count(facts.settlement.entries.height), words("figure.entries")))
    if facts.quantiles:
        items.append((words.score(facts.quantiles[2]), words("figure.median")))
    top = facts.settlement.scheme.tiers[-1].id if facts.settlement.scheme.tiers else None
    if top is not None:
        share = format_share(facts.tier_counts[facts.tiers.index(top)], facts.subjects)
        items.append((share, words("figure.top_tier", tier=words.tier(top))))
    items.append((format_count(counts.rows_set_aside), words("figure.set_aside")))
    return KeyFigures(tuple(items))


def _say_scored(facts: Facts, words: Words) -> str:
    counts = facts.settlement.counts
    return words(
        "finding.scored",
        subjects=words.count_subjects(facts.subjects),
        rows=words.count("row", counts.rows_in),
        events=words.count("event", counts.events_settled),
        posted=format_count(counts.events_posted),
        share=format_share(counts.events_posted, counts.events_settled),
    )


def _say_tiers(facts: Facts, words: Words) -> list[str]:
    said: list[str] = []
    tiers = facts.settlement.scheme.tiers
    if len(tiers) > 1 and facts.subjects:
        count = dict(zip(facts.tiers, facts.tier_counts, strict=True))
        top, bottom = tiers[-1].id, tiers[0].id
        sentence = words(
            "finding.tiers",
            top_share=format_share(count[top], facts.subjects),
            top=words("quote", text=words.tier(top)),
            bottom_share=format_share(count[bottom], facts.subjects),
            bottom_count=format_count(count[bottom]),
            bottom=words("quote", text=words.tier(bottom)),
        )
        if None in count:
            share = format_share(count[None], facts.subjects)
            sentence += words("join") + words("finding.below", count=words.count_subjects(count[None]), share=share)
        said.append(sentence)
    if facts.flows and len(facts.tiers) > 1:
        flow = facts.flows[-1]
        said.append(
            words(
                "finding.flow",
                since=words.day(flow.since),
                until=words.day(flow.until),
                stayed=format_share(flow.stayed, flow.total),
                rose=format_share(flow.rose, flow.total),
                fell=format_share(flow.fell, flow.total),
            )
        )
    return said


def _say_rules(facts: Facts, words: Words) -> list[str]:
    sentences: list[str] = []
    for column, key, descending in (("lost", "loss", False), ("gained", "gain", True)):
        most = (
            facts.by_rule.filter(pl.col(column) != 0).sort(column, descending=descending, maintain_order=True).head(1)
        )
        if most.is_empty():
            sentences.append(words(f"finding.no_{key}"))
            continue
        row = most.row(0, named=True)
        sentences.append(
            words(
                f"finding.{column}",
                rule=words("quote", text=words.rule(row["rule"])),
                points=words.points(abs(row[column])),
                subjects=words.count_subjects(row["subjects"]),
            )
        )
    return [words("join").join(sentences)]


def _say_losses(facts: Facts, words: Words) -> str:
    counts = facts.settlement.counts
    cut = facts.cut_entries
    first = "" if words.scheme.score.kind is not ScoreKind.POINTS else words("finding.no_cuts")
    if cut:
        first = words(
            "finding.cuts", entries=words.count("entry", cut), points=words.points(facts.cuts["points"].sum())
        )
    second = words("finding.no_aside")
    if counts.rows_set_aside:
        rows = words.count("row", counts.rows_set_aside)
        second = words("finding.aside", rows=rows, share=format_share(counts.rows_set_aside, counts.rows_in))
    return first + words("join") + second if first else second


def _say_yardstick(facts: Facts, words: Words) -> list[str]:
    comparison, yardstick = facts.comparison, facts.settlement.scheme.yardstick
    if comparison is None or yardstick is None or comparison.rho is None:
        return []
    return [
        words(
            "finding.yardstick",
            yardstick=words.text(yardstick.title) or yardstick.attribute,
            rho=format_rho(comparison.rho, words),
            strength=name_strength(comparison.rho, words),
            n=format_count(comparison.subjects),
        )
    ]
