"""The keys of a scheme file: one class for each mapping, one line for each key.

Conditions, lists, indices and what ties schemes together have files of their own, `forms_….py`. These tables are
the single source for the reader, for the JSON Schema (`scslab schema`) and for its descriptions.
"""

from __future__ import annotations

from scslab.ground.text import Text
from scslab.scheme.fields import Form, FormReader, Key, Kind, describe, form_of
from scslab.scheme.forms_conditions import MeasureWhenForm, RequireForm
from scslab.scheme.forms_index import DimensionForm
from scslab.scheme.forms_lists import ListForm, ObjectionForm, RepairForm
from scslab.scheme.forms_together import LinkForm, SpreadForm, SucceedsForm
from scslab.scheme.kinds import (
    BILINGUAL,
    DATE,
    EVENT_TYPE,
    IDENT,
    NAME,
    NUMBER,
    PERIOD,
    SLUG,
    TEXT,
    choice,
    integer,
    number,
)
from scslab.scheme.model import (
    AttributeType,
    Confidence,
    Domain,
    MeasureKind,
    OperatorKind,
    Participation,
    PostsOn,
    ScoreKind,
    Status,
    SubjectKind,
)
from scslab.scheme.problem_list import Problems
from scslab.scheme.scheme_kinds import (
    CAP_PERIOD,
    CAP_POINTS,
    MOST_DECIMALS,
    POINTS,
    RANGE,
    REFERENCE,
    RULE_TYPE,
    SPAN,
    SQL,
    Published,
    Restarts,
)
from scslab.scheme.shapes import DATED_NUMBER, either, list_of, map_of
from scslab.scheme.yaml_tree import YamlList, YamlMap, YamlNode, YamlText

# --- whose scheme it is -------------------------------------------------------------------------------------------


class OperatorForm(Form):
    """An operator: who runs the scheme."""

    kind = Key("kind", choice(OperatorKind), "government, company, court, association or research", is_required=True)
    name = Key("name", BILINGUAL, "the operator's name", is_required=True)


class InForceForm(Form):
    """The time in force: events post from the first to the last day, both inclusive."""

    since = Key("from", DATE, "the first day")
    until = Key("to", DATE, "the last day")


class SourceForm(Form):
    """A source: where facts come from."""

    title = Key("title", TEXT, "what the source is", is_required=True)
    url = Key("url", TEXT, "where it can be read")
    confidence = Key("confidence", choice(Confidence), "read, reported, unverified (as if left out) or assumed")
    note = Key("note", TEXT, "anything a reader should know about it")


# --- the vocabulary -----------------------------------------------------------------------------------------------


class AttributeForm(Form):
    """An attribute of an event type or of the subjects."""

    type = Key("type", choice(AttributeType), "integer, number, text, boolean or date", is_required=True)
    minimum = Key("min", NUMBER, "the smallest value (integers and numbers)")
    maximum = Key("max", NUMBER, "the largest value (integers and numbers)")
    values = Key("values", list_of(TEXT), "the texts that are allowed (texts)")
    title = Key("title", BILINGUAL, "what people call it")


ATTRIBUTE: Kind[AttributeType | FormReader] = either(
    lambda node: isinstance(node, YamlMap), form_of(AttributeForm), choice(AttributeType)
)
"""An attribute: the name of its type, or a mapping."""


SUBJECT_KINDS: Kind[SubjectKind | tuple[SubjectKind, ...]] = either(
    lambda node: isinstance(node, YamlList), list_of(choice(SubjectKind)), choice(SubjectKind)
)
"""One kind of subject, or several."""


class SubjectsForm(Form):
    """The subjects: whom the scheme scores."""

    kind = Key("kind", SUBJECT_KINDS, "resident, business, organisation or agency, or a list of them", is_required=True)
    from_age = Key("from_age", integer(0, 150), "completed years of age from which the scheme applies")
    attributes = Key("attributes", map_of(NAME, ATTRIBUTE), "what is known of each subject, by name")


def _read_event_type(
    node: YamlNode, problems: Problems
) -> tuple[Text, Domain | None, dict[YamlText, AttributeType | FormReader]] | None:
    """The attributes of an event type; `title: {en: …}` among them is the title of the type itself.

    So is `domain: finance`, a word of the list of domains: the domain of life that such events come from.
    """
    if isinstance(node, YamlText) and node.is_null:
        return Text(), None, {}
    if not isinstance(node, YamlMap):
        problems.shared("007", f"a mapping of attributes must stand here, not {describe(node)}", node.place, "or `{}`")
        return None
    title, domain, rest = Text(), None, list(node.pairs)
    for pair in node.pairs:
        if pair[0].text == "domain" and isinstance(pair[1], YamlText) and pair[1].text not in set(AttributeType):
            domain = choice(Domain).read(pair[1], problems)
            rest.remove(pair)
        if pair[0].text == "title" and isinstance(pair[1], YamlMap) and pair[1].get("type") is None:
            title = BILINGUAL.read(pair[1], problems) or title
            rest.remove(pair)
    attributes = map_of(NAME, ATTRIBUTE).read(YamlMap(tuple(rest), node.place), problems)
    return title, domain, attributes or {}


EVENT: Kind[tuple[Text, Domain | None, dict[YamlText, AttributeType | FormReader]]] = Kind(
    "an event type",
    _read_event_type,
    {
        "type": ["object", "null"],
        "properties": {
            "title": {"anyOf": [ATTRIBUTE.schema, BILINGUAL.schema["anyOf"][1]]},
            "domain": {"anyOf": [ATTRIBUTE.schema, {"enum": [domain.value for domain in Domain]}]},
        },
        "propertyNames": {"pattern": NAME.schema["pattern"]},
        "additionalProperties": ATTRIBUTE.schema,
    },
)
"""An event type: its attributes by name, its title, and the domain of life that it comes from."""


# --- score, tiers, rules, caps, measures --------------------------------------------------------------------------


class ScoreForm(Form):
    """The score: where it starts, its bounds and its dates."""

    kind = Key("kind", choice(ScoreKind), "points (as if left out), index or none")
    title = Key("title", BILINGUAL, "what people call the score")
    start = Key("start", DATED_NUMBER, "the points that a subject begins with; points schemes must say it")
    range = Key("range", RANGE, "[low, high]: the ends of an index")
    floor = Key("floor", DATED_NUMBER, "the lowest score")
    ceiling = Key("ceiling", DATED_NUMBER, "the highest score")
    decimals = Key("decimals", integer(0, MOST_DECIMALS), "digits after the point, 0 to 6 (0 if left out)")
    posts_on = Key("posts_on", choice(PostsOn), "recorded (if left out) or occurred: the date that counts")
    published = Key("published", choice(Published), "immediately (if left out), monthly, quarterly or yearly")
    restarts = Key("restarts", choice(Restarts), "never (if left out) or yearly")


class TierForm(Form):
    """A tier: a band of the score."""

    id = Key("id", IDENT, "the id of the tier", is_required=True)
    lower = Key("from", DATED_NUMBER, "the lowest score of the tier, inclusive; without it only a grade reaches it")
    requires = Key("requires", list_of(form_of(RequireForm), least=0), "what the record must show as well")
    title = Key("title", BILINGUAL, "what people call it")
    source = Key("source", REFERENCE, "the id of a source")
    confidence = Key("confidence", choice(Confidence), "how sure the tier is, if not as sure as its source")


class CapForm(Form):
    """A cap: a limit on points of one sign in a period."""

    points = Key("points", CAP_POINTS, "the most points, above zero", is_required=True)
    per = Key("per", CAP_PERIOD, "month, quarter, year, lifetime, or a rolling `12 months`", is_required=True)


class RepeatForm(Form):
    """A repeat: factors for the 1st, 2nd and later entries of a rule."""

    within = Key("within", PERIOD, "how far back earlier entries count", is_required=True)
    times = Key("times", list_of(number(0)), "the factors; the last one holds for all later entries", is_required=True)


class LimitTierForm(Form):
    """A tier limit: holds the tier down."""

    to = Key("to", REFERENCE, "the highest tier while the limit lasts", is_required=True)
    period = Key("for", SPAN, "how long it lasts, or `year`: to the end of the year; for ever if left out")


class GradeForm(Form):
    """A grade: makes the tier, whatever the score."""

    to = Key("to", REFERENCE, "the tier while the grade lasts", is_required=True)
    period = Key("for", SPAN, "how long it lasts, or `year`: to the end of the year; for ever if left out")


class RuleForm(Form):
    """A rule."""

    id = Key("id", IDENT, "the id of the rule", is_required=True)
    title = Key("title", BILINGUAL, "what people call it")
    on = Key("on", RULE_TYPE, "the event type it listens to, or a prefix such as `donation.*`", is_required=True)
    when = Key("when", SQL, "a condition in SQL over the attributes of the event and of the subject")
    points = Key("points", POINTS, "what it posts: a number, a dated series or an SQL number")
    cap = Key("cap", form_of(CapForm), "the most points in a period")
    valid = Key("valid", PERIOD, "how long the points last; an opposite entry then lapses them")
    repeat = Key("repeat", form_of(RepeatForm), "factors for repeated entries")
    limit_tier = Key("limit_tier", form_of(LimitTierForm), "holds the tier down and leaves the score alone")
    grade = Key("grade", form_of(GradeForm), "{to: D, for: 24 months}: makes the tier, whatever the score")
    source = Key("source", REFERENCE, "the id of a source")
    confidence = Key("confidence", choice(Confidence), "how sure the rule is, if not as sure as its source")
    note = Key("note", BILINGUAL, "anything a reader should know about it")


class GroupCapForm(Form):
    """A group cap: a cap that several rules share."""

    id = Key("id", IDENT, "the id of the cap", is_required=True)
    rules = Key("rules", list_of(REFERENCE), "the ids of the rules", is_required=True)
    points = Key("points", CAP_POINTS, "the most points of all of them together, above zero", is_required=True)
    per = Key("per", CAP_PERIOD, "month, quarter, year, lifetime, or a rolling `12 months`", is_required=True)
    source = Key("source", REFERENCE, "the id of a source")


class MeasureForm(Form):
    """A measure: a reward or restriction that follows from the published standing or from a list."""

    id = Key("id", IDENT, "the id of the measure", is_required=True)
    kind = Key("kind", choice(MeasureKind), "reward or restriction", is_required=True)
    domain = Key("domain", choice(Domain), "the domain of life it touches", is_required=True)
    when = Key("when", form_of(MeasureWhenForm), "{tier: [A, AA]}, {score: {from: 600}} or {list: …}", is_required=True)
    since = Key("from", DATE, "the first day on which it applies to anybody")
    until = Key("until", DATE, "the last day on which it applies to anybody, inclusive")
    provider = Key("provider", TEXT, "who gives or takes")
    source = Key("source", REFERENCE, "the id of a source")
    confidence = Key("confidence", choice(Confidence), "how sure the measure is, if not as sure as its source")
    title = Key("title", BILINGUAL, "what people call it")


class YardstickForm(Form):
    """A yardstick: a public measure to hold the score against."""

    attribute = Key("attribute", REFERENCE, "a subject attribute that is a number", is_required=True)
    title = Key("title", BILINGUAL, "what people call it", is_required=True)
    when = Key("when", SQL, "a condition over the subject's attributes; only those subjects are compared")
    source = Key("source", REFERENCE, "the id of a source")
    note = Key("note", BILINGUAL, "anything a reader should know about it")


class SchemeForm(Form):
    """A scheme file."""

    scheme = Key("scheme", SLUG, "the id of the scheme, as in `food-safety`", is_required=True)
    title = Key("title", BILINGUAL, "the name of the scheme", is_required=True)
    about = Key("about", BILINGUAL, "what the scheme is, in a few sentences")
    status = Key("status", choice(Status), "complete, partial (if left out) or stub: how much of it the file covers")
    operator = Key("operator", form_of(OperatorForm), "who runs it: {kind: …, name: …}", is_required=True)
    subjects = Key("subjects", form_of(SubjectsForm), "whom it scores: {kind: …}", is_required=True)
    participation = Key("participation", choice(Participation), "automatic (if left out), mandatory or opt-in")
    in_force = Key("in_force", form_of(InForceForm), "{from: …, to: …}, both inclusive and both optional")
    sources = Key("sources", map_of(IDENT, form_of(SourceForm)), "the sources by id")
    events = Key("events", map_of(EVENT_TYPE, EVENT), "the vocabulary: event types with their attributes")
    score = Key("score", form_of(ScoreForm), "how the score works: {start: …}; a scheme with only lists needs none")
    tiers = Key("tiers", list_of(form_of(TierForm)), "the tiers, lowest first")
    rules = Key("rules", list_of(form_of(RuleForm), least=0), "the rules, in the order in which they act")
    caps = Key("caps", list_of(form_of(GroupCapForm), least=0), "caps that several rules share")
    dimensions = Key("dimensions", list_of(form_of(DimensionForm)), "what an index is made of")
    lists = Key("lists", list_of(form_of(ListForm), least=0), "red- and blacklists")
    measures = Key("measures", list_of(form_of(MeasureForm), least=0), "what follows from a standing or a list")
    objection = Key("objection", form_of(ObjectionForm), "how subjects may object to an entry or a listing")
    repair = Key("repair", list_of(form_of(RepairForm), least=0), "the ways back after an entry or a listing")
    links = Key("links", map_of(IDENT, form_of(LinkForm)), "relations between subjects by id")
    spread = Key("spread", list_of(form_of(SpreadForm), least=0), "what falls on subjects linked to one")
    succeeds = Key("succeeds", form_of(SucceedsForm), "the scheme before this one, and what is carried over")
    yardstick = Key("yardstick", form_of(YardstickForm), "a public measure to hold the score against")
    unknown = Key("unknown", list_of(BILINGUAL, least=0), "what nobody published, in words")
