"""Claim: publishing an index with rolling windows monthly is at least 5 times as fast as the best of two Polars ways.

    python benchmarks/index.py [--events N] [--subjects N] [--rounds N]

Events of five years, ten a subject, in order of recording; the index (index.yaml) has six indicators over windows of 12
and 24 months: two shares, a sum, two counts and the days since the latest event of a type. Both sides read the same
Parquet file and write every publication to another, in the same compression (scslab its tier besides the score); what
each consists of is written by scslab alone, in a line of its own. All publications of a hundredth of the subjects are
compared.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from bench import HERE, PEERS_ENVIRONMENT, Bench, Claim, prepare_peers
from make_ledger import DATA, mix
from measure import Contestant, Run, find_ratio, take_turns

SCHEME = HERE / "index.yaml"
SEED = 20190101
FIRST, LAST = date(2019, 1, 1), date(2023, 12, 31)
TYPES = ("pay.on_time", "pay.late", "visit")
SHARES = (0.6, 0.1, 0.3)
BOUND = 5.0
NAME = "scslab, monthly index"


def make(events: int, subjects: int) -> Path:
    """The ledger of this size; without 29 February, so that windows of months are whole months for the peers too."""
    path = DATA / f"index-{events}-{subjects}.parquet"
    if path.exists():
        return path
    random = np.random.Generator(np.random.PCG64(SEED))
    first, days = np.datetime64(FIRST, "D"), (LAST - FIRST).days + 1
    day = first + (np.arange(events, dtype=np.int64) * days // events).astype("timedelta64[D]")
    day = np.where(day == np.datetime64("2020-02-29"), np.datetime64("2020-03-01"), day)
    subject = mix((subjects * random.random(events) ** (4 / 3)).astype(np.int64))
    kind = np.searchsorted(np.cumsum(SHARES)[:-1], random.random(events), side="right").astype(np.uint32)
    amount = np.round(np.exp(4 + 1.2 * (random.random(events) - 0.5)), 2)
    table = pl.DataFrame(
        {
            "event_id": np.arange(events, dtype=np.int64),
            "subject_id": subject,
            "type": pl.Series(kind).cat.to(pl.Enum(TYPES)).cast(pl.String),
            "occurred_on": day,
            "recorded_on": day,
            "amount": pl.Series(amount).set(pl.Series(kind == 2), None),
        }
    )
    DATA.mkdir(exist_ok=True)
    table.write_parquet(path, compression="zstd", row_group_size=1 << 20)
    return path


def publish(ledger: Path, out: Path, *, is_itemised: bool) -> None:
    """What scslab is timed with: read, check, group, publish and write, contributions if they are wanted."""
    # As `scslab.cli.main` does, because this process runs nothing else either.
    os.environ["SCSLAB_IS_COMMAND"] = "1"
    gc.set_threshold(50_000, 20, 20)
    from scslab.engine.index.settle import begin_index
    from scslab.engine.runs import write_entries
    from scslab.scheme.reader import read_scheme

    began = time.perf_counter()
    run = begin_index(read_scheme(SCHEME), ledger, as_of=LAST, is_itemised=is_itemised)
    which = 1 if is_itemised else 0
    rows = write_entries((piece[which] for piece in run.iterate_pieces()), out)
    run.finish(None, None)
    print(json.dumps({"rows": rows, "seconds": time.perf_counter() - began, "parts": run.seconds}))


def compare(paths: dict[str, Path]) -> None:
    """Stop where a publication of a hundredth of the subjects differs."""
    is_chosen = pl.col("subject_id") % 101 == 7
    found = {
        name: pl.scan_parquet(path, glob=False)
        .filter(is_chosen)
        .select("subject_id", "published_on", "score")
        .sort("subject_id", "published_on")
        .collect()
        for name, path in paths.items()
        if "contributions" not in name
    }
    expected = found[NAME]
    for name, table in found.items():
        if not table.equals(expected):
            off = table.join(expected, on=["subject_id", "published_on"], how="full", suffix="_scslab")
            print(off.filter(pl.col("score").ne_missing(pl.col("score_scslab"))).head(20))
            raise SystemExit(f"{name} publishes other scores: {table.height} rows, expected {expected.height}")
    print(f"  {expected.height:,} publications compared", flush=True)


def measure(bench: Bench, subjects: int = 0) -> None:
    """The lines and the claim of this benchmark."""
    events = bench.events
    ledger = make(events, subjects or max(1, events // 10))
    python, peer = str(PEERS_ENVIRONMENT / "bin" / "python"), str(HERE / "peers" / "polars_index.py")
    own = [sys.executable, str(Path(__file__)), "--publish", str(ledger)]
    scslab = Contestant(NAME, lambda out: [*own, str(out)])
    itemised = Contestant(f"{NAME}, with contributions", lambda out: [*own, str(out), "--itemised"])
    peers = [
        Contestant(f"Polars {way}", lambda out, way=way: [python, peer, way, str(ledger), str(out)])
        for way in ("dynamic", "rolling")
    ]
    runs = take_turns([scslab, itemised, *peers], bench.rounds, check=compare)
    seconds = statistics.median(run.wall for run in runs[NAME])
    published = json.loads(runs[NAME][0].output.strip().splitlines()[-1])["rows"]
    note = f"{events / seconds / 1e6:.2f} million events/s, {published / seconds / 1e6:.2f} million publications/s"
    bench.add(scslab, runs[NAME], note=note)
    bench.add(itemised, runs[itemised.name], find_ratio(itemised, scslab, runs))
    ratios = {each.name: find_ratio(each, scslab, runs) for each in peers}
    for each in peers:
        bench.add(each, runs[each.name], ratios[each.name], f"processor time x{find_cpu_ratio(each, scslab, runs):.2f}")
    text = f"faster than the best Polars way to publish an index monthly ({min(ratios, key=ratios.__getitem__)})"
    bench.claims.append(Claim(text, min(ratios.values()), BOUND, True))


def find_cpu_ratio(contestant: Contestant, other: Contestant, runs: dict[str, list[Run]]) -> float:
    """As `find_ratio`, of processor time, which depends less on what else the machine does."""
    pairs = zip(runs[contestant.name], runs[other.name], strict=True)
    return statistics.median(a.cpu / b.cpu for a, b in pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--subjects", type=int, default=0, help="default: a tenth of the events")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--publish", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--itemised", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.publish:
        publish(*options.publish, is_itemised=options.itemised)
        return
    prepare_peers()
    bench = Bench(options.events, options.rounds)
    measure(bench, options.subjects)
    for line in bench.lines:
        seconds = f"{line.seconds:.2f} s, {line.cpu:.2f} s of processor time"
        print(f"{line.name}: {seconds}, {line.peak / 1e9:.2f} GB, x{line.ratio or 1:.2f} {line.note}")
    for claim in bench.claims:
        print(f"{claim.text}: {claim.value:.2f} {claim.unit}, at least {claim.bound:g}: {claim.holds}")


if __name__ == "__main__":
    main()
