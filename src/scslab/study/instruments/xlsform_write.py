"""A questionnaire as XLSForm, for ODK, KoboToolbox, SurveyCTO and their kin."""

from __future__ import annotations

import io
import json
from pathlib import Path

from scslab.ground.problems import Problem, ProblemsError
from scslab.ground.text import Text
from scslab.scheme.conditions import Expression
from scslab.study.instruments.model import Instrument, Item, ItemKind, Wording
from scslab.study.instruments.to_xpath import CannotExpressError, Choices, to_xpath

LANGUAGES = {"en": "English (en)", "zh": "中文 (zh)"}
"""The languages as XLSForm names them."""
OWN = "scslab"
"""The column for what XLSForm has no place for; other programs leave it alone."""
_KINDS = {
    ItemKind.INTEGER: "integer", ItemKind.NUMBER: "decimal", ItemKind.TEXT: "text", ItemKind.DATE: "date",
    ItemKind.NOTE: "note",
}  # fmt: skip

Row = dict[str, str]


def write_xlsform(instrument: Instrument, file: Path) -> None:
    """Writes the questionnaire as an XLSX workbook.

    Raises:
        ProblemsError: a condition that XLSForm cannot express.
    """
    file.write_bytes(build_xlsform(instrument))


def build_xlsform(instrument: Instrument) -> bytes:
    """The questionnaire as the bytes of an XLSX workbook; arguments and errors as for `write_xlsform`."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in list_sheets(instrument).items():
        sheet = book.create_sheet(name)
        columns = list(dict.fromkeys(column for row in rows for column in row))
        sheet.append(columns)
        for row in rows:
            sheet.append([row.get(column, "") for column in columns])
        for cells in sheet.iter_rows():
            for cell in cells:
                # Text, always: `=1+1` typed as a label must not become a formula.
                cell.data_type = "s"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def list_sheets(instrument: Instrument) -> dict[str, list[Row]]:
    """The rows of the sheets `survey`, `choices` and `settings`."""
    choices: Choices = {
        f"{item.id}_{option.code}": (item.id, option.code)
        for item in instrument.items()
        if item.kind is ItemKind.MULTIPLE
        for option in instrument.options_of(item)
    }
    problems: list[Problem] = []

    def relevant(when: Expression | None, item: Item | None) -> str:
        if when is None:
            return ""
        try:
            return to_xpath(when, choices)
        except CannotExpressError as error:
            place = item.place if item is not None else instrument.sections[0].place
            message = f"XLSForm cannot express {error} in `{when.text}`"
            problems.append(Problem("Q712", message, place, "use comparisons, `and`, `or`, `not` and arithmetic"))
            return ""

    survey: list[Row] = []
    for section in instrument.sections:
        row = {"type": "begin_group", "name": section.id} | _labels("label", section.title, instrument)
        row["relevant"] = relevant(section.when, None)
        survey.append(row | _own(_remember(section.when, row["relevant"])))
        survey += [_write_item(item, relevant(item.when, item), instrument) for item in section.items]
        survey.append({"type": "end_group"})
    if problems:
        raise ProblemsError(problems)
    options = [
        {"list_name": scale.id, "name": option.code}
        | _labels("label", option.label, instrument)
        | _own({"missing": option.is_missing})
        for scale in instrument.scales.values()
        for option in scale.options
    ]
    settings: Row = {
        "form_title": instrument.title.in_language(instrument.languages[0]),
        "form_id": instrument.id,
        "default_language": LANGUAGES[instrument.languages[0]],
    } | _own({"title": {"en": instrument.title.en, "zh": instrument.title.zh}, "source": instrument.source})
    return {"survey": survey, "choices": options, "settings": [settings]}


def _remember(when: Expression | None, xpath: str) -> dict[str, object]:
    """A condition in SQL, with the XPath that was made of it: a later change of the XPath shows."""
    return {} if when is None else {"when": when.text, "relevant": xpath}


def _write_item(item: Item, relevant: str, instrument: Instrument) -> Row:
    kind = {ItemKind.SINGLE: f"select_one {item.scale}", ItemKind.MULTIPLE: f"select_multiple {item.scale}"}
    row: Row = {"type": kind.get(item.kind) or _KINDS[item.kind], "name": item.id}
    row |= _labels("label", item.text, instrument)
    if item.hint:
        row |= _labels("hint", item.hint, instrument)
    bounds = [f". >= {item.low}"] if item.low else []
    bounds += [f". <= {item.high}"] if item.high else []
    row |= {"relevant": relevant, "required": "yes" if item.is_required else "", "constraint": " and ".join(bounds)}
    wording = "" if item.wording is Wording.PUBLISHED else item.wording.value
    return row | _own(_remember(item.when, relevant) | {"expects": item.expects, "wording": wording})


def _labels(column: str, text: Text, instrument: Instrument) -> Row:
    return {f"{column}::{LANGUAGES[language]}": getattr(text, language) for language in instrument.languages}


def _own(values: dict[str, object]) -> Row:
    """What XLSForm has no place for, as JSON; nothing where all of it is empty."""
    kept = {key: value for key, value in values.items() if value}
    return {OWN: json.dumps(kept, ensure_ascii=False)} if kept else {}
