"""Reads CSV and Parquet files; a Parquet file written by scslab carries labels and missing codes in its metadata."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

from scslab.ground.problems import Place
from scslab.study.data.answers import Answers
from scslab.study.data.sniff import fail
from scslab.study.data.variables import Code, MissingRange, Variable

METADATA_KEY = "scslab.study.variables"
"""The key of the Parquet metadata with labels and missing codes, as JSON."""
EMPTY = ["", "NA"]
"""Texts of a CSV file that mean "no value"."""


def read_csv(path: Path, encoding: str = "") -> Answers:
    """Reads a CSV file (UTF-8 unless said otherwise; separated by commas, semicolons or tabs).

    Raises:
        ProblemsError: Q105 where it is in another encoding, Q106 for a bad header, Q107 for rows that do not fit.
    """
    place, raw = Place(str(path)), path.read_bytes()
    text = _decode(raw, encoding, place)
    header_line = text.split("\n", 1)[0].rstrip("\r")
    separator = max(",;\t|", key=header_line.count)
    header = next(csv.reader([header_line], delimiter=separator), [])
    names = [name.strip() for name in header]
    twice = [name for name, count in Counter(names).items() if count > 1 or not name]
    if not any(names) or twice:
        what = f"the column name `{twice[0]}` stands twice" if twice and twice[0] else "a column has no name"
        raise fail("Q106", what, Place(str(path), 1), "each column needs a name of its own in the first line")
    try:
        frame = pl.read_csv(
            io.BytesIO(text.encode()),
            separator=separator,
            infer_schema_length=None,
            null_values=EMPTY,
            try_parse_dates=True,
            truncate_ragged_lines=False,
        )
    except (pl.exceptions.ComputeError, pl.exceptions.NoDataError) as error:
        line, width = _find_odd_line(text, separator, len(names))
        if line:
            message = f"the line has {width} values for {len(names)} columns"
            raise fail("Q107", message, Place(str(path), line), "put quotes round texts with a separator") from None
        raise fail("Q107", f"not readable as CSV: {str(error).splitlines()[0]}", place) from None
    line, width = _find_odd_line(text, separator, len(names))
    if line:
        message = f"the line has {width} values for {len(names)} columns"
        raise fail("Q107", message, Place(str(path), line), "put quotes round texts with a separator in them")
    frame.columns = names
    return Answers(frame, {name: Variable(name) for name in names}, file=str(path))


def read_parquet(path: Path) -> Answers:
    """Reads a Parquet file.

    Raises:
        ProblemsError: Q104 where it is cut off or damaged, Q112 for a column that is no plain value.
    """
    place = Place(str(path))
    try:
        frame = pl.read_parquet(path)
        stored = pl.read_parquet_metadata(path).get(METADATA_KEY, "")
    except (pl.exceptions.PolarsError, OSError) as error:
        message = f"the Parquet file is cut off or damaged: {str(error).splitlines()[0]}"
        raise fail("Q104", message, place, "get the file again and compare its size with the original") from None
    for name, dtype in frame.schema.items():
        if dtype.is_nested() or dtype == pl.Object:
            raise fail("Q112", f"the column `{name}` holds lists or structures", place, "leave it out or unpack it")
    told = json.loads(stored) if stored else {}
    variables = {name: _load_variable(name, told.get("variables", {}).get(name, {})) for name in frame.columns}
    tag_names = [name for name in told.get("tags", ()) if name in frame.columns]
    tags = {short: frame[name].alias(short) for name in tag_names for short in [name.removesuffix(TAG_SUFFIX)]}
    frame = frame.drop(tag_names)
    return Answers(
        frame,
        {name: variables[name] for name in frame.columns},
        tags,
        told.get("title", ""),
        tuple(told.get("notes", ())),
        str(path),
    )


TAG_SUFFIX = "__missing_tag"
"""In Parquet files, the column beside a variable that holds Stata's missing letters."""


def dump_metadata(answers: Answers) -> str:
    """The labels and missing codes of answers as JSON, as Parquet metadata holds them."""
    variables = {
        name: {
            "label": each.label,
            "value_labels": [[code, label] for code, label in each.value_labels.items()],
            "missing": [[_dump_end(r.low), _dump_end(r.high)] for r in each.missing],
            "measure": each.measure,
            "format": each.format,
        }
        for name, each in answers.variables.items()
        if name in answers.frame.columns
    }
    tags = [f"{name}{TAG_SUFFIX}" for name in answers.tags]
    return json.dumps(
        {"variables": variables, "tags": tags, "title": answers.title, "notes": list(answers.notes)},
        ensure_ascii=False,
    )


def _load_variable(name: str, told: dict[str, Any]) -> Variable:
    return Variable(
        name,
        told.get("label", ""),
        {_load_code(code): str(label) for code, label in told.get("value_labels", ())},
        tuple(MissingRange(_load_end(low), _load_end(high)) for low, high in told.get("missing", ())),
        told.get("measure", ""),
        told.get("format", ""),
    )


def _load_code(code: Any) -> Code:
    return code if isinstance(code, str) else float(code)


def _dump_end(end: Code) -> Any:
    if isinstance(end, float) and end in (float("inf"), float("-inf")):
        return {"end": "highest" if end > 0 else "lowest"}
    return end


def _load_end(end: Any) -> Code:
    if isinstance(end, dict):
        return float("inf") if end == {"end": "highest"} else float("-inf")
    return _load_code(end)


def _decode(raw: bytes, encoding: str, place: Place) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = encoding or "utf-16"
    try:
        return raw.decode(encoding or "utf-8-sig")
    except LookupError:
        raise fail("Q105", f"there is no encoding `{encoding}`", place, "such as `GB18030` or `cp1252`") from None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        hint = "save it as UTF-8, or name its encoding: `GB18030` for simplified Chinese, `cp1252` for Western Windows"
        raise fail("Q105", f"the file is not {encoding or 'UTF-8'}", Place(place.file, line), hint) from None


def _find_odd_line(text: str, separator: str, width: int) -> tuple[int, int]:
    """The first line with another number of values, and that number; 0 where there is none."""
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    try:
        for row in reader:
            # A blank line is a row without values only in a table of one column.
            if row and len(row) != width:
                return reader.line_num, len(row)
    except csv.Error:
        return reader.line_num, 0
    return 0, 0
