"""`scslab catalogue`: the shipped schemes and datasets, as a list or as an offline site."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command(short_help="list the shipped schemes and datasets, or write them as a site")
@click.argument("schemes", nargs=-1, metavar="[SCHEME]...")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@click.option(
    "--html",
    "site",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write an offline site into this folder: a page a scheme in English and Chinese, an index, a comparison.",
)
def command(schemes: tuple[str, ...], as_json: bool, site: Path | None) -> None:
    """List the schemes and datasets that come with scslab.

    With --html, write a site about SCHEME (shipped schemes, or paths of your own); without SCHEME, about all that are
    shipped.
    """
    if site is not None:
        _write_site(schemes, site)
        return
    if schemes:
        raise click.UsageError("schemes are named for --html only; `scslab show SCHEME` shows one here")
    from scslab.ledger.datasets import list_datasets
    from scslab.scheme.catalogue import list_catalogue

    rows = [
        {"id": e.id, "title": str(e.title), "title_zh": e.title.zh, "operator": e.operator_kind, "status": e.status}
        for e in list_catalogue()
    ]
    datasets = list(list_datasets())
    if as_json:
        click.echo(json.dumps({"schemes": rows, "datasets": datasets}, indent=2, ensure_ascii=False))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(soft_wrap=True)
    table = Table(title="Schemes", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("scheme", no_wrap=True)  # to be copied whole
    for column in ("title", ""):
        table.add_column(column, overflow="fold")
    for column in ("operator", "status"):
        table.add_column(column, no_wrap=True)
    for row in rows:
        table.add_row(row["id"], row["title"], row["title_zh"], str(row["operator"]), str(row["status"]))
    console.print(table)
    console.print("Datasets: " + ", ".join(datasets))
    console.print("Try: scslab show food-safety", highlight=False)


def _write_site(names: tuple[str, ...], folder: Path) -> None:
    """Read the schemes with their cases, all problems at once, and write the site."""
    from scslab.ground.problems import Problem, ProblemsError
    from scslab.report.site import write_site
    from scslab.scheme.case_model import Case
    from scslab.scheme.cases import read_cases
    from scslab.scheme.catalogue import find_scheme, find_scheme_file, list_names
    from scslab.scheme.model import Scheme

    found: list[tuple[Scheme, tuple[Case, ...]]] = []
    problems: list[Problem] = []
    for name in dict.fromkeys(names or list_names()):
        try:
            scheme = find_scheme(name)
            cases = find_scheme_file(name).with_name("cases.yaml")
            found.append((scheme, read_cases(cases, scheme) if cases.is_file() else ()))
        except ProblemsError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)
    files = write_site(found, folder)
    number = f"{len(found)} scheme{'' if len(found) == 1 else 's'}"
    click.echo(f"{number}, {files} files. Open {folder / 'index.html'}")
