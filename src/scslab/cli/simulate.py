"""`scslab simulate`: let synthetic residents live under a scheme and write a run folder; or run an experiment."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from scslab.cli.given import collect, read_given, read_values_file
from scslab.ground.problems import Problem, ProblemsError


class ResidentCount(click.ParamType[int]):
    """A number of residents, with or without underscores or commas."""

    name = "number"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number, 100 or more."""
        text = str(value).replace("_", "").replace(",", "")
        if not text.isdigit() or not 100 <= int(text) <= 4_000_000_000:
            self.fail(f"`{value}` is not a number of residents from 100 to 4 thousand million", param, ctx)
        return int(text)


def _list_interventions(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from scslab.cli.simulate_lists import print_interventions

        print_interventions()
        ctx.exit()


@click.command(short_help="let synthetic residents live under a scheme, or run an experiment")
@click.argument("scheme")
@click.option("--residents", type=ResidentCount(), help="How many: 700_000. Default: 10,000; 2,000 in a comparison.")
@click.option("--years", type=click.IntRange(1, 100), help="For how long. Default: 5.")
@click.option("--city", help="Shipped profile or file of who lives there. Default: the scheme's own, else survey-2018.")
@click.option("--beside", metavar="SCHEME", help="A commercial scheme that is settled beside, as sesame.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First day. Default: when the scheme began.")
@click.option("--seed", type=click.IntRange(0), help="Another seed is another luck. Default: 1.")
@click.option(
    "--set", "given", multiple=True, metavar="NAME=VALUE", help="A parameter, as awareness.p=0.05. Repeatable."
)
@click.option(
    "--values", "values_file", type=click.Path(path_type=Path), help="File of parameters, as calibrated.yaml."
)
@click.option(
    "--draws", type=click.Path(path_type=Path), metavar="FOLDER",
    help="Of scslab calibrate: each replicate lives by other values as they may be, so that results carry the bands.",
)  # fmt: skip
@click.option(
    "--draw-priors", is_flag=True,
    help="Each replicate also lives by other values of all other parameters, within the bands of their priors.",
)  # fmt: skip
@click.option(
    "--intervention", "interventions", multiple=True, metavar="NAME",
    help="What is done: campaign; a+b together; campaign@2020-01-01 from a date. Repeatable: a scenario each.",
)  # fmt: skip
@click.option("--compare", metavar="SCENARIO", help="Compare with this scenario, as baseline, under the same luck.")
@click.option("--replicates", type=click.IntRange(1, 10_000), help="How often, each time with other luck. Default: 20.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes for replicates. Default: one a core.")
@click.option(
    "--list-interventions", is_flag=True, is_eager=True, expose_value=False, callback=_list_interventions,
    help="Show the interventions with what each changes, and why.",
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), help="Run folder to write. Default: runs/SCHEME-society.")
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="Threads of a single run.")
@click.option(
    "--checkpoint-every", type=click.IntRange(0, 1200), default=12, show_default=True, metavar="MONTHS",
    help="Save a single run on the way, so that it goes on where it was after a kill; 0: never.",
)  # fmt: skip
@click.option("--daily", is_flag=True, help="Settle day by day; writes a table of days. Months end the same.")
@click.option("--by-parts", is_flag=True, help="For residents beyond memory: part by part; months and tiers only.")
@click.option("--fresh", is_flag=True, help="Begin at the beginning, whatever an interrupted run left.")
@click.option("--replace", is_flag=True, help="Replace a complete run of the same name.")
@click.option("--no-report", is_flag=True, help="Write no report.html.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the manifest as JSON.")
def command(
    scheme: str,
    residents: int | None,
    years: int | None,
    city: str | None,
    beside: str | None,
    first: datetime | None,
    seed: int | None,
    given: tuple[str, ...],
    values_file: Path | None,
    draws: Path | None,
    draw_priors: bool,
    interventions: tuple[str, ...],
    compare: str | None,
    replicates: int | None,
    workers: int | None,
    out: Path | None,
    threads: int,
    checkpoint_every: int,
    daily: bool,
    by_parts: bool,
    fresh: bool,
    replace: bool,
    no_report: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    r"""Let synthetic residents live under SCHEME: learn of it, join, act, be recorded rightly and wrongly, be scored.

    SCHEME is a shipped scheme, the path of a scheme file, or the path of an experiment file. The run folder holds the
    ledger as recorded and as it truly was, the cause of every record, standings, entries, adoption by month, and
    report.html. The ledger settles with `scslab settle` to the same standings.

    With --compare, --replicates or several interventions, and with an experiment file, every scenario is lived in every
    replicate under the same luck, and the folder holds outcomes, effects with paired intervals, and report.html. A run
    that was interrupted goes on where it was when the command is given again.

    \b
    Examples:
      scslab simulate rongcheng --residents 700_000 --years 10 --out runs/rongcheng
      scslab simulate qianjiang --city hangzhou --intervention easier-registration --compare baseline --replicates 50
      scslab simulate FILE.yaml
    """
    from scslab.cli.screen import Screen
    from scslab.cli.simulate_runs import Target, run_comparison, run_single
    from scslab.society.experiment.build import build_experiment
    from scslab.society.experiment.model import Unknowns
    from scslab.society.experiment.reader import is_experiment_file, read_experiment
    from scslab.society.mechanics.table import PARAMETERS
    from scslab.society.setting import Settles

    if draws is not None and values_file is not None:
        raise click.UsageError("--values and --draws: values that are set go first, and would leave nothing to draw.")
    screen = Screen(is_quiet=quiet, as_json=as_json)
    if is_experiment_file(scheme):
        fixed = {
            "--city": city, "--beside": beside, "--from": first, "--set": given, "--values": values_file,
            "--intervention": interventions, "--compare": compare, "--draws": draws, "--daily": daily,
            "--draw-priors": draw_priors,
        }  # fmt: skip
        if wrong := [name for name, value in fixed.items() if value]:
            raise click.UsageError(f"{', '.join(wrong)}: the experiment file says that; change the file.")
        experiment = read_experiment(Path(scheme))
        experiment = experiment.override(residents=residents, years=years, seed=seed, replicates=replicates)
        is_comparison = True
    else:
        is_comparison = compare is not None or (replicates or 1) > 1 or len(set(interventions)) > 1
        is_comparison = is_comparison or draws is not None or draw_priors
        problems: list[Problem] = []
        values = collect(problems, lambda: read_values_file(values_file), {})
        values |= collect(problems, lambda: read_given(given, PARAMETERS), {})
        built = collect(problems, lambda: build_experiment(
            scheme, interventions, city=city, residents=residents or (2_000 if is_comparison else 10_000),
            years=years or 5, replicates=replicates or (20 if is_comparison else 1), seed=1 if seed is None else seed,
            first=first.date() if first else None, values=values, against=compare or "baseline", beside=beside,
            settles=Settles.DAILY if daily else Settles.MONTHLY, draws=draws,
            priors=Unknowns.DRAWN if draw_priors else Unknowns.FIXED,
        ), None)  # fmt: skip
        if problems or built is None:
            raise ProblemsError(problems)
        experiment = built
    target = Target(out, is_replacing=replace, is_fresh=fresh, has_report=not no_report)
    if by_parts and daily:
        raise click.UsageError("--by-parts and --daily: parts keep months and tiers, which are the same either way.")
    if by_parts and is_comparison:
        raise click.UsageError("--by-parts is for a single run, without --compare, --replicates or an experiment file.")
    if by_parts:
        from scslab.cli.simulate_parts import run_parts

        run_parts(experiment, target, screen, threads=threads)
    elif is_comparison:
        run_comparison(experiment, target, screen, workers=workers)
    else:
        run_single(experiment, target, screen, threads=threads, every=checkpoint_every)
