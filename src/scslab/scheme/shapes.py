"""Shapes of values in YAML files: lists, mappings with free keys, dated series, alternatives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from scslab.scheme.dated import Dated, Number
from scslab.scheme.fields import Kind, describe
from scslab.scheme.kinds import DATE, NUMBER
from scslab.scheme.problem_list import Problems
from scslab.scheme.yaml_tree import YamlList, YamlMap, YamlNode, YamlText

T = TypeVar("T")


def list_of(item: Kind[T], least: int = 1) -> Kind[tuple[T, ...]]:
    """The kind of a list with at least `least` values of one kind; wrong values are noted and left out."""

    def read(node: YamlNode, problems: Problems) -> tuple[T, ...] | None:
        if not isinstance(node, YamlList):
            message = f"a list must stand here, not {describe(node)}"
            problems.shared("007", message, node.place, f"each is {item.name}")
            return None
        if len(node.items) < least:
            message = f"the list needs at least {least} value{'s' if least != 1 else ''}"
            problems.shared("007", message, node.place, f"each is {item.name}")
        values = [item.read(each, problems) for each in node.items]
        return tuple(value for value in values if value is not None)

    return Kind(f"a list of {item.name}", read, {"type": "array", "items": item.schema, "minItems": least})


def one_or_more(item: Kind[T]) -> Kind[tuple[T, ...]]:
    """The kind of one value, or of a list of several; always given as a tuple."""
    many = list_of(item)

    def read(node: YamlNode, problems: Problems) -> tuple[T, ...] | None:
        if isinstance(node, YamlList):
            return many.read(node, problems)
        value = item.read(node, problems)
        return None if value is None else (value,)

    return Kind(f"{item.name} or several", read, {"anyOf": [item.schema, many.schema]})


def map_of(key: Kind[str], value: Kind[T]) -> Kind[dict[YamlText, T]]:
    """The kind of a mapping with keys of the user's choice; keys are given with their places."""

    def read(node: YamlNode, problems: Problems) -> dict[YamlText, T] | None:
        if not isinstance(node, YamlMap):
            problems.shared("007", f"a mapping of keys must stand here, not {describe(node)}", node.place)
            return None
        found: dict[YamlText, T] = {}
        for name, each in node.pairs:
            is_name_right = key.read(name, problems) is not None
            inner = value.read(each, problems)
            if is_name_right and inner is not None:
                found[name] = inner
        return found

    schema: dict[str, Any] = {"type": "object", "additionalProperties": value.schema}
    if "pattern" in key.schema:
        schema["propertyNames"] = {"pattern": key.schema["pattern"]}
    return Kind(f"a mapping to {value.name}", read, schema)


def dated(item: Kind[T]) -> Kind[Dated[T]]:
    """The kind of a value that may be a series `{2014-01-01: -20, 2019-06-01: -30}`, in any order.

    The same date twice is the same key twice, which `read_yaml` refuses.
    """

    def read(node: YamlNode, problems: Problems) -> Dated[T] | None:
        if not isinstance(node, YamlMap):
            value = item.read(node, problems)
            return None if value is None else Dated.constant(value)
        if not node.pairs:
            problems.shared("007", "a dated series needs at least one date", node.place)
            return None
        steps: dict[date, T] = {}
        for key, each in node.pairs:
            since, value = DATE.read(key, problems), item.read(each, problems)
            if since is None or value is None:
                continue
            steps[since] = value
        return Dated(tuple(sorted(steps.items(), key=lambda step: step[0]))) if steps else None

    series = {"type": "object", "minProperties": 1, "propertyNames": DATE.schema, "additionalProperties": item.schema}
    return Kind(item.name, read, {"anyOf": [item.schema, series]})


DATED_NUMBER: Kind[Number] = dated(NUMBER)
"""A number that may have changed on known dates."""


def either(test: Callable[[YamlNode], bool], first: Kind[Any], second: Kind[Any]) -> Kind[Any]:
    """The first kind where `test` holds of the value, else the second."""

    def read(node: YamlNode, problems: Problems) -> Any:
        return (first if test(node) else second).read(node, problems)

    return Kind(f"{first.name} or {second.name}", read, {"anyOf": [first.schema, second.schema]})
