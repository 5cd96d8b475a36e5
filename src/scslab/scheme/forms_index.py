"""The keys of an index: dimensions, their indicators, and what these measure."""

from __future__ import annotations

from scslab.scheme.fields import Form, Key, form_of
from scslab.scheme.kinds import BILINGUAL, IDENT, NUMBER, PERIOD, choice
from scslab.scheme.model import Confidence
from scslab.scheme.scheme_kinds import REFERENCE, RULE_TYPE, SCALE, SCHEME_WORD, SQL, WEIGHT
from scslab.scheme.shapes import list_of


class ValueForm(Form):
    """A value: what an indicator measures."""

    count = Key("count", RULE_TYPE, "the number of events of a type or prefix")
    sum = Key("sum", REFERENCE, "the sum of a numeric attribute of the events under `on`")
    share = Key("share", RULE_TYPE, "the events of this type as a share of those under `of`")
    days_since = Key("days_since", RULE_TYPE, "days from the latest event of a type to the publication")
    attribute = Key("attribute", REFERENCE, "an attribute of the subject: a number, or true (1) and false (0)")
    score_of = Key("score_of", SCHEME_WORD, "the last published score under another scheme")
    on = Key("on", RULE_TYPE, "the event type of a `sum`")
    of = Key("of", RULE_TYPE, "the whole of a `share`")
    when = Key("when", SQL, "a condition over the attributes of the event and of the subject; of a share: of the part")
    of_when = Key("of_when", SQL, "a condition on the whole of a `share`")
    within = Key("within", PERIOD, "how far back from the publication; all so far if left out")
    when_none = Key("when_none", NUMBER, "the value where there is nothing to measure")


class IndicatorForm(Form):
    """An indicator: a value on a scale."""

    id = Key("id", IDENT, "the id of the indicator", is_required=True)
    title = Key("title", BILINGUAL, "what people call it")
    value = Key("value", form_of(ValueForm), "{count: …}, {sum: …, on: …}, {share: …, of: …}, …", is_required=True)
    scale = Key("scale", SCALE, "[[value, scaled], …], ascending; scaled from 0 to 1", is_required=True)
    source = Key("source", REFERENCE, "the id of a source")
    confidence = Key("confidence", choice(Confidence), "how sure the indicator is, if not as sure as its source")


class DimensionForm(Form):
    """A dimension: a part of an index."""

    id = Key("id", IDENT, "the id of the dimension", is_required=True)
    title = Key("title", BILINGUAL, "what people call it")
    weight = Key("weight", WEIGHT, "its share of the index; all weights sum to 1", is_required=True)
    indicators = Key("indicators", list_of(form_of(IndicatorForm)), "what it is made of, equally", is_required=True)
    source = Key("source", REFERENCE, "the id of a source")
    confidence = Key("confidence", choice(Confidence), "how sure the dimension is, if not as sure as its source")
