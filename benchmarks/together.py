"""Claim: six schemes that read each other settle together in less than 1.5 times the time of each alone, added up.

    python benchmarks/together.py [--events N] [--subjects N] [--rounds N]

The schemes share one vocabulary, so that each alone can settle the same ledger: a court that keeps a list, four cities
whose rules and measures read it and each other's scores, and a national list that collects. Alone each is settled from
the same Parquet file with nothing to read; together the ledger is read once, and everything that they read is joined.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from bench import Bench, Claim, Line
from make_ledger import DATA, mix
from measure import run_once

import scslab as scs

SEED = 20200101
EVENTS = 1_000_000
FIRST, LAST = date(2019, 1, 1), date(2023, 12, 31)
TYPES = {"court.default": 0.02, "court.satisfied": 0.02, "deed.good": 0.56, "traffic.fine": 0.4}
BOUND = 1.5
HEAD = """
scheme: {id}
title: {id}
operator: {{kind: government, name: {id}}}
subjects: {{kind: resident}}
sources: {{law: {{title: The law, confidence: read}}}}
events: {{court.default: {{}}, court.satisfied: {{}}, deed.good: {{hours: number}}, traffic.fine: {{}}}}
"""
LISTS = """
score: {{kind: none}}
lists:
  - {{id: listed, kind: blacklist, source: law, enter: {enter}, leave: [{{on: court.satisfied}}, {{after: 24 months}}]}}
"""
CITY = """
score: {{start: 100, published: monthly}}
tiers: [{{id: D, from: 0}}, {{id: C, from: 90}}, {{id: A, from: 110}}]
rules:
  - {{id: deed, on: deed.good, points: 0.5 * hours, when: "{when}", cap: {{points: 10, per: year}}, source: law}}
  - {{id: fine, on: traffic.fine, points: -2, valid: 24 months, source: law}}
measures:
  - {{id: no-flights, kind: restriction, domain: travel, when: {{list: listed@court, delay: 1 month}}, source: law}}
  - {{id: low, kind: restriction, domain: finance, when: {{tier: [D]}}, source: law}}
"""


def build_schemes() -> list[scs.Scheme]:
    """The six schemes, in the order in which they settle."""
    texts = {"court": LISTS.format(enter="[{on: court.default}]")}
    whens = ("not on_list('listed@court')", "score_of('city-0') >= 95", "tier_of('city-1') <> 'D'", "hours > 1")
    texts |= {f"city-{k}": CITY.format(when=when) for k, when in enumerate(whens)}
    texts["nation"] = LISTS.format(enter="[{list: listed@court, delay: 10 days}]")
    return [scs.read_scheme(HEAD.format(id=name) + text) for name, text in texts.items()]


def make(events: int, subjects: int) -> Path:
    """The ledger of this size, in order of recording."""
    path = DATA / f"together-{events}-{subjects}.parquet"
    if path.exists():
        return path
    random = np.random.Generator(np.random.PCG64(SEED))
    days = (LAST - FIRST).days + 1
    day = np.datetime64(FIRST, "D") + (np.arange(events, dtype=np.int64) * days // events).astype("timedelta64[D]")
    kind = np.searchsorted(np.cumsum(list(TYPES.values()))[:-1], random.random(events), side="right")
    table = pl.DataFrame(
        {
            "event_id": np.arange(events, dtype=np.int64),
            "subject_id": mix((subjects * random.random(events)).astype(np.int64)),
            "type": pl.Series(kind.astype(np.uint32)).cat.to(pl.Enum(list(TYPES))).cast(pl.String),
            "occurred_on": day,
            "recorded_on": day,
            "hours": pl.Series(np.round(4 * random.random(events), 1)).set(pl.Series(kind != 2), None),
        }
    )
    DATA.mkdir(exist_ok=True)
    table.write_parquet(path, compression="zstd", row_group_size=1 << 20)
    return path


def compare(events: int, subjects: int, rounds: int) -> dict[str, float]:
    """Medians in seconds of taking turns: all schemes alone, added up, and together."""
    ledger, schemes = make(events, subjects), build_schemes()
    alone, together = list[float](), list[float]()
    for number in range(rounds + 1):
        clock = time.perf_counter()
        for scheme in schemes:
            scs.settle(scheme, ledger, as_of=LAST)
        middle = time.perf_counter()
        scs.settle_together(schemes, ledger, as_of=LAST)
        end = time.perf_counter()
        if number:  # the first round compiles
            alone.append(middle - clock)
            together.append(end - middle)
    ratio = statistics.median(b / a for a, b in zip(alone, together, strict=True))
    return {"alone": statistics.median(alone), "together": statistics.median(together), "ratio": ratio}


def measure(bench: Bench) -> None:
    """In a process of its own, so that the runner stays small."""
    events = min(EVENTS, bench.events)
    sizes = ["--events", str(events), "--subjects", str(events // 10), "--rounds", str(bench.rounds)]
    run = run_once([sys.executable, __file__, *sizes, "--json"])
    found = json.loads(run.output.strip().splitlines()[-1])
    note = f"{events:,} events"
    bench.lines += [
        Line("six schemes that read each other, together", found["together"], ratio=1.0, note=note),
        Line("the same, each alone, added up", found["alone"], ratio=1 / found["ratio"], note=note),
    ]
    bench.claims.append(Claim("six schemes together: of their time alone, added up", found["ratio"], BOUND, False))


def main() -> None:
    """Print medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--subjects", type=int, default=EVENTS // 10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    found = compare(options.events, options.subjects, options.rounds)
    if options.json:
        print(json.dumps(found))
        return
    ratio = found["ratio"]
    print(f"six schemes, {options.events:,} events of {options.subjects:,} subjects, {options.rounds} rounds")
    print(f"  each alone, added up: {found['alone']:.2f} s")
    print(f"  together:             {found['together']:.2f} s")
    print(f"  ratio:                {ratio:.2f} (bound {BOUND}) {'holds' if ratio < BOUND else 'DOES NOT HOLD'}")


if __name__ == "__main__":
    main()
