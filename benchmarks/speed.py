"""Claims: time against DuckDB and Polars, memory, and the price of the full statement; from Parquet to Parquet."""

from __future__ import annotations

import statistics
from dataclasses import replace
from pathlib import Path

import polars as pl
from bench import Bench, Claim, settle_with_peer, settle_with_scslab
from measure import find_ratio, take_turns

EXACT = {"DuckDB, exact": "duckdb_exact.py", "Polars + NumPy, exact": "polars_levels.py"}
NEARLY = {"Polars, bounded by halving": "polars_halving.py"}
FLOOR = {"Polars, reading and writing and nothing else": "polars_floor.py"}
UNBOUNDED = {"DuckDB, no bounds": "duckdb_totals.py", "Polars, no bounds": "polars_totals.py"}


def read_standings(path: Path) -> pl.DataFrame:
    """Subject, score and tier, by subject."""
    file = path / "standings.parquet" if path.is_dir() else path
    frame = pl.read_parquet(file, columns=["subject_id", "score", "tier"])
    return frame.cast({"score": pl.Int64, "tier": pl.String}).sort("subject_id")


def measure_size(ledger: Path) -> float:
    """The events' size in memory, in bytes: all columns as Arrow holds them, extrapolated from the first million."""
    rows = pl.scan_parquet(ledger).select(pl.len()).collect().item()
    head = pl.read_parquet(ledger, n_rows=1_000_000)
    # With offsets of 8 bytes for text, not the 16 bytes and more of views, which would flatter us.
    fixed = {pl.Int64: 8, pl.Float64: 8, pl.Date: 4}
    size = sum(
        head[name].str.len_bytes().mean() + 8 if dtype == pl.String else fixed[dtype.base_type()]
        for name, dtype in head.schema.items()
    )
    return rows * size


def measure(bench: Bench) -> None:
    ledger = bench.ledger(bench.events)
    ours, itemised = settle_with_scslab(ledger), settle_with_scslab(ledger, is_itemised=True)
    # As after a normal installation, whose byte code is there; the peers' is.
    ours, itemised = (replace(each, environment={"PYTHONDONTWRITEBYTECODE": ""}) for each in (ours, itemised))
    files = EXACT | NEARLY | UNBOUNDED | FLOOR
    peers = {name: settle_with_peer(name, file, ledger) for name, file in files.items()}

    def check(outputs: dict[str, Path]) -> None:
        truth = read_standings(outputs[ours.name])
        for name in (itemised.name, *EXACT):
            if not read_standings(outputs[name]).equals(truth):
                raise SystemExit(f"{name} does not agree with scslab")
        for name in (*NEARLY, *UNBOUNDED):
            wrong = (read_standings(outputs[name])["score"] != truth["score"]).mean()
            bench.notes.append(f"{name}: {wrong:.1%} of the scores differ from the exact ones.")
        bench.notes.append(f"{', '.join(EXACT)}: all {len(truth):,} scores and tiers equal scslab's.")

    runs = take_turns([ours, itemised, *peers.values()], bench.rounds, check=check)
    ratios = {name: find_ratio(peer, ours, runs) for name, peer in peers.items()}
    price = find_ratio(itemised, ours, runs)
    size = measure_size(ledger)
    bench.add(ours, runs[ours.name], 1.0, f"the events take {size / 1e9:.2f} GB in memory")
    bench.add(itemised, runs[itemised.name], price, "entries, events without entry, measures")
    for name, peer in peers.items():
        bench.add(
            peer, runs[name], ratios[name], "leaves something out, see README" if name in NEARLY | UNBOUNDED else ""
        )
    [floor] = (statistics.median(run.wall for run in runs[name]) for name in FLOOR)
    best = min(statistics.median(run.wall for run in runs[name]) for name in EXACT | NEARLY)
    free = min(statistics.median(run.wall for run in runs[name]) for name in UNBOUNDED)
    bench.notes.append(
        f"Reading the columns and writing as many standings takes {floor:.2f} s; a sixth of the best bounded "
        f"peer would be {best / 6:.2f} s, a third of the best without bounds {free / 3:.2f} s."
    )
    peak = max(run.peak for name in (ours.name, itemised.name) for run in runs[name])
    bench.claims += [
        Claim("as fast as the best bounded DuckDB or Polars", min(ratios[n] for n in EXACT | NEARLY), 6, True),
        Claim("as fast as the best DuckDB or Polars without bounds", min(ratios[n] for n in UNBOUNDED), 3, True),
        Claim("the time of the standings, with all entries written", price, 2, False),
        Claim("the events' size in memory, at the peak", peak / size, 2.5, False),
    ]
