"""`scslab sensitivity`: which unknowns decide what becomes of a city."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scslab.cli.analysing import open_analysis, split_names, take_folder, take_unknowns
from scslab.cli.screen import Screen, say_written

if TYPE_CHECKING:
    from scslab.society.sensitivity.analyse import Sensitivity

SHOWN = 6
"""Parameters that are printed for each outcome."""


class PowerOfTwo(click.ParamType[int]):
    """A power of 2."""

    name = "number"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number, 2 to 65,536."""
        text = str(value).replace("_", "").replace(",", "")
        if not text.isdigit() or not 2 <= int(text) <= 65_536 or int(text) & (int(text) - 1):
            self.fail(f"`{value}` is not a power of 2 from 2 to 65,536: 128, 256, 512", param, ctx)
        return int(text)


@click.command(short_help="show which unknowns decide what becomes of a city")
@click.argument("city")
@take_unknowns(
    targets="File that describes the city. Default: shipped ones.",
    parameters="Parameter or mechanic to vary; repeatable, or with commas.",
)
@click.option("--months", type=click.IntRange(1, 1200), default=60, show_default=True, help="When outcomes are read.")
@click.option("--samples", type=PowerOfTwo(), default=256, show_default=True, help="Base samples, a power of 2.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the samples.")
@take_folder(folder="runs/CITY-sensitivity", replaced="analysis", printed="the manifest and the indices")
def command(
    city: str,
    targets: Path | None,
    parameters: tuple[str, ...],
    given: tuple[str, ...],
    months: int,
    samples: int,
    seed: int,
    out: Path | None,
    replace: bool,
    no_report: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    r"""Show how much each unknown decides of what becomes of CITY, over the whole width of the priors (Sobol indices).

    The folder holds sobol.csv (first-order and total indices with intervals of 90 %), sweep.csv (one parameter at
    a time over its band) and report.html. What decides much and remains prior after `scslab calibrate` is worth
    measuring.

    \b
    Example:
      scslab sensitivity hangzhou --months 60 --samples 256
    """
    from scslab.cli.given import read_given
    from scslab.society.sensitivity.analyse import (
        MARKER,
        analyse_sensitivity,
        describe_sensitivity,
        write_sensitivity,
    )

    screen = Screen(is_quiet=quiet, as_json=as_json)
    folder = out or Path("runs") / f"{city}-sensitivity"
    with open_analysis(folder, screen, is_replacing=replace, marker=MARKER) as (partial, tell):
        found = analyse_sensitivity(
            city, targets=targets, parameters=split_names(parameters), values=read_given(given), months=months,
            samples=samples, seed=seed, tell=tell,
        )  # fmt: skip
        tell("writing", 0.0)
        write_sensitivity(found, partial)
        if not no_report:
            tell("reporting", 0.0)
            from scslab.report.sensitivity import write_sensitivity_report

            write_sensitivity_report(found, partial / "report.html")
    content = describe_sensitivity(found) | {"indices": found.indices.to_dicts()}
    screen.tell(_summarise(found, folder, has_report=not no_report), content)


def _summarise(found: Sensitivity, folder: Path, *, has_report: bool) -> str:
    import polars as pl

    lines = [f"{found.city.id} after {found.months} months: share of the variance that each unknown decides"]
    for outcome in found.indices["outcome"].unique(maintain_order=True):
        lines.append(f"  {outcome:<26} first order      total")
        rows = found.indices.filter(pl.col("outcome") == outcome).sort("total", descending=True, nulls_last=True)
        for row in rows.head(SHOWN).iter_rows(named=True):
            if row["total"] is None:
                lines.append("    does not vary")
                break
            first, total = (f"{row[a]:6.1%} ±{row[a + '_error']:5.1%}" for a in ("first", "total"))
            lines.append(f"    {row['unknown']:<22} {first}   {total}")
    return "\n".join([*lines, say_written(folder, has_report=has_report)])
