"""A simulation: residents live under a scheme month by month, and the engine settles what is recorded of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from scslab.engine.stepper import set_scores, set_subjects
from scslab.engine.stepper_tables import build_step_standings, collect_step_entries
from scslab.ground.version import VERSION
from scslab.ledger.columns import EVENT_ID
from scslab.scheme.model import Scheme
from scslab.society.course.around import select_subjects
from scslab.society.course.beside import SettledBeside, finish_beside
from scslab.society.course.checkpoint import Checkpoints, load_course, save_course
from scslab.society.course.course import Course, open_course
from scslab.society.course.next_month import live_next_month
from scslab.society.course.provenance import describe_setting, digest_code, digest_frame, list_versions
from scslab.society.month.agents import Agents
from scslab.society.month.plan import Plan
from scslab.society.setting import Reform, Setting, Tell, list_months

__all__ = ["Reform", "Setting", "Simulated", "Tell", "digest_frame", "finish", "list_months", "live_on", "simulate"]


@dataclass(frozen=True, slots=True)
class Simulated:
    """What came of it.

    Attributes:
        months: one row a month: `month` (its last day), residents who are `aware`, `taking_part`, who `joined` and
            `left`; `acceptance` (mean probability to join if asked), `events` (what was done in the month) and
            `recorded` (what came to the record in it); `false_entries` that were made in the month: also those that
            come to the record later, or are still under way on the last day, so that their sum may be more than the
            false entries among `recorded`; `mean_score` and `sd_score` of participants who have a published score.
        tiers: `month, tier, residents`: participants by published tier; `tier` null where there is none.
        moves: who changed tier in a month, as `watch.list_moves` tells it.
        days: `day, tier, residents, came, went` (`settle_month.DAYS`) where the engine settled day by day; else empty.
        true, recorded, causes: see `records.Records`; recorded up to the last day.
        under_way: recorded events that would have come after the last day.
        standings, entries: what the engine settled under the scheme that was in force at the end.
        agents: who they are and where they stand at the end.
        manifest: what a reader needs to repeat it.
        scheme: the scheme in force at the end; `ledger` what it settled: all of `recorded`, or from its first day on
            where it succeeded another.
        earlier: standings and entries under schemes that were succeeded, by scheme.
        subjects: the table of subjects who ever took part, where the scheme asks for attributes; else None.
        links: the table of links along which something spreads; else None.
        beside: what came of the commercial scheme that was settled beside; None: none was.
    """

    setting: Setting
    plan: Plan
    months: pl.DataFrame
    tiers: pl.DataFrame
    moves: pl.DataFrame
    days: pl.DataFrame
    true: pl.DataFrame
    recorded: pl.DataFrame
    causes: pl.DataFrame
    under_way: int
    standings: pl.DataFrame
    entries: pl.DataFrame
    agents: Agents
    manifest: dict[str, Any]
    scheme: Scheme
    ledger: pl.DataFrame
    earlier: dict[str, tuple[pl.DataFrame, pl.DataFrame]] = field(
        default_factory=dict[str, tuple[pl.DataFrame, pl.DataFrame]]
    )
    subjects: pl.DataFrame | None = None
    links: pl.DataFrame | None = None
    beside: SettledBeside | None = None


def simulate(
    setting: Setting, *, tell: Tell = lambda step, share: None, checkpoints: Checkpoints | None = None
) -> Simulated:
    """Let residents live under a scheme.

    Neither `threads` nor `partitions` shows in the result, nor whether the run was interrupted and taken up again.
    What the engine settles month by month is what `settle` makes of the recorded ledger.

    Args:
        setting: what is simulated.
        tell: is told how far it is.
        checkpoints: where the course is saved on the way, and taken up from if something is saved there.

    Raises:
        ProblemsError: unknown parameters or rates, or a scheme that cannot be settled.
        ValueError: fewer than 100 residents, fewer than 1 or more than 100 years, a first day within a month, reforms
            outside of the run.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> from scslab.society.population.profile import read_profile
        >>> run = simulate(Setting(find_scheme("rongcheng"), read_profile("rongcheng"), residents=500, years=1))
        >>> run.months["taking_part"].to_list()[-1]
        500
    """
    course = None if checkpoints is None else load_course(checkpoints, setting)
    course = course or open_course(setting)
    live_on(course, tell=tell, checkpoints=checkpoints)
    return finish(course)


def live_on(
    course: Course,
    *,
    until: int | None = None,
    tell: Tell = lambda step, share: None,
    checkpoints: Checkpoints | None = None,
) -> None:
    """Let a course go on to its end, or until so many months have been lived."""
    last = len(course.months) if until is None else until
    while course.month < last:
        live_next_month(course)
        if checkpoints is not None and course.month % checkpoints.every == 0 and not course.is_over:
            save_course(checkpoints, course)
        tell("living", course.month / len(course.months))


def finish(course: Course) -> Simulated:
    """The tables of a course that is over, and the manifest."""
    months = pl.DataFrame(course.lines, schema_overrides={"mean_score": pl.Float64, "sd_score": pl.Float64})
    tables = {name: pl.concat(pieces, how="diagonal_relaxed") for name, pieces in course.pieces.items()}
    recorded, causes = tables["recorded"], tables["causes"]
    causes = causes.filter(pl.col(EVENT_ID).is_in(recorded[EVENT_ID].implode())).sort(EVENT_ID)
    ledger = pl.concat(course.pieces["recorded"][course.since :], how="diagonal_relaxed") if course.since else recorded
    subjects = select_subjects(course.around, course.agents)
    if subjects is not None:
        set_subjects(course.stepper, subjects)
    beside = None
    if course.beside is not None:
        beside = finish_beside(course.beside, tables["beside"], course.now.scheme)
        if beside.published is not None:
            set_scores(course.stepper, {beside.scheme.id: beside.published})
    standings, entries = build_step_standings(course.stepper), collect_step_entries(course.stepper)
    manifest = {
        **describe_setting(course.setting), "last": course.months[-1][1].isoformat(),
        "values": dict(course.plan.values), "rates": {each.name: each.rate for each in course.plan.conduct},
        "tables_digest": course.plan.digest, "state_digest": course.agents.digest(),
        "ledger_digest": digest_frame(recorded), "true_digest": digest_frame(tables["true"]),
        "standings_digest": digest_frame(standings), "entries_digest": digest_frame(entries),
        "code_digest": digest_code(), "versions": list_versions(), "version": VERSION,
    }  # fmt: skip
    return Simulated(
        course.setting, course.plan, months, tables["tiers"], tables["moves"], tables["days"],
        tables["true"], recorded, causes,
        0 if course.waiting is None else course.waiting.height, standings, entries, course.agents, manifest,
        course.now.scheme, ledger, course.earlier, subjects, course.around.links, beside,
    )  # fmt: skip
