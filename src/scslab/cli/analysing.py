"""What `scslab calibrate` and `scslab sensitivity` share: their options, and the folder that they write."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from scslab.cli.screen import Screen, Tell

Function = TypeVar("Function", bound=Callable[..., Any])


def take_unknowns(*, targets: str, parameters: str) -> Callable[[Function], Function]:
    """The options --targets, --parameters and --set, with the help of the first two."""
    return _take(
        click.option("--targets", type=click.Path(path_type=Path), help=targets),
        click.option("--parameters", multiple=True, metavar="NAME", help=parameters),
        click.option(
            "--set", "given", multiple=True, metavar="NAME=VALUE", help="Another parameter's value. Repeatable."
        ),
    )


def take_folder(*, folder: str, replaced: str, printed: str) -> Callable[[Function], Function]:
    """The options --out, --replace, --no-report, --quiet and --json.

    Args:
        folder: the default of --out.
        replaced: what --replace replaces.
        printed: what --json prints.
    """
    return _take(
        click.option("--out", type=click.Path(path_type=Path), help=f"Folder to write. Default: {folder}."),
        click.option("--replace", is_flag=True, help=f"Replace a complete {replaced} of the same name."),
        click.option("--no-report", is_flag=True, help="Write no report.html."),
        click.option("--quiet", is_flag=True, help="Print nothing but errors."),
        click.option("--json", "as_json", is_flag=True, help=f"Print {printed} as JSON."),
    )


def split_names(given: Sequence[str]) -> tuple[str, ...]:
    """What --parameters were given: one at a time, or several with commas.

    Example:
        >>> split_names(["awareness.p, awareness.q", "joining"])
        ('awareness.p', 'awareness.q', 'joining')
    """
    return tuple(part.strip() for each in given for part in each.split(",") if part.strip())


@contextmanager
def open_analysis(folder: Path, screen: Screen, *, is_replacing: bool, marker: str) -> Generator[tuple[Path, Tell]]:
    """The folder to write, which gets its name when the block ends well, and who is told how far the work is.

    Args:
        folder: where the analysis shall stand.
        screen: shows a bar while the block runs.
        is_replacing: whether a complete analysis of that name may be replaced.
        marker: the file by which a complete one is known.

    Raises:
        ProblemsError: the name is taken (R030, R031).
    """
    from scslab.engine.runs import open_run_folder

    with (
        open_run_folder(folder, is_replacing=is_replacing, tell=screen.warn, marker=marker) as partial,
        screen.show_progress() as tell,
    ):
        yield partial, tell


def _take(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    """All options as one, in the order in which help lists them."""

    def take(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return take
