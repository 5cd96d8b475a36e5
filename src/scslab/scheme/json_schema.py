"""The JSON Schema of scheme files, for editors: made from the same tables that the reader uses.

A JSON Schema says which keys and values may stand where. What it cannot say (whether a named tier exists, whether the
types in a condition fit) is told by the reader only.
"""

from __future__ import annotations

from typing import Any

from scslab.scheme.fields import Form
from scslab.scheme.forms import RuleForm, SchemeForm, ScoreForm
from scslab.scheme.forms_conditions import (
    CountForm,
    EnterForm,
    LeaveForm,
    MeasureWhenForm,
    RequireForm,
    ScoreRangeForm,
    SpreadWhenForm,
)
from scslab.scheme.forms_index import ValueForm
from scslab.scheme.forms_lists import ObjectionForm, RepairForm
from scslab.scheme.forms_together import CarryForm
from scslab.scheme.kinds import TextForm


def _one_of(*names: str) -> dict[str, Any]:
    return {"oneOf": [{"required": [name]} for name in names]}


def _any_of(*names: str) -> dict[str, Any]:
    return {"anyOf": [{"required": [name]} for name in names]}


def _without(*names: str) -> dict[str, Any]:
    return {"properties": dict.fromkeys(names, False)}


def _is(key: str, word: str) -> dict[str, Any]:
    return {"properties": {key: {"const": word}}, "required": [key]}


_STATES = ("score", "tier", "count", "list", "not_list")
_ON_EVENTS = {"when": ["on"]}
# What a form asks for beyond its keys: the same as the checks S006, S027, S029, S043 and S046 of the reader.
_MORE: dict[type[Form], dict[str, Any]] = {
    SchemeForm: {
        "anyOf": [{"required": ["score"]}, {"required": ["lists"]}, _is("status", "stub")],
        "if": {"properties": {"score": _is("kind", "index")}, "required": ["score"]},
        "then": {"required": ["dimensions"], **_without("rules", "caps")},
        "else": _without("dimensions"),
    },
    ScoreForm: {
        "if": _is("kind", "index"),
        "then": {"required": ["range"], **_without("start", "floor", "ceiling", "restarts")},
        "else": {
            "if": _is("kind", "none"),
            "then": _without("start", "range", "floor", "ceiling", "decimals", "restarts"),
            "else": {"required": ["start"], **_without("range")},
        },
    },
    RuleForm: {
        **_any_of("points", "limit_tier", "grade"),
        "dependentRequired": {"cap": ["points"], "valid": ["points"], "repeat": ["points"]},
    },
    MeasureWhenForm: _any_of("tier", "score", "list", "not_list"),
    ScoreRangeForm: {"minProperties": 1},
    CountForm: _any_of("at_least", "at_most"),
    RequireForm: _one_of("count", "list", "not_list"),
    EnterForm: {**_one_of("on", *_STATES), "dependentRequired": _ON_EVENTS},
    LeaveForm: {**_one_of("on", *_STATES, "after"), "dependentRequired": _ON_EVENTS},
    SpreadWhenForm: _one_of("tier", "list"),
    ObjectionForm: {"dependentRequired": {"decide_within": ["undecided"], "undecided": ["decide_within"]}},
    RepairForm: _one_of("restores", "shortens", "removes"),
    CarryForm: _one_of("scale", "tiers"),
    ValueForm: {
        **_one_of("count", "sum", "share", "days_since", "attribute", "score_of"),
        "dependentRequired": {
            "sum": ["on"],
            "on": ["sum"],
            "share": ["of", "when_none"],
            "of": ["share"],
            "of_when": ["share"],
            "days_since": ["when_none"],
            "attribute": ["when_none"],
            "score_of": ["when_none"],
        },
    },
    TextForm: {"minProperties": 1},
}


def scheme_json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a scheme file.

    Example:
        >>> schema = scheme_json_schema()
        >>> schema["$defs"]["TierForm"]["required"]
        ['id']
    """
    return build_json_schema(SchemeForm, "scslab scheme")


def build_json_schema(form: type[Form], title: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a file whose top is a form."""
    definitions: dict[str, Any] = {}
    _define(form, definitions)
    top = definitions.pop(form.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **top,
        "$defs": dict(sorted(definitions.items())),
    }


def _define(form: type[Form], definitions: dict[str, Any]) -> None:
    """Adds a form, and the forms that it refers to, to the definitions."""
    if form.__name__ in definitions:
        return
    found: dict[str, Any] = {"description": (form.__doc__ or "").split("\n")[0].strip(), "type": "object"}
    definitions[form.__name__] = found
    properties: dict[str, Any] = {}
    for key in form.list_keys():
        schema = _resolve(key.kind.schema, definitions)
        # A key that is left empty is as good as missing, unless it is required.
        allowed = schema if key.is_required else {"anyOf": [schema, {"type": "null"}]}
        properties[key.name] = {"description": key.about, **allowed}
    found["properties"] = properties
    found["required"] = [key.name for key in form.list_keys() if key.is_required]
    found["additionalProperties"] = False
    found.update(_MORE.get(form, {}))


def _resolve(schema: Any, definitions: dict[str, Any]) -> Any:
    """A copy of a fragment in which every form it names is defined."""
    if isinstance(schema, list):
        return [_resolve(each, definitions) for each in schema]  # type: ignore[reportUnknownVariableType]
    if not isinstance(schema, dict):
        return schema
    fragment: dict[str, Any] = schema
    if "$form" in fragment:
        _define(fragment["$form"], definitions)
    return {name: _resolve(value, definitions) for name, value in fragment.items() if name != "$form"}
