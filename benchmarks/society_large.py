"""A society larger than memory, part by part: time, peak memory, and what a nation would need.

    python benchmarks/society_large.py [--residents 100000000] [--years 1] [--scheme rongcheng] [--settle] [--threads 2]

Runs the same society at several sizes, each in a process of its own, up to the size asked for. The slope over the sizes
(least squares, seconds by residents) and the highest peak then say what 1.4 thousand million residents would need. The
population is drawn anew in every round and never held; shares are fed back month by month as sums of whole numbers.
Without `--settle` residents learn, join, leave, act and are observed, and no entry is posted.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

NATION = 1_400_000_000


def run_one(arguments: argparse.Namespace) -> None:
    """One run in this process; prints what it took."""
    os.environ.setdefault("POLARS_MAX_THREADS", str(arguments.threads))
    from scslab.scheme.catalogue import find_scheme
    from scslab.society.parts import simulate_parts
    from scslab.society.population.profile import read_profile
    from scslab.society.setting import Setting

    setting = Setting(
        find_scheme(arguments.scheme), read_profile(arguments.city), arguments.residents, arguments.years,
        threads=arguments.threads,
    )  # fmt: skip
    began = time.perf_counter()
    run = simulate_parts(setting, settles=arguments.settle)
    wall = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    last = run.months.row(-1, named=True)
    print(
        json.dumps(
            {
                "residents": arguments.residents, "parts": run.manifest["parts"], "rounds": run.rounds, "seconds": wall,
                "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss * 1024,
                "events": int(run.months["events"].sum()), "aware": last["aware"], "taking_part": last["taking_part"],
            }
        )
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--residents", type=int, default=100_000_000)
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--scheme", default="rongcheng")
    parser.add_argument("--city", default="survey-2018")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--settle", action="store_true")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        run_one(arguments)
        return
    what = "settled by the engine" if arguments.settle else "without a settlement"
    print(f"{arguments.scheme}, {arguments.years} year(s), {arguments.threads} threads, {what}")
    print(f"{'residents':>14}{'parts':>7}{'rounds':>8}{'wall s':>9}{'cpu s':>9}{'peak GB':>9}{'M events':>10}")
    sizes = [n for n in (arguments.residents // 100, arguments.residents // 10, arguments.residents) if n >= 100_000]
    found = []
    for n in sizes:
        command = [sys.executable, str(Path(__file__)), *sys.argv[1:], "--one", "--residents", str(n)]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
        found.append(told)
        print(
            f"{n:>14,}{told['parts']:>7}{told['rounds']:>8}{told['seconds']:>9.1f}{told['cpu']:>9.1f}"
            f"{told['peak'] / 1e9:>9.2f}{told['events'] / 1e6:>10.1f}",
            flush=True,
        )
    if len(found) > 1:
        tell_nation(found, arguments.years)


def tell_nation(found: list[dict[str, float]], years: int) -> None:
    """What 1.4 thousand million residents would need, from the slope over the sizes."""
    n = [told["residents"] for told in found]
    for name in ("seconds", "cpu"):
        y = [told[name] for told in found]
        mean_n, mean_y = sum(n) / len(n), sum(y) / len(y)
        slope = sum((a - mean_n) * (b - mean_y) for a, b in zip(n, y, strict=True)) / sum((a - mean_n) ** 2 for a in n)
        whole = mean_y + slope * (NATION - mean_n)
        print(
            f"{name}: {slope * 1e9:.0f} ns a resident; 1.4 thousand million for {years} year(s): {whole / 60:.0f} min"
        )
    print(f"peak: {max(told['peak'] for told in found) / 1e9:.2f} GB, whatever the number of residents")


if __name__ == "__main__":
    main()
