"""What a run folder knows of one resident."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.ledger.columns import EVENT_ID, SUBJECT_ID
from scslab.scheme.model import Scheme
from scslab.scheme.reader import read_scheme
from scslab.society.course.provenance import digest_profile
from scslab.society.folder import SCHEME_FILE, SocietyFolder
from scslab.society.outcomes.life import LifeRecords
from scslab.society.population.profile import read_profile

TABLES = ("ledger", "true", "causes", "moves", "months")
"""The tables that a life is told from."""


def read_records(society: SocietyFolder, resident: int) -> LifeRecords:
    """What a run folder knows of one resident; only that resident's rows are held in memory.

    Raises:
        ProblemsError: the scheme's file cannot be read, the profile is neither shipped nor a file that is there, or
            they are not those of the run (Y333).
    """
    manifest, scheme, profile = society.manifest, _read_scheme(society), read_profile(society.manifest["profile"])
    if scheme.digest != _find_digest(manifest) or digest_profile(profile) != manifest["profile_digest"]:
        text = "the scheme or the population of this run is not the one that its files name"
        hint = "it was changed in an experiment or since; in Python, `trace_life(find_records(run, n), n)` tells it"
        raise ProblemsError([Problem("Y333", text, Place(str(society.folder)), hint)])
    own = pl.col(SUBJECT_ID) == resident
    recorded = society.scan("ledger").filter(own).collect()
    causes = society.scan("causes").filter(pl.col(EVENT_ID).is_in(recorded[EVENT_ID].implode())).collect()
    subjects = society.scan("subjects").filter(own).collect() if "subjects" in society.list() else None
    return LifeRecords(
        scheme, profile, manifest, society.read("months"),
        society.scan("true").filter(own).collect(), recorded, causes,
        society.scan("moves").filter(pl.col("resident") == resident).collect(), _find_first_day(society), subjects,
    )  # fmt: skip


def _read_scheme(society: SocietyFolder) -> Scheme:
    """The scheme in force at the end: the folder's own file."""
    return read_scheme((society.folder / SCHEME_FILE).read_bytes(), str(society.folder / SCHEME_FILE))


def _find_digest(manifest: Mapping[str, Any]) -> str:
    """The digest of the scheme in force at the end."""
    later = [reform["scheme_digest"] for reform in manifest.get("reforms", ()) if "scheme_digest" in reform]
    return str(later[-1] if later else manifest["scheme_digest"])


def _find_first_day(society: SocietyFolder) -> date:
    """The first day under the scheme of the end."""
    since, name = date.fromisoformat(society.manifest["first"]), str(society.manifest["scheme"])
    for reform in society.manifest.get("reforms", ()):
        if reform.get("scheme", name) != name:
            since, name = date.fromisoformat(reform["from"]), str(reform["scheme"])
    return since
