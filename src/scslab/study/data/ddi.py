"""A codebook as DDI-Codebook 2.5 XML, which data archives exchange.

The elements, their order and the words of their attributes follow the published schema of DDI-Codebook 2.5
(namespace `ddi:codebook:2_5`). Source: `ddicodebook25`.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from scslab.ground.version import VERSION
from scslab.study.data.codebook import Codebook, Entry
from scslab.study.data.variables import MissingRange, show_code

NAMESPACE = "ddi:codebook:2_5"
"""The XML namespace of DDI-Codebook 2.5."""
_NATURES = {"nominal": "nominal", "ordinal": "ordinal"}
# What XML 1.0 cannot hold, even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_ddi(codebook: Codebook) -> str:
    """The codebook as DDI-Codebook 2.5 XML.

    Example:
        >>> import polars as pl
        >>> from scslab.study.data.answers import Answers
        >>> from scslab.study.data.codebook import make_codebook
        >>> from scslab.study.data.variables import Variable
        >>> answers = Answers(pl.DataFrame({"q": [1, 2]}), {"q": Variable("q", "Fair & just?")}, title="T")
        >>> text = write_ddi(make_codebook(answers))
        >>> '<labl>Fair &amp; just?</labl>' in text, 'name="q"' in text
        (True, True)
    """
    root = ET.Element("codeBook", {"xmlns": NAMESPACE, "version": "2.5"})
    document = _add(_add(root, "docDscr"), "citation")
    _add(_add(document, "titlStmt"), "titl", f"Codebook of {codebook.title}")
    production = _add(document, "prodStmt")
    _add(production, "software", "scslab", {"version": VERSION})
    study = _add(root, "stdyDscr")
    _add(_add(_add(study, "citation"), "titlStmt"), "titl", codebook.title)
    file = _add(_add(root, "fileDscr", attributes={"ID": "F1"}), "fileTxt")
    _add(file, "fileName", codebook.file or "data")
    _add(file, "fileStrc", attributes={"type": "rectangular"})
    dimensions = _add(file, "dimensns")
    _add(dimensions, "caseQnty", str(codebook.n_respondents))
    _add(dimensions, "varQnty", str(len(codebook.entries)))
    data = _add(root, "dataDscr")
    for number, entry in enumerate(codebook.entries, start=1):
        _add_variable(data, entry, number)
    for note in codebook.notes:
        _add(data, "notes", note)
    if codebook.digest:
        _add(data, "notes", f"SHA-256 of the data file: {codebook.digest}")
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _add_variable(data: ET.Element, entry: Entry, number: int) -> None:
    variable = entry.variable
    is_continuous = variable.measure == "scale" or (entry.kind == "numeric" and not entry.categories)
    attributes = {
        "ID": f"V{number}",
        "name": variable.name,
        "files": "F1",
        "intrvl": "contin" if is_continuous else "discrete",
    }
    if variable.measure in _NATURES:
        attributes["nature"] = _NATURES[variable.measure]
    kinds = {"numeric": "numeric", "text": "text", "date": "datetime"}
    attributes["representationType"] = "code" if variable.value_labels else kinds[entry.kind]
    node = _add(data, "var", attributes=attributes)
    if variable.label:
        _add(node, "labl", variable.label)
    if entry.minimum is not None and entry.maximum is not None and not isinstance(entry.minimum, str):
        units = "INT" if float(entry.minimum).is_integer() and float(entry.maximum).is_integer() else "REAL"
        ends = {"UNITS": units, "min": show_code(float(entry.minimum)), "max": show_code(float(entry.maximum))}
        _add(_add(node, "valrng"), "range", attributes=ends)
    if variable.missing:
        invalid = _add(node, "invalrng")
        for each in variable.missing:
            _add_missing(invalid, each)
    for kind, value in _list_statistics(entry):
        _add(node, "sumStat", value, {"type": kind})
    for category in entry.categories:
        child = _add(node, "catgry", attributes={"missing": "Y"} if category.is_missing else {})
        _add(child, "catValu", category.code)
        if category.label:
            _add(child, "labl", category.label)
        _add(child, "catStat", str(category.count), {"type": "freq"})
        if category.percent is not None:
            _add(child, "catStat", f"{category.percent:.4f}", {"type": "percent"})
    _add_format(node, entry)


def _add_format(node: ET.Element, entry: Entry) -> None:
    name = entry.variable.format
    attributes = {"type": "character" if entry.kind == "text" else "numeric"}
    if name:
        attributes["schema"] = "other" if name.startswith("%") else "SPSS"
        if name.startswith("%"):
            attributes["otherSchema"] = "Stata"
        attributes["formatname"] = name
    if entry.kind == "date":
        attributes["category"] = "date"
    _add(node, "varFormat", attributes=attributes)


def _add_missing(parent: ET.Element, each: MissingRange) -> None:
    if each.low == each.high:
        _add(parent, "item", attributes={"VALUE": show_code(each.low)})
        return
    ends = {}
    if each.low != float("-inf"):
        ends["min"] = show_code(each.low)
    if each.high != float("inf"):
        ends["max"] = show_code(each.high)
    _add(parent, "range", attributes=ends)


def _list_statistics(entry: Entry) -> list[tuple[str, str]]:
    found = [("vald", str(entry.n_valid)), ("invd", str(entry.n_declared_missing + entry.n_empty))]
    if entry.kind == "text" or entry.minimum is None:
        return found
    for kind, value in (("min", entry.minimum), ("max", entry.maximum), ("mean", entry.mean), ("stdev", entry.sd)):
        if value is not None:
            found.append((kind, value if isinstance(value, str) else show_code(value)))
    return found


def _add(parent: ET.Element, name: str, text: str = "", attributes: dict[str, str] | None = None) -> ET.Element:
    clean = {key: _NOT_XML.sub("\ufffd", value) for key, value in (attributes or {}).items()}
    node = ET.SubElement(parent, name, clean)
    if text:
        node.text = _NOT_XML.sub("\ufffd", text)
    return node
