"""Standings over time where nothing but the score changes them: no walk over days is needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scslab.engine.calendar import LAST_DAY, MONTH, NEVER, QUARTER, build_day_tables
from scslab.engine.compile import Compiled
from scslab.engine.consequences.kernel_lines import draw
from scslab.engine.consequences.layout import D_BY_SCORE, D_SCORE, D_TIER, LINE_WIDTH, Feed
from scslab.engine.consequences.plan import find_unit
from scslab.engine.frames_standings import find_tiers
from scslab.engine.window import Window
from scslab.scheme.model import ScoreKind


def is_straight(compiled: Compiled) -> bool:
    """Whether tiers follow from the score alone, the same on all days, and there are no lists."""
    scheme = compiled.scheme
    return (
        not scheme.lists
        and not scheme.score.is_yearly_restart
        and scheme.score.kind is ScoreKind.POINTS
        and not any(rule.grade or rule.limit_tier for rule in scheme.rules)
        and not any(tier.requires for tier in scheme.tiers)
        and all(tier.lower is None or tier.lower.is_constant for tier in scheme.tiers)
    )


def draw_lines(compiled: Compiled, window: Window, feed: Feed) -> NDArray[np.int64]:
    """The lines that the walk would write (see `layout`), by subject and day."""
    lines = np.empty((2 * feed.account.size + feed.path_day.size, LINE_WIDTH), np.int64)
    idle_day = window.published if window.published >= 0 else window.as_of
    told = _find_publications_before(compiled, feed.account)
    written = draw(
        feed.account, feed.start, feed.path_at, feed.path_day, feed.path_score, told, idle_day,
        compiled.in_force_from, lines,
    )  # fmt: skip
    lines = lines[:written]
    tiers = find_tiers(compiled, np.ascontiguousarray(lines[:, D_SCORE]), LAST_DAY)
    lines[:, D_TIER] = lines[:, D_BY_SCORE] = tiers
    return lines


def _find_publications_before(compiled: Compiled, account: NDArray[np.int64]) -> NDArray[np.int64]:
    """The last publication before each account begins; -1 where there is none."""
    unit = find_unit(compiled.scheme)
    found = np.full(account.size, -1, np.int64)
    if unit < 0:
        return found
    tables, per = build_day_tables(), {MONTH: 1, QUARTER: 3}.get(unit, 12)
    has_account = account < NEVER
    found[has_account] = tables.first[tables.month[account[has_account]] // per * per] - 1
    return found
