"""The options with which index schemes are settled."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from scslab.engine.consequences.others import OtherLists
    from scslab.engine.index.scores import Scores
    from scslab.engine.progress import Progress


class IndexOptions(TypedDict, total=False):
    """What may be said besides the scheme and the events; those that `scslab.engine.settle.settle` has mean the same.

    Attributes:
        as_of: the date of the standings.
        known_at: use only what was recorded by then.
        mapping: the file that says how a raw table becomes events.
        subjects: a table of subjects and their attributes.
        scores: what other schemes published, by their id: `subject_id, published_on, score`.
        others: memberships of lists of other schemes, by `list@scheme`.
        threads: how many threads may work at a time; the result does not depend on it.
        progress: is told how far the work is.
    """

    as_of: date | None
    known_at: date | None
    mapping: str | Path | None
    subjects: Any
    scores: Scores | None
    others: OtherLists | None
    threads: int | None
    progress: Progress
