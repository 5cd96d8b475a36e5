"""The sections on the sample and on opinions: figures of the study file, and printed tables of shares and means."""

from __future__ import annotations

import math

import numpy as np

from scslab.report.blocks import Block, Column, Figure, Section, Table
from scslab.report.colours import LOSS, choose_tier_colours
from scslab.report.drawing import draw_picture
from scslab.report.study.charts import draw_beside, draw_heat, draw_stacked
from scslab.report.study.facts import StudyFacts, build_beside
from scslab.report.study.say import Say
from scslab.study.papers.plan import FigurePlan
from scslab.study.papers.run import SurveyResult
from scslab.study.papers.shares import find_share
from scslab.study.tables.tabulate import CrossTable, tabulate

SAMPLE = ("tableA2", "tableA3")
"""Tables that describe the sample."""
APART = ("table4", "tableA4")
"""Tables that have a section of their own."""
BAR_COLOUR = "#a6c8de"


def build_sample(facts: StudyFacts, say: Say) -> Section | None:
    """Tables that describe the sample."""
    blocks = _list_tables(facts, say, lambda name: name in SAMPLE)
    return Section("sample", say("sample"), blocks) if blocks else None


def build_opinion(facts: StudyFacts, say: Say) -> Section | None:
    """All figures of the study file, then the other tables."""
    survey = facts.run.survey
    if survey is None:
        return None
    blocks: list[Block] = []
    for plan in facts.run.plan.figures:
        match plan.kind:
            case "bars":
                blocks.append(_draw_bars(facts, survey, plan, say))
            case "stacked":
                blocks.append(_draw_stacked(facts, survey, plan, say))
            case "heat":
                blocks += [_draw_heat(facts, survey, plan, by, say) for by in plan.by]
            case _:
                pass
    blocks += _list_tables(facts, say, lambda name: name not in SAMPLE + APART)
    return Section("opinion", say("opinion"), tuple(blocks)) if blocks else None


def _list_tables(facts: StudyFacts, say: Say, is_wanted: object) -> tuple[Block, ...]:
    survey = facts.run.survey
    if survey is None:
        return ()
    found: list[Block] = []
    for table in facts.run.plan.printed:
        rows = survey.beside.get(table.id, ())
        if rows and callable(is_wanted) and is_wanted(table.id):
            found.append(build_beside(rows, say, say.text(table.title), note=say.text(table.note)))
    return tuple(found)


def _draw_bars(facts: StudyFacts, survey: SurveyResult, plan: FigurePlan, say: Say) -> Figure:
    name, _, first = plan.printed.partition("/")
    rows = [row for row in survey.beside.get(name, ()) if not first or row.row[0] == first]
    made: list[tuple[str, float, float, float, float]] = []
    for row in rows:
        words = [say.text(plan.labels[text]) if text in plan.labels else text for text in row.row[1:]]
        label = ", ".join(word for word in words if word != "all respondents")
        half = 1.96 * row.error
        made.append((label, row.found, max(0.0, row.found - half), min(100.0, row.found + half), row.printed))
    alt = "; ".join(f"{label}: {found:.1f} ({printed:g})" for label, found, _, _, printed in made)
    picture = draw_picture(lambda width: draw_beside(width, made, x_title=say("chart.percent")), alt)
    numbers = build_beside(tuple(rows), say, say.text(plan.title))
    legend = ((say("legend.bar"), BAR_COLOUR), (say("legend.printed"), LOSS))
    return Figure(say.text(plan.title), say("chart.stacked.unit"), picture, legend, numbers, say.text(plan.note))


def _draw_stacked(facts: StudyFacts, survey: SurveyResult, plan: FigurePlan, say: Say) -> Figure:
    values = facts.name_values(plan.variable)
    answers = survey.answers.without_missing()
    y = answers[plan.variable].cast(float).fill_null(math.nan).to_numpy()
    everyone = np.isfinite(y)

    def shares_of(inside: np.ndarray) -> list[float]:
        return [find_share(survey.design, y == code, inside & everyone)[0] for code, _ in values]

    rows: list[tuple[str, list[float], int]] = [(say("all"), shares_of(everyone), int(everyone.sum()))]
    for by in plan.by:
        rows.append((f"#{say.text(facts.name_variable(by))}", [], 0))
        x = answers[by].cast(float).fill_null(math.nan).to_numpy()
        for code, label in facts.name_values(by):
            inside = x == code
            if inside.any():
                rows.append((_head(say.text(label)), shares_of(inside), int(inside.sum())))
    colours = choose_tier_colours(len(values))
    bars = [(label, shares) for label, shares, _ in rows]
    alt = "; ".join(f"{label}: {', '.join(f'{s:.0f}' for s in shares)}" for label, shares in bars if shares)
    picture = draw_picture(lambda width: draw_stacked(width, bars, colours, x_title=say("chart.percent")), alt)
    columns = (
        Column(""),
        *(Column(say.text(label), is_number=True) for _, label in values),
        Column("n", is_number=True),
    )
    body = tuple(
        (
            label.removeprefix("#"),
            *((f"{share:.2f}" for share in shares) if shares else [""] * len(values)),
            f"{n:,}" if n else "",
        )
        for label, shares, n in rows
    )
    numbers = Table(say.text(plan.title), columns, body)
    legend = tuple((say.text(label), colour) for (_, label), colour in zip(values, colours, strict=True))
    return Figure(say.text(plan.title), say("chart.stacked.unit"), picture, legend, numbers, say.text(plan.note))


def _draw_heat(facts: StudyFacts, survey: SurveyResult, plan: FigurePlan, by: str, say: Say) -> Figure:
    table = tabulate(survey.answers, plan.variable, by, design=survey.design)
    if not isinstance(table, CrossTable):
        raise TypeError("a cross-tab was asked for")
    rows = [say.text(label) for _, label in facts.name_values(plan.variable)]
    columns = [_head(say.text(label)) for _, label in facts.name_values(by)]
    shares = [
        [100 * float(column.values[i]) if column is not None else 0.0 for column in table.by_column]
        for i in range(len(table.rows.labels))
    ]
    title = f"{say.text(plan.title)}: {say.text(facts.name_variable(by))}" if len(plan.by) > 1 else say.text(plan.title)
    if len(plan.by) > 1:
        colon = "：" if say.language == "zh" else ": "
        title = f"{say.text(facts.name_variable(plan.variable))}{colon}{say.text(facts.name_variable(by))}"
    test = ""
    if table.test is not None:
        p = table.test.second_p
        test = say("chart.heat.test", p="< 0.001" if p < 0.001 else f"= {p:.3f}")
    alt = "; ".join(f"{row}: {', '.join(f'{s:.0f}' for s in line)}" for row, line in zip(rows, shares, strict=True))
    picture = draw_picture(lambda width: draw_heat(width, rows, columns, shares), alt)
    body = tuple((row, *(f"{s:.2f}" for s in line)) for row, line in zip(rows, shares, strict=True))
    numbers = Table(title, (Column(""), *(Column(c, is_number=True) for c in columns)), body)
    return Figure(title, say("chart.heat.unit", test=test), picture, (), numbers, say.text(plan.note))


def _head(label: str) -> str:
    """A label without what explains it: `Low: some high school` as `Low`."""
    return label.split("：")[0].split(":")[0]
