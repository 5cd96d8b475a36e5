"""Zip archives that are read in memory only: nothing is unpacked to disk, and a bomb is stopped at its limit."""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from scslab.ground.problems import Place
from scslab.scheme.problem_list import Problems, shorten

MAX_ENTRIES = 20_000
"""The most files of an archive."""
MAX_ENTRY_BYTES = 200_000_000
"""The largest text that is read out of an archive."""
MAX_TOTAL_BYTES = 500_000_000
"""The most that all files of an archive may hold unpacked."""
MAX_RATIO = 500
"""Text shrinks to a tenth; a file that shrank to less than this share (and is not small) is a bomb."""


@dataclass(slots=True)
class Archive:
    """An open archive.

    Attributes:
        path: where it stands.
        names: its files by their name in small letters, without folder: programs disagree about `sources`.
        read_bytes: how much was unpacked so far.
    """

    path: Path
    packed: zipfile.ZipFile
    names: dict[str, zipfile.ZipInfo]
    problems: Problems
    read_bytes: int = 0

    def read(self, name: str) -> bytes | None:
        """The content of a file, by its name without folder; None where it is not there or too large."""
        entry = self.names.get(name.lower())
        if entry is None:
            return None
        try:
            with self.packed.open(entry) as stream:
                # The size that the archive states may be a lie: what comes out is counted.
                content = stream.read(MAX_ENTRY_BYTES + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
            EOFError,
        ) as error:
            self.problems.error(
                "Q801", f"`{shorten(entry.filename)}` cannot be unpacked: {error}", Place(str(self.path))
            )
            return None
        self.read_bytes += len(content)
        if len(content) > MAX_ENTRY_BYTES or self.read_bytes > MAX_TOTAL_BYTES:
            message = f"`{shorten(entry.filename)}` is too large unpacked"
            self.problems.error("Q803", message, Place(str(self.path)))
            return None
        return content


def open_archive(path: Path, problems: Problems) -> Archive | None:
    """Opens an archive; None where it is none, or unsafe: paths that lead out of it, or far too much inside."""
    place = Place(str(path))
    try:
        packed = zipfile.ZipFile(path)
    except OSError as error:
        problems.error("Q801", f"`{path}` cannot be read: {error.strerror or error}", place)
        return None
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError, struct.error) as error:
        problems.error(
            "Q801", f"`{path}` is not a zip archive: {error}", place, "a .qdpx is a zip with project.qde in it"
        )
        return None
    entries = [entry for entry in packed.infolist() if not entry.is_dir()]
    found = problems.count_errors()
    if len(entries) > MAX_ENTRIES:
        problems.error("Q803", f"the archive has {len(entries):,} files; at most {MAX_ENTRIES:,} are read", place)
    total = sum(entry.file_size for entry in entries)
    if total > MAX_TOTAL_BYTES:
        problems.error("Q803", f"the archive holds {total:,} bytes unpacked; at most {MAX_TOTAL_BYTES:,}", place)
    for entry in entries[:MAX_ENTRIES]:
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
            problems.error("Q803", f"the file `{shorten(entry.filename)}` leads out of the archive", place)
        if entry.file_size > 1_000_000 and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            times = entry.file_size // max(entry.compress_size, 1)
            problems.error("Q803", f"`{shorten(entry.filename)}` grows {times:,} times when unpacked", place)
        if entry.flag_bits & 1:
            problems.error("Q801", f"`{shorten(entry.filename)}` is encrypted", place)
    if problems.count_errors() > found:
        packed.close()
        return None
    names = {PurePosixPath(entry.filename.replace("\\", "/")).name.lower(): entry for entry in entries}
    return Archive(path, packed, names, problems)
