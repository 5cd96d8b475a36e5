"""What keeps residents away, and what the survey would expect them to think."""

from __future__ import annotations

from scslab.report.blocks import Figure, Paragraph, Section
from scslab.report.colours import GAIN, LOSS
from scslab.report.drawing import draw_picture
from scslab.report.society.charts import draw_ladder
from scslab.report.society.facts import SocietyFacts
from scslab.report.society.say import Say
from scslab.report.study.charts import draw_beside
from scslab.report.tables import make_table
from scslab.society.outcomes.approval import DRAWS


def build_barriers(facts: SocietyFacts, say: Say) -> Section | None:
    """The 14 barriers beside the interviews; None where businesses are scored, who were not asked."""
    if not say.words.is_private:
        return None
    rows = facts.barriers.sort("share", descending=True).to_dicts()
    asked = int(rows[0]["asked"])
    names = [say.get(f"barrier.{row['barrier']}", row["factor"]) for row in rows]
    bars = [
        (name, 100 * row["share"], 100 * max(0.0, row["interviews"] - 2 * row["error"]),
         100 * min(1.0, row["interviews"] + 2 * row["error"]), 100 * row["interviews"])
        for name, row in zip(names, rows, strict=True)
    ]  # fmt: skip
    picture = draw_picture(
        lambda width: draw_beside(width, bars, x_title=say("percent")),
        say("barriers.alt", first=names[0], share=say.percent(rows[0]["share"], 0)),
    )
    body = [
        [name, say.percent(row["share"]), say.percent(row["interviews"]), say.number(100 * row["error"], 1)]
        for name, row in zip(names, rows, strict=True)
    ]
    heads = [say(key) for key in ("col.barrier", "col.here", "col.interviews", "col.error")]
    legend = ((say("barriers.here"), "#a6c8de"), (say("barriers.there"), LOSS))
    figure = Figure(
        say("barriers.chart"), say("barriers.unit"), picture, legend, make_table(say("barriers"), heads, body)
    )
    is_all = facts.run.months["taking_part"][-1] == facts.n
    lead = say("barriers.all" if is_all else "barriers.lead", n=say.count(asked))
    effect = say.number(facts.run.plan.values["barriers.design_effect"], 1)
    note = say("barriers.note", effect=effect)
    return Section("barriers", say("barriers"), (Paragraph(lead), figure, Paragraph(note, "boundary")))


def build_approval(facts: SocietyFacts, say: Say) -> Section | None:
    """Approval by the printed coefficients; None where residents lack what the survey asked."""
    if facts.approval is None or not say.words.is_private:
        return None
    rows = facts.approval.to_dicts()
    total = rows[-1]
    lead = say("approval.lead", **{key: say.percent(total[key]) for key in ("share", "low", "high")})
    ladder = [
        (say(f"answer.{row['answer']}"), 100 * row["share"], 100 * row["low"], 100 * row["high"],
         say.percent(row["share"]))
        for row in rows
    ]  # fmt: skip
    picture = draw_picture(
        lambda width: draw_ladder(width, ladder, x_title=say("percent"), colour=GAIN),
        say("approval.alt", share=say.percent(total["share"])),
    )
    body = [
        [say(f"answer.{row['answer']}"), *(say.percent(row[key]) for key in ("share", "low", "high"))] for row in rows
    ]
    table = make_table(say("approval"), [say(key) for key in ("col.answer", "col.share", "col.low", "col.high")], body)
    figure = Figure(say("approval.chart"), say("approval.unit", draws=DRAWS), picture, (), table, say("approval.note"))
    return Section("approval", say("approval"), (Paragraph(lead), figure))
