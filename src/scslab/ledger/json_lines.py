"""JSON Lines as a lazy table of texts: every block is tried first, so that a broken line costs itself alone.

The table holds texts, as CSV does: 5, 5.0, true and "2024-05-17" are read by whoever knows what the column should be.
A list or an object inside a value stays JSON text.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import polars as pl

from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.ledger.codes import BROKEN_LINE, UNREADABLE
from scslab.ledger.columns import RAW_ROW, ROW
from scslab.ledger.csv_header import MAX_COLUMNS
from scslab.ledger.set_aside import join_lines, write_lines
from scslab.ledger.text_lines import TextTable, make_scratch

BLOCK_BYTES = 8 << 20
"""How much of a file is tried at once."""
MAX_DEPTH = 64
"""The deepest nesting of lists and objects in a line."""
_MARK = b"\xef\xbb\xbf"
_POLARS_ERRORS = (pl.exceptions.PolarsError, pl.exceptions.PanicException)


def open_json_lines(path: Path) -> TextTable:
    """The rows of a JSON Lines file as texts, numbered by line, with the lines that cannot be read.

    Raises:
        ProblemsError: no line can be read, or the lines name too many columns.
    """
    keys: dict[str, None] = {}
    odd: dict[int, str] = {}
    for first, block in _read_blocks(path):
        odd |= _try_block(first, block, keys)
        if len(keys) > MAX_COLUMNS:
            message = f"the lines name more than {MAX_COLUMNS:,} different keys"
            raise ProblemsError([Problem(UNREADABLE, message, Place(str(path)), "each line has the same keys")])
    rows = pl.DataFrame({ROW: odd.keys(), "reason": odd.values()}, schema={ROW: pl.UInt32, "reason": pl.String})
    broken = rows.filter(pl.col("reason") != "")
    lines = join_lines([write_lines(broken, "", BROKEN_LINE, pl.format("line {} {}", ROW, "reason"))])
    names = [key for key in keys if key != RAW_ROW]
    if not names:
        return TextTable(pl.LazyFrame(schema={RAW_ROW: pl.UInt32}), lines)
    scratch, source = None, path
    # Polars would take a name with `*`, `?` or `[` for a pattern.
    if odd or _has_mark(path) or set("*?[") & set(str(path)):
        scratch = make_scratch()
        source = scratch.path / "rows.jsonl"
        _write_copy(path, source, odd)
    frame = pl.scan_ndjson(source, schema=dict.fromkeys(names, pl.String())).with_row_index(RAW_ROW, offset=1)
    if odd:
        frame = frame.filter(~pl.col(RAW_ROW).is_in(rows[ROW].implode()))
    return TextTable(frame.select(RAW_ROW, *names), lines, scratch)


def _read_blocks(path: Path) -> Iterator[tuple[int, bytes]]:
    """Blocks of whole lines, each with the number of its first line."""
    number, rest = 1, b""
    with path.open("rb") as stream:
        rest = stream.read(3).removeprefix(_MARK)
        while chunk := stream.read(BLOCK_BYTES):
            rest += chunk
            end = rest.rfind(b"\n") + 1
            if end:
                yield number, rest[:end]
                number += rest.count(b"\n", 0, end)
                rest = rest[end:]
    if rest:
        yield number, rest


def _has_mark(path: Path) -> bool:
    """Whether the file begins with a byte order mark, which Polars would take for a part of the first line."""
    with path.open("rb") as stream:
        return stream.read(3) == _MARK


def _try_block(first: int, block: bytes, keys: dict[str, None]) -> dict[int, str]:
    """Lines that are left out, each with the reason ("" for a blank one); adds the keys of the others to `keys`."""
    lines = block.split(b"\n")
    if not lines[-1]:
        lines.pop()
    brackets = block.count(b"{") + block.count(b"[")
    is_plain = brackets <= len(lines) + MAX_DEPTH and all(line.strip() for line in lines)
    if is_plain:
        try:
            found = pl.read_ndjson(io.BytesIO(block), infer_schema_length=None)
        except _POLARS_ERRORS:
            pass
        else:
            if found.height == len(lines):
                keys |= dict.fromkeys(found.columns)
                return {}
    return _try_lines(first, lines, keys)


def _try_lines(first: int, lines: list[bytes], keys: dict[str, None]) -> dict[int, str]:
    """The same line by line, for blocks in which something is odd."""
    odd: dict[int, str] = {}
    good: list[tuple[int, bytes]] = []
    own: dict[str, None] = {}
    for number, line in enumerate(lines, start=first):
        found = _read_line(line)
        if isinstance(found, str):
            odd[number] = found
        else:
            own |= dict.fromkeys(found)
            good.append((number, line))
    schema = dict.fromkeys(own, pl.String())
    # Two readers may differ about a line; what Polars cannot read is found by halving.
    odd |= dict.fromkeys(_find_refused(good, schema), "cannot be read as JSON")
    keys |= own
    return odd


def _find_refused(lines: list[tuple[int, bytes]], schema: dict[str, pl.String]) -> list[int]:
    if not lines or not schema:
        return []
    try:
        if pl.read_ndjson(io.BytesIO(b"\n".join(line for _, line in lines)), schema=schema).height == len(lines):
            return []
    except _POLARS_ERRORS:
        pass
    if len(lines) == 1:
        return [lines[0][0]]
    half = len(lines) // 2
    return _find_refused(lines[:half], schema) + _find_refused(lines[half:], schema)


def _read_line(line: bytes) -> list[str] | str:
    """The keys of a line, or why it cannot be read."""
    if not line.strip():
        return ""
    if line.count(b"{") + line.count(b"[") > MAX_DEPTH and _find_depth(line) > MAX_DEPTH:
        return f"is nested deeper than {MAX_DEPTH}"
    try:
        value = json.loads(line.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        return "is not UTF-8 text"
    except json.JSONDecodeError as error:
        return f"is not JSON: {error.msg[:1].lower()}{error.msg[1:]} at character {error.colno}"
    except ValueError as error:
        return f"is not JSON: {str(error)[:100]}"
    return list(value) if isinstance(value, dict) else "is no object: each line is `{…}`"


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"`{word}` is no number in JSON; leave the value out or write null")


def _find_depth(line: bytes) -> int:
    """How deep a line is nested at most; brackets inside texts count as well."""
    depth = deepest = 0
    for byte in line:
        if byte in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"}]":
            depth -= 1
    return deepest


def _write_copy(path: Path, copy: Path, odd: dict[int, str]) -> None:
    """The file with `{}` for each line that is left out, so that the rows keep their numbers."""
    with copy.open("wb") as target:
        for first, block in _read_blocks(path):
            lines = block.split(b"\n")
            if not lines[-1]:
                lines.pop()
            for number, line in enumerate(lines, start=first):
                target.write((b"{}" if number in odd else line) + b"\n")
