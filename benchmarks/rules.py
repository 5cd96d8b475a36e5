"""The benchmark scheme as plain data, read from scheme.yaml, so that every peer settles the same rules.

Only what the benchmark scheme uses is understood: constant points or a formula, caps per calendar year, validity in
months, constant bounds and tiers. Anything else in the file is refused, so that no peer silently leaves it out.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml
from make_ledger import TYPES

SCHEME = Path(__file__).with_name("scheme.yaml")
AS_OF = date(2023, 12, 31)
"""The date of the standings: the last day of the ledger. Lapses up to it have happened."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `types` it listens to, SQL `when`, constant `points` or SQL `formula`, `cap` points a calendar year."""

    number: int
    id: str
    types: tuple[str, ...]
    when: str | None
    points: int | None
    formula: str | None
    cap: int | None
    valid_months: int | None


@dataclass(frozen=True, slots=True)
class Scheme:
    """The benchmark scheme; `tiers` is (id, lowest score), lowest first."""

    start: int
    floor: int
    ceiling: int
    tiers: tuple[tuple[str, int], ...]
    rules: tuple[Rule, ...]


def read_scheme(path: Path = SCHEME) -> Scheme:
    """Read the benchmark scheme; a ValueError names what the peers could not do."""
    file = yaml.safe_load(path.read_text("utf-8"))
    rules = []
    for number, item in enumerate(file["rules"]):
        item["on"] = item.pop(True)  # plain YAML 1.1 reads the key `on` as a boolean
        surplus = set(item) - {"id", "on", "when", "points", "cap", "valid", "source"}
        cap = item.get("cap")
        valid = item.get("valid")
        if surplus or (cap and cap["per"] != "year") or (valid and valid.split()[1] != "months"):
            raise ValueError(f"the peers do not know all of rule {item['id']}: {surplus or cap or valid}")
        on = item["on"]
        types = tuple(t for t in TYPES if (t.startswith(on[:-1]) if on.endswith(".*") else t == on))
        constant = isinstance(item["points"], int)
        rules.append(
            Rule(
                number,
                item["id"],
                types,
                item.get("when"),
                item["points"] if constant else None,
                None if constant else item["points"],
                cap["points"] if cap else None,
                int(valid.split()[0]) if valid else None,
            )
        )
    score = file["score"]
    tiers = tuple((tier["id"], tier["from"]) for tier in file["tiers"])
    return Scheme(score["start"], score["floor"], score["ceiling"], tiers, tuple(rules))


def add_months(day: date, months: int) -> date:
    """`day` moved by whole months; a missing day becomes the last of its month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def tier_sql(scheme: Scheme, score: str = "score") -> str:
    """The tier of a score as an SQL CASE."""
    cases = " ".join(f"WHEN {score} >= {lower} THEN '{name}'" for name, lower in reversed(scheme.tiers))
    return f"CASE {cases} END"
