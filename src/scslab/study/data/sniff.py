"""What kind of data file this is: by its first bytes, not by its name."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from scslab.ground.problems import Place, Problem, ProblemsError, did_you_mean

DATA_CODES: dict[str, str] = {
    "Q101": "the data file cannot be opened",
    "Q102": "a kind of file that is not read or written",
    "Q103": "the name of a file says another kind than its content",
    "Q104": "the file is cut off or damaged",
    "Q105": "a CSV file that is not UTF-8",
    "Q106": "a CSV file without columns, or with a name that stands twice",
    "Q107": "a CSV file whose rows do not fit its header",
    "Q108": "a variable of the study file that the data do not have",
    "Q109": "declared missing values that do not fit the column",
    "Q110": "missing values that were renamed for another file format (warning)",
    "Q111": "labels that the file format cannot hold (warning)",
    "Q112": "a column that the file format cannot hold",
}
"""Codes of data files, with their meanings."""


class Kind(StrEnum):
    """Kinds of data files."""

    SPSS = "SPSS"
    STATA = "Stata"
    PARQUET = "Parquet"
    CSV = "CSV"


SUFFIXES: dict[str, Kind] = {
    ".sav": Kind.SPSS,
    ".zsav": Kind.SPSS,
    ".dta": Kind.STATA,
    ".parquet": Kind.PARQUET,
    ".csv": Kind.CSV,
    ".tsv": Kind.CSV,
    ".txt": Kind.CSV,
}
"""The kind that a file's name promises."""

_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "a zip file or an Excel workbook", "save the sheet as CSV (UTF-8), or unpack the archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save the sheet as CSV (UTF-8)"),
    (b"%PDF", "a PDF", "a PDF holds no data; ask for the SPSS, Stata or CSV file"),
    (b"RDX", "an R data file", "write it with haven::write_sav or write.csv"),
    (b"\x1f\x8b", "a gzip file", "unpack it first; R's .rds files are written with haven::write_sav or write.csv"),
    (b"<!DOCTYPE", "a web page", "the download gave a page instead of the file"),
    (b"<html", "a web page", "the download gave a page instead of the file"),
)


def find_kind(path: Path) -> Kind:
    """The kind of a data file.

    Raises:
        ProblemsError: Q101 where it cannot be opened, Q102 where it is something else, Q103 where name and content
            do not agree, Q104 where it is empty.
    """
    place = Place(str(path))
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
    except IsADirectoryError:
        raise fail("Q101", "a data file must stand here, not a folder", place) from None
    except OSError as error:
        hint = ""
        if isinstance(error, FileNotFoundError) and path.parent.is_dir():
            near = did_you_mean(path.name, [each.name for each in path.parent.iterdir()][:1000])
            hint = near if near.startswith("did") else ""
        raise fail("Q101", f"the data file cannot be opened: {error.strerror or error}", place, hint) from None
    if not head:
        raise fail("Q104", "the file is empty", place)
    promised = SUFFIXES.get(path.suffix.lower())
    found = _look(head)
    if found is None:
        for start, what, hint in _OTHERS:
            if head.startswith(start):
                raise fail("Q102", f"this is {what}, which is not read", place, hint)
        if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
            what = "the file is damaged" if promised else "this kind of file is not read"
            known = "SPSS (.sav, .zsav), Stata (.dta), Parquet and CSV are read"
            code = "Q104" if promised else "Q102"
            raise fail(code, f"{what}: its first bytes are of no known kind", place, known)
        found = Kind.CSV
    if promised is not None and promised is not found:
        if found is Kind.CSV and promised is not Kind.CSV:
            hint = "give it the suffix .csv if it is a table of text"
            raise fail("Q103", f"the file is called {path.suffix} but holds plain text", place, hint)
        suffix = next(each for each, kind in SUFFIXES.items() if kind is found)
        raise fail("Q103", f"the file is called {path.suffix} but holds {found} data", place, f"rename it to {suffix}")
    return found


def _look(head: bytes) -> Kind | None:
    if head.startswith((b"$FL2", b"$FL3")):
        return Kind.SPSS
    if head.startswith(b"<stata_dta>"):
        return Kind.STATA
    # Before version 13: the version, the byte order, the file type 1, and an unused zero.
    if len(head) > 3 and head[0] in (104, 105, 108, 110, 111, 113, 114, 115) and head[1] in (1, 2) and head[2] == 1:
        return Kind.STATA
    return Kind.PARQUET if head.startswith(b"PAR1") else None


def fail(code: str, message: str, place: Place, helps: str = "") -> ProblemsError:
    """One problem as the error that carries it."""
    return ProblemsError([Problem(code, message, place, helps)])
