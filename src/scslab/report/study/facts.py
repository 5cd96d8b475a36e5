"""What the sections of a study's report draw from: the run, and the words of its variables in two languages."""

from __future__ import annotations

from dataclasses import dataclass

from scslab.ground.text import Text
from scslab.report.blocks import Cell, Column, Table
from scslab.report.study.say import FAR, FAR_COLOUR, Say
from scslab.study.instruments.model import Instrument
from scslab.study.instruments.reader import read_instrument
from scslab.study.papers.beside import Beside
from scslab.study.papers.run import StudyRun


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """A run with the words of its questionnaire, where the folder has one."""

    run: StudyRun
    instrument: Instrument | None

    def name_variable(self, name: str) -> Text:
        """What a variable is, from the study file, the questionnaire or the data."""
        for derived in self.run.plan.derived:
            if derived.name == name:
                return derived.label
        for item in () if self.instrument is None else self.instrument.items():
            if item.id == name:
                return item.text
        survey = self.run.survey
        known = {} if survey is None else survey.answers.variables
        return Text(en=known[name].label or name if name in known else name)

    def name_values(self, name: str) -> list[tuple[float, Text]]:
        """The valid codes of a variable in their order, with their labels."""
        for derived in self.run.plan.derived:
            if derived.name == name:
                return [(group.code, group.label) for group in sorted(derived.groups, key=lambda g: g.code)]
        for item in () if self.instrument is None else self.instrument.items():
            if item.id == name and self.instrument is not None:
                options = [o for o in self.instrument.options_of(item) if not o.is_missing and o.code.isdigit()]
                return [(float(option.code), option.label) for option in options]
        survey = self.run.survey
        labels = (
            {}
            if survey is None or name not in survey.answers.variables
            else survey.answers.variables[name].value_labels
        )
        return [(float(code), Text(en=label)) for code, label in labels.items() if not isinstance(code, str)]


def gather_study_facts(run: StudyRun) -> StudyFacts:
    """Reads what the report needs beside the run.

    Raises:
        ProblemsError: the questionnaire cannot be used.
    """
    file = run.plan.folder / "instrument.yaml"
    return StudyFacts(run, read_instrument(file) if file.exists() else None)


def build_beside(rows: tuple[Beside, ...], say: Say, caption: str, *, note: str = "") -> Table:
    """Printed and reproduced numbers: of several printed columns side by side, of one with error and distance."""
    columns = list(dict.fromkeys(row.column for row in rows))
    if len(columns) > 1 and len({row.table for row in rows}) == 1:
        return _build_wide(rows, columns, say, caption, note)
    return build_far(rows, say, caption, note=note, has_column=False)


def _build_wide(rows: tuple[Beside, ...], columns: list[str], say: Say, caption: str, note: str) -> Table:
    lines: dict[tuple[str, ...], dict[str, Beside]] = {}
    for row in rows:
        lines.setdefault(row.row, {})[row.column] = row
    made: list[tuple[Cell | str, ...]] = []
    for key, cells in lines.items():
        found: list[Cell | str] = [_name_row(key)]
        for column in columns:
            row = cells.get(column)
            if row is None:
                found.append("–")
                continue
            digits = 0 if column == "n" else max(row.digits, 1)
            detail = (
                row.text if row.distance != row.distance else f"{row.text} · {say.number(row.distance, 1)} {say('se')}"
            )
            is_far = abs(row.distance) > FAR
            found.append(Cell(say.number(row.found, digits), detail, colour=FAR_COLOUR if is_far else ""))
        made.append(tuple(found))
    heads = (Column(say("col.row")), *(Column(say(f"column.{column}"), is_number=True) for column in columns))
    return Table(caption, heads, tuple(made), note=f"{say('beside.note')}{say('join')}{note}", style="cards")


def build_far(rows: tuple[Beside, ...], say: Say, caption: str, *, note: str = "", has_column: bool = True) -> Table:
    """Printed and reproduced numbers one below the other, with error, distance and n."""
    keys = ("col.printed", "col.found", "col.error", "col.distance", "col.n")
    columns = [Column(say("col.row")), *(Column(say(key), is_number=True) for key in keys)]
    made: list[tuple[Cell | str, ...]] = []
    for row in rows:
        digits = max(row.digits, 1)
        named = _name_row(row.row)
        if has_column:
            named = Cell(
                f"{named.text}, {say(f'column.{row.column}')}", " · ".join(x for x in (row.table, named.detail) if x)
            )
        numbers = (row.text, say.number(row.found, digits), say.number(row.error, max(digits, 2)))
        made.append((named, *numbers, say.distance(row), f"{row.n:,}" if row.n else "–"))
    return Table(caption, tuple(columns), tuple(made), note=note, style="cards")


def _name_row(key: tuple[str, ...]) -> Cell:
    """The last text of a row as its name, the others below it; codes beside texts are left out."""
    texts = [text for text in dict.fromkeys(key) if text and not (text.isdigit() and len(key) > 1)]
    return Cell(texts[-1], " · ".join(texts[:-1])) if texts else Cell("–")
