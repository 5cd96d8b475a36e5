"""The reader: what the full example becomes, and files as a whole."""

from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from scslab.ground.dates import EARLIEST, Calendar, Period
from scslab.ground.problems import Place, ProblemsError, Severity
from scslab.ground.text import Text
from scslab.scheme.conditions import Column, Literal, Op, Operation, ValueType
from scslab.scheme.dated import Dated
from scslab.scheme.model import (
    Attribute,
    AttributeType,
    Cap,
    Confidence,
    Domain,
    EventType,
    GroupCap,
    InForce,
    LimitTier,
    Measure,
    MeasureKind,
    Operator,
    OperatorKind,
    Participation,
    PostsOn,
    Repeat,
    Score,
    ScoreRange,
    Source,
    StateCondition,
    Status,
    SubjectKind,
    SubjectScope,
    Tier,
)
from scslab.scheme.reader import EXAMPLE, check_scheme, read_scheme

FULL = Path(__file__).parent / "data" / "full.yaml"


def constant(value):
    return Dated(((EARLIEST, Decimal(value)),))


def at(line, column):
    return Place("full.yaml", line, column)


@pytest.fixture(scope="module")
def scheme():
    return read_scheme(FULL, "full.yaml")


def test_head(scheme):
    assert scheme.id == "full-example"
    assert scheme.title == Text("Full example", "完整示例")
    assert scheme.about == Text("A scheme that uses every key.")
    assert scheme.status is Status.COMPLETE
    assert scheme.operator == Operator(OperatorKind.GOVERNMENT, Text("City of Example", "示例市"))
    assert scheme.participation is Participation.OPT_IN
    assert scheme.in_force == InForce(date(2014, 1, 1), date(2030, 12, 31))
    assert scheme.unknown == (Text("What follows from grade C."), Text("How long it lasts.", "期限不明。"))
    assert scheme.place == at(2, 1)
    assert scheme.digest == sha256(FULL.read_bytes()).hexdigest()


def test_vocabulary(scheme):
    income = Attribute("income", AttributeType.NUMBER, Decimal(0), title=Text("Income"), place=at(10, 32))
    district = Attribute("district", AttributeType.TEXT, place=at(10, 16))
    assert scheme.subjects == SubjectScope((SubjectKind.RESIDENT,), 18, {"district": district, "income": income})
    millilitres = Attribute(
        "millilitres", AttributeType.INTEGER, Decimal(1), Decimal(1000), title=Text("Amount"), place=at(19, 5)
    )
    assert scheme.events["donation.blood"] == EventType(
        "donation.blood", {"millilitres": millilitres}, Text("Blood donation", "献血"), at(17, 3)
    )
    breach = scheme.events["contract.breach"].attributes
    assert {name: each.type.value for name, each in breach.items()} == {
        "amount": "number", "kind": "text", "decided_on": "date", "is_final": "boolean",
    }  # fmt: skip
    assert breach["kind"].values == ("loan", "lease")
    assert scheme.events["traffic.drunk_driving"].attributes == {}
    assert scheme.sources == {
        "standard": Source("standard", "Standard of points", "https://example.org/standard", Confidence.READ,
                           "Read in full.", at(14, 3)),
        "press": Source("press", "Reports", place=at(15, 3)),
    }  # fmt: skip


def test_score_and_tiers(scheme):
    ceiling = Dated(((date(2014, 1, 1), Decimal(1300)), (date(2020, 1, 1), Decimal("1500.5"))))
    assert scheme.score == Score(
        constant(1000),
        constant(0),
        ceiling,
        1,
        PostsOn.OCCURRED,
        Calendar.QUARTER,
        True,
        Text("Credit points"),
        at(25, 3),
    )
    dated = Dated(((date(2014, 1, 1), Decimal(1030)), (date(2019, 6, 1), Decimal("1050.5"))))
    assert scheme.tiers == (
        Tier("D", constant(0), place=at(35, 5)),
        Tier("C", constant(600), source="standard", place=at(36, 5)),
        Tier("A+", dated, Text("Model", "模范"), confidence=Confidence.REPORTED, place=at(37, 5)),
    )


def test_rules(scheme):
    blood, breach, shift, money, drunk = scheme.rules
    assert (blood.id, blood.title, blood.on, blood.source, blood.note) == (
        "blood", Text("Blood donation"), "donation.blood", "standard", Text("A note."),
    )  # fmt: skip
    assert blood.points == constant(5)
    assert blood.cap == Cap(constant(20), Calendar.YEAR)
    assert blood.valid == Period(months=24)
    assert blood.place == at(39, 5)
    assert breach.points == Dated(((date(2014, 1, 1), Decimal(-20)), (date(2019, 6, 1), Decimal(-30))))
    assert breach.repeat == Repeat(Period(months=12), (Decimal(1), Decimal(2), Decimal("3.5")))
    assert breach.confidence is Confidence.UNVERIFIED
    assert breach.when.text == "amount >= 10000 and subject.age >= 18 and kind = 'loan'"
    assert breach.when.columns() == (
        Column("event", "amount", ValueType.NUMBER),
        Column("subject", "age", ValueType.NUMBER),
        Column("event", "kind", ValueType.TEXT),
    )
    assert shift.points is None
    assert shift.formula.root == Operation(
        Op.MULTIPLY,
        (Literal(0.5, ValueType.NUMBER), Column("event", "hours", ValueType.NUMBER)),
        ValueType.NUMBER,
    )
    dated = Dated(((date(2014, 1, 1), Decimal(10)), (date(2016, 1, 1), Decimal(12))))
    assert shift.cap == Cap(dated, Period(months=6))
    assert money.on == "donation.*"
    assert money.cap == Cap(constant(1), "lifetime")
    assert drunk.points is None
    assert drunk.limit_tier == LimitTier("C", Period(months=24))


def test_caps_measures_and_yardstick(scheme):
    assert scheme.caps == (
        GroupCap("giving", ("blood", "shift"), constant(25), Calendar.QUARTER, "standard", at(57, 5)),
    )
    assert scheme.measures == (
        Measure("rail", MeasureKind.RESTRICTION, Domain.TRAVEL,
                StateCondition(tiers=("D",), place=at(59, 57)), "railway", "press", Confidence.READ, place=at(59, 5)),
        Measure("heat", MeasureKind.REWARD, Domain.UTILITIES,
                StateCondition(ScoreRange(Decimal(1000), Decimal("1200.5")), place=at(60, 55)),
                title=Text("Heating", "取暖"), place=at(60, 5)),
    )  # fmt: skip
    assert scheme.yardstick.attribute == "income"
    assert scheme.yardstick.when.columns() == (Column("subject", "district", ValueType.TEXT),)
    assert scheme.yardstick.note == Text("As declared.")


def test_what_may_be_left_out_has_the_defaults_of_the_model():
    scheme = read_scheme(EXAMPLE)
    assert scheme.status is Status.PARTIAL
    assert scheme.participation is Participation.AUTOMATIC
    assert scheme.in_force == InForce()
    assert scheme.score == Score(constant(100), place=Place("", 6, 8))
    assert (scheme.tiers, scheme.caps, scheme.measures, scheme.yardstick, scheme.unknown) == ((), (), (), None, ())


def test_an_empty_value_is_as_good_as_a_missing_key():
    text = EXAMPLE.replace("points: 5}", "points: 5, valid: , cap: null}").replace("subjects:", "about:\nsubjects:")
    assert read_scheme(text).rules[0].valid is None


def test_all_problems_are_told_at_once_in_the_order_of_the_file():
    text = EXAMPLE.replace("research", "reserch").replace("integer", "integr").replace("points: 5", "pionts: 5")
    with pytest.raises(ProblemsError) as caught:
        read_scheme(text, "give/scheme.yaml")
    assert str(caught.value) == (
        "give/scheme.yaml:3:18: S008 `reserch` is not a word that may stand here\n"
        "  help: did you mean `research`?\n"
        "give/scheme.yaml:5:40: S008 `integr` is not a word that may stand here\n"
        "  help: did you mean `integer`?\n"
        "give/scheme.yaml:7:9: S027 the rule has neither `points` nor `limit_tier` nor `grade`\n"
        "  help: what it posts: a number, a dated series or an SQL number\n"
        "give/scheme.yaml:7:44: S005 unknown key `pionts`\n"
        "  help: did you mean `points`?"
    )


def test_warnings_do_not_stop_the_reading():
    scheme, problems = check_scheme(FULL)
    assert scheme is not None
    assert {problem.severity for problem in problems} == {Severity.WARNING}


def test_a_path_may_be_given_as_text(tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(EXAMPLE, encoding="utf-8")
    assert read_scheme(str(file)).place.file == str(file)


def test_many_errors_are_counted_and_not_all_listed():
    text = EXAMPLE + "".join(f"key-{number}: 1\n" for number in range(300))
    scheme, problems = check_scheme(text)
    assert scheme is None
    # 200 are listed; the last line counts the other 100.
    assert len(problems) == 201
    assert problems[-1].message == "100 more errors are not listed"


def test_errors_are_not_lost_behind_many_warnings():
    # 250 rules with a third decimal (a warning each), then one with an unknown event type.
    rules = [f"{{id: r{n}, on: donation.blood, points: 0.5}}" for n in range(250)] + ["{id: x, on: a.b, points: 1}"]
    head = EXAMPLE.partition("rules:")[0]
    scheme, problems = check_scheme(head + "rules: [" + ", ".join(rules) + "]")
    assert scheme is None
    assert [problem.code for problem in problems if problem.severity is Severity.ERROR] == ["S012"]
