"""Conditions and formulas mean the same to three readers: our trees, the SQL parser, and the engine's columns."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from hypothesis import event, given
from hypothesis import strategies as st

from property.effort import look_at
from property.expressions import BOOLEAN, DATE, DATES, NUMBER, NUMBERS, TEXT, TEXTS, as_sql, values
from reference.conditions import evaluate
from scslab.ground.problems import Place
from scslab.ledger.expressions import to_polars
from scslab.scheme.conditions import Column, Expression, Node, ValueType
from scslab.scheme.problem_list import Problems
from scslab.scheme.sql import parse_condition, parse_formula
from scslab.scheme.yaml_tree import YamlText

COLUMNS = (
    Column("event", "amount", NUMBER),
    Column("event", "items", NUMBER),
    Column("event", "place", TEXT),
    Column("event", "paid", BOOLEAN),
    Column("event", "due_on", DATE),
    Column("subject", "age", NUMBER),
    Column("subject", "district", TEXT),
)
FRAME_SCHEMA: dict[str, pl.DataType] = {
    "amount": pl.Float64(),
    "items": pl.Int64(),
    "place": pl.String(),
    "paid": pl.Boolean(),
    "due_on": pl.Date(),
    "subject.age": pl.Int64(),
    "subject.district": pl.String(),
}
SAMPLES: dict[str, st.SearchStrategy[Any]] = {
    "amount": st.one_of(st.sampled_from(NUMBERS), st.sampled_from([-1.5, -2.5, 1e308, -0.0, 1e-9])),
    "items": st.integers(-3, 2**31),
    "place": st.sampled_from(TEXTS),
    "paid": st.booleans(),
    "due_on": st.one_of(st.sampled_from(DATES), st.dates(date(1900, 1, 1), date(2199, 12, 31))),
    "subject.age": st.integers(-1, 120),
    "subject.district": st.sampled_from(TEXTS),
}
rows = st.fixed_dictionaries({name: st.one_of(sample, sample, st.none()) for name, sample in SAMPLES.items()})


def name_of(column: Column) -> str:
    return f"subject.{column.name}" if column.owner == "subject" else column.name


def evaluate_on(root: Node, row: dict[str, Any]) -> Any:
    return evaluate(root, lambda owner, name: row[f"subject.{name}" if owner == "subject" else name])


def parse(text: str, kind: ValueType) -> Node:
    problems = Problems("S")
    read = parse_condition if kind == BOOLEAN else parse_formula
    found = read(YamlText(text, True, Place()), {name_of(column): column.type for column in COLUMNS}, problems)
    assert found is not None, (text, [str(problem) for problem in problems.found])
    return found.root


@look_at(150)
@given(st.data(), st.sampled_from([BOOLEAN, NUMBER]), st.lists(rows, min_size=1, max_size=4))
def test_text_tree_and_columns_agree(data: st.DataObject, kind: ValueType, table: list[dict[str, Any]]) -> None:
    root = data.draw(values(kind, COLUMNS, 3))
    text = as_sql(root)
    expected = [evaluate_on(root, row) for row in table]
    event(f"{kind}: {'NULL' if None in expected else 'decided'}")
    parsed = parse(text, kind)
    assert [evaluate_on(parsed, row) for row in table] == expected, text
    frame = pl.DataFrame(table, schema=FRAME_SCHEMA)
    columns = to_polars(Expression(text, parsed), lambda column: pl.col(name_of(column)))
    # As the engine does it: lazily, beside a column of the events.
    found = frame.lazy().select("amount", columns.alias("found")).collect()
    assert found["found"].to_list() == expected, text
