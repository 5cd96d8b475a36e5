"""What scenarios are compared by: numbers of one run, by month, in one long table."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from scslab.scheme.model import Scheme
from scslab.society.mechanics.barriers import read_barriers
from scslab.society.outcomes.barriers import measure_barriers
from scslab.society.outcomes.between import MEASURES as BETWEEN
from scslab.society.outcomes.between import compare_between, measure_between
from scslab.society.outcomes.false_entries import count_standing, list_false_entries
from scslab.society.outcomes.lists import count_listed, list_spells
from scslab.society.outcomes.scores import compute_gini, read_scores
from scslab.society.outcomes.settled import needs_settling, settle_recorded
from scslab.society.population.profile import Profile, ProfileKind
from scslab.society.simulation import Simulated

SHARES = ("aware", "taking_part")
COUNTS = ("joined", "left", "events", "recorded", "false_entries")
SCORES = ("mean_score", "sd_score")


def measure(run: Simulated) -> pl.DataFrame:
    """The measures of a run: `month, measure, value`.

    By month: `aware`, `taking_part` and `acceptance` (shares of residents), `gap` (acceptance less participation);
    `joined`, `left`, `events`, `recorded` and `false_entries` (counts of the month); `false_standing` (false entries
    that stand at its end); `mean_score` and `sd_score` of participants, in points; `tier:T` (share of participants);
    `listed:L` (open memberships of a list, for each resident).

    Of the last month only: `gini` of scores; `between:D` and `lowest_between:D`, the share of the variance of scores,
    and of being in the lowest tier, that lies between the categories of dimension D, corrected for luck: 0 in the mean
    where groups do not differ, and so often a little below 0 (`between.compute_between`); `barrier:B`, the share of
    those who stay out who name barrier B, of all where all take part (of residents, not of businesses).

    A measure that does not exist (no participants yet, no score) has no row.
    """
    months, n = run.months, run.setting.residents
    scheme = run.scheme
    settled = settle_recorded(run) if needs_settling(run) else None
    days = months["month"]
    pieces = [_column(days, name, (months[name] / n)) for name in SHARES]
    pieces.append(_column(days, "acceptance", months["acceptance"]))
    pieces.append(_column(days, "gap", months["acceptance"] - months["taking_part"] / n))
    pieces += [_column(days, name, months[name]) for name in (*COUNTS, *SCORES)]
    pieces.append(_column(days, "false_standing", count_standing(list_false_entries(run, settled), days)))
    pieces.append(_measure_tiers(run))
    spells = list_spells(run, settled)
    for each in scheme.lists:
        open_ones = count_listed(spells.filter(pl.col("list") == each.id), days)
        pieces.append(_column(days, f"listed:{each.id}", [count / n for count in open_ones]))
    at_end: dict[str, float | None] = {"gini": compute_gini(read_scores(run))}
    at_end |= measure_between(compare_between(run)) | measure_barriers(run)
    pieces += [_column(days[-1:], name, [value]) for name, value in at_end.items()]
    return pl.concat(pieces).drop_nulls("value")


def list_measures(scheme: Scheme, profile: Profile) -> list[str]:
    """The names of all measures that a run of a scheme can have with a population, in the order of `measure`.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> from scslab.society.population.profile import read_profile
        >>> names = list_measures(find_scheme("rongcheng"), read_profile("rongcheng"))
        >>> names[:3], [name for name in names if name.startswith("tier:")][-2:]
        (['aware', 'taking_part', 'acceptance'], ['tier:AA', 'tier:AAA'])
    """
    return [
        *SHARES, "acceptance", "gap", *COUNTS, *SCORES, "false_standing",
        *(f"tier:{tier.id}" for tier in scheme.tiers), *(f"listed:{each.id}" for each in scheme.lists), "gini",
        *(f"{name}:{dimension}" for name in BETWEEN.values() for dimension in profile.dimensions),
        *(f"barrier:{each.id}" for each in read_barriers() if profile.kind is ProfileKind.RESIDENT),
    ]  # fmt: skip


def _column(months: pl.Series, name: str, values: pl.Series | Sequence[float | None]) -> pl.DataFrame:
    return pl.DataFrame({"month": months, "value": values}, schema={"month": pl.Date, "value": pl.Float64}).select(
        "month", pl.lit(name).alias("measure"), "value"
    )


def _measure_tiers(run: Simulated) -> pl.DataFrame:
    """Shares of participants by tier; those who have no tier yet count among the participants."""
    share = pl.col("residents") / pl.col("residents").sum().over("month")
    return (
        run.tiers.with_columns(share.alias("value"))
        .filter(pl.col("tier").is_not_null() & pl.col("value").is_finite())
        .select("month", pl.format("tier:{}", pl.col("tier")).alias("measure"), "value")
    )
