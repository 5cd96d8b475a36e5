"""Settle one ledger under several schemes, or open their runs, and compare what they make of the subjects."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from scslab.engine.runs import RUN_FILE, open_run, read_counts, read_notes
from scslab.engine.settlement import Settlement
from scslab.engine.together.comparing import Comparison, compare_settlements
from scslab.engine.together.folder import TOGETHER_FILE
from scslab.engine.together.settle import settle_together
from scslab.engine.together.words import map_words, read_words
from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.ledger.load import load
from scslab.scheme.catalogue import find_scheme
from scslab.scheme.model import Scheme, ScoreKind

OPENED = ("standings", "entries", "unposted", "measures", "memberships")
"""The tables of a run that a comparison opens."""


def compare(
    schemes: Sequence[Scheme | Settlement | str | Path],
    events: Any = None,
    *,
    words: str | Path | None = None,
    as_of: date | None = None,
    known_at: date | None = None,
    mapping: str | Path | None = None,
    subjects: Any = None,
    threads: int | None = None,
) -> Comparison:
    """Compare what two or more schemes make of the same subjects.

    Args:
        schemes: schemes that settle `events` together; or, without `events`, settlements or run folders. Those that
            only list settle along where others read their lists, and are not compared.
        events: the ledger.
        words: where the vocabularies of two schemes differ, the file that says which event of the first is which of
            the second. What it does not map is counted in `unmapped`.
        as_of: as for `settle`, like the other arguments.
        known_at: use only what was recorded by then.
        mapping: the file that says how a raw table becomes events.
        subjects: a table of subjects and their attributes.
        threads: how many threads may work at a time.

    Raises:
        ProblemsError: there are fewer than two schemes (R090) with a score (R091), or a file cannot be used.

    Example:
        >>> import scslab as scs
        >>> found = scs.compare(["food-safety", "food-safety"], "chicago-food-inspections")
        Traceback (most recent call last):
        ...
        scslab.ground.problems.ProblemsError: food-safety/scheme.yaml:3:1: R080 the scheme `food-safety` is given twice
          help: give each scheme once
    """
    if len(schemes) < 2 and events is not None:
        raise ProblemsError([Problem("R090", "a comparison needs two schemes at least", help="name another one")])
    if events is None:
        settled = open_settlements(schemes)
        unmapped = None
    else:
        found = [each if isinstance(each, Scheme) else _find(each) for each in schemes]
        query: dict[str, Any] = {"as_of": as_of, "known_at": known_at, "subjects": subjects, "threads": threads}
        if words is None:
            together = settle_together(found, events, mapping=mapping, **query)
            settled = {scheme.id: together.settlements[scheme.id] for scheme in found}
            unmapped = None
        else:
            settled, unmapped = _settle_mapped(found, events, words, mapping, query)
    scored = {name: each for name, each in settled.items() if each.scheme.score.kind is not ScoreKind.NONE}
    if len(scored) < 2:
        _refuse(settled)
    return compare_settlements(scored, unmapped)


def _find(name: Any) -> Scheme:
    if isinstance(name, Settlement):
        return name.scheme
    return find_scheme(name)


def _refuse(settled: dict[str, Settlement]) -> None:
    problems = [
        Problem("R091", f"the scheme `{name}` has no score to compare", each.scheme.place, "it only lists")
        for name, each in settled.items()
        if each.scheme.score.kind is ScoreKind.NONE
    ]
    if len(settled) < 2:
        problems.append(Problem("R090", "a comparison needs two schemes at least", help="name another one"))
    if problems:
        raise ProblemsError(problems)


def _settle_mapped(
    schemes: Sequence[Scheme], events: Any, words: str | Path, mapping: str | Path | None, query: dict[str, Any]
) -> tuple[dict[str, Settlement], pl.DataFrame]:
    """The first scheme on the ledger, the second on the same ledger in its own words."""
    if len(schemes) != 2:
        text = f"a mapping of words is between two schemes, and there are {len(schemes)}"
        raise ProblemsError([Problem("R092", text, Place(str(words)), "compare two at a time")])
    first, second = schemes
    word_mapping = read_words(Path(words), first, second)
    ledger = load(events, first, mapping=mapping, subjects=query["subjects"], known_at=query["known_at"])
    told, unmapped = map_words(ledger.frame, word_mapping, second)
    one = settle_together([first], events, mapping=mapping, **query).settlements[first.id]
    people = query["subjects"] if query["subjects"] is not None else ledger.subjects
    later: dict[str, Any] = query | {"as_of": one.as_of, "subjects": people}
    two = settle_together([second], told, **later).settlements[second.id]
    counted = unmapped.with_columns(pl.lit(first.id).alias("scheme")).select("scheme", "type", "events")
    return {first.id: one, second.id: two}, counted


def open_settlements(given: Sequence[Scheme | Settlement | str | Path]) -> dict[str, Settlement]:
    """Settlements by a name: as they are, or from run folders, and from folders of several runs.

    Raises:
        ProblemsError: a folder is no run (R032).
    """
    found: dict[str, Settlement] = {}
    for each in given:
        if isinstance(each, Settlement):
            found[_name(each.scheme.id, found)] = each
            continue
        folder = Path(each.id if isinstance(each, Scheme) else each)
        if (folder / TOGETHER_FILE).is_file():
            names = json.loads((folder / TOGETHER_FILE).read_text(encoding="utf-8"))["schemes"]
            runs = [folder / name for name in names]
        else:
            runs = [folder]
        for run in runs:
            settlement = open_settlement(run)
            found[_name(settlement.scheme.id, found)] = settlement
    return found


def _name(scheme: str, taken: dict[str, Settlement]) -> str:
    """A name for a settlement: the id of its scheme, numbered where it stands more than once."""
    name, number = scheme, 1
    while name in taken:
        number += 1
        name = f"{scheme}-{number}"
    return name


def open_settlement(folder: Path) -> Settlement:
    """A run folder as a settlement, with its tables in memory.

    Raises:
        ProblemsError: it is no complete run with entries (R032, R033).
    """
    run = open_run(folder)
    described = run.description
    tables = {name: run.scan(name).collect() for name in OPENED if run.has(name)}
    tables |= {name: run.scan(name).collect() for name in ("publications", "contributions") if run.has(name)}
    days = {name: described.get(name) for name in ("known_at", "published_on")}
    return Settlement(
        scheme=run.scheme,
        as_of=date.fromisoformat(described["as_of"]),
        set_aside=pl.DataFrame(),
        counts=read_counts(described),
        notes=read_notes(described),
        **{name: date.fromisoformat(day) if day else None for name, day in days.items()},  # type: ignore[arg-type]
        **tables,  # type: ignore[arg-type]
    )


def is_run(path: str | Path) -> bool:
    """Whether a folder holds a run, or several."""
    return any((Path(path) / name).is_file() for name in (RUN_FILE, TOGETHER_FILE))
