"""What a check of published tables is: a form in the audit file, and a function that finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scslab.ground.text import Text
from scslab.scheme.fields import Form, FormReader
from scslab.study.published.finding import Finding, Note
from scslab.study.published.selection import Book


@dataclass(frozen=True, slots=True)
class TableCheck:
    """A check of printed tables.

    Attributes:
        code: the code of its findings.
        title: its name for readers.
        form: the keys that the audit file gives it.
        find: yields findings and notes for one entry of the audit file.
    """

    code: str
    title: Text
    form: type[Form]
    find: Callable[[FormReader, Book], Iterator[Finding | Note]]
