"""Why rows are unusable: every check that each of them fails, all at once."""

from __future__ import annotations

import polars as pl

from scslab.ground.problems import did_you_mean
from scslab.ledger.checks import CAST, Check
from scslab.ledger.codes import UNKNOWN_TYPE
from scslab.ledger.columns import EVENT_ID, RAW_ROW, ROW, SUBJECT_ID
from scslab.ledger.conform import Conformed
from scslab.ledger.reading import collect_frame
from scslab.ledger.set_aside import empty_set_aside, join_lines, write_lines
from scslab.scheme.model import Scheme

IDS = (EVENT_ID, SUBJECT_ID)
MAX_HINTS = 1_000
"""Hints are looked for among this many different texts of a column, not more."""


def describe_flaws(conformed: Conformed, scheme: Scheme, rows: pl.Series | None = None) -> pl.DataFrame:
    """The lines of the problems table for all unusable rows: one for each row and each check that it fails.

    Args:
        conformed: the table.
        scheme: whose vocabulary the events are in.
        rows: numbers of the rows to describe; None: all that have a flaw.

    Raises:
        ProblemsError: the file behind the plan is damaged.
    """
    has_flaw = pl.any_horizontal(check.is_failed for check in conformed.checks)
    staged = conformed.staged
    if rows is None:
        chosen = staged.filter(has_flaw)
    else:
        chosen = staged.filter(pl.col(RAW_ROW).is_in(rows.cast(pl.UInt32).implode()))
    found = collect_frame(chosen, conformed.file)
    if not found.height:
        return empty_set_aside()
    known = list(scheme.events)
    return join_lines(_describe(found, check, known) for check in conformed.checks[conformed.negative_checks :])


def _suggest(text: str, types: list[str]) -> str:
    """The nearest type, if one is near: a list of all types does not belong into every line of the problems table."""
    hint = did_you_mean(text, types)
    return hint if hint.startswith("did you mean") else ""


def _describe(rows: pl.DataFrame, check: Check, types: list[str]) -> pl.DataFrame:
    failed = rows.filter(check.is_failed)
    if not failed.height:
        return empty_set_aside()
    reason = check.reason
    hint = (lambda text: _suggest(text, types)) if check.code == UNKNOWN_TYPE else check.hint
    if hint is not None:
        texts = failed[check.column].cast(pl.String)
        hints = {text: f"; {found}" for text in texts.unique().head(MAX_HINTS) if text and (found := hint(text))}
        if hints:
            more = pl.col(check.column).cast(pl.String).replace_strict(hints, default="", return_dtype=pl.String)
            reason = reason + more.fill_null("")
    # An id that cannot be read is shown as it stands.
    named = failed.with_columns(
        pl.col(RAW_ROW).alias(ROW),
        *(pl.coalesce(pl.col(CAST + name).cast(pl.String), pl.col(name).cast(pl.String)).alias(name) for name in IDS),
    )
    return write_lines(named, check.column, check.code, reason)
