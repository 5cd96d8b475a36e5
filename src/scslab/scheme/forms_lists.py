"""The keys of lists, of objection and of repair."""

from __future__ import annotations

from scslab.scheme.fields import Form, Key, form_of
from scslab.scheme.forms_conditions import ENTER, LEAVE, ExtendForm
from scslab.scheme.kinds import BILINGUAL, FLAG, IDENT, PERIOD, choice, integer, number
from scslab.scheme.model import Confidence, ListKind, Outcome
from scslab.scheme.scheme_kinds import CAP_PERIOD, REFERENCE, REFERENCES, RULE_TYPE, SQL
from scslab.scheme.shapes import list_of


class ListForm(Form):
    """A list: who is on it since when, and why."""

    id = Key("id", IDENT, "the id of the list", is_required=True)
    kind = Key("kind", choice(ListKind), "redlist or blacklist", is_required=True)
    title = Key("title", BILINGUAL, "what people call it")
    public = Key("public", FLAG, "whether anybody may read who is on it (false if left out)")
    enter = Key("enter", ENTER, "the ways in; any of them opens a membership", is_required=True)
    leave = Key("leave", LEAVE, "the ways out; any of them closes the membership")
    extend = Key("extend", list_of(form_of(ExtendForm), least=0), "what makes a running term longer")
    renews = Key("renews", FLAG, "whether a further entering event begins the term anew (false if left out)")
    source = Key("source", REFERENCE, "the id of a source")
    confidence = Key("confidence", choice(Confidence), "how sure the list is, if not as sure as its source")


class ObjectionForm(Form):
    """An objection: how subjects may object to an entry or a listing."""

    within = Key("within", PERIOD, "how long after its target it may be filed; always if left out")
    suspends = Key("suspends", FLAG, "whether the target has no effect until the outcome (false if left out)")
    decide_within = Key("decide_within", PERIOD, "how long the decision may take; for ever if left out")
    undecided = Key("undecided", choice(Outcome), "upheld or rejected: what becomes of one not decided in time")


class RestoreForm(Form):
    """A restoration: gives points back."""

    rule = Key("rule", REFERENCES, "the rule whose latest negative entry is repaired, or several", is_required=True)
    share = Key("share", number(0, 1), "the share of the points that comes back, above 0 and up to 1", is_required=True)
    after = Key("after", PERIOD, "how long after the entry at the earliest")


class ShortenForm(Form):
    """A shortening: brings the end of a term nearer."""

    list = Key("list", REFERENCE, "the list", is_required=True)
    by = Key("by", PERIOD, "how much earlier the term ends", is_required=True)
    after = Key("after", PERIOD, "how long after the listing at the earliest")


class RemoveForm(Form):
    """A removal: ends a membership."""

    list = Key("list", REFERENCE, "the list", is_required=True)
    after = Key("after", PERIOD, "how long after the listing at the earliest")


class AtMostForm(Form):
    """A limit: how often something works in a period."""

    times = Key("times", integer(1, 1_000_000), "how many times", is_required=True)
    per = Key("per", CAP_PERIOD, "month, quarter, year, lifetime, or a rolling `12 months`", is_required=True)


class RepairForm(Form):
    """A repair: a way back after a negative entry or a listing."""

    id = Key("id", IDENT, "the id of the repair", is_required=True)
    title = Key("title", BILINGUAL, "what people call it")
    on = Key("on", RULE_TYPE, "the event type that opens it, or a prefix", is_required=True)
    when = Key("when", SQL, "a condition over the attributes of the event and of the subject")
    restores = Key("restores", form_of(RestoreForm), "{rule: …, share: 0.5}: gives points back")
    shortens = Key("shortens", form_of(ShortenForm), "{list: …, by: 6 months}: brings the end of a term nearer")
    removes = Key("removes", form_of(RemoveForm), "{list: …}: ends a membership")
    at_most = Key("at_most", form_of(AtMostForm), "{times: 2, per: year}: how often it works")
    source = Key("source", REFERENCE, "the id of a source")
    confidence = Key("confidence", choice(Confidence), "how sure the repair is, if not as sure as its source")
