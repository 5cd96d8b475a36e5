"""Ordered logit with 12 covariates and 5 categories, against statsmodels, R's ordinal and MASS.

Each contestant is a program that reads the same numbers, fits 2,000 of the rows to warm up, then fits all, and prints
the seconds of that fit alone: from a table and a formula (scslab, R) or from arrays (statsmodels) to estimates and
standard errors. All run on one core; the claims are about processor time, which other work on the machine disturbs
least. Log-likelihoods are compared before anything is counted.
"""

from __future__ import annotations

import json
import shutil
import statistics
from pathlib import Path

import numpy as np
from bench import HERE, PEERS_ENVIRONMENT, Bench, Claim
from measure import Contestant, Run, take_turns

ROWS = (2_000, 100_000, 1_000_000)
COVARIATES = 12
ONE_CORE = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "POLARS_MAX_THREADS", "MKL_NUM_THREADS"), "1")
BOUNDS = {"statsmodels OrderedModel": 200, "R ordinal::clm": 20, "R MASS::polr": 70}


def make_answers(n: int) -> Path:
    """A file of float64 by columns: y (1 to 5), x1 … x12, w, stratum, cluster."""
    path = HERE / "data" / f"ordered-{n}.f64"
    if path.exists():
        return path
    path.parent.mkdir(exist_ok=True)
    draw = np.random.default_rng(20181)
    x = draw.normal(size=(COVARIATES, n))
    x[6:] = x[6:] > 0.5  # half of the covariates are yes or no
    index = draw.normal(scale=0.3, size=COVARIATES) @ x
    y = 1 + np.digitize(index + draw.logistic(size=n), [-2.5, -0.8, 0.6, 2.2])
    cluster = draw.integers(0, max(40, n // 500), n)
    columns = np.vstack([y, x, draw.uniform(0.4, 2.5, n), cluster % 20, cluster])
    columns.tofile(path)
    return path


def contestants(n: int) -> list[Contestant]:
    """Those that finish in minutes at this size."""
    path, python = str(make_answers(n)), str(PEERS_ENVIRONMENT / "bin" / "python")
    import sys

    found = [Contestant("scslab", lambda _: [sys.executable, str(HERE / "study_fit.py"), path, str(n)], 1.0, ONE_CORE)]
    peers = HERE / "peers"
    if n <= 100_000:
        command = [python, str(peers / "study_statsmodels.py"), path, str(n)]
        found.append(Contestant("statsmodels OrderedModel", lambda _: command, 1.0, ONE_CORE))
    if shutil.which("Rscript"):
        for name, function in (("R ordinal::clm", "clm"), ("R MASS::polr", "polr")):
            if n <= 100_000 or function == "clm":
                line = ["Rscript", str(peers / "study_ordered.R"), path, str(n), function]
                found.append(Contestant(name, lambda _, line=line: line, 1.0, ONE_CORE))
    return found


def measure(bench: Bench) -> None:
    """Fits at three sizes, all design-based standard errors, and the bootstrap."""
    for n in ROWS:
        group = contestants(n)
        rounds = min(bench.rounds, 3 if n <= 100_000 else 1)
        runs = take_turns(group, rounds)
        _check(runs)
        ours = group[0]
        for other in group:
            ratio = None if other is ours else _find_ratio(runs[other.name], runs[ours.name])
            bench.add(other, runs[other.name], ratio, f"ordered logit, {n:,} rows")
            if n == 100_000 and ratio is not None:
                text = f"faster than {other.name} on an ordered logit of 100,000 rows"
                bench.claims.append(Claim(text, ratio, BOUNDS[other.name], True))
        found = [_report(run) for run in runs[ours.name]]
        if n == 1_000_000:
            seconds = statistics.median(each["cpu"] for each in found)
            bench.claims.append(Claim("processor time of an ordered logit of 1 million rows", seconds, 1.0, False, "s"))
        if n > 2_000:
            share = statistics.median(each["errors"] / each["cpu"] for each in found)
            text = f"all sandwich and design-based standard errors at {n:,} rows, against the fit"
            bench.claims.append(Claim(text, share, 3.0, False))
        else:
            seconds = statistics.median(each["bootstrap"] for each in found)
            bench.claims.append(Claim("1,000 bootstrap replicates of a model of 2,209 rows", seconds, 5.0, False, "s"))
    if not shutil.which("Rscript"):
        bench.notes.append("R is not installed: ordinal::clm and MASS::polr were not measured.")


def _find_ratio(theirs: list[Run], ours: list[Run]) -> float:
    """How many times our processor time they take: the median over the rounds."""
    return statistics.median(_report(a)["cpu"] / _report(b)["cpu"] for a, b in zip(theirs, ours, strict=True))


def _report(run: Run) -> dict[str, float]:
    return json.loads(run.output.strip().splitlines()[-1])


def _check(runs: dict[str, list[Run]]) -> None:
    """Stop where the contestants do not find the same maximum (BFGS stops short of it in the sixth digit)."""
    values = {name: _report(mine[-1])["loglik"] for name, mine in runs.items()}
    for name, value in values.items():
        if abs(value - values["scslab"]) > 1e-6 * abs(value):
            raise SystemExit(f"{name} finds {value}, scslab {values['scslab']}")
