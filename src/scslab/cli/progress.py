"""The progress bar of long commands."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

WORDS = {
    "reading": "Reading and checking",
    "grouping": "Grouping by subject",
    "living": "Living",
    "settling": "Settling",
    "writing": "Writing tables",
    "reporting": "Writing the report",
}
"""What a step is called on the screen."""


@contextmanager
def show_progress() -> Generator[Callable[[str, float], None]]:
    """A bar on standard error that vanishes when the work is done; none where that is not a screen."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        current = ""

        def tell(step: str, share: float) -> None:
            nonlocal current
            if step != current:
                current = step
                bar.update(task, description=WORDS.get(step, step), total=None)
            if share > 0:
                bar.update(task, total=1.0, completed=share)

        yield tell
