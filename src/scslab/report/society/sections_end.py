"""The last sections: one life, the mechanics with their numbers, where it all comes from."""

from __future__ import annotations

from datetime import date

from scslab.report.blocks import Block, Cell, Figure, Folded, Paragraph, Section, Table
from scslab.report.charts import draw_course
from scslab.report.colours import choose_tier_colours
from scslab.report.drawing import draw_picture
from scslab.report.society.facts import SocietyFacts
from scslab.report.society.life_words import tell_steps, tell_who
from scslab.report.society.say import Say
from scslab.report.tables import make_table
from scslab.society.folder import tell_settling
from scslab.society.mechanics.table import MECHANICS
from scslab.society.outcomes.life import Life

SHOWN_STEPS = 45


def build_life(facts: SocietyFacts, say: Say) -> Section:
    """One life as a timeline."""
    title = say("life" if say.words.is_private else "life.business")
    life = facts.life
    if life is None:
        return Section("life", title, (Paragraph(say("life.none")),))
    told = tell_steps(life, say)
    has_points = any(step.points for step in told)
    rows: list[list[Cell | str]] = []
    for step in told[:SHOWN_STEPS]:
        chips = ((step.points, "gain" if step.sign > 0 else "loss" if step.sign < 0 else "zero"),)
        moved = [Cell("", chips=chips) if step.points else "–", step.score or "–"] if has_points else []
        rows.append([step.when, step.text, *moved])
    keys = ("col.day", "col.what", "col.points_change", "col.score_then")
    heads = [say(key) for key in keys[: None if has_points else 2]]
    more = say("life.more", n=len(told) - SHOWN_STEPS) if len(told) > SHOWN_STEPS else ""
    blocks: list[Block] = [Paragraph(tell_who(life, say)), Paragraph(say("life.chosen"), "note")]
    course = _draw_course(facts, life, say)
    if course is not None:
        blocks.append(course)
    blocks.append(make_table(title, heads, rows, words=2, style="statement", note=more))
    return Section("life", title, tuple(blocks))


def _draw_course(facts: SocietyFacts, life: Life, say: Say) -> Figure | None:
    """The score as a staircase; None where there is no score that moves by points."""
    scheme = facts.run.scheme
    moved = [step for step in life.steps if step.facts.get("score") is not None]
    if not moved:
        return None
    since, last = date.fromisoformat(facts.run.manifest["first"]), date.fromisoformat(facts.run.manifest["last"])
    steps = [(since, float(moved[0].facts["score_before"])), *((s.day, float(s.facts["score"])) for s in moved)]
    steps.append((last, steps[-1][1]))
    scores = [score for _, score in steps]
    room = max(1.0, (max(scores) - min(scores)) * 0.15)
    low, high = min(scores) - room, max(scores) + room
    lowers = [float(lower) if (lower := tier.lower_on(last)) is not None else None for tier in scheme.tiers]
    known = [(lower, colour) for lower, colour in zip(lowers, choose_tier_colours(len(lowers)), strict=True)
             if lower is not None]  # fmt: skip
    bands = [
        (max(low, lower), min(high, known[k + 1][0] if k + 1 < len(known) else high), colour)
        for k, (lower, colour) in enumerate(known)
    ]
    bands = [band for band in bands if band[0] < band[1]] or [(low, high, "#f4f6f7")]
    picture = draw_picture(
        lambda width: draw_course(width, steps, bands),
        say("life.course.alt", n=len(moved), first=say.number(scores[0], 0), last=say.number(scores[-1], 0)),
    )
    return Figure(say("life.course"), say("life.course.unit"), picture)


def build_parameters(facts: SocietyFacts, say: Say) -> Section:
    """Every mechanic with its equation and numbers, folded away."""
    values, setting = facts.run.plan.values, facts.run.setting
    keys = ("col.parameter", "col.value", "col.band", "col.unit", "col.source")
    blocks: list[Block] = [Paragraph(say("parameters.lead"))]
    for mechanic in MECHANICS.values():
        rows = [
            [Cell(f"`{p.name}`", p.about), Cell(f"{values[p.name]:g}", say("parameters.changed")) if p.name in
             setting.values else f"{values[p.name]:g}", f"{p.prior[0]:g} – {p.prior[1]:g}", p.unit or "–", p.source]
            for p in mechanic.parameters
        ]  # fmt: skip
        title = mechanic.title.in_language(say.language)
        table: Table = make_table(title, [say(key) for key in keys], rows, words=5, style="cards")
        inside = (Paragraph(f"`{mechanic.equation}`"), table)
        blocks.append(Folded(say("parameters.more", title=title, n=len(mechanic.parameters)), inside))
    return Section("parameters", say("parameters"), tuple(blocks))


def build_provenance(facts: SocietyFacts, say: Say) -> Section:
    """What is needed to make it again."""
    manifest, run = facts.run.manifest, facts.run
    rows = [
        [say("item.scheme"), f"{say.words.text(run.scheme.title)} (`{manifest['scheme']}`)"],
        [say("item.scheme_digest"), f"`{manifest['scheme_digest']}`"],
        [say("item.profile"), f"{run.setting.profile.title.in_language(say.language)} (`{manifest['profile']}`)"],
        [say("item.residents"), say.count(int(manifest["residents"]))],
        [say("item.period"), f"{manifest['first']} – {manifest['last']}"],
        [say("item.seed"), f"{manifest['seed']}, {manifest['replicate']}"],
        [say("item.tables"), f"`{manifest['tables_digest']}`"],
        [say("item.state"), f"`{manifest['state_digest']}`"],
        [say("item.ledger"), f"`{manifest['ledger_digest']}`"],
        [say("item.under_way"), say.count(run.under_way)],
        [say("item.version"), str(manifest["version"])],
    ]
    table = make_table(say("provenance"), [say("col.item"), say("col.value")], rows, words=2, style="cards")
    ledger = say("provenance.ledger", command=tell_settling(facts.run))
    blocks = (Paragraph(say("provenance.lead")), Paragraph(ledger), table)
    return Section("provenance", say("provenance"), blocks)
