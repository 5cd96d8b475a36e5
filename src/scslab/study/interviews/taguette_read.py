"""Taguette in: its CSV of highlights (`id, document, tag, content`), with a `.qdc` codebook if there is one."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from scslab.ground.problems import Place
from scslab.scheme.problem_list import Problems, shorten
from scslab.study.interviews.project import Code, Coding, Interview, Project

MAX_BYTES = 200_000_000
COLUMNS = ("document", "tag", "content")
"""The columns that are needed; a column `coder` or `user` is read too."""


def read_taguette(path: Path, codes: tuple[Code, ...] = ()) -> Project:
    """Reads highlights; a code is a tag, an interview a document. A path `a.b` stands below `a`.

    Args:
        path: the CSV file.
        codes: the codebook, for codes that no highlight has, and for descriptions.

    Raises:
        ProblemsError: the file cannot be used; all problems at once.
    """
    problems = Problems("Q")
    content = _open(path, problems)
    problems.raise_errors()
    rows = csv.reader(io.StringIO(content, newline=""))
    header = [name.strip().lower() for name in next(rows, [])]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        message = f"the table has no column {', '.join(f'`{name}`' for name in missing)}"
        problems.error("Q808", message, Place(str(path), 1), "export the highlights from Taguette as CSV")
        problems.raise_errors()
    by_name = {code.name: code for code in codes}
    found: dict[str, Code] = {code.id: code for code in codes}
    interviews: dict[str, Interview] = {}
    codings: list[Coding] = []
    coder_column = next((header.index(name) for name in ("coder", "user") if name in header), None)
    place = Place(str(path))
    try:
        for row in rows:
            place = Place(str(path), rows.line_num)
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(header):
                problems.error("Q808", f"the line has {len(row)} fields where the header has {len(header)}", place)
                continue
            document, tag, quote = (row[header.index(name)].strip() for name in COLUMNS)
            if not document:
                problems.error("Q808", "the line names no document", place)
                continue
            interviews.setdefault(document, Interview(document, document))
            if not tag:
                continue
            code = by_name.get(tag) or found.get(tag)
            if code is None:
                code = _add_path(tag, found)
            coder = "" if coder_column is None else row[coder_column].strip()
            codings.append(Coding(document, code.id, coder, quote=quote, place=place))
    except csv.Error as error:
        problems.error("Q808", f"not readable as CSV: {error}", place)
    problems.raise_errors()
    return Project(path.stem, tuple(found.values()), tuple(interviews.values()), tuple(codings))


def _add_path(tag: str, found: dict[str, Code]) -> Code:
    """A code with all that stand above it."""
    parent = ""
    parts = tag.split(".") if " " not in tag else [tag]
    for depth in range(1, len(parts) + 1):
        path = ".".join(parts[:depth])
        if path not in found:
            found[path] = Code(path, path, parent)
        parent = path
    return found[tag]


def _open(path: Path, problems: Problems) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            problems.error("Q803", f"`{path}` has more than {MAX_BYTES:,} bytes", Place(str(path)))
            return ""
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problems.error("Q801", f"`{shorten(str(path))}` is not UTF-8", Place(str(path)))
    except OSError as error:
        problems.error("Q801", f"`{path}` cannot be read: {error.strerror or error}", Place(str(path)))
    return ""
