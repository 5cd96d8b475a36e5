"""The problems table: one line for each row that cannot be used and each reason why."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from scslab.ledger.columns import EVENT_ID, ROW, SUBJECT_ID

SET_ASIDE_SCHEMA: dict[str, pl.DataType] = {
    ROW: pl.UInt32(),
    EVENT_ID: pl.String(),
    SUBJECT_ID: pl.String(),
    "column": pl.String(),
    "code": pl.String(),
    "reason": pl.String(),
}
"""The columns of the problems table; `code` is one of `scslab.ledger.codes.ROW_CODES`."""

MAX_SHOWN = 80
"""The longest text of a user's table that a reason shows, in characters."""


def empty_set_aside() -> pl.DataFrame:
    """A problems table without lines."""
    return pl.DataFrame(schema=SET_ASIDE_SCHEMA)


def write_lines(rows: pl.DataFrame, column: str, code: str, reason: pl.Expr | str) -> pl.DataFrame:
    """Lines of the problems table, one for each row.

    Args:
        rows: a frame with `row`, and `event_id` and `subject_id` where they are known.
        column: the column that the problem stands in, or "".
        code: the code of the problem.
        reason: the reason, the same for all rows or an expression over them.

    Example:
        >>> rows = pl.DataFrame({"row": [7], "event_id": [12], "amount": [-5.0]})
        >>> write_lines(rows, "amount", "L009", pl.format("{} is below 0", "amount")).row(0)
        (7, '12', None, 'amount', 'L009', '-5.0 is below 0')
    """
    has = rows.columns
    return rows.select(
        pl.col(ROW).cast(pl.UInt32),
        *(
            (pl.col(name).cast(pl.String) if name in has else pl.lit(None, pl.String)).alias(name)
            for name in (EVENT_ID, SUBJECT_ID)
        ),
        pl.lit(column).alias("column"),
        pl.lit(code).alias("code"),
        (pl.lit(reason) if isinstance(reason, str) else reason).cast(pl.String).alias("reason"),
    )


def join_lines(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """One problems table of several, by row; lines of one row stay in the order in which they come."""
    tables = [part for part in parts if part.height]
    return pl.concat(tables).sort(ROW, maintain_order=True) if tables else empty_set_aside()


def quote_value(value: pl.Expr) -> pl.Expr:
    """A value of a user's table as a reason shows it: on one line, in backticks, at most `MAX_SHOWN` characters.

    Example:
        >>> pl.DataFrame({"x": ["a b", None]}).select(x=quote_value(pl.col("x")))["x"].to_list()
        ['`a b`', 'nothing']
    """
    text = value.cast(pl.String).str.replace_all(r"[\s\x00-\x1f`]+", " ")
    short = pl.when(text.str.len_chars() > MAX_SHOWN).then(text.str.head(MAX_SHOWN - 1) + "…").otherwise(text)
    return (pl.lit("`") + short + "`").fill_null("nothing")
