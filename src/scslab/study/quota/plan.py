"""The five steps of a quota: population, normalised, reduced by internet penetration, renormalised, by region.

This is the arithmetic of Table A1 of `kostka2019`, for any cells. All numbers are exact fractions until they are
shown, so that a printed table can be reproduced to the last digit and no result depends on the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from scslab.study.quota.rounding import ROUNDINGS, Carry, Rounding

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class QuotaInput:
    """What a quota starts from.

    Attributes:
        dimensions: the names of the dimensions of a cell, such as `("age", "gender")`.
        cells: the categories of each cell, one text for each dimension; `(m, d)`.
        population: the people in each cell; `(m,)`, above zero in sum.
        penetration: the share of each cell that can be reached online, 0 to 1; `(m,)`.
        regions: the weight of each region by name, in any unit: they are divided by their sum.
        total: the interviews in all.
        rounding: how numbers become whole.
        carry: whether each step goes on with exact or with rounded numbers.
    """

    dimensions: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    population: tuple[Fraction, ...]
    penetration: tuple[Fraction, ...]
    regions: dict[str, Fraction]
    total: int
    rounding: Rounding = Rounding.NEAREST
    carry: Carry = Carry.EXACT


@dataclass(frozen=True, slots=True)
class QuotaStep:
    """One step of a quota.

    Attributes:
        name: `normalised`, `reduced`, `renormalised`, or the name of a region.
        formula: what was computed, for people.
        exact: the exact numbers; `(m,)`.
        whole: the same, rounded; `(m,)`.
    """

    name: str
    formula: str
    exact: tuple[Fraction, ...]
    whole: tuple[int, ...]

    @property
    def total(self) -> int:
        """The sum of the whole numbers."""
        return sum(self.whole)


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota with every step.

    Attributes:
        given: what it was made from.
        steps: normalised, reduced, renormalised.
        regions: one step for each region, in the order of the file.
    """

    given: QuotaInput
    steps: tuple[QuotaStep, ...]
    regions: tuple[QuotaStep, ...] = field(default=())

    @property
    def interviews(self) -> int:
        """The interviews that the cells sum to; rounding each cell on its own may miss the total by a few."""
        return sum(step.total for step in self.regions) if self.regions else self.steps[-1].total

    def columns(self) -> tuple[QuotaStep, ...]:
        """All steps, regions last."""
        return self.steps + self.regions

    def to_frame(self) -> pl.DataFrame:
        """The table of all steps: one row a cell, the exact numbers beside the whole ones (`…_exact`)."""
        import polars as pl

        given = self.given
        data: dict[str, list[object]] = {
            name: [cell[i] for cell in given.cells] for i, name in enumerate(given.dimensions)
        }
        data["population"] = [float(value) for value in given.population]
        data["penetration"] = [float(value) for value in given.penetration]
        for step in self.columns():
            data[step.name] = list(step.whole)
            data[f"{step.name}_exact"] = [float(value) for value in step.exact]
        return pl.DataFrame(data)

    def list_cells(self) -> pl.DataFrame:
        """The cells for the field: one row a cell and region, with the interviews wanted."""
        import polars as pl

        given = self.given
        targets = self.regions or (self.steps[-1],)
        rows = [
            (*cell, *((step.name,) if self.regions else ()), step.whole[i])
            for i, cell in enumerate(given.cells)
            for step in targets
        ]
        names = [*given.dimensions, *(("region",) if self.regions else ()), "interviews"]
        return pl.DataFrame(rows, schema=names, orient="row")


def plan_quota(given: QuotaInput) -> Quota:
    """Computes the steps of a quota.

    1. Each cell's population × total ÷ population in all.
    2. × the cell's internet penetration.
    3. × total ÷ the sum of step 2.
    4. For each region, × its weight ÷ the sum of the regions' weights.

    Source: `kostka2019`, Table A1.

    Example:
        >>> half = Fraction(1, 2)
        >>> quota = plan_quota(QuotaInput(("age",), (("young",), ("old",)), (Fraction(300), Fraction(100)),
        ...     (Fraction(1), half), {"E": Fraction(1), "W": Fraction(3)}, 70))
        >>> [(step.name, step.whole) for step in quota.columns()]
        [('normalised', (53, 18)), ('reduced', (53, 9)), ('renormalised', (60, 10)), ('E', (15, 3)), ('W', (45, 8))]
    """
    round_all = ROUNDINGS[given.rounding]

    def make(name: str, formula: str, exact: Sequence[Fraction]) -> QuotaStep:
        return QuotaStep(name, formula, tuple(exact), round_all(exact))

    def carried(step: QuotaStep) -> tuple[Fraction, ...]:
        return step.exact if given.carry is Carry.EXACT else tuple(Fraction(value) for value in step.whole)

    people = sum(given.population)
    normalised = make(
        "normalised",
        f"population × {given.total:,} ÷ {_show(people)}",
        [value * given.total / people for value in given.population],
    )
    reduced = make(
        "reduced",
        "normalised × penetration",
        [value * share for value, share in zip(carried(normalised), given.penetration, strict=True)],
    )
    left = sum(carried(reduced))
    renormalised = make(
        "renormalised",
        f"reduced × {given.total:,} ÷ {_show(left)}",
        [value * given.total / left for value in carried(reduced)],
    )
    weights = sum(given.regions.values())
    regions = tuple(
        make(
            name,
            f"renormalised × {_show(weight)} ÷ {_show(weights)}",
            [value * weight / weights for value in carried(renormalised)],
        )
        for name, weight in given.regions.items()
    )
    if given.rounding is Rounding.LARGEST_REMAINDER and regions:
        regions = _round_together(regions)
    return Quota(given, (normalised, reduced, renormalised), regions)


def _round_together(regions: tuple[QuotaStep, ...]) -> tuple[QuotaStep, ...]:
    """The regions with one largest-remainder rounding over all their cells, so that the grand total holds."""
    size = len(regions[0].exact)
    whole = ROUNDINGS[Rounding.LARGEST_REMAINDER]([value for step in regions for value in step.exact])
    return tuple(
        QuotaStep(step.name, step.formula, step.exact, whole[i * size : (i + 1) * size])
        for i, step in enumerate(regions)
    )


def _show(value: Fraction | int) -> str:
    return f"{int(value):,}" if value == int(value) else f"{float(value):,.4f}"
