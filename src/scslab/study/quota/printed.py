"""A printed quota table beside the computed one: which way of rounding reproduces it, and where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from scslab.study.quota.plan import Quota, QuotaInput, plan_quota
from scslab.study.quota.rounding import Carry, Rounding

PrintedTable = Mapping[str, tuple[int | None, ...]]
"""The printed whole numbers of each column (`normalised`, `reduced`, `renormalised`, regions by name), `(m,)` each;
None where a cell is not printed."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A printed number that the computation does not give.

    Attributes:
        cell: the categories of the cell.
        column: the step or region.
        printed: as printed.
        computed: rounded, and `exact` before rounding.
    """

    cell: tuple[str, ...]
    column: str
    printed: int
    computed: int
    exact: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A printed table against one way of computing it.

    Attributes:
        rounding: how numbers were made whole.
        carry: whether steps went on with exact or rounded numbers.
        regions_sum_to: what the regions' weights were divided by (`sum` is their own sum).
        n_numbers: the printed numbers compared.
        differences: those that do not come out.
    """

    rounding: Rounding
    carry: Carry
    regions_sum_to: str
    n_numbers: int
    differences: tuple[Difference, ...]

    @property
    def n_reproduced(self) -> int:
        """How many printed numbers come out."""
        return self.n_numbers - len(self.differences)


def compare_printed(quota: Quota, printed: PrintedTable) -> tuple[Difference, ...]:
    """The printed numbers that a quota does not give, in the order of columns and cells.

    Example:
        >>> from fractions import Fraction
        >>> one = Fraction(1)
        >>> quota = plan_quota(QuotaInput(("sex",), (("f",), ("m",)), (one, one), (one, one), {}, 10))
        >>> compare_printed(quota, {"normalised": (5, 6)})[0].computed
        5
    """
    found: list[Difference] = []
    for step in quota.columns():
        for cell, value, whole, exact in zip(
            quota.given.cells, printed.get(step.name, (None,) * len(step.whole)), step.whole, step.exact, strict=True
        ):
            if value is not None and value != whole:
                found.append(Difference(cell, step.name, value, whole, float(exact)))
    return tuple(found)


def try_conventions(given: QuotaInput, printed: PrintedTable) -> tuple[Comparison, ...]:
    """Computes a quota in every named way and compares each with the printed numbers; the best comes first.

    Tried are all roundings, exact and rounded steps, and regions divided by their sum or by 100 as printed. This
    shows what a table's author must have done; several ways may fit equally well.
    """
    n_numbers = sum(value is not None for column in printed.values() for value in column)
    results: list[Comparison] = []
    for rounding in Rounding:
        for carry in Carry:
            for divisor in ("sum", "100"):
                regions = given.regions
                if divisor == "100":
                    if not regions or sum(regions.values()) == 100:
                        continue
                    # A region that stands for what is missing of 100 (or is too much): its cells are never compared.
                    regions = {**regions, "": Fraction(100) - sum(regions.values())}
                quota = plan_quota(replace(given, rounding=rounding, carry=carry, regions=regions))
                results.append(Comparison(rounding, carry, divisor, n_numbers, compare_printed(quota, printed)))
    return tuple(sorted(results, key=lambda each: len(each.differences)))
