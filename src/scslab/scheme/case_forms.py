"""The keys of a file of worked cases, one class for each mapping."""

from __future__ import annotations

from typing import Any, TypeVar

from scslab.scheme.case_model import Expected
from scslab.scheme.fields import Form, Key, Kind, form_of
from scslab.scheme.kinds import DATE, EVENT_TYPE, FLAG, IDENT, INTEGER, NUMBER, TEXT
from scslab.scheme.model import AttributeType
from scslab.scheme.problem_list import Problems
from scslab.scheme.scheme_kinds import REFERENCE, SCHEME_WORD
from scslab.scheme.shapes import list_of, map_of
from scslab.scheme.yaml_tree import YamlNode, YamlText

T = TypeVar("T")

SELF = "self"
"""The case's own subject, in links."""
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
    subject = Key("subject", IDENT, "another subject than the case's own")
    target = Key("target", IDENT, "of a correction or an objection: the id of the event that it is about")
    new_type = Key("new_type", EVENT_TYPE, "of a replacement: the type of the new event")


EVENT_KEYS = tuple(key.name for key in EventForm.list_keys())
"""The keys of an event that are not attributes of its type."""


class EntryForm(Form):
    """An expected entry."""

    event = Key("event", or_none(IDENT), "the id of the event")
    rule = Key("rule", or_none(IDENT), "the id of the rule")
    kind = Key("kind", or_none(IDENT), "event, lapse, restart, objection, rejected, upheld or repair")
    on = Key("on", or_none(DATE), "the day it posts")
    nominal = Key("nominal", or_none(NUMBER), "the points of the rule")
    granted = Key("granted", or_none(NUMBER), "the points after caps")
    effective = Key("effective", or_none(NUMBER), "the points after the bounds")
    before = Key("before", or_none(NUMBER), "the score before")
    after = Key("after", or_none(NUMBER), "the score after")
    lapses_on = Key("lapses_on", or_none(DATE), "the day it lapses")
    occurrence = Key("occurrence", or_none(NUMBER), "1 for the first time, 2 for a repeat, …")
    capped_by = Key("capped_by", or_none(IDENT), "rule, or the id of a group cap")
    target = Key("target", or_none(IDENT), "of an objection or a repair: the event whose entry it acts on")
    repair = Key("repair", or_none(IDENT), "the id of the repair")


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
    "target": EntryForm.target,
    "repair": EntryForm.repair,
}
"""The columns of `Settlement.entries` that a case may name."""


class MembershipForm(Form):
    """An expected membership."""

    list: Key[Expected] = Key("list", or_none(IDENT), "the id of the list", is_required=True)
    opened_on = Key("opened_on", or_none(DATE), "the first day")
    closed_on = Key("closed_on", or_none(DATE), "the day on which it is over, or none while it is open")
    opened_by = Key("opened_by", or_none(IDENT), "event, score, tier, count, list, not_list or rejected")
    opened_event = Key("opened_event", or_none(IDENT), "the event that opened it")
    closed_by = Key("closed_by", or_none(IDENT), "event, term, score, tier, count, list, not_list, repair, …")
    closed_event = Key("closed_event", or_none(IDENT), "the event that closed it")
    term_ends_on = Key("term_ends_on", or_none(DATE), "the end of the term")


class ObjectionCaseForm(Form):
    """An expected objection."""

    target = Key("target", IDENT, "the event that it is about", is_required=True)
    filed_on = Key("filed_on", or_none(DATE), "the day it was filed")
    filed_event = Key("filed_event", or_none(IDENT), "the event of the filing")
    outcome = Key("outcome", TEXT, "open, upheld, rejected, expired upheld or expired rejected")
    decided_on = Key("decided_on", or_none(DATE), "the day of the outcome")
    decided_event = Key("decided_event", or_none(IDENT), "the event of the outcome")


class PublicationForm(Form):
    """An expected publication."""

    on = Key("on", DATE, "the day of publication", is_required=True)
    score = Key("score", or_none(NUMBER), "the published score")
    tier = Key("tier", or_none(IDENT), "the published tier")


class ContributionForm(Form):
    """An expected contribution."""

    on = Key("on", DATE, "the day of publication", is_required=True)
    dimension = Key("dimension", IDENT, "the id of the dimension", is_required=True)
    indicator = Key("indicator", IDENT, "the id of the indicator", is_required=True)
    value = Key("value", or_none(NUMBER), "what the indicator measured, to as many decimals as are written")
    scaled = Key("scaled", or_none(NUMBER), "the value on its scale")
    contribution = Key("contribution", or_none(NUMBER), "its points of the index")
    change = Key("change", or_none(NUMBER), "the change since the publication before")


TABLE_FORMS: dict[str, tuple[type[Form], dict[str, str]]] = {
    "memberships": (MembershipForm, {}),
    "objections": (ObjectionCaseForm, {}),
    "publications": (PublicationForm, {"on": "published_on"}),
    "contributions": (ContributionForm, {"on": "published_on"}),
}
"""The further tables of a `Settlement` that a case may name: their keys, and the columns of those named otherwise."""


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
    lists = Key("lists", list_of(REFERENCE, least=0), "the ids of all lists that the subject is on")
    not_lists = Key("not_lists", list_of(REFERENCE, least=0), "ids of lists that the subject is not on")
    memberships = Key("memberships", list_of(form_of(MembershipForm), least=0), "all memberships in order")
    objections = Key("objections", list_of(form_of(ObjectionCaseForm), least=0), "all objections in order")
    publications = Key("publications", list_of(form_of(PublicationForm)), "publications of an index")
    contributions = Key("contributions", list_of(form_of(ContributionForm)), "what publications consist of")
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


class CaseLinkForm(Form):
    """A link of a case: two subjects; `self` is the case's own."""

    relation = Key("relation", REFERENCE, "the id of the link", is_required=True)
    source = Key("from", IDENT, "the subject at its beginning", is_required=True)
    target = Key("to", IDENT, "the subject at its end", is_required=True)
    since = Key("since", DATE, "the first day; always if left out")
    until = Key("until", DATE, "the last day, inclusive")


class CaseForm(Form):
    """A worked case."""

    name = Key("name", TEXT, "what the case shows, in a few words", is_required=True)
    why = Key("why", TEXT, "the arithmetic, or the clause that the case shows")
    subject = Key("subject", NODE, "what is known of the subject: {born_on: …, …}")
    others = Key("others", map_of(IDENT, NODE), "further subjects by id, with what is known of each")
    links = Key("links", list_of(form_of(CaseLinkForm), least=0), "relations between the subjects")
    schemes = Key("with", list_of(SCHEME_WORD), "other schemes that settle together with this one")
    events = Key("events", list_of(NODE), "the events, at least one", is_required=True)
    as_of = Key("as_of", DATE, "the date of the standing", is_required=True)
    known_at = Key("known_at", DATE, "only what was recorded by this date; everything if left out")
    expect = Key("expect", form_of(ExpectForm), "what must come out", is_required=True)


class CasesForm(Form):
    """A file of worked cases."""

    cases = Key("cases", list_of(form_of(CaseForm)), "the cases", is_required=True)
