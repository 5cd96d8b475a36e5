"""The tables of a run in steps: what stands now, and what came of all steps."""

from __future__ import annotations

import numpy as np
import polars as pl

from scslab.engine.frames_standings import build_standings
from scslab.engine.prepare import find_window
from scslab.engine.settlement import Settlement
from scslab.engine.settling import add_idle_subjects, gather_others
from scslab.engine.stepper import Stepper, get_compiled
from scslab.engine.stepper_anew import settle_whole
from scslab.ledger.columns import EVENT_ID, SUBJECT_ID
from scslab.scheme.model import ScoreKind


def build_step_standings(stepper: Stepper) -> pl.DataFrame:
    """All standings on the last step's day, as `Settlement.standings`.

    Raises:
        ValueError: nothing has been settled yet.
    """
    if stepper.until is None:
        raise ValueError("nothing has been settled yet")
    if stepper.anew is not None:
        return settle_whole(stepper.anew).standings
    compiled, order = get_compiled(stepper), np.argsort(stepper.who)
    window = find_window(compiled, stepper.until)
    ids = pl.Series(SUBJECT_ID, stepper.who[order]).cast(stepper.entries[0].schema[SUBJECT_ID])
    state, events = stepper.subjects[order], stepper.events[order]
    as_of, published = window.as_of, window.published
    found = build_standings(compiled, ids, state, events, as_of=as_of, published=published)
    people = gather_others(stepper.people, None, stepper.carried)
    return add_idle_subjects(compiled, found, people, as_of=as_of, published=published, carried=stepper.carried)


def collect_step_entries(stepper: Stepper) -> pl.DataFrame:
    """All entries so far, as `Settlement.entries`; an index has none, and gives a table without columns."""
    if stepper.scheme.score.kind is ScoreKind.INDEX:
        return pl.DataFrame()
    if stepper.anew is not None:
        return settle_whole(stepper.anew).entries
    return pl.concat(stepper.entries).sort(SUBJECT_ID, "seq")


def collect_step_unposted(stepper: Stepper) -> pl.DataFrame:
    """All events so far that posted nothing, as `Settlement.unposted`."""
    if stepper.anew is not None:
        return settle_whole(stepper.anew).unposted
    return pl.concat(stepper.unposted).sort(SUBJECT_ID, "posted_on", EVENT_ID)


def collect_step_settlement(stepper: Stepper) -> Settlement | None:
    """All tables of a settlement, where the scheme is settled anew: memberships, measures, objections, publications.

    A scheme of points alone has none of them, and gives None.

    Raises:
        ValueError: nothing has been settled yet.
    """
    return None if stepper.anew is None else settle_whole(stepper.anew)
