import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scslab.ground.problems import ProblemsError
from scslab.ledger import json_lines
from scslab.ledger.columns import RAW_ROW
from scslab.ledger.files import OpenTable, open_table


def open_lines(folder: Path, content: str | bytes) -> OpenTable:
    path = folder / "a.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return open_table(path)


def rows(table: OpenTable) -> list[tuple[object, ...]]:
    return table.frame.collect(engine="streaming").sort(RAW_ROW).rows()


def broken(table: OpenTable) -> list[tuple[int, str]]:
    assert set(table.broken["code"]) <= {"L017"}
    return table.broken.select("row", "reason").rows()


def test_values_are_texts(tmp_path: Path) -> None:
    table = open_lines(tmp_path, '{"a": 1, "b": "x"}\n{"b": null, "a": 2.5}\n{"a": true, "b": [1]}')
    assert rows(table) == [(1, "1", "x"), (2, "2.5", None), (3, "true", "[1]")]


def test_a_key_that_comes_late_is_not_lost(tmp_path: Path) -> None:
    lines = ['{"a": 1}'] * 5000 + ['{"a": 2, "late": "here"}']
    table = open_lines(tmp_path, "\n".join(lines))
    assert table.columns == ("a", "late")
    assert rows(table)[-1] == (5001, "2", "here")


def test_keys_are_found_in_every_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "BLOCK_BYTES", 20)
    table = open_lines(tmp_path, '{"a": 1}\n{"b": 2}\n{"c": 3}\n{"d"\n{"e": 5}\n')
    assert table.columns == ("a", "b", "c", "e")
    assert broken(table) == [(4, "line 4 is not JSON: expecting ':' delimiter at character 5")]
    assert rows(table)[-1] == (5, None, None, None, "5")


def test_broken_lines_are_set_aside_with_their_numbers(tmp_path: Path) -> None:
    content = '{"a": 1}\n{"a":\n\n5\n{"a": NaN}\n{"a": 1} {"a": 2}\n{"a": 7}\n'
    table = open_lines(tmp_path, content)
    assert rows(table) == [(1, "1"), (7, "7")]
    assert broken(table) == [
        (2, "line 2 is not JSON: expecting value at character 6"),
        (4, "line 4 is no object: each line is `{…}`"),
        (5, "line 5 is not JSON: `NaN` is no number in JSON; leave the value out or write null"),
        (6, "line 6 is not JSON: extra data at character 10"),
    ]


def test_a_byte_order_mark_and_returns(tmp_path: Path) -> None:
    assert rows(open_lines(tmp_path, '\ufeff{"a": 1}\r\n{"a": 2}\r\n')) == [(1, "1"), (2, "2")]


def test_blank_lines_are_no_rows_but_count_as_lines(tmp_path: Path) -> None:
    assert rows(open_lines(tmp_path, '\n{"a": 1}\n \n{"a": 2}\n\n')) == [(2, "1"), (4, "2")]


def test_a_line_that_is_nested_too_deep_is_set_aside(tmp_path: Path) -> None:
    # Polars itself would end the whole process on a thousand nested objects.
    deep = '{"a":' * 1000 + "1" + "}" * 1000
    table = open_lines(tmp_path, f'{deep}\n{{"a": 1}}\n')
    assert rows(table) == [(2, "1")]
    assert broken(table) == [(1, "line 1 is nested deeper than 64")]


def test_bytes_that_are_no_text_far_down_are_set_aside(tmp_path: Path) -> None:
    count = 150_000
    table = open_lines(tmp_path, b'{"a": 1}\n' * count + b'{"a": "\xff"}\n{"a": 2}\n')
    assert broken(table) == [(count + 1, f"line {count + 1} is not UTF-8 text")]
    assert rows(table)[-1] == (count + 2, "2")


def test_too_many_different_keys_are_refused(tmp_path: Path) -> None:
    lines = "\n".join(f'{{"k{number}": 1}}' for number in range(10_001))
    with pytest.raises(ProblemsError, match="L103 the lines name more than 10,000 different keys"):
        open_lines(tmp_path, lines)


def test_lines_without_any_key_give_no_columns(tmp_path: Path) -> None:
    assert open_lines(tmp_path, "{}\n{}\n").columns == ()


def test_a_name_with_characters_of_patterns(tmp_path: Path) -> None:
    folder = tmp_path / "a[1]*"
    folder.mkdir()
    assert rows(open_lines(folder, '{"a": 1}\n')) == [(1, "1")]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.dictionaries(st.sampled_from(["a", "b", "荣", "x y"]), texts, min_size=1), min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_what_pythons_own_writer_writes_is_read_back(content: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        table = open_lines(Path(folder), "".join(json.dumps(line) + "\n" for line in content))
        found = table.frame.collect().to_dicts()
    assert broken(table) == []
    expected = [{RAW_ROW: n, **{key: line.get(key) for key in table.columns}} for n, line in enumerate(content, 1)]
    assert found == expected
