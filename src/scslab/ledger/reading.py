"""Run a lazy plan over a user's file, and tell what goes wrong as problems of that file."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import polars as pl

from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.ledger.codes import UNREADABLE

_LONGEST = 200


@contextmanager
def tell_problems(file: str) -> Generator[None]:
    """Turns what Polars and the operating system raise while a file is read into `ProblemsError`.

    Raises:
        ProblemsError: L103 with the file's name and what would help.
    """
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        message = f"the file cannot be read: {_shorten(error)}"
        hint = "the file seems damaged: copy it again from where it came from, or write it anew"
        if isinstance(error, OSError):
            hint = "check the name and the permissions of the file"
        raise ProblemsError([Problem(UNREADABLE, message, Place(file), hint)]) from error


def collect_frame(frame: pl.LazyFrame, file: str) -> pl.DataFrame:
    """The rows of a lazy plan, computed in streaming.

    Raises:
        ProblemsError: the file behind the plan is damaged.
    """
    with tell_problems(file):
        return frame.collect(engine="streaming")


def find_schema(frame: pl.LazyFrame, file: str) -> pl.Schema:
    """The columns of a lazy plan and their types.

    Raises:
        ProblemsError: the file behind the plan is damaged.
    """
    with tell_problems(file):
        return frame.collect_schema()


def _shorten(error: BaseException) -> str:
    text = " ".join(str(error).split("\n\n")[0].split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
