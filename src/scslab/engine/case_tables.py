"""Rows that a worked case expects of memberships, objections, publications and contributions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from scslab.engine.settlement import Settlement
from scslab.scheme.case_model import Expectation, Expected, ExpectedRow

_KEYS = {
    "publications": ("published_on",),
    "contributions": ("published_on", "dimension", "indicator"),
}
"""The tables of which a case names only some rows, and the columns that find these."""
_ORDER = {"memberships": ("opened_on", "closed_on"), "objections": ("filed_on", "filed_event")}


def agrees(found: object, expected: Expected) -> bool:
    """Whether a value is the expected one; a double is, if it is to as many decimals as are written.

    Example:
        >>> agrees(2 / 3, Decimal("0.667")), agrees(2 / 3, Decimal("0.66")), agrees(None, None)
        (True, False, True)
    """
    if isinstance(found, float) and isinstance(expected, Decimal):
        exponent = expected.as_tuple().exponent
        decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        return abs(found - float(expected)) <= 0.5 * 10.0**-decimals * (1 + 1e-9)
    if isinstance(found, int | Decimal) and not isinstance(found, bool):
        return Decimal(found) == expected
    return found == expected


def find_differences(settlement: Settlement, subject: str, expect: Expectation) -> list[tuple[ExpectedRow | None, str]]:
    """What differs in the tables that a case names: the expected row (None: the case as a whole), and what is wrong."""
    found: list[tuple[ExpectedRow | None, str]] = []
    for name, expected in expect.tables.items():
        table: pl.DataFrame | None = getattr(settlement, name)
        if table is None or not table.width:
            found.append((None, f"there are no {name}"))
            continue
        rows = table.filter(pl.col("subject_id").cast(pl.String) == subject).rows(named=True)
        keys = _KEYS.get(name)
        found += _compare_all(name, rows, expected) if keys is None else _compare_some(name, rows, expected, keys)
    return found


def _compare_all(
    name: str, rows: list[dict[str, Any]], expected: tuple[ExpectedRow, ...]
) -> list[tuple[ExpectedRow | None, str]]:
    found: list[tuple[ExpectedRow | None, str]] = []
    if len(rows) != len(expected):
        found.append((None, f"there are {len(rows)} {name}, expected {len(expected)}"))
    ordered = sorted(rows, key=lambda row: tuple(str(row[column]) for column in _ORDER[name]))
    for number, (row, wanted) in enumerate(zip(ordered, expected, strict=False), start=1):
        found += [(wanted, text) for text in _compare_row(f"{name} {number}", row, wanted)]
    return found


def _compare_some(
    name: str, rows: list[dict[str, Any]], expected: tuple[ExpectedRow, ...], keys: tuple[str, ...]
) -> list[tuple[ExpectedRow | None, str]]:
    found: list[tuple[ExpectedRow | None, str]] = []
    for wanted in expected:
        what = " ".join(str(wanted.values[key]) for key in keys)
        row = next((row for row in rows if all(row[key] == wanted.values[key] for key in keys)), None)
        if row is None:
            found.append((wanted, f"there is nothing on {what} among the {name}"))
        else:
            found += [(wanted, text) for text in _compare_row(f"{name} on {what}", row, wanted)]
    return found


def _compare_row(what: str, row: dict[str, Any], wanted: ExpectedRow) -> list[str]:
    return [
        f"{column} of {what} is {_say(row[column])}, expected {_say(value)}"
        for column, value in wanted.values.items()
        if not agrees(row[column], value)
    ]


def _say(value: object) -> str:
    return "none" if value is None else f"`{value}`"
