"""`scslab study …`: the commands of the study pillar, each a file of this folder, imported only when it is called."""

from __future__ import annotations

import click

from scslab.cli.main import LazyGroup

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


@click.group(cls=LazyGroup, package="scslab.cli.study", table=COMMANDS)
def command() -> None:
    """Studies of what people think of a scheme: from quota to published table."""
