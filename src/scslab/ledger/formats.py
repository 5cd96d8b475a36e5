"""What kind of file a table is: by its name, checked against its first and last bytes."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

from scslab.ground.problems import Place, Problem, ProblemsError, did_you_mean
from scslab.ledger.codes import EMPTY_FILE, NO_FILE, NOT_ITS_NAME, NOT_UTF8, UNKNOWN_FORMAT, UNREADABLE
from scslab.ledger.reading import tell_problems

HEAD_BYTES = 1 << 20
"""How much of the beginning of a file is looked at."""


class Format(StrEnum):
    """The formats that tables are read from."""

    PARQUET = "Parquet"
    CSV = "CSV"
    JSON_LINES = "JSON Lines"
    FRAME = "data frame"


SUFFIXES: dict[str, Format] = {
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".txt": Format.CSV,
    ".jsonl": Format.JSON_LINES,
    ".ndjson": Format.JSON_LINES,
    ".json": Format.JSON_LINES,
}
"""Which format a name stands for."""

_UNPACK = "unpack it and name the file inside"
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"PAR1", "a Parquet file", "rename it to end in `.parquet`"),
    (b"PARE", "an encrypted Parquet file", "decrypt it first"),
    (b"\x1f\x8b", "packed with gzip", _UNPACK),
    (b"BZh", "packed with bzip2", _UNPACK),
    (b"\xfd7zXZ", "packed with xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "packed with Zstandard", _UNPACK),
    (b"7z\xbc\xaf", "a 7-Zip archive", _UNPACK),
    (b"PK\x05\x06", "an empty zip archive", _UNPACK),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save the sheet as CSV"),
    (b"ARROW1", "an Arrow file", "write it as Parquet"),
    (b"SQLite format 3", "an SQLite database", "export the table as CSV"),
    (b"Obj\x01", "an Avro file", "write it as Parquet"),
    (b"\x89HDF", "an HDF5 file", "write it as Parquet"),
    (b"%PDF", "a PDF document", "ask for the data as a table"),
)


def find_format(path: Path) -> Format:
    """The format of a file, after a look at its first and last bytes; the rest is not read.

    Raises:
        ProblemsError: there is no such file, it is empty, its name says no known format, or it is not what its name
            says (L100 to L105).
    """
    name = str(path)
    with tell_problems(name):
        if path.is_dir():
            inside = sorted(each.name for each in path.iterdir() if each.suffix.lower() in SUFFIXES)
            hint = "name one of the files in it: " + ", ".join(f"`{each}`" for each in inside[:5]) if inside else ""
            raise _problem(NO_FILE, "this is a folder, not a file", name, hint)
        if not path.exists():
            parent = path.parent
            near = did_you_mean(path.name, [each.name for each in parent.iterdir()]) if parent.is_dir() else ""
            raise _problem(NO_FILE, "there is no such file", name, near or f"looked for `{path.absolute()}`")
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
            stream.seek(max(0, size - 4))
            tail = stream.read(4)
    if head and not head.strip(b"\0"):
        raise _problem(NOT_ITS_NAME, "the file holds nothing but zeros", name, "copy it again: it was not written")
    if not head.removeprefix(b"\xef\xbb\xbf").strip():
        raise _problem(EMPTY_FILE, "the file is empty", name, "a table needs a header and rows")
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        _refuse_other(head, name, f"the name ends in `{path.suffix}`" if path.suffix else "the name has no ending")
        raise _problem(
            UNKNOWN_FORMAT, "the name does not say what the file is", name, "tables end in " + ", ".join(SUFFIXES)
        )
    if kind is Format.PARQUET:
        _check_parquet(head, tail, name)
    else:
        _refuse_other(head, name, f"the name says {kind}")
        _check_text(head, kind, name)
    return kind


def _check_parquet(head: bytes, tail: bytes, name: str) -> None:
    if not head.startswith(b"PAR1"):
        _refuse_other(head, name, "the name says Parquet")
        what = "text" if _is_text(head) else "something else"
        hint = "rename it to end in `.csv` or `.jsonl`" if what == "text" else "copy it again, or write it anew"
        raise _problem(NOT_ITS_NAME, f"the name says Parquet, and the file is {what}", name, hint)
    if tail != b"PAR1":
        raise _problem(
            UNREADABLE,
            "the Parquet file is cut short: its end is missing",
            name,
            "copy it again from where it came from",
        )


def _check_text(head: bytes, kind: Format, name: str) -> None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_utf16(head[:400]):
        raise _problem(NOT_UTF8, "the file is UTF-16 text", name, "save it as UTF-8")
    if b"\0" in head:
        raise _problem(
            NOT_ITS_NAME, f"the name says {kind}, and the file has zero bytes: it is not text", name, "export it again"
        )
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if re.match(rb"<(!doctype|html|\?xml|head|body)", start[:20].lower()):
        hint = "the download gave a web page: save the data, not the page"
        raise _problem(NOT_ITS_NAME, f"the name says {kind}, and the file is a web page or XML", name, hint)
    if kind is Format.JSON_LINES and not start.startswith(b"{"):
        if start.startswith(b"["):
            hint = "write one object a line, without brackets around and commas between: `jq -c '.[]'` does it"
            raise _problem(NOT_ITS_NAME, "the file is a JSON array, not JSON Lines", name, hint)
        raise _problem(
            NOT_ITS_NAME, f"the name says {kind}, and the first line is no object", name, "each line is `{…}`"
        )
    if kind is Format.CSV and re.match(rb'(\[\s*)?\{\s*"', start[:100]):
        raise _problem(NOT_ITS_NAME, "the name says CSV, and the file is JSON", name, "rename it to end in `.jsonl`")
    _check_utf8(head, name)


def _check_utf8(head: bytes, name: str) -> None:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # The look at the first bytes may end inside a character.
        if error.start >= len(head) - 4 and len(head) == HEAD_BYTES:
            return
        line = head.count(b"\n", 0, error.start) + 1
        try:
            head.decode("gb18030")
            guess = "it may be GB18030 (Chinese) or Windows-1252 (Western)"
        except UnicodeDecodeError:
            guess = "it may be Windows-1252 (Western)"
        message = f"line {line} is not UTF-8 text; {guess}"
        raise ProblemsError([Problem(NOT_UTF8, message, Place(name, line), "save the file as UTF-8")]) from error


def _refuse_other(head: bytes, name: str, said: str) -> None:
    """Refuses files whose first bytes are those of another format."""
    for magic, what, hint in _MAGIC:
        if head.startswith(magic):
            raise _problem(NOT_ITS_NAME, f"{said}, and the file is {what}", name, hint)
    if head.startswith(b"PK\x03\x04"):
        is_workbook = b"[Content_Types].xml" in head[:4096] or b"xl/" in head[:4096]
        what, hint = ("an Excel workbook", "save the sheet as CSV") if is_workbook else ("a zip archive", _UNPACK)
        raise _problem(NOT_ITS_NAME, f"{said}, and the file is {what}", name, hint)


def _is_utf16(start: bytes) -> bool:
    """Whether every other byte is zero, as in UTF-16 without a byte order mark."""
    odd, even = start[1::2].count(0), start[::2].count(0)
    return max(odd, even) > len(start) // 3 and min(odd, even) == 0


def _is_text(head: bytes) -> bool:
    return b"\0" not in head and head[:1000].decode("utf-8", errors="replace").count("\ufffd") < 10


def _problem(code: str, message: str, name: str, hint: str) -> ProblemsError:
    return ProblemsError([Problem(code, message, Place(name), hint)])
