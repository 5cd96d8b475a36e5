"""Where subjects stood on earlier days: scores and tiers rebuilt from the entries, a few days at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from scslab.engine.settlement import Settlement
from scslab.ground.dates import LATEST, Calendar, add_months, last_publication, period_start
from scslab.scheme.model import Scheme

MANY_ENTRIES = 2_000_000
"""With more entries than this, fewer days are looked at."""
MAXIMUM_DAYS = 24
MAXIMUM_DAYS_OF_MANY = 8
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

Codes = npt.NDArray[np.int8]
"""Tiers of subjects as ranks, 0 the lowest; −1 where a subject is below the lowest tier."""

_EPOCH = date(1970, 1, 1).toordinal()


def start_on(scheme: Scheme, day: date) -> float:
    """The score, in points, of a subject that has no entry yet on `day`."""
    start = scheme.score.start
    if scheme.score.is_yearly_restart:
        value = start.on(date(day.year, 1, 1))
    else:
        value = start.on(scheme.in_force.since) if scheme.in_force.since else None
    return float(start.values()[0] if value is None else value)


class History:
    """Scores and tiers of all subjects on any day, from the entries and the live tier limits of that day.

    Subjects with entries come first, in the order of the entries; the others, who stand at the start score, are one
    number, `without_entries`. One pass over the entries a day, and no join: the last entry up to a day is the one
    whose successor is later. The bands and limits are those of the day itself, whatever had been published.
    """

    def __init__(self, settlement: Settlement) -> None:
        self.scheme = settlement.scheme
        self.tiers = tuple(tier.id for tier in settlement.scheme.tiers)
        entries = settlement.entries
        subject = entries["subject_id"].rle_id()
        number = subject.to_numpy()
        posted = entries["posted_on"].to_physical().to_numpy()
        is_last = np.ones(number.size, dtype=bool)
        is_last[:-1] = number[1:] != number[:-1]
        self._next = np.empty_like(posted)
        self._next[:-1] = posted[1:]
        self._next[is_last] = LATEST.toordinal() - _EPOCH + 1
        self._number, self._posted = number, posted
        self._score = entries["score_after"].cast(pl.Float64).to_numpy()
        self.with_entries = int(number[-1]) + 1 if number.size else 0
        self.without_entries = settlement.standings.height - self.with_entries
        self.first_day = date.fromordinal(_EPOCH + int(posted.min())) if number.size else None
        self._limits = _read_limits(settlement, subject, self.tiers)
        self._tiers_by_day: dict[date, Codes] = {}

    def scores_on(self, day: date) -> npt.NDArray[np.float64]:
        """Scores at the end of `day`, shape (with_entries,), in points."""
        scores = np.full(self.with_entries, start_on(self.scheme, day))
        ordinal = day.toordinal() - _EPOCH
        rows = np.flatnonzero((self._posted <= ordinal) & (self._next > ordinal))
        scores[self._number[rows]] = self._score[rows]
        return scores

    def tiers_on(self, day: date, scores: npt.NDArray[np.float64] | None = None) -> Codes:
        """Tiers at the end of `day`, shape (with_entries,); give `scores` if they are at hand."""
        if day not in self._tiers_by_day:
            codes = self._band(self.scores_on(day) if scores is None else scores, day)
            for number, posted, until, rank in self._limits:
                ordinal = day.toordinal() - _EPOCH
                live = number[(posted <= ordinal) & (until > ordinal)]
                codes[live] = np.minimum(codes[live], rank)
            self._tiers_by_day[day] = codes
        return self._tiers_by_day[day]

    def start_tier_on(self, day: date) -> int:
        """The tier on `day` of the subjects without entries."""
        return int(self._band(np.array([start_on(self.scheme, day)]), day)[0])

    def count_tiers_on(self, day: date) -> npt.NDArray[np.int64]:
        """Subjects in each tier at the end of `day`, lowest first; the last number is of those below all tiers."""
        counts = np.bincount(np.where(self.tiers_on(day) < 0, len(self.tiers), self.tiers_on(day)))
        counts = np.pad(counts, (0, len(self.tiers) + 1 - counts.size))
        counts[self.start_tier_on(day)] += self.without_entries
        return counts.astype(np.int64)

    def _band(self, scores: npt.NDArray[np.float64], day: date) -> Codes:
        codes = np.full(scores.size, -1, dtype=np.int8)
        for rank, tier in enumerate(self.scheme.tiers):
            lower = tier.lower_on(day)
            if lower is not None:
                codes[scores >= float(lower)] = rank
        return codes


Limit = tuple[npt.NDArray[np.uint32], npt.NDArray[np.int32], npt.NDArray[np.int32], int]


def _read_limits(settlement: Settlement, subject: pl.Series, tiers: tuple[str, ...]) -> list[Limit]:
    """For each rule that holds tiers down: subjects, first day, first day after, and the tier's rank."""
    limits: list[Limit] = []
    entries = settlement.entries
    for rule in settlement.scheme.rules:
        hold = rule.limit_tier
        if hold is None or hold.to not in tiers:
            continue
        mask = (entries["rule"] == rule.id) & (entries["kind"] == "event")
        days = entries.select("posted_on").filter(mask).to_series()
        ends = {
            day: hold.period.after(day) if hold.period else LATEST + timedelta(days=1)
            for day in days.unique().to_list()
        }
        until = days.replace_strict(ends, return_dtype=pl.Date) if ends else days
        limits.append(
            (
                subject.filter(mask).to_numpy(),
                days.to_physical().to_numpy(),
                until.to_physical().to_numpy(),
                tiers.index(hold.to),
            )
        )
    return limits


@dataclass(frozen=True, slots=True)
class Timeline:
    """Tiers and scores on a few days.

    Attributes:
        days: ends of months, quarters or years, and last the day of the standings.
        unit: what the days are the ends of.
        tiers: ids, lowest first.
        counts: subjects, shape (days, tiers + 1); the last column counts those below the lowest tier.
        quantiles: scores in points at `QUANTILES`, shape (days, 5).
        is_thinned: whether days were left out to keep the picture small or the work short.
    """

    days: tuple[date, ...]
    unit: Calendar
    tiers: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    quantiles: npt.NDArray[np.float64]
    is_thinned: bool


def sample_days(first: date, last: date, maximum: int) -> tuple[tuple[date, ...], Calendar, bool]:
    """Ends of months (up to a year), of quarters, else of years from `first` to `last`, and `last` itself.

    Returns:
        The days, at most `maximum`; what they are the ends of; and whether some were left out.

    Example:
        >>> days, unit, _ = sample_days(date(2023, 2, 3), date(2023, 5, 20), 24)
        >>> [str(day) for day in days], unit.value
        (['2023-02-28', '2023-03-31', '2023-04-30', '2023-05-20'], 'month')
    """
    span = (last.year - first.year) * 12 + last.month - first.month
    unit, months = Calendar.MONTH, 1
    if span > 12:
        unit, months = Calendar.QUARTER, 3
    if span > 3 * (maximum - 1):
        unit, months = Calendar.YEAR, 12
    days: list[date] = []
    day = last_publication(add_months(period_start(first, unit), months), unit)
    while day < last:
        days.append(day)
        day = last_publication(add_months(period_start(day + timedelta(days=1), unit), months), unit)
    days.append(last)
    if len(days) <= maximum:
        return tuple(days), unit, False
    kept = {round(k * (len(days) - 1) / (maximum - 1)) for k in range(maximum)}
    return tuple(days[k] for k in sorted(kept)), unit, True


def draw_timeline(history: History, settlement: Settlement) -> Timeline | None:
    """Tiers and scores from the first entry to the day of the standings; None if there is no entry."""
    if history.first_day is None:
        return None
    maximum = MAXIMUM_DAYS if settlement.entries.height <= MANY_ENTRIES else MAXIMUM_DAYS_OF_MANY
    days, unit, is_thinned = sample_days(history.first_day, settlement.as_of, maximum)
    counts, quantiles = [], []
    for day in days:
        scores = history.scores_on(day)
        history.tiers_on(day, scores)
        counts.append(history.count_tiers_on(day))
        at_start = np.full(history.without_entries, start_on(history.scheme, day))
        quantiles.append(np.quantile(np.concatenate((scores, at_start)), QUANTILES))
    return Timeline(days, unit, history.tiers, np.array(counts), np.array(quantiles), is_thinned)
