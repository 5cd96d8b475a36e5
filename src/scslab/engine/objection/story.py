"""What the fold needs of objections and repairs, and the room it works in."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scslab.engine.calendar import FOREVER, YEAR, encode_period
from scslab.engine.compile import MAX_RULES_PER_TYPE, Compiled
from scslab.engine.consequences.clauses import Clause
from scslab.engine.objection.acts import Acts
from scslab.engine.objection.challenges import encode
from scslab.engine.objection.layout import (
    A_ACTION,
    RESTORE_WIDTH,
    RESTORES,
    TALE_WIDTH,
    USED,
    Story,
)
from scslab.engine.objection.limits import list_restores
from scslab.scheme.model import Restore, Scheme

I64 = NDArray[np.int64]
MOST_ENTRIES = MAX_RULES_PER_TYPE
"""Entries that one event posts at most."""


def build_restores(compiled: Compiled) -> tuple[I64, NDArray[np.bool_]]:
    """The repairs of points as the kernel reads them: their rows (see `layout`), and the rules that each restores."""
    scheme = compiled.scheme
    found = list_restores(scheme)
    table = np.zeros((len(found), RESTORE_WIDTH), np.int64)
    restored = np.zeros((len(found), max(1, compiled.n_rules)), np.bool_)
    for r, (repair, action) in enumerate(found):
        times, per = -1, (FOREVER, 0)
        if repair.at_most is not None:
            times, per = repair.at_most.times, encode_period(repair.at_most.per)
            if per[0] == FOREVER and scheme.score.is_yearly_restart:
                per = (YEAR, 0)  # as caps count
        table[r] = [*action.share.as_integer_ratio(), *encode(action.after), times, *per]
        restored[r] = [rule.id in action.rules for rule in scheme.rules] or [False]
    return table, restored


def find_restore_clauses(compiled: Compiled) -> NDArray[np.uint64]:
    """The clause of each repair of points, as a bit."""
    clauses = [Clause(repair.on, repair.when) for repair, _ in list_restores(compiled.scheme)]
    return np.array([1 << compiled.clauses.index(clause) for clause in clauses], np.uint64)


@dataclass(frozen=True, slots=True)
class Plot:
    """What objections and repairs do in a run of the fold.

    Attributes:
        at, acts: the acts of the subject in position s are `acts[at[s]:at[s + 1]]`.
        posts: by position, how many entries they post at most.
        did: by act, whether it posted anything; is written by the fold.
        numbers: by repair of points, its number among all repairs.
        past: tales of the remembered entries.
    """

    scheme: Scheme
    at: I64
    acts: I64
    posts: I64
    restores: I64
    restored: NDArray[np.bool_]
    did: NDArray[np.bool_]
    numbers: NDArray[np.int32]
    past: I64 = field(default_factory=lambda: np.empty((0, TALE_WIDTH), np.int64))

    def open(self, width: int, written: int, kept: int, *, is_itemised: bool) -> Story:
        """The story for a block: room for subjects with so many entries, for what is written and what is kept."""
        law = self.scheme.objection
        times = max(1, int(self.restores[:, 4].max(initial=1)))
        n = self.restores.shape[0]
        return Story(
            self.at,
            self.acts,
            law is not None and law.suspends,
            *(encode(law.within) if law is not None else (-1, 0)),
            self.restores,
            self.restored,
            self.past,
            np.empty((width, TALE_WIDTH), np.int64),
            np.zeros(n, np.int64),
            np.zeros((n, times), np.int64),
            self.did,
            np.empty(written, np.int64) if is_itemised else None,
            np.empty(written, np.int32) if is_itemised else None,
            np.empty((kept, TALE_WIDTH), np.int64),
        )


def build_plot(compiled: Compiled, acts: Acts, position: I64, n: int, posts: I64, past: I64 | None = None) -> Plot:
    """The plot of a run.

    Args:
        compiled: the scheme.
        acts: the acts that concern entries, by subject (by id) and in order.
        position: where the fold has each of these subjects.
        n: how many subjects it has.
        posts: how many entries each act posts at most.
        past: tales of the remembered entries of a state.
    """
    scheme = compiled.scheme
    where = position[acts.subject]
    order = np.argsort(where, kind="stable")
    restores, restored = build_restores(compiled)
    numbers = [k for k, repair in enumerate(scheme.repairs) if isinstance(repair.action, Restore)]
    return Plot(
        scheme,
        np.concatenate([[0], np.cumsum(np.bincount(where, minlength=n))]).astype(np.int64),
        acts.table[order],
        np.bincount(where, weights=posts, minlength=n).astype(np.int64),
        restores,
        restored,
        np.zeros(where.size, np.bool_),
        np.array(numbers, np.int32),
        np.empty((0, TALE_WIDTH), np.int64) if past is None else past,
    )


def count_posts(acts: Acts, entries_of: I64) -> I64:
    """How many entries each act posts at most.

    Args:
        acts: the acts.
        entries_of: by act, how many entries its target has; is not read for repairs.
    """
    action = acts.table[:, A_ACTION]
    return np.where(action == RESTORES, 1, np.where(action == USED, 0, entries_of)).astype(np.int64)
