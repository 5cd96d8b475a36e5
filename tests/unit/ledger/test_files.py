import builtins
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from scslab.ground.problems import ProblemsError
from scslab.ledger.columns import RAW_ROW
from scslab.ledger.files import open_frame, open_table


def test_a_parquet_file_is_not_read_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "year=2020[1].parquet"
    pl.DataFrame({"a": [1, 2], "b": ["x", None]}).write_parquet(path)
    table = open_table(path)
    assert table.schema == {"a": pl.Int64(), "b": pl.String()}
    assert "Parquet SCAN" in table.frame.explain()
    assert table.frame.collect().rows() == [(1, "x"), (2, None)]


def test_a_damaged_parquet_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"a": list(range(1000))}).write_parquet(path)
    content = bytearray(path.read_bytes())
    # The footer's length stands before the last four bytes.
    content[-8:-4] = (2**31 - 1).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(
        ProblemsError, match=r"a.parquet: L103 the file cannot be read: .*\n  help: the file seems damaged"
    ):
        open_table(path)


def test_a_column_called_as_the_row_number_is_refused() -> None:
    with pytest.raises(ProblemsError, match=f"L109 a column cannot be called `{RAW_ROW}`"):
        open_frame(pl.DataFrame({RAW_ROW: [1]}))


def test_frames_in_memory() -> None:
    frame = pl.DataFrame({"a": [1]})
    for source in (frame, frame.lazy()):
        assert open_frame(source).frame.collect().equals(frame)


def test_what_is_no_table_is_a_programming_error() -> None:
    with pytest.raises(TypeError, match="not int"):
        open_frame(5)


def test_a_pandas_frame() -> None:
    frame = pd.DataFrame(
        {
            "event_id": [1, None],
            "occurred_on": pd.to_datetime(["2024-05-31", None]),
            "amount": [1.5, float("nan")],
            "note": ["x", None],
        }
    )
    table = open_frame(frame)
    # Missing whole numbers and NaN come as NULL.
    assert table.frame.collect().drop("occurred_on").rows() == [(1.0, 1.5, "x"), (None, None, None)]
    assert isinstance(table.schema["occurred_on"], pl.Datetime)


def test_a_pandas_frame_with_numbers_for_names() -> None:
    assert open_frame(pd.DataFrame({0: ["a"]})).columns == ("0",)


def test_a_pandas_column_of_mixed_values_is_named() -> None:
    frame = pd.DataFrame({"good": [1, 2], "bad": [date(2020, 1, 1), "x"]}).astype({"bad": object})
    with pytest.raises(ProblemsError, match="L109 the column `bad` mixes values of different types"):
        open_frame(frame)


def test_without_pyarrow_a_pandas_frame_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ModuleNotFoundError("pyarrow is required")

    monkeypatch.setattr(pl, "from_pandas", refuse)
    with pytest.raises(ProblemsError, match=r"L112 .*PyArrow\n  help: pip install 'scslab\[pandas\]'"):
        open_frame(pd.DataFrame({"a": [1]}))


def test_the_ledger_does_without_pandas(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] in ("pandas", "pyarrow"):
            raise ModuleNotFoundError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n")
    assert open_table(path).frame.collect().rows() == [(1, "1", "2")]
