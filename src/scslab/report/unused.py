"""What was not used: rows set aside and events that posted nothing, with examples."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from scslab.engine.settlement import Settlement
from scslab.scheme.model import SubjectKind

EXAMPLES = 3
HIDDEN = "`…`"
_QUOTED = re.compile(r"`[^`]*`")


@dataclass(frozen=True, slots=True)
class Defect:
    """A kind of problem in the input.

    Attributes:
        code: the problem's stable code.
        problems: how often it was found.
        rows: rows concerned.
        examples: (row counted from 1, column, reason) of the first few.
    """

    code: str
    problems: int
    rows: int
    examples: tuple[tuple[int, str, str], ...]


def list_defects(settlement: Settlement) -> tuple[Defect, ...]:
    """Problems of the input by code, the most frequent first.

    Where the scheme scores people, what the reasons quote is hidden: it may tell who someone is.
    """
    is_private = SubjectKind.RESIDENT in settlement.scheme.subjects.kinds
    grouped = (
        settlement.set_aside.lazy()
        .sort("row", maintain_order=True)
        .group_by("code")
        .agg(
            problems=pl.len(),
            rows=pl.col("row").n_unique(),
            row=pl.col("row").head(EXAMPLES),
            column=pl.col("column").head(EXAMPLES),
            reason=pl.col("reason").head(EXAMPLES),
        )
        .sort(["problems", "code"], descending=[True, False])
        .collect()
    )
    defects: list[Defect] = []
    for line in grouped.iter_rows(named=True):
        examples = tuple(
            (int(row), column or "", _QUOTED.sub(HIDDEN, reason or "") if is_private else reason or "")
            for row, column, reason in zip(line["row"], line["column"], line["reason"], strict=True)
        )
        defects.append(Defect(line["code"], line["problems"], line["rows"], examples))
    return tuple(defects)


def count_unposted(settlement: Settlement) -> pl.DataFrame:
    """Events that posted nothing: `reason, type, events`, the most frequent first."""
    return (
        settlement.unposted.group_by("reason", "type")
        .agg(events=pl.len().cast(pl.Int64))
        .sort(["events", "reason", "type"], descending=[True, False, False])
    )


def hide_subjects(text: str, settlement: Settlement) -> str:
    """A text of the program in which no subject is named, where the scheme scores people."""
    if SubjectKind.RESIDENT not in settlement.scheme.subjects.kinds:
        return text
    quoted = _QUOTED.findall(text)
    ids = settlement.standings["subject_id"].cast(pl.String)
    for name in quoted:
        if (ids == name.strip("`")).any():
            text = text.replace(name, HIDDEN)
    return text
