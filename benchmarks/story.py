"""Claim: objections to 1 % of all events take at most 1.5 times as long as the same rows under a scheme without them.

    python benchmarks/story.py [--events N] [--rounds N]

The ledger of the benchmarks, with an objection to each hundredth event ten days after it was recorded and an outcome
of every second one twenty days later, in order of recording. The peer is scslab itself: there the same rows are events
that no rule listens to, and the scheme has no `objection`. Both write all entries. Whoever has no entry of an objection
must stand as under the scheme without.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import date
from pathlib import Path

import polars as pl
from bench import HERE, Bench, Claim
from make_ledger import DATA
from measure import Contestant, find_ratio, take_turns

BOUND = 1.5
EVERY, FILED_AFTER, DECIDED_AFTER = 100, 10, 30
LAW = "\nobjection: {suspends: true, within: 60 days, decide_within: 60 days, undecided: upheld}\n"
NAMES = {
    "objection.filed": "letter.filed",
    "objection.upheld": "letter.upheld",
    "objection.rejected": "letter.rejected",
}
WITH, WITHOUT = "scslab, 1 % objected to", "scslab, no objections"


def make(ledger: Path, *, has_law: bool) -> Path:
    """The ledger with objections, or with letters that no rule listens to."""
    path = DATA / f"{ledger.stem}-{'objections' if has_law else 'letters'}.parquet"
    if path.exists():
        return path
    rows = pl.read_parquet(ledger).with_columns(pl.lit(None, pl.Int64).alias("about"))
    named = rows.filter(pl.col("event_id") % EVERY == 0)
    kind = {name: name if has_law else letter for name, letter in NAMES.items()}

    def write(of: pl.DataFrame, days: int, type_: pl.Expr) -> pl.DataFrame:
        day = pl.col("recorded_on") + pl.duration(days=days)
        blank = [pl.lit(None).alias(name) for name in ("amount", "severity", "hours")]
        about = pl.col("event_id").alias("about")
        return of.with_columns(about, type_.alias("type"), day.alias("occurred_on"), day.alias("recorded_on"), *blank)

    half = named.filter(pl.col("event_id") % (2 * EVERY) == 0)
    is_upheld = pl.col("event_id") % (4 * EVERY) == 0
    outcome = pl.when(is_upheld).then(pl.lit(kind["objection.upheld"])).otherwise(pl.lit(kind["objection.rejected"]))
    more = [write(named, FILED_AFTER, pl.lit(kind["objection.filed"])), write(half, DECIDED_AFTER, outcome)]
    every = pl.concat([rows, *(part.select(rows.columns).cast(dict(rows.schema)) for part in more)])
    # Ids ascend with the rows, as in the ledger; rows of a day keep the order in which they came about.
    every = every.sort("recorded_on", maintain_order=True).with_row_index("new", offset=1).cast({"new": pl.Int64})
    ids = every.filter(pl.col("about").is_null()).select(
        pl.col("event_id").alias("about"), pl.col("new").alias("target")
    )
    told = every.join(ids, on="about", how="left", maintain_order="left")
    target = pl.col("target").cast(pl.String)
    told.select(
        pl.col("new").alias("event_id"), pl.exclude("event_id", "new", "about", "target"), target
    ).write_parquet(path, compression="zstd", row_group_size=1 << 20)
    return path


def read_text(*, has_law: bool) -> str:
    """The scheme of the benchmarks, with objections or with letters."""
    text = (HERE / "scheme.yaml").read_text(encoding="utf-8")
    letters = "".join(f"\n  {letter}: {{}}" for letter in NAMES.values())
    return text + LAW if has_law else text.replace("\nevents:", f"\nevents:{letters}", 1)


def settle(ledger: Path, out: Path, *, has_law: bool) -> None:
    """What is timed: read, check, settle, write entries and standings."""
    from scslab.engine.runs import write_entries, write_table
    from scslab.engine.settle import begin
    from scslab.scheme.reader import read_scheme

    began = time.perf_counter()
    run = begin(read_scheme(read_text(has_law=has_law).encode()), ledger, as_of=date(2023, 12, 31))
    out.mkdir()
    written = write_entries(run.iterate_entries(), out / "entries.parquet")
    found = run.finish(pl.DataFrame())
    write_table(found.standings, out / "standings.parquet")
    objections = 0 if found.objections is None else found.objections.height
    print(json.dumps({"entries": written, "objections": objections, "seconds": time.perf_counter() - began}))


def check(outputs: dict[str, Path]) -> None:
    """Whoever has no entry of an objection has the same score and entries; there are some who have."""
    found = {name: pl.read_parquet(path / "standings.parquet") for name, path in outputs.items()}
    entries = pl.scan_parquet(outputs[WITH] / "entries.parquet").filter(pl.col("kind").is_in(["objection", "rejected"]))
    touched = entries.select("subject_id").unique().collect()
    if not touched.height:
        raise SystemExit("nobody was heard")
    plain, contested = (found[name].join(touched, on="subject_id", how="anti") for name in (WITHOUT, WITH))
    if not plain.select("subject_id", "score", "entries").equals(contested.select("subject_id", "score", "entries")):
        raise SystemExit("objections changed the standing of somebody who has none")
    print(f"  {plain.height:,} standings without objections compared", flush=True)


def measure(bench: Bench) -> None:
    """The lines and the claim of this benchmark."""
    ledger = bench.ledger(bench.events)

    def contestant(name: str, *, has_law: bool) -> Contestant:
        rows = make(ledger, has_law=has_law)
        own = [sys.executable, str(Path(__file__)), *(["--law"] if has_law else []), "--settle", str(rows)]
        return Contestant(name, lambda out: [*own, str(out)])

    with_law, without = contestant(WITH, has_law=True), contestant(WITHOUT, has_law=False)
    runs = take_turns([without, with_law], bench.rounds, check=check)
    ratio = find_ratio(with_law, without, runs)
    bench.add(without, runs[WITHOUT])
    bench.add(with_law, runs[WITH], ratio)
    bench.claims.append(Claim("objections to 1 % of the events: of the time without", ratio, BOUND, False))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--settle", nargs=2, type=Path, metavar=("LEDGER", "OUT"))
    parser.add_argument("--law", action="store_true")
    given = parser.parse_args()
    if given.settle:
        settle(*given.settle, has_law=given.law)
        return
    bench = Bench(given.events, given.rounds)
    measure(bench)
    for line in bench.lines:
        print(f"{line.name}: {line.seconds:.2f} s, {line.cpu:.2f} s of processors, {line.peak / 1e9:.2f} GB")
    for claim in bench.claims:
        print(f"{claim.text}: {claim.value:.2f} (bound {claim.bound})")


if __name__ == "__main__":
    main()
