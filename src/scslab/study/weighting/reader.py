"""Reads the section `weighting` of a study file."""

from __future__ import annotations

from pathlib import Path

from scslab.ground.problems import ProblemsError
from scslab.scheme.fields import Form, FormReader, Key, Kind, describe, form_of
from scslab.scheme.kinds import NAME, TEXT, choice, number
from scslab.scheme.problem_list import Problems
from scslab.scheme.shapes import list_of, map_of
from scslab.scheme.yaml_tree import YamlNode, YamlText
from scslab.study.data.study_file import read_section
from scslab.study.weighting.calibration import Distance
from scslab.study.weighting.caps import Cap, CapRule
from scslab.study.weighting.efficiency import SampleKind
from scslab.study.weighting.margins import Margin
from scslab.study.weighting.weigh import Method, WeightingPlan

WEIGHTING_CODES: dict[str, str] = {
    "Q310": "a column that the data do not have",
    "Q311": "respondents without a value for a margin",
    "Q312": "respondents with a category that has no target",
    "Q313": "a target for a category that no respondent has",
    "Q314": "targets that are no shares",
    "Q315": "base weights that are missing, zero or below, or no rows",
    "Q316": "post-stratification with more than one margin",
    "Q317": "a variable with a wanted mean that is not a number for everybody",
    "Q318": "a wanted mean outside the range of the data",
    "Q319": "keys of the weighting that do not go together",
    "Q320": "a cap that cannot keep the sum of weights",
    "Q321": "a cap that cannot be met",
    "Q322": "margins that cannot be met together by any weights",
    "Q323": "weights that did not converge (warning)",
    "Q324": "weights below zero (warning)",
    "Q325": "margins that trimming moved (warning)",
}
"""Codes of weighting, with their meanings."""


def _read_targets(node: YamlNode, problems: Problems) -> dict[YamlText, float] | None:
    found = map_of(TEXT, number(0)).read(node, problems)
    if found is None:
        return None
    if not found:
        problems.shared("007", f"categories with their shares must stand here, not {describe(node)}", node.place)
    return {name: float(value) for name, value in found.items()}


_TARGETS: Kind[dict[YamlText, float]] = Kind(
    "categories with their shares", _read_targets, {"type": "object", "additionalProperties": {"type": "number"}}
)


class CellForm(Form):
    """A cell of crossed variables."""

    cell = Key("cell", list_of(TEXT), "one category for each variable", is_required=True)
    share = Key("share", number(0), "its share, in any unit", is_required=True)


class CellsForm(Form):
    """Cells of crossed variables."""

    by = Key("by", list_of(NAME), "the variables", is_required=True)
    targets = Key("targets", list_of(form_of(CellForm)), "the share of each cell", is_required=True)


class CapForm(Form):
    """A cap."""

    rule = Key("rule", choice(CapRule), "trim, rake-and-trim or bounded", is_required=True)
    at = Key("at", number(0), "the largest weight, in means; of `bounded`, the largest factor", is_required=True)
    floor = Key("floor", number(0), "the smallest, in the same unit")


class WeightingForm(Form):
    """A weighting."""

    method = Key("method", choice(Method), "raking (as if left out), post-stratification or calibration")
    margins = Key("margins", map_of(NAME, _TARGETS), "the share of each category of a variable, in any unit")
    cells = Key("cells", form_of(CellsForm), "the shares of crossed variables")
    means = Key("means", map_of(NAME, number()), "for calibration: the population means of numeric variables")
    base = Key("base", NAME, "the column with base weights; 1 each if left out")
    sum_to = Key("sum_to", number(0), "what the weights sum to; the number of respondents if left out")
    cap = Key("cap", form_of(CapForm), "the largest weight, and what happens to what is cut")
    distance = Key("distance", choice(Distance), "for calibration: linear (as if left out), raking or logit")
    sample = Key("sample", choice(SampleKind), "opt-in (as if left out) or probability")
    column = Key("column", NAME, "the name of the new column; `weight` if left out")


def read_weighting(source: Path | str) -> WeightingPlan:
    """Reads the section `weighting` of a study file.

    Raises:
        ProblemsError: with every problem of the section.

    Example:
        >>> text = '''
        ... weighting:
        ...   margins: {sex: {f: 51, m: 49}, age: {14-30: 55.3, 31-50: 41.52, 51+: 3.18}}
        ...   cap: {rule: rake-and-trim, at: 5}
        ... '''
        >>> plan = read_weighting(text)
        >>> [margin.name for margin in plan.margins], plan.cap.at
        (['sex', 'age'], 5.0)
        >>> read_weighting(text.replace("rake-and-trim", "rake-and-trin"))
        Traceback (most recent call last):
        ...
        scslab.ground.problems.ProblemsError: <memory>:4:15: Q008 `rake-and-trin` is not a word that may stand here
          help: did you mean `rake-and-trim`?
    """
    problems = Problems("Q")
    form = read_section(source, "weighting", WeightingForm, problems)
    plan = None if form is None else _read(form, problems)
    if plan is None or problems.count_errors():
        raise ProblemsError(problems.in_order())
    return plan


def _read(form: FormReader, problems: Problems) -> WeightingPlan:
    margins = [
        Margin((name.text,), {(word.text,): share for word, share in targets.items()}, name.place)
        for name, targets in form.take(WeightingForm.margins, {}).items()
    ]
    cells = form.take(WeightingForm.cells, None)
    if cells is not None:
        margins.append(_read_cells(cells, problems))
    method = form.take(WeightingForm.method, Method.RAKING)
    if not margins:
        problems.error("Q319", "a weighting needs `margins` or `cells`", form.place)
    means = form.take(WeightingForm.means, {})
    if means and method is not Method.CALIBRATION:
        problems.error("Q319", "`means` need `method: calibration`", form.place_of(WeightingForm.means))
    cap_form = form.take(WeightingForm.cap, None)
    distance = form.take(WeightingForm.distance, Distance.LINEAR)
    cap = None if cap_form is None else _read_cap(cap_form, method, distance, problems)
    if form.has(WeightingForm.distance) and method is not Method.CALIBRATION:
        place = form.place_of(WeightingForm.distance)
        problems.error("Q319", "`distance` needs `method: calibration`", place)
    if distance is Distance.LOGIT and (cap is None or cap.rule is not CapRule.BOUNDED):
        place = form.place_of(WeightingForm.distance)
        problems.error(
            "Q319", "the logit distance needs bounds", place, "add `cap: {rule: bounded, at: 3, floor: 0.3}`"
        )
    sum_to = form.take(WeightingForm.sum_to, None)
    return WeightingPlan(
        tuple(margins),
        method,
        form.take(WeightingForm.base, ""),
        None if sum_to is None else float(sum_to),
        cap,
        distance,
        {name.text: float(value) for name, value in means.items()},
        form.take(WeightingForm.sample, SampleKind.OPT_IN),
        form.take(WeightingForm.column, "weight"),
        form.place,
    )


def _read_cap(form: FormReader, method: Method, distance: Distance, problems: Problems) -> Cap:
    rule = form.take(CapForm.rule, CapRule.TRIM)
    at, floor = float(form.take(CapForm.at, 1)), float(form.take(CapForm.floor, 0))
    if form.has(CapForm.at) and (at <= 1 or floor >= 1):
        problems.error("Q319", "a cap must be above 1 and a floor below 1", form.place_of(CapForm.at))
    if (rule is CapRule.BOUNDED) != (method is Method.CALIBRATION) and rule is not CapRule.TRIM:
        hint = "`bounded` goes with `method: calibration`, `rake-and-trim` with `method: raking`"
        problems.error("Q319", f"the rule `{rule}` does not go with `{method}`", form.place_of(CapForm.rule), hint)
    if rule is CapRule.RAKE_AND_TRIM and method is Method.POST_STRATIFICATION:
        problems.error("Q319", f"the rule `{rule}` does not go with `{method}`", form.place_of(CapForm.rule))
    return Cap(rule, at, floor, form.place_of(CapForm.at))


def _read_cells(form: FormReader, problems: Problems) -> Margin:
    by = form.take(CellsForm.by, ())
    targets: dict[tuple[str, ...], float] = {}
    for each in form.take(CellsForm.targets, ()):
        cell = each.take(CellForm.cell, ())
        if len(cell) != len(by):
            problems.error("Q301", "a cell names one category for each variable", each.place, ", ".join(by))
        elif cell in targets:
            problems.error("Q303", f"the cell {' × '.join(cell)} stands twice", each.place)
        targets[cell] = float(each.take(CellForm.share, 0))
    return Margin(tuple(by), targets, form.place)
