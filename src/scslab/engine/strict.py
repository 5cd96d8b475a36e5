"""Strict runs: no row may be set aside but for reasons that are no fault of the file."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.ledger.codes import AFTER_AS_OF, DUPLICATE, NOT_KNOWN_YET

EXCUSED = (DUPLICATE, AFTER_AS_OF, NOT_KNOWN_YET)
"""Rows set aside for these reasons are no fault of the file: duplicates, and rows after `as_of` or `known_at`."""
SHOWN = 20


def refuse_lines(lines: Iterable[pl.DataFrame], file: str) -> None:
    """Refuse a ledger with rows that cannot be used.

    Args:
        lines: the problems table, in one or more pieces.
        file: the name of the ledger in messages.

    Raises:
        ProblemsError: a row cannot be used; the first twenty lines are told, and how many more there are (R040).
    """
    first: list[Problem] = []
    total = 0
    for piece in lines:
        bad = piece.filter(~pl.col("code").is_in(EXCUSED))
        total += bad.height
        first.extend(
            Problem(row["code"], row["reason"], Place(f"{file}, row {row['row']}, column {row['column'] or '-'}"))
            for row in bad.head(SHOWN - len(first)).to_dicts()
        )
    if total > len(first):
        text = f"{total - len(first)} more rows cannot be used"
        first.append(Problem("R040", text, Place(file), "without --strict they are set aside and listed"))
    if first:
        raise ProblemsError(first)
