"""The JSON Schema of scheme files, for editors: made from the same tables that the reader uses.

A JSON Schema says which keys and values may stand where. What it cannot say (whether a named tier exists, whether the
types in a condition fit) is told by the reader only.
"""

from __future__ import annotations

from typing import Any

from scslab.scheme.fields import Form
from scslab.scheme.forms import MeasureWhenForm, RuleForm, SchemeForm, ScoreRangeForm
from scslab.scheme.kinds import TextForm

# What a form asks for beyond its keys: the same as the checks S027, S029 and S043 of the reader.
_MORE: dict[type[Form], dict[str, Any]] = {
    RuleForm: {
        "anyOf": [{"required": ["points"]}, {"required": ["limit_tier"]}],
        "dependentRequired": {"cap": ["points"], "valid": ["points"], "repeat": ["points"]},
    },
    MeasureWhenForm: {"oneOf": [{"required": ["tier"]}, {"required": ["score"]}]},
    ScoreRangeForm: {"minProperties": 1},
    TextForm: {"minProperties": 1},
}


def scheme_json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a scheme file.

    Example:
        >>> schema = scheme_json_schema()
        >>> schema["$defs"]["TierForm"]["required"]
        ['id', 'from']
    """
    definitions: dict[str, Any] = {}
    _define(SchemeForm, definitions)
    top = definitions.pop(SchemeForm.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "scslab scheme",
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
