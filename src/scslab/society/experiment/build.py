"""Experiments from a few words, as the command line gives them: written as a file, and read like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from scslab.ground.problems import NOWHERE, Place, Problem, ProblemsError
from scslab.society.experiment.model import BASELINE, Experiment, Unknowns
from scslab.society.experiment.reader import read_experiment
from scslab.society.setting import Settles


def build_experiment(
    scheme: str,
    interventions: Sequence[str] = (),
    *,
    city: str | None = None,
    residents: int = 2_000,
    years: int = 5,
    replicates: int = 20,
    seed: int = 1,
    first: date | None = None,
    values: Mapping[str, float] | None = None,
    against: str = BASELINE,
    beside: str | None = None,
    settles: Settles = Settles.MONTHLY,
    draws: Path | str | None = None,
    priors: Unknowns = Unknowns.FIXED,
) -> Experiment:
    """An experiment with a scenario for each intervention.

    Args:
        scheme: an id of the catalogue, or a path.
        interventions: ids; `a+b` are two in one scenario, `a@2021-01-01` begins at a date.
        city: a profile; default: that of the scheme's place.
        residents: how many.
        years: for how long.
        replicates: how often each scenario is lived.
        seed: another seed is another luck.
        first: the first day; default: when the scheme began.
        values: parameters by name.
        against: what the scenarios are compared with.
        beside: a commercial scheme that is settled beside.
        settles: how often the engine settles.
        draws: a folder of `scslab calibrate`: each replicate lives by other values as they may be.
        priors: whether it also lives by other values within all other bands.

    Raises:
        ProblemsError: as `read_experiment`, with the name of an argument in place of a file and line.

    Example:
        >>> experiment = build_experiment("qianjiang", ["campaign+easier-registration@2020-01-01"])
        >>> experiment.scenarios[1].id, experiment.scenarios[1].steps[0].since
        ('campaign-easier-registration', datetime.date(2020, 1, 1))
    """
    lines = _list_lines(
        scheme, interventions, city=city, residents=residents, years=years, replicates=replicates, seed=seed,
        first=first, values=values or {}, against=against, beside=beside, settles=settles, draws=draws, priors=priors,
    )  # fmt: skip
    text = "".join(f"{line}\n" for _, line in lines)
    try:
        return read_experiment(text.encode(), folder=Path(), name=_FILE)
    except ProblemsError as error:
        # The file exists in memory only: who called has arguments, and no lines.
        arguments = [argument for argument, _ in lines]
        raise ProblemsError(_name_argument(problem, arguments) for problem in error.problems) from None


_FILE = "the arguments"


def _name_argument(problem: Problem, arguments: Sequence[str]) -> Problem:
    """A problem in the file that was written, placed at the argument from which its line came."""
    line = problem.place.line
    if problem.place.file != _FILE:
        return problem
    return replace(problem, place=Place(arguments[line - 1]) if 0 < line <= len(arguments) else NOWHERE)


def _list_lines(
    scheme: str, interventions: Sequence[str], *, city: str | None, residents: int, years: int, replicates: int,
    seed: int, first: date | None, values: Mapping[str, float], against: str, beside: str | None,
    settles: Settles, draws: Path | str | None, priors: Unknowns,
) -> list[tuple[str, str]]:  # fmt: skip
    """The lines of such an experiment's file, each with the argument that it comes from; "" where it is from none."""
    lines = [("", f"experiment: {_name(scheme)}-interventions" if interventions else f"experiment: {_name(scheme)}")]
    lines.append(("scheme", f"scheme: {_quote(scheme)}"))
    if city:
        lines.append(("city", f"population: {_quote(city)}"))
    if beside:
        lines.append(("beside", f"beside: {_quote(beside)}"))
    lines += [("residents", f"residents: {residents}"), ("years", f"years: {years}")]
    lines += [("replicates", f"replicates: {replicates}"), ("seed", f"seed: {seed}")]
    if first:
        lines.append(("first", f"from: {first}"))
    if settles is not Settles.MONTHLY:
        lines.append(("settles", f"settles: {settles.value}"))
    if draws is not None:
        lines.append(("draws", f"draws: {_quote(str(Path(draws).resolve()))}"))
    if priors is not Unknowns.FIXED:
        lines.append(("priors", f"priors: {priors.value}"))
    if values:
        lines.append(("values", "values:"))
        lines += [("values", f"  {_quote(name)}: {_write_number(value)}") for name, value in values.items()]
    if interventions:
        lines.append(("interventions", "scenarios:"))
    taken: set[str] = set()
    for item in dict.fromkeys(interventions):
        names, _, since = item.partition("@")
        parts = [each.strip() for each in names.split("+")]
        name = "-".join(_slug(each) for each in parts)
        # The same may be done from several days on, a scenario each.
        name = f"{name}-{_slug(since)}" if name in taken and since else name
        taken.add(name)
        lines.append(("interventions", f"  - id: {name}"))
        lines.append(("interventions", f"    interventions: [{', '.join(_quote(each) for each in parts)}]"))
        if since:
            lines.append(("interventions", f"    from: {_quote(since)}"))
    if against != BASELINE:
        lines.append(("against", f"against: {_quote(against)}"))
    return lines


def _name(scheme: str) -> str:
    stem = Path(scheme).parent.name if Path(scheme).stem == "scheme" else Path(scheme).stem
    return _slug(stem)


def _slug(text: str) -> str:
    """A text as an id: small letters, digits and hyphens."""
    words = "".join(c if c.isalnum() and c.isascii() else "-" for c in text.lower()).split("-")
    return "-".join(word for word in words if word) or "experiment"


def _quote(text: str) -> str:
    is_plain = text and all(c.isalnum() or c in "-_." for c in text) and text.isascii()
    return text if is_plain else "'" + text.replace("'", "''") + "'"


def _write_number(value: float) -> str:
    return f"{value:.12f}".rstrip("0").rstrip(".")
