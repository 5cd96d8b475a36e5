"""The last sections: distances, the audit of the printed tables, where everything comes from."""

from __future__ import annotations

from scslab import __version__
from scslab.report.blocks import Block, Cell, Column, Figure, Heading, Paragraph, Section, Table
from scslab.report.drawing import draw_picture
from scslab.report.study.charts import draw_distances
from scslab.report.study.facts import StudyFacts, build_far
from scslab.report.study.say import FAR, Say
from scslab.study.papers.kostka.make import SEED
from scslab.study.papers.numbers import summarise_distances


def build_distance(facts: StudyFacts, say: Say) -> Section | None:
    """How near every printed number is, and those that are far."""
    survey = facts.run.survey
    if survey is None or not survey.beside:
        return None
    titles = {table.id: _short(say.text(table.title)) for table in facts.run.plan.printed}
    points = [
        (titles[name], row.distance)
        for name, rows in survey.beside.items()
        for row in rows
        if row.distance == row.distance
    ]
    body: list[tuple[str, ...]] = []
    for name, rows in survey.beside.items():
        sums = summarise_distances(rows)
        body.append(
            (titles[name], f"{len(rows):,}", f"{int(sums['same']):,}", f"{int(sums['within_1']):,}",
             f"{int(sums['within_2']):,} / {int(sums['with_error']):,}", say.number(sums["largest"], 1))
        )  # fmt: skip
    heads = ("col.compared", "col.same", "col.within1", "col.within2", "col.largest")
    columns = (Column(say("col.table")), *(Column(say(key), is_number=True) for key in heads))
    table = Table(say("distance.table"), columns, tuple(body), style="cards")
    alt = "; ".join(" ".join(row) for row in body)
    picture = draw_picture(lambda width: draw_distances(width, points, x_title=say("chart.distance")), alt)
    figure = Figure(say("distance.chart"), say("distance.unit"), picture)
    far = tuple(row for rows in survey.beside.values() for row in rows if abs(row.distance) > FAR)
    blocks: list[Block] = [figure, table, Heading(say("distance.far")), Paragraph(say("distance.far.text"))]
    blocks.append(build_far(far, say, say("distance.far")) if far else Paragraph(say("distance.none")))
    return Section("distance", say("distance"), tuple(blocks))


def _short(title: str) -> str:
    """`Table 2: approval by group` as `Table 2`, where the title begins so."""
    for colon in (":", "："):
        head, found, rest = title.partition(colon)
        if found and len(head) <= 9:
            return f"{head}{colon} {rest.strip()}" if head.endswith("3") else head
    return title


def build_audit(facts: StudyFacts, say: Say) -> Section | None:
    """What the auditor found in the printed tables."""
    audit = facts.run.audit
    if audit is None:
        return None
    blocks: list[Block] = [Paragraph(say("audit.lead"))]
    if not audit.findings:
        blocks.append(Paragraph(say("audit.none")))
        return Section("audit", say("audit"), tuple(blocks))
    if say.language != "en":
        blocks.append(Paragraph(say("audit.language"), "note"))
    for level in dict.fromkeys(finding.level for finding in audit.findings):
        rows = tuple(
            (Cell(finding.place.replace(":", " · "), finding.code), finding.shows, finding.repair)
            for finding in audit.findings
            if finding.level is level
        )
        title = say(f"level.{level.value}")
        columns = (Column(say("col.where")), Column(say("col.shows")), Column(say("col.repair")))
        blocks.append(Table(title, columns, rows, style="cards"))
    return Section("audit", say("audit"), tuple(blocks))


def build_provenance(facts: StudyFacts, say: Say) -> Section | None:
    """Data, digests, and how to put real data in."""
    run = facts.run
    blocks: list[Block] = []
    rows: list[tuple[str, ...]] = [(say("provenance.version"), f"scslab {__version__}")]
    if run.survey is not None and run.plan.data is not None:
        if run.plan.is_synthetic:
            blocks.append(Paragraph(say("provenance.synthetic", seed=SEED)))
        blocks.append(Paragraph(say("provenance.replace")))
        rows += [
            (say("provenance.file"), f"`{run.plan.data.name}`"),
            (say("provenance.digest"), f"`{run.survey.answers.digest}`"),
        ]
    if run.interviews is not None:
        blocks.append(Paragraph(say("provenance.interviews")))
        rows.append((say("provenance.file"), f"`{run.interviews.file.name}`"))
    blocks.append(Table(say("provenance"), (Column(say("col.item")), Column(say("col.value"))), tuple(rows)))
    return Section("provenance", say("provenance"), tuple(blocks))
