"""`scslab calibrate`: fit a society to what was observed, and say what the observations can tell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scslab.cli.analysing import open_analysis, split_names, take_folder, take_unknowns
from scslab.cli.screen import Screen, say_written

if TYPE_CHECKING:
    from scslab.society.calibration.calibrate import Calibration


@click.command(short_help="fit a society to what was observed")
@click.argument("cities", metavar="CITY...", nargs=-1, required=True)
@take_unknowns(
    targets="File of targets. Default: the shipped ones.",
    parameters="Free parameter or mechanic; repeatable, or with commas.",
)
@click.option("--verify-agents", type=click.IntRange(0), default=10_000, show_default=True, metavar="N",
              help="Simulate N residents at the fitted values; 0: none.")  # fmt: skip
@click.option("--draws", type=click.IntRange(20, 100_000), default=400, show_default=True, help="Draws behind bands.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of draws and simulations.")
@click.option("--write-targets", type=click.Path(path_type=Path), help="Write the shipped targets to a file, and stop.")
@take_folder(folder="runs/CITY-calibration", replaced="calibration", printed="the manifest")
def command(
    cities: tuple[str, ...],
    targets: Path | None,
    parameters: tuple[str, ...],
    given: tuple[str, ...],
    verify_agents: int,
    draws: int,
    seed: int,
    write_targets: Path | None,
    out: Path | None,
    replace: bool,
    no_report: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    r"""Fit the society of a CITY, or of several together, to targets; tell what they inform and what remains prior.

    CITY is a place of the targets that has a scheme: hangzhou, xiamen, suzhou. Several cities share all parameters but
    awareness.p. The folder holds calibrated.yaml (values with bands, for `scslab simulate --values`),
    identifiability.csv, targets.csv (each target observed and predicted, hit or miss) and report.html.

    \b
    Example:
      scslab calibrate hangzhou --write-targets targets.yaml
      scslab calibrate hangzhou --targets targets.yaml
      scslab calibrate hangzhou xiamen suzhou --out runs/three-cities
    """
    from scslab.cli.given import read_given
    from scslab.society.calibration.calibrate import calibrate
    from scslab.society.calibration.folder import (
        MARKER,
        describe_calibration,
        write_calibration,
        write_shipped_targets,
    )

    if write_targets is not None:
        write_shipped_targets(write_targets)
        click.echo(
            f"Written to {write_targets}: change it, then `scslab calibrate {cities[0]} --targets {write_targets}`"
        )
        return
    screen = Screen(is_quiet=quiet, as_json=as_json)
    folder = out or Path("runs") / f"{'-'.join(cities)}-calibration"
    with open_analysis(folder, screen, is_replacing=replace, marker=MARKER) as (partial, tell):
        found = calibrate(
            cities, targets, parameters=split_names(parameters), values=read_given(given), residents=verify_agents,
            draws=draws, seed=seed, tell=tell,
        )  # fmt: skip
        tell("writing", 0.0)
        write_calibration(found, partial)
        if not no_report:
            tell("reporting", 0.0)
            from scslab.report.calibration import write_calibration_report

            write_calibration_report(found, partial / "report.html")
    screen.tell(_summarise(found, folder, has_report=not no_report), describe_calibration(found))


def _summarise(found: Calibration, folder: Path, *, has_report: bool) -> str:
    lines = [f"{', '.join(found.cities)}: {len(found.model.slots)} parameters, {len(found.fit.used)} targets fitted."]
    lines.append("  parameter                    prior band           now (90 %)           removed")
    for row in found.parameters.sort("removed", descending=True).iter_rows(named=True):
        if row["judgement"] != "prior":
            prior, now = (f"{row[a]:.3g} to {row[b]:.3g}" for a, b in (("prior_low", "prior_high"), ("low", "high")))
            lines.append(f"  {row['parameter']:<28} {prior:<20} {now:<20} {row['removed']:>7.0%}  {row['judgement']}")
    remain = found.parameters.filter(found.parameters["judgement"] == "prior")["parameter"].to_list()
    lines.append(
        f"  remain prior                 {len(remain)}: {', '.join(remain)}" if remain else "  none remains prior"
    )
    lines.append("  target                  observed  predicted   band of 90 %")
    for row in found.predictions.iter_rows(named=True):
        word = "hit" if row["is_hit"] else "MISS"
        role = "" if row["role"] == "fit" else "  held out"
        band = f"{row['low']:>6.1%} to {row['high']:.1%}"
        numbers = f"{row['observed']:>8.1%} {row['predicted']:>9.1%}   {band}"
        lines.append(f"  {row['target']:<22} {numbers}  {word}{role}")
    lines += [f"  {first} and {second} pull against each other" for first, second, _ in found.tensions.iter_rows()]
    for row in found.parameters.iter_rows(named=True):
        if not row["prior_low"] <= row["value"] <= row["prior_high"]:
            lines.append(f"  {row['parameter']} lies outside of its prior band: prior and targets disagree")
    if found.agents is not None:
        gap = (found.agents["agents"] - found.agents["twin"]).abs().max()
        lines.append(f"  agents lie within {gap:.4f} of the twin")
    return "\n".join([*lines, say_written(folder, has_report=has_report)])
