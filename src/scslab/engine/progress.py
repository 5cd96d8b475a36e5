"""How long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Is told the name of a step and the share of it that is done, from 0 to 1."""


def ignore_progress(step: str, share: float) -> None:
    """A progress that tells nobody."""
