"""Why an event is unposted, where lists, repairs and counts listen beside rules."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scslab.engine.classify import Classified
from scslab.engine.compile import Compiled
from scslab.engine.consequences.clauses import Clause, is_heard
from scslab.engine.consequences.follow import Followed
from scslab.engine.kernel_group import (
    ACTS,
    N_REASONS,
    NO_CONDITION,
    NO_POINTS,
    NO_RULE,
    NOT_IN_FORCE,
    NOTHING_TO_REPAIR,
    ONLY_COUNTED,
    TYPE_MASK,
    TYPE_SHIFT,
    UNDER_AGE,
)
from scslab.scheme.model import EventCondition, Scheme, StateCondition


@dataclass(frozen=True, slots=True)
class Listening:
    """Who listens beside the rules.

    Attributes:
        acts: by type, whether a way, an extension or a repair listens.
        counts: by type, whether a count listens.
        repairs: the clauses of repairs, as bits.
    """

    acts: NDArray[np.bool_]
    counts: NDArray[np.bool_]
    repairs: np.uint64


def find_listening(compiled: Compiled) -> Listening:
    """Who listens in a scheme."""
    scheme = compiled.scheme
    acting, counting = _find_acting(scheme), _find_counting(scheme)

    def heard_by(clauses: list[Clause]) -> NDArray[np.bool_]:
        return np.array([any(is_heard(c, name) for c in clauses) for name in compiled.types], np.bool_)

    repairs = {compiled.clauses.index(Clause(r.on, r.when)) for r in scheme.repairs}
    return Listening(heard_by(acting), heard_by(counting), np.uint64(sum(1 << k for k in repairs)))


def decide_reasons(
    compiled: Compiled,
    classified: Classified,
    followed: Followed | None,
    restored: NDArray[np.int64] | None = None,
    objected: tuple[NDArray[np.int64], NDArray[np.uint8]] | None = None,
) -> Classified:
    """The events again, with the reasons that hold once lists, repairs and objections have heard them.

    Args:
        compiled: the scheme.
        classified: the events, with the reasons of rules.
        followed: what followed for lists; None where nobody walked over them.
        restored: rows of the events that restored points.
        objected: rows of filings and outcomes, and the reason of each.
    """
    if not compiled.clauses and objected is None:
        return classified
    types = ((classified.words >> TYPE_SHIFT) & TYPE_MASK).astype(np.int64)
    bits, did = np.zeros(types.size, np.uint64), np.zeros(types.size, np.bool_)
    bits[classified.heard] = classified.heard_bits
    if followed is not None:
        did[followed.signals.row] = followed.did
    if restored is not None:
        did[restored] = True
    reasons = rewrite_reasons(find_listening(compiled), classified.reasons, types, bits, did)
    if objected is not None:
        reasons[objected[0]] = objected[1]
    counts = np.bincount(reasons, minlength=N_REASONS)[np.newaxis, :]
    return replace(classified, reasons=reasons, counts=counts)


def rewrite_reasons(
    listening: Listening,
    reasons: NDArray[np.uint8],
    types: NDArray[np.int64],
    bits: NDArray[np.uint64],
    did: NDArray[np.bool_],
) -> NDArray[np.uint8]:
    """Reasons that hold for everybody who listens, from those that hold for the rules alone.

    Args:
        listening: who listens.
        reasons: why no rule posted for each event (0: one did).
        types: the type of each.
        bits: the clauses that took each.
        did: whether it changed a list.
    """
    found = reasons.copy()
    is_open = ~np.isin(reasons, (ACTS, NOT_IN_FORCE, UNDER_AGE))
    acts, counts = listening.acts[types], listening.counts[types]
    found[(reasons == NO_RULE) & counts] = ONLY_COUNTED
    found[((reasons == NO_RULE) | (reasons == NO_POINTS)) & acts] = NO_CONDITION
    found[is_open & ((bits & listening.repairs) != 0)] = NOTHING_TO_REPAIR
    found[did] = ACTS
    return found


def _find_acting(scheme: Scheme) -> list[Clause]:
    ways = [way for each in scheme.lists for way in (*each.enter, *each.leave) if isinstance(way, EventCondition)]
    others = [*(x for each in scheme.lists for x in each.extend), *scheme.repairs]
    return [*(Clause(way.on, way.when) for way in ways), *(Clause(x.on, x.when) for x in others)]


def _find_counting(scheme: Scheme) -> list[Clause]:
    states = [way for each in scheme.lists for way in (*each.enter, *each.leave) if isinstance(way, StateCondition)]
    states += [state for tier in scheme.tiers for state in tier.requires]
    return [Clause(state.count.on, state.count.when) for state in states if state.count]
