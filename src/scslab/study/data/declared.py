"""The section `variables` of a study file: labels and missing codes for data that do not carry them (CSV)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

import polars as pl

from scslab.ground.problems import ProblemsError
from scslab.scheme.fields import Form, FormReader, Key, Kind, form_of
from scslab.scheme.kinds import NAME, TEXT, choice
from scslab.scheme.problem_list import Problems, suggest
from scslab.scheme.shapes import list_of, map_of
from scslab.scheme.yaml_tree import YamlText
from scslab.study.data.answers import Answers
from scslab.study.data.study_file import read_node
from scslab.study.data.variables import Code, MissingRange, Variable, show_code


class Measure(StrEnum):
    """Levels of measurement."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    SCALE = "scale"


class VariableForm(Form):
    """A variable."""

    label = Key("label", TEXT, "what was asked")
    values = Key("values", map_of(TEXT, TEXT), "what each value stands for")
    missing = Key("missing", list_of(TEXT), "the values that count as missing: `99`, or a range `97..99`")
    measure = Key("measure", choice(Measure), "nominal, ordinal or scale")


VARIABLES: Kind[dict[YamlText, FormReader]] = map_of(NAME, form_of(VariableForm))
"""The section: variables by name."""


def read_variables(source: Path | str, *, is_required: bool = True) -> dict[str, Variable]:
    """Reads the section `variables` of a study file.

    Args:
        source: the file or the folder of the study (a `Path`), or the content of such a file.
        is_required: whether a missing section is a problem; otherwise there are no variables then.

    Raises:
        ProblemsError: with every problem of the section.

    Example:
        >>> found = read_variables('''
        ... variables:
        ...   approval: {label: Approval, values: {1: low, 5: high}, missing: [98..99], measure: ordinal}
        ... ''')
        >>> found["approval"].value_labels, str(found["approval"].missing[0])
        ({1.0: 'low', 5.0: 'high'}, '98 to 99')
    """
    problems = Problems("Q")
    node = read_node(source, "variables", problems, is_required=is_required)
    found: dict[str, Variable] = {}
    if node is not None:
        forms = VARIABLES.read(node, problems) or {}
        found = {name.text: _read_variable(name.text, form, problems) for name, form in forms.items()}
    if problems.count_errors():
        raise ProblemsError(problems.in_order())
    return found


def declare_variables(answers: Answers, variables: Mapping[str, Variable]) -> Answers:
    """Answers with declared labels and missing codes; what the declaration leaves out stays as the file says.

    Raises:
        ProblemsError: Q108 for variables that the data do not have, Q109 for numbers declared missing among texts.
    """
    problems = Problems("Q")
    merged = dict(answers.variables)
    for name, declared in variables.items():
        if name not in merged:
            problems.error("Q108", f"the data have no column `{name}`", helps=suggest(name, answers.frame.columns))
            continue
        own = merged[name]
        is_text = answers.frame.schema[name] == pl.String
        merged[name] = replace(
            own,
            label=declared.label or own.label,
            value_labels=_as_texts(declared.value_labels, is_text) or own.value_labels,
            missing=_missing_as_texts(declared.missing, is_text) or own.missing,
            measure=declared.measure or own.measure,
        )
        if not is_text and any(isinstance(each.low, str) for each in declared.missing):
            message = f"`{name}` holds numbers, but a text is declared missing"
            problems.error("Q109", message)
    problems.raise_errors()
    return replace(answers, variables=merged)


def _read_variable(name: str, form: FormReader, problems: Problems) -> Variable:
    missing: list[MissingRange] = []
    for word in form.take(VariableForm.missing, ()):
        low, dots, high = word.partition("..")
        ends = (_read_code(low.strip()), _read_code(high.strip())) if dots else (_read_code(word),) * 2
        if any(isinstance(end, str) for end in ends) and dots:
            place = form.place_of(VariableForm.missing)
            problems.error("Q109", f"`{word}` is not a range of numbers", place, "write a range as `97..99`")
            continue
        missing.append(MissingRange(*ends))
    values = {_read_code(code.text): label for code, label in form.take(VariableForm.values, {}).items()}
    measure = form.take(VariableForm.measure, None)
    return Variable(name, form.take(VariableForm.label, ""), values, tuple(missing), measure.value if measure else "")


def _read_code(text: str) -> Code:
    try:
        return float(text)
    except ValueError:
        return text


def _as_texts(labels: Mapping[Code, str], is_text: bool) -> Mapping[Code, str]:
    return {show_code(code): label for code, label in labels.items()} if is_text else labels


def _missing_as_texts(missing: tuple[MissingRange, ...], is_text: bool) -> tuple[MissingRange, ...]:
    return tuple(MissingRange(show_code(r.low), show_code(r.high)) for r in missing) if is_text else missing
