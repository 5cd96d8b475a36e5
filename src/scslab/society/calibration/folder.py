"""The folder of a calibration: values that simulations read, tables, and a manifest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from scslab.ground.problems import Place, Problem, ProblemsError, did_you_mean
from scslab.ground.version import VERSION
from scslab.scheme.fields import Form, Key, read_form
from scslab.scheme.kinds import DATE, IDENT, TEXT, number
from scslab.scheme.problem_list import Problems
from scslab.scheme.shapes import list_of, map_of
from scslab.scheme.yaml_tree import read_yaml
from scslab.society.calibration.calibrate import Calibration
from scslab.society.calibration.priors import MEASUREMENT
from scslab.society.calibration.targets import SHIPPED
from scslab.society.mechanics.parameter import choose_values
from scslab.society.mechanics.table import MECHANICS

MARKER = "calibration.json"
"""The file by which a complete calibration is known; it holds the manifest."""
VALUES_FILE = "calibrated.yaml"


class ValuesForm(Form):
    """A file of values."""

    calibrated = Key("calibrated", TEXT, "what was calibrated, or a name")
    values = Key("values", map_of(IDENT, number()), "parameters by name", is_required=True)
    bands = Key("bands", map_of(IDENT, list_of(number(), 2)), "their bands of 90 %")
    measurement = Key("measurement", map_of(IDENT, number()), "parameters of measurement, of no use to a simulation")
    targets = Key("targets", IDENT, "the targets they come from")
    since = Key("since", DATE, "the first day of the course they were fitted to")


def read_values(file: Path | str) -> dict[str, float]:
    """Reads `values: {name: value}` from a file such as `calibrated.yaml`, for `Setting.values`.

    Raises:
        ProblemsError: with every problem of the file: it cannot be opened (Y411), unknown parameters (Y201) or
            impossible values (Y202), with their places; besides those that every YAML file may have.
    """
    path, problems = Path(file), Problems("Y")
    try:
        content = path.read_bytes()
    except OSError as error:
        problems.error("Y411", f"the file cannot be opened: {error.strerror}", Place(str(path)))
        content = b""
    problems.raise_errors()
    root = read_yaml(content, str(path), problems)
    form = None if root is None else read_form(ValuesForm, root, problems)
    given = {} if form is None else form.take(ValuesForm.values, {})
    if form is not None:
        for key in ValuesForm.list_keys():
            form.take(key, None)  # what is wrong in the rest of the file is told too
    known = {p.name: p for mechanic in MECHANICS.values() for p in mechanic.parameters}
    found: dict[str, float] = {}
    for key, value in given.items():
        parameter = known.get(key.text)
        if parameter is None:
            problems.error("Y201", f"unknown parameter `{key.text}`", key.place, did_you_mean(key.text, known))
        elif not parameter.least <= value <= parameter.most:
            text = f"`{key.text}` is {value}, and must lie between {parameter.least:g} and {parameter.most:g}"
            problems.error("Y202", text, key.place, parameter.about)
        else:
            found[key.text] = float(value)
    problems.raise_errors()
    choose_values(MECHANICS, found)
    return found


def read_draws(folder: Path | str, city: str = "") -> list[dict[str, float]]:
    """The draws of a calibration's folder as values of one city each, so that an experiment carries the bands on.

    Args:
        folder: as `write_calibration` left it.
        city: one of the calibrated cities; may be left out where there is one alone.

    Raises:
        ProblemsError: there are no draws (Y412), or none of this city (Y413).
    """
    file = Path(folder) / "draws.parquet"
    if not file.is_file():
        raise ProblemsError(
            [Problem("Y412", "no calibration stands here", Place(str(folder)), "see `scslab calibrate`")]
        )
    table = pl.read_parquet(file)
    cities = sorted(set(table["city"]) - {""})
    if city not in cities and (cities or city):
        helps = "known here: " + ", ".join(f"`{each}`" for each in cities) if cities else "one city alone: leave it out"
        raise ProblemsError([Problem("Y413", f"no draws of `{city}`", Place(str(file)), helps)])
    mine = table.filter(pl.col("city").is_in(["", city]) & ~pl.col("name").is_in(list(MEASUREMENT)))
    wide = mine.pivot("name", index="draw", values="value").sort("draw").drop("draw")
    return list(wide.iter_rows(named=True))


def write_shipped_targets(path: Path) -> None:
    """Writes the shipped targets to a file of the user's own, to be changed there.

    Raises:
        ProblemsError: the file is there already (Y414).
    """
    if path.exists():
        raise ProblemsError([Problem("Y414", "the file is there already", Place(str(path)), "choose another name")])
    path.write_bytes(SHIPPED.read_bytes())


def describe_values(found: Calibration, city: str) -> str:
    """The values of a city as a file that `read_values` reads, with bands and what is known of each."""
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
