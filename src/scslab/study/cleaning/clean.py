"""Cleaning: all checks over a table of answers; everybody stays in the table, with flags and reasons."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from scslab.ground.problems import Problem, ProblemsError, Severity
from scslab.scheme.problem_list import Problems
from scslab.study.cleaning.conditions import find_failed_items, find_inconsistent
from scslab.study.cleaning.duplicates import find_devices, find_exact, find_near
from scslab.study.cleaning.finding import Found
from scslab.study.cleaning.rules import CleaningRules
from scslab.study.cleaning.speed import find_speeders
from scslab.study.cleaning.straight_lines import find_straight_lines
from scslab.study.data.answers import Answers

CHECKS: dict[str, str] = {
    "speeder": "too fast to have read the questions",
    "straight-line": "the same answer down a grid",
    "duplicate": "the same answers as an earlier respondent",
    "near-duplicate": "nearly the same answers as another respondent",
    "device": "a device that was used before",
    "inconsistent": "answers that do not go together",
    "quality": "wrong answers to items that check attention",
}
"""The checks, in the order of reports."""
SUSPICIOUS_SHARE = 0.3
"""A check that flags more than this share of the respondents may be a wrong rule: it is warned about."""


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What the checks found. Nobody is dropped.

    Attributes:
        answers: the answers, as they came in.
        rules: what was checked.
        ids: the respondents' ids; `(n,)`.
        found: the checks that were made.
        notes: warnings for the reader.
    """

    answers: Answers
    rules: CleaningRules
    ids: pl.Series
    found: tuple[Found, ...]
    notes: tuple[Problem, ...]

    @property
    def n_flags(self) -> pl.Series:
        """By how many checks each respondent is flagged; `(n,)`."""
        flags = [each.is_flagged.cast(pl.Int64) for each in self.found]
        return sum(flags[1:], flags[0]).alias("n_flags") if flags else self.ids.is_null().cast(pl.Int64)

    def to_frame(self) -> pl.DataFrame:
        """One row a respondent: row, id, number of flags, reasons, one column a check, and the figures behind them."""
        reasons = [each.reasons.alias(each.check) for each in self.found]
        columns: list[pl.Series] = [
            pl.Series("row", range(1, len(self.ids) + 1), dtype=pl.Int64),
            self.ids.alias("id"),
            self.n_flags.alias("n_flags"),
        ]
        text = (
            pl.DataFrame(reasons).select(pl.concat_str(pl.all(), separator="; ", ignore_nulls=True).alias("reasons"))
            if reasons
            else pl.DataFrame({"reasons": pl.Series([""] * len(self.ids), dtype=pl.String)})
        )
        columns.append(text["reasons"])
        columns += [each.is_flagged.alias(each.check) for each in self.found]
        columns += [column.alias(name) for each in self.found for name, column in each.figures.items()]
        return pl.DataFrame(columns)

    def summarise(self) -> pl.DataFrame:
        """One row a check: what was looked for, how many are flagged, their share, and how many by this check alone."""
        total = max(1, len(self.ids))
        alone = self.n_flags == 1
        rows = [
            {
                "check": each.check,
                "flagged": each.count,
                "percent": 100 * each.count / total,
                "by_this_alone": int((each.is_flagged & alone).sum()),
                "looked_for": each.about,
            }
            for each in self.found
        ]
        schema = {"check": pl.String, "flagged": pl.Int64, "percent": pl.Float64, "by_this_alone": pl.Int64}
        return pl.DataFrame(rows, schema=schema | {"looked_for": pl.String})

    def keep(self, drop_from: int) -> Answers:
        """The answers without those who are flagged by at least `drop_from` checks."""
        return self.answers.keep(self.n_flags < drop_from)


def clean_answers(answers: Answers, rules: CleaningRules) -> Cleaning:
    """Makes every check that the rules name.

    Raises:
        ProblemsError: where a condition is wrong (Q030 to Q035).

    Example:
        >>> from scslab.study.cleaning.speed import SpeedRule
        >>> from scslab.study.data.variables import Variable
        >>> answers = Answers(pl.DataFrame({"s": [100, 90, 10]}), {"s": Variable("s")})
        >>> cleaning = clean_answers(answers, CleaningRules(speed=SpeedRule("s")))
        >>> cleaning.to_frame()["reasons"].to_list()
        ['', '', 'took 10 s, 11 % of the median of 90 s']
        >>> cleaning.keep(1).frame.height, cleaning.answers.frame.height
        (2, 3)
    """
    frame = answers.without_missing()
    ids = frame[rules.id] if rules.id else pl.Series("id", range(1, frame.height + 1), dtype=pl.Int64)
    problems = Problems("Q")
    found: list[Found] = []
    if rules.speed is not None:
        found.append(find_speeders(frame, rules.speed))
    if rules.grids:
        found.append(find_straight_lines(frame, rules.grids, rules.least_grids))
    if rules.duplicates is not None:
        # Declared missing answers are answers: two people who refuse the same questions are alike in that.
        exact = find_exact(answers.frame, rules.duplicates, ids)
        found.append(exact)
        if rules.duplicates.near:
            found.append(find_near(answers.frame, rules.duplicates, ids, exact.is_flagged))
        if rules.duplicates.device:
            found.append(find_devices(frame, rules.duplicates, ids))
    if rules.inconsistent:
        found.append(find_inconsistent(frame, rules.inconsistent, problems))
    if rules.quality:
        found.append(find_failed_items(frame, rules.quality, rules.least_failed))
    if problems.count_errors():
        raise ProblemsError(problems.in_order())
    return Cleaning(answers, rules, ids, tuple(found), tuple(_warn(found, frame.height, rules)))


def _warn(found: list[Found], n: int, rules: CleaningRules) -> list[Problem]:
    notes: list[Problem] = []
    for each in found:
        if n and each.count > SUSPICIOUS_SHARE * n:
            message = f"`{each.check}` flags {each.count:,} of {n:,} respondents ({100 * each.count / n:.0f} %)"
            hint = "is the rule right? honest respondents may do the same"
            notes.append(Problem("Q504", message, rules.place, hint, Severity.WARNING))
    return notes
