"""What a command shows while it runs and when it is done."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from scslab.cli.progress import show_progress

Tell = Callable[[str, float], None]
"""Is told the step of a work and which share of it is done."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What is shown."""

    is_quiet: bool
    as_json: bool

    @staticmethod
    def warn(text: str) -> None:
        """A sentence that even a quiet command says, on standard error."""
        click.echo(text, err=True)

    def say(self, text: str) -> None:
        """A sentence about the run, on standard error."""
        if not self.is_quiet:
            self.warn(text)

    def tell(self, text: str, manifest: dict[str, Any]) -> None:
        """What came of it."""
        if self.as_json:
            click.echo(json.dumps(manifest, indent=2, ensure_ascii=False))
        elif not self.is_quiet:
            click.echo(text)

    @contextmanager
    def show_progress(self) -> Generator[Tell]:
        """A bar, where there is a screen to show it."""
        if self.is_quiet or self.as_json:
            yield lambda step, share: None
        else:
            with show_progress() as tell:
                yield tell


def say_written(folder: Path, *, has_report: bool) -> str:
    """The last line of a summary: where everything stands."""
    return f"Written to {folder}" + ("; open report.html" if has_report else "")
