"""Filings and outcomes of a run, each with the event that it is about."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.kernel_group import DAY_SHIFT, RULES_MASK, TYPE_MASK, TYPE_SHIFT
from scslab.engine.objection.layout import FILED, REJECTED, UPHELD
from scslab.ledger.columns import EVENT_ID, SOURCE, SUBJECT_ID, TARGET, TYPE
from scslab.scheme import model

ROW, DAY, ACTION = "@row", "@day", "@action"
"""The row of a filing or outcome among the events, its day number, and what it is."""
ABOUT, ABOUT_ID, ABOUT_DAY = "@about", "@about_id", "@about_day"
"""The row, id and day number of the target: null where the subject has no such event."""
HAS_ENTRY, MAY_LIST = "@has_entry", "@may_list"
"""Whether a rule took the target, so that it has posted an entry; and whether it may have opened a membership."""

_ACTIONS = {model.FILED: FILED, model.REJECTED: REJECTED, model.UPHELD: UPHELD}


def list_filed(events: pl.DataFrame, words: NDArray[np.uint64], types: Sequence[str]) -> pl.DataFrame:
    """The filings and outcomes among some events, targets not looked up yet.

    Args:
        events: `event_id, subject_id, type, target` and perhaps `source` of each row.
        words: the word of each row (see `kernel_group`).
        types: the event types in code order.
    """
    action = np.full(len(types) + 2, -1, np.int64)
    for name, number in _ACTIONS.items():
        if name in types:
            action[types.index(name)] = number
    of_row = action[((words >> TYPE_SHIFT) & TYPE_MASK).astype(np.int64)]
    rows = np.flatnonzero(of_row >= 0)
    kept = [name for name in (EVENT_ID, SUBJECT_ID, TYPE, SOURCE, TARGET) if name in events.columns]
    return events.select(kept)[rows].with_columns(
        pl.Series(ROW, rows),
        pl.Series(DAY, (words[rows] >> DAY_SHIFT).astype(np.int64)),
        pl.Series(ACTION, of_row[rows]),
        read_ids(events[TARGET][rows], events[EVENT_ID].dtype).alias(ABOUT_ID),
    )


def read_ids(texts: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Ids that a column of texts names, in the type of ids; what is no such id is null."""
    if dtype == pl.String:
        return texts
    numbers = texts.cast(dtype, strict=False)
    return numbers.set(~(numbers.cast(pl.String) == texts).fill_null(False), None)


def find_targets(
    filed: pl.DataFrame,
    events: pl.DataFrame,
    words: NDArray[np.uint64],
    heard: NDArray[np.int64],
    heard_bits: NDArray[np.uint64],
    enters: np.uint64,
) -> pl.DataFrame:
    """The same filings and outcomes, with their targets.

    Args:
        filed: as `list_filed` gives them.
        events: `event_id` and `subject_id` of each row.
        words: the word of each row.
        heard: the rows that clauses listen to, ascending.
        heard_bits: the clauses that do.
        enters: the clauses by which an event opens a membership.
    """
    wanted = filed.select(pl.col(ABOUT_ID).alias(EVENT_ID), SUBJECT_ID).drop_nulls().unique()
    # The few ids that are named are looked for among all events, not the other way round; ids alone come first, since
    # two columns cost much more to look up than one.
    at = events[EVENT_ID].is_in(wanted[EVENT_ID].implode()).arg_true()
    named = events.select(EVENT_ID, SUBJECT_ID)[at].with_columns(at.alias(ABOUT))
    known = named.join(wanted, on=[EVENT_ID, SUBJECT_ID], how="semi", maintain_order="left")
    rows = known[ABOUT].cast(pl.Int64).to_numpy()
    entered = heard[(heard_bits & enters) != 0]
    told = known.with_columns(
        pl.col(ABOUT).cast(pl.Int64),
        pl.Series(ABOUT_DAY, (words[rows] >> DAY_SHIFT).astype(np.int64)),
        pl.Series(HAS_ENTRY, (words[rows] & RULES_MASK) != 0),
        pl.Series(MAY_LIST, np.isin(rows, entered)),
    ).rename({EVENT_ID: ABOUT_ID})
    return filed.join(told, on=[ABOUT_ID, SUBJECT_ID], how="left", maintain_order="left").with_columns(
        pl.col(HAS_ENTRY, MAY_LIST).fill_null(False)
    )
