"""A codebook of answers: what each variable holds, counted; the base of the HTML and the DDI file."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from scslab.ground.problems import Problem
from scslab.study.data.answers import Answers
from scslab.study.data.variables import Code, Variable, show_code

MOST_CATEGORIES = 30
"""A number variable without labels is listed value by value up to this many values."""


@dataclass(frozen=True, slots=True)
class Category:
    """One value of a variable.

    Attributes:
        code: the value as written.
        label: what it stands for, or "".
        count: respondents who have it.
        percent: of the valid ones, 0 to 100; None for a declared missing value.
        is_missing: whether it is declared missing.
    """

    code: str
    label: str
    count: int
    percent: float | None
    is_missing: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A variable in the codebook.

    Attributes:
        variable: what the file says about it.
        kind: `numeric`, `text` or `date`.
        n_valid: respondents with a valid value.
        n_declared_missing: respondents with a value that is declared missing.
        n_empty: respondents without any value.
        categories: the values, ascending; empty for texts without labels, which may identify people.
        n_distinct: different valid values.
        minimum, maximum, mean, sd: of the valid numbers; dates have the first two as text.
    """

    variable: Variable
    kind: str
    n_valid: int
    n_declared_missing: int
    n_empty: int
    categories: tuple[Category, ...]
    n_distinct: int
    minimum: float | str | None = None
    maximum: float | str | None = None
    mean: float | None = None
    sd: float | None = None


@dataclass(frozen=True, slots=True)
class Codebook:
    """A codebook.

    Attributes:
        title: of the data.
        file: name of the data file; `digest` its SHA-256.
        n_respondents: rows.
        entries: one for each variable, in the order of the columns.
        notes: of the file.
        told: warnings from reading it.
    """

    title: str
    file: str
    digest: str
    n_respondents: int
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()
    told: tuple[Problem, ...] = ()


def make_codebook(answers: Answers, title: str = "") -> Codebook:
    """Counts every variable.

    Example:
        >>> from scslab.study.data.variables import MissingRange
        >>> frame = pl.DataFrame({"q": [1.0, 2.0, 2.0, 9.0, None]})
        >>> missing = (MissingRange(9.0, 9.0),)
        >>> answers = Answers(frame, {"q": Variable("q", "Fair?", {1.0: "no", 2.0: "yes", 9.0: "refused"}, missing)})
        >>> entry = make_codebook(answers).entries[0]
        >>> [(each.code, each.label, each.count, each.is_missing) for each in entry.categories]
        [('1', 'no', 1, False), ('2', 'yes', 2, False), ('9', 'refused', 1, True)]
        >>> entry.n_valid, entry.n_declared_missing, entry.n_empty
        (3, 1, 1)
    """
    entries = tuple(_count(answers, name) for name in answers.frame.columns)
    name = answers.file.replace("\\", "/").rsplit("/", 1)[-1]
    return Codebook(
        title or answers.title or name or "Data",
        name,
        answers.digest,
        answers.frame.height,
        entries,
        answers.notes,
        answers.told,
    )


def _count(answers: Answers, name: str) -> Entry:
    column, variable = answers.frame[name], answers.variables[name]
    if column.dtype.is_float():
        column = column.fill_nan(None)
    is_missing = answers.frame.select(variable.is_missing())[name] & column.is_not_null()
    valid = column.filter(~is_missing & column.is_not_null())
    tags = answers.tags.get(name)
    n_tagged = 0 if tags is None else tags.len() - tags.null_count()
    n_declared = int(is_missing.sum()) + n_tagged
    n_empty = column.null_count() - n_tagged
    kind = "numeric" if column.dtype.is_numeric() or column.dtype == pl.Boolean else "text"
    kind = "date" if column.dtype.is_temporal() else kind
    n_distinct = valid.n_unique() if valid.len() else 0
    categories: tuple[Category, ...] = ()
    if variable.value_labels or (kind == "numeric" and 0 < n_distinct <= MOST_CATEGORIES):
        categories = _list_categories(column, is_missing, valid.len(), variable, tags)
    entry = Entry(variable, kind, valid.len(), n_declared, n_empty, categories, n_distinct)
    if not valid.len() or kind == "text":
        return entry
    if kind == "date":
        return _with(entry, minimum=str(valid.min()), maximum=str(valid.max()))
    numbers = valid.cast(pl.Float64)
    return _with(
        entry,
        minimum=_number(numbers.min()),
        maximum=_number(numbers.max()),
        mean=_number(numbers.mean()),
        sd=_number(numbers.std()) if numbers.len() > 1 else None,
    )


def _with(entry: Entry, **changes: float | str | None) -> Entry:
    from dataclasses import replace

    return replace(entry, **changes)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _list_categories(
    column: pl.Series, is_missing: pl.Series, n_valid: int, variable: Variable, tags: pl.Series | None
) -> tuple[Category, ...]:
    """Every value that occurs or has a label, valid ones first."""
    counts: dict[Code, int] = dict.fromkeys(variable.value_labels, 0)
    missing: set[Code] = set()
    is_text = column.dtype == pl.String
    table = (
        pl.DataFrame({"value": column, "missing": is_missing}).drop_nulls("value").group_by("value", "missing").len()
    )
    for value, is_declared, count in table.iter_rows():
        code: Code = str(value) if is_text or not isinstance(value, int | float | bool) else float(value)
        counts[code] = counts.get(code, 0) + count
        if is_declared:
            missing.add(code)
    if tags is not None:
        for letter, count in tags.drop_nulls().value_counts().iter_rows():
            counts[f".{letter}"] = count
    for code in list(counts):
        is_letter = not is_text and isinstance(code, str)
        if is_letter or _is_declared(code, variable, column.dtype):
            missing.add(code)
    ordered = sorted(counts, key=lambda code: (code in missing, isinstance(code, str), code))
    return tuple(
        Category(
            show_code(code),
            variable.value_labels.get(code, ""),
            counts[code],
            None if code in missing or not n_valid else 100 * counts[code] / n_valid,
            code in missing,
        )
        for code in ordered
    )


def _is_declared(code: Code, variable: Variable, dtype: pl.DataType) -> bool:
    if not variable.missing:
        return False
    frame = pl.DataFrame({variable.name: pl.Series([code], dtype=pl.String if isinstance(code, str) else pl.Float64)})
    if isinstance(code, str) and dtype != pl.String:
        return False
    return bool(frame.select(variable.is_missing()).item())
