"""One resident's life: what was done, what was seen of it, what was recorded that never happened, and what followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from scslab.engine.settle import settle
from scslab.engine.settlement import Settlement
from scslab.ledger.columns import EVENT_ID, SUBJECT_ID, TYPE
from scslab.scheme.model import OBJECTION_TYPES, Participation, Scheme, ScoreKind, ScoreOf
from scslab.society.month.watch import OUTSIDE
from scslab.society.outcomes.awareness import find_month_of_learning
from scslab.society.outcomes.mobility import name_tier
from scslab.society.outcomes.settled import find_first_day
from scslab.society.population.population import make_population
from scslab.society.population.profile import Profile
from scslab.society.population.traits import NAMES
from scslab.society.simulation import Simulated

KINDS = (
    "learned", "joined", "enrolled", "left", "restart", "lapse", "upheld", "rejected", "repair", "recorded", "wrong",
    "noted", "missed", "filed", "objection", "listed", "unlisted", "measure-on", "measure-off", "tier",
)  # fmt: skip
"""What can happen, in the order within a day."""
READABLE = (4, 25)
"""A life with so many recorded events is shown where a report may choose."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a resident.

    Attributes:
        day: when; of `learned`, `joined`, `enrolled`, `left` and `noted` the first day of the month.
        kind: one of `KINDS`.
        facts: what belongs to it: `type`, `happened_on`, `points`, `score`, `lapses_on`, `list`, `measure`, `before`,
            `after`, `counts`, `rules`, … as the kind has it.
    """

    day: date
    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Life:
    """A life.

    Attributes:
        who: the resident's category in each dimension of the profile.
        traits: in standard deviations.
        steps: in order of time.
    """

    resident: int
    scheme: Scheme
    who: dict[str, str]
    traits: dict[str, float]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class LifeRecords:
    """What is known of one resident, from a run or from its folder.

    Attributes:
        scheme: in force at the end; `since` its first day in the run.
        subjects: the resident as a subject, where the scheme asks for attributes; else None.
        manifest: of the run.
        months: of the run.
        true, recorded, causes, moves: the resident's own rows, as in `Simulated`.
    """

    scheme: Scheme
    profile: Profile
    manifest: Mapping[str, Any]
    months: pl.DataFrame
    true: pl.DataFrame
    recorded: pl.DataFrame
    causes: pl.DataFrame
    moves: pl.DataFrame
    since: date
    subjects: pl.DataFrame | None = None


def find_records(run: Simulated, resident: int) -> LifeRecords:
    """What a run knows of one resident.

    Raises:
        ValueError: there is no such resident.
    """
    if not 0 <= resident < run.setting.residents:
        raise ValueError(f"resident {resident} is not one of 0 to {run.setting.residents - 1}")
    own = pl.col(SUBJECT_ID) == resident
    recorded = run.recorded.filter(own)
    return LifeRecords(
        run.scheme, run.setting.profile, run.manifest, run.months, run.true.filter(own), recorded,
        run.causes.join(recorded.select(EVENT_ID), on=EVENT_ID, how="semi"),
        run.moves.filter(pl.col("resident") == resident), find_first_day(run),
        None if run.subjects is None else run.subjects.filter(own),
    )  # fmt: skip


def choose_resident(run: Simulated) -> int | None:
    """A resident whose life shows much in few lines: most kinds of records, then most moves; None without records."""
    kinds = run.recorded.select(EVENT_ID, SUBJECT_ID).join(run.causes, on=EVENT_ID, how="left")
    lives = kinds.group_by(SUBJECT_ID).agg(pl.col("kind").n_unique().alias("kinds"), pl.len().alias("records"))
    moved = run.moves.group_by(pl.col("resident").cast(pl.Int64).alias(SUBJECT_ID)).agg(pl.len().alias("moves"))
    lives = lives.join(moved, on=SUBJECT_ID, how="left").with_columns(
        pl.col("records").is_between(*READABLE).alias("is_readable")
    )
    order = ["is_readable", "kinds", "moves", "records", SUBJECT_ID]
    best = lives.sort(order, descending=[True, True, True, True, False], nulls_last=True).head(1)
    return int(best[SUBJECT_ID][0]) if best.height else None


def trace_life(records: LifeRecords, resident: int) -> Life:
    """The life of a resident, in order.

    Points, lists and measures are those that `settle` finds for this resident's recorded events.
    """
    manifest = records.manifest
    population = make_population(records.profile, int(manifest["residents"]), int(manifest["seed"]))
    described = population.describe(resident, 1).row(0, named=True)
    ledger = records.recorded.filter(pl.col("recorded_on") >= records.since)
    steps = [*_tell_participation(records, resident), *_tell_missed(records)]
    settled = None
    if ledger.height:
        last = date.fromisoformat(manifest["last"])
        settled = settle(records.scheme, ledger, as_of=last, subjects=records.subjects, threads=1)
        steps += _tell_consequences(settled, has_measures=not _reads_a_score(records.scheme))
    steps += _tell_records(records, settled)
    order = {kind: place for place, kind in enumerate(KINDS)}
    return Life(
        resident, records.scheme, {name: str(described[name]) for name in records.profile.dimensions},
        {name: float(described[name]) for name in NAMES},
        tuple(sorted(steps, key=lambda step: (step.day, order[step.kind]))),
    )  # fmt: skip


def _tell_participation(records: LifeRecords, resident: int) -> Iterator[Step]:
    """Learning, joining, leaving, and moves between tiers."""
    learned = find_month_of_learning(records.profile, records.manifest, records.months, resident)
    if learned is not None:
        yield Step(learned.replace(day=1), "learned")
    is_free = records.scheme.participation is Participation.OPT_IN
    for month, _, before, after in records.moves.iter_rows():
        if before == OUTSIDE:
            yield Step(month.replace(day=1), "joined" if is_free else "enrolled")
        elif after == OUTSIDE:
            yield Step(month.replace(day=1), "left")
        if after >= 0 and month >= records.since:
            named = {"before": name_tier(records.scheme, before), "after": name_tier(records.scheme, after)}
            yield Step(month, "tier", named | {"is_first": before < 0, "is_up": after > before})


def _tell_records(records: LifeRecords, settled: Settlement | None) -> Iterator[Step]:
    """What came to the record, what it cost or brought, and what became of it."""
    kinds = dict(records.causes.select(EVENT_ID, pl.col("kind").cast(pl.String)).iter_rows())
    names = dict(records.recorded.select(EVENT_ID, pl.col(TYPE).cast(pl.String)).iter_rows())
    causes = dict(records.causes.select(EVENT_ID, "cause").iter_rows())
    happened = dict(records.recorded.select(EVENT_ID, "occurred_on").iter_rows())
    told: set[int] = set()
    if settled is not None and settled.entries.height:
        for day, kind, event, *rest in settled.entries.group_by(
            "posted_on", pl.col("kind").cast(pl.String), EVENT_ID, maintain_order=True
        ).agg(
            pl.col("rule").cast(pl.String), pl.col("effective").cast(pl.Float64).sum(),
            pl.col("score_before").cast(pl.Float64).first(), pl.col("score_after").cast(pl.Float64).last(),
            pl.col("lapses_on").max(),
        ).iter_rows():  # fmt: skip
            rules, points, before, after, lapses_on = rest
            about = causes.get(event, event)
            facts = {
                "rules": tuple(rule for rule in rules if rule), "points": points, "score_before": before,
                "score": after, "lapses_on": lapses_on, "type": names.get(about, ""),
                "happened_on": happened.get(about),
            }  # fmt: skip
            told.add(event)
            is_wrong = kinds.get(about) == "false"
            yield Step(
                day, kind if kind != "event" else "wrong" if is_wrong else "recorded", facts | {"is_wrong": is_wrong}
            )
    is_index = records.scheme.score.kind is ScoreKind.INDEX
    quiet: dict[date, dict[str, int]] = {}
    for event, name, occurred, recorded in records.recorded.select(
        EVENT_ID, pl.col(TYPE).cast(pl.String), "occurred_on", "recorded_on"
    ).iter_rows():
        if event in told:
            continue
        if name in OBJECTION_TYPES:
            about = causes.get(event, event)
            facts = {"type": names.get(about, ""), "happened_on": happened.get(about), "points": 0.0}
            yield Step(recorded, kinds.get(event, "filed"), facts | {"is_wrong": kinds.get(about) == "false"})
        elif kinds.get(event) == "false":
            yield Step(recorded, "wrong", {"type": name, "happened_on": occurred})
        elif is_index:
            counts = quiet.setdefault(recorded.replace(day=1), {})
            counts[name] = counts.get(name, 0) + 1
        else:
            yield Step(recorded, "recorded", {"type": name, "happened_on": occurred})
    for month, counts in quiet.items():
        yield Step(month, "noted", {"counts": counts})


def _tell_missed(records: LifeRecords) -> Iterator[Step]:
    """What was done while taking part and never came to the record."""
    inside = _list_intervals(records)
    seen = set(records.recorded[EVENT_ID].to_list())
    for event, name, day in records.true.select(EVENT_ID, pl.col(TYPE).cast(pl.String), "occurred_on").iter_rows():
        if event not in seen and any(since <= day < until for since, until in inside):
            yield Step(day, "missed", {"type": name})


def _list_intervals(records: LifeRecords) -> list[tuple[date, date]]:
    """When the resident took part: first days, and the first days after."""
    found: list[tuple[date, date]] = []
    for month, _, before, after in records.moves.iter_rows():
        first = month.replace(day=1)
        if before == OUTSIDE:
            found.append((first, date.max))
        elif after == OUTSIDE:
            found[-1] = (found[-1][0], first)
    return found


def _reads_a_score(scheme: Scheme) -> bool:
    """Whether the score depends on that of another scheme, which is not settled here."""
    return any(isinstance(each.value, ScoreOf) for dimension in scheme.dimensions for each in dimension.indicators)


def _tell_consequences(settled: Settlement, *, has_measures: bool) -> Iterator[Step]:
    """Lists, and measures where they can be told."""
    if settled.memberships.height:
        for row in settled.memberships.iter_rows(named=True):
            facts = {"list": str(row["list"]), "list_kind": str(row["kind"])}
            yield Step(row["opened_on"], "listed", facts)
            if row["closed_on"] is not None:
                yield Step(row["closed_on"], "unlisted", facts)
    # Settling knows a subject from its first record on. What it brings then without points gained was there before.
    had_before: tuple[Any, str] = (None, "reward")
    if settled.entries.height:
        first = settled.entries["posted_on"].min()
        gained = float(settled.entries.filter(pl.col("posted_on") == first)["effective"].cast(pl.Float64).sum())
        had_before = (first if gained <= 0 else None, "reward")
    if settled.measures.height and has_measures:
        for row in settled.measures.iter_rows(named=True):
            facts = {"measure": str(row["measure"]), "measure_kind": str(row["kind"])}
            if row["starts_on"] is not None and (row["starts_on"], facts["measure_kind"]) != had_before:
                yield Step(row["starts_on"], "measure-on", facts)
            if row["ends_on"] is not None:
                yield Step(row["ends_on"], "measure-off", facts)


def tell_life(run: Simulated, resident: int | None = None) -> pl.DataFrame:
    """One resident's life as a table: `day, what, detail`, in order; by default of one that shows much.

    Args:
        run: the simulation.
        resident: which one.

    Raises:
        ValueError: there is no such resident.
    """
    chosen = choose_resident(run) if resident is None else resident
    steps = () if chosen is None else trace_life(find_records(run, chosen), chosen).steps
    rows = [(step.day, step.kind, _put_plainly(step.facts)) for step in steps]
    return pl.DataFrame(rows, orient="row", schema={"day": pl.Date, "what": pl.String, "detail": pl.String})


def _put_plainly(facts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items() if value not in (None, "", ()))
