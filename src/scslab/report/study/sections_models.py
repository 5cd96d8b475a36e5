"""The sections on models: Table 4, coefficients, proportional odds, marginal effects, collinearity, hypotheses."""

from __future__ import annotations

import math

from scslab.ground.problems import ProblemsError
from scslab.report.blocks import Block, Cell, Column, Figure, Heading, Paragraph, Section, Table
from scslab.report.colours import GAIN, LOSS, NEUTRAL
from scslab.report.drawing import draw_picture
from scslab.report.study.charts import draw_intervals
from scslab.report.study.facts import StudyFacts, build_beside
from scslab.report.study.say import Say
from scslab.study.models.blocks import Blocks
from scslab.study.papers.beside import Beside
from scslab.study.papers.numbers import N_DRAWS
from scslab.study.papers.plan import ModelsPlan, PrintedTable
from scslab.study.papers.proportional import Proportional
from scslab.study.reporting.hypotheses import VERDICTS, Judgement, Verdict
from scslab.study.reporting.model_table import give_stars

ODD_ERRORS = 1.5
"""A printed standard error so many times the reproduced one speaks of another covariate."""


def build_models(facts: StudyFacts, say: Say) -> Section | None:
    """Table 4 and what belongs to it."""
    survey, plan = facts.run.survey, facts.run.plan.models
    if survey is None or survey.blocks is None or plan is None:
        return None
    table = next((each for each in facts.run.plan.printed if each.parameters), None)
    rows = survey.beside.get(table.id, ()) if table else ()
    blocks: list[Block] = [Paragraph(say("models.lead")), _build_table(survey.blocks, plan, table, rows, say)]
    blocks.append(_draw_coefficients(survey.blocks, plan, table, rows, say))
    if odd := _tell_errors(table, plan, rows, say):
        blocks += [Heading(say("models.se")), Paragraph(odd)]
    blocks += _build_brant(survey.proportional, plan, say)
    blocks.append(_draw_margins(survey.blocks, plan, say))
    return Section("models", say("models"), tuple(blocks))


def _label(plan: ModelsPlan, name: str, say: Say) -> str:
    return say.text(plan.labels[name]) if name in plan.labels else name


def _build_table(
    blocks: Blocks, plan: ModelsPlan, table: PrintedTable | None, rows: tuple[Beside, ...], say: Say
) -> Table:
    printed = {} if table is None else _index(table, rows)
    columns = (Column(""), *(Column(f"({name})", is_number=True) for name in blocks.names))
    body: list[tuple[Cell | str, ...]] = []
    frame = blocks.table()
    is_cut = False
    for row in frame.iter_rows(named=True):
        if row["role"] == "threshold" and not is_cut:
            body.append((f"**{say('models.cuts')}**", *("" for _ in blocks.names)))
            is_cut = True
        cells: list[Cell | str] = [_label(plan, row["term"], say)]
        for name in blocks.names:
            value, error, p = row[name], row[f"{name} se"], row[f"{name} p"]
            if value is None:
                cells.append("")
                continue
            was = printed.get((name, row["term"]), "")
            if math.isnan(error):
                cells.append(Cell("n/e", was))
                continue
            text = f"{say.number(value, 3)}{give_stars(p, plan.stars)}\u00a0({error:.3f})"
            cells.append(Cell(text, was))
        body.append(tuple(cells))
    body.append((say("models.n"), *(f"{result.n_rows:,}" for result in blocks.results)))
    body.append((say("models.r2"), *(f"{result.pseudo_r_squared:.3f}" for result in blocks.results)))
    return Table(say("models.table"), columns, tuple(body), note=say("models.note"), style="models")


def _index(table: PrintedTable, rows: tuple[Beside, ...]) -> dict[tuple[str, str], str]:
    """What was printed for each model and parameter: `0.015 (0.005)`."""
    found: dict[tuple[str, str], str] = {}
    for row in rows:
        model, term = row.row
        key = (model, table.parameters.get(term, ""))
        text = row.text.replace("-", "−")
        if row.column == "coefficient":
            found[key] = text
        elif row.column == "standard_error":
            found[key] += f"\u00a0({text})"
    return found


def _draw_coefficients(
    blocks: Blocks, plan: ModelsPlan, table: PrintedTable | None, rows: tuple[Beside, ...], say: Say
) -> Figure:
    printed: dict[tuple[str, str], float] = {}
    for row in rows if table else ():
        if row.column == "coefficient" and table is not None:
            printed[row.row[0], table.parameters[row.row[1]]] = row.printed
    made: list[tuple[str, float, float, float, float | None]] = []
    controls = blocks.results[0].names[: blocks.results[0].n_coefficients]
    for i, (name, result) in enumerate(zip(blocks.names, blocks.results, strict=True)):
        bounds = result.intervals()
        title = say.text(plan.blocks[i].title)
        made.append((f"#({name}) {title}", math.nan, math.nan, math.nan, None))
        for j, term in enumerate(result.names[: result.n_coefficients]):
            if (i == 0 or term not in controls) and not result.is_refused[j]:
                made.append(
                    (_label(plan, term, say), float(result.parameters[j]), float(bounds[j, 0]), float(bounds[j, 1]),
                     printed.get((name, term)))
                )  # fmt: skip
    alt = "; ".join(f"{label}: {found:.2f}" for label, found, *_ in made if found == found)
    picture = draw_picture(lambda width: draw_intervals(width, made, x_title=say("chart.logodds")), alt)
    legend = ((say("legend.found"), GAIN), (say("legend.printed"), LOSS))
    return Figure(say("models.chart"), say("models.chart.unit"), picture, legend)


def _tell_errors(table: PrintedTable | None, plan: ModelsPlan, rows: tuple[Beside, ...], say: Say) -> str:
    """Printed standard errors that are far from the reproduced ones, in a sentence; "" where there are none."""
    ratios: list[tuple[float, str]] = []
    for row in rows:
        is_slope = row.column == "standard_error" and not row.row[1].startswith(("Constant", "Education"))
        if is_slope and row.found > 0:
            label = _label(plan, table.parameters[row.row[1]], say) if table else row.row[1]
            ratios.append((row.printed / row.found, f"{label} ({row.row[0]})"))
    odd = [(ratio, name) for ratio, name in ratios if ratio > ODD_ERRORS]
    usual = sorted(ratio for ratio, _ in ratios if ratio <= ODD_ERRORS)
    if not odd or not usual:
        return ""
    comma = "、" if say.language == "zh" else ", "
    listed = comma.join(f"{name} × {ratio:.1f}" for ratio, name in odd)
    return say("models.se.text", low=f"{usual[0]:.2f}", high=f"{usual[-1]:.2f}", list=listed)


def _build_brant(tests: tuple[Proportional, ...], plan: ModelsPlan, say: Say) -> list[Block]:
    titles = {block.id: say.text(block.title) for block in plan.blocks}
    rows: list[tuple[str, ...]] = []
    for each in tests:
        head = f"({each.block}) {titles[each.block]}"
        if each.test is None:
            rows.append((head, "–", "–", say("models.brant.none")))
            continue
        p = "< 0.001" if each.test.p_value < 0.001 else f"{each.test.p_value:.3f}"
        rows.append((head, say.number(each.test.statistic, 1), str(each.test.df), p))
    if not rows:
        return []
    text = say("models.brant.text")
    if (most := max(each.n_joined for each in tests)) > 1:
        text += say("join") + say("models.brant.joined", n=most)
    columns = (Column(say("col.model")), *(Column(t, is_number=True) for t in ("χ²", say("col.df"), "p")))
    return [Heading(say("models.brant")), Paragraph(text), Table(say("models.brant"), columns, tuple(rows))]


def _draw_margins(blocks: Blocks, plan: ModelsPlan, say: Say) -> Figure:
    made: list[tuple[str, float, float, float, float | None]] = []
    rows: list[tuple[str, ...]] = []
    for name, result, block in zip(blocks.names, blocks.results, plan.blocks, strict=True):
        wanted = list(block.adds) or ["age", "gender", "location"]
        try:
            found = result.margins([v for v in wanted if v in result.sample.frame.columns])
        except ProblemsError:
            continue
        made.append((f"#({name}) {say.text(block.title)}", math.nan, math.nan, math.nan, None))
        for row in found.table().filter(category=str(found.levels[-1])).iter_rows(named=True):
            label = _label(plan, row["variable"], say)
            effect, low, high = (100 * row[key] for key in ("effect", "low", "high"))
            made.append((label, effect, low, high, None))
            rows.append((label, f"({name})", say.number(effect, 2), f"{say.number(low, 2)} – {say.number(high, 2)}"))
    alt = "; ".join(f"{label}: {found:.1f}" for label, found, *_ in made if found == found)
    picture = draw_picture(lambda width: draw_intervals(width, made, x_title=say("chart.points")), alt)
    columns = (
        Column(""),
        Column(say("col.model")),
        Column(say("chart.points"), is_number=True),
        Column("95 %", is_number=True),
    )
    return Figure(
        say("models.margins"),
        say("models.margins.unit"),
        picture,
        (),
        Table(say("models.margins"), columns, tuple(rows)),
    )


def build_collinearity(facts: StudyFacts, say: Say) -> Section | None:
    """Table A4."""
    survey = facts.run.survey
    table = next((each for each in facts.run.plan.printed if each.inflation), None)
    if survey is None or table is None:
        return None
    rows = tuple(row for row in survey.beside[table.id] if row.column == "vif")
    shown = build_beside(rows, say, say.text(table.title))
    return Section("collinearity", say("collinearity"), (Paragraph(say("collinearity.lead", n=N_DRAWS)), shown))


def build_hypotheses(facts: StudyFacts, say: Say) -> Section | None:
    """Every hypothesis with its verdict."""
    survey, plan = facts.run.survey, facts.run.plan.models
    if survey is None or not survey.judgements or plan is None:
        return None
    printed = {each.hypothesis.id: each for each in survey.printed_judgements}
    rows: list[tuple[Cell | str, ...]] = []
    for each in survey.judgements:
        was = printed.get(each.hypothesis.id)
        estimates = "; ".join(
            f"{say.number(estimate, 2)} ({'< 0.001' if p < 0.001 else f'{p:.3f}'})"
            for estimate, p in zip(each.estimates, each.p_values, strict=True)
        )
        if each.n_models == 1:
            robust = say("robust.one")
        else:
            robust = say("robust.some", signs=each.n_same_sign, same=each.n_same_verdict, n=each.n_models)
        verdict = _verdict(each, say)
        rows.append(
            (Cell(each.hypothesis.id, say.text(each.hypothesis.statement)), estimates, verdict,
             "–" if was is None else _verdict(was, say), robust)
        )  # fmt: skip
    heads = ("col.hypothesis", "col.estimate", "col.verdict", "col.from_printed", "col.robust")
    table = Table(say("hypotheses"), tuple(Column(say(key)) for key in heads), tuple(rows), style="cards")
    return Section("hypotheses", say("hypotheses"), (Paragraph(say("hypotheses.lead")), table))


def _verdict(each: Judgement, say: Say) -> Cell:
    colours = {Verdict.SUPPORTED: GAIN, Verdict.OPPOSED: LOSS}
    return Cell(say.text(VERDICTS[each.verdict]), colour=colours.get(each.verdict, NEUTRAL))
