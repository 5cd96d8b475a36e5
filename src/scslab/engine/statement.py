"""Statements: how a standing came about, why an event did not count, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from scslab.engine.index.statement import (
    Contribution,
    Publication,
    build_contributions,
    build_publications,
    find_range,
)
from scslab.engine.listings import (
    Listing,
    MeasureLine,
    build_listings,
    build_measure_lines,
    list_what_lists_ask,
    look_ahead_at_lists,
)
from scslab.engine.objection.statement import (
    Objected,
    build_objected,
    describe_ways_back,
    find_live,
    title_entry,
)
from scslab.engine.statement_ahead import describe_ahead
from scslab.engine.statement_lines import Line, WhyNot
from scslab.ground.problems import Problem, ProblemsError, did_you_mean
from scslab.scheme.model import Grade, LimitTier, Rule, Scheme, ScoreKind


@dataclass(frozen=True, slots=True)
class Statement:
    """The itemised account of a subject's standing.

    Attributes:
        standing: the subject's row of `Settlement.standings`.
        lines: its entries in order; start + the sum of `effective` is the score.
        why_not: its events that posted nothing.
        measures: ids of the measures in force.
        measure_lines: all measures so far, in order; lists: all memberships so far, in order.
        outlook: what would change the standing, in sentences.
        publications: of an index, what was published and when; contributions: what the last one consists of.
    """

    scheme: Scheme
    subject_id: str
    as_of: date
    standing: dict[str, Any]
    lines: tuple[Line, ...]
    why_not: tuple[WhyNot, ...]
    measures: tuple[str, ...]
    outlook: tuple[str, ...]
    publications: tuple[Publication, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    lists: tuple[Listing, ...] = ()
    measure_lines: tuple[MeasureLine, ...] = ()
    objections: tuple[Objected, ...] = ()

    @property
    def carried_from(self) -> str | None:
        """The scheme that the start was carried over from; None where it is the scheme's own."""
        return self.standing.get("carried_from")

    @property
    def start(self) -> Decimal:
        """The score before the first entry; of an index, the low end of its range; 0 in a scheme that only lists."""
        if self.scheme.score.kind is ScoreKind.NONE:
            return Decimal(0)
        start = self.standing["start"]
        if start is None and self.scheme.range is not None:
            return find_range(self.scheme, self.standing["published_on"] or self.as_of)[0]
        return Decimal(0 if start is None else start)

    @property
    def score(self) -> Decimal:
        """The score on `as_of`; where an index has published nothing yet, its start."""
        return self.start if self.standing["score"] is None else Decimal(self.standing["score"])


def build_statement(
    scheme: Scheme,
    as_of: date,
    subject_id: str | int,
    standings: pl.DataFrame | pl.LazyFrame,
    entries: pl.DataFrame | pl.LazyFrame,
    unposted: pl.DataFrame | pl.LazyFrame,
    measures: pl.DataFrame | pl.LazyFrame,
    publications: pl.DataFrame | pl.LazyFrame | None = None,
    contributions: pl.DataFrame | pl.LazyFrame | None = None,
    memberships: pl.DataFrame | pl.LazyFrame | None = None,
    objections: pl.DataFrame | pl.LazyFrame | None = None,
) -> Statement:
    """The statement of one subject, from the tables of a run; `publications` and `contributions` are those of an index.

    Raises:
        ProblemsError: no subject has this id (R020); the help line names the nearest one.
    """
    rows = _rows_of(standings, subject_id)
    if not rows:
        known = standings.lazy().select(pl.col("subject_id").cast(pl.String)).collect()["subject_id"].head(200_000)
        raise ProblemsError(
            [Problem("R020", f"no subject `{subject_id}` in this run", help=did_you_mean(str(subject_id), known))]
        )
    rules = {rule.id: rule for rule in scheme.rules}
    posted = sorted(_rows_of(entries, subject_id), key=lambda row: row["seq"])
    lines = tuple(_build_line(scheme, row, rules) for row in posted)
    objected = build_objected(scheme, [] if objections is None else _rows_of(objections, subject_id))
    published = build_publications([] if publications is None else _rows_of(publications, subject_id))
    given = [] if contributions is None else _rows_of(contributions, subject_id)
    points = build_contributions(scheme, given, rows[0]["published_on"]) if given else ()
    listed = [] if memberships is None or not scheme.lists else _rows_of(memberships, subject_id)
    applied = build_measure_lines(scheme, _rows_of(measures, subject_id))
    return Statement(
        scheme=scheme,
        subject_id=str(subject_id),
        as_of=as_of,
        standing=rows[0],
        lines=lines,
        why_not=tuple(_explain_unposted(row, scheme) for row in _rows_of(unposted, subject_id)),
        measures=tuple(line.measure for line in applied if line.ends_on is None),
        outlook=(
            *describe_ahead(scheme, as_of, rows[0], lines, points, find_live(posted)),
            *look_ahead_at_lists(scheme, as_of, listed),
            *describe_ways_back(scheme, as_of, posted, objected),
        ),
        publications=published,
        contributions=points,
        lists=build_listings(scheme, listed),
        measure_lines=applied,
        objections=objected,
    )


def _rows_of(table: pl.DataFrame | pl.LazyFrame, subject_id: str | int) -> list[dict[str, Any]]:
    lazy = table.lazy()
    is_text = lazy.collect_schema()["subject_id"] == pl.String
    if not is_text and not str(subject_id).lstrip("-").isdigit():
        return []
    wanted = str(subject_id) if is_text else int(subject_id)
    return lazy.filter(pl.col("subject_id") == wanted).collect().to_dicts()


def _build_line(scheme: Scheme, row: dict[str, Any], rules: dict[str, Rule]) -> Line:
    rule = rules.get(row["rule"] or "")
    title = (rule.title.en or rule.id) if rule else "a new year begins at its start score"
    if row["kind"] == "lapse":
        title = f"lapsed: {title}"
    target = row.get("target")
    return Line(
        seq=row["seq"],
        posted_on=row["posted_on"],
        kind=row["kind"],
        event_id=None if row["event_id"] is None else str(row["event_id"]),
        type=row["type"],
        rule=row["rule"],
        title=title_entry(scheme, row, title),
        lapses_on=row["lapses_on"],
        source=row.get("source"),
        target=None if target is None else str(target),
        repair=row.get("repair"),
        why=tuple(_explain_points(row, rule)),
        **{name: Decimal(row[name]) for name in ("nominal", "granted", "effective", "score_before", "score_after")},
    )


def _explain_points(row: dict[str, Any], rule: Rule | None) -> list[str]:
    """Why the points are what they are, step by step."""
    why: list[str] = []
    if rule and rule.repeat and row["occurrence"] and row["kind"] == "event":
        factor = rule.repeat.times[min(row["occurrence"], len(rule.repeat.times)) - 1]
        why.append(f"number {row['occurrence']} within {rule.repeat.within}: counts × {factor}")
    if row["granted"] != row["nominal"]:
        by = "the rule's own cap" if row["capped_by"] == "rule" else f"the cap `{row['capped_by']}`"
        why.append(f"{by} left {row['granted']} of {row['nominal']}")
    if row["effective"] != row["granted"] and row["kind"] != "restart":
        bound = "floor" if row["effective"] > row["granted"] else "ceiling"
        why.append(f"the {bound} of the score left {row['effective']} of {row['granted']}")
    if rule and row["kind"] == "event":
        if rule.limit_tier:
            why.append(f"holds the tier at {rule.limit_tier.to} {_say_until(rule.limit_tier, row['posted_on'])}")
        if rule.grade:
            why.append(f"sets the tier to {rule.grade.to} {_say_until(rule.grade, row['posted_on'])}")
    return why


def _say_until(hold: LimitTier | Grade, day: date) -> str:
    if hold.is_to_year_end:
        return f"until the end of {day.year}"
    return f"until {hold.period.after(day)}" if hold.period else "for good"


def _explain_unposted(row: dict[str, Any], scheme: Scheme) -> WhyNot:
    reason = str(row["reason"])
    rules = [r for r in scheme.rules if r.matches_type(row["type"])]
    asked = [f"rule `{r.id}` asks for {r.when.text}" for r in rules if r.when]
    asked += list_what_lists_ask(scheme, row["type"])
    if reason in ("no condition held", "undecided") and asked:
        wanted = "; ".join(asked)
        reason = f"{reason}: {wanted}" if reason == "no condition held" else f"a value is missing: {wanted}"
    return WhyNot(str(row["event_id"]), row["type"], row["posted_on"], reason)
