"""Links between subjects: a table of dated relations, read and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from scslab.ground.problems import Place, Problem, ProblemsError, Severity, did_you_mean
from scslab.ledger.casts import Cast, cast_column, cast_id
from scslab.ledger.checks import CAST, check_date, check_id
from scslab.ledger.codes import MISSING_COLUMN, MISSING_SUBJECT_ID, REVERSED, UNKNOWN_RELATION, UNUSABLE_COLUMN
from scslab.ledger.columns import RAW_ROW, ROW
from scslab.ledger.files import open_frame, open_table
from scslab.ledger.formats import SUFFIXES
from scslab.ledger.reading import collect_frame
from scslab.ledger.set_aside import empty_set_aside, join_lines, quote_value, write_lines
from scslab.scheme.model import AttributeType, LinkKind, Scheme

LINK_COLUMNS = ("subject_id", "relation", "other_id", "since", "until")
"""The columns of a table of links; the two dates may be missing, and are open where they are empty."""
LINKS = "links"
"""The name of the file beside a ledger (`links.csv`), or what follows the ledger's name (`NAME.links.csv`)."""


@dataclass(frozen=True, slots=True)
class LinksTable:
    """The links that can be used.

    Attributes:
        frame: the columns of `LINK_COLUMNS`, each link once.
        set_aside: a line for each reason why a row was left out (rows of the table of links).
        rows_in: rows of the table.
    """

    frame: pl.DataFrame
    set_aside: pl.DataFrame
    rows_in: int
    notes: tuple[Problem, ...] = ()


def build_no_links() -> LinksTable:
    """A table without links."""
    texts: dict[str, pl.DataType] = dict.fromkeys(LINK_COLUMNS[:3], pl.String())
    schema = texts | dict.fromkeys(LINK_COLUMNS[3:], pl.Date())
    return LinksTable(pl.DataFrame(schema=schema), empty_set_aside(), 0)


def find_links(events: Any) -> Path | None:
    """The table of links beside a ledger: `NAME.links.csv`, or `links.csv`, in any format of ledgers."""
    path = Path(events) if isinstance(events, str | Path) else None
    if path is None or not path.is_file():
        return None
    stems = [f"{path.stem}.{LINKS}", LINKS]
    beside = [path.with_name(stem + suffix) for stem in stems for suffix in SUFFIXES]
    return next((each for each in beside if each.is_file() and each != path), None)


def load_links(source: Any, schemes: Sequence[Scheme]) -> LinksTable:
    """Reads a table of links.

    Args:
        source: a path, or a Polars or pandas frame.
        schemes: whose relations are known.

    Raises:
        ProblemsError: the table cannot be read, or lacks a column.

    Example:
        >>> from scslab.scheme.model import LinkKind
        >>> from dataclasses import replace
        >>> from scslab.scheme.reader import EXAMPLE, read_scheme
        >>> scheme = replace(read_scheme(EXAMPLE), links={"manages": LinkKind("manages")})
        >>> rows = pl.DataFrame({"subject_id": ["M", "M"], "relation": ["manages", "mangaes"], "other_id": ["S", "T"]})
        >>> table = load_links(rows, [scheme])
        >>> table.frame.height, table.set_aside["reason"][0]
        (1, 'unknown relation `mangaes`')
    """
    kinds = _join_kinds(schemes)
    table = open_table(Path(source)) if isinstance(source, str | Path) else open_frame(source, "<links>")
    missing = [name for name in LINK_COLUMNS[:3] if name not in table.schema]
    if missing:
        raise ProblemsError(
            Problem(
                MISSING_COLUMN,
                f"the table of links has no column `{name}`",
                Place(table.file),
                did_you_mean(name, table.columns),
            )
            for name in missing
        )
    casts = _build_casts(table.schema, table.file)
    frame = table.frame if RAW_ROW in table.frame.collect_schema() else table.frame.with_row_index(RAW_ROW, offset=1)
    staged = frame.with_columns(cast.value.alias(CAST + name) for name, cast in casts.items())
    found = collect_frame(staged, table.file).with_columns(pl.col(RAW_ROW).alias(ROW))
    lines = [table.broken, *_check(found, casts, kinds)]
    set_aside = join_lines(lines)
    valid = found.filter(~pl.col(ROW).is_in(set_aside[ROW].implode()))
    columns = [
        pl.col(CAST + name).alias(name) if name in casts else pl.lit(None, pl.Date).alias(name) for name in LINK_COLUMNS
    ]
    links = (
        valid.select(columns)
        .with_columns(pl.col("subject_id", "other_id", "relation").cast(pl.String))
        .unique(maintain_order=True)
    )
    notes = list(table.notes)
    if set_aside.height:
        rows = set_aside[ROW].n_unique()
        first = "; ".join(f"row {row}: {why}" for row, why in set_aside.head(5).select(ROW, "reason").rows())
        text = f"rows of the table of links that were left out: {rows:,}"
        notes.append(Problem("R087", text, Place(table.file), first, Severity.WARNING))
    return LinksTable(links, set_aside, found.height + table.broken.height, tuple(notes))


def _join_kinds(schemes: Sequence[Scheme]) -> dict[str, LinkKind]:
    return {name: kind for scheme in reversed(schemes) for name, kind in scheme.links.items()}


def _build_casts(schema: Mapping[str, pl.DataType], file: str) -> dict[str, Cast]:
    casts: dict[str, Cast] = {}
    problems: list[Problem] = []
    for name in LINK_COLUMNS:
        if name not in schema:
            continue
        is_id, is_date = name.endswith("_id"), name in LINK_COLUMNS[3:]
        kind = AttributeType.DATE if is_date else AttributeType.TEXT
        cast = cast_id(name, schema[name], is_text=False) if is_id else cast_column(name, schema[name], kind)
        if cast is None:
            wanted = "ids" if is_id else "dates" if is_date else "texts"
            text = f"the column `{name}` holds {schema[name]}, and must hold {wanted}"
            problems.append(Problem(UNUSABLE_COLUMN, text, Place(file), "convert the column"))
        else:
            casts[name] = cast
    if problems:
        raise ProblemsError(problems)
    return casts


def _check(found: pl.DataFrame, casts: Mapping[str, Cast], kinds: Mapping[str, LinkKind]) -> list[pl.DataFrame]:
    """Lines for the rows that are no links."""
    checks = [check for name in ("subject_id", "other_id") for check in check_id(name, casts[name], MISSING_SUBJECT_ID)]
    dates = [name for name in LINK_COLUMNS[3:] if name in casts]
    checks += [check for name in dates for check in check_date(name, casts[name], is_required=False)]
    lines = [write_lines(found.filter(c.is_failed), c.column, c.code, c.reason) for c in checks]
    relation = pl.col(CAST + "relation").cast(pl.String)
    is_unknown = ~relation.is_in(list(kinds)).fill_null(False)
    reason = pl.lit("unknown relation ") + quote_value(relation)
    lines.append(write_lines(found.filter(is_unknown), "relation", UNKNOWN_RELATION, reason))
    if len(dates) == 2:
        is_reversed = (pl.col(CAST + "until") < pl.col(CAST + "since")).fill_null(False)
        lines.append(write_lines(found.filter(is_reversed), "until", REVERSED, "ends before it begins"))
    return lines
