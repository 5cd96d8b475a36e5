"""XLSForm in: a workbook of ODK, KoboToolbox or ours as a questionnaire, with the row of whatever is not supported."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from scslab.ground.problems import Place
from scslab.scheme.problem_list import Problems, shorten
from scslab.study.instruments.from_xpath import CannotReadError, from_xpath
from scslab.study.instruments.model import Instrument
from scslab.study.instruments.reader import check_instrument
from scslab.study.instruments.xlsform_write import OWN

MAX_BYTES = 20_000_000
"""The largest workbook, packed or unpacked, that is read."""
_KINDS = {
    "integer": "integer", "int": "integer", "decimal": "number", "text": "text", "string": "text", "date": "date",
    "note": "note",
}  # fmt: skip
_PASSED_OVER = frozenset({"start", "end", "today", "deviceid", "username", "audit", "simserial", "phonenumber"})
_LANGUAGE = re.compile(r"(label|hint)(?:::?(.+))?", re.IGNORECASE)
_BOUND = re.compile(r"\s*\.\s*(>=|<=)\s*(-?\d+(?:\.\d+)?)\s*")

Row = dict[str, Any]


def read_xlsform(file: Path) -> Instrument:
    """Reads an XLSForm workbook.

    Raises:
        ProblemsError: with every row that cannot be taken over; the line is that of the sheet.
    """
    problems = Problems("Q")
    sheets = _open(file, problems)
    problems.raise_errors()
    importer = _Import(sheets, str(file), problems)
    content = importer.build()
    problems.raise_errors()
    # The rest is checked by the reader of our own files, so that both formats obey the same rules.
    instrument, found = check_instrument(json.dumps(content, ensure_ascii=False), f"{file} (as instrument.yaml)")
    for problem in found:
        problems.add(problem)
    problems.raise_errors()
    assert instrument is not None  # noqa: S101 - without errors there is one
    return instrument


def _open(file: Path, problems: Problems) -> dict[str, Any]:
    place = Place(str(file))
    try:
        content = file.read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
            if max(size, len(content)) > MAX_BYTES:
                message = f"the workbook has {size:,} bytes unpacked; at most {MAX_BYTES:,} are read"
                problems.error("Q701", message, place)
                return {}
            for entry in packed.infolist():
                _refuse_doctype(packed.read(entry))
        from pyxform.xls2json_backends import xlsx_to_dict

        return dict(xlsx_to_dict(io.BytesIO(content)))
    except OSError as error:
        problems.error("Q701", f"`{file}` cannot be read: {error.strerror or error}", place)
    except Exception as error:
        problems.error("Q701", f"`{file}` is not readable as a workbook: {shorten(str(error))}", place)
    return {}


def _refuse_doctype(content: bytes) -> None:
    """Raises at a document type declaration, which no workbook has: entities in it could grow without end."""

    def refuse(*declaration: object) -> None:
        del declaration
        raise ValueError("it declares an XML document type")

    if not content.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \r\n\t").startswith(b"<"):
        return
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(content, True)


@dataclass(slots=True)
class _Import:
    """The sheets on their way to the content of an instrument file."""

    sheets: dict[str, Any]
    file: str
    problems: Problems
    multiple: set[str] = field(default_factory=set[str])

    def _place(self, index: int) -> Place:
        return Place(self.file, index + 2)

    def _rows(self, sheet: str) -> list[Row]:
        return [dict(row) for row in self.sheets.get(sheet) or []]

    def build(self) -> Row:
        """The content of the instrument file."""
        survey = self._rows("survey")
        if not survey:
            self.problems.error("Q701", "the workbook has no sheet `survey` with rows", Place(self.file))
            return {}
        settings = next(iter(self._rows("settings")), {})
        own = _read_own(settings)
        name = re.sub(r"[^A-Za-z0-9]+", "-", str(settings.get("form_id") or Path(self.file).stem)).strip("-") or "form"
        title = own.get("title") or str(settings.get("form_title") or name)
        scales = self._build_scales()
        sections = self._build_sections(survey)
        texts = [item["text"] for section in sections for item in section["items"]]
        languages = [each for each in ("en", "zh") if any(text.get(each) for text in texts)] or ["en"]
        content: Row = {"instrument": name, "title": title, "languages": languages, "sections": sections}
        if own.get("source"):
            content["source"] = own["source"]
        return content | ({"scales": scales} if scales else {})

    def _build_scales(self) -> dict[str, list[Row]]:
        scales: dict[str, list[Row]] = {}
        for index, row in enumerate(self._rows("choices")):
            name, code = row.get("list_name") or row.get("list name"), row.get("name")
            if not name or code is None:
                self.problems.error("Q711", "a choice needs `list_name` and `name`", self._place(index))
                continue
            option: Row = {"code": str(code), "label": _labels(row, "label") or {"en": str(code)}}
            if _read_own(row).get("missing"):
                option["missing"] = True
            scales.setdefault(str(name), []).append(option)
        return scales

    def _build_sections(self, survey: list[Row]) -> list[Row]:
        self.multiple |= {
            str(row.get("name")) for row in survey if str(row.get("type", "")).startswith("select_multiple")
        }
        sections: list[Row] = []
        current: Row | None = None
        depth = 0
        for index, row in enumerate(survey):
            kind = " ".join(str(row.get("type", "")).split()).replace("begin group", "begin_group")
            kind = kind.replace("end group", "end_group")
            if kind == "begin_group":
                depth += 1
                if depth > 1:
                    self.problems.error("Q711", "a group inside a group is not supported", self._place(index))
                    continue
                current = {"id": str(row.get("name", "")), "title": _labels(row, "label") or {"en": "-"}, "items": []}
                current |= self._when(row, index)
                sections.append(current)
            elif kind == "end_group":
                depth, current = max(depth - 1, 0), None if depth <= 1 else current
            elif kind and kind.split()[0] not in _PASSED_OVER:
                item = self._build_item(row, kind, index)
                if item is None:
                    continue
                if current is None:
                    number = len(sections) + 1
                    current = {"id": f"section_{number}", "title": {"en": f"Section {number}"}, "items": []}
                    sections.append(current)
                current["items"].append(item)
        return [section for section in sections if section["items"]]

    def _build_item(self, row: Row, kind: str, index: int) -> Row | None:
        words = kind.split()
        item: Row = {"id": str(row.get("name", "")), "text": _labels(row, "label") or {"en": str(row.get("name", ""))}}
        if words[0] in ("select_one", "select_multiple") and len(words) == 2:
            item |= {"kind": "single" if words[0] == "select_one" else "multiple", "scale": words[1]}
        elif kind in _KINDS:
            item["kind"] = _KINDS[kind]
        else:
            self.problems.error("Q711", f"the type `{shorten(kind)}` is not supported", self._place(index))
            return None
        if hint := _labels(row, "hint"):
            item["hint"] = hint
        if str(row.get("required", "")).strip().lower() in ("yes", "true", "true()"):
            item["required"] = True
        if row.get("constraint"):
            self._add_bounds(item, str(row["constraint"]), index)
        own = _read_own(row)
        for key in ("expects", "wording"):
            if own.get(key):
                item[key] = own[key]
        return item | self._when(row, index)

    def _add_bounds(self, item: Row, constraint: str, index: int) -> None:
        for part in re.split(r"\s+and\s+", constraint.strip()):
            match = _BOUND.fullmatch(part)
            if match is None or item["kind"] not in ("integer", "number"):
                message = f"the constraint `{shorten(constraint)}` is not supported"
                self.problems.error("Q711", message, self._place(index), "only `. >= 1 and . <= 9` of numbers is")
                return
            item["low" if match[1] == ">=" else "high"] = float(match[2]) if "." in match[2] else int(match[2])

    def _when(self, row: Row, index: int) -> Row:
        """The condition as SQL: our own text where it still says what `relevant` says, else read from that."""
        relevant = " ".join(str(row.get("relevant") or "").split())
        if not relevant:
            return {}
        own = _read_own(row)
        # Whoever changed the condition in the workbook changed `relevant`: then our own text is out of date.
        if own.get("when") and " ".join(str(own.get("relevant")).split()) == relevant:
            return {"when": str(own["when"])}
        try:
            return {"when": from_xpath(relevant, self.multiple)}
        except CannotReadError as error:
            message = f"the condition `{shorten(relevant)}` cannot be read: {error}"
            self.problems.error("Q712", message, self._place(index))
            return {}


def _read_own(row: Row) -> Row:
    """What we wrote into our own column; nothing where somebody else wrote there."""
    try:
        own = json.loads(str(row.get(OWN) or "{}"))
    except ValueError:
        return {}
    return own if isinstance(own, dict) else {}


def _labels(row: Row, column: str) -> dict[str, str]:
    """The texts of a column in English and Chinese; a column without a language counts as what it is written in."""
    found: dict[str, str] = {}
    for name, value in row.items():
        match = _LANGUAGE.fullmatch(str(name).strip())
        if match is None or match[1].lower() != column or not str(value).strip():
            continue
        language = (match[2] or "").lower()
        text = str(value).strip()
        is_chinese = "zh" in language or "chinese" in language or "中文" in language
        if not language:
            is_chinese = any("\u4e00" <= character <= "\u9fff" for character in text)
        found.setdefault("zh" if is_chinese else "en", text)
    return found
