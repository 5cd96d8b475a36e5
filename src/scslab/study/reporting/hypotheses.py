"""Hypotheses and their verdicts: sign, size and p of what a model says, and how far other models agree."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import polars as pl

from scslab.ground.problems import NOWHERE, Place, Problem, ProblemsError, did_you_mean
from scslab.ground.text import Text
from scslab.scheme.fields import Form, Key, check_ids_once, form_of, read_form
from scslab.scheme.kinds import BILINGUAL, IDENT, TEXT, choice, number
from scslab.scheme.problem_list import Problems
from scslab.scheme.shapes import list_of
from scslab.scheme.yaml_tree import read_yaml
from scslab.study.models.result import ModelResult


class Sign(StrEnum):
    """Which way a hypothesis expects the effect to go."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


class Verdict(StrEnum):
    """What the model says about a hypothesis."""

    SUPPORTED = "supported"
    OPPOSED = "opposed"
    MIXED = "mixed"
    OPEN = "open"
    NOT_ESTIMABLE = "not estimable"


VERDICTS: dict[Verdict, Text] = {
    Verdict.SUPPORTED: Text("supported", "支持"),
    Verdict.OPPOSED: Text("the opposite found", "结果相反"),
    Verdict.MIXED: Text("mixed", "不一致"),
    Verdict.OPEN: Text("no effect found", "未发现效应"),
    Verdict.NOT_ESTIMABLE: Text("cannot be estimated", "无法估计"),
}
"""What each verdict is called."""


class HypothesisForm(Form):
    """A hypothesis."""

    id = Key("id", IDENT, "short name, such as H1", is_required=True)
    category = Key("category", BILINGUAL, "what it is about")
    statement = Key("statement", BILINGUAL, "the hypothesis as a sentence", is_required=True)
    model = Key("model", TEXT, "the model that decides", is_required=True)
    terms = Key(
        "terms", list_of(TEXT), "its parameters; of a factor, those that the hypothesis is about", is_required=True
    )
    sign = Key("sign", choice(Sign), "positive or negative", is_required=True)


class HypothesesForm(Form):
    """Hypotheses."""

    level = Key("level", number(0, 1), "p below which an effect counts; 0.05 if left out")
    hypotheses = Key("hypotheses", list_of(form_of(HypothesisForm)), "the hypotheses", is_required=True)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A hypothesis: `terms` of `model` are expected to have `sign`."""

    id: str
    category: Text
    statement: Text
    model: str
    terms: tuple[str, ...]
    sign: Sign
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A hypothesis with what was found.

    Attributes:
        verdict: supported where a term has the expected sign with p below the level and none has the other sign so;
            the opposite, where it is the other way round; mixed where both occur; open where no p is below the level.
        estimates: of the terms, with `errors` and `p_values`; NaN where there is none.
        n_models: models that have every term, the deciding one among them.
        n_same_sign: of these, models in which all terms have the deciding model's signs.
        n_same_verdict: of these, models with the same verdict.
    """

    hypothesis: Hypothesis
    verdict: Verdict
    estimates: tuple[float, ...]
    errors: tuple[float, ...]
    p_values: tuple[float, ...]
    n_models: int
    n_same_sign: int
    n_same_verdict: int


Estimates = Mapping[str, tuple[float, float, float]]
"""Of a model: estimate, standard error and p value of each parameter."""


def read_hypotheses(path: Path) -> tuple[tuple[Hypothesis, ...], float]:
    """Reads a file of hypotheses; gives them with the level.

    Raises:
        ProblemsError: with every problem of the file.
    """
    problems = Problems("Q")
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"the hypotheses cannot be read: {error.strerror or error}"
        raise ProblemsError([Problem("Q018", message, Place(str(path)))]) from error
    root = read_yaml(content, str(path), problems)
    form = None if root is None else read_form(HypothesesForm, root, problems)
    forms = () if form is None else form.take(HypothesesForm.hypotheses, ())
    found = [
        Hypothesis(
            each.take(HypothesisForm.id, ""), each.take(HypothesisForm.category, Text()),
            each.take(HypothesisForm.statement, Text()), each.take(HypothesisForm.model, ""),
            each.take(HypothesisForm.terms, ()), each.take(HypothesisForm.sign, Sign.POSITIVE), each.place,
        )
        for each in forms
    ]  # fmt: skip
    check_ids_once([(each.id, each.place) for each in found], problems)
    problems.raise_errors()
    return tuple(found), 0.05 if form is None else float(form.take(HypothesesForm.level, 0.05))


def list_estimates(result: ModelResult) -> Estimates:
    """Estimate, standard error and p of each parameter; NaN where refused."""
    return {row["term"]: (row["estimate"], row["se"], row["p"]) for row in result.table().iter_rows(named=True)}


def judge(
    hypotheses: Sequence[Hypothesis], models: Mapping[str, Estimates], level: float = 0.05
) -> tuple[Judgement, ...]:
    """A verdict on each hypothesis.

    Args:
        hypotheses: see `read_hypotheses`.
        models: of each model by name, its estimates, errors and p values.
        level: p below which an effect counts.

    Raises:
        ProblemsError: Q122 for models and parameters that are not there.

    Example:
        >>> older = Hypothesis("H1", Text(), Text("Approval falls with age."), "1", ("age",), Sign.NEGATIVE)
        >>> (found,) = judge([older], {"1": {"age": (0.0147, 0.0055, 0.007)}, "2": {"age": (0.0148, 0.0057, 0.009)}})
        >>> found.verdict.value, found.n_models, found.n_same_verdict
        ('opposed', 2, 2)
    """
    problems: list[Problem] = []
    found: list[Judgement] = []
    for each in hypotheses:
        model = models.get(each.model)
        if model is None:
            hint = did_you_mean(each.model, models)
            problems.append(
                Problem("Q122", f"`{each.id}` names the model `{each.model}`, which is not there", each.place, hint)
            )
            continue
        missing = [term for term in each.terms if term not in model]
        if missing:
            hint = did_you_mean(missing[0], model)
            message = f"the model `{each.model}` has no parameter `{missing[0]}`"
            problems.append(Problem("Q122", message, each.place, hint))
            continue
        own = [model[term] for term in each.terms]
        verdict = _decide(own, each.sign, level)
        others = [[other[term] for term in each.terms] for other in models.values() if set(each.terms) <= set(other)]
        signs = [math.copysign(1, estimate) for estimate, _, _ in own]
        same = sum([math.copysign(1, e) for e, _, _ in other] == signs for other in others)
        agreeing = sum(_decide(other, each.sign, level) is verdict for other in others)
        columns = [tuple(values) for values in zip(*own, strict=True)]
        found.append(Judgement(each, verdict, columns[0], columns[1], columns[2], len(others), same, agreeing))
    if problems:
        raise ProblemsError(problems)
    return tuple(found)


def _decide(terms: Sequence[tuple[float, float, float]], sign: Sign, level: float) -> Verdict:
    if any(math.isnan(error) for _, error, _ in terms):
        return Verdict.NOT_ESTIMABLE
    clear = [estimate > 0 for estimate, _, p in terms if p < level]
    wanted = sign is Sign.POSITIVE
    if not clear:
        return Verdict.OPEN
    if all(found is wanted for found in clear):
        return Verdict.SUPPORTED
    return Verdict.MIXED if wanted in clear else Verdict.OPPOSED


def collect_judgements(found: Sequence[Judgement]) -> pl.DataFrame:
    """One row for each term of a hypothesis: `hypothesis, term, sign, estimate, se, p, verdict, models, …`."""
    rows = [
        {
            "hypothesis": each.hypothesis.id, "model": each.hypothesis.model, "term": term,
            "sign": each.hypothesis.sign.value, "estimate": estimate, "se": error, "p": p,
            "verdict": each.verdict.value, "models": each.n_models, "same_sign": each.n_same_sign,
            "same_verdict": each.n_same_verdict,
        }
        for each in found
        for term, estimate, error, p in zip(
            each.hypothesis.terms, each.estimates, each.errors, each.p_values, strict=True
        )
    ]  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)
