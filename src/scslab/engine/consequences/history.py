"""What follows from a state: the same tables as of a settlement at once, from the entries and events so far."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.compile import Compiled
from scslab.engine.consequences.clauses import has_score
from scslab.engine.consequences.follow import Followed, Record, follow_record
from scslab.engine.consequences.layout import NO_SCORE
from scslab.engine.consequences.path import trace_table
from scslab.engine.consequences.reasons import find_listening, rewrite_reasons
from scslab.engine.consequences.signals import gather_signals
from scslab.engine.frames import REASONS, build_enum
from scslab.engine.kernel_group import DAY_SHIFT
from scslab.engine.layout import START, Array
from scslab.engine.objection.acts import Acts
from scslab.engine.prepare import Prepared
from scslab.engine.window import Window
from scslab.ledger.columns import EVENT_ID, SUBJECT_ID

DAY, BITS = "@day", "@bits"


def list_heard(prepared: Prepared) -> pl.DataFrame:
    """The events of a step that lists, counts or repairs listen to: `event_id, subject_id, @day, @bits`."""
    classified = prepared.classified
    days = (classified.words[classified.heard] >> DAY_SHIFT).astype(np.int64)
    part = prepared.events.select(EVENT_ID, SUBJECT_ID)[classified.heard]
    return part.with_columns(pl.Series(DAY, days), pl.Series(BITS, classified.heard_bits))


def find_first_days(prepared: Prepared) -> NDArray[np.int64]:
    """By subject, in the order of their ids, the day of the first event."""
    grouped = prepared.grouped
    return (prepared.classified.words[grouped.first[grouped.order]] >> DAY_SHIFT).astype(np.int64)


def follow_history(
    compiled: Compiled,
    window: Window,
    subject_ids: pl.Series,
    subjects: Array,
    began: NDArray[np.int64],
    entries: pl.DataFrame,
    heard: pl.DataFrame,
    names: pl.DataFrame,
    acts: Acts,
    *,
    threads: int,
) -> Followed:
    """All that follows from what happened so far; the rows of events are those of `names`.

    Args:
        compiled: the scheme.
        window: the days of the run.
        subject_ids: the subjects, ascending.
        subjects: their state (see `engine.layout`).
        began: the day of the first event of each.
        entries: all entries so far, by subject and `seq`.
        heard: the events that lists, counts and repairs listen to, as `list_heard` gives them.
        names: `event_id` of these, in their order, and then of all other events that acts are about.
        acts: acts on objections.
        threads: how many threads may work at a time.
    """
    rows = names.with_row_index("row")
    is_scored = has_score(compiled.scheme)
    start = subjects[:, START].astype(np.int64) if is_scored else np.full(len(subject_ids), NO_SCORE, np.int64)
    at = np.arange(heard.height)
    signals = gather_signals(at, heard[BITS].to_numpy(), heard[DAY].to_numpy(), heard, subject_ids)
    path = trace_table(compiled, entries, subject_ids, rows)
    record = Record(subject_ids, began, start, path, signals, acts)
    return follow_record(compiled, window, record, {}, threads=threads)


def drop_posted(compiled: Compiled, unposted: pl.DataFrame, heard: pl.DataFrame, followed: Followed) -> pl.DataFrame:
    """The unposted events without those that changed a list, and with the reasons that hold for everybody."""
    did = np.zeros(heard.height, np.bool_)
    did[followed.signals.row] = followed.did
    known = heard.select(EVENT_ID, BITS).with_columns(pl.Series("@did", did))
    table = unposted.join(known, on=EVENT_ID, how="left", maintain_order="left")
    codes = {name: code for code, name in REASONS.items()}
    types = {name: code for code, name in enumerate(compiled.types)}
    reasons = rewrite_reasons(
        find_listening(compiled),
        table["reason"].cast(pl.String).replace_strict(codes, return_dtype=pl.UInt8).to_numpy(),
        table["type"].cast(pl.String).replace_strict(types, return_dtype=pl.Int64).to_numpy(),
        table[BITS].fill_null(0).to_numpy(),
        table["@did"].fill_null(False).to_numpy(),
    )
    named = build_enum(reasons.astype(np.int32) - 1, list(REASONS.values()))
    kept = table.with_columns(named.alias("reason")).filter(pl.Series(reasons > 0))
    return kept.select(unposted.columns)
