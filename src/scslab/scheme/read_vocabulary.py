"""Reads what a scheme talks about: its sources, its event types and the attributes of events and subjects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scslab.ground.text import Text
from scslab.scheme.conditions import ValueType
from scslab.scheme.fields import FormReader, Key
from scslab.scheme.forms import AttributeForm, SchemeForm, SourceForm, SubjectsForm
from scslab.scheme.model import (
    OBJECTION_TYPES,
    Attribute,
    AttributeType,
    Confidence,
    Domain,
    EventType,
    Source,
    SubjectKind,
    SubjectScope,
)
from scslab.scheme.problem_list import Problems
from scslab.scheme.yaml_tree import YamlMap, YamlText

RESERVED_PREFIX = "correction."
"""Event types that begin so are understood by every scheme and may not be declared."""
RESERVED_FOR_OBJECTION = "objection."
"""Event types that begin so belong to every scheme with an `objection`."""
TARGET = "target"
"""The event that a correction or an objection is about: a column of every ledger."""
RESERVED_FOR_EVENTS = frozenset(
    {"event_id", "subject_id", "type", "occurred_on", "recorded_on", "source", "target", "new_type", "subject"}
)
"""Names that are columns of every ledger."""
KIND = "kind"
"""The attribute of subjects that says which of several kinds they are."""
RESERVED_FOR_SUBJECTS = frozenset({"subject_id", "age"})
"""Names of subjects that every table of subjects has, or that conditions compute."""
# fmt: off
SQL_WORDS = frozenset(
    {
        "all", "alter", "and", "any", "as", "between", "call", "case", "create", "cross", "current_date",
        "current_time", "current_timestamp", "current_user", "describe", "distinct", "drop", "else", "end",
        "except", "execute", "explain", "false", "fetch", "for", "from", "glob", "grant", "group", "having", "if",
        "ilike", "in", "inner", "insert", "intersect", "interval", "into", "is", "join", "lateral", "like",
        "localtime", "localtimestamp", "not", "notnull", "null", "on", "optimize", "or", "order", "outer",
        "prepare", "qualify", "regexp", "rename", "returning", "revoke", "rlike", "rollback", "select", "show",
        "tablesample", "then", "true", "uncache", "union", "using", "vacuum", "values", "when", "where", "with",
        "xor",
    }
)
# fmt: on
"""Names that SQL reads as something else, so that a condition could not name such an attribute."""

_VALUE_TYPES = {
    AttributeType.INTEGER: ValueType.NUMBER,
    AttributeType.NUMBER: ValueType.NUMBER,
    AttributeType.TEXT: ValueType.TEXT,
    AttributeType.BOOLEAN: ValueType.BOOLEAN,
    AttributeType.DATE: ValueType.DATE,
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What rules may speak of.

    Attributes:
        matching: the event types that a rule listens to, by what it may say under `on` (a type, or a prefix `a.*`).
        scheme: the id of the scheme, which conditions may not read.
        is_sound: whether the vocabulary was read without errors. If not, an attribute may be missing only because it
            is written wrongly, and conditions need not be told so once more.
    """

    events: dict[str, EventType]
    subjects: dict[str, Attribute]
    matching: dict[str, list[EventType]]
    is_sound: bool = True
    scheme: str = ""

    def subject_columns(self) -> dict[str, ValueType]:
        """The declared attributes of subjects as columns of conditions, `subject.NAME`."""
        return {f"subject.{name}": value_type_of(attribute.type) for name, attribute in self.subjects.items()}


def value_type_of(kind: AttributeType) -> ValueType:
    """What an attribute of this type is in a condition.

    Example:
        >>> value_type_of(AttributeType.INTEGER).value
        'number'
    """
    return _VALUE_TYPES[kind]


def read_sources(top: FormReader) -> dict[str, Source]:
    """The sources by id."""
    none: dict[YamlText, FormReader] = {}
    # One that is written wrongly is declared all the same: its users need not be told so once more.
    declared = {name.text: Source(name.text, "", place=name.place) for name in _list_names(top, SchemeForm.sources)}
    return declared | {
        name.text: Source(
            id=name.text,
            title=form.take(SourceForm.title, ""),
            url=form.take(SourceForm.url, ""),
            confidence=form.take(SourceForm.confidence, Confidence.UNVERIFIED),
            note=form.take(SourceForm.note, ""),
            place=name.place,
        )
        for name, form in top.take(SchemeForm.sources, none).items()
    }


def read_subjects(top: FormReader) -> SubjectScope:
    """Whom the scheme scores."""
    form = top.take(SchemeForm.subjects, None)
    if form is None:
        return SubjectScope((SubjectKind.RESIDENT,))
    found = form.take(SubjectsForm.kind, SubjectKind.RESIDENT)
    kinds = (found,) if isinstance(found, SubjectKind) else found or (SubjectKind.RESIDENT,)
    for second in sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        top.problems.shared("014", f"the kind `{second}` stands twice", form.place_of(SubjectsForm.kind))
    none: dict[YamlText, AttributeType | FormReader] = {}
    attributes = form.take(SubjectsForm.attributes, none)
    reserved = RESERVED_FOR_SUBJECTS
    own: dict[str, Attribute] = {}
    if len(kinds) > 1:
        # Whom a clause is for is then an attribute like any other, and a column of the table of subjects.
        words = tuple(kind.value for kind in kinds)
        own = {KIND: Attribute(KIND, AttributeType.TEXT, values=words, place=form.place_of(SubjectsForm.kind))}
        reserved |= {KIND}
    return SubjectScope(
        kinds=tuple(dict.fromkeys(kinds)),
        from_age_years=form.take(SubjectsForm.from_age, None),
        attributes=own | _read_attributes(attributes, reserved, top.problems),
    )


def read_vocabulary(top: FormReader, subjects: SubjectScope, errors_before: int) -> Vocabulary:
    """The event types, together with the attributes of subjects.

    Args:
        top: the scheme file.
        subjects: what `read_subjects` gave.
        errors_before: how many errors there were before the subjects were read.
    """
    none: dict[YamlText, tuple[Text, Domain | None, dict[YamlText, AttributeType | FormReader]]] = {}
    events = {name.text: EventType(name.text, {}, place=name.place) for name in _list_names(top, SchemeForm.events)}
    for name, (title, domain, attributes) in top.take(SchemeForm.events, none).items():
        if name.text.startswith(RESERVED_PREFIX):
            message = f"the event type `{name.text}` is reserved for corrections"
            top.problems.error("S019", message, name.place, "leave it out: every scheme understands corrections")
        if name.text.startswith(RESERVED_FOR_OBJECTION):
            message = f"the event type `{name.text}` is reserved for objections"
            top.problems.error("S019", message, name.place, "write `objection: {…}`, and leave the type out")
        found = _read_attributes(attributes, RESERVED_FOR_EVENTS, top.problems)
        events[name.text] = EventType(name.text, found, title, name.place, domain)
    matching = _group_by_on(events.values())
    if top.has(SchemeForm.objection):
        # Objections act by themselves: no clause listens to them.
        target = Attribute(TARGET, AttributeType.TEXT)
        events |= {name: EventType(name, {TARGET: target}) for name in OBJECTION_TYPES}
    is_sound = top.problems.count_errors() == errors_before
    return Vocabulary(events, subjects.attributes, matching, is_sound, top.take(SchemeForm.scheme, ""))


def list_ons(event_type: str) -> tuple[str, ...]:
    """Everything that a rule may say under `on` to listen to an event type.

    Example:
        >>> list_ons("traffic.parking.fine")
        ('traffic.parking.fine', 'traffic.*', 'traffic.parking.*')
    """
    parts = event_type.split(".")
    return (event_type, *(".".join(parts[:end]) + ".*" for end in range(1, len(parts))))


def _group_by_on(events: Iterable[EventType]) -> dict[str, list[EventType]]:
    found: dict[str, list[EventType]] = {}
    for event in events:
        for on in list_ons(event.id):
            found.setdefault(on, []).append(event)
    return found


def _list_names(top: FormReader, key: Key[Any]) -> list[YamlText]:
    node = top.node(key)
    return [name for name, _ in node.pairs] if isinstance(node, YamlMap) else []


def _read_attributes(
    raw: Mapping[YamlText, AttributeType | FormReader], reserved: frozenset[str], problems: Problems
) -> dict[str, Attribute]:
    found: dict[str, Attribute] = {}
    for name, value in raw.items():
        if name.text in reserved or name.text.lower() in SQL_WORDS:
            why = "is a word of SQL" if name.text not in reserved else "is always there and need not be declared"
            problems.error("S019", f"the name `{name.text}` {why}", name.place, "choose another name for the attribute")
        if isinstance(value, AttributeType):
            found[name.text] = Attribute(name.text, value, place=name.place)
        else:
            found[name.text] = _read_attribute(name, value)
    return found


def _read_attribute(name: YamlText, form: FormReader) -> Attribute:
    kind = form.take(AttributeForm.type, None)
    low, high = form.take(AttributeForm.minimum, None), form.take(AttributeForm.maximum, None)
    values = form.take(AttributeForm.values, ())
    is_number = kind in (AttributeType.INTEGER, AttributeType.NUMBER)
    if kind is not None and not is_number:
        _refuse_keys(form, (AttributeForm.minimum, AttributeForm.maximum), "integers and numbers")
    if kind is not None and kind is not AttributeType.TEXT:
        _refuse_keys(form, (AttributeForm.values,), "texts")
    if low is not None and high is not None and low > high:
        place = form.place_of(AttributeForm.minimum)
        form.problems.error("S038", f"the smallest value {low:f} is above the largest {high:f}", place)
    return Attribute(
        name=name.text,
        type=kind or AttributeType.TEXT,
        minimum=low,
        maximum=high,
        values=values,
        title=form.take(AttributeForm.title, Text()),
        place=name.place,
    )


def _refuse_keys(form: FormReader, keys: tuple[Key[Any], ...], allowed: str) -> None:
    for key in keys:
        if form.has(key):
            form.problems.error("S038", f"`{key.name}` is for {allowed} only", form.place_of(key))
