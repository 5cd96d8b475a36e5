"""Peer: OpenFisca-core, the closest monthly formulation.

OpenFisca computes variables of entities for periods; its shortest usual period is a month, and an entity has no
events. So Polars finds the rules of each event and sums the points of a month, and OpenFisca does what it is for:
yearly caps, lapses after 24 months, and a balance carried from month to month through the bounds. To its favour, rules
that need no state of their own come as one sum: seven inputs a month, not twenty.

Leaves out: the order of events inside a month (bounds act once a month), the day of a lapse (all at the month's
settling), and a lapse takes back what was granted, not what the bounds let through.
"""

from __future__ import annotations

import warnings

import numpy as np
from openfisca_core import periods
from openfisca_core.entities import build_entity
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable
from polars_frames import find_acting, pl, read_scheme, run, valid_on, write_standings
from rules import AS_OF, Scheme

SUBJECT = build_entity(key="subject", plural="subjects", label="A subject", is_person=True)
FIRST_YEAR = 2014


def make_variable(name: str, formula=None) -> type[Variable]:
    """A whole number of each subject for each month."""
    content = {"value_type": int, "entity": SUBJECT, "definition_period": periods.DateUnit.MONTH, "label": name}
    if formula is not None:
        content["formula"] = formula
    return type(name, (Variable,), content)


def make_system(scheme: Scheme, capped: dict[int, int], months: int) -> TaxBenefitSystem:
    """The scheme as OpenFisca variables: points, used and granted by capped rule, and the score."""

    def granted_formula(number: int, cap: int):
        def formula(subject, period):
            return np.minimum(subject(f"points_{number}", period), cap - subject(f"used_{number}", period))

        return formula

    def used_formula(number: int):
        def formula(subject, period):
            if period.start.month == 1:
                return subject.filled_array(0)
            last = period.last_month
            return subject(f"used_{number}", last) + subject(f"granted_{number}", last)

        return formula

    def score_formula(subject, period):
        is_first = period.start.year == FIRST_YEAR and period.start.month == 1
        score = subject.filled_array(scheme.start) if is_first else subject("score", period.last_month)
        moved = score + subject("points_free", period) + subject("points_lapsing", period)
        for number in capped:
            moved = moved + subject(f"granted_{number}", period)
        then = period.offset(-months)
        if then.start.year >= FIRST_YEAR:
            moved = moved - subject("points_lapsing", then)
        return np.clip(moved, scheme.floor, scheme.ceiling)

    system = TaxBenefitSystem([SUBJECT])
    system.add_variables(make_variable("points_free"), make_variable("points_lapsing"))
    for number, cap in capped.items():
        system.add_variables(
            make_variable(f"points_{number}"),
            make_variable(f"used_{number}", used_formula(number)),
            make_variable(f"granted_{number}", granted_formula(number, cap)),
        )
    system.add_variable(make_variable("score", score_formula))
    return system


def settle(parquet: str, out: str) -> None:
    scheme = read_scheme()
    capped = {rule.number: rule.cap for rule in scheme.rules if rule.cap is not None}
    (months,) = {rule.valid_months for rule in scheme.rules if rule.valid_months}
    is_lapsing, _ = valid_on(scheme)
    variable = pl.when(is_lapsing).then(pl.lit("points_lapsing")).otherwise(pl.lit("points_free"))
    for number in capped:
        variable = pl.when(pl.col("rule") == number).then(pl.lit(f"points_{number}")).otherwise(variable)
    names = ["points_free", "points_lapsing", *(f"points_{number}" for number in capped)]
    subjects = pl.scan_parquet(parquet).select("subject_id").unique().with_row_index("subject").collect()
    month = (pl.col("recorded_on").dt.year().cast(pl.Int32) - FIRST_YEAR) * 12 + pl.col("recorded_on").dt.month() - 1
    sums = (
        find_acting(scheme, parquet)
        .select("subject_id", "points", month=month, variable=variable.cast(pl.Enum(names)))
        .group_by("subject_id", "variable", "month")
        .agg(pl.col("points").sum())
        .join(subjects.lazy(), on="subject_id")
        .select("variable", "month", "subject", "points")
        .collect(engine="streaming")
        .sort(pl.col("variable").to_physical().cast(pl.Int32) * 256 + pl.col("month"))
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        simulation = SimulationBuilder().build_default_simulation(make_system(scheme, capped, months), len(subjects))
    month_names = [f"{FIRST_YEAR + m // 12}-{m % 12 + 1:02}" for m in range((AS_OF.year - FIRST_YEAR + 1) * 12)]
    for (name, at), part in sums.group_by("variable", "month", maintain_order=True):
        column = np.zeros(len(subjects), dtype=np.int32)
        column[part["subject"].to_numpy()] = part["points"].to_numpy()
        simulation.set_input(name, month_names[at], column)
    for name in month_names:  # forwards, so that no month has to recurse
        score = simulation.calculate("score", name)
    scored = subjects.lazy().select("subject_id", score=pl.lit(pl.Series(score)))
    write_standings(scheme, scored, parquet, out)


if __name__ == "__main__":
    run(settle)
