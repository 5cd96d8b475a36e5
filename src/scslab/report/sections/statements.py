"""Five example statements: every change of a score, itemised, and what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from scslab.ground.dates import LATEST
from scslab.report.blocks import Block, Cell, Column, Paragraph, Picture, Section, StatementCard, Table
from scslab.report.charts import draw_course
from scslab.report.colours import NEUTRAL
from scslab.report.drawing import NARROW_PIXELS, draw_picture
from scslab.report.examples import SHOWN_ENTRIES, SHOWN_LAPSES, Example, Prospect, Row, look_ahead
from scslab.report.facts import Facts
from scslab.report.formats import format_factor
from scslab.report.words import Words


def build_statements(facts: Facts, words: Words) -> Section:
    """The example statements; subjects of a scheme that scores people get neutral labels."""
    if not facts.examples:
        return Section("statements", words("section.statements"), (Paragraph(words("statements.none")),))
    blocks: list[Block] = [Paragraph(words("statements.sentence"))]
    for number, example in enumerate(facts.examples, start=1):
        subject = words("subject", n=number) if words.is_private else str(example.standing["subject_id"])
        blocks.append(_build_card(subject, example, facts, words))
    return Section("statements", words("section.statements"), tuple(blocks))


def _build_card(subject: str, example: Example, facts: Facts, words: Words) -> StatementCard:
    standing = example.standing
    tier = words.tier(standing["tier"]) if facts.tiers else "–"
    return StatementCard(
        title=subject,
        reason=words(f"example.{example.reason}"),
        facts=(
            (words("statement.score"), words.points(standing["score"])),
            (words("statement.tier"), tier),
            (words("statement.start"), _say_start(standing, words)),
            (words("statement.events"), str(standing["events"])),
            (words("statement.entries"), str(standing["entries"])),
        ),
        measures=_list_measures(standing["subject_id"], facts, words),
        tier_colour=facts.colour_of(standing["tier"]) if facts.tiers else NEUTRAL,
        picture=_draw_course(subject, example, facts, words),
        entries=_list_entries(subject, example, words),
        changes_title=words("change.title"),
        changes=tuple(_list_changes(example, facts, words)),
    )


def _say_start(standing: dict[str, Any], words: Words) -> str:
    start, scheme = words.points(standing["start"]), standing.get("carried_from")
    return words("statement.carried", start=start, scheme=scheme) if scheme else start


def _draw_course(subject: str, example: Example, facts: Facts, words: Words) -> Picture | None:
    entries, as_of = example.entries, facts.settlement.as_of
    if len(entries) < 2:
        return None
    steps = [(entries[0]["posted_on"], float(example.standing["start"]))]
    by_day: dict[date, float] = {entry["posted_on"]: float(entry["score_after"]) for entry in entries}
    steps += list(by_day.items())
    if as_of > steps[-1][0]:
        steps.append((as_of, steps[-1][1]))
    return draw_steps(subject, steps, facts, words)


def draw_steps(subject: str, steps: Sequence[tuple[date, float]], facts: Facts, words: Words) -> Picture:
    """The course of one subject's score, from step to step over the tiers."""
    scores = [score for _, score in steps]
    low, high = min(scores), max(scores)
    margin = (high - low or 1.0) * 0.08
    bands = facts.clip_bands(low - margin, high + margin)
    alt = words(
        "statement.course",
        subject=subject,
        since=words.day(steps[0][0]),
        until=words.day(steps[-1][0]),
        low=words.points(low),
        high=words.points(high),
        score=words.points(scores[-1]),
    )
    return draw_picture(lambda pixels: draw_course(pixels, steps, bands), alt, (NARROW_PIXELS, NARROW_PIXELS))


def _list_entries(subject: str, example: Example, words: Words) -> Table:
    shown = example.entries[-SHOWN_ENTRIES:]
    hidden = len(example.entries) - len(shown)
    rows = tuple(
        (
            Cell(entry["posted_on"].isoformat()),
            Cell(_name_entry(entry, words), detail=_describe_entry(entry, words)),
            words.points(entry["nominal"], is_signed=True),
            words.points(entry["granted"], is_signed=True),
            Cell(f"**{words.points(entry['effective'], is_signed=True)}**"),
            f"{words.points(entry['score_before'])} → {words.points(entry['score_after'])}",
            entry["lapses_on"].isoformat() if entry["lapses_on"] else "–",
        )
        for entry in shown
    )
    heads = ("day", "happened", "nominal", "granted", "effective", "score", "lapses_on")
    columns = tuple(Column(words(f"column.{head}"), head not in ("day", "happened", "lapses_on")) for head in heads)
    note = words("statement.earlier", entries=words.count("entry", hidden)) if hidden else ""
    return Table(words("statement.entries_caption", subject=subject), columns, rows, note=note, style="statement")


def _name_entry(entry: Row, words: Words) -> str:
    if entry["kind"] == "restart":
        return words("statement.restart")
    rule = words.rule(entry["rule"])
    return rule if entry["kind"] == "event" else words(f"statement.{entry['kind']}", rule=rule)


def _describe_entry(entry: Row, words: Words) -> str:
    why = words("semicolon").join(_explain_entry(entry, words))
    return "\n".join(part for part in (_name_event(entry, words), f"**{why}**" if why else "") if part)


def _name_event(entry: Row, words: Words) -> str:
    """Type, id and source of the event; of a person's event the type alone, since an id may tell who it is."""
    if entry["type"] is None:
        return ""
    found = words.scheme.events.get(entry["type"])
    title = (words.text(found.title) if found else "") or f"`{entry['type']}`"
    parts = [] if title == words.rule(entry["rule"]) else [title]
    if not words.is_private:
        parts.append(f"`{entry['event_id']}`")
        if entry.get("source"):
            parts.append(str(entry["source"]))
    return " · ".join(parts)


def _explain_entry(entry: Row, words: Words) -> list[str]:
    why: list[str] = []
    rule = next((rule for rule in words.scheme.rules if rule.id == entry["rule"]), None)
    number: int | None = entry["occurrence"]
    if rule is not None and rule.repeat is not None and number is not None and number > 1:
        factor = format_factor(rule.repeat.times[min(number, len(rule.repeat.times)) - 1])
        period = words.period(rule.repeat.within)
        why.append(words("statement.occurrence", n=number, period=period, factor=factor))
    if entry["capped_by"] == "rule":
        why.append(words("statement.cap_rule"))
    elif entry["capped_by"] is not None:
        why.append(words("statement.cap_group", id=entry["capped_by"]))
    if entry["kind"] != "restart" and entry["effective"] != entry["granted"]:
        why.append(words("statement.floor" if entry["effective"] > entry["granted"] else "statement.ceiling"))
    limit = rule.limit_tier if rule is not None and entry["kind"] == "event" else None
    if limit is not None and limit.period is None:
        why.append(words("statement.holds_forever", tier=words.tier(limit.to)))
    elif limit is not None and limit.period is not None:
        day = words.day(limit.period.after(entry["posted_on"]))
        why.append(words("statement.holds", tier=words.tier(limit.to), day=day))
    return why


def _list_measures(subject_id: object, facts: Facts, words: Words) -> str:
    is_mine = (pl.col("subject_id") == subject_id) & pl.col("ends_on").is_null()
    mine = facts.settlement.measures.filter(is_mine)["measure"].cast(pl.String).to_list()
    return words("statement.measures", measures=words.enumerate(words.measure(name) for name in mine)) if mine else ""


def _list_changes(example: Example, facts: Facts, words: Words) -> list[str]:
    standing = example.standing
    prospect = look_ahead(example, facts.settlement)
    changes: list[str] = []
    if standing["held_until"] is not None and standing["tier"] != standing["tier_by_score"]:
        changes.append(_say_hold(standing, words))
    else:
        changes += _say_distances(prospect, words)
    for day, rule, points, score in prospect.lapses[:SHOWN_LAPSES]:
        said = {"points": words.points(points, is_signed=True), "score": words.points(score)}
        changes.append(words("change.lapse", day=words.day(day), rule=words.rule(rule), **said))
    rest = prospect.lapses[SHOWN_LAPSES:]
    if rest:
        changes.append(words("change.more_lapses", n=len(rest), day=words.day(rest[-1][0])))
    changes.append(_say_gains(facts, words))
    return changes


def _say_distances(prospect: Prospect, words: Words) -> list[str]:
    """How far the score is from other tiers; while the tier is held these distances change nothing."""
    said: list[str] = []
    if prospect.up is not None:
        points, tier, bound = prospect.up
        said.append(words("change.up", points=words.amount(points), tier=words.tier(tier), bound=words.points(bound)))
    elif words.scheme.tiers:
        said.append(words("change.top"))
    if prospect.down is not None:
        points, below = prospect.down
        key = "change.down" if below is not None else "change.down_none"
        said.append(words(key, points=words.amount(points), tier=words.tier(below)))
    return said


def _say_hold(standing: dict[str, Any], words: Words) -> str:
    tiers = {"tier": words.tier(standing["tier"]), "tier_by_score": words.tier(standing["tier_by_score"])}
    if standing["held_until"] >= LATEST:
        return words("change.held_forever", **tiers)
    return words("change.held", day=words.day(standing["held_until"]), **tiers)


def _say_gains(facts: Facts, words: Words) -> str:
    """The rules that gave most points, or could give some."""
    as_of = facts.settlement.as_of
    gains: list[tuple[Decimal, str]] = []
    for rule in facts.settlement.scheme.rules:
        points = rule.points.on(as_of) if rule.points is not None else None
        if points is not None and points > 0:
            gains.append((points, words.rule(rule.id)))
    gave = {row["rule"] for row in facts.by_rule.iter_rows(named=True) if row["gained"] > 0}
    formulas = [words.rule(r.id) for r in facts.settlement.scheme.rules if r.formula is not None and r.id in gave]
    if not gains and not formulas:
        return words("change.no_gains")
    gains.sort(key=lambda gain: -gain[0])
    names = [f"{name} ({words.points(points, is_signed=True)})" for points, name in gains] + formulas
    return words("change.gains", rules=words.enumerate(names[:4]) + (" …" if len(names) > 4 else ""))
