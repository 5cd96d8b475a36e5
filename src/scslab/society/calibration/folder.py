"""The folder of a calibration: values that simulations read, tables, and a manifest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.ground.version import VERSION
from scslab.society.calibration.calibrate import Calibration
from scslab.society.calibration.priors import MEASUREMENT
from scslab.society.calibration.reading import MANIFEST
from scslab.society.calibration.targets import SHIPPED

MARKER = MANIFEST
"""The file by which a complete calibration is known; it holds the manifest."""
VALUES_FILE = "calibrated.yaml"


def write_shipped_targets(path: Path) -> None:
    """Writes the shipped targets to a file of the user's own, to be changed there.

    Raises:
        ProblemsError: the file is there already (Y414).
    """
    if path.exists():
        raise ProblemsError([Problem("Y414", "the file is there already", Place(str(path)), "choose another name")])
    path.write_bytes(SHIPPED.read_bytes())


def describe_values(found: Calibration, city: str) -> str:
    """The values of a city as a file that `reading.read_values` reads, with bands and what is known of each."""
    here = next(each for each in found.model.cities if each.id == city)
    scheme = here.scheme
    rows = {row["name"]: row for row in found.parameters.iter_rows(named=True) if row["city"] in ("", city)}
    mechanics = [name for name in rows if name not in MEASUREMENT]
    lines = [
        f"# Values fitted to the targets `{found.targets.id}` for {city}; bands of 90 % below.",
        "# `identified` and `partly`: the targets say something; `prior`: they say nothing, the band is a judgement.",
        f"# Read by `scslab simulate {scheme.id if scheme else 'SCHEME'} --values FILE`.",
        f"calibrated: {city}",
        f"targets: {found.targets.id}",
        f"since: {here.first}",
        "values:",
    ]  # fmt: skip
    lines += [f"  {name}: {_plain(rows[name]['value'])}  # {_say(rows[name])}" for name in mechanics]
    lines.append("bands:")
    lines += [f"  {name}: [{_plain(rows[name]['low'])}, {_plain(rows[name]['high'])}]" for name in mechanics]
    measured = [name for name in rows if name in MEASUREMENT]
    if measured:
        lines.append("measurement:")
        lines += [f"  {name}: {_plain(rows[name]['value'])}  # {_say(rows[name])}" for name in measured]
    return "\n".join(lines) + "\n"


def _plain(value: float) -> str:
    """A number with six digits that count, never in scientific notation."""
    return (
        f"{value:.12f}".rstrip("0").rstrip(".")
        if abs(value) < 1e-4
        else f"{float(f'{value:.6g}'):.10f}".rstrip("0").rstrip(".")
    )


def _say(row: dict[str, Any]) -> str:
    return f"{row['judgement']}: {100 * row['removed']:.0f} % of the prior variance removed"


def list_tables(found: Calibration) -> dict[str, pl.DataFrame]:
    """The tables of a calibration by file name, without the suffix."""
    tables = {
        "identifiability": found.parameters,
        "information": found.information,
        "targets": found.predictions,
        "tensions": found.tensions,
        "courses": found.courses,
        "draws": found.draws,
    }
    return tables | ({} if found.agents is None else {"agents": found.agents})


def write_calibration(found: Calibration, folder: Path) -> None:
    """Writes values, tables and manifest into an existing folder.

    `calibrated.yaml` holds the values of one city; of several, each has `calibrated-CITY.yaml`.

    Raises:
        OSError: a file cannot be written.
    """
    cities = found.cities
    for city in cities:
        name = VALUES_FILE if len(cities) == 1 else f"calibrated-{city}.yaml"
        (folder / name).write_text(describe_values(found, city), encoding="utf-8")
    for name, table in list_tables(found).items():
        table.write_parquet(folder / f"{name}.parquet", compression="zstd")
        if name in ("identifiability", "targets", "tensions"):
            table.write_csv(folder / f"{name}.csv")
    content = json.dumps(describe_calibration(found), indent=2, ensure_ascii=False)
    (folder / MARKER).write_text(content + "\n", encoding="utf-8")


def describe_calibration(found: Calibration) -> dict[str, Any]:
    """The manifest: what a reader needs to repeat it, and the figures in short."""
    fitted = found.predictions.filter(pl.col("role") == "fit")
    held = found.predictions.filter(pl.col("role") == "held-out")
    model = found.model
    return {
        "cities": list(found.cities), "targets": found.targets.id, "targets_digest": found.targets.digest,
        "parameters": [slot.label for slot in model.slots], "months": model.months,
        "schemes": {city.id: city.scheme.digest for city in model.cities if city.scheme},
        "values": {city: found.find_values(city) for city in found.cities},
        "cost": found.fit.cost, "effective_draws": round(found.effective, 1), "other_modes": found.fit.modes,
        "identified": found.parameters.filter(pl.col("judgement") == "identified")["parameter"].to_list(),
        "partly": found.parameters.filter(pl.col("judgement") == "partly")["parameter"].to_list(),
        "fitted_targets": fitted.height, "fitted_hits": int(fitted["is_hit"].sum()),
        "held_out_targets": held.height, "held_out_hits": int(held["is_hit"].sum()),
        "tensions": [list(row) for row in found.tensions.select("first", "second").iter_rows()],
        "version": VERSION,
    }  # fmt: skip
