"""The study pillar: survey designs, weights, models and tables for studies of what people think of a scheme.

Example:
    >>> import polars as pl
    >>> from scslab import study
    >>> data = pl.DataFrame({"w": [2.0, 2.0, 3.0, 3.0], "town": ["a", "a", "b", "b"]})
    >>> study.declare_design(data, weights="w", strata="town").degrees_of_freedom
    2
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scslab.study.cleaning.clean import clean_answers
    from scslab.study.cleaning.guess import guess_rules
    from scslab.study.cleaning.rules import read_cleaning
    from scslab.study.data.answers import Answers
    from scslab.study.data.codebook import make_codebook
    from scslab.study.data.ddi import write_ddi
    from scslab.study.data.declared import read_variables
    from scslab.study.data.read import read_answers
    from scslab.study.data.variables import Variable
    from scslab.study.data.write import write_answers
    from scslab.study.design.declare import declare_design
    from scslab.study.design.design import Design
    from scslab.study.design.make_replicates import make_replicates
    from scslab.study.design.read import read_design
    from scslab.study.design.replicates import replicate
    from scslab.study.instruments.model import Instrument
    from scslab.study.instruments.reader import read_instrument
    from scslab.study.instruments.xlsform_read import read_xlsform
    from scslab.study.instruments.xlsform_write import write_xlsform
    from scslab.study.interviews.agreement import cohen_kappa, fleiss_kappa, krippendorff_alpha
    from scslab.study.interviews.barriers import tabulate_barriers
    from scslab.study.interviews.compare import compare_coders
    from scslab.study.interviews.constructs import read_constructs
    from scslab.study.interviews.project import Project
    from scslab.study.interviews.reader import read_interviews
    from scslab.study.interviews.saturation import trace_saturation
    from scslab.study.models.blocks import fit_blocks
    from scslab.study.models.bootstrap import bootstrap_model
    from scslab.study.models.fit import binary_logit, linear_model, ordered_cloglog, ordered_logit, ordered_probit
    from scslab.study.models.partial_odds import fit_partial_odds
    from scslab.study.models.result import ModelResult
    from scslab.study.papers.plan import read_study
    from scslab.study.papers.run import run_study
    from scslab.study.published.auditing import AuditReport, audit_tables
    from scslab.study.quota.plan import plan_quota
    from scslab.study.quota.reader import read_quota
    from scslab.study.reporting.hypotheses import judge, read_hypotheses
    from scslab.study.reporting.model_table import tabulate_models
    from scslab.study.tables.means import estimate_means
    from scslab.study.tables.tabulate import tabulate
    from scslab.study.weighting.caps import Cap
    from scslab.study.weighting.efficiency import measure_efficiency
    from scslab.study.weighting.margins import Margin
    from scslab.study.weighting.reader import read_weighting
    from scslab.study.weighting.weigh import WeightingPlan, weight_sample

_PLACES = {
    # design
    "Design": "design.design",
    "declare_design": "design.declare",
    "make_replicates": "design.make_replicates",
    "read_design": "design.read",
    "replicate": "design.replicates",
    # models
    "ModelResult": "models.result",
    "binary_logit": "models.fit",
    "bootstrap_model": "models.bootstrap",
    "fit_blocks": "models.blocks",
    "fit_partial_odds": "models.partial_odds",
    "linear_model": "models.fit",
    "ordered_cloglog": "models.fit",
    "ordered_logit": "models.fit",
    "ordered_probit": "models.fit",
    # data
    "Answers": "data.answers",
    "read_answers": "data.read",
    "write_answers": "data.write",
    "Variable": "data.variables",
    "read_variables": "data.declared",
    "make_codebook": "data.codebook",
    "write_ddi": "data.ddi",
    # quota
    "plan_quota": "quota.plan",
    "read_quota": "quota.reader",
    # weighting
    "Margin": "weighting.margins",
    "Cap": "weighting.caps",
    "WeightingPlan": "weighting.weigh",
    "weight_sample": "weighting.weigh",
    "read_weighting": "weighting.reader",
    "measure_efficiency": "weighting.efficiency",
    # cleaning
    "clean_answers": "cleaning.clean",
    "read_cleaning": "cleaning.rules",
    "guess_rules": "cleaning.guess",
    # tables
    "tabulate": "tables.tabulate",
    "estimate_means": "tables.means",
    # published tables, instruments, interviews
    "AuditReport": "published.auditing",
    "Instrument": "instruments.model",
    "Project": "interviews.project",
    "audit_tables": "published.auditing",
    "cohen_kappa": "interviews.agreement",
    "compare_coders": "interviews.compare",
    "fleiss_kappa": "interviews.agreement",
    "krippendorff_alpha": "interviews.agreement",
    "read_constructs": "interviews.constructs",
    "read_instrument": "instruments.reader",
    "read_interviews": "interviews.reader",
    "read_xlsform": "instruments.xlsform_read",
    "tabulate_barriers": "interviews.barriers",
    "trace_saturation": "interviews.saturation",
    "write_xlsform": "instruments.xlsform_write",
    # whole studies and tables for papers
    "run_study": "papers.run",
    "read_study": "papers.plan",
    "tabulate_models": "reporting.model_table",
    "read_hypotheses": "reporting.hypotheses",
    "judge": "reporting.hypotheses",
}
"""Where each public name of the pillar lives. It is imported on first use: append lines, one name each."""

__all__ = [
    "Answers",
    "AuditReport",
    "Cap",
    "Design",
    "Instrument",
    "Margin",
    "ModelResult",
    "Project",
    "Variable",
    "WeightingPlan",
    "audit_tables",
    "binary_logit",
    "bootstrap_model",
    "clean_answers",
    "cohen_kappa",
    "compare_coders",
    "declare_design",
    "estimate_means",
    "fit_blocks",
    "fit_partial_odds",
    "fleiss_kappa",
    "guess_rules",
    "judge",
    "krippendorff_alpha",
    "linear_model",
    "make_codebook",
    "make_replicates",
    "measure_efficiency",
    "ordered_cloglog",
    "ordered_logit",
    "ordered_probit",
    "plan_quota",
    "read_answers",
    "read_cleaning",
    "read_constructs",
    "read_design",
    "read_hypotheses",
    "read_instrument",
    "read_interviews",
    "read_quota",
    "read_study",
    "read_variables",
    "read_weighting",
    "read_xlsform",
    "replicate",
    "run_study",
    "tabulate",
    "tabulate_barriers",
    "tabulate_models",
    "trace_saturation",
    "weight_sample",
    "write_answers",
    "write_ddi",
    "write_xlsform",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'scslab.study' has no attribute {name!r}")
    return getattr(importlib.import_module(f"scslab.study.{_PLACES[name]}"), name)
