"""Objection and repair in a statement: what was objected to and how it ended, and what is still possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from scslab.scheme.model import Restore, Scheme

SHOWN = 3
"""So many entries are named that may still be objected to, or restored by one repair."""


@dataclass(frozen=True, slots=True)
class Objected:
    """An objection in a statement.

    Attributes:
        outcome: as in `Settlement.objections`.
        decide_by: the day by which it must be decided; None: there is none, or it is decided.
        told: what became of it, in words.
    """

    target: str
    filed_on: date
    filed_event: str
    outcome: str
    decided_on: date | None
    decided_event: str | None
    decide_by: date | None
    told: str


def build_objected(scheme: Scheme, rows: Iterable[Mapping[str, Any]]) -> tuple[Objected, ...]:
    """The objections of one subject, from its rows of `Settlement.objections`, in the order of filing."""
    return tuple(_build(scheme, row) for row in sorted(rows, key=lambda row: row["filed_on"]))


def _build(scheme: Scheme, row: Mapping[str, Any]) -> Objected:
    law, outcome = scheme.objection, str(row["outcome"])
    decide_by = None
    if outcome == "open" and law is not None and law.decide_within is not None:
        decide_by = law.decide_within.after(row["filed_on"])
    by = "" if row["decided_event"] is None else f" by {row['decided_event']}"
    if outcome == "open":
        due = f"is to be decided by {decide_by}" if decide_by else "is not decided yet"
        told = f"{due}{', and suspends what it is about' if law is not None and law.suspends else ''}"
    elif outcome.startswith("expired"):
        told = f"was not decided in time and counts as {outcome.removeprefix('expired ')} since {row['decided_on']}"
    else:
        told = f"was {outcome} on {row['decided_on']}{by}"
    return Objected(
        target=str(row["target"]),
        filed_on=row["filed_on"],
        filed_event=str(row["filed_event"]),
        outcome=outcome,
        decided_on=row["decided_on"],
        decided_event=None if row["decided_event"] is None else str(row["decided_event"]),
        decide_by=decide_by,
        told=f"objection {row['filed_event']} of {row['filed_on']} against {row['target']} {told}",
    )


def title_entry(scheme: Scheme, row: Mapping[str, Any], title: str) -> str:
    """The title of an entry of an objection or repair, from that of the rule that it is about.

    Example:
        >>> title_entry(None, {"kind": "objection", "target": "E1"}, "Unpaid fine")
        'taken back while the objection against E1 is open: Unpaid fine'
    """
    match row["kind"]:
        case "objection":
            return f"taken back while the objection against {row['target']} is open: {title}"
        case "rejected":
            return f"given again, the objection against {row['target']} failed: {title}"
        case "upheld":
            return f"taken back for good, the objection against {row['target']} was upheld: {title}"
        case "repair":
            names = {repair.id: repair.title.en or repair.id for repair in scheme.repairs}
            return f"repaired ({names.get(row['repair'], row['repair'])}): {title}"
        case _:
            return title


def find_live(entries: Sequence[Mapping[str, Any]]) -> dict[int, Decimal]:
    """What is left of each entry of one subject, by `seq`: without those that lapsed, are taken back or restarted.

    Args:
        entries: its entries in order, as in `Settlement.entries`.

    Example:
        >>> one = {"seq": 1, "kind": "event", "event_id": "E1", "rule": "fine", "effective": -30}
        >>> two = {"seq": 2, "kind": "repair", "target": "E1", "rule": "fine", "effective": 10}
        >>> find_live([one, two])
        {1: Decimal('-20')}
    """
    live: dict[tuple[Any, Any], tuple[int, Decimal]] = {}
    taken: dict[tuple[Any, Any], tuple[int, Decimal]] = {}
    for row in entries:
        about = row.get("target") if row["kind"] in ("objection", "rejected", "upheld", "repair") else row["event_id"]
        key, points = (about, row["rule"]), Decimal(row["effective"])
        match row["kind"]:
            case "event":
                live[key] = row["seq"], points
            case "repair" if key in live:
                live[key] = live[key][0], live[key][1] + points
            case "objection" if key in live:
                taken[key] = live.pop(key)
            case "rejected" if key in taken:
                live[key] = taken.pop(key)
            case "restart":
                live, taken = {}, {}
            case _:
                live.pop(key, None)
    return dict(live.values())


def describe_ways_back(
    scheme: Scheme, as_of: date, entries: Sequence[Mapping[str, Any]], objected: Sequence[Objected]
) -> list[str]:
    """What the subject may still do about its entries: objections and repairs of points, in sentences."""
    left = find_live(entries)
    rows = [row for row in reversed(entries) if left.get(row["seq"], 0) < 0 and row["kind"] == "event"]
    said: list[str] = [each.told[0].upper() + each.told[1:] + "." for each in objected if each.outcome == "open"]
    law = scheme.objection
    if law is not None:
        known = {each.target for each in objected}
        last = {str(row["event_id"]): law.within and law.within.after(row["posted_on"]) for row in rows}
        may = {target: day for target, day in last.items() if target not in known and (day is None or day > as_of)}
        for target, day in list(may.items())[:SHOWN]:
            said.append(f"An objection against {target} may be filed" + (f" until {day}." if day else "."))
    for repair in scheme.repairs:
        action = repair.action
        if not isinstance(action, Restore):
            continue
        done = {row["target"] for row in entries if row["kind"] == "repair" and row["repair"] == repair.id}
        open_to = [row for row in rows if row["rule"] in action.rules and row["event_id"] not in done]
        for row in open_to[:SHOWN]:
            since = action.after.after(row["posted_on"]) if action.after else as_of
            when = f" from {since} on" if since > as_of else ""
            title = repair.title.en or repair.id
            said.append(f"{title} would give back {action.share:%} of the points of {row['event_id']}{when}.")
    return said
