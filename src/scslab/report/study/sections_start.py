"""The first sections: what matters in a minute, the framework, data and cleaning, the quota."""

from __future__ import annotations

import numpy as np

from scslab.report.blocks import Block, Column, Figure, KeyFigures, Paragraph, Section, Table
from scslab.report.colours import GAIN, LOSS, NEUTRAL
from scslab.report.drawing import draw_picture
from scslab.report.formats import format_share
from scslab.report.study.charts import draw_framework
from scslab.report.study.facts import StudyFacts
from scslab.report.study.say import Say
from scslab.study.papers.numbers import summarise_distances
from scslab.study.published.finding import Level
from scslab.study.reporting.hypotheses import Verdict
from scslab.study.weighting.efficiency import measure_efficiency


def build_minute(facts: StudyFacts, say: Say) -> Section | None:
    """What was run, on what, and how near it is."""
    run = facts.run
    if run.survey is None:
        return None
    rows = run.collect()
    sums = summarise_distances(rows)
    items = [
        (f"{run.survey.answers.frame.height:,}", say("minute.respondents", n=f"{run.survey.n_read:,}")),
        (f"{len(rows):,}", say("minute.compared")),
        (f"{int(sums['same']):,}", say("minute.same")),
        (format_share(sums["within_2"], sums["with_error"]), say("minute.near")),
    ]
    if run.survey.judgements:
        n = sum(each.verdict is Verdict.SUPPORTED for each in run.survey.judgements)
        items.append((str(n), say("minute.verdicts", n=len(run.survey.judgements))))
    if run.audit is not None:
        items.append((str(run.audit.count(Level.CONTRADICTION)), say("minute.audit")))
    if run.plan.is_synthetic:
        about = say("minute.synthetic")
    else:
        about = say("minute.real", file=run.plan.data.name if run.plan.data else "")
    blocks: tuple[Block, ...] = (Paragraph(about, "boundary"), KeyFigures(tuple(items)), Paragraph(say("minute.how")))
    return Section("minute", say("minute"), blocks)


def build_framework(facts: StudyFacts, say: Say) -> Section | None:
    """Figure 1: groups of hypotheses and their verdicts."""
    survey = facts.run.survey
    if survey is None or not survey.judgements:
        return None
    groups: dict[str, list[tuple[str, bool]]] = {}
    for each in survey.judgements:
        name = say.text(each.hypothesis.category) or "–"
        groups.setdefault(name, []).append((each.hypothesis.id, each.verdict is Verdict.SUPPORTED))
    boxes: list[tuple[str, str, str]] = []
    for name, members in groups.items():
        n = sum(is_supported for _, is_supported in members)
        words = say("framework.words", first=members[0][0], last=members[-1][0], n=n, all=len(members))
        if len(members) == 1:
            words = words.replace(f"{members[0][0]}–", "", 1)
        boxes.append((name, words, GAIN if n == len(members) else (NEUTRAL if n else LOSS)))
    target = say("framework.target")
    alt = "; ".join(f"{name}: {words}" for name, words, _ in boxes)
    picture = draw_picture(lambda width: draw_framework(width, boxes, target=target), alt)
    figure = Figure(say("framework.groups"), say("framework.unit"), picture)
    return Section("framework", say("framework"), (figure,))


def build_data(facts: StudyFacts, say: Say) -> Section | None:
    """Rows in and out, what cleaning found, what weights cost."""
    survey = facts.run.survey
    if survey is None:
        return None
    blocks: list[Block] = []
    if survey.cleaning is not None:
        kept = f"{survey.answers.frame.height:,}"
        lead = say("data.lead", read=f"{survey.n_read:,}", kept=kept, **{"from": facts.run.plan.drop_from or "–"})
        rows = tuple(
            (say(f"check.{row['check']}"), f"{row['flagged']:,}", row["looked_for"])
            for row in survey.cleaning.summarise().iter_rows(named=True)
        )
        columns = (Column(say("col.check")), Column(say("col.flagged"), is_number=True), Column(say("col.about")))
        blocks += [Paragraph(lead), Table(say("data.checks"), columns, rows)]
    weights = survey.design.weights
    if np.ptp(weights) > 0:
        found = measure_efficiency(weights)
        text = say(
            "data.weights", deff=f"{found.design_effect:.3f}", effective=f"{found.effective_n:,.0f}",
            margin=f"{100 * found.margin_of_error:.1f}", assumption=say("data.optin"),
        )  # fmt: skip
        blocks.append(Paragraph(text))
    return Section("data", say("data"), tuple(blocks)) if blocks else None


def build_quota(facts: StudyFacts, say: Say) -> Section | None:
    """Table A1, every step."""
    result = facts.run.quota
    if result is None:
        return None
    given, quota = result.quota.given, result.quota
    names = {"normalised", "reduced", "renormalised"}
    columns = [
        Column(say("col.cell")),
        Column(say("col.population"), is_number=True),
        Column(say("col.online"), is_number=True),
    ]
    columns += [
        Column(say(f"step.{step.name}") if step.name in names else step.name, is_number=True)
        for step in quota.columns()
    ]
    rows = tuple(
        (
            " · ".join(cell),
            f"{float(given.population[i]):,.0f}",
            f"{100 * float(given.penetration[i]):.2f}",
            *(f"{step.whole[i]:,}" for step in quota.columns()),
        )
        for i, cell in enumerate(given.cells)
    )
    people = f"{float(sum(given.population)):,.0f}"
    total = (say("quota.sum"), people, "", *(f"{step.total:,}" for step in quota.columns()))
    lead = say("quota.lead", n=result.n_reproduced, all=result.n_printed)
    table = Table(say("quota"), tuple(columns), rows, total, note=" ".join(result.section.notes), style="cards")
    return Section("quota", say("quota"), (Paragraph(lead), table))
