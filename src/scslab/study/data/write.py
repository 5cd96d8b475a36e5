"""Writes answers to SPSS, Stata, Parquet or CSV with labels and declared missing values."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.scheme.problem_list import Problems
from scslab.study.data.answers import Answers
from scslab.study.data.plain_files import METADATA_KEY, TAG_SUFFIX, dump_metadata
from scslab.study.data.sniff import SUFFIXES, Kind, fail
from scslab.study.data.variables import Code, MissingRange, Variable, show_code

_SPSS_NAME = re.compile(r"[^\W\d][\w.@#$]*(?<![._])")
_STATA_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,31}")
FIRST_CODE = -1001
"""The code that Stata's missing value `.a` gets in SPSS, which knows no letters; `.b` gets one less, and so on."""


def write_answers(answers: Answers, path: Path | str) -> tuple[Problem, ...]:
    """Writes answers; the suffix says the kind: .sav, .zsav, .dta, .parquet, .csv or .tsv.

    The file is written beside its place and renamed when complete.

    Returns:
        Warnings: what the format holds in another way (Q110) or not at all (Q111).

    Raises:
        ProblemsError: Q101 where it cannot be written, Q102 for another suffix, Q112 for columns it cannot hold.
    """
    path = Path(path)
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        known = ", ".join(SUFFIXES)
        raise fail("Q102", f"files with the suffix `{path.suffix}` are not written", Place(str(path)), f"use {known}")
    problems = Problems("Q")
    try:
        handle, partial = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise fail("Q101", f"the file cannot be written: {error.strerror or error}", Place(str(path))) from None
    try:
        WRITERS[kind](answers, Path(partial), path, problems)
        problems.raise_errors()
        umask = os.umask(0)
        os.umask(umask)
        Path(partial).chmod(0o666 & ~umask)
        Path(partial).replace(path)
    finally:
        Path(partial).unlink(missing_ok=True)
    return problems.in_order()


def _write_parquet(answers: Answers, partial: Path, path: Path, problems: Problems) -> None:
    tags = [column.alias(f"{name}{TAG_SUFFIX}") for name, column in answers.tags.items()]
    answers.frame.with_columns(tags).write_parquet(partial, metadata={METADATA_KEY: dump_metadata(answers)})


def _write_csv(answers: Answers, partial: Path, path: Path, problems: Problems) -> None:
    if any(each.value_labels or each.missing or each.label for each in answers.variables.values()):
        hint = "write a codebook beside it: `scslab study clean … --codebook`, or use .parquet"
        problems.warn("Q111", "a CSV file holds no labels and no missing codes", Place(str(path)), hint)
    answers.frame.write_csv(partial, separator="\t" if path.suffix.lower() == ".tsv" else ",")


def _write_spss(answers: Answers, partial: Path, path: Path, problems: Problems) -> None:
    import pyreadstat

    variables, frame = dict(answers.variables), answers.frame
    for name, tags in answers.tags.items():
        frame, variables[name] = _letters_to_codes(frame, variables[name], tags, path, problems)
    _check_names(frame.columns, _SPSS_NAME, 64, "SPSS", path, problems)
    frame = _make_plain(frame, path, problems)
    missing = {name: _spss_missing(each, frame.schema[name], path, problems) for name, each in variables.items()}
    if problems.count_errors():
        return
    _call(
        pyreadstat.write_sav,
        frame,
        partial,
        path,
        file_label=answers.title[:64],
        note=list(answers.notes) or None,
        compress=path.suffix.lower() == ".zsav",
        column_labels={name: each.label or None for name, each in variables.items()},
        variable_value_labels=_labels(variables, frame),
        missing_ranges={name: ranges for name, ranges in missing.items() if ranges},
        variable_measure={name: each.measure or "unknown" for name, each in variables.items()},
    )


def _write_stata(answers: Answers, partial: Path, path: Path, problems: Problems) -> None:
    import pyreadstat

    variables = dict(answers.variables)
    _check_names(answers.frame.columns, _STATA_NAME, 32, "Stata", path, problems)
    frame = _make_plain(answers.frame, path, problems)
    letters: dict[str, list[str]] = {}
    for name in frame.columns:
        if not frame.schema[name].is_numeric():
            continue
        tags = answers.tags.get(name)
        if tags is None and variables[name].missing:
            tags, variables[name] = _codes_to_letters(frame[name], variables[name], path, problems)
        if tags is not None and tags.is_not_null().any():
            values = [tag if tag is not None else value for value, tag in zip(frame[name], tags, strict=True)]
            frame = frame.with_columns(pl.Series(name, values, dtype=pl.Object))
            letters[name] = sorted({tag for tag in tags if tag is not None})
    if problems.count_errors():
        return
    _call(
        pyreadstat.write_dta,
        frame,
        partial,
        path,
        file_label=answers.title[:80],
        column_labels={name: each.label[:80] or None for name, each in variables.items()},
        variable_value_labels=_labels(variables, frame),
        missing_user_values=letters or None,
    )


def _call(writer: Any, frame: pl.DataFrame, partial: Path, path: Path, **options: Any) -> None:
    """Calls a writer of pyreadstat; what it cannot write becomes a problem."""
    try:
        writer(frame, str(partial), **options)
    except Exception as error:  # pyreadstat raises its own and builtin errors, for anything it cannot hold
        message = f"the file cannot be written: {error}"
        raise ProblemsError([Problem("Q112", message, Place(str(path)))]) from error


def _labels(variables: Mapping[str, Variable], frame: pl.DataFrame) -> dict[str, dict[Any, str]]:
    """Value labels with keys of the column's own type, as pyreadstat wants them."""
    found: dict[str, dict[Any, str]] = {}
    for name, variable in variables.items():
        if variable.value_labels and name in frame.columns:
            is_whole = frame.schema[name].is_integer()
            found[name] = {_label_key(code, is_whole): label for code, label in variable.value_labels.items()}
    return found


def _label_key(code: Code, is_whole: bool) -> Any:
    if isinstance(code, str):
        return code.removeprefix(".") if re.fullmatch(r"\.[a-z]", code) else code
    return int(code) if is_whole and code == int(code) else code


def _make_plain(frame: pl.DataFrame, path: Path, problems: Problems) -> pl.DataFrame:
    """Columns of the types that labelled files have."""
    columns: list[pl.Expr] = []
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if isinstance(dtype, pl.Categorical | pl.Enum):
            column = column.cast(pl.String)
        elif dtype == pl.Boolean:
            column = column.cast(pl.Int8)
        elif dtype.is_decimal() or isinstance(dtype, pl.Null | pl.UInt64 | pl.Int128):
            column = column.cast(pl.Float64)
        elif dtype.is_nested() or isinstance(dtype, pl.Object | pl.Binary | pl.Duration):
            problems.error(
                "Q112", f"the column `{name}` holds {dtype}, which {path.suffix} files cannot", Place(str(path))
            )
        columns.append(column)
    return frame.select(columns)


def _check_names(
    names: list[str], pattern: re.Pattern[str], longest: int, program: str, path: Path, problems: Problems
) -> None:
    for name in names:
        if pattern.fullmatch(name) is None or len(name.encode()) > longest:
            message = f"{program} cannot have a variable called `{name}`"
            problems.error("Q112", message, Place(str(path)), "rename it: letters, digits and `_`, a letter first")


def _spss_missing(variable: Variable, dtype: pl.DataType, path: Path, problems: Problems) -> list[Any]:
    """Missing values as SPSS holds them: three single values, or one range and one value."""
    singles = [each.low for each in variable.missing if each.low == each.high]
    ranges = [each for each in variable.missing if each.low != each.high]
    if len(ranges) > 1 or len(singles) > (1 if ranges else 3):
        hint = "SPSS knows three single values, or one range and one value"
        problems.error("Q112", f"`{variable.name}` has too many declared missing values", Place(str(path)), hint)
        return []
    return [*({"lo": each.low, "hi": each.high} for each in ranges), *singles]


def _letters_to_codes(
    frame: pl.DataFrame, variable: Variable, tags: pl.Series, path: Path, problems: Problems
) -> tuple[pl.DataFrame, Variable]:
    letters = sorted({tag for tag in tags if tag} | {str(c)[1:] for c in variable.value_labels if isinstance(c, str)})
    codes = {letter: float(FIRST_CODE - (ord(letter) - ord("a"))) for letter in letters}
    named = ", ".join(f".{letter} → {show_code(code)}" for letter, code in codes.items())
    problems.warn("Q110", f"`{variable.name}`: SPSS has no missing letters: {named}", Place(str(path)))
    column = tags.replace_strict(codes, default=None, return_dtype=pl.Float64)
    merged = pl.Series(variable.name, frame[variable.name].cast(pl.Float64)).fill_null(column)
    labels = {(codes[c[1:]] if isinstance(c, str) else c): label for c, label in variable.value_labels.items()}
    values = list(codes.values())
    low, high = min(values), max(values)
    missing = tuple(MissingRange(v, v) for v in values) if len(values) <= 3 else (MissingRange(low, high),)
    return frame.with_columns(merged), Variable(
        variable.name, variable.label, labels, missing, variable.measure, variable.format
    )


def _codes_to_letters(
    column: pl.Series, variable: Variable, path: Path, problems: Problems
) -> tuple[pl.Series, Variable]:
    is_missing = pl.DataFrame([column]).select(variable.is_missing())[column.name] & column.is_not_null()
    codes = sorted({float(v) for v in column.filter(is_missing).unique()} | _labelled_missing(variable))
    if len(codes) > 26:
        message = f"`{variable.name}` has {len(codes)} missing codes; Stata has letters for 26"
        problems.error("Q112", message, Place(str(path)))
        codes = codes[:26]
    letters = {code: chr(ord("a") + i) for i, code in enumerate(codes)}
    named = ", ".join(f"{show_code(code)} → .{letter}" for code, letter in letters.items())
    problems.warn("Q110", f"`{variable.name}`: Stata declares missing by letters: {named}", Place(str(path)))
    tags = column.cast(pl.Float64).replace_strict(letters, default=None, return_dtype=pl.String)
    labels: dict[Code, str] = {
        (f".{letters[code]}" if isinstance(code, float) and code in letters else code): label
        for code, label in variable.value_labels.items()
    }
    return tags, Variable(variable.name, variable.label, labels, (), variable.measure, variable.format)


def _labelled_missing(variable: Variable) -> set[float]:
    """Labelled codes that are declared missing, whether a respondent has them or not."""
    codes = [float(code) for code in variable.value_labels if not isinstance(code, str)]
    frame = pl.DataFrame({variable.name: pl.Series(codes, dtype=pl.Float64)})
    return set(frame.filter(variable.is_missing())[variable.name])


WRITERS = {Kind.SPSS: _write_spss, Kind.STATA: _write_stata, Kind.PARQUET: _write_parquet, Kind.CSV: _write_csv}
"""The writer of each kind of file."""
