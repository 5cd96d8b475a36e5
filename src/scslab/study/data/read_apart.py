"""Reads SPSS and Stata files in a process of its own: a damaged file can crash or hang the C library that reads it.

Random changes of single bytes of a .sav file made the library end the whole process, and of a .zsav file run for ever.
In a process of its own, both become an error that can be told.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

SECONDS = 60.0
"""How long a file of up to a megabyte may take; more is taken for a loop without end."""
SECONDS_PER_MEGABYTE = 5.0
META = (
    "column_names",
    "column_names_to_labels",
    "variable_value_labels",
    "missing_user_values",
    "missing_ranges",
    "readstat_variable_types",
    "original_variable_types",
    "variable_measure",
    "file_label",
    "notes",
)
"""What is taken over of the file's own description."""


class UnreadableError(Exception):
    """The library could not read the file.

    Attributes:
        is_encoding: whether the texts were the reason.
    """

    def __init__(self, message: str, *, is_encoding: bool = False) -> None:
        super().__init__(message)
        self.is_encoding = is_encoding


def read_apart(path: Path, reader: str, encoding: str) -> tuple[dict[str, list[Any]], Any]:
    """The columns of a file as lists, and its description, as `pyreadstat.READER` gives them.

    Raises:
        UnreadableError: where the library refuses the file, crashes over it, or does not come to an end.
    """
    limit = SECONDS + SECONDS_PER_MEGABYTE * path.stat().st_size / 1e6
    words = [sys.executable, "-c", _PROGRAM, str(path), reader, encoding, *META]
    try:
        # The program is the constant below; the path is one argument of it.
        done = subprocess.run(words, capture_output=True, timeout=limit, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise UnreadableError(f"reading did not come to an end within {limit:.0f} s") from None
    if done.returncode != 0:
        raise UnreadableError("its structure is broken")
    answer = pickle.loads(done.stdout)  # noqa: S301  from our own process, a moment ago
    if answer[0] == "error":
        raise UnreadableError(answer[2], is_encoding=answer[1])
    return answer[1], SimpleNamespace(**answer[2])


_PROGRAM = """
import pickle, sys
path, reader, encoding, *names = sys.argv[1:]
import pyreadstat
try:
    options = {"user_missing": True, "output_format": "dict", "encoding": encoding or None}
    columns, meta = getattr(pyreadstat, reader)(path, **options)
    answer = ("fine", dict(columns), {name: getattr(meta, name) for name in names})
except Exception as error:
    said = str(error)
    texts = isinstance(error, UnicodeError) or "string" in said.lower() or "convert" in said.lower()
    answer = ("error", texts, said or type(error).__name__)
sys.stdout.buffer.write(pickle.dumps(answer, protocol=5))
"""
