"""Running an experiment: every scenario in every replicate, under the same luck, on several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from scslab.ground.version import VERSION
from scslab.society.course.branches import group_roots, simulate_branches
from scslab.society.course.provenance import (
    describe_setting,
    digest_code,
    digest_frame,
    digest_json,
    digest_setting,
    list_versions,
)
from scslab.society.experiment.keep import Kept, read_kept, write_kept
from scslab.society.experiment.model import Experiment, Tables, build_setting
from scslab.society.experiment.paired import compare_pairs
from scslab.society.experiment.results import Effects
from scslab.society.experiment.workers import map_units
from scslab.society.folder import write_tables
from scslab.society.outcomes import measure
from scslab.society.randomness.seeds import seed_of_replicate
from scslab.society.setting import Setting, Tell
from scslab.society.simulation import Simulated

SUMMARY = ("months", "tiers", "groups", "barriers")
"""The tables that are kept of a scenario's first replicate unless all are asked for."""
_DIGESTS = ("state_digest", "ledger_digest", "true_digest", "standings_digest", "entries_digest")


@dataclass(frozen=True, slots=True)
class Unit:
    """What a worker does at a time: the scenarios of a replicate that begin alike.

    Attributes:
        settings: by scenario.
        measures: which are kept; empty: all.
        folder: where finished units are kept; None: nowhere.
        key: what the unit is known by.
        tables: what is written of each scenario beside its measures.
    """

    settings: dict[str, Setting]
    replicate: int
    measures: tuple[str, ...]
    folder: Path | None
    key: str
    tables: Tables


def run_experiment(
    experiment: Experiment,
    *,
    workers: int = 1,
    keep: Path | None = None,
    tell: Tell = lambda step, share: None,
    say: Callable[[str], None] = lambda text: None,
) -> Effects:
    """Live every scenario in every replicate and compare.

    Replicate r has the same residents and the same luck in each scenario; scenarios that differ from a date on share
    what comes before. Neither `workers` nor an interruption shows in the result.

    Args:
        experiment: from `read_experiment`, or built by hand.
        workers: how many processes.
        keep: a folder where finished units are kept, and found when it is run again; tables of the first replicate are
            left there by scenario.
        tell: is told how far it is.
        say: is told what became of an earlier run.

    Raises:
        ProblemsError: unknown parameters or rates, schemes that cannot be settled, a worker that was killed (Y320).
        ValueError: times or a population that make no sense.

    Example:
        >>> from scslab.society.experiment.build import build_experiment
        >>> experiment = build_experiment("rongcheng", ["error-rate-halved"], residents=300, years=1, replicates=3)
        >>> result = run_experiment(experiment)
        >>> effect = result.effects.filter(pl.col("measure") == "false_entries")["difference"].sum()
        >>> effect < 0
        True
    """
    units = plan_units(experiment, keep)
    found: dict[str, Kept] = {}
    for unit in units:
        kept = None if keep is None else read_kept(keep, unit.key)
        if kept is not None:
            found[unit.key] = kept
    if found:
        say(f"An earlier run was interrupted: {len(found)} of {len(units)} parts are there, this run does the rest.")
    missing = [unit for unit in units if unit.key not in found]
    for number, kept in _run_units(missing, len(units), workers, tell):
        found[missing[number].key] = kept
    return summarise(experiment, [found[unit.key] for unit in units])


def plan_units(experiment: Experiment, keep: Path | None) -> list[Unit]:
    """The units of an experiment, by replicate.

    Raises:
        ProblemsError: unknown parameters or rates.
    """
    units: list[Unit] = []
    for replicate in range(experiment.replicates):
        settings = {each.id: build_setting(experiment, each, replicate) for each in experiment.scenarios}
        names = list(settings)
        for members in group_roots(list(settings.values())):
            mine = {names[k]: settings[names[k]] for k in members}
            tables = experiment.tables if replicate == 0 and keep is not None else Tables.NONE
            digests = {name: digest_setting(setting) for name, setting in mine.items()}
            key = digest_json([digests, experiment.measures, tables])[:32]
            units.append(Unit(mine, replicate, experiment.measures, keep, key, tables))
    return units


def _run_units(units: Sequence[Unit], total: int, workers: int, tell: Tell) -> Iterator[tuple[int, Kept]]:
    shares = dict.fromkeys(range(len(units)), 0.0)
    before = total - len(units)

    def hear(number: int, share: float) -> None:
        shares[number] = share
        tell("living", (before + sum(shares.values())) / total)

    # Each process has one core; the result does not depend on threads.
    ready = units if workers == 1 else [_use_one_thread(unit) for unit in units]
    for number, kept in map_units("scslab.society.experiment.run:run_unit", ready, workers=workers, tell=hear):
        hear(number, 1.0)
        yield number, kept


def _use_one_thread(unit: Unit) -> Unit:
    return replace(unit, settings={name: replace(setting, threads=1) for name, setting in unit.settings.items()})


def run_unit(unit: Unit, tell: Tell) -> Kept:
    """Live the scenarios of a unit; where it has a folder, what came of them is kept there."""
    names = list(unit.settings)
    outcomes: dict[str, pl.DataFrame] = {}
    runs: dict[str, dict[str, Any]] = {}
    for number, run in simulate_branches(list(unit.settings.values()), tell=tell):
        name, setting = names[number], unit.settings[names[number]]
        found = measure(run)
        if unit.measures:
            found = found.filter(pl.col("measure").is_in(unit.measures))
        who = pl.lit(name).alias("scenario"), pl.lit(unit.replicate, pl.Int64).alias("replicate")
        outcomes[name] = found.select(*who, "month", "measure", "value")
        runs[name] = {
            "scenario": name, "replicate": unit.replicate,
            "seed": str(seed_of_replicate(setting.seed, setting.replicate)),
            "setting_digest": digest_setting(setting), **{key: run.manifest[key] for key in _DIGESTS},
        }  # fmt: skip
        if unit.folder is not None and unit.tables is not Tables.NONE:
            _write_scenario(run, unit.folder / "scenarios" / name, unit.tables)
    kept = Kept(pl.concat([outcomes[name] for name in names]), [runs[name] for name in names])
    if unit.folder is not None:
        write_kept(unit.folder, unit.key, kept)
    return kept


def _write_scenario(run: Simulated, folder: Path, tables: Tables) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_tables(run, folder, only=None if tables is Tables.FULL else SUMMARY)


def summarise(experiment: Experiment, kept: Sequence[Kept]) -> Effects:
    """The tables of an experiment from those of its units, in one order whoever was done first."""
    order = {each.id: k for k, each in enumerate(experiment.scenarios)}
    at = pl.col("scenario").replace_strict(order, return_dtype=pl.Int64)
    outcomes = pl.concat([each.outcomes for each in kept]).sort(at, "replicate", maintain_order=True)
    runs = pl.DataFrame([run for each in kept for run in each.runs]).sort(at, "replicate")
    effects = compare_pairs(
        outcomes, experiment.against, interval=experiment.interval, confidence=experiment.confidence,
        seed=experiment.base.seed,
    )  # fmt: skip
    manifest = {
        "experiment": experiment.id, "replicates": experiment.replicates, "against": experiment.against,
        "interval": experiment.interval.value, "confidence": experiment.confidence,
        "scenarios": {
            each.id: _describe_scenario(build_setting(experiment, each, 0)) for each in experiment.scenarios
        },
        "draws": len(experiment.draws), "draws_digest": digest_json(experiment.draws) if experiment.draws else None,
        "runs": runs.height, "outcomes_digest": digest_frame(outcomes), "effects_digest": digest_frame(effects),
        "runs_digest": digest_frame(runs), "code_digest": digest_code(), "versions": list_versions(),
        "version": VERSION,
    }  # fmt: skip
    return Effects(experiment, outcomes, effects, runs, manifest)


def _describe_scenario(setting: Setting) -> dict[str, Any]:
    return {**describe_setting(setting), "values": dict(setting.values), "rates": dict(setting.rates)}
