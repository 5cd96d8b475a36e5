"""The JSON Schema of experiment files, for editors: made from the same forms that the reader uses."""

from __future__ import annotations

from typing import Any

from scslab.scheme.json_schema import build_json_schema
from scslab.society.experiment.forms import ExperimentForm


def experiment_json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an experiment file.

    Example:
        >>> experiment_json_schema()["required"]
        ['experiment', 'scheme']
    """
    return build_json_schema(ExperimentForm, "scslab experiment")
