"""Tests of independence in a weighted cross-tab: Rao and Scott's first- and second-order corrections."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from scslab.study.design.columns import Floats


@dataclass(frozen=True, slots=True)
class RaoScott:
    """Tests of independence (`rao1984`).

    Attributes:
        pearson: Pearson's X² of the weighted shares, at the number of respondents.
        chi_squared: X² ÷ mean design effect: the first-order corrected statistic, with `first_df` degrees of freedom
            and `first_p`.
        f: X² ÷ sum of the design effects: the second-order corrected statistic, compared with F at `f_df` (two numbers,
            not whole), with `second_p`. Prefer it.
        design_effects: generalised design effects, descending; `((r - 1)(c - 1),)`.
    """

    pearson: float
    chi_squared: float
    first_df: int
    first_p: float
    f: float
    f_df: tuple[float, float]
    second_p: float
    design_effects: Floats


def check_independence(shares: Floats, covariance: Floats, n: int, degrees_of_freedom: float) -> RaoScott | None:
    """Rao-Scott tests of a cross-tab.

    Args:
        shares: shares of the whole, `(r, c)`, with sum 1; rows and columns that are empty are left out.
        covariance: of the shares in row order, `(rc, rc)`.
        n: respondents.
        degrees_of_freedom: of the design.

    Returns:
        None where fewer than two rows or columns are left.

    Example:
        With a simple random sample, the design effects are 1 and X² is Pearson's:

        >>> p = np.array([[0.3, 0.2], [0.1, 0.4]]).ravel()
        >>> found = check_independence(p.reshape(2, 2), (np.diag(p) - np.outer(p, p)) / 100, 100, 99)
        >>> round(found.pearson, 3), found.design_effects.round(6).tolist()
        (16.667, [1.0])
    """
    rows, columns = np.flatnonzero(shares.sum(axis=1) > 0), np.flatnonzero(shares.sum(axis=0) > 0)
    if len(rows) < 2 or len(columns) < 2 or degrees_of_freedom <= 0:
        return None
    kept = (rows[:, None] * shares.shape[1] + columns[None, :]).ravel()
    p, v = shares[np.ix_(rows, columns)], covariance[np.ix_(kept, kept)]
    expected = np.outer(p.sum(axis=1), p.sum(axis=0))
    pearson = float(n * ((p - expected) ** 2 / expected).sum())
    contrasts = _interactions(len(rows), len(columns))
    flat = p.ravel()
    inverse = np.divide(1.0, flat, out=np.zeros_like(flat), where=flat > 0)
    scaled = contrasts * inverse[:, None]
    delta = np.linalg.solve(contrasts.T @ scaled / n, scaled.T @ v @ scaled)
    trace = float(np.trace(delta))
    if not trace > 0:
        return None
    size = delta.shape[0]
    second_df = trace**2 / float(np.trace(delta @ delta))
    first, second = pearson / (trace / size), pearson / trace
    return RaoScott(
        pearson,
        first,
        size,
        float(stats.chi2.sf(first, size)),
        second,
        (second_df, second_df * degrees_of_freedom),
        float(stats.f.sf(second, second_df, second_df * degrees_of_freedom)),
        np.sort(np.linalg.eigvals(delta).real)[::-1].astype(np.float64),
    )


def _interactions(rows: int, columns: int) -> Floats:
    """Columns that span the interactions of a table: what is left of cell indicators beside row and column effects."""
    row = np.repeat(np.arange(rows), columns)
    column = np.tile(np.arange(columns), rows)
    main = np.column_stack(
        [np.ones(rows * columns), *(row == i for i in range(1, rows)), *(column == j for j in range(1, columns))]
    ).astype(np.float64)
    cells = np.column_stack([(row == i) & (column == j) for i in range(1, rows) for j in range(1, columns)]).astype(
        np.float64
    )
    return cells - main @ np.linalg.lstsq(main, cells, rcond=None)[0]
