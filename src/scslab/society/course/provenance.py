"""Where a result comes from: digests of the code, of a profile and of tables, for manifests and checkpoints."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from scslab.ground.version import VERSION
from scslab.society.population.profile import Profile
from scslab.society.setting import Reform, Setting, Settles

PARTS = ("ground", "scheme", "ledger", "engine", "society")
"""The parts of the package that a simulation runs through."""


@cache
def digest_code() -> str:
    """SHA-256 over the source files that a simulation runs through, in the order of their names."""
    root, found = Path(str(files("scslab"))), hashlib.sha256()
    for path in sorted(path for part in PARTS for path in (root / part).rglob("*.py")):
        found.update(path.relative_to(root).as_posix().encode() + b"\x00" + path.read_bytes() + b"\x00")
    return found.hexdigest()


@cache
def list_versions() -> dict[str, str]:
    """The versions of what computes: scslab, Polars, NumPy and Numba."""
    return {"scslab": VERSION, **{name: version(name) for name in ("polars", "numpy", "numba")}}


def digest_profile(profile: Profile) -> str:
    """SHA-256 over the tables of a profile.

    Example:
        >>> from scslab.society.population.profile import read_profile
        >>> digest_profile(read_profile("rongcheng")) == digest_profile(read_profile("hangzhou"))
        True
    """
    margins = [[list(margin.axes), margin.shares.tolist()] for margin in profile.margins]
    return digest_json([profile.dimensions, margins, profile.household_sizes])


def digest_json(content: Any) -> str:
    """SHA-256 over plain content, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def describe_reform(reform: Reform) -> dict[str, Any]:
    """All of a reform."""
    told = {"from": reform.since.isoformat(), "values": dict(reform.values), "rates": dict(reform.rates)}
    return {**told, **({"scheme": reform.scheme.id, "scheme_digest": reform.scheme.digest} if reform.scheme else {})}


def describe_setting(setting: Setting) -> dict[str, Any]:
    """All of a setting that shows in its result."""
    return {
        "scheme": setting.scheme.id, "scheme_digest": setting.scheme.digest, "profile": setting.profile.id,
        "profile_digest": digest_profile(setting.profile), "residents": setting.residents, "years": setting.years,
        "first": setting.first.isoformat(), "seed": setting.seed, "replicate": setting.replicate,
        "reforms": [describe_reform(reform) for reform in setting.reforms],
        **({} if setting.settles is Settles.MONTHLY else {"settles": setting.settles.value}),
        **({"beside": setting.beside.id, "beside_digest": setting.beside.digest} if setting.beside else {}),
    }  # fmt: skip


def digest_setting(setting: Setting) -> str:
    """What a run is known by: the same digest, the same result. Threads and partitions do not count."""
    given = {"values": dict(setting.values), "rates": dict(setting.rates)}
    return digest_json([describe_setting(setting), given, digest_code(), list_versions()])


def digest_frame(table: pl.DataFrame) -> str:
    """SHA-256 over the columns of a table, independent of how it is chunked or written."""
    found = hashlib.sha256()
    for column in table.get_columns():
        found.update(f"{column.name}:{column.dtype}".encode())
        for part in _flatten(column):
            found.update(part)
    return found.hexdigest()


def _flatten(column: pl.Series) -> Iterator[bytes]:
    """What a column says, as bytes: which values are missing, then the values; lists as lengths and items."""
    yield column.is_null().to_numpy().tobytes()
    if column.dtype == pl.Null:
        return
    if isinstance(column.dtype, pl.List):
        yield column.list.len().fill_null(0).to_numpy().tobytes()
        yield from _flatten(column.drop_nulls().explode(keep_nulls=True, empty_as_null=False))
        return
    if column.dtype == pl.String:
        words = column.drop_nulls().unique().sort()
        yield "\x1f".join(words.to_list()).encode()
        column = column.cast(pl.Enum(words))
    physical = column.to_physical()
    yield (physical.cast(pl.Int64) if physical.dtype == pl.Int128 else physical).fill_null(0).to_numpy().tobytes()
