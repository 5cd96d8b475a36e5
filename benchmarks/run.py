"""Run the benchmarks and print the ratios: `make bench`, or

    python benchmarks/run.py [--events N] [--rounds N] [--only speed fold …] [--large]

Every contestant is a whole process; contestants take turns (A B C A B C …), after one warm-up each. Medians. The table
goes to the screen and to benchmarks/results/latest.md. Answers are compared before anything is timed. A bound that is
missed is reported, never an error.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import fold
import index
import large
import openfisca
import rules_engine
import speed
import start_up
import story
import study_models
import together
from bench import HERE, PEERS_ENVIRONMENT, Bench, Claim, Line, prepare_peers

MEASURES = {
    "speed": speed.measure,
    "openfisca": openfisca.measure,
    "rules_engine": rules_engine.measure,
    "fold": fold.measure,
    "index": index.measure,
    "story": story.measure,
    "together": together.measure,
    "start_up": start_up.measure,
    "study_models": study_models.measure,
}
"""One file a claim, in the order of the table."""
PACKAGES = ("duckdb", "polars", "numpy", "openfisca-core", "zen-engine", "rule-engine", "statsmodels")


def describe_machine(bench: Bench) -> list[str]:
    """Where and with what the numbers were made."""
    model = platform.processor() or platform.machine()
    if (info := Path("/proc/cpuinfo")).exists():
        model = next((x.split(":")[1].strip() for x in info.read_text().splitlines() if "model name" in x), model)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    import scslab

    ask = "import importlib.metadata as m, sys; print(', '.join(f'{p} {m.version(p)}' for p in sys.argv[1:]))"
    command = [str(PEERS_ENVIRONMENT / "bin" / "python"), "-c", ask, *PACKAGES]
    versions = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    return [
        f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {bench.events:,} events, {bench.events // 10:,} subjects;"
        f" medians of {bench.rounds} rounds in turn, after a warm-up.",
        f"- {model}, {os.cpu_count()} cores, {memory:.0f} GB; {platform.system()} {platform.release()};"
        f" load at the end {os.getloadavg()[0]:.1f}.",
        f"- scslab {scslab.__version__}, Python {platform.python_version()}; {versions}.",
    ]


def format_line(line: Line) -> str:
    cpu = "" if line.cpu is None else f"{line.cpu:.2f}"
    peak = "" if line.peak is None else f"{line.peak / 1e9:.2f}"
    ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
    return f"| {line.name} | {line.seconds:.2f} | {cpu} | {peak} | {ratio} | {line.note} |"


def format_claim(claim: Claim) -> str:
    bound = f"{'at least' if claim.is_at_least else 'at most'} {claim.bound:g} {claim.unit}"
    return f"| {claim.text} | {bound} | {claim.value:.2f} {claim.unit} | {'yes' if claim.holds else '**no**'} |"


def format_report(bench: Bench) -> str:
    parts = [
        "# Benchmarks: the latest run",
        "",
        *describe_machine(bench),
        "",
        "| claim: scslab is / takes … | bound | measured | holds |",
        "|---|---|---|---|",
        *map(format_claim, bench.claims),
        "",
        "| what | wall s | CPU s | peak GB | times scslab | note |",
        "|---|---|---|---|---|---|",
        *map(format_line, bench.lines),
        "",
        *(f"- {note}" for note in bench.notes),
    ]
    return "\n".join(parts).rstrip() + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=20_000_000, help="size of the ledger (default: 20 million)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--large", action="store_true", help="also settle 200 million events once")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "latest.md")
    options = parser.parse_args()
    if options.events < 200_000:
        sys.exit("--events: below 200,000 nothing but start-up time would be measured")
    prepare_peers()
    bench = Bench(options.events, options.rounds)
    for name in options.only:
        print(f"{name}:", flush=True)
        MEASURES[name](bench)
    if options.large:
        print("large:", flush=True)
        large.measure(bench)
    report = format_report(bench)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(report, encoding="utf-8")
    print("\n" + report)


if __name__ == "__main__":
    main()
