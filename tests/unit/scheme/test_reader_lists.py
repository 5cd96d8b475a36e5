"""Every key of the two further examples is read as the model says: values are those that the files show."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from scslab.ground.dates import Calendar, Period
from scslab.ground.text import Text
from scslab.scheme.conditions import Reference, ReferenceKind
from scslab.scheme.dated import Dated
from scslab.scheme.model import (
    AtMost,
    AttributeOf,
    AttributeType,
    Carry,
    Confidence,
    CountOf,
    DaysSince,
    Domain,
    EventCondition,
    Grade,
    LimitTier,
    LinkKind,
    ListKind,
    ListRef,
    Objection,
    Outcome,
    Remove,
    Restore,
    ScoreKind,
    ScoreOf,
    ScoreRange,
    ShareOf,
    Shorten,
    SubjectKind,
    SumOf,
    Term,
)
from scslab.scheme.reader import EXAMPLE, read_scheme

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def scheme():
    return read_scheme(DATA / "lists.yaml")


@pytest.fixture(scope="module")
def index():
    return read_scheme(DATA / "index.yaml")


def constant(value):
    return Dated.constant(Decimal(value))


def test_subjects_of_several_kinds(scheme):
    assert scheme.subjects.kinds == (SubjectKind.BUSINESS, SubjectKind.RESIDENT)
    assert scheme.subjects.kind is SubjectKind.BUSINESS
    kind = scheme.subjects.attributes["kind"]
    assert (kind.type, kind.values) == (AttributeType.TEXT, ("business", "resident"))
    assert [column.name for column in scheme.rules[2].when.columns()] == ["kind"]


def test_one_kind_is_no_attribute():
    scheme = read_scheme(EXAMPLE)
    assert scheme.subjects.kinds == (SubjectKind.RESIDENT,)
    assert scheme.subjects.attributes == {}


def test_tiers(scheme):
    by_grade, _, _, top = scheme.tiers
    assert by_grade.lower is None
    assert by_grade.lower_on(date(2020, 1, 1)) is None
    assert top.lower_on(date(2020, 1, 1)) == 90
    count, no_list = top.requires
    assert (count.count.on, count.count.within, count.count.at_least, count.count.at_most) == (
        "tax.paid",
        Period(months=36),
        3,
        None,
    )
    assert [str(ref) for ref in no_list.not_lists] == ["defaulters"]
    assert (no_list.lists, no_list.count) == ((), None)


def test_grades_and_limits(scheme):
    evaded, late, default, _ = scheme.rules
    assert evaded.grade == Grade("D", None, is_to_year_end=True)
    assert (evaded.points, evaded.limit_tier) == (None, None)
    assert late.grade == Grade("C", Period(months=24))
    assert default.limit_tier == LimitTier("B", None, is_to_year_end=True)


def test_what_a_condition_reads_of_other_schemes(scheme):
    assert scheme.rules[3].when.references() == (
        Reference(ReferenceKind.LIST, "bank", "red"),
        Reference(ReferenceKind.SCORE, "bank"),
        Reference(ReferenceKind.TIER, "bank"),
    )
    assert scheme.rules[2].when.references() == ()


def test_a_list(scheme):
    defaulters, honest = scheme.lists
    assert (defaulters.id, defaulters.kind, defaulters.is_public) == ("defaulters", ListKind.BLACKLIST, True)
    assert defaulters.title == Text("Defaulters", "失信被执行人")
    event, score, count, other = defaulters.enter
    assert isinstance(event, EventCondition)
    assert (event.on, event.when.text, event.place.line) == ("court.default", "ground > 1", 33)
    assert event.matches_type("court.default")
    assert not event.matches_type("court.defaulted")
    assert score.score == ScoreRange(None, Decimal(20))
    assert (count.count.on, count.count.when.text, count.count.within) == ("tax.*", "amount > 5", Period(months=12))
    assert (count.count.at_least, count.count.at_most) == (2, 9)
    assert other.lists == (ListRef("dishonest", "ministry", Period(days=7), other.lists[0].place),)
    satisfied, term, no_list, tiers = defaulters.leave
    assert satisfied.on == "court.satisfied"
    assert term == Term(Period(months=24), term.place)
    assert [str(ref) for ref in no_list.not_lists] == ["dishonest@ministry"]
    assert tiers.tiers == ("A", "B")
    assert defaulters.term == Period(months=24)
    (extension,) = defaulters.extend
    assert (extension.on, extension.by, extension.most) == ("court.obstructed", Period(months=12), Period(months=60))
    assert extension.when.text == "times > 1"
    assert (defaulters.renews, defaulters.source, defaulters.confidence) == (True, "law", Confidence.REPORTED)
    assert (honest.kind, honest.is_public, honest.renews, honest.term) == (ListKind.REDLIST, False, False, None)
    assert honest.enter[0].tiers == ("A",)
    assert honest.leave[0].lists == (ListRef("defaulters", place=honest.leave[0].lists[0].place),)
    assert scheme.confidence_of(honest) is Confidence.UNVERIFIED
    assert scheme.confidence_of(defaulters) is Confidence.REPORTED


def test_measures_by_list_and_by_several_conditions(scheme):
    plane, lane = scheme.measures
    assert [str(ref) for ref in plane.when.lists] == ["defaulters"]
    assert (plane.since, plane.until) == (date(2016, 1, 1), date(2030, 12, 31))
    assert lane.domain is Domain.TAXATION
    assert (lane.when.tiers, lane.when.score) == (("A", "B"), ScoreRange(Decimal(60)))
    # a delay is that of the list of another scheme
    assert [(str(ref), ref.delay) for ref in lane.when.lists] == [("honest", None)]
    assert [(str(ref), ref.delay) for ref in lane.when.not_lists] == [("bad@bank", Period(months=1))]
    assert (lane.since, lane.until) == (None, None)


def test_a_condition_names_one_list_or_several():
    text = (DATA / "lists.yaml").read_text("utf-8")
    old = "{not_list: defaulters}]"
    assert text.count(old) == 1
    several = read_scheme(text.replace(old, "{not_list: [defaulters, bad@bank], delay: 7 days}]").encode())
    refs = next(state.not_lists for tier in several.tiers for state in tier.requires if state.not_lists)
    assert [(str(ref), ref.delay) for ref in refs] == [("defaulters", None), ("bad@bank", Period(days=7))]


def test_objection(scheme):
    place = scheme.objection.place
    assert scheme.objection == Objection(Period(days=60), True, Period(days=30), Outcome.UPHELD, place)
    filed = scheme.events["objection.filed"]
    assert [(name, each.type) for name, each in filed.attributes.items()] == [("target", AttributeType.TEXT)]
    assert {"objection.upheld", "objection.rejected"} < set(scheme.events)
    assert read_scheme(EXAMPLE + "objection: {}\n").objection == Objection(place=scheme_place(8, 12))
    assert "objection.filed" not in read_scheme(EXAMPLE).events


def scheme_place(line, column):
    return read_scheme(EXAMPLE).place.__class__("", line, column)


def test_repair(scheme):
    course, early, paid = scheme.repairs
    assert course.action == Restore(("late", "default"), Decimal("0.5"), Period(months=3))
    assert course.at_most == AtMost(2, Calendar.YEAR)
    assert (course.on, course.when.text, course.title) == ("course.done", "hours >= 8", Text("A course"))
    assert early.action == Shorten("defaulters", Period(months=6), Period(months=12))
    assert (early.source, early.confidence, early.at_most) == ("law", Confidence.READ, None)
    assert paid.action == Remove("defaulters", Period(months=1))


def test_links_and_spread(scheme):
    manager, household = scheme.links.values()
    assert manager == LinkKind(
        "manager", SubjectKind.RESIDENT, SubjectKind.BUSINESS, Text("Manager", "负责人"), manager.place
    )
    assert (household.source, household.target) == (SubjectKind.RESIDENT, None)
    firms, family = scheme.spread
    assert (firms.when.tiers, firms.along, firms.event) == (("D",), ("^manager", "manager"), "manager.of_default")
    assert (firms.source, firms.confidence, firms.title) == ("law", Confidence.READ, Text("Other firms"))
    assert ([str(ref) for ref in family.when.lists], family.along) == (["defaulters"], ("household",))


def test_succession(scheme):
    succession = scheme.succession
    assert (succession.scheme, succession.on, succession.carry) == ("old-lists", date(2015, 1, 1), Carry.TIERS)
    assert succession.tiers == {"A": Decimal(100), "B": Decimal(60)}


@pytest.mark.parametrize(
    ("text", "carry", "scale"),
    [
        ("points", Carry.POINTS, ()),
        ("start", Carry.START, ()),
        ("{scale: [[0, 0], [100, 1000]]}", Carry.SCALE, ((Decimal(0), Decimal(0)), (Decimal(100), Decimal(1000)))),
    ],
)
def test_what_is_carried_over(text, carry, scale):
    succession = read_scheme(EXAMPLE + f"succeeds: {{scheme: old, on: 2020-01-01, carry: {text}}}\n").succession
    assert (succession.carry, succession.scale, succession.tiers) == (carry, scale, {})


def test_an_index(index):
    assert index.score.kind is ScoreKind.INDEX
    assert (index.score.published, index.score.decimals) == (Calendar.MONTH, 1)
    low, high = index.range
    assert low == constant(350)
    assert [high.on(day) for day in (date(2014, 12, 31), date(2015, 1, 1))] == [950, 850]
    assert index.score.start == low
    assert (index.score.floor, index.score.ceiling, index.rules) == (None, None, ())
    history, rest = index.dimensions
    assert [history.weight.on(day) for day in (date(2017, 12, 31), date(2018, 1, 1))] == [
        Decimal("0.6"),
        Decimal("0.5"),
    ]
    assert (history.title, history.source) == (Text("History", "历史"), "press")
    assert [each.id for each in rest.indicators] == ["spent", "years", "home", "city"]


def test_indicators(index):
    on_time, late, since = index.dimensions[0].indicators
    share = on_time.value
    assert isinstance(share, ShareOf)
    assert (share.part_on, share.part_when.text) == ("repayment.on_time", "amount > 1")
    assert (share.on, share.when.text) == ("repayment.*", "amount > 0")
    assert (share.within, share.when_none) == (Period(months=24), Decimal("0.5"))
    assert on_time.scale == tuple((Decimal(a), Decimal(b)) for a, b in (("0", "0"), ("0.9", "0.5"), ("1", "1")))
    assert (on_time.title, on_time.confidence) == (Text("On time"), Confidence.REPORTED)
    assert isinstance(late.value, CountOf)
    assert (late.value.on, late.value.when.text) == ("repayment.late", "days_late > 30")
    assert late.value.within == Period(months=12)
    assert since.value == DaysSince("repayment.late", Decimal(3650))
    spent, years, home, city = (each.value for each in index.dimensions[1].indicators)
    assert spent == SumOf("amount", "purchase.made", None, Period(months=12))
    assert (years, home) == (AttributeOf("years", Decimal(0)), AttributeOf("has_home", Decimal(0)))
    assert city == ScoreOf("city-score", Decimal(500))


def test_a_scheme_that_only_lists():
    text = EXAMPLE.replace("score: {start: 100}", "lists: [{id: givers, kind: redlist, enter: [{on: donation.blood}]}]")
    text = text.partition("rules:")[0]
    scheme = read_scheme(text)
    assert scheme.score.kind is ScoreKind.NONE
    assert (scheme.score.start, scheme.rules, scheme.tiers) == (constant(0), (), ())
    told = read_scheme(text + "score: {kind: none, posts_on: occurred, published: yearly}\n").score
    assert (told.kind, told.posts_on.value, told.published) == (ScoreKind.NONE, "occurred", Calendar.YEAR)


def test_a_stub_may_say_nothing_about_a_score():
    text = EXAMPLE.partition("score:")[0] + "status: stub\n"
    assert read_scheme(text).score.kind is ScoreKind.NONE
