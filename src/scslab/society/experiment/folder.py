"""The run folder of an experiment."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl

from scslab.society.experiment.model import Experiment
from scslab.society.experiment.results import Effects
from scslab.society.experiment.unknowns import rank_unknowns
from scslab.society.folder import EXPERIMENT_MARKER, write_manifest

FILE = "experiment.yaml"
"""The experiment as it was given."""


def write_effects(result: Effects, folder: Path, *, kept: Path | None = None) -> None:
    """Write what came of an experiment into an existing folder.

    `outcomes.parquet`, `effects.parquet`, `runs.parquet`, `experiment.yaml` as it was given, `experiment.json` (the
    manifest), and for each scenario `scenarios/ID` with tables of its first replicate. Where replicates draw values,
    `draws.parquet` holds them (`replicate, name, value`), and `unknowns.parquet` how outcomes go with them.

    Args:
        result: from `run_experiment`.
        folder: where.
        kept: the folder of `run_experiment`, with the tables by scenario; None: there are none.

    Raises:
        OSError: a file cannot be written.
    """
    for name, table in (("outcomes", result.outcomes), ("effects", result.effects), ("runs", result.runs)):
        table.write_parquet(folder / f"{name}.parquet", compression="zstd")
    if result.experiment.draws:
        list_drawn(result.experiment).write_parquet(folder / "draws.parquet", compression="zstd")
        found = rank_unknowns(result.experiment, result.outcomes)
        found.write_parquet(folder / "unknowns.parquet", compression="zstd")
    (folder / FILE).write_text(result.experiment.text, encoding="utf-8")
    for scenario in result.experiment.scenarios:
        source = None if kept is None else kept / "scenarios" / scenario.id
        if source is not None and source.is_dir():
            shutil.copytree(source, folder / "scenarios" / scenario.id)
    write_manifest(result.manifest, folder / EXPERIMENT_MARKER)


def list_drawn(experiment: Experiment) -> pl.DataFrame:
    """`replicate, name, value`: the values of a calibration by which each replicate lived."""
    draws = experiment.draws
    rows = [
        (replicate, name, value)
        for replicate in range(experiment.replicates)
        for name, value in draws[replicate % len(draws)].items()
    ]
    return pl.DataFrame(rows, schema={"replicate": pl.Int64, "name": pl.String, "value": pl.Float64}, orient="row")
