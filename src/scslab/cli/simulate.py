"""`scslab simulate`: let synthetic residents live under a scheme and write a run folder."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scslab.cli.progress import show_progress
from scslab.ground.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from scslab.scheme.model import Scheme
    from scslab.society.simulation import Simulated


class ResidentCount(click.ParamType[int]):
    """A number of residents, with or without underscores or commas."""

    name = "number"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number, 100 or more."""
        text = str(value).replace("_", "").replace(",", "")
        if not text.isdigit() or not 100 <= int(text) <= 4_000_000_000:
            self.fail(f"`{value}` is not a number of residents from 100 to 4 thousand million", param, ctx)
        return int(text)


@click.command(short_help="let synthetic residents live under a scheme")
@click.argument("scheme")
@click.option("--residents", type=ResidentCount(), default=10_000, show_default=True, help="How many: 700_000.")
@click.option("--years", type=click.IntRange(1, 100), default=5, show_default=True, help="For how long.")
@click.option("--city", help="Shipped profile or file of who lives there. Default: the scheme's own, else survey-2018.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First day. Default: when the scheme began.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Another seed is another luck.")
@click.option(
    "--set", "given", multiple=True, metavar="NAME=VALUE", help="A parameter, as awareness.p=0.05. Repeatable."
)
@click.option("--out", type=click.Path(path_type=Path), help="Run folder to write. Default: runs/SCHEME-society.")
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="Threads to use.")
@click.option("--replace", is_flag=True, help="Replace a complete run of the same name.")
@click.option("--no-report", is_flag=True, help="Write no report.html.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the manifest as JSON.")
def command(
    scheme: str,
    residents: int,
    years: int,
    city: str | None,
    first: datetime | None,
    seed: int,
    given: tuple[str, ...],
    out: Path | None,
    threads: int,
    replace: bool,
    no_report: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    r"""Let synthetic residents live under SCHEME: learn of it, join, act, be recorded rightly and wrongly, be scored.

    SCHEME is a shipped scheme or the path of a scheme file. The run folder holds the ledger as recorded and as it truly
    was, the cause of every record, standings, entries, adoption by month, and report.html. The ledger settles with
    `scslab settle` to the same standings.

    \b
    Example:
      scslab simulate rongcheng --residents 700_000 --years 10 --out runs/rongcheng
    """
    from scslab.engine.runs import open_run_folder
    from scslab.scheme.catalogue import find_scheme
    from scslab.society.folder import MARKER, write_tables
    from scslab.society.population.profile import read_profile
    from scslab.society.simulation import Setting, simulate

    found = find_scheme(scheme)
    profile = read_profile(city or _choose_profile(found))
    values = _read_values(given)
    begins = first.date() if first else found.in_force.since or date(2020, 1, 1)
    setting = Setting(
        found, profile, residents, years, seed=seed, first=begins.replace(day=1), values=values, threads=threads
    )
    folder = out or Path("runs") / f"{found.id}-society"

    def warn(text: str) -> None:
        click.echo(text, err=True)

    shown = nullcontext(None) if quiet or as_json else show_progress()
    with open_run_folder(folder, is_replacing=replace, tell=warn, marker=MARKER) as partial, shown as progress:
        tell = progress or (lambda step, share: None)
        run = simulate(setting, tell=tell)
        tell("writing", 0.0)
        write_tables(run, partial)
        if not no_report:
            tell("reporting", 0.0)
            from scslab.report.society import write_society_report

            write_society_report(run, partial / "report.html")
    if as_json:
        click.echo(json.dumps(run.manifest, indent=2, ensure_ascii=False))
    elif not quiet:
        _print_summary(run, folder, has_report=not no_report)


def _choose_profile(scheme: Scheme) -> str:
    """The profile of the scheme's own place, else the survey's population, or businesses where they are scored."""
    from scslab.scheme.model import SubjectKind
    from scslab.society.population.profile import list_profiles, read_profile

    for name in list_profiles():
        if read_profile(name).scheme == scheme.id:
            return name
    return "survey-2018" if SubjectKind.RESIDENT in scheme.subjects.kinds else "businesses"


def _read_values(given: tuple[str, ...]) -> dict[str, float]:
    values: dict[str, float] = {}
    problems: list[Problem] = []
    for item in given:
        name, _, text = item.partition("=")
        try:
            values[name.strip()] = float(text)
        except ValueError:
            problems.append(Problem("Y203", f"`{item}` sets nothing", help="write it as awareness.p=0.05"))
    if problems:
        raise ProblemsError(problems)
    return values


def _print_summary(run: Simulated, folder: Path, *, has_report: bool) -> None:
    last, n = run.months.row(-1, named=True), run.setting.residents
    false = int((run.causes["kind"] == "false").sum())
    lines = [
        f"{n:,} residents of {run.setting.profile.title} lived under {run.setting.scheme.title} until {last['month']}.",
        f"  know of it      {last['aware'] / n:>8.1%}",
        f"  take part       {last['taking_part'] / n:>8.1%}",
        f"  would join      {last['acceptance']:>8.1%}",
        f"  events          {run.true.height:,} happened; {run.recorded.height:,} recorded, {false:,} of them false; "
        f"{run.under_way:,} still under way",
        f"  ledger digest   {run.manifest['ledger_digest'][:16]}",
        f"Written to {folder}" + ("; open report.html" if has_report else ""),
    ]
    click.echo("\n".join(lines))
