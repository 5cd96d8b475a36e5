"""Designs in files: the `design:` part of a study file says which columns hold weights, strata and clusters."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.scheme.fields import Form, FormReader, Key, Kind
from scslab.scheme.kinds import FLAG, TEXT, choice, integer, number
from scslab.scheme.problem_list import Problems
from scslab.scheme.shapes import either, list_of
from scslab.scheme.yaml_tree import YamlList
from scslab.study.data.study_file import read_section
from scslab.study.design.declare import declare_design
from scslab.study.design.design import Design

COLUMNS: Kind[Any] = either(lambda node: isinstance(node, YamlList), list_of(TEXT), TEXT)
"""The name of a column, or a list of them: one for each stage."""


class LonelyRule(StrEnum):
    """What to do about a stratum with one cluster."""

    FAIL = "fail"
    CERTAINTY = "certainty"
    REMOVE = "remove"
    ADJUST = "adjust"
    AVERAGE = "average"


class ReplicateKind(StrEnum):
    """Kinds of replicate weights."""

    JK1 = "JK1"
    JKN = "JKn"
    BRR = "BRR"
    FAY = "Fay"
    BOOTSTRAP = "bootstrap"
    OTHER = "other"


class DesignForm(Form):
    """A design: the columns that say how the rows were sampled."""

    weights = Key("weights", TEXT, "column of sampling weights")
    strata = Key("strata", COLUMNS, "column of strata, or a list: one for each stage")
    clusters = Key("clusters", COLUMNS, "column of clusters, or a list: one for each stage")
    fpc = Key("fpc", COLUMNS, "column of population sizes or sampling fractions, or a list: one for each stage")
    nest = Key("nest", FLAG, "whether clusters are numbered anew in each stratum")
    lonely = Key("lonely", choice(LonelyRule), "what to do about a stratum with one cluster")
    replicates = Key("replicates", COLUMNS, "columns of replicate weights: a pattern such as `repwgt*`, or a list")
    replicate_kind = Key("replicate_kind", choice(ReplicateKind), "their kind, or the kind to make from the design")
    n_replicates = Key("n_replicates", integer(2, 100_000), "bootstrap replicates to make")
    fay_rho = Key("fay_rho", number(0, 1), "Fay's factor")
    scale = Key("scale", number(0), "scale of given replicates")
    rscales = Key("rscales", list_of(number(0)), "scale of each given replicate")
    is_combined = Key("is_combined", FLAG, "whether given replicate weights contain the sampling weights")
    is_around_estimate = Key("is_around_estimate", FLAG, "squares around the full estimate, not the replicates' mean")
    seed = Key("seed", integer(0), "seed of the bootstrap")
    degrees_of_freedom = Key("degrees_of_freedom", number(0), "instead of those counted from the design")


def read_design(path: str | Path, data: Any) -> Design:
    """The design that a study file declares for a table.

    Args:
        path: the study file, or its folder; its section `design` is read.
        data: the table, see `declare_design`.

    Raises:
        ProblemsError: the file cannot be read (Q001 to Q019), or the design does not fit the table (Q201 to Q211).
    """
    problems = Problems("Q")
    form = read_section(Path(path), "design", DesignForm, problems)
    options = {} if form is None else take_options(form)
    problems.raise_errors()
    place = form.place if form else Place(str(path))
    try:
        return declare_design(data, **options)
    except ProblemsError as error:
        raise ProblemsError(Problem(p.code, p.message, place, p.help) for p in error.problems) from None


def take_options(form: FormReader) -> dict[str, Any]:
    """The keyword arguments of `declare_design` that a `design:` mapping gives."""
    options: dict[str, Any] = {}
    for key in DesignForm.list_keys():
        value: Any = form.take(key, None)
        if value is not None:
            options[key.name] = _convert(value)
    return options


def _convert(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, StrEnum):
        return str(value)
    return tuple(_convert(item) for item in value) if isinstance(value, tuple) else value
