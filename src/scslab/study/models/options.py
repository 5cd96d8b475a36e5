"""Keywords that several functions share, for type checkers and editors. At run time an unknown one is a TypeError."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from scslab.study.design.columns import Column
from scslab.study.design.design import Design

if TYPE_CHECKING:
    from scslab.study.reporting.model_table import Stars


class ModelOptions(TypedDict, total=False):
    """How a model is fitted; what each means stands in `fit.ordered_logit`."""

    design: Design | None
    weights: Column | None
    weight_kind: str
    clusters: Column | None
    se: str | None
    levels: Mapping[str, Sequence[Any]] | None
    reference: Mapping[str, Any] | None


class FitOptions(ModelOptions, total=False):
    """The same for one model, with a callback that is told how far its replicates are."""

    progress: Callable[[str, float], None] | None


class PaperOptions(TypedDict, total=False):
    """How models are set as a table; what each means stands in `reporting.model_table.tabulate_models`."""

    title: str
    labels: Mapping[str, str] | None
    stars: Stars | str
    digits: int
    language: str


class NamedPaperOptions(PaperOptions, total=False):
    """The same for results that bring no names of their own."""

    names: Sequence[str]
