"""Weighted frequencies and cross-tabs with design-based intervals and tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from scslab.ground.problems import Problem, ProblemsError
from scslab.study.design.columns import Booleans
from scslab.study.design.declare import declare_design
from scslab.study.design.design import Design
from scslab.study.tables.categories import Categories, find_categories, take_answers
from scslab.study.tables.estimates import Shares, estimate_shares
from scslab.study.tables.intervals import Interval, find_interval
from scslab.study.tables.rao_scott import RaoScott, check_independence

if TYPE_CHECKING:
    from scslab.study.reporting.table import PaperTable


@dataclass(frozen=True, slots=True)
class FrequencyTable:
    """Weighted shares of one variable.

    Attributes:
        rows: the variable.
        shares: with covariance, totals, counts and degrees of freedom.
        interval: which interval `to_frame` shows, at `level`.
        n_outside: respondents outside of the domain; `n_missing` of those inside gave no valid answer.
    """

    rows: Categories
    shares: Shares
    interval: Interval
    level: float
    n_outside: int
    n_missing: int

    def to_frame(self) -> pl.DataFrame:
        """One row a category: n, weighted total, percent, standard error, interval, design effect."""
        return _describe(self.rows, self.shares, self.interval, self.level)

    def to_paper(self, **options: Any) -> PaperTable:
        """The table as a table for a paper; options as in `reporting.share_table.show_frequencies`."""
        from scslab.study.reporting.share_table import show_frequencies

        return show_frequencies(self, **options)

    def to_latex(self, **options: Any) -> str:
        """LaTeX with `booktabs`; options as in `to_paper`."""
        return self.to_paper(**options).to_latex()

    def to_html(self, **options: Any) -> str:
        """HTML by great_tables; options as in `to_paper`."""
        return self.to_paper(**options).to_html()

    def to_docx(self, path: Path | str, **options: Any) -> None:
        """Writes a Word document; options as in `to_paper`."""
        self.to_paper(**options).to_docx(path)


@dataclass(frozen=True, slots=True)
class CrossTable:
    """A weighted cross-tab.

    Attributes:
        rows: the variable down the side; `columns` the one across the top.
        shares: of the whole table, `(r·c,)` in row order.
        by_column: shares of the rows within each column, for columns with respondents; None for empty ones.
        by_row: shares of the columns within each row.
        test: Rao-Scott tests of independence; None where there are none.
        interval: which interval `to_frame` shows, at `level`.
        n_outside: respondents outside of the domain; `n_missing` of those inside gave no valid answer to both.
    """

    rows: Categories
    columns: Categories
    shares: Shares
    by_column: tuple[Shares | None, ...]
    by_row: tuple[Shares | None, ...]
    test: RaoScott | None
    interval: Interval
    level: float
    n_outside: int
    n_missing: int

    def to_frame(self) -> pl.DataFrame:
        """One row a cell: n, weighted total, percent of the whole, of the row, and of the column with its interval."""
        whole = _describe(
            Categories(
                "cell", "", tuple(f"{r}\t{c}" for r in self.rows.labels for c in self.columns.labels), self.rows.codes
            ),
            self.shares,
            self.interval,
            self.level,
        )
        records: list[dict[str, Any]] = []
        size = len(self.columns.labels)
        columns = [None if s is None else _describe(self.rows, s, self.interval, self.level) for s in self.by_column]
        for number, row in enumerate(whole.iter_rows(named=True)):
            i, j = divmod(number, size)
            inner, across = columns[j], self.by_row[i]
            cell = {} if inner is None else inner.row(i, named=True)
            records.append(
                {
                    self.rows.name: self.rows.labels[i],
                    self.columns.name: self.columns.labels[j],
                    "n": row["n"],
                    "weighted": row["weighted"],
                    "percent": row["percent"],
                    "percent_se": row["se"],
                    "row_percent": None if across is None else 100 * float(across.values[j]),
                    "row_percent_se": None if across is None else 100 * float(across.standard_errors[j]),
                    "column_percent": cell.get("percent"),
                    "column_percent_se": cell.get("se"),
                    "column_percent_low": cell.get("low"),
                    "column_percent_high": cell.get("high"),
                }
            )
        return pl.DataFrame(records, infer_schema_length=None)

    def to_paper(self, **options: Any) -> PaperTable:
        """The table as a table for a paper; options as in `reporting.share_table.show_cross_table`."""
        from scslab.study.reporting.share_table import show_cross_table

        return show_cross_table(self, **options)

    def to_latex(self, **options: Any) -> str:
        """LaTeX with `booktabs`; options as in `to_paper`."""
        return self.to_paper(**options).to_latex()

    def to_html(self, **options: Any) -> str:
        """HTML by great_tables; options as in `to_paper`."""
        return self.to_paper(**options).to_html()

    def to_docx(self, path: Path | str, **options: Any) -> None:
        """Writes a Word document; options as in `to_paper`."""
        self.to_paper(**options).to_docx(path)


def tabulate(
    data: Any,
    rows: str,
    columns: str = "",
    *,
    design: Design | None = None,
    domain: Booleans | pl.Series | None = None,
    interval: Interval | str = Interval.LOGIT,
    level: float = 0.95,
) -> FrequencyTable | CrossTable:
    """A weighted frequency table of `rows`, or a cross-tab of `rows` by `columns`.

    Args:
        data: answers (`read_answers`), a Polars or pandas frame, or a mapping of columns; n rows.
        rows: the variable down the side.
        columns: the variable across the top.
        design: weights, strata, clusters, replicates of the rows; a simple random sample if left out.
        domain: who is in the table, `(n,)`; the others keep their place in the design.
        interval: `logit`, `korn-graubard`, `wilson` or `normal`.
        level: of the intervals, 0 to 1.

    Raises:
        ProblemsError: Q340 to Q343.

    Example:
        >>> data = {"approves": ["yes", "yes", "no", "yes"], "sex": ["f", "f", "m", "m"], "w": [1.0, 2.0, 2.0, 1.0]}
        >>> table = tabulate(data, "approves", design=declare_design(data, weights="w"))
        >>> table.to_frame()["percent"].round(2).to_list()
        [33.33, 66.67]
        >>> crossed = tabulate(data, "approves", "sex", design=declare_design(data, weights="w"))
        >>> crossed.to_frame()["column_percent"].round(2).to_list()
        [0.0, 66.67, 100.0, 33.33]
    """
    answers = take_answers(data)
    design = declare_design(answers.frame) if design is None else design
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    kind = Interval(interval)
    inside = design.is_active.copy()
    if domain is not None:
        inside &= np.asarray(domain, dtype=np.bool_)
    if not inside.any():
        raise ProblemsError([Problem("Q343", "no respondent is in the domain")])
    part = design if inside.all() else design.subset(inside)
    n_outside = int((~inside).sum())
    down = find_categories(answers, rows)
    if not columns:
        shares = estimate_shares(part, down.codes, len(down.labels))
        missing = int((inside & (down.codes < 0)).sum())
        return FrequencyTable(down, shares, kind, level, n_outside, missing)
    if rows == columns:
        raise ProblemsError([Problem("Q342", f"rows and columns are both `{rows}`")])
    across = find_categories(answers, columns)
    r, c = len(down.labels), len(across.labels)
    is_there = (down.codes >= 0) & (across.codes >= 0)
    codes = np.where(is_there, down.codes * c + across.codes, -1)
    shares = estimate_shares(part, codes, r * c)
    test = check_independence(shares.values.reshape(r, c), shares.covariance, shares.n, shares.degrees_of_freedom)
    by_column = tuple(_within(part, down.codes, is_there & (across.codes == j), r) for j in range(c))
    by_row = tuple(_within(part, across.codes, is_there & (down.codes == i), c) for i in range(r))
    missing = int((inside & ~is_there).sum())
    return CrossTable(down, across, shares, by_column, by_row, test, kind, level, n_outside, missing)


def _within(design: Design, codes: Any, is_inside: Booleans, size: int) -> Shares | None:
    """Shares within a column or row, which is a domain of the design."""
    if not (is_inside & design.is_active).any():
        return None
    return estimate_shares(design.subset(is_inside), np.where(is_inside, codes, -1), size)


def _describe(rows: Categories, shares: Shares, interval: Interval, level: float) -> pl.DataFrame:
    variances = np.diag(shares.covariance)
    ends = [
        find_interval(interval, float(p), float(v), shares.n, shares.degrees_of_freedom, level)
        for p, v in zip(shares.values, variances, strict=True)
    ]
    return pl.DataFrame(
        {
            rows.name: list(rows.labels),
            "n": shares.counts,
            "weighted": shares.totals,
            "percent": 100 * shares.values,
            "se": 100 * shares.standard_errors,
            "low": [100 * low for low, _ in ends],
            "high": [100 * high for _, high in ends],
            "design_effect": shares.design_effects,
        }
    ).with_columns(pl.col("low", "high", "design_effect").fill_nan(None))
