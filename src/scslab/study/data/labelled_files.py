"""Reads SPSS and Stata files: the codes as they are, with labels and declared missing values beside them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from scslab.ground.problems import Place
from scslab.study.data.answers import Answers
from scslab.study.data.read_apart import UnreadableError, read_apart
from scslab.study.data.sniff import Kind, fail
from scslab.study.data.variables import Code, MissingRange, Variable

# What SPSS writes for "lowest" and "highest": the ends of the double range.
_HUGE = 1.79e308


def read_labelled(path: Path, kind: Kind, encoding: str = "") -> Answers:
    """Reads an SPSS (.sav, .zsav) or Stata (.dta) file.

    Args:
        path: the file.
        kind: `Kind.SPSS` or `Kind.STATA`.
        encoding: the encoding of its texts, where the file does not say or says it wrongly; such as `GB18030`.

    Raises:
        ProblemsError: Q104 where the file is cut off or damaged, Q105 where its texts are in another encoding.
    """
    place = Place(str(path))
    if kind is Kind.STATA:
        _check_end(path, place)
    try:
        columns, meta = read_apart(path, "read_sav" if kind is Kind.SPSS else "read_dta", encoding)
    except UnreadableError as error:
        said = str(error)
        if error.is_encoding:
            hint = 'name its encoding: `encoding="GB18030"` for simplified Chinese'
            raise fail("Q105", f"the texts of the file cannot be read: {said}", place, hint) from None
        message = f"the {kind} file is cut off or damaged: {said[:1].lower()}{said[1:]}"
        raise fail("Q104", message, place, "get the file again and compare its size with the original") from None
    tags: dict[str, pl.Series] = {}
    series: list[pl.Series] = []
    for name in meta.column_names:
        letters = {str(letter) for letter in meta.missing_user_values.get(name, ())}
        column = _make_column(name, list(columns[name]), letters, tags, meta.readstat_variable_types.get(name, ""))
        series.append(column)
    variables = {name: _read_variable(name, meta) for name in meta.column_names}
    return Answers(pl.DataFrame(series), variables, tags, meta.file_label or "", tuple(meta.notes or ()), str(path))


def _check_end(path: Path, place: Place) -> None:
    """Stata's files of version 13 and later say where they end; cut off behind the data they would lose labels."""
    with path.open("rb") as stream:
        if stream.read(11) != b"<stata_dta>":
            return
        stream.seek(max(0, path.stat().st_size - 64))
        if b"</stata_dta>" not in stream.read():
            hint = "get the file again and compare its size with the original"
            raise fail("Q104", "the Stata file is cut off: its end is missing", place, hint)


def _make_column(name: str, values: list[Any], letters: set[str], tags: dict[str, pl.Series], kind: str) -> pl.Series:
    if letters and kind != "string":
        tags[name] = pl.Series(name, [value if isinstance(value, str) else None for value in values], dtype=pl.String)
        values = [None if isinstance(value, str) else value for value in values]
    if kind != "string":
        try:
            column = pl.Series(name, values, dtype=pl.Float64).fill_nan(None)
        except TypeError:  # dates and times, which pyreadstat has made of the numbers already
            return pl.Series(name, values, strict=False)
        is_whole = kind.startswith("int") and bool((column.drop_nulls() % 1 == 0).all())
        return column.cast(pl.Int64) if is_whole else column
    # SPSS pads texts with blanks, and an empty text is what it has for a missing one.
    return pl.Series(name, [None if value == "" else value for value in values], strict=False)


def _read_variable(name: str, meta: Any) -> Variable:
    labels: Mapping[Any, str] = meta.variable_value_labels.get(name, {})
    letters = {str(letter) for letter in meta.missing_user_values.get(name, ())}
    is_text = meta.readstat_variable_types.get(name) == "string"
    missing = [MissingRange(_end(each["lo"]), _end(each["hi"])) for each in meta.missing_ranges.get(name, ())]
    measure = meta.variable_measure.get(name) or ""
    return Variable(
        name,
        meta.column_names_to_labels.get(name) or "",
        {_code(code, letters, is_text): label for code, label in labels.items()},
        tuple(missing),
        "" if measure == "unknown" else measure,
        meta.original_variable_types.get(name) or "",
    )


def _code(code: Any, letters: set[str], is_text: bool) -> Code:
    if isinstance(code, str):
        return f".{code}" if not is_text and len(code) == 1 and (code in letters or code.islower()) else code
    return float(code)


def _end(value: Any) -> Code:
    if isinstance(value, str):
        return value
    number = float(value)
    if abs(number) >= _HUGE:
        return float("inf") if number > 0 else float("-inf")
    return number
