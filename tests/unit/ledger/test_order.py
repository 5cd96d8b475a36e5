import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from scslab.ledger.order import id_sort_keys, rank_id

# Derived by hand from docs/settling.md: length in bytes first ("荣" has 3 bytes, "é" has 2), then bytes.
BY_HAND = ["", "1", "9", "A", "a", "10", "E9", "é", "E10", "007", "荣", "éa"]
IN_ORDER = ["", "1", "9", "A", "a", "10", "E9", "é", "007", "E10", "éa", "荣"]


def test_shorter_ids_come_first_and_equal_ones_by_bytes() -> None:
    frame = pl.DataFrame({"id": BY_HAND})
    assert frame.sort(id_sort_keys(pl.col("id")))["id"].to_list() == IN_ORDER
    assert sorted(BY_HAND, key=rank_id) == IN_ORDER


@given(st.lists(st.integers(0, 2**40), unique=True))
def test_whole_numbers_sort_as_their_texts_do(numbers: list[int]) -> None:
    texts = pl.DataFrame({"id": [str(number) for number in numbers]}, schema={"id": pl.String})
    as_texts = texts.sort(id_sort_keys(pl.col("id")))["id"].to_list()
    as_numbers = pl.DataFrame({"id": numbers}, schema={"id": pl.Int64}).sort(id_sort_keys(pl.col("id"), is_text=False))
    assert [int(text) for text in as_texts] == as_numbers["id"].to_list()
