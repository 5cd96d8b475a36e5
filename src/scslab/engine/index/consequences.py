"""Lists, tiers and measures of an index: the walk of `scslab.engine.consequences` over its publications."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import NEVER, UNIX_OFFSET
from scslab.engine.classify import Classified
from scslab.engine.consequences.follow import Followed, follow_record
from scslab.engine.consequences.follow import Record as Happened
from scslab.engine.consequences.layout import D_DAY, D_SUBJECT, D_TIER, NO_SCORE
from scslab.engine.consequences.others import OtherLists
from scslab.engine.consequences.path import Path
from scslab.engine.consequences.reasons import decide_reasons
from scslab.engine.consequences.signals import gather_signals
from scslab.engine.consequences.stage import wants_trace
from scslab.engine.frames import build_enum
from scslab.engine.index.compile import CompiledIndex
from scslab.engine.index.layout import Days
from scslab.engine.index.publish import Block, find_published
from scslab.engine.kernel_group import DAY_SHIFT
from scslab.engine.objection.acts import Acts, finish_left
from scslab.engine.objection.challenges import Challenges
from scslab.engine.objection.filed import ROW
from scslab.engine.objection.stage import begin_objections
from scslab.engine.window import Window

if TYPE_CHECKING:
    from scslab.engine.index.settling import PreparedIndex

I64 = NDArray[np.int64]


@dataclass(slots=True)
class IndexTrace:
    """The publications that may change what follows, kept while they are made.

    Attributes:
        is_wanted: whether anything follows from them.
        has_all: whether all publications are kept, because tiers depend on more than the score; else the first one
            and those of a new score.
    """

    is_wanted: bool
    has_all: bool
    pieces: list[tuple[I64, I64, I64]] = field(default_factory=list[tuple[I64, I64, I64]])

    def add(self, block: Block) -> None:
        """Take in the publications of some subjects, by ascending subject."""
        if not self.is_wanted:
            return
        out = block.columns
        subject = out.subject.astype(np.int64)
        is_kept = np.ones(subject.size, np.bool_)
        if not self.has_all:
            is_kept[1:] = (subject[1:] != subject[:-1]) | (out.score[1:] != out.score[:-1])
        self.pieces.append((subject[is_kept], out.day[is_kept].astype(np.int64), out.score[is_kept]))

    def add_table(self, compiled: CompiledIndex, publications: pl.DataFrame, ids: pl.Series) -> None:
        """Take in all publications, a table by subject and day; `ids` are all subjects, ascending."""
        if not self.is_wanted:
            return
        score = publications["score"]
        if score.dtype != pl.Int64:
            score = (score.cast(pl.Decimal(38, compiled.scheme.score.decimals)) * compiled.plain.scale).cast(pl.Int64)
        subject, day = _find_places(publications["subject_id"], ids), _to_days(publications["published_on"])
        self.pieces.append((subject, day, score.to_numpy()))


def start_index_trace(compiled: CompiledIndex, *, is_itemised: bool) -> IndexTrace:
    """What keeps the publications of a scheme from which something follows."""
    tiers = compiled.scheme.tiers
    is_plain = all(tier.lower is None or tier.lower.is_constant for tier in tiers)
    has_all = not is_plain or any(tier.requires for tier in tiers)
    return IndexTrace(wants_trace(compiled.plain, is_itemised=is_itemised), has_all)


def find_index_window(days: Days) -> Window:
    """The days of a run as the walk knows them."""
    return Window(-1, find_published(days), days.as_of)


def follow_index(
    prepared: PreparedIndex, days: Days, trace: IndexTrace, others: OtherLists, *, threads: int
) -> Followed | None:
    """All that follows from the publications of a run; None where nothing does.

    Args:
        prepared: the events and the record of all subjects.
        days: the publication days.
        trace: the publications.
        others: memberships of lists of other schemes, by `list@scheme`.
        threads: how many threads may work at a time.
    """
    if not trace.is_wanted:
        return None
    compiled, classified, events, ids, record = (
        prepared.compiled, prepared.classified, prepared.events, prepared.ids, prepared.record,
    )  # fmt: skip
    none = np.empty(0, np.int64)
    subject, day, score = (np.concatenate([none, *(piece[k] for piece in trace.pieces)]) for k in range(3))
    # Of a subject without events one publication is all there is: it has no account, and is on no list.
    account = np.full(len(ids), -1, np.int64)
    account[subject[::-1]] = NEVER + 1 + day[::-1]
    has_events = record.events > 0
    account[has_events] = (record.words[record.begin[has_events]] >> DAY_SHIFT).astype(np.int64)
    is_known = account >= 0
    place = np.cumsum(is_known) - 1
    known = ids.filter(pl.Series(is_known))
    objected = begin_objections(compiled.plain, events, classified, known, days.as_of)
    happened = Happened(
        subject_ids=known,
        account=account[is_known],
        start=np.full(len(known), NO_SCORE, np.int64),
        path=Path(place[subject], day, score, none, none, none, none),
        signals=gather_signals(
            classified.heard, classified.heard_bits, classified.words[classified.heard] >> DAY_SHIFT, events, known
        ),
        acts=Acts() if objected is None else objected[1],
    )
    return follow_record(compiled.plain, find_index_window(days), happened, others, threads=threads)


def decide_events(
    prepared: PreparedIndex, days: Days, followed: Followed | None
) -> tuple[Classified, Challenges | None]:
    """The events with the reasons that hold once lists, repairs and objections have heard them; and the objections.

    Args:
        prepared: the events.
        days: the publication days.
        followed: what followed.
    """
    compiled, classified = prepared.compiled, prepared.classified
    found = begin_objections(compiled.plain, prepared.events, classified, prepared.ids, days.as_of)
    challenges = None
    if found is not None:
        challenges = found[0] if followed is None else finish_left(*found, followed.act_codes)
    if followed is None and challenges is None:
        return classified, None
    reasons = None if challenges is None else (challenges.filed[ROW].to_numpy(), challenges.reasons)
    return decide_reasons(compiled.plain, classified, followed, objected=reasons), challenges


def needs_record(compiled: CompiledIndex) -> bool:
    """Whether tiers depend on more than the score, so that those of publications are known only after the walk."""
    return any(tier.requires for tier in compiled.scheme.tiers)


def decide_publications(compiled: CompiledIndex, publications: pl.DataFrame, followed: Followed) -> pl.DataFrame:
    """Publications with the tiers that the walk found."""
    lines = followed.lines
    subject = _find_places(publications["subject_id"], followed.subject_ids)
    # Day numbers have 17 bits. Every publication is a line.
    keys, wanted = (who << 20 | day for who, day in (
        (lines[:, D_SUBJECT], lines[:, D_DAY]), (subject, _to_days(publications["published_on"])),
    ))  # fmt: skip
    tiers = lines[np.searchsorted(keys, wanted, side="right") - 1, D_TIER]
    return publications.with_columns(build_enum(tiers, [tier.id for tier in compiled.scheme.tiers]).alias("tier"))


def _find_places(wanted: pl.Series, ids: pl.Series) -> I64:
    places = pl.DataFrame({"subject_id": ids}).with_row_index("@place")
    found = wanted.alias("subject_id").to_frame().join(places, on="subject_id", how="left", maintain_order="left")
    return found["@place"].cast(pl.Int64).to_numpy()


def _to_days(column: pl.Series) -> I64:
    return (column.cast(pl.Int32) + UNIX_OFFSET).cast(pl.Int64).to_numpy()
