"""Compare what two schemes make of the same subjects: ranks, tiers, who gains, and which rules make the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import polars as pl

from scslab.engine.settlement import Settlement

QUANTILES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
"""The quantiles of rank changes that are told; linear between neighbours."""
LARGE_CHANGE = 0.1
"""A subject gains or loses much where its rank moves by at least this share of all."""


@dataclass(frozen=True, slots=True)
class PairComparison:
    """Two schemes over the subjects that both have scored.

    Attributes:
        first, second: the ids of the schemes.
        subjects: how many have a score under both; `only_first` and `only_second` have it under one.
        spearman: rank correlation: Pearson's, of mid-ranks; None where either score is the same for all.
        kendall: Kendall's tau-b: (concordant − discordant) / sqrt((pairs − ties in first) × (pairs − ties in second)),
            over all pairs of subjects; None likewise.
        concordant, discordant, tied: pairs of subjects by whether both schemes order them alike; `tied` in at least
            one of the two.
        tiers: the cross-table: `first, second, subjects`, in the order of the tiers.
        changes: by subject `subject_id, first_score, second_score, first_rank, second_rank, change`; ranks are shares
            of the subjects that stand lower, ties in the middle (0 to 1); `change` = second − first.
        quantiles: of `change`, at `QUANTILES`.
        gains, loses, stays: subjects whose rank rises, falls, or is the same.
        groups: by attribute of subjects `attribute, group, subjects, mean_change, gains, loses, large_gains,
            large_losses`, groups of numbers by quarters of the subjects.
    """

    first: str
    second: str
    subjects: int
    only_first: int
    only_second: int
    spearman: float | None
    kendall: float | None
    concordant: int
    discordant: int
    tied: int
    tiers: pl.DataFrame
    changes: pl.DataFrame
    quantiles: tuple[float, ...]
    gains: int
    loses: int
    stays: int
    groups: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several schemes, compared two by two.

    Attributes:
        settlements: by scheme.
        pairs: in the order given.
        rules: `scheme, rule, subjects, entries, effective, mean`: what each rule (or of an index, each indicator) adds
            to the scores of the subjects that all schemes have, in points: Σ effective, and its mean over them. The
            sum over the rules of a scheme, plus the starts, is the sum of its scores.
        unmapped: `scheme, type, events`: events of a vocabulary that a mapping did not carry over.
    """

    settlements: dict[str, Settlement]
    pairs: tuple[PairComparison, ...]
    rules: pl.DataFrame
    unmapped: pl.DataFrame


def compare_settlements(settlements: Mapping[str, Settlement], unmapped: pl.DataFrame | None = None) -> Comparison:
    """Compare settlements of the same subjects.

    Args:
        settlements: by a name for each, usually the id of its scheme; at least two.
        unmapped: events that a mapping did not carry over.
    """
    scores = {name: _list_scores(each) for name, each in settlements.items()}
    pairs = tuple(_compare_pair(a, b, settlements, scores) for a, b in combinations(settlements, 2))
    shared: pl.Series | None = None
    for table in scores.values():
        ids = table["subject_id"]
        shared = ids if shared is None else shared.filter(shared.is_in(ids.implode()))
    common = pl.Series("subject_id", [], pl.String) if shared is None else shared
    rules = pl.concat([_sum_rules(name, each, common) for name, each in settlements.items()])
    if unmapped is None:
        unmapped = pl.DataFrame(schema={"scheme": pl.String, "type": pl.String, "events": pl.Int64})
    return Comparison(dict(settlements), pairs, rules, unmapped)


def _list_scores(settlement: Settlement) -> pl.DataFrame:
    """Score and tier by subject, ids as texts; those without a score are left out."""
    return settlement.standings.select(
        pl.col("subject_id").cast(pl.String), pl.col("score").cast(pl.Float64), pl.col("tier").cast(pl.String)
    ).filter(pl.col("score").is_not_null())


def _compare_pair(
    first: str, second: str, settlements: Mapping[str, Settlement], scores: Mapping[str, pl.DataFrame]
) -> PairComparison:
    a, b = scores[first], scores[second]
    both = a.join(b, on="subject_id", suffix="_2").sort("subject_id")
    x, y = both["score"].to_numpy(), both["score_2"].to_numpy()
    n = both.height
    ranks = [rank_shares(values) for values in (x, y)]
    change = ranks[1] - ranks[0]
    changes = pl.DataFrame(
        {
            "subject_id": both["subject_id"],
            "first_score": x,
            "second_score": y,
            "first_rank": ranks[0],
            "second_rank": ranks[1],
            "change": change,
        }
    )
    concordant, discordant, tau = count_pairs(x, y)
    return PairComparison(
        first=first,
        second=second,
        subjects=n,
        only_first=a.height - n,
        only_second=b.height - n,
        spearman=_correlate(ranks[0], ranks[1]),
        kendall=tau,
        concordant=concordant,
        discordant=discordant,
        tied=n * (n - 1) // 2 - concordant - discordant,
        tiers=_cross_tiers(both, settlements[first], settlements[second]),
        changes=changes,
        quantiles=tuple(float(q) for q in np.quantile(change, QUANTILES)) if n else (),
        gains=int((change > 0).sum()),
        loses=int((change < 0).sum()),
        stays=int((change == 0).sum()),
        groups=_group(changes, settlements[first].subjects, settlements[second].subjects),
    )


def rank_shares(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The share of subjects below each, ties in the middle: (mid-rank − 1) / (n − 1), from 0 to 1.

    Example:
        >>> rank_shares(np.array([10.0, 30.0, 20.0, 30.0])).round(3).tolist()
        [0.0, 0.833, 0.333, 0.833]
    """
    if values.size < 2:
        return np.full(values.size, 0.5)
    ranks = pl.Series(values).rank("average").to_numpy()
    return (ranks - 1) / (values.size - 1)


def _correlate(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> float | None:
    if x.size < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    return float(np.corrcoef(x, y)[0, 1])


def count_pairs(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> tuple[int, int, float | None]:
    """Concordant and discordant pairs, exactly, and Kendall's tau-b (None where one side is all ties).

    The counts follow from tau-b and the ties, which are counted: scipy sorts in n log n where pairs are n².

    Example:
        >>> count_pairs(np.array([1, 2, 3, 4]), np.array([1, 3, 2, 2]))[:2]
        (3, 2)
    """
    n = x.size
    pairs = n * (n - 1) // 2
    tied_x, tied_y, tied_both = _count_ties(x), _count_ties(y), _count_ties(x, y)
    if n < 2 or tied_x == pairs or tied_y == pairs:
        return 0, 0, None
    from scipy.stats import kendalltau

    tau = float(kendalltau(x, y, variant="b").statistic)  # type: ignore[reportUnknownMemberType]
    # concordant + discordant + ties in x + ties in y − ties in both = pairs
    untied = pairs - tied_x - tied_y + tied_both
    difference = round(tau * float(np.sqrt(float(pairs - tied_x)) * np.sqrt(float(pairs - tied_y))))
    return (untied + difference) // 2, (untied - difference) // 2, tau


def _count_ties(*columns: np.ndarray[Any, Any]) -> int:
    counts = pl.DataFrame({str(k): column for k, column in enumerate(columns)}).group_by(pl.all()).len()["len"]
    return int((counts.cast(pl.Int64) * (counts.cast(pl.Int64) - 1) // 2).sum())


def _cross_tiers(both: pl.DataFrame, first: Settlement, second: Settlement) -> pl.DataFrame:
    order = [{tier.id: place for place, tier in enumerate(settlement.scheme.tiers)} for settlement in (first, second)]
    table = both.group_by(pl.col("tier").alias("first"), pl.col("tier_2").alias("second")).agg(
        pl.len().cast(pl.Int64).alias("subjects")
    )
    places = [
        pl.col(name).replace_strict(known, default=-1, return_dtype=pl.Int64) if known else pl.lit(-1)
        for name, known in zip(("first", "second"), order, strict=True)
    ]
    return table.sort(*places)


def _group(changes: pl.DataFrame, *tables: pl.DataFrame | None) -> pl.DataFrame:
    """Changes by attributes of subjects."""
    parts = [
        pl.DataFrame(
            schema={
                "attribute": pl.String,
                "group": pl.String,
                "subjects": pl.Int64,
                "mean_change": pl.Float64,
                **dict.fromkeys(("gains", "loses", "large_gains", "large_losses"), pl.Int64),
            }
        )
    ]
    people = next((table for table in tables if table is not None), None)
    if people is None:
        return parts[0]
    known = people.with_columns(pl.col("subject_id").cast(pl.String))
    joined = changes.join(known, on="subject_id", how="left", maintain_order="left")
    for name in known.columns:
        if name not in ("subject_id", "born_on") and name not in changes.columns:
            labelled = joined.with_columns(_label(joined[name]).alias("group"))
            parts.append(_sum_group(labelled, name).select(parts[0].columns).cast(parts[0].schema))
    return pl.concat(parts)


def _label(column: pl.Series) -> pl.Series:
    if not column.dtype.is_numeric():
        return column.cast(pl.String)
    edges = sorted({float(q) for k in (0.25, 0.5, 0.75) if (q := column.quantile(k, "linear")) is not None})
    if not edges:
        return column.cast(pl.String)
    labels = [f"up to {edges[0]:g}", *(f"{a:g} to {b:g}" for a, b in pairwise(edges))]
    names = pl.Series([*labels, f"over {edges[-1]:g}"])
    # Each edge belongs to the group below it.
    place = pl.Series(edges).search_sorted(column.cast(pl.Float64).fill_null(0.0), side="left")
    return names.gather(place.cast(pl.UInt32)).set(column.is_null(), None)


def _sum_group(table: pl.DataFrame, name: str) -> pl.DataFrame:
    change = pl.col("change")
    return (
        table.group_by("group")
        .agg(
            pl.len().alias("subjects"),
            change.mean().alias("mean_change"),
            (change > 0).sum().alias("gains"),
            (change < 0).sum().alias("loses"),
            (change >= LARGE_CHANGE).sum().alias("large_gains"),
            (change <= -LARGE_CHANGE).sum().alias("large_losses"),
        )
        .with_columns(pl.lit(name).alias("attribute"))
        .sort("group", nulls_last=True)
    )


def _sum_rules(name: str, settlement: Settlement, ids: pl.Series) -> pl.DataFrame:
    """What each rule, or each indicator of an index at the last publication, adds to the scores of some subjects."""
    n = max(1, len(ids))
    is_shared = pl.col("subject_id").cast(pl.String).is_in(ids.implode())
    if settlement.contributions is not None:
        table = settlement.contributions.filter(is_shared).filter(
            pl.col("published_on") == pl.col("published_on").max().over("subject_id")
        )
        part, value = pl.col("indicator").cast(pl.String), pl.col("contribution")
    else:
        table = settlement.entries.filter(is_shared)
        part = pl.coalesce(pl.col("rule").cast(pl.String), pl.col("kind").cast(pl.String))
        value = pl.col("effective").cast(pl.Float64)
    return (
        table.group_by(part.alias("rule"))
        .agg(
            pl.col("subject_id").n_unique().cast(pl.Int64).alias("subjects"),
            pl.len().cast(pl.Int64).alias("entries"),
            value.sum().alias("effective"),
        )
        .with_columns(pl.lit(name).alias("scheme"), (pl.col("effective") / n).alias("mean"))
        .sort(pl.col("effective").abs(), "rule", descending=[True, False])
        .select("scheme", "rule", "subjects", "entries", "effective", "mean")
    )


def describe_comparison(comparison: Comparison) -> dict[str, Any]:
    """A comparison as plain data, for JSON; without the table of all subjects."""
    return {
        "pairs": [_describe_pair(pair) for pair in comparison.pairs],
        "rules": comparison.rules.to_dicts(),
        "unmapped": comparison.unmapped.to_dicts(),
    }


def _describe_pair(pair: PairComparison) -> dict[str, Any]:
    plain: Sequence[str] = (
        "first", "second", "subjects", "only_first", "only_second", "spearman", "kendall", "concordant", "discordant",
        "tied", "gains", "loses", "stays",
    )  # fmt: skip
    return {
        **{name: getattr(pair, name) for name in plain},
        "quantiles": dict(zip((f"{q:g}" for q in QUANTILES), pair.quantiles, strict=False)),
        "tiers": pair.tiers.to_dicts(),
        "groups": pair.groups.to_dicts(),
    }
