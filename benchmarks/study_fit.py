"""scslab's part of `study_models`: fit (five times, the median), standard errors, bootstrap. Prints seconds as JSON."""

import json
import statistics
import sys
import time

import numpy as np
import polars as pl

from scslab import study

path, n = sys.argv[1], int(sys.argv[2])
columns = np.fromfile(path).reshape(-1, n)
names = ["y", *(f"x{i}" for i in range(1, 13)), "w", "stratum", "cluster"]
data = pl.DataFrame({name: column.copy() for name, column in zip(names, columns, strict=True)})
data = data.with_columns(pl.col("y", "stratum", "cluster").cast(pl.Int32))
formula = "y ~ " + " + ".join(names[1:13])

ERRORS = ("observed", "hc0", "robust", "cluster", "linearised")


def make_design(frame: pl.DataFrame) -> study.Design:
    return study.declare_design(frame, weights="w", strata="stratum", clusters="cluster", nest=True, lonely="adjust")


def find_errors(result: study.ModelResult) -> None:
    for name in ERRORS:
        result.with_standard_errors(name)


some = data[:2000]
study.ordered_logit(formula, some)
find_errors(study.ordered_logit(formula, some, design=make_design(some)))
spent = []
for _ in range(5 if n < 1_000_000 else 1):  # a fit of hundredths of a second once is a measurement of chance
    began, worked = time.perf_counter(), time.process_time()
    result = study.ordered_logit(formula, data)
    spent.append((time.process_time() - worked, time.perf_counter() - began))
cpu, seconds = (statistics.median(each) for each in zip(*spent, strict=True))
weighted = study.ordered_logit(formula, data, design=make_design(data), se="observed")
worked = time.process_time()
find_errors(weighted)
errors = time.process_time() - worked
found = {"seconds": seconds, "cpu": cpu, "loglik": result.log_likelihood, "errors": errors}
if n == 2_000:
    people = pl.concat([data, data[:209]])
    fit = study.ordered_logit(formula, people)
    began = time.perf_counter()
    study.bootstrap_model(fit, 1000, seed=1)
    found["bootstrap"] = time.perf_counter() - began
print(json.dumps(found))
