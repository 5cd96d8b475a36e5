"""Which schemes settle together, and in which order: each after those that it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from scslab.engine.together.reads import Good, Read, find_reads
from scslab.ground.problems import NOWHERE, Place, Problem, ProblemsError, Severity, did_you_mean
from scslab.scheme.catalogue import find_scheme, list_names
from scslab.scheme.model import Scheme, ScoreKind


@dataclass(frozen=True, slots=True)
class SchemeSet:
    """Schemes in the order in which they settle.

    Attributes:
        schemes: by id; each stands after those that it reads.
        reads: what they read of each other.
        given: the ids that were asked for; the others were taken from the catalogue because a scheme reads them.
        notes: what is told of it.
    """

    schemes: dict[str, Scheme]
    reads: tuple[Read, ...]
    given: tuple[str, ...]
    notes: tuple[Problem, ...] = ()

    def reads_of(self, reader: str) -> tuple[Read, ...]:
        """What one scheme reads."""
        return tuple(read for read in self.reads if read.reader == reader)


def order_schemes(schemes: Sequence[Scheme | str | Path], *, is_completed: bool = True) -> SchemeSet:
    """Find schemes, add those that they read, check what they read, and put them in order.

    Args:
        schemes: schemes, names of shipped ones, or paths.
        is_completed: whether a scheme that is read and not given is taken from the catalogue.

    Raises:
        ProblemsError: an id stands twice (R080), a scheme that is read is not there (R081), a list is not there
            (R082), there is no score or tier to read (R083), one scheme is succeeded twice (R085), or schemes read
            each other in a circle (R084).
    """
    found: dict[str, Scheme] = {}
    problems: list[Problem] = []
    for each in schemes:
        scheme = each if isinstance(each, Scheme) else find_scheme(each)
        if scheme.id in found:
            text = f"the scheme `{scheme.id}` is given twice"
            problems.append(Problem("R080", text, scheme.place, "give each scheme once"))
        found[scheme.id] = scheme
    given, notes = tuple(found), list[Problem]()
    reads = {name: find_reads(scheme) for name, scheme in found.items()}
    waiting = list(found)
    shipped = list_names()
    while waiting:
        for read in reads[waiting.pop(0)]:
            if read.scheme in found:
                continue
            if not is_completed or read.scheme not in shipped:
                problems.append(_tell_missing(read, (*found, *shipped)))
                continue
            scheme = find_scheme(read.scheme)
            found[scheme.id], reads[scheme.id] = scheme, find_reads(scheme)
            waiting.append(scheme.id)
            text = f"`{read.reader}` reads {read.what}: the shipped scheme `{scheme.id}` settles along"
            notes.append(Problem("R086", text, read.place, severity=Severity.WARNING))
    problems = list(dict.fromkeys(problems))
    if not problems:
        told = [*_check_reads(found, reads), *_check_successors(found)]
        problems = [each for each in told if each.severity is Severity.ERROR]
        notes += [each for each in told if each.severity is Severity.WARNING]
    if problems:
        raise ProblemsError(problems)
    ordered = _sort(found, reads)
    every = tuple(read for name in ordered for read in reads[name])
    return SchemeSet({name: found[name] for name in ordered}, every, given, tuple(notes))


def _tell_missing(read: Read, known: Sequence[str]) -> Problem:
    text = f"`{read.reader}` reads {read.what}, and the scheme `{read.scheme}` is neither given nor shipped"
    hint = did_you_mean(read.scheme, [name for name in known if name != read.reader])
    return Problem("R081", text, read.place, hint or "give its file as well")


def _check_reads(found: Mapping[str, Scheme], reads: Mapping[str, Sequence[Read]]) -> Iterator[Problem]:
    for read in (read for group in reads.values() for read in group):
        scheme = found[read.scheme]
        if read.good is Good.LIST:
            known = [each.id for each in scheme.lists]
            if read.list not in known:
                hint = did_you_mean(read.list, known) if known else "it has no lists"
                yield Problem("R082", f"the scheme `{scheme.id}` has no list `{read.list}`", read.place, hint)
        elif scheme.score.kind is ScoreKind.NONE and read.good is not Good.STANDING:
            yield Problem("R083", f"the scheme `{scheme.id}` has no {read.good} to read", read.place, "it only lists")
        elif read.good is Good.TIER and not scheme.tiers:
            text = f"the scheme `{scheme.id}` has no tiers, so that {read.what} is never known"
            yield Problem("R083", text, read.place, "read its score instead", Severity.WARNING)


def _check_successors(found: Mapping[str, Scheme]) -> Iterator[Problem]:
    heirs: dict[str, str] = {}
    for scheme in found.values():
        law = scheme.succession
        if law is None:
            continue
        if law.scheme in heirs:
            text = f"`{law.scheme}` is succeeded by `{heirs[law.scheme]}` and by `{scheme.id}`"
            yield Problem("R085", text, law.place, "settle one of them at a time")
        heirs[law.scheme] = scheme.id


def _sort(found: Mapping[str, Scheme], reads: Mapping[str, Sequence[Read]]) -> list[str]:
    """The ids, each after those it reads and else in the order given.

    Raises:
        ProblemsError: they go in a circle (R084).
    """
    done: dict[str, None] = {}
    path: list[str] = []

    def visit(name: str) -> None:
        if name in done:
            return
        if name in path:
            raise ProblemsError([_tell_circle([*path[path.index(name) :], name], reads)])
        path.append(name)
        for read in reads[name]:
            visit(read.scheme)
        path.pop()
        done[name] = None

    for name in found:
        visit(name)
    return list(done)


def _tell_circle(path: Sequence[str], reads: Mapping[str, Sequence[Read]]) -> Problem:
    steps = [next(read for read in reads[here] if read.scheme == there) for here, there in pairwise(path)]
    shown = "; ".join(f"{_say_place(step.place)}`{step.reader}` reads {step.what}" for step in steps)
    text = f"schemes read each other in a circle: {' -> '.join(path)}"
    return Problem("R084", text, steps[0].place, f"{shown}. Take one of these away")


def _say_place(place: Place) -> str:
    return "" if place == NOWHERE else f"{place}: "
