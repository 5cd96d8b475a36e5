"""The state of a settlement that goes on: where every subject stands, and what is needed to go on from there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.carried import Carried
from scslab.engine.compile import Compiled, compile_scheme
from scslab.engine.consequences.follow import Followed
from scslab.engine.consequences.history import drop_posted, follow_history
from scslab.engine.consequences.stage import tell_consequences
from scslab.engine.consequences.tables import build_measures, build_memberships
from scslab.engine.fold_tables import allocate_memory, start_subjects
from scslab.engine.frames_standings import build_standings
from scslab.engine.layout import Array
from scslab.engine.needs import has_story, needs_walk
from scslab.engine.objection.acts import Acts, finish_left
from scslab.engine.objection.challenges import Challenges, tell_objections
from scslab.engine.objection.history import decide_all, describe_unposted, find_named_rows, name_events
from scslab.engine.objection.layout import TALE_WIDTH
from scslab.engine.prepare import find_window
from scslab.engine.window import Window
from scslab.ledger.columns import EVENT_ID
from scslab.scheme.model import Scheme, ScoreKind

if TYPE_CHECKING:
    from scslab.engine.index.state import IndexState


@dataclass(frozen=True, slots=True)
class State:
    """Where every subject stands at the end of a day.

    Attributes:
        until: the last day that is settled; None before the first step.
        subject_ids: ids of all subjects that have events, ascending.
        subjects: their state, aligned with `subject_ids`.
        memory: the entries that may still matter; `reference` holds the event of each.
        events: how many events each subject has.
        history: all valid rows so far, as they came.
        waiting: events that post after `until`, duplicates and corrections resolved.
        rows_in: how many rows have come in.
        entries, set_aside: the tables of a `Settlement`, in pieces.
        unposted: the events under which no rule acted, in pieces.
        heard: the events that lists, counts and repairs listen to, in pieces (see `consequences.history`).
        began: the day number of the first event of each subject.
        tales: what objections and repairs did to the remembered entries (see `objection.layout`).
        filed: filings and outcomes of objections with their targets, in pieces.
        uses: how often repairs worked, as far as it may still matter.
        carried: starts that are carried over from an earlier scheme.
    """

    compiled: Compiled
    until: date | None
    subject_ids: pl.Series
    subjects: Array
    memory: Array
    reference: pl.DataFrame
    events: NDArray[np.int32]
    history: tuple[pl.DataFrame, ...] = ()
    waiting: pl.DataFrame | None = None
    rows_in: int = 0
    entries: tuple[pl.DataFrame, ...] = ()
    unposted: tuple[pl.DataFrame, ...] = ()
    set_aside: tuple[pl.DataFrame, ...] = ()
    heard: tuple[pl.DataFrame, ...] = ()
    began: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    tales: Array = field(default_factory=lambda: np.empty((0, TALE_WIDTH), np.int64))
    filed: tuple[pl.DataFrame, ...] = ()
    uses: pl.DataFrame | None = None
    carried: Carried | None = None
    threads: int = 2

    @property
    def scheme(self) -> Scheme:
        """The scheme under which the state was settled."""
        return self.compiled.scheme

    def build_standings(self) -> pl.DataFrame:
        """All standings on the last settled day, as `Settlement.standings`.

        Raises:
            ValueError: nothing has been settled yet.
        """
        window = self._get_window()
        days = {"as_of": window.as_of, "published": window.published}
        standings = build_standings(self.compiled, self.subject_ids, self.subjects, self.events, **days)
        if needs_walk(self.scheme):
            names = self._name_events()
            standings = tell_consequences(self.compiled, window, standings, names, self.follow()).standings
        return standings if self.carried is None else self.carried.tell(standings)

    def _get_window(self) -> Window:
        if self.until is None:
            raise ValueError("the state has not been advanced yet: there is no day to stand on")
        return find_window(self.compiled, self.until)

    def _collect_heard(self) -> pl.DataFrame:
        return pl.concat(self.heard)

    def _name_events(self) -> pl.DataFrame:
        """`event_id` of the events that the walk names."""
        return name_events(self._collect_heard(), pl.concat(self.filed) if self.filed else None)

    def _decide(self) -> tuple[Challenges | None, Acts]:
        """The objections so far, as far as they can be decided without lists, and what they do."""
        filed = pl.concat(self.filed) if self.filed else pl.DataFrame()
        if self.until is None or filed.is_empty():
            return None, Acts()
        rows = find_named_rows(filed, self._name_events())
        return decide_all(self.scheme, filed, self.subject_ids, self.until, rows)

    def follow(self) -> Followed:
        """All that follows from everything so far: lists, tiers and measures over time, as arrays.

        Raises:
            ValueError: nothing has been settled yet.
        """
        return follow_history(
            self.compiled, self._get_window(), self.subject_ids, self.subjects, self.began, self.collect_entries(),
            self._collect_heard(), self._name_events(), self._decide()[1], threads=self.threads,
        )  # fmt: skip

    def _finish_challenges(self) -> Challenges | None:
        challenges, acts = self._decide()
        if challenges is None or not acts.n_groups:
            return challenges
        return finish_left(challenges, acts, self.follow().act_codes)

    def collect_objections(self) -> pl.DataFrame | None:
        """All objections so far, as `Settlement.objections`.

        Raises:
            ValueError: nothing has been settled yet.
        """
        self._get_window()
        nothing = self.reference if EVENT_ID in self.reference.columns else pl.DataFrame()
        return tell_objections(self.scheme, self._finish_challenges(), self.subject_ids, nothing)

    def collect_memberships(self) -> pl.DataFrame:
        """All memberships so far, as `Settlement.memberships`.

        Raises:
            ValueError: nothing has been settled yet.
        """
        followed = self.follow()
        return build_memberships(self.scheme, followed.members, followed.subject_ids, self._name_events())

    def collect_measures(self) -> pl.DataFrame:
        """All measures so far, as `Settlement.measures`.

        Raises:
            ValueError: nothing has been settled yet.
        """
        return build_measures(self.compiled, self.follow(), self.subject_ids.head(0))

    def collect_entries(self) -> pl.DataFrame:
        """All entries so far, as `Settlement.entries`."""
        return pl.concat(self.entries).sort("subject_id", "seq")

    def collect_unposted(self) -> pl.DataFrame:
        """All events so far that posted nothing, as `Settlement.unposted`."""
        unposted = pl.concat(self.unposted).sort("subject_id", "posted_on", "event_id")
        if self.compiled.clauses:
            unposted = drop_posted(self.compiled, unposted, self._collect_heard(), self.follow())
        if has_story(self.scheme):
            unposted = describe_unposted(unposted, self.collect_entries(), self._finish_challenges())
        return unposted

    def collect_set_aside(self) -> pl.DataFrame:
        """All rows so far that were set aside, as `Settlement.set_aside`; rows are numbered on from batch to batch."""
        return pl.concat(self.set_aside).sort("row")


def start(scheme: Scheme, *, threads: int = 2, carried: Carried | None = None) -> State | IndexState:
    """The state before the first event.

    Args:
        scheme: the scheme to settle under.
        carried: starts that are carried over from an earlier scheme.
        threads: how many threads may work at a time; the result does not depend on it.
    """
    if scheme.score.kind is ScoreKind.INDEX:
        from scslab.engine.index.state import start_index

        return start_index(scheme, threads=threads)
    compiled = compile_scheme(scheme)
    none = pl.Series("subject_id", [], dtype=pl.Null)
    nothing = start_subjects(compiled, 0), allocate_memory(0), pl.DataFrame(), np.empty(0, np.int32)
    return State(compiled, None, none, *nothing, carried=carried, threads=threads)
