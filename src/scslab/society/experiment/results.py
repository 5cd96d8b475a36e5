"""What came of an experiment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from scslab.society.experiment.model import Experiment


@dataclass(frozen=True, slots=True)
class Effects:
    """What came of an experiment.

    Attributes:
        outcomes: `scenario, replicate, month, measure, value`: every measure of every run.
        effects: as `paired.compare_pairs`: what each scenario changes.
        runs: one row a run: `scenario, replicate, seed`, and digests of its setting, state, ledger and standings.
        manifest: what a reader needs to repeat it.
    """

    experiment: Experiment
    outcomes: pl.DataFrame
    effects: pl.DataFrame
    runs: pl.DataFrame
    manifest: dict[str, Any]
