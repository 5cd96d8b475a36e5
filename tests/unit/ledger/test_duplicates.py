import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scslab.ledger import duplicates
from scslab.ledger.duplicates import find_duplicates, is_strictly_increasing, set_duplicates_aside


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([], True),
        ([5], True),
        ([1, 2, 3], True),
        ([1, 1, 2], False),
        ([2, 1], False),
        (["E1", "E10", "E2"], True),
        (["E1", "E1"], False),
        (["é", "z"], False),
        ([1, None], False),
    ],
)
def test_strictly_increasing_ids(ids: list[object], expected: bool) -> None:
    assert is_strictly_increasing(pl.Series(ids)) is expected


@given(st.lists(st.integers(0, 30), max_size=40), st.booleans())
def test_duplicates_are_those_that_counting_finds(numbers: list[int], is_text: bool) -> None:
    ids = [str(number) for number in numbers] if is_text else numbers
    found = find_duplicates(pl.Series(ids, dtype=pl.String if is_text else pl.Int64))
    expected = [ids.count(each) > 1 for each in ids]
    assert (found.to_list() if found is not None else [False] * len(ids)) == expected


def test_blocks_meet_at_their_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    # With blocks of two, the only disorder lies between the second and the third id.
    monkeypatch.setattr(duplicates, "BLOCK_ROWS", 2)
    assert not is_strictly_increasing(pl.Series([1, 4, 3, 5, 6]))
    assert not is_strictly_increasing(pl.Series([1, 2, 3, 4, 4]))
    assert is_strictly_increasing(pl.Series([1, 2, 3, 4, 5]))


def test_different_texts_with_one_hash_are_not_duplicates(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = pl.Series(["b", "a", "c"])
    monkeypatch.setattr(pl.Series, "hash", lambda self: pl.Series([7] * len(self), dtype=pl.UInt64))
    assert find_duplicates(ids) is None
    found = find_duplicates(pl.Series(["b", "a", "b"]))
    assert found is not None
    assert found.to_list() == [True, False, True]


def events(rows: list[tuple[int, str, object]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"row": pl.UInt32, "event_id": pl.String, "amount": pl.Float64}, orient="row")


def test_the_same_row_again_counts_once() -> None:
    kept, lines = set_duplicates_aside(events([(1, "b", 5.0), (2, "a", 1.0), (3, "b", 5.0), (4, "b", 5.0)]))
    assert sorted(kept["row"]) == [1, 2]
    assert lines.select("row", "event_id", "column", "code", "reason").rows() == [
        (3, "b", "event_id", "L011", "the same as row 1, which counts"),
        (4, "b", "event_id", "L011", "the same as row 1, which counts"),
    ]


def test_rows_that_contradict_each_other_all_go() -> None:
    # Rows 1 and 3 agree and row 5 does not: which one is right cannot be known.
    table = events([(1, "b", 5.0), (2, "a", 1.0), (3, "b", 5.0), (5, "b", None)])
    kept, lines = set_duplicates_aside(table)
    assert kept["row"].to_list() == [2]
    assert lines.select("row", "code", "reason").rows() == [
        (1, "L012", "row 5 has the same id and says something else"),
        (3, "L012", "row 1 has the same id and says something else"),
        (5, "L012", "row 1 has the same id and says something else"),
    ]


def test_two_empty_values_agree() -> None:
    kept, lines = set_duplicates_aside(events([(2, "b", None), (1, "b", None)]))
    assert (kept["row"].to_list(), lines["row"].to_list()) == ([1], [2])


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([1.0, 2.0, None])), max_size=8), st.randoms())
def test_the_order_of_rows_does_not_matter(content: list[tuple[str, float | None]], random: object) -> None:
    rows = [(number, *each) for number, each in enumerate(content, start=1)]
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    kept, lines = set_duplicates_aside(events(rows))
    other_kept, other_lines = set_duplicates_aside(events(shuffled))
    assert kept.sort("row").equals(other_kept.sort("row"))
    assert lines.equals(other_lines)
    assert kept.height + lines.height == len(rows)
