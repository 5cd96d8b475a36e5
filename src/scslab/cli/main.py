"""`scslab`: the entry point. Each command is a file of this package, imported only when it is called."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Mapping
from typing import Any

import click

from scslab.ground.problems import NOWHERE, ProblemsError
from scslab.ground.version import VERSION

# Must be set before NumPy is imported. Huge pages are cleared, and where memory is fragmented gathered, at the first
# touch of
# each large array; on 20 million events that cost 2 of 10 seconds and more than the faster look-ups brought back.
os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")

COMMANDS = {
    "settle": "settle a ledger under one scheme or several",
    "explain": "show the itemised statement of one subject of a run",
    "show": "show a scheme in plain words",
    "compare": "compare what schemes make of the same subjects",
    "exchange": "show who shares lists and scores with whom",
    "catalogue": "list the shipped schemes and datasets, or write them as a site",
    "check": "check a scheme file and its worked cases",
    "simulate": "let synthetic residents live under a scheme, or run an experiment",
    "calibrate": "fit a society to what was observed",
    "sensitivity": "show which unknowns decide what becomes of a city",
    "odd": "describe a simulation after the ODD protocol",
    "life": "tell one synthetic resident's life as a timeline",
    "study": "study what people think of a scheme: from quota to published table",
    "schema": "print the JSON Schema of scheme or experiment files, for editors",
}
"""The commands and what they do, in the order in which help lists them; a test compares them with the folder."""


def unescape_help(command: click.Command) -> click.Command:
    r"""Turn the `\b` of a raw docstring into the character by which click keeps the lines of examples as they are."""
    if command.help:
        command.help = command.help.replace("\\b\n", "\b\n")
    return command


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, so that help and small commands start fast.

    Args:
        package: each command is a file of it.
        table: the commands and what they do, in the order in which help lists them.
        attributes: of any group.
    """

    def __init__(self, *, package: str, table: Mapping[str, str], **attributes: Any) -> None:
        super().__init__(**attributes)
        self._package, self._table = package, table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in self._table:
            return None
        return unescape_help(importlib.import_module(f"{self._package}.{cmd_name}").command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands for help, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self._table.items()))


@click.group(
    cls=LazyGroup, package="scslab.cli", table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)  # fmt: skip
@click.version_option(VERSION, prog_name="scslab")
def scslab() -> None:
    """An open laboratory for social credit systems.

    scslab scores synthetic people, organisations from the public record, and volunteers who consented.
    """


def main() -> None:
    """Run the command line; problems of the user's files are printed with their places, without a traceback."""
    os.environ["SCSLAB_IS_COMMAND"] = "1"  # see `scslab.engine.jit`
    gc.set_threshold(50_000, 20, 20)  # a command makes little garbage, and importing makes much that is none
    try:
        scslab(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted: nothing was written.", err=True)
        sys.exit(130)
    except ProblemsError as error:
        for problem in error.problems:
            # What has no place, such as a defect of the whole run, needs no `<memory>:` before it.
            text = str(problem)
            click.echo(text.removeprefix(f"{NOWHERE}: ") if problem.place == NOWHERE else text, err=True)
        sys.exit(1)
