"""How much memory a settlement may take: what the user says, or a share of what is free."""

from __future__ import annotations

import os
import re
from pathlib import Path

from scslab.ground.problems import Problem, ProblemsError

SHARE_OF_FREE = 0.4
"""The part of the free memory that a settlement may take where nothing is said."""
FALLBACK = 2_000_000_000
"""The budget in bytes on a system that does not tell how much memory is free."""
LEAST = 1_000_000_000
"""The least budget in bytes: a little more than the program itself takes."""

_UNITS: dict[str, int] = {
    **{"": 1, "B": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12},
    **{"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12},
    **{"KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40},
}


def read_memory(given: int | float | str | None) -> int:
    """A budget in bytes: a number of bytes, a text like `2.5GB`, or by default a share of the free memory.

    Raises:
        ProblemsError: the text is no amount of memory, or less than a gigabyte (R050).

    Example:
        >>> read_memory("2.5GB"), read_memory("4 GiB")
        (2500000000, 4294967296)
    """
    if given is None:
        return max(LEAST, int(SHARE_OF_FREE * find_free_memory()))
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", str(given))
    if found is None or found[2].upper() not in _UNITS:
        raise ProblemsError([Problem("R050", f"`{given}` is no amount of memory", help="write it as 2.5GB or 1500MB")])
    budget = int(float(found[1]) * _UNITS[found[2].upper()])
    if budget < LEAST:
        text = f"`{given}` of memory is too little: the program itself takes most of it"
        raise ProblemsError([Problem("R050", text, help="give at least 1GB")])
    return budget


def find_free_memory() -> int:
    """Bytes of memory that a new process could use without pushing others out, within the limit of a container."""
    free = _read_meminfo()
    limit, used = _read_number("memory.max"), _read_number("memory.current")
    if limit is not None and used is not None:
        return max(0, min(free, limit - used))
    return free


def _read_meminfo() -> int:
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return _ask_system()
    found = re.search(r"^MemAvailable:\s*(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else _ask_system()


def _ask_system() -> int:
    """All memory of a system without `/proc`; a system that does not tell it has the fallback."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return int(FALLBACK / SHARE_OF_FREE)


def _read_number(name: str) -> int | None:
    """A number that the control group of the process is bound to; None where there is none."""
    try:
        text = (Path("/sys/fs/cgroup") / name).read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None
