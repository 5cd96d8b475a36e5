"""Settling anew at each step: for schemes whose standings hang on lists, windows, objections or on other schemes.

Events are checked and kept as arrays once, when they come. A step puts all of them together and settles them from the
beginning, without entries: at 4 million events a second that is sooner done than going on from a state that has all of
this to remember. Where nobody can see a difference before the next publication, nothing is settled before it.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import polars as pl

from scslab.engine.calendar import UNIX_OFFSET
from scslab.engine.carried import Carried
from scslab.engine.compile import Compiled, compile_scheme
from scslab.engine.index.compile import CompiledIndex, compile_index
from scslab.engine.index.consequences import needs_record
from scslab.engine.index.publish import build_days
from scslab.engine.index.scores import Scores
from scslab.engine.index.settling import IndexSettling, prepare_index
from scslab.engine.intake import Intake
from scslab.engine.progress import ignore_progress
from scslab.engine.selection import select_events
from scslab.engine.settlement import Settlement
from scslab.engine.settling import group_intake
from scslab.engine.standing import NOBODY, Standing
from scslab.engine.together.settle import settle_together
from scslab.ground.dates import last_publication
from scslab.ledger.columns import SUBJECT_ID, TARGET, TYPE, build_type_enum
from scslab.ledger.set_aside import empty_set_aside
from scslab.scheme.model import Scheme, ScoreKind

RECORDED = "@recorded_on"
Compilation = Compiled | CompiledIndex


@dataclass(slots=True)
class Anew:
    """The record of a stepper that settles anew.

    Attributes:
        compiled: the scheme without its measures, on which no standing hangs.
        subjects: the table of subjects; who stands there has a standing without any event.
        links: along which events spread; None: nothing spreads.
        batches: the events as they came.
        selected: the same as arrays, with the day of the record, in pieces.
        scores: what other schemes published so far, where an index reads it.
        until: the last day of the last step; `seen` the day of the standing that was found last.
        whole: the settlement of everything, once it was asked for.
        carried: starts that are carried over from the scheme before.
    """

    scheme: Scheme
    compiled: Compilation
    n: int
    threads: int
    subjects: pl.DataFrame | None = None
    links: pl.DataFrame | None = None
    batches: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    selected: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    scores: dict[str, list[pl.DataFrame]] = field(default_factory=dict[str, list[pl.DataFrame]])
    until: date | None = None
    seen: date | None = None
    standing: Standing | None = None
    whole: Settlement | None = None
    carried: Carried | None = None


def open_anew(
    scheme: Scheme, n: int, *, threads: int, subjects: pl.DataFrame | None = None, links: pl.DataFrame | None = None,
    carried: Carried | None = None,
) -> Anew:  # fmt: skip
    """A record without events; the arguments are those of `stepper.open_stepper`."""
    spreads = links if scheme.spread and links is not None and links.height else None
    return Anew(scheme, _compile(replace(scheme, measures=())), n, threads, subjects, spreads, carried=carried)


def _compile(scheme: Scheme) -> Compilation:
    return compile_index(scheme) if scheme.score.kind is ScoreKind.INDEX else compile_scheme(scheme)


def step_anew(
    anew: Anew, batch: pl.DataFrame, until: date, *, subjects: pl.DataFrame | None = None, scores: Scores | None = None
) -> Standing:
    """Take in a batch, and settle if anything can be seen of it; see `stepper.step`."""
    if subjects is not None:
        anew.subjects = subjects
    anew.whole = None
    if batch.height or not anew.batches:
        anew.batches.append(batch)
        recorded = batch["recorded_on"].alias(RECORDED)
        anew.selected.append(_select(anew, anew.compiled, batch).with_columns(recorded))
    has_record = isinstance(anew.compiled, CompiledIndex) and needs_record(anew.compiled)
    for name, table in (scores or {}).items():
        told = anew.scores.setdefault(name, [])
        if not has_record:
            told.clear()  # for the last publication the last score is enough
        told.append(table.lazy().collect())
    anew.until = until
    day = _find_day(anew.scheme, until)
    if anew.standing is None or anew.seen is None or day > anew.seen:
        anew.standing, anew.seen = _settle(anew, day), day
    return anew.standing


def _find_day(scheme: Scheme, until: date) -> date:
    """The day whose standings can be seen: of scores that are published at intervals, the last publication.

    What is recorded after it may change it, for who settles later; those who live under the scheme go by what was
    told. Lists can be seen at once.
    """
    unit = scheme.score.published
    return until if unit is None or scheme.lists else last_publication(until, unit)


def _select(anew: Anew, compiled: Compilation, batch: pl.DataFrame) -> pl.DataFrame:
    listening = compiled.listening if isinstance(compiled, CompiledIndex) else compiled
    events = batch.with_columns(pl.col(TYPE).cast(pl.String).cast(build_type_enum(anew.scheme)))
    if TARGET not in events.columns:
        events = events.with_columns(pl.lit(None, pl.String).alias(TARGET))
    return select_events(listening, events.lazy(), anew.subjects).collect()


def _spreads(anew: Anew) -> bool:
    """Whether events spread along links, and there are any events."""
    return anew.links is not None and any(batch.height for batch in anew.batches)


def _settle(anew: Anew, day: date) -> Standing:
    if _spreads(anew):
        ledger = pl.concat(anew.batches, how="diagonal").filter(pl.col("recorded_on") <= day)
        if ledger.height:
            return read_standing(_settle_spread(anew, ledger, day), anew.n)
    selected = pl.concat(anew.selected, how="diagonal", rechunk=True)
    if anew.until is not None and day < anew.until:
        selected = selected.filter(pl.col(RECORDED) <= day)
    people = anew.subjects
    if people is None:
        # Who had no event yet stands somewhere, too: at the start.
        people = pl.DataFrame({SUBJECT_ID: np.arange(anew.n)}).cast({SUBJECT_ID: selected[SUBJECT_ID].dtype})
    settled = _settle_alone(anew, anew.compiled, selected.drop(RECORDED), people, day, is_itemised=False)
    return read_standing(settled, anew.n)


def _settle_alone(
    anew: Anew, compiled: Compilation, selected: pl.DataFrame, people: pl.DataFrame | None, day: date, *,
    is_itemised: bool,
) -> Settlement:  # fmt: skip
    """Settle a selection of events; without `is_itemised` for the standings alone."""
    nothing: Future[str] = Future()
    nothing.set_result("")
    intake = Intake(
        selected=selected, classified=None, taken=None, as_of=day, are_ids_ascending=False,
        set_aside=empty_set_aside(), notes=(), subjects=people, rows_in=selected.height,
        rows_used=selected.height, events_made=selected.height, duplicates=0, name="", mapping_name="", digest=nothing,
    )  # fmt: skip
    if isinstance(compiled, CompiledIndex):
        return _publish(anew, compiled, intake, is_itemised=is_itemised)
    run = group_intake(
        compiled, intake, known_at=None, threads=anew.threads, is_itemised=is_itemised, seconds={},
        progress=ignore_progress, carried=anew.carried,
    )  # fmt: skip
    entries = pl.concat(list(run.iterate_entries()), rechunk=False)
    return run.finish(entries, with_unposted=is_itemised)


def _publish(anew: Anew, compiled: CompiledIndex, intake: Intake, *, is_itemised: bool) -> Settlement:
    """An index: for the standings its last publication is enough, unless lists or tiers look at earlier ones."""
    prepared = prepare_index(compiled, intake.selected, intake.subjects, threads=anew.threads)
    has_publications = is_itemised or needs_record(compiled)
    run = IndexSettling(
        compiled, intake, prepared, build_days(compiled, intake.as_of, only_last=not has_publications), None,
        anew.threads, is_itemised=is_itemised, has_publications=has_publications, scores=_join_scores(anew),
    )  # fmt: skip
    pieces = list(run.iterate_pieces())
    publications, contributions = (pl.concat(tables, rechunk=False) for tables in zip(*pieces, strict=True))
    return run.finish(publications, contributions, with_unposted=is_itemised)


def _join_scores(anew: Anew) -> dict[str, pl.DataFrame] | None:
    return {name: pl.concat(tables) for name, tables in anew.scores.items()} or None


def _settle_spread(anew: Anew, ledger: pl.DataFrame, day: date) -> Settlement:
    together = settle_together(
        [anew.scheme], ledger, as_of=day, subjects=anew.subjects, links=anew.links, threads=anew.threads
    )
    return together.settlements[anew.scheme.id]


def settle_whole(anew: Anew) -> Settlement:
    """The settlement of all batches, with entries and everything else, as of the last step's day.

    Raises:
        ValueError: nothing has been settled yet.
    """
    if anew.until is None:
        raise ValueError("nothing has been settled yet")
    if anew.whole is None:
        ledger = pl.concat(anew.batches, how="diagonal", rechunk=True)
        if _spreads(anew):
            anew.whole = _settle_spread(anew, ledger, anew.until)
        else:
            compiled = _compile(anew.scheme)
            selected = _select(anew, compiled, ledger)
            anew.whole = _settle_alone(anew, compiled, selected, anew.subjects, anew.until, is_itemised=True)
    return anew.whole


def read_standing(settled: Settlement, n: int) -> Standing:
    """What a settlement says of the subjects 0 … n - 1, as arrays; others are left out."""
    scheme, standings = settled.scheme, settled.standings
    who = standings[SUBJECT_ID].cast(pl.Int64, strict=False)
    is_one_of_us = who.is_between(0, n - 1).fill_null(False)
    own, at = standings.filter(is_one_of_us), who.filter(is_one_of_us).to_numpy()
    tier, score = np.full(n, NOBODY, np.int8), np.zeros(n, np.int64)
    if own.height:
        tier[at] = own["published_tier"].to_physical().cast(pl.Int64, strict=False).fill_null(NOBODY).to_numpy()
        scale = 10**scheme.score.decimals
        points = own["published_score"].cast(pl.Float64).fill_null(0.0).to_numpy()
        score[at] = np.round(points * scale).astype(np.int64)
    listed = np.full((len(scheme.lists), n), NOBODY, np.int32)
    members = settled.memberships
    if scheme.lists and members.height:
        members = members.filter(pl.col("closed_on").is_null()).select(
            pl.col(SUBJECT_ID).cast(pl.Int64, strict=False).alias("who"), pl.col("list").cast(pl.String),
            (pl.col("opened_on").cast(pl.Int32) + UNIX_OFFSET).alias("day"),
        ).filter(pl.col("who").is_between(0, n - 1))  # fmt: skip
        for number, each in enumerate(scheme.lists):
            mine = members.filter(pl.col("list") == each.id)
            listed[number, mine["who"].to_numpy()] = mine["day"].to_numpy()
    return Standing(tier, score, listed)
