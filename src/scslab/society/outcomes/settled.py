"""The whole settlement behind a simulation: lists, measures and objections over time."""

from __future__ import annotations

from datetime import date

import polars as pl

from scslab.engine.settle import settle
from scslab.engine.settlement import Settlement
from scslab.engine.together.settle import settle_together
from scslab.ledger.columns import SUBJECT_ID
from scslab.society.simulation import Simulated


def get_last_day(run: Simulated) -> date:
    """The last day of a simulation."""
    return date.fromisoformat(run.manifest["last"])


def find_first_day(run: Simulated) -> date:
    """The first day under the scheme in force at the end: that of the run, unless it succeeded another scheme."""
    since, name = run.setting.first, run.setting.scheme.id
    for reform in run.setting.reforms:
        if reform.scheme is not None and reform.scheme.id != name:
            since, name = reform.since, reform.scheme.id
    return since


def needs_settling(run: Simulated) -> bool:
    """Whether outcomes need the whole settlement: of lists or objections, and of what was recorded at all."""
    return bool(run.ledger.height and (run.scheme.lists or run.scheme.objection is not None))


def settle_recorded(run: Simulated, resident: int | None = None) -> Settlement:
    """Settles the recorded ledger once more, by the ordinary `settle`: the same standings, with all other tables.

    Of a scheme that succeeded another it is the ledger since then. An index that reads the score of a scheme settled
    beside it has other scores here, since that one is not settled with it: take its standings from the run.

    Args:
        run: the simulation.
        resident: one resident only; what spreads to them from others is not there then.
    """
    ledger = run.ledger if resident is None else run.ledger.filter(pl.col(SUBJECT_ID) == resident)
    as_of, threads = get_last_day(run), run.setting.threads
    if run.links is not None and resident is None:
        together = settle_together(
            [run.scheme], ledger, as_of=as_of, subjects=run.subjects, links=run.links, threads=threads
        )
        return together.settlements[run.scheme.id]
    return settle(run.scheme, ledger, as_of=as_of, subjects=run.subjects, threads=threads)
