from typing import Any

import polars as pl
import pytest

from scslab.ground.problems import ProblemsError
from scslab.ledger.columns import RESERVED, build_type_enum, list_attribute_columns
from scslab.scheme.model import Attribute, AttributeType
from unit.ledger.schemes import build_scheme


def attribute(name: str, kind: AttributeType, **limits: Any) -> Attribute:
    return Attribute(name, kind, **limits)


def test_types_are_those_of_the_scheme_and_the_corrections() -> None:
    assert build_type_enum(build_scheme()) == pl.Enum(
        ["fine", "gift", "visit", "correction.retract", "correction.replace"]
    )


def test_an_attribute_of_several_types_is_one_column() -> None:
    columns = {column.name: column for column in list_attribute_columns(build_scheme())}
    assert list(columns) == ["amount", "kind", "paid", "due_on", "items", "note"]
    assert set(columns["amount"].declared_by) == {"fine", "gift"}


def test_integers_and_numbers_under_one_name_are_numbers() -> None:
    scheme = build_scheme({"a": (attribute("n", AttributeType.INTEGER),), "b": (attribute("n", AttributeType.NUMBER),)})
    assert [column.type for column in list_attribute_columns(scheme)] == [AttributeType.NUMBER]


def test_a_text_and_a_number_under_one_name_are_a_problem() -> None:
    scheme = build_scheme({"a": (attribute("n", AttributeType.TEXT),), "b": (attribute("n", AttributeType.NUMBER),)})
    with pytest.raises(ProblemsError, match=r"L111 the attribute `n` is declared with different types: `text` \(`a`\)"):
        list_attribute_columns(scheme)


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_an_attribute_cannot_have_the_name_of_a_ledger_column(name: str) -> None:
    scheme = build_scheme({"a": (attribute(name, AttributeType.TEXT),)})
    with pytest.raises(ProblemsError, match=f"L110 the attribute `{name}` has the name of a ledger column"):
        list_attribute_columns(scheme)
