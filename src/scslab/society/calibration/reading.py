"""What simulations read of a calibration: fitted values, and draws of what they may be."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from scslab.ground.problems import Place, Problem, ProblemsError, did_you_mean
from scslab.scheme.fields import Form, Key
from scslab.scheme.form_files import open_form
from scslab.scheme.kinds import DATE, IDENT, TEXT, number
from scslab.scheme.problem_list import Problems
from scslab.scheme.shapes import list_of, map_of
from scslab.society.mechanics.parameter import choose_values, find_wrong_value
from scslab.society.mechanics.table import MECHANICS, PARAMETERS

DRAWS_FILE, MANIFEST = "draws.parquet", "calibration.json"


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

    def tell(error: OSError) -> Problem:
        return Problem("Y411", f"the file cannot be opened: {error.strerror}", Place(str(path)))

    form, _ = open_form(ValuesForm, path, problems, tell)
    given = form.take(ValuesForm.values, {})
    for key in ValuesForm.list_keys():
        form.take(key, None)  # what is wrong in the rest of the file is told too
    wrong = [find_wrong_value(PARAMETERS, key.text, float(value), key.place) for key, value in given.items()]
    for problem in wrong:
        if problem is not None:
            problems.add(problem)
    problems.raise_errors()
    return {key.text: float(value) for key, value in given.items()}


def read_draws(folder: Path | str, city: str = "") -> list[dict[str, float]]:
    """The draws of a calibration's folder as values of one city each, so that an experiment carries the bands on.

    Args:
        folder: as `write_calibration` left it.
        city: which of the calibrated cities; may be left out where there is one alone.

    Raises:
        ProblemsError: there are no draws (Y412), or none of this city (Y413); unknown parameters or impossible values
            (Y201, Y202).
    """
    file = Path(folder) / DRAWS_FILE
    try:
        table = pl.read_parquet(file).select("draw", "name", "city", pl.col("value").cast(pl.Float64))
    except (OSError, pl.exceptions.PolarsError) as error:
        what = "no calibration stands here" if not file.is_file() else f"these are no draws: {error}"
        raise ProblemsError([Problem("Y412", what, Place(str(file)), "see `scslab calibrate`")]) from error
    cities = _list_cities(Path(folder)) or sorted(set(table["city"]) - {""})
    if cities and city not in cities and (city or len(cities) > 1):
        raise ProblemsError([Problem("Y413", f"no draws of `{city}`", Place(str(file)), did_you_mean(city, cities))])
    mine = table.filter(pl.col("city").is_in(["", city]) & pl.col("name").is_in(list(PARAMETERS)))
    wide = mine.pivot("name", index="draw", values="value").sort("draw").drop("draw")
    draws = list(wide.iter_rows(named=True))
    if not draws:
        raise ProblemsError([Problem("Y412", "there are no draws in it", Place(str(file)), "see `scslab calibrate`")])
    for draw in draws:
        choose_values(MECHANICS, draw)
    return draws


def _list_cities(folder: Path) -> list[str]:
    """The cities that were calibrated, as the manifest says; none where there is no manifest."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    cities = manifest.get("cities") if isinstance(manifest, dict) else None
    return [str(city) for city in cities] if isinstance(cities, list) else []
