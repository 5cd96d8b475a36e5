"""Runs a study folder: data, cleaning, tables, models and hypotheses, each printed number beside the reproduced one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.study.cleaning.clean import Cleaning, clean_answers
from scslab.study.cleaning.rules import read_cleaning
from scslab.study.data.answers import Answers
from scslab.study.data.declared import read_variables
from scslab.study.data.read import read_answers
from scslab.study.data.study_file import has_section
from scslab.study.data.variables import Code, Variable
from scslab.study.design.declare import declare_design
from scslab.study.design.design import Design
from scslab.study.design.read import read_design
from scslab.study.models.blocks import Blocks, fit_blocks
from scslab.study.papers.beside import Beside, read_printed
from scslab.study.papers.interviews import InterviewResult, run_interviews
from scslab.study.papers.numbers import compare_inflation, compare_models, compare_moments
from scslab.study.papers.plan import Derived, StudyPlan, read_study
from scslab.study.papers.proportional import Proportional, check_proportional
from scslab.study.papers.shares import Asker, compare_shares
from scslab.study.published.auditing import AuditReport, audit_tables
from scslab.study.quota.plan import Quota, plan_quota
from scslab.study.quota.printed import compare_printed
from scslab.study.quota.reader import QuotaSection, read_quota
from scslab.study.reporting.hypotheses import Estimates, Judgement, judge, list_estimates, read_hypotheses

Tell = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class QuotaResult:
    """The quota of a study, with what was printed."""

    section: QuotaSection
    quota: Quota
    n_printed: int
    n_reproduced: int


@dataclass(frozen=True, slots=True)
class SurveyResult:
    """What came out of the answers.

    Attributes:
        n_read: rows of the file; `answers` are those that cleaning leaves, with derived variables.
        cleaning: what was flagged; None where the study file has no rules.
        design: weights and sampling of the answers.
        beside: printed numbers beside reproduced ones, by table.
        blocks: the models; `judgements` of the hypotheses, and those that the printed models give.
        proportional: tests of proportional odds.
    """

    n_read: int
    answers: Answers
    cleaning: Cleaning | None
    design: Design
    beside: dict[str, tuple[Beside, ...]]
    blocks: Blocks | None
    judgements: tuple[Judgement, ...]
    printed_judgements: tuple[Judgement, ...]
    proportional: tuple[Proportional, ...] = ()


@dataclass(frozen=True, slots=True)
class StudyRun:
    """A study that was run: what its folder has, None for what it has not."""

    plan: StudyPlan
    quota: QuotaResult | None
    survey: SurveyResult | None
    audit: AuditReport | None
    interviews: InterviewResult | None = None

    def collect(self) -> tuple[Beside, ...]:
        """All printed numbers beside the reproduced ones."""
        found = () if self.survey is None else self.survey.beside.values()
        return tuple(row for rows in found for row in rows)


def run_study(
    path: Path | str, data: Path | str | None = None, progress: Tell | None = None, *, is_synthetic: bool | None = None
) -> StudyRun:
    """Runs a study folder.

    Args:
        path: the folder, or its study file.
        data: a file with the answers, instead of the one that the study file names; it counts as real unless
            `is_synthetic` says otherwise.
        progress: is told what is being done.
        is_synthetic: whether nobody gave the answers; None: what the study file says of its own file.

    Raises:
        ProblemsError: of any of the folder's files.
    """
    tell = progress or (lambda step, share: None)
    plan = read_study(path)
    if data is not None:
        plan = replace(plan, data=Path(data), is_synthetic=bool(is_synthetic))
    has_quota, has_audit = has_section(plan.file, "quota"), (plan.folder / "audit.yaml").exists()
    has_interviews = has_section(plan.file, "interviews")
    if plan.data is None and not (has_quota or has_audit or has_interviews):
        message = "the study has no data, no interviews, no quota and no printed tables to audit"
        raise ProblemsError([Problem("Q123", message, Place(str(plan.file)), "add `data: {file: …}`")])
    tell("quota", 0.05)
    quota = _run_quota(plan) if has_quota else None
    survey = None if plan.data is None else _run_survey(plan, plan.data, tell)
    tell("interviews", 0.9)
    interviews = run_interviews(plan.file) if has_interviews else None
    tell("audit of the printed tables", 0.95)
    audit = audit_tables(plan.folder) if has_audit else None
    return StudyRun(plan, quota, survey, audit, interviews)


def _run_quota(plan: StudyPlan) -> QuotaResult:
    section = read_quota(plan.file)
    quota = plan_quota(section.given)
    n_printed = sum(value is not None for column in section.printed.values() for value in column)
    return QuotaResult(section, quota, n_printed, n_printed - len(compare_printed(quota, section.printed)))


def _run_survey(plan: StudyPlan, data: Path, tell: Tell) -> SurveyResult:
    tell("reading the answers", 0.1)
    answers = read_answers(data, variables=read_variables(plan.file, is_required=False))
    n_read = answers.frame.height
    cleaning: Cleaning | None = None
    if has_section(plan.file, "cleaning"):
        tell("cleaning", 0.15)
        cleaning = clean_answers(answers, read_cleaning(plan.file, answers.frame))
        if plan.drop_from:
            answers = cleaning.keep(plan.drop_from)
    for each in plan.derived:
        answers = derive(answers, each)
    named = has_section(plan.file, "design")
    design = read_design(plan.file, answers.frame) if named else declare_design(answers.frame)
    tell("models", 0.3)
    blocks = _fit(plan, answers, design)
    tell("printed tables", 0.5)
    beside = compare_all(plan, answers, design, blocks)
    file = plan.folder / "hypotheses.yaml"
    judgements: tuple[Judgement, ...] = ()
    printed: tuple[Judgement, ...] = ()
    if blocks is not None and file.exists():
        hypotheses, level = read_hypotheses(file)
        fitted = {name: list_estimates(result) for name, result in zip(blocks.names, blocks.results, strict=True)}
        judgements = judge(hypotheses, fitted, level)
        known = _read_printed_models(plan)
        printed = judge(hypotheses, known, level) if known else ()
    proportional: tuple[Proportional, ...] = ()
    if blocks is not None and plan.models is not None:
        proportional = check_proportional(blocks, plan.models, answers.without_missing(), design)
    return SurveyResult(n_read, answers, cleaning, design, beside, blocks, judgements, printed, proportional)


def derive(answers: Answers, derived: Derived) -> Answers:
    """Answers with a derived variable: the code of the first group whose condition holds, else nothing."""
    asker = Asker(answers)
    values = np.full(answers.frame.height, np.nan)
    for group in reversed(derived.groups):
        values[asker.ask(group.where)] = group.code
    labels: dict[Code, str] = {group.code: str(group.label) for group in sorted(derived.groups, key=lambda g: g.code)}
    variable = Variable(derived.name, str(derived.label), labels, measure="ordinal")
    column = pl.Series(derived.name, values).fill_nan(None)
    return replace(
        answers, frame=answers.frame.with_columns(column), variables={**answers.variables, derived.name: variable}
    )


def _fit(plan: StudyPlan, answers: Answers, design: Design) -> Blocks | None:
    if plan.models is None:
        return None
    formulas = {block.id: block.formula for block in plan.models.blocks}
    # Codes, not labels, so that parameters keep their names in whatever language a file is labelled.
    frame = answers.without_missing()
    return fit_blocks(plan.models.model, formulas, frame, design=design, se=plan.models.standard_errors or None)


def compare_all(
    plan: StudyPlan, answers: Answers, design: Design, blocks: Blocks | None
) -> dict[str, tuple[Beside, ...]]:
    """Every printed table beside the data, by id."""
    asker = Asker(answers)
    found: dict[str, tuple[Beside, ...]] = {}
    problems: list[Problem] = []
    for table in plan.printed:
        rows: list[Beside] = []
        try:
            if table.columns:
                rows += compare_shares(table, answers, design, asker)
            if table.moments:
                rows += compare_moments(table, answers, design)
            if table.inflation:
                rows += compare_inflation(table, answers)
            if table.parameters and blocks is not None:
                rows += compare_models(table, blocks)
        except ProblemsError as error:
            problems += error.problems
        found[table.id] = tuple(rows)
    if problems:
        raise ProblemsError(problems)
    return found


def _read_printed_models(plan: StudyPlan) -> dict[str, Estimates]:
    """Estimate, error and p (normal) of each printed model."""
    from scipy.stats import norm

    found: dict[str, dict[str, tuple[float, float, float]]] = {}
    for table in plan.printed:
        for row in read_printed(table.path) if table.parameters else ():
            if row["term"] in table.parameters:
                value, error = float(row["coefficient"]), float(row["standard_error"])
                p = 2 * float(norm.sf(abs(value / error)))
                found.setdefault(row["model"], {})[table.parameters[row["term"]]] = (value, error, p)
    return dict(found)
