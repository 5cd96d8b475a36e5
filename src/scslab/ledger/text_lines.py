"""Tables read from lines of text, and the temporary copies that broken files are read from."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from dataclasses import dataclass
from pathlib import Path

import polars as pl


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Scratch:
    """A temporary folder that lives as long as somebody holds this."""

    path: Path


def make_scratch() -> Scratch:
    """A new temporary folder, removed when nobody holds it any more."""
    scratch = Scratch(Path(tempfile.mkdtemp(prefix="scslab-")))
    weakref.finalize(scratch, shutil.rmtree, scratch.path, ignore_errors=True)
    return scratch


@dataclass(frozen=True, slots=True)
class TextTable:
    """The rows of a text file.

    Attributes:
        frame: the rows that can be read, all columns as texts, with their numbers in `RAW_ROW`.
        broken: a line of the problems table for each row that cannot be read.
        scratch: what must be kept as long as `frame` is in use.
    """

    frame: pl.LazyFrame
    broken: pl.DataFrame
    scratch: Scratch | None = None
