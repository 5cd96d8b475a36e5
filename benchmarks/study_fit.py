"""scslab's part of `study_models`: fit, standard errors, bootstrap. Prints seconds as JSON."""

import json
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
began, worked = time.perf_counter(), time.process_time()
result = study.ordered_logit(formula, data)
seconds, cpu = time.perf_counter() - began, time.process_time() - worked
weighted = study.ordered_logit(formula, data, design=make_design(data), se="observed")
began = time.perf_counter()
find_errors(weighted)
errors = time.perf_counter() - began
found = {"seconds": seconds, "cpu": cpu, "loglik": result.log_likelihood, "errors": errors}
if n == 2_000:
    people = pl.concat([data, data[:209]])
    fit = study.ordered_logit(formula, people)
    began = time.perf_counter()
    study.bootstrap_model(fit, 1000, seed=1)
    found["bootstrap"] = time.perf_counter() - began
print(json.dumps(found))
