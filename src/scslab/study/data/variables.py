"""Variables of a data file: label, labels of values, and which values were declared missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

Code = float | str
"""A value that carries a label: a number, or a text; in Stata files also the letters `.a` to `.z`."""


@dataclass(frozen=True, slots=True)
class MissingRange:
    """A range of values that the file declares missing, both ends included.

    Attributes:
        low: the smallest value; -inf for "lowest".
        high: the largest value; inf for "highest". Texts have both ends alike.
    """

    low: Code
    high: Code

    def __str__(self) -> str:
        return show_code(self.low) if self.low == self.high else f"{show_code(self.low)} to {show_code(self.high)}"


@dataclass(frozen=True, slots=True)
class Variable:
    """What a file says about one of its columns.

    Attributes:
        name: the column.
        label: what was asked, or "".
        value_labels: what each value stands for.
        missing: the values declared missing by the people who made the file; they are kept in the data.
        measure: `nominal`, `ordinal`, `scale` or "" where the file does not say.
        format: the format the file shows it in (`F8.2`, `%10.0g`), or "".
    """

    name: str
    label: str = ""
    value_labels: Mapping[Code, str] = field(default_factory=dict[Code, str])
    missing: tuple[MissingRange, ...] = ()
    measure: str = ""
    format: str = ""

    def is_missing(self) -> pl.Expr:
        """Whether a value counts as missing: none at all, not a number, or declared missing.

        Example:
            >>> variable = Variable("q1", missing=(MissingRange(98.0, 99.0),))
            >>> pl.DataFrame({"q1": [1.0, 98.0, None]}).select(variable.is_missing())["q1"].to_list()
            [False, True, True]
        """
        column = pl.col(self.name)
        found = column.is_null()
        for each in self.missing:
            low, high = each.low, each.high
            if isinstance(low, str) or isinstance(high, str):
                found = found | (column.cast(pl.String) == str(low)).fill_null(value=False)
            else:
                found = found | column.is_between(low, high).fill_null(value=False)
        return found


def show_code(code: Code) -> str:
    """A value as people write it: `99` and not `99.0`.

    Example:
        >>> show_code(99.0), show_code(1.5), show_code(float("inf")), show_code(".a")
        ('99', '1.5', 'highest', '.a')
    """
    if isinstance(code, str):
        return code
    if code in (float("inf"), float("-inf")):
        return "highest" if code > 0 else "lowest"
    return str(int(code)) if code == int(code) else repr(float(code))
