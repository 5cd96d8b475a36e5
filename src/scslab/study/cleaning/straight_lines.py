"""Straight-liners: the same answer down a whole grid, or over a long stretch of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from scslab.ground.problems import NOWHERE, Place
from scslab.study.cleaning.coding import code_items
from scslab.study.cleaning.finding import Found, join_reasons
from scslab.study.cleaning.kernel_matches import find_longest_runs


@dataclass(frozen=True, slots=True)
class GridRule:
    """When a grid counts as straight-lined.

    Attributes:
        name: the grid.
        items: its items, in the order in which they were asked.
        least_items: fewest answered items for a judgement.
        longest_run: flagged from this many identical answers in a row; 0 for none but the whole grid.
    """

    name: str
    items: tuple[str, ...]
    least_items: int = 3
    longest_run: int = 0
    place: Place = NOWHERE


def find_straight_lines(frame: pl.DataFrame, rules: tuple[GridRule, ...], least_grids: int = 1) -> Found:
    """Flags respondents with the same answer to every item of a grid, or a run of `longest_run` of them.

    Flags nobody with fewer than `least_grids` straight-lined grids. Figures, for each grid: `longest_run_NAME`
    (`johnson2005`) and `sd_NAME`, the standard deviation of the answers, where they are numbers.

    Example:
        >>> frame = pl.DataFrame({"a": [3, 1], "b": [3, 2], "c": [3, 2]})
        >>> found = find_straight_lines(frame, (GridRule("trust", ("a", "b", "c")),))
        >>> found.reasons.to_list()
        ['the same answer to all 3 items of `trust`', None]
    """
    figures: dict[str, pl.Series] = {}
    parts: list[tuple[pl.Expr, pl.Expr]] = []
    for rule in rules:
        codes = code_items(frame, rule.items)
        runs = find_longest_runs(codes)
        answered = (codes >= 0).sum(axis=1)
        different = np.array([len(np.unique(row[row >= 0])) for row in codes], np.int64) if len(codes) else answered
        is_line = (different == 1) & (answered >= rule.least_items)
        figures[f"longest_run_{rule.name}"] = pl.Series(runs)
        if all(frame.schema[name].is_numeric() for name in rule.items):
            lists = pl.concat_list(pl.col(name).cast(pl.Float64) for name in rule.items).list.drop_nulls()
            figures[f"sd_{rule.name}"] = frame.select(lists.list.std().alias("sd"))["sd"]
        line = pl.lit(pl.Series(is_line))
        all_of_them = pl.lit(pl.Series(answered))
        parts.append((line, pl.format(f"the same answer to all {{}} items of `{rule.name}`", all_of_them)))
        if rule.longest_run:
            is_long = (runs >= rule.longest_run) & ~is_line
            text = pl.format(f"{{}} identical answers in a row in `{rule.name}`", pl.lit(pl.Series(runs)))
            parts.append((pl.lit(pl.Series(is_long)), text))
    flags, reasons = join_reasons(parts, frame)
    if least_grids > 1:
        per_grid = frame.select(pl.sum_horizontal(condition.cast(pl.Int64) for condition, _ in parts).alias("n"))["n"]
        flags = flags & (per_grid >= least_grids)
        reasons = pl.DataFrame([flags.alias("f"), reasons]).select(pl.when("f").then("reason").alias("reason"))[
            "reason"
        ]
    names = ", ".join(f"`{rule.name}` ({len(rule.items)} items)" for rule in rules)
    about = f"the same answer down a grid: {names}" + (f"; at least {least_grids} grids" if least_grids > 1 else "")
    return Found("straight-line", about, flags, reasons, figures)
