"""Five subjects whose statements show what the scheme does: who they are, their entries, and what would change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from scslab.engine.objection.statement import find_live
from scslab.engine.settlement import Settlement

NUMBER = 5
SHOWN_ENTRIES = 8
SHOWN_LAPSES = 3

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A subject's standing and why it was chosen.

    Attributes:
        reason: highest, lowest, median, busiest, held, cut or latest.
        standing: the subject's row of the standings.
        entries: all of its entries, oldest first.
    """

    reason: str
    standing: Row
    entries: tuple[Row, ...]


def choose_examples(settlement: Settlement) -> tuple[Example, ...]:
    """Up to five different subjects: highest and lowest score, the middle, most entries, and one whose tier is held.

    Where several fit, the one with most entries is taken, then the first by id. Where no tier is held, one that a cap
    cut is shown instead; where there is none either, the one that changed last.
    """
    standings = settlement.standings.with_columns(number=pl.col("score").cast(pl.Float64))
    middle: Any = standings["number"].median()
    chosen: dict[Any, tuple[str, Row]] = {}

    def take(reason: str, by: list[pl.Expr], *, among: pl.DataFrame = standings) -> bool:
        # One more than were taken before is enough to find a subject that is not among them.
        keys = [*by, -pl.col("entries").cast(pl.Int64), pl.col("subject_id")]
        for row in among.bottom_k(len(chosen) + 1, by=keys).sort(keys).iter_rows(named=True):
            if row["subject_id"] not in chosen:
                chosen[row["subject_id"]] = (reason, row)
                return True
        return False

    take("highest", [-pl.col("number")])
    take("lowest", [pl.col("number")])
    if middle is not None:
        take("median", [(pl.col("number") - middle).abs()])
    take("busiest", [])
    is_held = pl.col("held_until").is_not_null() & (pl.col("tier") != pl.col("tier_by_score"))
    if not take("held", [], among=standings.filter(is_held)):
        cut = settlement.entries.filter(pl.col("capped_by").is_not_null())["subject_id"].unique().implode()
        if not take("cut", [], among=standings.filter(pl.col("subject_id").is_in(cut))):
            take("latest", [-pl.col("last_posted_on").to_physical()], among=standings.filter(pl.col("entries") > 0))
    ids = pl.Series(list(chosen), dtype=standings.schema["subject_id"]).implode()
    entries = settlement.entries.filter(pl.col("subject_id").is_in(ids)).sort("subject_id", "seq")
    return tuple(
        Example(reason, row, tuple(entries.filter(pl.col("subject_id") == subject).iter_rows(named=True)))
        for subject, (reason, row) in list(chosen.items())[:NUMBER]
    )


@dataclass(frozen=True, slots=True)
class Prospect:
    """What lies ahead of a subject if nothing new happens, and how far it is from other tiers.

    Attributes:
        up: (points missing, tier, its lower bound) of the next tier by score, or None at the top.
        down: (smallest loss that lowers the tier by score, tier that follows or None), or None where none does.
        lapses: (day, rule, points, score then) of entries that will lapse, soonest first, if nothing else happens;
            floor and ceiling are seen to.
    """

    up: tuple[Decimal, str, Decimal] | None
    down: tuple[Decimal, str | None] | None
    lapses: tuple[tuple[date, str, Decimal, Decimal], ...]


def look_ahead(example: Example, settlement: Settlement) -> Prospect:
    """What would change a standing, from its entries and the tiers in force on the day of the standings."""
    scheme, as_of = settlement.scheme, settlement.as_of
    score = Decimal(example.standing["score"])
    unit = Decimal(1).scaleb(-scheme.score.decimals)
    ladder = [(low, tier.id) for tier in scheme.tiers if (low := tier.lower_on(as_of)) is not None]
    above = [(low - score, tier, low) for low, tier in ladder if low > score]
    below = [(low, tier) for low, tier in ladder if low <= score]
    down = (score - below[-1][0] + unit, below[-2][1] if len(below) > 1 else None) if below else None
    floor = scheme.score.floor.on(as_of) if scheme.score.floor else None
    if down is not None and floor is not None and score - down[0] < floor:
        down = None
    return Prospect(above[0] if above else None, down, tuple(_list_lapses(example, settlement)))


def _list_lapses(example: Example, settlement: Settlement) -> Iterator[tuple[date, str, Decimal, Decimal]]:
    score = settlement.scheme.score
    value = Decimal(example.standing["score"])
    live = find_live(example.entries)
    ahead = [
        entry
        for entry in example.entries
        if entry["lapses_on"] and entry["lapses_on"] > settlement.as_of and live.get(entry["seq"])
    ]
    for entry in sorted(ahead, key=lambda entry: (entry["lapses_on"], entry["seq"])):
        day: date = entry["lapses_on"]
        # A yearly restart drops what would lapse after it.
        if score.is_yearly_restart and day.year != settlement.as_of.year:
            break
        before, value = value, value - live[entry["seq"]]
        if score.floor and (floor := score.floor.on(day)) is not None:
            value = max(floor, value)
        if score.ceiling and (ceiling := score.ceiling.on(day)) is not None:
            value = min(ceiling, value)
        yield day, entry["rule"], value - before, value
