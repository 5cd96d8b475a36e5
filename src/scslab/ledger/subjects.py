"""The table of subjects: who they are, when they were born or founded, and the attributes that the scheme reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from scslab.ground.problems import Place, Problem, ProblemsError, Severity, did_you_mean
from scslab.ledger.casts import Cast, cast_column, cast_id
from scslab.ledger.checks import CAST, Check, check_attribute, check_date, check_id
from scslab.ledger.codes import (
    ABSENT_ATTRIBUTE,
    MISSING_SUBJECT_ID,
    NO_ROWS,
    NO_SUBJECT_COLUMN,
    NOT_COVERED,
    REPEATED_SUBJECT,
    ROWS_LEFT_OUT,
    UNUSABLE_COLUMN,
    UNUSED_COLUMN,
)
from scslab.ledger.columns import DTYPES, RAW_ROW, ROW, SUBJECT_ID, AttributeColumn
from scslab.ledger.expressions import to_polars
from scslab.ledger.files import OpenTable, open_frame, open_table
from scslab.ledger.mapping import SubjectsMapping
from scslab.ledger.mapping_binding import VALUE_TYPES
from scslab.ledger.notes import list_names
from scslab.ledger.reading import collect_frame
from scslab.ledger.set_aside import join_lines, write_lines
from scslab.scheme.model import AttributeType, Scheme
from scslab.scheme.problem_list import Problems
from scslab.scheme.sql import parse_condition
from scslab.scheme.yaml_tree import YamlText

BORN_ON = "born_on"
"""The date of birth of a person, or of founding of an organisation."""
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class SubjectsTable:
    """The subjects that can be used.

    Attributes:
        frame: `subject_id, born_on` and one column for each subject attribute of the scheme (NULL where the table has
            none), a row each subject, in no order.
        set_aside: a line for each reason why a row was left out (rows of the table of subjects).
        notes: what is told about the table as a whole.
    """

    frame: pl.DataFrame
    set_aside: pl.DataFrame
    notes: tuple[Problem, ...]


def load_subjects(source: Any, scheme: Scheme, mapping: SubjectsMapping | None = None) -> SubjectsTable:
    """Reads a table of subjects.

    Args:
        source: a path, or a Polars or pandas frame.
        scheme: whose subject attributes are read.
        mapping: which columns are which; without it they are named as in the scheme.

    Raises:
        ProblemsError: the table cannot be read, has no ids, or contradicts itself about a subject.
    """
    table = open_table(Path(source)) if isinstance(source, str | Path) else open_frame(source, "<subjects>")
    frame, schema, notes = _name_columns(table, scheme, mapping)
    casts, checks = _build_checks(schema, scheme, table.file)
    if RAW_ROW not in table.frame.collect_schema():
        frame = frame.with_row_index(RAW_ROW, offset=1)
    found = collect_frame(frame.with_columns(cast.value.alias(CAST + name) for name, cast in casts.items()), table.file)
    if not found.height and not table.broken.height:
        raise ProblemsError([Problem(NO_ROWS, "the table of subjects has no rows", Place(table.file))])
    found = found.with_columns(pl.col(RAW_ROW).alias(ROW))
    lines = [table.broken]
    for check in checks:
        failed = found.filter(check.is_failed)
        lines.append(write_lines(failed, check.column, check.code, check.reason))
    set_aside = join_lines(lines)
    valid = found.filter(~pl.col(ROW).is_in(set_aside[ROW].implode()))
    unique = valid.select(pl.col(CAST + name).alias(name) for name in casts).unique(maintain_order=True)
    _refuse_repeated(unique, valid, table.file)
    if set_aside.height:
        notes = (*notes, _tell_left_out(set_aside, table.file))
    for name, attribute in scheme.subjects.attributes.items():
        if name not in casts:
            unique = unique.with_columns(pl.lit(None, DTYPES[attribute.type]).alias(name))
    if BORN_ON not in casts:
        unique = unique.with_columns(pl.lit(None, pl.Date).alias(BORN_ON))
    order = [SUBJECT_ID, BORN_ON, *scheme.subjects.attributes]
    covered = unique.select(order)
    if mapping is not None and mapping.only is not None:
        covered = covered.filter(_bind_cover(mapping.only, scheme).fill_null(False))
        if covered.height < unique.height:
            message = f"{unique.height - covered.height:,} subjects were left out: the data do not cover them"
            hint = f"the mapping keeps those for whom `{mapping.only.text}`"
            notes = (*notes, Problem(NOT_COVERED, message, Place(table.file), hint, Severity.WARNING))
    return SubjectsTable(covered, set_aside, (*table.notes, *notes))


def _bind_cover(only: YamlText, scheme: Scheme) -> pl.Expr:
    """The condition that says which subjects the data cover.

    Raises:
        ProblemsError: it is no condition over the subject attributes of the scheme.
    """
    problems = Problems("M")
    kinds = {name: VALUE_TYPES[attribute.type] for name, attribute in scheme.subjects.attributes.items()}
    condition = parse_condition(only, kinds, problems)
    problems.raise_errors()
    if condition is None:
        raise ProblemsError(problems.in_order())
    return to_polars(condition, lambda column: pl.col(column.name))


def _name_columns(
    table: OpenTable, scheme: Scheme, mapping: SubjectsMapping | None
) -> tuple[pl.LazyFrame, dict[str, pl.DataType], tuple[Problem, ...]]:
    """The columns under the names of the scheme, their types, and which ones are not used."""
    wanted = [SUBJECT_ID, BORN_ON, *scheme.subjects.attributes]
    if mapping is None:
        names = {name: name for name in wanted if name in table.schema}
        known: set[str] = set()
    else:
        named = {SUBJECT_ID: mapping.subject_id, BORN_ON: mapping.born_on, **mapping.attributes}
        given = {name: column for name, column in named.items() if column is not None}
        problems = [
            Problem(
                "M040",
                f"`{table.file}` has no column `{column.text}`",
                column.place,
                did_you_mean(column.text, table.columns),
            )
            for column in given.values()
            if column.text not in table.schema
        ]
        if problems:
            raise ProblemsError(problems)
        names = {name: column.text for name, column in given.items() if name in wanted}
        known = {column.text for column in given.values()} | set(mapping.columns_not_used)
    if SUBJECT_ID not in names:
        hint = did_you_mean(SUBJECT_ID, table.columns)
        raise ProblemsError(
            [Problem(NO_SUBJECT_COLUMN, f"the table has no column `{SUBJECT_ID}`", Place(table.file), hint)]
        )
    notes: list[Problem] = []
    unused = [column for column in table.columns if column not in names.values() and column not in known]
    absent = [name for name in scheme.subjects.attributes if name not in names]
    if unused:
        message = f"subject columns that the scheme does not declare were not used: {list_names(unused)}"
        near = [f"`{name}`: {hint}" for name in unused if (hint := did_you_mean(name, absent)).startswith("did")]
        notes.append(Problem(UNUSED_COLUMN, message, Place(table.file), "; ".join(near[:5]), Severity.WARNING))
    if absent:
        message = f"the table of subjects has no column for: {list_names(absent)}"
        hint = "conditions that read them cannot be decided"
        notes.append(Problem(ABSENT_ATTRIBUTE, message, Place(table.file), hint, Severity.WARNING))
    schema = {name: table.schema[column] for name, column in names.items()}
    rows = [RAW_ROW] if table.has_texts_only else []
    frame = table.frame.select(*rows, *(pl.col(column).alias(name) for name, column in names.items()))
    return frame, schema, tuple(notes)


def _build_checks(schema: dict[str, pl.DataType], scheme: Scheme, file: str) -> tuple[dict[str, Cast], list[Check]]:
    casts: dict[str, Cast] = {}
    problems: list[Problem] = []
    kinds = {name: attribute.type for name, attribute in scheme.subjects.attributes.items()}
    kinds[BORN_ON] = AttributeType.DATE
    for name, dtype in schema.items():
        # Whole numbers stay numbers here as they do among the events.
        cast = cast_id(name, dtype, is_text=False) if name == SUBJECT_ID else cast_column(name, dtype, kinds[name])
        if cast is None:
            wanted = "ids" if name == SUBJECT_ID else f"{kinds[name]} values"
            message = f"the column `{name}` holds {dtype}, and must hold {wanted}"
            problems.append(Problem(UNUSABLE_COLUMN, message, Place(file), "convert the column"))
        else:
            casts[name] = cast
    if problems:
        raise ProblemsError(problems)
    checks = list(check_id(SUBJECT_ID, casts[SUBJECT_ID], MISSING_SUBJECT_ID))
    if BORN_ON in casts:
        checks += check_date(BORN_ON, casts[BORN_ON], is_required=False)
    for name, attribute in scheme.subjects.attributes.items():
        if name in casts:
            column = AttributeColumn(name, attribute.type, {"": attribute})
            checks += check_attribute(column, casts[name], lambda _: None)
    return casts, checks


def _refuse_repeated(unique: pl.DataFrame, valid: pl.DataFrame, file: str) -> None:
    """Two different rows about one subject: which one is right cannot be known."""
    repeated = unique[SUBJECT_ID].filter(unique[SUBJECT_ID].is_duplicated()).unique().sort()
    if not len(repeated):
        return
    problems: list[Problem] = []
    for subject in repeated.head(_SHOWN):
        rows = valid.filter(pl.col(CAST + SUBJECT_ID) == subject)[ROW].to_list()
        message = f"rows {', '.join(str(row) for row in rows[:_SHOWN])} say different things about `{subject}`"
        problems.append(Problem(REPEATED_SUBJECT, message, Place(file), "keep one row for each subject"))
    if len(repeated) > _SHOWN:
        message = f"so do rows about {len(repeated) - _SHOWN:,} more subjects"
        problems.append(Problem(REPEATED_SUBJECT, message, Place(file)))
    raise ProblemsError(problems)


def _tell_left_out(set_aside: pl.DataFrame, file: str) -> Problem:
    rows = set_aside[ROW].n_unique()
    first = set_aside.head(_SHOWN).select(ROW, "reason").rows()
    shown = "; ".join(f"row {row}: {reason}" for row, reason in first)
    message = f"rows of the table of subjects that were left out: {rows:,}"
    more = "" if set_aside.height <= _SHOWN else "; …"
    return Problem(ROWS_LEFT_OUT, message, Place(file), shown + more, Severity.WARNING)
