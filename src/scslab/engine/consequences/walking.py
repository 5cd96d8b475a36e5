"""The walk over days of many subjects, on one or more threads."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scslab.engine.consequences.kernel_acts import CHALLENGE_WIDTH
from scslab.engine.consequences.layout import (
    HOLD_WIDTH,
    LINE_WIDTH,
    MEMBER_WIDTH,
    Feed,
    WalkOutput,
    WalkRoom,
)
from scslab.engine.consequences.plan import Plans
from scslab.engine.threads import run_threads

I64 = NDArray[np.int64]
STEPS_PER_TASK = 1 << 17
"""Changes and events that a thread walks over at a time."""


def walk_all(
    plans: Plans, feed: Feed, n_groups: int, threads: int
) -> tuple[I64, I64, I64, NDArray[np.bool_], NDArray[np.uint8]]:
    """Walk all subjects of a feed: memberships, lines, tiers held until, what events did, and what acts came to."""
    n = feed.account.size
    steps = np.diff(feed.path_at) + np.diff(feed.signal_at) + np.diff(feed.hold_at) + 1
    held_until = np.full(n, -1, np.int64)
    did, act_codes = np.zeros(feed.signal_day.size, np.bool_), np.zeros(feed.acts.shape[0], np.uint8)
    challenges = np.zeros((n_groups, CHALLENGE_WIDTH), np.int64)

    # Imported here: schemes without lists need not wait for the walk to be compiled or loaded.
    from scslab.engine.consequences.kernel_walk import walk

    def run(low: int, high: int) -> tuple[list[I64], list[I64]]:
        room = _allocate_room(plans, feed, low, high)
        members, lines = list[I64](), list[I64]()
        few = max(64, int(steps[low:high].sum()))
        while low < high:
            out = WalkOutput(
                np.empty((few, MEMBER_WIDTH), np.int64), np.empty((2 * few, LINE_WIDTH), np.int64), held_until, did,
                act_codes, challenges,
            )  # fmt: skip
            done, n_members, n_lines = walk(plans.walk, feed, low, high, room, out)
            members.append(out.members[:n_members].copy())
            lines.append(out.lines[:n_lines].copy())
            few *= 1 if done > low else 4  # one subject alone needs more
            low = int(done)
        return members, lines

    parts = run_threads(cut_tasks(steps, run), threads)
    return (
        np.concatenate([x for part in parts for x in part[0]]),
        np.concatenate([x for part in parts for x in part[1]]),
        held_until,
        did,
        act_codes,
    )


def cut_tasks(steps: I64, run: Callable[[int, int], Any]) -> list[Callable[[], Any]]:
    """Tasks over neighbouring subjects with about as many steps each."""
    ends = np.cumsum(steps)
    edges = np.searchsorted(ends, np.arange(STEPS_PER_TASK, int(ends[-1]), STEPS_PER_TASK)) + 1
    borders = sorted({0, *edges.tolist(), steps.size})
    return [lambda low=low, high=high: run(low, high) for low, high in pairwise(borders)]


def _allocate_room(plans: Plans, feed: Feed, low: int, high: int) -> WalkRoom:
    n_lists, n_counters = plans.walk.lists.shape[0], plans.walk.counters.shape[0]
    most_holds = int(np.diff(feed.hold_at[low : high + 1]).max(initial=0))
    times = int(plans.walk.repairs[:, 6].max(initial=1))
    n_repairs = plans.walk.repairs.shape[0]

    def ints(*shape: int) -> I64:
        return np.zeros(shape, np.int64)

    return WalkRoom(
        open=ints(n_lists),
        was_open=ints(n_lists),
        head=ints(n_counters),
        number=ints(n_counters),
        other=ints(len(plans.sources)),
        holds=ints(2 * most_holds + 1, HOLD_WIDTH),
        uses=ints(n_repairs),
        used_on=ints(n_repairs, max(1, times)),
    )
