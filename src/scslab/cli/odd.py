"""`scslab odd`: the description of a simulation after the ODD protocol, without running it."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(short_help="describe a simulation after the ODD protocol")
@click.argument("what")
@click.option("--city", help="Shipped profile or file of who lives there. Default: the scheme's own, else survey-2018.")
@click.option("--residents", type=click.IntRange(100), default=10_000, show_default=True, help="How many.")
@click.option("--years", type=click.IntRange(1, 100), default=5, show_default=True, help="For how long.")
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="A parameter. Repeatable.")
@click.option("--scenario", help="Of an experiment file: which scenario. Default: what the others are compared with.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write, .md or .html. Default: print Markdown.")
def command(
    what: str, city: str | None, residents: int, years: int, given: tuple[str, ...], scenario: str | None,
    out: Path | None,
) -> None:  # fmt: skip
    r"""Describe what `scslab simulate` would run: purpose, entities, schedule, design concepts, input, submodels.

    WHAT is a shipped scheme, the path of a scheme file, or the path of an experiment file. Everything is read from the
    tables that the program itself runs on. Each run folder holds its own as odd.md and odd.html.

    \b
    Example:
      scslab odd rongcheng --out odd.html
    """
    from scslab.cli.given import collect, read_given
    from scslab.ground.problems import Problem, ProblemsError, did_you_mean
    from scslab.report.odd import build_odd_markdown, build_odd_page
    from scslab.report.rendering import write_whole
    from scslab.society.experiment.build import build_experiment
    from scslab.society.experiment.model import build_setting
    from scslab.society.experiment.reader import is_experiment_file, read_experiment
    from scslab.society.mechanics.table import PARAMETERS

    if is_experiment_file(what):
        if city or given:
            raise click.UsageError("--city and --set: the experiment file says that; change the file.")
        experiment = read_experiment(Path(what))
    else:
        if scenario:
            raise click.UsageError("--scenario: only an experiment file has scenarios.")
        problems: list[Problem] = []
        values = collect(problems, lambda: read_given(given, PARAMETERS), {})
        built = collect(
            problems,
            lambda: build_experiment(what, (), city=city, residents=residents, years=years, values=values),
            None,
        )
        if problems or built is None:
            raise ProblemsError(problems)
        experiment = built
    name = scenario or experiment.against
    known = [each.id for each in experiment.scenarios]
    if name not in known:
        raise ProblemsError([Problem("Y334", f"no scenario `{name}`", help=did_you_mean(name, known))])
    setting = build_setting(experiment, experiment.get_scenario(name), 0)
    if out is None:
        click.echo(build_odd_markdown(setting), nl=False)
        return
    is_page = out.suffix.lower() in (".html", ".htm")
    write_whole(build_odd_page(setting) if is_page else build_odd_markdown(setting), out)
    click.echo(f"Written to {out}")
