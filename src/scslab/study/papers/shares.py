"""Printed percentages: who is counted, of whom, and the design-based share of the data."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.study.data.answers import Answers
from scslab.study.design.columns import Booleans, Floats
from scslab.study.design.declare import declare_design
from scslab.study.design.design import Design
from scslab.study.papers.beside import Beside, read_printed
from scslab.study.papers.plan import PrintedTable, ShareKind
from scslab.study.tables.domain import find_domain
from scslab.study.tables.estimates import estimate_shares

GIVEN = " given "
"""Between who is counted and of whom: `approval >= 4 given location = 1`."""


def find_share(design: Design, is_counted: Booleans, is_base: Booleans) -> tuple[float, float, int]:
    """Percent of the base that is counted, its standard error, and how many respondents the base has.

    Example:
        >>> design = declare_design({"x": [0, 1, 1, 1]})
        >>> share, error, n = find_share(design, np.array([False, True, True, True]), np.ones(4, dtype=np.bool_))
        >>> share, round(error, 2), n
        (75.0, 25.0, 4)
    """
    inside = is_base & design.is_active
    if not inside.any():
        return math.nan, math.nan, 0
    shares = estimate_shares(design, np.where(is_base, is_counted.astype(np.int64), -1), 2)
    return 100 * float(shares.values[1]), 100 * float(shares.standard_errors[1]), int(inside.sum())


class Asker:
    """Answers conditions on one set of answers, each once."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self._known: dict[str, Booleans] = {}

    def ask(self, sql: str) -> Booleans:
        """Who meets a condition, `(n,)`."""
        if sql not in self._known:
            self._known[sql] = find_domain(self.answers, sql).to_numpy().astype(np.bool_)
        return self._known[sql]

    def everyone(self) -> Booleans:
        """All respondents."""
        return np.ones(self.answers.frame.height, dtype=np.bool_)


def compare_shares(table: PrintedTable, answers: Answers, design: Design, asker: Asker) -> list[Beside]:
    """Every printed percentage of a table beside that of the data.

    Raises:
        ProblemsError: Q120 and Q121, with the lines that the study file says nothing about.
    """
    rows = read_printed(table.path, (*table.of, *table.among, *table.columns))
    plain = declare_design(answers.frame)
    problems: list[Problem] = []
    found: list[Beside] = []
    places: dict[str, int] = {}
    for number, row in enumerate(rows, 2):
        chosen = _choose(table, row, answers, asker, places)
        if chosen is None:
            named = " / ".join(row[name] for name in (*table.of, *table.among))
            hint = f"add it to `of` or `among` of `{table.id}`"
            problems.append(
                Problem("Q121", f"nothing says how to compute `{named}`", Place(str(table.path), number), hint)
            )
            continue
        is_counted, is_base = chosen
        keys = tuple(row[name] for name in row if name not in table.columns)
        for column, kind in table.columns.items():
            if not row[column]:
                continue
            base = is_base & asker.ask(table.column_among[column]) if column in table.column_among else is_base
            value = float(row[column])
            if kind is ShareKind.COUNT:
                n = int((base & design.is_active).sum())
                found.append(Beside(table.id, keys, column, value, row[column], float(n), n=n))
                continue
            share, error, n = find_share(design if kind is ShareKind.WEIGHTED else plain, is_counted, base)
            note = table.limits.get(row[next(iter(table.of), column)], "")
            found.append(Beside(table.id, keys, column, value, row[column], share, error, n, note))
    if problems:
        raise ProblemsError(problems)
    return found


def _choose(
    table: PrintedTable, row: Mapping[str, str], answers: Answers, asker: Asker, places: dict[str, int]
) -> tuple[Booleans, Booleans] | None:
    """Who is counted and of whom, for a printed line."""
    measure = row.get(table.measure_column, "")
    if measure in table.measures:
        name, *codes = table.measures[measure]
        place = places.get(measure, 0)
        places[measure] = place + 1
        if name not in answers.frame.columns or place >= len(codes):
            return None
        values: Floats = answers.frame[name].cast(float).fill_null(math.nan).to_numpy()
        return values == float(codes[place]), np.isfinite(values)
    is_counted, is_base = asker.everyone(), asker.everyone()
    for name, conditions in table.of.items():
        sql = conditions.get(row[name])
        if sql is None:
            return None
        what, _, whom = sql.partition(GIVEN)
        is_counted = is_counted & asker.ask(what)
        if whom:
            is_base = is_base & asker.ask(whom)
    for name, conditions in table.among.items():
        sql = conditions.get(row[name])
        if sql is None:
            return None
        is_base = is_base & asker.ask(sql) if sql != "all" else is_base
    return is_counted, is_base
