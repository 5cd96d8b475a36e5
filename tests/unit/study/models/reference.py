"""The public data sets and R's stored results that the tests of the models share (tests/reference/r)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from scslab.study.models.result import ModelResult

R = Path(__file__).parents[3] / "reference" / "r"
STORED: dict[str, dict[str, Any]] = json.loads((R / "models.json").read_text(encoding="utf-8"))
HOUSING: dict[str, Any] = {
    "weights": "Freq",
    "weight_kind": "frequency",
    "levels": {
        "Sat": ["Low", "Medium", "High"],
        "Infl": ["Low", "Medium", "High"],
        "Type": ["Tower", "Apartment", "Atrium", "Terrace"],
        "Cont": ["Low", "High"],
    },
}


def read(name: str) -> pl.DataFrame:
    return pl.read_csv(R / "data" / f"{name}.csv", infer_schema_length=None)


def check(result: ModelResult, name: str, errors: dict[str, str], *, places: list[int] | None = None) -> None:
    """Estimates and log-likelihood within 1e-8 of R's, standard errors within 1e-6 (all relative).

    `errors`: our name of a standard error and R's in the stored file. `places`: our parameters that R has.
    """
    stored = STORED[name]
    mine = slice(None) if places is None else places
    np.testing.assert_allclose(result.parameters[mine], stored["parameters"], rtol=1e-8, atol=1e-9)
    if "loglik" in stored:
        assert abs(result.log_likelihood - stored["loglik"]) < 1e-8 * abs(stored["loglik"])
    for ours, theirs in errors.items():
        found = result.with_standard_errors(ours).standard_errors[mine]
        np.testing.assert_allclose(found, stored["se"][theirs], rtol=1e-6, err_msg=f"{name} {ours}")
