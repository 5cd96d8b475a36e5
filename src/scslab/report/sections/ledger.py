"""What of the ledger was not used, and why."""

from __future__ import annotations

from scslab.ledger.codes import ROW_CODES
from scslab.report.blocks import Block, Bullets, Cell, Column, Heading, Paragraph, Section, Table
from scslab.report.facts import Facts
from scslab.report.formats import format_count, format_share
from scslab.report.unused import Defect, hide_subjects
from scslab.report.words import Words

SHOWN_ROWS = 30


def build_ledger(facts: Facts, words: Words) -> Section:
    """Rows set aside, events that posted nothing, conditions that could not be decided, notes on the file."""
    settlement = facts.settlement
    counts = settlement.counts
    rows = {"all": counts.rows_in, "used": counts.rows_used, "aside": counts.rows_set_aside}
    said = {name: format_count(number) for name, number in rows.items()}
    sentence = words(
        "input.sentence",
        made=words.count("event", counts.events_made),
        settled=format_count(counts.events_settled),
        day=words.day(settlement.as_of),
        **said,
    )
    if counts.rows_in != counts.rows_used + counts.rows_set_aside:
        sentence = words("input.unbalanced", **said)
    blocks: list[Block] = [Paragraph(sentence)]
    if facts.defects:
        blocks += [_list_defects(facts.defects, words), Paragraph(words("input.rest"), "note")]
    else:
        blocks.append(Paragraph(words("input.clean")))
    blocks += [*_show_unposted(facts, words), *_show_undecided(facts, words)]
    if settlement.notes:
        blocks.append(Heading(words("input.notes")))
        notes = (_say_note(note.code, note.message, note.help) for note in settlement.notes)
        blocks.append(Bullets(tuple(hide_subjects(note, settlement) for note in notes)))
    return Section("input", words("section.input"), tuple(blocks))


def _say_note(code: str, message: str, help_text: str) -> str:
    return f"`{code}` {message}" + (f" ({help_text})" if help_text else "")


def _list_defects(defects: tuple[Defect, ...], words: Words) -> Table:
    rows = []
    for defect in defects:
        key = f"code.{defect.code}"
        meaning = words(key) if words.has(key) else ROW_CODES.get(defect.code, "")
        examples = [
            words("input.example_column" if column else "input.example", row=row, column=column, reason=reason)
            for row, column, reason in defect.examples
        ]
        rows.append(
            (
                Cell(f"`{defect.code}`", detail=meaning),
                format_count(defect.rows),
                Cell(examples[0] if examples else "", detail="\n".join(examples[1:])),
            )
        )
    columns = (Column(words("column.code")), Column(words("column.rows"), True), Column(words("column.example")))
    return Table(words("input.defects"), columns, tuple(rows), style="cards")


def _show_unposted(facts: Facts, words: Words) -> list[Block]:
    unposted = facts.unposted
    if unposted.is_empty():
        return [Paragraph(words("input.unposted_none"))]
    events = words.scheme.events
    rows = []
    for reason, kind, number in unposted.head(SHOWN_ROWS).iter_rows():
        key = f"unposted.{reason}"
        title = words.text(events[kind].title) if kind in events else ""
        rows.append(
            (
                words(key) if words.has(key) else str(reason),
                Cell(title or f"`{kind}`", detail=f"`{kind}`" if title else ""),
                Cell(format_count(number), detail=format_share(number, facts.settlement.counts.events_settled)),
            )
        )
    columns = (Column(words("column.reason")), Column(words("column.type")), Column(words("column.events"), True))
    rest = unposted.height - SHOWN_ROWS
    note = words("more_rows", n=format_count(rest)) if rest > 0 else ""
    total = (words("total"), "", format_count(int(unposted["events"].sum())))
    return [Table(words("input.unposted"), columns, tuple(rows), total, note)]


def _show_undecided(facts: Facts, words: Words) -> list[Block]:
    undecided = {rule: number for rule, number in facts.settlement.counts.undecided.items() if number}
    if not undecided:
        return []
    rows = tuple(
        (words.rule(rule), format_count(number))
        for rule, number in sorted(undecided.items(), key=lambda item: (-item[1], item[0]))
    )
    columns = (Column(words("column.rule")), Column(words("column.events"), True))
    return [Table(words("input.undecided"), columns, rows, note=words("input.undecided_note"))]
