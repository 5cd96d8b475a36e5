"""A society larger than memory: simulated part by part, with the same result as in one piece.

First the path of all residents is found (`path.py`), then each part lives along it: without a settlement, or with the
engine, each month settled as in `simulate`. Nothing of a part is kept but sums, and its tables where a folder is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from scslab.ground.problems import Problem, ProblemsError
from scslab.ground.version import VERSION
from scslab.ledger.columns import EVENT_ID, SUBJECT_ID
from scslab.society.course.course import Course, open_course
from scslab.society.course.path import (
    N_EVENTS,
    N_FALSE,
    N_OBSERVED,
    SUMS_WIDTH,
    Calendar,
    Sums,
    cut_parts,
    find_path,
    find_shares,
    make_calendar,
    sweep,
)
from scslab.society.course.provenance import describe_setting
from scslab.society.course.readiness import check_can_be_lived
from scslab.society.month.kernel_month import N_AWARE, N_IN, N_JOINED, N_LEFT, SUM_ACCEPTANCE
from scslab.society.population.population import Population, make_population
from scslab.society.randomness.seeds import seed_of_replicate
from scslab.society.setting import Setting, Tell
from scslab.society.simulation import finish, live_on

PART = 1 << 20
"""Residents of a part: with a settlement about a gigabyte for each year of a busy scheme."""
IDS_OF_A_PART = 1 << 32
"""Event ids of part k begin at k times this, plus 1."""


@dataclass(frozen=True, slots=True)
class PartsRun:
    """What came of it.

    Attributes:
        months: one row a month, as in `Simulated`, without scores. Without a settlement `recorded` counts what was
            observed of the month's events, whenever it comes to the ledger.
        tiers: `month, tier, residents`, as in `Simulated`; without rows where nothing was settled.
        rounds: how often all parts lived until the path was found.
        manifest: what a reader needs to repeat it.
    """

    months: pl.DataFrame
    tiers: pl.DataFrame
    rounds: int
    manifest: dict[str, Any]


def simulate_parts(
    setting: Setting, *, part: int = PART, settles: bool = False, folder: Path | None = None,
    tell: Tell = lambda step, share: None,
) -> PartsRun:  # fmt: skip
    """Let residents live under a scheme, part by part; memory holds `setting.threads` parts at a time.

    Neither `part` nor `threads` shows in the result; with `settles` its months and tiers are those of `simulate`.
    Without, residents learn, join, leave, act and are observed, but no entry is posted: nobody has a tier, and losses
    do not deter. Where people can leave after a loss, the settlement acts on who takes part: then all parts may have to
    be settled more than once.

    Args:
        setting: what is simulated.
        part: residents of a part; rounded up to a multiple of 1,024.
        settles: whether the engine settles every month of every part.
        folder: where the tables of each settled part are written, a folder each; it is made if it is not there.
        tell: is told how far it is.

    Raises:
        ProblemsError: as `simulate`; or something spreads along links under the scheme, which parts would cut, or there
            is a scheme beside it (Y611).
        ValueError: as `simulate`; or tables are asked for without a settlement.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> from scslab.society.population.profile import read_profile
        >>> setting = Setting(find_scheme("rongcheng"), read_profile("rongcheng"), residents=3000, years=1)
        >>> run = simulate_parts(setting, part=1024)
        >>> run.months.height, run.months["taking_part"].to_list()[-1], run.manifest["parts"]
        (12, 3000, 3)
    """
    if folder is not None and not settles:
        raise ValueError("tables are written of what is settled: `folder` needs `settles=True`")
    setting.check()
    _check(setting)
    population = make_population(setting.profile, setting.residents, setting.seed)
    calendar, parts = make_calendar(setting, population), cut_parts(setting.residents, part)
    seed = seed_of_replicate(setting.seed, setting.replicate)
    path, rounds = find_path(
        calendar, population, parts, seed, threads=setting.threads, hear=lambda share: tell("finding the path", share)
    )
    tiers = pl.DataFrame(schema={"month": pl.Date, "tier": pl.String, "residents": pl.Int64})
    if settles:
        while True:
            shares = find_shares(path, setting.residents)
            path, tiers = _settle_parts(setting, population, parts, path, folder, tell)
            if calendar.agree(find_shares(path, setting.residents), shares):
                break
            rounds += 1
    else:
        shares = find_shares(path, setting.residents)
        path = sweep(
            calendar, population, parts, seed, shares, threads=setting.threads, hear=lambda x: tell("living", x)
        )
    manifest = {
        **describe_setting(setting), "parts": len(parts), "rounds": rounds, "is_settled": settles,
        "tables_digest": calendar.plans[-1].digest, "version": VERSION,
    }  # fmt: skip
    return PartsRun(_tabulate(calendar, path, setting.residents), tiers, rounds, manifest)


def _check(setting: Setting) -> None:
    problems: list[Problem] = []
    for scheme in (setting.scheme, *(reform.scheme for reform in setting.reforms if reform.scheme is not None)):
        check_can_be_lived(scheme, setting.profile)
        if scheme.spread:
            text = f"under `{scheme.id}` something spreads along links, and parts would cut links"
            problems.append(Problem("Y611", text, scheme.place, help="simulate it in one piece"))
    if setting.beside is not None:
        text = f"`{setting.beside.id}` beside: parts are lived under one scheme"
        problems.append(Problem("Y611", text, help="simulate it in one piece, or without a scheme beside"))
    if problems:
        raise ProblemsError(problems)


def _tabulate(calendar: Calendar, sums: Sums, residents: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "month": [last for _, last in calendar.months],
            "aware": sums[:, N_AWARE], "taking_part": sums[:, N_IN], "joined": sums[:, N_JOINED],
            "left": sums[:, N_LEFT], "acceptance": [int(x) / 65536 / residents for x in sums[:, SUM_ACCEPTANCE]],
            "events": sums[:, N_EVENTS], "recorded": sums[:, N_OBSERVED], "false_entries": sums[:, N_FALSE],
        }
    )  # fmt: skip


def _settle_parts(
    setting: Setting, population: Population, parts: Sequence[tuple[int, int]], path: Sums, folder: Path | None,
    tell: Tell,
) -> tuple[Sums, pl.DataFrame]:  # fmt: skip
    """Each part by itself along the path, settled; the sums over all, and who stands in which tier."""
    total, tiers = np.zeros_like(path), list[pl.DataFrame]()
    for k, (start, n) in enumerate(parts):
        own = replace(setting, residents=n)
        course = open_course(own, population.take_part(start, n))
        course.next_id = k * IDS_OF_A_PART + 1
        for month in range(len(course.months)):
            if month:
                course.aware = int(path[month - 1, N_AWARE]) / setting.residents
                course.taking_part = int(path[month - 1, N_IN]) / setting.residents
            live_on(course, until=month + 1)
            tell("settling", (k + (month + 1) / len(course.months)) / len(parts))
        total += _sum_lines(course, n)
        tiers.append(pl.concat(course.pieces["tiers"]))
        if folder is not None:
            _write(course, start, folder / f"part-{k:05d}")
    by_tier = pl.concat(tiers).group_by("month", "tier", maintain_order=True).agg(pl.col("residents").sum())
    return total, by_tier.sort("month", maintain_order=True)


def _sum_lines(course: Course, n: int) -> Sums:
    names = {
        N_AWARE: "aware", N_IN: "taking_part", N_JOINED: "joined", N_LEFT: "left", N_EVENTS: "events",
        N_OBSERVED: "recorded", N_FALSE: "false_entries",
    }  # fmt: skip
    sums = np.zeros((len(course.lines), SUMS_WIDTH), np.int64)
    for k, line in enumerate(course.lines):
        for column, name in names.items():
            sums[k, column] = line[name]
        sums[k, SUM_ACCEPTANCE] = round(line["acceptance"] * 65536 * n)
    return sums


def _write(course: Course, start: int, folder: Path) -> None:
    """The tables of a part, with the numbers that residents have in the whole."""
    run = finish(course)
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"ledger": run.recorded, "standings": run.standings, "entries": run.entries}
    for name, table in tables.items():
        if SUBJECT_ID in table.columns:
            table.with_columns(pl.col(SUBJECT_ID) + start).write_parquet(folder / f"{name}.parquet", compression="zstd")
    run.causes.sort(EVENT_ID).write_parquet(folder / "causes.parquet", compression="zstd")
