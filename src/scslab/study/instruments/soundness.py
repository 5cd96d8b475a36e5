"""What can be proved about a questionnaire: items that nobody reaches, conditions that always hold, texts that lack."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import polars as pl

from scslab.ground.problems import Place
from scslab.ground.text import Text
from scslab.ledger.expressions import DTYPES, to_polars
from scslab.scheme.conditions import Column, Expression, Literal, Node, Operation, ValueType
from scslab.scheme.problem_list import Problems, shorten
from scslab.study.instruments.model import Instrument, Item, ItemKind, columns_of

MOST_CASES = 20_000
"""With more combinations of answers than this, no proof is tried."""


def check_soundness(instrument: Instrument, problems: Problems) -> None:
    """Notes unreachable items (errors), idle conditions, missing texts, twins in scales and unused scales."""
    for scale in instrument.scales.values():
        codes = [option.code for option in scale.options]
        for code in dict.fromkeys(code for code in codes if codes.count(code) > 1):
            problems.error("Q705", f"the code `{code}` stands twice in the scale `{scale.id}`", scale.place)
        for language in instrument.languages:
            labels = [getattr(option.label, language) for option in scale.options]
            for label in dict.fromkeys(label for label in labels if label and labels.count(label) > 1):
                message = f"the label `{shorten(label)}` stands twice in the scale `{scale.id}`"
                problems.warn("Q705", message, scale.place)
        if all(item.scale != scale.id for item in instrument.items()):
            problems.warn("Q713", f"no item uses the scale `{scale.id}`", scale.place)
    _check_texts(instrument, problems)
    if not problems.count_errors():
        _check_reach(instrument, problems)


def _list_texts(instrument: Instrument) -> Iterator[tuple[Text, str, Place]]:
    for scale in instrument.scales.values():
        for option in scale.options:
            yield option.label, f"the answer `{option.code}` of the scale `{scale.id}`", scale.place
    for section in instrument.sections:
        yield section.title, f"the title of the section `{section.id}`", section.place
        for item in section.items:
            yield item.text, f"the text of `{item.id}`", item.place
            if item.hint:
                yield item.hint, f"the hint of `{item.id}`", item.place


def _check_texts(instrument: Instrument, problems: Problems) -> None:
    names = {"en": "English", "zh": "Chinese"}
    for section_text, what, place in _list_texts(instrument):
        for language in instrument.languages:
            if not getattr(section_text, language):
                problems.warn("Q704", f"{what} has no {names[language]}", place)


def _check_reach(instrument: Instrument, problems: Problems) -> None:
    reach = Reach(instrument)
    for section in instrument.sections:
        told = False
        for item in section.items:
            answer = reach.try_all(item)
            if answer is None:
                continue
            can_hold, always_holds = answer
            condition = item.when or section.when
            if not can_hold and condition is not None:
                if item.when is None and told:
                    continue
                told = told or item.when is None
                message = f"no respondent can reach `{item.id}`: `{shorten(condition.text)}` never holds"
                hint = "the condition was tried with all answers that the earlier items offer"
                problems.error("Q706", message, item.place, hint)
            elif always_holds and item.when is not None:
                message = f"the condition of `{item.id}` always holds: `{shorten(item.when.text)}`"
                problems.warn("Q707", message, item.place)


class Reach:
    """Tries conditions with every combination of answers to the items that they rest on, directly or through others."""

    def __init__(self, instrument: Instrument) -> None:
        self.items = {item.id: item for item in instrument.items()}
        self.owner: dict[str, str] = {}
        self.conditions: dict[str, list[Expression]] = {}
        self.domains: dict[str, list[object]] = {}
        constants: dict[str, set[float]] = {}
        for section in instrument.sections:
            for item in section.items:
                self.conditions[item.id] = [each for each in (section.when, item.when) if each is not None]
                for condition in self.conditions[item.id]:
                    for name in {column.name for column in condition.columns()}:
                        constants.setdefault(name, set()).update(_list_numbers(condition.root))
        for item in instrument.items():
            scale = instrument.scales.get(item.scale)
            for column, value_type in columns_of(item, scale).items():
                self.owner[column] = item.id
                self.domains[column] = self._domain(item, instrument, value_type, constants.get(column, set()))

    def _domain(self, item: Item, instrument: Instrument, value_type: ValueType, constants: set[float]) -> list[object]:
        """The answers that are tried; none: the item's answers cannot be listed."""
        nothing: list[object] = [] if item.is_required else [None]
        if item.kind is ItemKind.MULTIPLE:
            return [True, False, *nothing]
        if item.kind is ItemKind.SINGLE:
            codes = [option.code for option in instrument.options_of(item)]
            return [*(float(code) if value_type is ValueType.NUMBER else code for code in codes), *nothing]
        if item.kind not in (ItemKind.INTEGER, ItemKind.NUMBER):
            return []
        low = float(item.low) if item.low else min([0.0, *constants]) - 1e6
        high = float(item.high) if item.high else max([0.0, *constants]) + 1e6
        step = 1.0 if item.kind is ItemKind.INTEGER else 0.5
        tried = {low, high} | {c + d for c in constants for d in (-step, 0.0, step)}
        return [*sorted(value for value in tried if low <= value <= high), *nothing]

    def try_all(self, item: Item) -> tuple[bool, bool] | None:
        """Whether the item can be reached, and whether its own condition holds whenever it is looked at.

        None where it has no condition, or where not all combinations can be tried.
        """
        if not self.conditions[item.id]:
            return None
        columns = self._rest_on(item.id)
        domains = [self.domains[column] for column in columns]
        cases = 1
        for domain in domains:
            cases *= len(domain)
        if not 0 < cases <= MOST_CASES:
            return None
        schema = {column: DTYPES[self._type(column)] for column in columns}
        frame = pl.DataFrame(list(product(*domains)), schema=schema, orient="row")
        # In the order of the questionnaire: who is not asked has no answer.
        for column in columns:
            shown = self._shown(self.owner[column])
            if shown is not None:
                frame = frame.with_columns(pl.when(shown).then(pl.col(column)).alias(column))
        shown = self._shown(item.id)
        holds = frame.select(shown.alias("holds"))["holds"] if shown is not None else pl.Series([True])
        return bool(holds.any()), bool(holds.all()) and holds.null_count() == 0

    def _type(self, column: str) -> ValueType:
        value = next((each for each in self.domains[column] if each is not None), None)
        if isinstance(value, bool):
            return ValueType.BOOLEAN
        return ValueType.TEXT if isinstance(value, str) else ValueType.NUMBER

    def _shown(self, item_id: str) -> pl.Expr | None:
        conditions = [to_polars(each, _column_of) for each in self.conditions[item_id]]
        return None if not conditions else pl.all_horizontal(*conditions).fill_null(False)

    def _rest_on(self, item_id: str) -> list[str]:
        """The columns that decide whether an item is shown, in the order of the questionnaire."""
        found: set[str] = set()
        waiting = [item_id]
        while waiting:
            for condition in self.conditions[waiting.pop()]:
                for column in condition.columns():
                    if column.name not in found:
                        found.add(column.name)
                        waiting.append(self.owner[column.name])
        return [column for column in self.owner if column in found]


def _column_of(column: Column) -> pl.Expr:
    return pl.col(column.name)


def _list_numbers(node: Node) -> Iterator[float]:
    match node:
        case Literal(value=float(value)):
            yield value
        case Operation():
            for argument in node.arguments:
                yield from _list_numbers(argument)
        case _:
            pass
