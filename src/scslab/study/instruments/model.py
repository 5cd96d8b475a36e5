"""What a questionnaire is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from scslab.ground.problems import NOWHERE, Place
from scslab.ground.text import Text
from scslab.scheme.conditions import Expression, ValueType


class ItemKind(StrEnum):
    """What an item asks for."""

    SINGLE = "single"  # one answer of a scale
    MULTIPLE = "multiple"  # any answers of a scale
    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    NOTE = "note"  # asks nothing


class Wording(StrEnum):
    """How sure the words of an item are."""

    PUBLISHED = "published"
    TRANSLATED = "translated"  # put into this language by us
    UNKNOWN = "unknown"  # not published: the text only describes what was asked


@dataclass(frozen=True, slots=True)
class Option:
    """An answer of a scale.

    Attributes:
        code: what is stored.
        label: what is shown.
        is_missing: whether it stands for no answer ("I don't know").
    """

    code: str
    label: Text
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """The answers that an item offers, in their order."""

    id: str
    options: tuple[Option, ...]
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def is_numeric(self) -> bool:
        """Whether all codes are whole numbers, so that conditions compare them as numbers."""
        return all(option.code.lstrip("-").isascii() and option.code.lstrip("-").isdigit() for option in self.options)


@dataclass(frozen=True, slots=True)
class Item:
    """A question.

    Attributes:
        id: the variable's name in the data.
        kind: what it asks for.
        text: the question.
        scale: the id of its scale, for `single` and `multiple`.
        hint: a remark shown with it.
        when: it is asked only where this holds; None: always (within its section).
        low: the smallest number that is taken, or None.
        high: the largest.
        is_required: whether it must be answered.
        expects: for a quality item, the code that an attentive respondent gives; else "".
        wording: how sure the words are.
    """

    id: str
    kind: ItemKind
    text: Text
    scale: str = ""
    hint: Text = field(default_factory=Text)
    when: Expression | None = None
    low: str = ""
    high: str = ""
    is_required: bool = False
    expects: str = ""
    wording: Wording = Wording.PUBLISHED
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the questionnaire: its items, and when it is shown."""

    id: str
    title: Text
    items: tuple[Item, ...]
    when: Expression | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire.

    Attributes:
        id: short name.
        title: what respondents see.
        source: where it was published, or "".
        languages: the languages that every text should have, such as `("en", "zh")`.
        scales: by id.
        sections: in their order.
    """

    id: str
    title: Text
    source: str
    languages: tuple[str, ...]
    scales: dict[str, Scale]
    sections: tuple[Section, ...]

    def items(self) -> tuple[Item, ...]:
        """All items in their order."""
        return tuple(item for section in self.sections for item in section.items)

    def options_of(self, item: Item) -> tuple[Option, ...]:
        """The answers that an item offers; none where it has no scale."""
        scale = self.scales.get(item.scale)
        return () if scale is None else scale.options


def columns_of(item: Item, scale: Scale | None) -> dict[str, ValueType]:
    """The names that an item gives to conditions: its id; for `multiple` one for each answer, `ID_CODE`.

    Example:
        >>> use = Item("use", ItemKind.MULTIPLE, Text("Which do you use?"), "systems")
        >>> columns_of(use, Scale("systems", (Option("sesame", Text("Sesame")), Option("other", Text("Other")))))
        {'use_sesame': <ValueType.BOOLEAN: 'boolean'>, 'use_other': <ValueType.BOOLEAN: 'boolean'>}
    """
    match item.kind:
        case ItemKind.MULTIPLE:
            options = () if scale is None else scale.options
            return {f"{item.id}_{option.code}": ValueType.BOOLEAN for option in options}
        case ItemKind.SINGLE:
            is_numeric = scale is not None and scale.is_numeric
            return {item.id: ValueType.NUMBER if is_numeric else ValueType.TEXT}
        case ItemKind.INTEGER | ItemKind.NUMBER:
            return {item.id: ValueType.NUMBER}
        case ItemKind.TEXT:
            return {item.id: ValueType.TEXT}
        case ItemKind.DATE:
            return {item.id: ValueType.DATE}
        case ItemKind.NOTE:
            return {}
