"""How many examples a test looks at: enough for every commit, and fifty times as many in the deep profile."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import settings

TIMES = 50 if os.environ.get("SCSLAB_HYPOTHESIS") == "deep" else 1


def look_at(examples: int) -> Callable[[Any], Any]:
    """A decorator: so many examples, or fifty times as many."""
    return settings(max_examples=examples * TIMES)
