"""Put settlements of different subjects together: everybody, with those settled once more in the place of before."""

from __future__ import annotations

from dataclasses import fields, replace

import polars as pl

from scslab.engine.settlement import Counts, Settlement

TABLES = ("standings", "entries", "unposted", "measures", "memberships", "objections", "publications", "contributions")
"""The tables of a settlement that go by subject."""


def replace_subjects(everybody: Settlement, before: Settlement, after: Settlement) -> Settlement:
    """A settlement in which some subjects stand as they do after a second look.

    Args:
        everybody: the settlement of all subjects.
        before: that of the subjects in question, as they stand in `everybody`.
        after: that of the same subjects, as they stand now.
    """
    ids = pl.concat([before.standings["subject_id"], after.standings["subject_id"]]).unique()
    tables = {name: _merge(getattr(everybody, name), getattr(after, name), ids) for name in TABLES}
    return replace(everybody, **tables, counts=_count(everybody.counts, before.counts, after.counts))


def _merge(old: pl.DataFrame | None, new: pl.DataFrame | None, ids: pl.Series) -> pl.DataFrame | None:
    if old is None or new is None or not old.width:
        return new if old is None else old
    kept = old.filter(~pl.col("subject_id").is_in(ids.cast(old["subject_id"].dtype).implode()))
    # Rows of one subject stand in order in both tables, and a stable sort keeps them so.
    return pl.concat([kept, new.select(kept.columns).cast(kept.schema)]).sort("subject_id", maintain_order=True)


def _count(total: Counts, before: Counts, after: Counts) -> Counts:
    """Counts of events are sums over subjects; those of rows are of the ledger, and stay."""
    of_rows = {"rows_in", "rows_used", "rows_set_aside", "events_made", "duplicates"}
    found: dict[str, object] = {}
    for field in fields(Counts):
        if field.name in of_rows:
            continue
        whole, minus, plus = (getattr(counts, field.name) for counts in (total, before, after))
        if isinstance(whole, dict):
            names = dict.fromkeys([*whole, *plus])  # type: ignore[reportUnknownArgumentType]
            sums = {n: whole.get(n, 0) - minus.get(n, 0) + plus.get(n, 0) for n in names}  # type: ignore[reportUnknownMemberType]
            found[field.name] = {name: number for name, number in sums.items() if number}
        else:
            found[field.name] = whole - minus + plus
    return replace(total, **found)  # type: ignore[arg-type]
