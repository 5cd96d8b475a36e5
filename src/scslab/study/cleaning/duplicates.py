"""Duplicates: the same interview twice, nearly the same interview twice, the same device twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from scslab.ground.problems import NOWHERE, Place
from scslab.study.cleaning.coding import code_items
from scslab.study.cleaning.finding import Found, join_reasons
from scslab.study.cleaning.kernel_matches import find_best_matches


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """What counts as a duplicate.

    Attributes:
        over: the items compared.
        near: flagged from this share of identical answers with another respondent; 0 for no such check. `kuriakose2016`
            use .85 on long questionnaires; short ones and much agreement need more.
        least_items: fewest items that two respondents both answered for a comparison.
        device: a column with an id of the device or account; "" for none.
    """

    over: tuple[str, ...] = ()
    near: float = 0.0
    least_items: int = 10
    device: str = ""
    place: Place = NOWHERE


def find_exact(frame: pl.DataFrame, rule: DuplicateRule, ids: pl.Series) -> Found:
    """Flags respondents whose answers are all the same as those of an earlier one; the first is not flagged.

    Respondents with fewer than two answers are passed over: empty rows are no duplicates.

    Example:
        >>> frame = pl.DataFrame({"a": [1, 1, 2], "b": [3, 3, 3]})
        >>> find_exact(frame, DuplicateRule(("a", "b")), pl.Series([101, 102, 103])).reasons.to_list()
        [None, 'all answers are those of 101', None]
    """
    items = [pl.col(name).alias(f"@{i}") for i, name in enumerate(rule.over)]
    work = frame.select(items).with_columns(
        pl.Series("@id", ids.cast(pl.String)), pl.sum_horizontal(pl.all().is_not_null()).alias("@answered")
    )
    names = [f"@{i}" for i in range(len(rule.over))]
    first = pl.col("@id").first().over(names)
    is_later = pl.int_range(pl.len()).over(names) > 0
    work = work.with_columns(first.alias("@first"), is_later.alias("@later"))
    part = (pl.col("@later") & (pl.col("@answered") >= 2), pl.format("all answers are those of {}", "@first"))
    flags, reasons = join_reasons([part], work)
    return Found("duplicate", f"the same answers to all of {len(rule.over)} items", flags, reasons)


def find_near(frame: pl.DataFrame, rule: DuplicateRule, ids: pl.Series, exact: pl.Series) -> Found:
    """Flags both respondents of a pair that shares at least `near` of its answers.

    Exact duplicates are the business of `find_exact` and are passed over here. Figures: `best_match`, the largest share
    of identical answers with any other respondent, where it is at least `near`.

    Example:
        >>> frame = pl.DataFrame({f"q{i}": [1, 1 if i else 2, 5 + i] for i in range(10)})
        >>> rule = DuplicateRule(tuple(frame.columns), near=0.9)
        >>> none = pl.Series([False] * 3)
        >>> find_near(frame, rule, pl.Series(["x", "y", "z"]), none).reasons.to_list()
        ['90.0 % of the answers are those of y', '90.0 % of the answers are those of x', None]
    """
    codes = code_items(frame, rule.over)
    kept = np.flatnonzero(~exact.to_numpy())
    share, partner = np.zeros(frame.height), np.full(frame.height, -1, np.int64)
    least = min(rule.least_items, len(rule.over))
    found, whom = find_best_matches(np.ascontiguousarray(codes[kept]), rule.near, least)
    share[kept] = found
    partner[kept] = np.where(whom >= 0, kept[whom], -1) if len(kept) else whom
    names = ids.cast(pl.String).to_list()
    work = pl.DataFrame(
        {"@share": share, "@with": [names[i] if i >= 0 else None for i in partner.tolist()]},
        schema={"@share": pl.Float64, "@with": pl.String},
    )
    text = pl.format("{} % of the answers are those of {}", (100 * pl.col("@share")).round(1), "@with")
    flags, reasons = join_reasons([(pl.col("@with").is_not_null(), text)], work)
    about = f"at least {100 * rule.near:g} % of {len(rule.over)} items the same as another respondent's"
    figures = {"best_match": pl.select(pl.when(work["@share"] > 0).then(work["@share"]).alias("b"))["b"]}
    return Found("near-duplicate", about, flags, reasons, figures)


def find_devices(frame: pl.DataFrame, rule: DuplicateRule, ids: pl.Series) -> Found:
    """Flags respondents on a device that was used before; the first is not flagged.

    Example:
        >>> frame = pl.DataFrame({"ip": ["x", "y", "x", None, None]})
        >>> find_devices(frame, DuplicateRule(device="ip"), pl.Series([1, 2, 3, 4, 5])).is_flagged.to_list()
        [False, False, True, False, False]
    """
    work = frame.select(pl.col(rule.device).alias("@device")).with_columns(pl.Series("@id", ids.cast(pl.String)))
    first = pl.col("@id").first().over("@device")
    is_later = (pl.int_range(pl.len()).over("@device") > 0) & pl.col("@device").is_not_null()
    work = work.with_columns(first.alias("@first"), is_later.alias("@later"))
    flags, reasons = join_reasons([(pl.col("@later"), pl.format("the same device as {}", "@first"))], work)
    return Found("device", f"a device (`{rule.device}`) that was used before", flags, reasons)
