"""The keys of what ties subjects to each other, and a scheme to the one before it."""

from __future__ import annotations

from scslab.scheme.fields import Form, Key, form_of
from scslab.scheme.forms_conditions import SpreadWhenForm
from scslab.scheme.kinds import BILINGUAL, DATE, IDENT, NUMBER, choice
from scslab.scheme.model import Confidence, SubjectKind
from scslab.scheme.scheme_kinds import PAIRS, PLAIN_CARRY, REFERENCE, RULE_TYPE, SCHEME_WORD, STEPS
from scslab.scheme.shapes import either, map_of
from scslab.scheme.yaml_tree import YamlMap


class LinkForm(Form):
    """A link: a relation between two subjects."""

    title = Key("title", BILINGUAL, "what people call it")
    source = Key("from", choice(SubjectKind), "the kind of subject at its beginning")
    target = Key("to", choice(SubjectKind), "the kind of subject at its end")


class SpreadForm(Form):
    """A spread: what falls on subjects that are linked to one."""

    id = Key("id", IDENT, "the id of the spread", is_required=True)
    title = Key("title", BILINGUAL, "what people call it")
    when = Key("when", form_of(SpreadWhenForm), "{tier: [D]} or {list: …}: for whom it begins", is_required=True)
    along = Key("along", STEPS, "the links to walk in turn; `^manager` walks one backwards", is_required=True)
    event = Key("event", RULE_TYPE, "the event type that subjects at the end of the path get", is_required=True)
    source = Key("source", REFERENCE, "the id of a source")
    confidence = Key("confidence", choice(Confidence), "how sure the spread is, if not as sure as its source")


class CarryForm(Form):
    """A carried score: by a scale or by tiers."""

    scale = Key("scale", PAIRS, "[[before, here], …], ascending, linear between")
    tiers = Key("tiers", map_of(IDENT, NUMBER), "the score here by the tier before")


CARRY = either(lambda node: isinstance(node, YamlMap), form_of(CarryForm), PLAIN_CARRY)
"""`points`, `start`, or a mapping with a scale or tiers."""


class SucceedsForm(Form):
    """A succession: the scheme before this one."""

    scheme = Key("scheme", SCHEME_WORD, "the id of the earlier scheme", is_required=True)
    on = Key("on", DATE, "the first day of this scheme instead of it", is_required=True)
    carry = Key("carry", CARRY, "points, start, {scale: […]} or {tiers: {…}}", is_required=True)
