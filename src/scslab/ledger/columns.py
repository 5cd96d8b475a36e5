"""The columns of a ledger: canonical names, their Polars types, and the columns that a scheme's attributes need."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from scslab.ground.problems import Problem, ProblemsError
from scslab.ledger.codes import RESERVED_NAME, TWO_TYPES
from scslab.scheme.model import OBJECTION_TYPES, REPLACE, RETRACT, Attribute, AttributeType, Scheme

ROW = "row"
"""The number of the raw row, from 1."""
EVENT_ID = "event_id"
SUBJECT_ID = "subject_id"
TYPE = "type"
OCCURRED_ON = "occurred_on"
RECORDED_ON = "recorded_on"
SOURCE = "source"
TARGET = "target"
NEW_TYPE = "new_type"
FLAW = "flaw"
"""0 where a row is fine, else the number (from 1) of the first check that it fails."""

RAW_ROW = "__row"
"""The row number of a raw table, before `conform`; tables without it are numbered as they come."""

CANONICAL = (ROW, EVENT_ID, SUBJECT_ID, TYPE, OCCURRED_ON, RECORDED_ON, SOURCE, TARGET, NEW_TYPE)
"""The fixed columns of a ledger, in order; attributes follow."""
REQUIRED = (EVENT_ID, SUBJECT_ID, TYPE, OCCURRED_ON)
"""The columns that a table of events must have."""
RESERVED = frozenset({*CANONICAL, FLAW, RAW_ROW})
"""Names that no attribute may have."""

DTYPES: dict[AttributeType, pl.DataType] = {
    AttributeType.INTEGER: pl.Int64(),
    AttributeType.NUMBER: pl.Float64(),
    AttributeType.TEXT: pl.String(),
    AttributeType.BOOLEAN: pl.Boolean(),
    AttributeType.DATE: pl.Date(),
}
"""The Polars type of each type of attribute."""


@dataclass(frozen=True, slots=True)
class AttributeColumn:
    """A column that holds an attribute of one or more event types.

    Attributes:
        type: the type that holds all of them: where one event type has integers and another numbers, numbers.
        declared_by: the attribute by event type.
    """

    name: str
    type: AttributeType
    declared_by: dict[str, Attribute]


def build_type_enum(scheme: Scheme) -> pl.Enum:
    """The closed list of event types: those of the scheme in file order, then the two corrections.

    The physical code of a type is its place in the scheme's vocabulary.
    """
    return pl.Enum([*scheme.events, *(name for name in (RETRACT, REPLACE) if name not in scheme.events)])


def list_attribute_columns(scheme: Scheme) -> tuple[AttributeColumn, ...]:
    """The attribute columns of a scheme's ledgers, in the order in which the scheme first names them.

    Raises:
        ProblemsError: an attribute has the name of a ledger column, or types that one column cannot hold.
    """
    found: dict[str, dict[str, Attribute]] = {}
    for event_type in scheme.events.values():
        for attribute in event_type.attributes.values():
            if attribute.name == TARGET and event_type.id in OBJECTION_TYPES:
                continue  # what an objection is about stands in the column that corrections use as well
            found.setdefault(attribute.name, {})[event_type.id] = attribute
    columns: list[AttributeColumn] = []
    problems: list[Problem] = []
    for name, declared_by in found.items():
        first = next(iter(declared_by.values()))
        kinds = {attribute.type for attribute in declared_by.values()}
        if name in RESERVED:
            message = f"the attribute `{name}` has the name of a ledger column"
            problems.append(Problem(RESERVED_NAME, message, first.place, "give it another name"))
        elif len(kinds) == 1:
            columns.append(AttributeColumn(name, first.type, declared_by))
        elif kinds == {AttributeType.INTEGER, AttributeType.NUMBER}:
            columns.append(AttributeColumn(name, AttributeType.NUMBER, declared_by))
        else:
            words = " and ".join(f"`{attribute.type}` (`{kind}`)" for kind, attribute in list(declared_by.items())[:3])
            message = f"the attribute `{name}` is declared with different types: {words}"
            problems.append(Problem(TWO_TYPES, message, first.place, "give one of them another name"))
    if problems:
        raise ProblemsError(problems)
    return tuple(columns)
