"""The sensitivity of a city: Sobol indices over the priors, and one parameter at a time over its band."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.ground.problems import Problem, ProblemsError
from scslab.ground.text import Text
from scslab.ground.version import VERSION
from scslab.society.calibration.city import City, open_city, run_city
from scslab.society.calibration.priors import MEASUREMENT, Prior, choose_priors, quantiles_of
from scslab.society.calibration.targets import Targets
from scslab.society.calibration.targets_reader import read_targets
from scslab.society.mechanics.parameter import choose_values
from scslab.society.mechanics.table import MECHANICS
from scslab.society.sensitivity.sobol import analyse_sobol
from scslab.society.setting import Tell

Floats = NDArray[np.float64]
OUTCOMES = {
    "aware": Text("know of the scheme", "知晓"),
    "taking_part": Text("take part", "参与"),
    "acceptance": Text("would join if asked", "愿意加入"),
    "gap": Text("acceptance less participation", "接受与参与之差"),
}
"""What is looked at, all at the end of the course."""
MARKER = "sensitivity.json"
POINTS = 9
"""Of a sweep, from the lower to the upper end of a band."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What a sensitivity analysis found.

    Attributes:
        indices: `outcome, unknown, first, first_error, total, total_error`; see `sobol.analyse_sobol`.
        sweep: `parameter, share, value` and a column for each outcome: one parameter moves over its band of 90 %
            (`share`: 0.05 to 0.95 of its prior), all others stay in the middle of theirs.
        months: after how many the outcomes are read.
    """

    city: City
    priors: tuple[Prior, ...]
    months: int
    samples: int
    seed: int
    indices: pl.DataFrame
    sweep: pl.DataFrame


def analyse_sensitivity(
    city: str | City, *, targets: Targets | Path | str | None = None, parameters: Sequence[str] = (),
    values: Mapping[str, float] | None = None, months: int = 60, samples: int = 256, seed: int = 1,
    tell: Tell | None = None,
) -> Sensitivity:  # fmt: skip
    """Which parameters decide what becomes of a city, over the whole width of their priors.

    Args:
        city: a place of the targets with a scheme, or a city.
        targets: where the place is described; None: the shipped ones.
        parameters: by name or mechanic; none: all on which adoption depends.
        values: others in place of the shipped ones.
        months: after how many the outcomes are read.
        samples: base samples, a power of 2.
        seed: of the samples.
        tell: hears of the progress.

    Raises:
        ProblemsError: no such place with a scheme (Y408), no such parameter (Y421).
        ValueError: `samples` is no power of 2.

    Example:
        >>> found = analyse_sensitivity("hangzhou", parameters=["awareness.p", "joining.trust"], samples=32, months=24)
        >>> first = found.indices.filter(pl.col("outcome") == "aware").sort("first", descending=True)
        >>> first["unknown"][0]
        'awareness.p'
    """
    place = city if isinstance(city, City) else _find_city(city, targets)
    priors = tuple(p for p in choose_priors(tuple(parameters)) if p.name not in MEASUREMENT)
    base = choose_values(MECHANICS, values)

    def run(quantiles: Floats) -> Floats:
        given = {p.name: float(quantiles_of(p, q)) for p, q in zip(priors, quantiles, strict=True)}
        return read_outcomes(place, base | given, months)

    hear = tell or (lambda step, share: None)
    names = [prior.name for prior in priors]
    indices = analyse_sobol(
        run, names, list(OUTCOMES), samples=samples, seed=seed, tell=lambda share: hear("sampling", share)
    )
    return Sensitivity(place, priors, months, samples, seed, indices, _sweep(place, priors, base, months))


def _find_city(name: str, targets: Targets | Path | str | None) -> City:
    read = targets if isinstance(targets, Targets) else read_targets(targets)
    place = read.places.get(name)
    if place is None or not place.scheme:
        known = [each.id for each in read.places.values() if each.scheme]
        helps = "known here: " + ", ".join(f"`{each}`" for each in known)
        raise ProblemsError([Problem("Y408", f"`{name}` is no place with a scheme among the targets", help=helps)])
    return open_city(place)


def read_outcomes(city: City, values: Mapping[str, float], months: int) -> Floats:
    """The outcomes at the end of so many months, in the order of `OUTCOMES`."""
    course = run_city(city, values, months)
    aware, inside, accepts = (float(each[-1]) for each in (course.aware, course.taking_part, course.acceptance))
    return np.array([aware, inside, accepts, accepts - inside])


def _sweep(city: City, priors: Sequence[Prior], base: Mapping[str, float], months: int) -> pl.DataFrame:
    middle = dict(base) | {prior.name: prior.to_value(0.0) for prior in priors}
    rows: list[dict[str, object]] = []
    for prior in priors:
        for share in (round(0.05 + 0.9 * k / (POINTS - 1), 6) for k in range(POINTS)):
            value = float(quantiles_of(prior, np.array(share)))
            found = read_outcomes(city, middle | {prior.name: value}, months)
            outcome = dict(zip(OUTCOMES, found.tolist(), strict=True))
            rows.append({"parameter": prior.name, "share": share, "value": value, **outcome})
    return pl.DataFrame(rows)


def write_sensitivity(found: Sensitivity, folder: Path) -> None:
    """Writes `sobol` and `sweep` as CSV and Parquet, and the manifest, into an existing folder.

    Raises:
        OSError: a file cannot be written.
    """
    for name, table in (("sobol", found.indices), ("sweep", found.sweep)):
        table.write_csv(folder / f"{name}.csv")
        table.write_parquet(folder / f"{name}.parquet", compression="zstd")
    content = json.dumps(describe_sensitivity(found), indent=2, ensure_ascii=False)
    (folder / MARKER).write_text(content + "\n", encoding="utf-8")


def describe_sensitivity(found: Sensitivity) -> dict[str, object]:
    """The manifest: what a reader needs to repeat it."""
    scheme = found.city.scheme
    return {
        "city": found.city.id, "scheme": scheme.id if scheme else None,
        "scheme_digest": scheme.digest if scheme else None,
        "months": found.months, "samples": found.samples, "seed": found.seed,
        "parameters": [prior.name for prior in found.priors], "version": VERSION,
    }  # fmt: skip
