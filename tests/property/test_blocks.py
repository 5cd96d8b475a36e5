"""How the engine cuts its work into pieces does not show: small pieces against large, many subjects against few."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given

from property.agreement import Answer, People, answer_of, assert_equal, settle_with_engine
from property.effort import look_at
from property.ledgers import Row
from property.test_engine_agrees import Case, cases

COPIES = 8
SMALL = {
    "scslab.engine.classify.ROWS_PER_SLICE": 5,
    "scslab.engine.fold.ENTRIES_PER_BLOCK": 8,
    "scslab.engine.grouping.EVENTS_PER_BUCKET": 4,
    "scslab.ledger.duplicates.BLOCK_ROWS": 4,
}
"""Sizes of pieces that are a few thousand and more in earnest."""


def copy_rows(rows: list[Row], copy: int) -> list[Row]:
    """The rows with ids of their own, which sort as the old ones do."""

    def rename(name: str | None) -> str | None:
        return None if name is None else f"{name}-{copy:03}"

    return [
        row
        | {name: rename(row[name]) for name in ("event_id", "subject_id")}
        | ({"target": rename(row["target"])} if "target" in row else {})
        for row in rows
    ]


def copy_people(persons: People | None, copy: int) -> People:
    return {f"{subject}-{copy:03}": person for subject, person in (persons or {}).items()}


def take_copy(answer: Answer, copy: int) -> Answer:
    """One copy's part of the answer, under the old names."""
    mark = f"-{copy:03}"

    def rename(row: Row) -> Row:
        return row | {n: row[n].removesuffix(mark) for n in ("event_id", "subject_id") if row[n] is not None}

    standings = answer["standings"].items()
    return {
        "entries": [rename(row) for row in answer["entries"] if row["subject_id"].endswith(mark)],
        "unposted": [rename(row) for row in answer["unposted"] if row["subject_id"].endswith(mark)],
        "standings": {name.removesuffix(mark): row for name, row in standings if name.endswith(mark)},
        "measures": [
            row | {"subject_id": row["subject_id"].removesuffix(mark)}
            for row in answer["measures"]
            if row["subject_id"].endswith(mark)
        ],
    }


@look_at(12)
@given(cases())
def test_copies_of_a_ledger_settled_in_small_pieces_all_come_out_alike(case: Case) -> None:
    scheme, rows, persons, query = case
    alone = answer_of(settle_with_engine(scheme, rows, persons, threads=1, **query))
    crowd = [row for copy in range(COPIES) for row in copy_rows(rows, copy)]
    Random(7).shuffle(crowd)
    everybody: People = {}
    for copy in range(COPIES):
        everybody |= copy_people(persons, copy)
    with pytest.MonkeyPatch.context() as small:
        for name, size in SMALL.items():
            small.setattr(name, size)
        together = answer_of(settle_with_engine(scheme, crowd, everybody or None, threads=2, **query))
    for copy in range(COPIES):
        expected = {part: alone[part] for part in ("entries", "unposted", "standings", "measures")}
        assert_equal(take_copy(together, copy), expected)
    assert together["undecided"] == {rule: COPIES * count for rule, count in alone["undecided"].items()}
