"""The worked cases beside a scheme, as examples for readers."""

from __future__ import annotations

from scslab.report.blocks import Block, Cell, Column, Folded, Paragraph, Section, Table, Worked
from scslab.report.words import Words
from scslab.scheme.case_model import Case, CaseEvent, Expected, Value

SHOWN = 4


def build_worked(cases: tuple[Case, ...], words: Words) -> Section | None:
    """The cases, the first few open; None where there is none."""
    if not cases:
        return None
    worked = [_show(case, words) for case in cases]
    blocks: list[Block] = [Paragraph(words("worked.sentence")), *worked[:SHOWN]]
    if len(worked) > SHOWN:
        blocks.append(Folded(words("worked.more", n=len(worked) - SHOWN), tuple(worked[SHOWN:])))
    return Section("worked", words("section.worked"), tuple(blocks))


def _show(case: Case, words: Words) -> Worked:
    rows = tuple((Cell(event.occurred_on.isoformat()), _tell(event, words)) for event in case.events)
    columns = (Column(words("column.day")), Column(words("worked.happened")))
    events = Table(words("worked.events", name=case.name), columns, rows)
    return Worked(case.name, case.why.strip(), events, tuple(_list_facts(case, words)))


def _tell(event: CaseEvent, words: Words) -> Cell:
    details: list[str] = []
    for name, value in event.attributes.items():
        details.append(f"{words.attribute(name, is_of_subject=False)}: {_say_value(value, words)}")
    if event.recorded_on is not None and event.recorded_on != event.occurred_on:
        details.append(words("worked.recorded", day=words.day(event.recorded_on)))
    if event.subject:
        details.append(words("worked.of_other", subject=event.subject))
    return Cell(words.event(event.type), detail=words("comma").join(details))


def _say_value(value: Value | Expected, words: Words) -> str:
    if isinstance(value, bool):
        return words("sql.true" if value else "sql.false")
    return "–" if value is None else str(value).replace("-", "−") if not isinstance(value, str) else value


def _list_facts(case: Case, words: Words) -> list[tuple[str, str]]:
    expect = case.expect
    facts = [(words("worked.as_of"), words.day(case.as_of))]
    score = expect.standing.get("score")
    if score is not None:
        facts.append((words("worked.score"), _say_value(score, words)))
    if "tier" in expect.standing:
        tier = expect.standing["tier"]
        facts.append((words("worked.tier"), words.tier(None if tier is None else str(tier))))
    if expect.lists is not None:
        names = words.enumerate(words.own_list(name) for name in expect.lists)
        facts.append((words("worked.lists"), names or words("none")))
    if expect.measures is not None:
        names = words.enumerate(words.measure(name) for name in expect.measures)
        facts.append((words("worked.measures"), names or words("none")))
    return facts
