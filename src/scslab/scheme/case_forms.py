"""The keys of a file of worked cases, one class for each mapping."""

from __future__ import annotations

from typing import Any, TypeVar

from scslab.scheme.case_model import Expected
from scslab.scheme.fields import Form, Key, Kind, form_of
from scslab.scheme.kinds import DATE, EVENT_TYPE, FLAG, IDENT, INTEGER, NUMBER, TEXT
from scslab.scheme.model import AttributeType
from scslab.scheme.problem_list import Problems
from scslab.scheme.scheme_kinds import REFERENCE
from scslab.scheme.shapes import list_of, map_of
from scslab.scheme.yaml_tree import YamlNode, YamlText

T = TypeVar("T")

NONE = "none"
"""The word for "there is no value"."""


def or_none(kind: Kind[T]) -> Kind[Expected]:
    """The kind of an expected value: `none`, or a value of `kind`."""

    def read(node: YamlNode, problems: Problems) -> Any:
        if isinstance(node, YamlText) and node.is_plain and node.text == NONE:
            return None
        return kind.read(node, problems)

    return Kind(f"{kind.name} or `{NONE}`", read, {"anyOf": [{"const": NONE}, kind.schema]})


def _read_float(node: YamlNode, problems: Problems) -> float | None:
    value = NUMBER.read(node, problems)
    return None if value is None else float(value)


def attribute_kind(kind: AttributeType) -> Kind[Any]:
    """The kind of a value of an attribute."""
    kinds: dict[AttributeType, Kind[Any]] = {
        AttributeType.INTEGER: INTEGER,
        AttributeType.NUMBER: Kind("a number", _read_float, NUMBER.schema),
        AttributeType.TEXT: TEXT,
        AttributeType.BOOLEAN: FLAG,
        AttributeType.DATE: DATE,
    }
    return kinds[kind]


NODE: Kind[YamlNode] = Kind("a mapping", lambda node, _: node, {"type": "object"})
"""Any value as it stands in the file; what it may hold depends on the scheme."""


class EventForm(Form):
    """An event of a case."""

    id = Key("id", IDENT, "the id of the event", is_required=True)
    type = Key("type", EVENT_TYPE, "its type", is_required=True)
    on = Key("on", DATE, "the day it occurred", is_required=True)
    recorded = Key("recorded", DATE, "the day it was recorded; the day it occurred if left out")
    target = Key("target", IDENT, "of a correction: the id of the event that it corrects")
    new_type = Key("new_type", EVENT_TYPE, "of a replacement: the type of the new event")


EVENT_KEYS = tuple(key.name for key in EventForm.list_keys())
"""The keys of an event that are not attributes of its type."""


class EntryForm(Form):
    """An expected entry."""

    event = Key("event", or_none(IDENT), "the id of the event")
    rule = Key("rule", or_none(IDENT), "the id of the rule")
    kind = Key("kind", or_none(IDENT), "event, lapse or restart")
    on = Key("on", or_none(DATE), "the day it posts")
    nominal = Key("nominal", or_none(NUMBER), "the points of the rule")
    granted = Key("granted", or_none(NUMBER), "the points after caps")
    effective = Key("effective", or_none(NUMBER), "the points after the bounds")
    before = Key("before", or_none(NUMBER), "the score before")
    after = Key("after", or_none(NUMBER), "the score after")
    lapses_on = Key("lapses_on", or_none(DATE), "the day it lapses")
    occurrence = Key("occurrence", or_none(NUMBER), "1 for the first time, 2 for a repeat, …")
    capped_by = Key("capped_by", or_none(IDENT), "rule, or the id of a group cap")


ENTRY_COLUMNS: dict[str, Key[Expected]] = {
    "event_id": EntryForm.event,
    "rule": EntryForm.rule,
    "kind": EntryForm.kind,
    "posted_on": EntryForm.on,
    "nominal": EntryForm.nominal,
    "granted": EntryForm.granted,
    "effective": EntryForm.effective,
    "score_before": EntryForm.before,
    "score_after": EntryForm.after,
    "lapses_on": EntryForm.lapses_on,
    "occurrence": EntryForm.occurrence,
    "capped_by": EntryForm.capped_by,
}
"""The columns of `Settlement.entries` that a case may name."""


class ExpectForm(Form):
    """What a case expects."""

    score = Key("score", or_none(NUMBER), "the score")
    tier = Key("tier", or_none(IDENT), "the tier, tier limits included")
    tier_by_score = Key("tier_by_score", or_none(IDENT), "the tier by score alone")
    held_until = Key("held_until", or_none(DATE), "the day on which the last tier limit ends")
    published_on = Key("published_on", or_none(DATE), "the last day of publication")
    published_score = Key("published_score", or_none(NUMBER), "the published score")
    published_tier = Key("published_tier", or_none(IDENT), "the published tier")
    measures = Key("measures", list_of(REFERENCE, least=0), "the ids of all measures in force")
    entries = Key("entries", list_of(form_of(EntryForm), least=0), "all entries in order")
    unposted = Key("unposted", map_of(IDENT, TEXT), "event id: why it posted nothing")
    set_aside = Key("set_aside", map_of(IDENT, IDENT), "event id: the code under which it was set aside")


STANDING_COLUMNS: dict[str, Key[Expected]] = {
    "score": ExpectForm.score,
    "tier": ExpectForm.tier,
    "tier_by_score": ExpectForm.tier_by_score,
    "held_until": ExpectForm.held_until,
    "published_on": ExpectForm.published_on,
    "published_score": ExpectForm.published_score,
    "published_tier": ExpectForm.published_tier,
}
"""The columns of `Settlement.standings` that a case may name."""


class CaseForm(Form):
    """A worked case."""

    name = Key("name", TEXT, "what the case shows, in a few words", is_required=True)
    why = Key("why", TEXT, "the arithmetic, or the clause that the case shows")
    subject = Key("subject", NODE, "what is known of the subject: {born_on: …, …}")
    events = Key("events", list_of(NODE), "the events, at least one", is_required=True)
    as_of = Key("as_of", DATE, "the date of the standing", is_required=True)
    known_at = Key("known_at", DATE, "only what was recorded by this date; everything if left out")
    expect = Key("expect", form_of(ExpectForm), "what must come out", is_required=True)


class CasesForm(Form):
    """A file of worked cases."""

    cases = Key("cases", list_of(form_of(CaseForm)), "the cases", is_required=True)
