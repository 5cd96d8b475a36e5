"""`scslab check`: check a scheme file and its worked cases."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command(short_help="check a scheme file and its worked cases")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--quiet", is_flag=True, help="Print errors only.")
def command(file: Path, quiet: bool) -> None:
    """Check FILE, a scheme file or its folder: all problems at once, then the cases in cases.yaml beside it.

    Ends with status 1 where there is an error or a case does not come out as written.
    """
    from scslab.engine.cases import run_case
    from scslab.ground.problems import Severity
    from scslab.scheme.cases import read_cases
    from scslab.scheme.reader import check_scheme

    path = file / "scheme.yaml" if file.is_dir() else file
    scheme, problems = check_scheme(path)
    for problem in problems:
        if not quiet or problem.severity is Severity.ERROR:
            click.echo(str(problem), err=True)
    if scheme is None:
        sys.exit(1)
    cases_file = path.parent / "cases.yaml"
    if not cases_file.is_file():
        if not quiet:
            click.echo(f"{path}: the scheme is sound; it has no cases.yaml beside it.")
        return
    cases = read_cases(cases_file, scheme)
    failed = 0
    for case in cases:
        found = run_case(scheme, case)
        failed += bool(found)
        for problem in found:
            click.echo(str(problem), err=True)
    if not quiet or failed:
        click.echo(f"{path}: the scheme is sound; {len(cases) - failed} of {len(cases)} cases come out as written.")
    if failed:
        sys.exit(1)
