"""The sections of a study of interviews: barriers, interviewees, agreement, saturation, theories, participation."""

from __future__ import annotations

import math

from scslab.report.blocks import Block, Cell, Column, Figure, KeyFigures, Paragraph, Section, Table
from scslab.report.colours import choose_tier_colours
from scslab.report.drawing import draw_picture
from scslab.report.study.charts import draw_counts, draw_curve
from scslab.report.study.facts import StudyFacts
from scslab.report.study.say import Say
from scslab.study.papers.beside import Beside

CATEGORY_COLOURS = ("#17517a", "#c4611f", "#5b9bc2", "#9c7a2f", "#5f7183")
"""Colours of categories of barriers, told apart in grey print too."""


def build_overview(facts: StudyFacts, say: Say) -> Section | None:
    """How many people, barriers and passages; what is true of the file."""
    found = facts.run.interviews
    if found is None:
        return None
    people = {interview.key for interview in found.project.interviews}
    same = sum(row.is_same for row in found.beside)
    n_categories = len(set(found.barriers["category"].to_list()))
    items = (
        (str(len(people)), say("interviews.people")),
        (str(found.barriers.height), say("interviews.barriers", n=n_categories)),
        (str(same), say("interviews.same", n=len(found.beside))),
    )
    name = found.file.name
    about = say("interviews.synthetic") if found.is_synthetic else say("minute.real", file=name)
    return Section("overview", say("minute"), (Paragraph(about, "boundary"), KeyFigures(items)))


def build_barriers(facts: StudyFacts, say: Say) -> Section | None:
    """Table 1."""
    found = facts.run.interviews
    if found is None:
        return None
    n = len({interview.key for interview in found.project.interviews})
    printed = {row.row[-1]: row for row in found.beside if row.table == "table1"}
    categories = list(dict.fromkeys(found.barriers["category"].to_list()))
    colours = CATEGORY_COLOURS if len(categories) <= len(CATEGORY_COLOURS) else choose_tier_colours(len(categories))
    bars: list[tuple[str, float, str]] = []
    body: list[tuple[Cell | str, ...]] = []
    for category, colour in zip(categories, colours, strict=False):
        bars.append((f"#{category}", math.nan, colour))
        rows = found.barriers.filter(category=category).sort("interviewees", descending=True, maintain_order=True)
        for row in rows.iter_rows(named=True):
            bars.append((row["factor"], float(row["interviewees"]), colour))
            was = printed.get(row["factor"])
            body.append(
                (Cell(row["factor"], category), str(row["interviewees"]), "–" if was is None else was.text,
                 f"{row['percent']:.0f}")
            )  # fmt: skip
    alt = "; ".join(f"{label}: {count:.0f}" for label, count, _ in bars if count == count)
    picture = draw_picture(lambda width: draw_counts(width, bars, x_title=say("barriers.axis")), alt)
    legend = tuple(zip(categories, colours, strict=False))
    heads = ("col.found", "col.printed", "col.percent")
    columns = (Column(say("col.barrier")), *(Column(say(key), is_number=True) for key in heads))
    table = Table(say("barriers"), columns, tuple(body), style="cards")
    figure = Figure(say("barriers.chart"), say("barriers.unit", n=n), picture, legend)
    return Section("barriers", say("barriers"), (Paragraph(say("barriers.lead", n=n)), figure, table))


def build_interviewees(facts: StudyFacts, say: Say) -> Section | None:
    """Table A1."""
    found = facts.run.interviews
    if found is None:
        return None
    by_row: dict[tuple[str, ...], dict[str, Beside]] = {}
    for row in found.beside:
        if row.table == "tableA1":
            by_row.setdefault(row.row, {})[row.column] = row
    if not by_row:
        return None
    body = tuple(
        (
            Cell(row[1], row[0]),
            say.number(cells["number"].found, 0), cells["number"].text,
            say.number(cells["percent"].found, 1), cells["percent"].text,
        )
        for row, cells in by_row.items()
    )  # fmt: skip
    percent = say("col.percent")
    heads = (say("col.found"), say("col.printed"), f"{say('col.found')}, {percent}", f"{say('col.printed')}, {percent}")
    columns = (Column(say("col.row")), *(Column(head, is_number=True) for head in heads))
    table = Table(say("interviewees"), columns, body, style="cards")
    return Section("interviewees", say("interviewees"), (table,))


def build_rates(facts: StudyFacts, say: Say) -> Section | None:
    """Participation rates as printed."""
    found = facts.run.interviews
    if found is None or not found.rates:
        return None
    body = tuple(
        (row["city"], row["scheme"] or "–", row["year"], row["participation_percent_of_city_population"], row["note"])
        for row in found.rates
    )
    heads = (("col.city", False), ("col.scheme", False), ("col.year", True), ("col.percent", True), ("col.note", False))
    columns = tuple(Column(say(key), is_number=is_number) for key, is_number in heads)
    table = Table(say("rates.unit"), columns, body, style="cards")
    return Section("rates", say("rates"), (Paragraph(say("rates.lead")), table))


def build_coding(facts: StudyFacts, say: Say) -> Section | None:
    """Agreement of the coders and saturation."""
    found = facts.run.interviews
    if found is None:
        return None
    blocks: list[Block] = []
    if found.agreement is not None:
        kappa = next((each for each in found.agreement.overall if "kappa" in each.name.lower()), None)
        if kappa is not None:
            numbers = {
                key: f"{value:.2f}" for key, value in (("kappa", kappa.value), ("low", kappa.low), ("high", kappa.high))
            }
            blocks.append(Paragraph(say("coders.lead", n=found.agreement.interviews, **numbers)))
    rows = [
        (float(row["interviews"]), row["expected"], row["low"], row["high"])
        for row in found.saturation.iter_rows(named=True)
    ]
    words = {"x_title": say("saturation.x"), "y_title": say("saturation.y")}
    picture = draw_picture(lambda width: draw_curve(width, rows, **words), say("saturation"))
    blocks.append(Figure(say("saturation"), say("saturation.unit"), picture))
    return Section("coders", say("coders"), tuple(blocks))


def build_theories(facts: StudyFacts, say: Say) -> Section | None:
    """What each barrier stands for in theories of adoption."""
    found = facts.run.interviews
    if found is None:
        return None
    body = tuple(
        (
            Cell(barrier.factor, barrier.category),
            "; ".join(
                f"{'−' if reason.sign < 0 else '+'} {say.text(reason.theory.title)}: {reason.construct}"
                for reason in barrier.reasons
            ),
            f"`{barrier.term.value}`",
        )
        for barrier in found.constructs
    )
    columns = tuple(Column(say(key)) for key in ("col.barrier", "col.theory", "col.term"))
    table = Table(say("theories"), columns, body, style="cards")
    return Section("theories", say("theories"), (Paragraph(say("theories.lead")), table))
