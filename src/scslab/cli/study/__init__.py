"""`scslab study …`: the commands of the study pillar, each a file of this folder, imported only when it is called."""

from __future__ import annotations

import importlib

import click

from scslab.cli.main import unescape_help

COMMANDS = {
    "quota": "from population figures to interviewer cells, every step shown",
    "clean": "flag speeders, straight-liners, duplicates and inconsistent answers, with reasons",
    "weight": "weight a sample: raking, post-stratification, bounded calibration, caps",
    "table": "weighted frequencies and cross-tabs with design-based intervals and tests",
    "model": "ordered logit and its family; blocks of covariates side by side with stars",
    "run": "a whole study: every table and figure in one report, beside the printed numbers",
    "audit": "check whether published tables are possible",
    "instrument": "check a questionnaire; convert it to XLSForm or a page",
    "interviews": "codes, barriers, agreement, saturation and quotes of interviews",
}
"""The commands and what they do, in the order in which help lists them; a test compares them with the folder."""


class LazyStudyGroup(click.Group):
    """A group whose commands are imported when they are called, so that help starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        return unescape_help(importlib.import_module(f"scslab.cli.study.{cmd_name}").command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands for help, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyStudyGroup)
def command() -> None:
    """Studies of what people think of a scheme: from quota to published table."""
