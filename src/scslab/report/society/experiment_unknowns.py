"""The section on unknowns: which of the values that replicates drew decide the outcomes."""

from __future__ import annotations

import polars as pl

from scslab.report.blocks import Block, Figure, Folded, Paragraph, Section
from scslab.report.colours import LINES
from scslab.report.drawing import draw_picture
from scslab.report.society.charts import draw_ladder
from scslab.report.society.experiment_facts import MAIN, ExperimentFacts, name_measure
from scslab.report.society.say import Say
from scslab.report.tables import make_table
from scslab.society.experiment.unknowns import rank_unknowns

SHOWN = 8
"""Unknowns that a chart shows."""
LUCK = 0.01
"""The chance that any of the parameters of a chart is told without reason; shared among them all."""


def build_unknowns(facts: ExperimentFacts, say: Say) -> Section | None:
    """Charts of the unknowns that go with the main measures; None where nothing was drawn, or too little."""
    found = rank_unknowns(facts.result.experiment, facts.result.outcomes)
    if not found.height:
        return None
    blocks: list[Block] = [Paragraph(say("x.unknowns.lead", replicates=say.count(int(found["replicates"][0]))))]
    for measure in MAIN:
        own = found.filter(pl.col("measure") == measure)
        beyond = own.filter(pl.col("p") < LUCK / max(1, own.height)).head(SHOWN)
        if beyond.height:
            blocks.append(_draw(beyond, measure, say))
        elif own.height:
            blocks.append(Paragraph(say("x.unknowns.none", measure=name_measure(measure, say))))
    body = [
        [name_measure(row["measure"], say), f"`{row['parameter']}`", say.signed(row["correlation"], 2),
         say.number(row["p"], 4)]
        for row in found.filter(pl.col("measure").is_in(MAIN)).iter_rows(named=True)
    ]  # fmt: skip
    heads = [say(key) for key in ("x.col.measure", "col.parameter", "x.col.correlation", "x.col.p")]
    table = make_table(say("x.unknowns.table"), heads, body, words=2)
    blocks.append(Folded(say("x.unknowns.table"), (table,)))
    return Section("unknowns", say("x.unknowns"), tuple(blocks))


def _draw(rows: pl.DataFrame, measure: str, say: Say) -> Figure:
    found = list(rows.select("parameter", "correlation").iter_rows())
    steps = [(name, value, value, value, say.signed(value, 2)) for name, value in found]
    picture = draw_picture(
        lambda width: draw_ladder(width, steps, x_title=say("x.col.correlation"), colour=LINES[0], has_zero_line=True),
        say("x.unknowns.alt", items=say("and").join(f"{step[0]} {step[4]}" for step in steps)),
    )
    body = [[f"`{step[0]}`", step[4]] for step in steps]
    title = name_measure(measure, say)
    table = make_table(title, [say("col.parameter"), say("x.col.correlation")], body)
    return Figure(title, say("x.unknowns.unit"), picture, (), table)
