"""Reads what all clauses have in common: the event types they listen to, and their conditions and formulas."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from scslab.ground.dates import Period
from scslab.scheme.conditions import Expression, ValueType
from scslab.scheme.fields import FormReader, Key
from scslab.scheme.model import OBJECTION_TYPES, Score, Source
from scslab.scheme.problem_list import Problems, suggest
from scslab.scheme.read_vocabulary import RESERVED_PREFIX, Vocabulary, value_type_of
from scslab.scheme.sql import parse_condition, parse_formula
from scslab.scheme.yaml_tree import YamlText

A_DAY = Period(days=1)
"""Stands in for a period that is missing; a file with errors is never used."""
# What a wrong vocabulary makes of a condition that may be right.
_CONSEQUENCES = ("032", "033", "035")


@dataclass(frozen=True, slots=True)
class Known:
    """What the clauses of a scheme may name.

    Attributes:
        tiers, lists, rules: ids in file order.
    """

    scheme: str
    vocabulary: Vocabulary
    score: Score
    sources: Mapping[str, Source]
    tiers: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


def read_on(form: FormReader, key: Key[YamlText], vocabulary: Vocabulary) -> YamlText | None:
    """The event type or prefix under `key`; notes one that no declared event type matches."""
    on = form.take(key, None)
    if on is not None and not vocabulary.matching.get(on.text, []):
        _note_unknown_type(on, vocabulary, form.problems)
    return on


def read_when(form: FormReader, key: Key[YamlText], vocabulary: Vocabulary, on: YamlText | None) -> Expression | None:
    """The condition under `key` over the attributes of the event types that `on` matches."""
    when = form.take(key, None)
    return None if when is None else parse_clause(when, ValueType.BOOLEAN, vocabulary, on, form.problems)


def text_of(word: YamlText | None) -> str:
    """The text of a word that may be missing."""
    return "" if word is None else word.text


def _note_unknown_type(on: YamlText, vocabulary: Vocabulary, problems: Problems) -> None:
    if problems.is_full:
        hint = ""
    elif on.text.startswith(RESERVED_PREFIX):
        hint = "corrections act on every scheme and need no rule"
    elif on.text in (*OBJECTION_TYPES, "objection.*"):
        hint = "objections act by themselves where the file has `objection`"
    else:
        known = [name for name in vocabulary.matching if name.endswith(".*") == on.text.endswith(".*")]
        if on.text + ".*" in vocabulary.matching:
            hint = f"did you mean `{on.text}.*`?"
        else:
            hint = suggest(on.text, known) or ("" if vocabulary.events else "the file declares no `events`")
    problems.error("S012", f"unknown event type `{on.text}`", on.place, hint)


def parse_clause(
    sql: YamlText, wanted: ValueType, vocabulary: Vocabulary, on: YamlText | None, problems: Problems
) -> Expression | None:
    """Parses a condition or formula over the attributes of the event types that a clause listens to."""
    if problems.is_full:
        return None
    matching = [] if on is None else vocabulary.matching.get(on.text, [])
    columns = {"occurred_on": ValueType.DATE, "recorded_on": ValueType.DATE}
    for event in matching:
        for name, attribute in event.attributes.items():
            columns.setdefault(name, value_type_of(attribute.type))
    columns |= vocabulary.subject_columns() | {"subject.age": ValueType.NUMBER}
    parse = parse_condition if wanted is ValueType.BOOLEAN else parse_formula
    apart = Problems(problems.letter)
    expression = parse(sql, columns, apart, vocabulary.scheme)
    is_vocabulary_sure = vocabulary.is_sound and bool(matching)
    for problem in apart.found:
        if is_vocabulary_sure or not problem.code.endswith(_CONSEQUENCES):
            problems.add(problem)
    if expression is not None:
        _check_shared_attributes(expression, sql, vocabulary, on, problems)
    return expression


def _check_shared_attributes(
    expression: Expression, sql: YamlText, vocabulary: Vocabulary, on: YamlText | None, problems: Problems
) -> None:
    """Where a clause listens to several types, notes attributes whose type differs, or that some of them lack."""
    matching = [] if on is None else vocabulary.matching.get(on.text, [])
    for column in expression.columns():
        if column.owner != "event" or column.name in ("occurred_on", "recorded_on"):
            continue
        declared = [event for event in matching if column.name in event.attributes]
        lacking = [event.id for event in matching if column.name not in event.attributes]
        others = [e for e in declared if value_type_of(e.attributes[column.name].type) is not column.type]
        place = sql.place_at(max(0, sql.text.find(column.name)))
        if others:
            first, other = declared[0], others[0]
            kinds = [each.attributes[column.name].type.value for each in (first, other)]
            message = f"`{column.name}` is {kinds[0]} in `{first.id}` and {kinds[1]} in `{other.id}`"
            problems.error("S036", message, place, "declare it with one type, or write a rule for each event type")
        elif lacking:
            names = ", ".join(f"`{name}`" for name in lacking[:3]) + (", …" if len(lacking) > 3 else "")
            help_ = f"events of {names} have no `{column.name}`: it is null there"
            problems.warn("S037", f"`{column.name}` is not declared by every event type of the rule", place, help_)


def take_one(form: FormReader, keys: Collection[Key[Any]], what: str, helps: str) -> Key[Any] | None:
    """The one key of `keys` that is there; notes where there is none or more than one (S043)."""
    found = [key for key in keys if form.has(key)]
    if len(found) == 1:
        return found[0]
    if not form.is_incomplete or found:
        names = " and ".join(f"`{key.name}`" for key in found)
        wanted = ", ".join(f"`{key.name}`" for key in keys)
        message = f"{what} has {names}; one of them is wanted" if found else f"{what} needs one of {wanted}"
        place = form.place_of(found[1]) if found else form.place
        form.problems.error("S043", message, place, helps)
    return None


def refuse_keys(form: FormReader, keys: Collection[Key[Any]], why: str) -> None:
    """Notes keys that have no effect here (S029)."""
    for key in keys:
        if form.has(key):
            form.problems.error("S029", f"`{key.name}` {why}", form.place_of(key))
