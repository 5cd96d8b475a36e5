"""The static checks: for each, a scheme that it must find and a near one that it must leave alone."""

import math

import pytest

from scslab.ground.problems import Severity
from scslab.scheme.lint import CHECKS, lint_scheme
from scslab.scheme.lint_ranges import find_points_range
from scslab.scheme.reader import read_scheme

HEAD = """\
scheme: x
title: X
operator: {kind: research, name: A laboratory}
subjects: {kind: resident, attributes: {income: {type: number, min: 0}}}
sources: {s: {title: S, confidence: read}}
"""
EVENTS = "events: {a.good: {n: number, few: {type: integer, min: 1, max: 10}, points_given: number}, a.bad: {}}\n"
GOOD = "{id: good, on: a.good, points: 5, source: s}"
BAD = "{id: bad, on: a.bad, points: -5, source: s}"


def scheme_of(rules=f"{GOOD}, {BAD}", score="{start: 100, floor: 0, ceiling: 200}", tiers="", more="", events=EVENTS):
    text = HEAD + events + f"score: {score}\nrules: [{rules}]\n"
    text += f"tiers: [{tiers}]\n" if tiers else ""
    return read_scheme(text + more)


def findings(code, **parts):
    """What a check finds, as messages."""
    return [problem.message for problem in lint_scheme(scheme_of(**parts)) if problem.code == code]


def tier(name, lower):
    return f"{{id: {name}, from: {lower}, source: s}}"


def rule(text):
    return f"{text}, {GOOD}, {BAD}"


def test_a_sound_scheme_has_no_findings():
    assert lint_scheme(scheme_of(tiers=f"{tier('L', 0)}, {tier('H', 100)}")) == []


@pytest.mark.parametrize(
    ("code", "parts", "message"),
    [
        (
            "S101",
            {"tiers": f"{tier('L', 0)}, {tier('H', 201)}"},
            "no score can reach the tier `H`, which begins at 201",
        ),
        ("S101", {"tiers": f"{tier('L', 0)}, {tier('H', 200)}"}, None),
        # A start above the ceiling is not moved, so its tier has subjects until their first entry.
        ("S101", {"tiers": f"{tier('L', 0)}, {tier('H', 250)}", "score": "{start: 260, floor: 0, ceiling: 200}"}, None),
        (
            "S101",
            {"tiers": f"{tier('L', -10)}, {tier('H', 0)}"},
            "no score can be in the tier `L`, which ends where `H` begins at 0",
        ),
        # ... but a limit may hold subjects down in it.
        (
            "S101",
            {
                "tiers": f"{tier('L', -10)}, {tier('H', 0)}",
                "rules": rule("{id: hold, on: a.bad, limit_tier: {to: L}, source: s}"),
            },
            None,
        ),
        (
            "S101",
            {"tiers": f"{tier('L', 0)}, {tier('H', 101)}", "rules": BAD},
            "no score can reach the tier `H`, which begins at 101",
        ),
        (
            "S101",
            {"tiers": f"{tier('L', 0)}, {tier('H', 100)}", "rules": GOOD},
            "no score can be in the tier `L`, which ends where `H` begins at 100",
        ),
        # ... and so may a grade, which is the only way to a tier without `from`
        (
            "S101",
            {"tiers": f"{{id: L, source: s}}, {tier('H', 0)}"},
            "the tier `L` has no `from`, and no rule gives it",
        ),
        (
            "S101",
            {
                "tiers": f"{{id: L, source: s}}, {tier('H', 0)}",
                "rules": rule("{id: down, on: a.bad, grade: {to: L}, source: s}"),
            },
            None,
        ),
        # Who lacks what the tier above asks for stays in the one below, whatever the score.
        (
            "S101",
            {
                "tiers": f"{tier('L', -10)}, {{id: H, from: 0, source: s, "
                "requires: [{count: {on: a.good, at_least: 1}}]}"
            },
            None,
        ),
        # a formula over an attribute without bounds may add points
        ("S101", {"tiers": f"{tier('L', 0)}, {tier('H', 101)}", "rules": "{id: f, on: a.good, points: n}"}, None),
        # a rise of the floor moves scores up, too
        (
            "S101",
            {
                "tiers": f"{tier('L', 0)}, {tier('H', 101)}",
                "rules": BAD,
                "score": "{start: 100, floor: {2014-01-01: 0, 2019-01-01: 150}}",
            },
            None,
        ),
        ("S102", {"tiers": tier("L", 10)}, "a score below 10 is in no tier"),
        ("S102", {"tiers": tier("L", 10), "score": "{start: 100, floor: 10}"}, None),
        ("S102", {"tiers": tier("L", 10), "score": "{start: 5, floor: 10}"}, "a score below 10 is in no tier"),
        ("S102", {"tiers": tier("L", 10), "rules": GOOD}, None),
        # From 100 down to -399 take a hundred events of -5 points; to -401 they do not suffice.
        ("S102", {"tiers": tier("L", -399), "score": "{start: 100}"}, "a score below -399 is in no tier"),
        ("S102", {"tiers": tier("L", -401), "score": "{start: 100}"}, None),
        (
            "S103",
            {"rules": f"{BAD}, {{id: again, on: a.bad, points: -1}}"},
            "the rules `bad` and `again` both post for every `a.bad`",
        ),
        (
            "S103",
            {"rules": f"{BAD}, {{id: again, on: a.*, points: -1}}"},
            "the rules `bad` and `again` both post for every `a.bad`",
        ),
        ("S103", {"rules": f"{BAD}, {{id: again, on: a.bad, points: -1, when: subject.age > 5}}"}, None),
        (
            "S103",
            {"rules": "{id: one, on: a.good, points: 1, when: n > 5}, {id: two, on: a.good, points: 1, when: n  > 5}"},
            "the rules `one` and `two` both post for every `a.good` with n > 5",
        ),
        ("S103", {"rules": f"{BAD}, {{id: hold, on: a.bad, limit_tier: {{to: L}}}}", "tiers": tier("L", 0)}, None),
        # One follows the other: no day on which both are worth something.
        (
            "S103",
            {
                "rules": "{id: old, on: a.bad, points: {2014-01-01: -1, 2019-01-01: 0}},"
                "{id: new, on: a.bad, points: {2019-01-01: -2}}"
            },
            None,
        ),
        ("S104", {"rules": GOOD}, "no rule listens to `a.bad`"),
        ("S104", {"rules": "{id: all, on: a.*, points: 1}"}, None),
        (
            "S105",
            {"rules": rule("{id: nil, on: a.bad, points: 0, when: subject.age > 5}")},
            "the rule `nil` is worth 0 points",
        ),
        ("S105", {"rules": rule("{id: nil, on: a.bad, points: {2014-01-01: 0, 2019-01-01: 1}}")}, None),
        ("S105", {"rules": rule("{id: d, on: a.bad, points: 0, grade: {to: L}}"), "tiers": tier("L", 0)}, None),
        (
            "S106",
            {"rules": f"{GOOD}, {{id: x, on: a.bad, points: -5}}"},
            "of 2 tiers, rules and measures, 1 unverified",
        ),
        (
            "S107",
            {"rules": rule("{id: c, on: a.bad, points: -9, cap: {points: 8, per: year}}")},
            "one event of the rule `c` is worth -9, and its cap is 8",
        ),
        ("S107", {"rules": rule("{id: c, on: a.bad, points: -8, cap: {points: 8, per: year}}")}, None),
        (
            "S107",
            {"more": "caps: [{id: both, rules: [good], points: 4, per: month}]\n"},
            "one event of the rule `good` is worth 5, and the cap `both` is 4",
        ),
        # before 2019 the cap did not exist, and since then the points are smaller
        (
            "S107",
            {
                "rules": rule(
                    "{id: c, on: a.bad, points: {2014-01-01: -9, 2019-01-01: -7}, "
                    "cap: {points: {2019-01-01: 8}, per: year}}"
                )
            },
            None,
        ),
        (
            "S108",
            {"rules": rule("{id: f, on: a.good, points: 2 * n}")},
            "one event can post any number of points under the rule `f`",
        ),
        ("S108", {"rules": rule("{id: f, on: a.good, points: 2 * few}")}, None),
        ("S108", {"rules": rule("{id: f, on: a.good, points: 2 * n, cap: {points: 8, per: year}}")}, None),
        ("S108", {"rules": rule("{id: f, on: a.good, points: '-least(abs(n), 20)'}")}, None),
        (
            "S109",
            {"rules": rule("{id: f, on: a.good, points: -points_given}")},
            "the rule `f` posts the points that the record itself gives in `points_given`",
        ),
        # ... also where constants bound or scale them
        (
            "S109",
            {"rules": rule("{id: f, on: a.good, points: '-1 * least(greatest(points_given, 5), 50)'}")},
            "the rule `f` posts the points that the record itself gives in `points_given`",
        ),
        ("S109", {"rules": rule("{id: f, on: a.good, points: 'least(points_given, n)'}")}, None),
        ("S109", {"rules": rule("{id: f, on: a.good, points: few}")}, None),
        (
            "S110",
            {"tiers": f"{tier('L', 0)}, {tier('H', 90)}", "rules": rule("{id: hold, on: a.bad, limit_tier: {to: H}}")},
            "the rule `hold` limits the tier to `H`, which is the highest",
        ),
        (
            "S110",
            {"tiers": f"{tier('L', 0)}, {tier('H', 90)}", "rules": rule("{id: hold, on: a.bad, limit_tier: {to: L}}")},
            None,
        ),
        (
            "S111",
            {"more": "measures: [{id: m, kind: reward, domain: travel, when: {score: {from: 201}}}]\n"},
            "the measure `m` applies from 201, which no score reaches",
        ),
        (
            "S111",
            {"more": "measures: [{id: m, kind: reward, domain: travel, when: {score: {below: 0}}}]\n"},
            "the measure `m` applies below 0, where no score is",
        ),
        ("S111", {"more": "measures: [{id: m, kind: reward, domain: travel, when: {score: {from: 200}}}]\n"}, None),
        (
            "S111",
            {
                "tiers": tier("L", 0),
                "more": "in_force: {from: 2020-01-01}\n"
                "measures: [{id: m, kind: reward, domain: travel, when: {tier: L}, until: 2019-12-31}]\n",
            },
            "the measure `m` ends on 2019-12-31, before the scheme begins",
        ),
        (
            "S112",
            {"rules": rule("{id: late, on: a.bad, points: {2020-01-01: -1}}"), "more": "in_force: {to: 2019-12-31}\n"},
            "the points of the rule `late` begin on 2020-01-01, after the scheme's last day",
        ),
        (
            "S112",
            {"rules": rule("{id: late, on: a.bad, points: {2020-01-01: -1}}"), "more": "in_force: {to: 2020-01-01}\n"},
            None,
        ),
        (
            "S113",
            {"rules": rule("{id: c, on: a.bad, points: -1, when: 1 < 2}")},
            "the condition of the rule `c` reads no attribute: `1 < 2`",
        ),
        ("S113", {"rules": rule("{id: c, on: a.bad, points: -1, when: year(occurred_on) > 2000}")}, None),
    ],
)
def test_check(code, parts, message):
    assert findings(code, **parts) == ([] if message is None else [message])


def test_every_check_has_a_test_that_finds_something():
    marks = test_check.pytestmark[0].args[1]
    # The later ones are in test_lint_lists.py.
    assert {code for code, _, message in marks if message is not None} == {code for code in CHECKS if code <= "S113"}


def test_findings_are_warnings_with_a_place_and_a_help():
    for finding in lint_scheme(scheme_of(rules=GOOD, tiers=tier("L", 300))):
        assert finding.severity is Severity.WARNING
        assert finding.place.line > 0
        assert finding.help


@pytest.mark.parametrize(
    ("formula", "low", "high"),
    [
        # few is in 1..10, n has no bounds, income is 0 or more, age is taken as 0 to 300
        ("few", 1, 10),
        ("-few", -10, -1),
        ("few - 3", -2, 7),
        ("2 * few + 1", 3, 21),
        ("few * few", 1, 100),
        ("(few - 5) * 2", -8, 10),
        ("few / 4", 0.25, 2.5),
        ("10 / few", 1, 10),
        ("10 / (few - 5)", -math.inf, math.inf),
        ("n", -math.inf, math.inf),
        ("abs(n)", 0, math.inf),
        ("abs(few - 5)", 0, 5),
        ("0 * subject.income", 0, 0),
        ("subject.income", 0, math.inf),
        ("subject.age", 0, 300),
        ("least(n, 20)", -math.inf, 20),
        # a null n is passed over, so only the constant bounds the result from below
        ("greatest(n, 0)", 0, math.inf),
        ("least(few, n)", -math.inf, math.inf),
        ("case when n > 0 then 5 when few > 5 then -2 end", -2, 5),
        ("coalesce(few, 0)", 0, 10),
        ("month(occurred_on)", 1, 12),
    ],
)
def test_range_of_a_formula(formula, low, high):
    scheme = scheme_of(rules=rule(f"{{id: f, on: a.good, points: '{formula}'}}"))
    assert find_points_range(scheme.rules[0], scheme) == (low, high)


def test_range_counts_repeat_factors():
    scheme = scheme_of(rules=rule("{id: f, on: a.good, points: few, repeat: {within: 1 year, times: [1, 0, 3]}}"))
    assert find_points_range(scheme.rules[0], scheme) == (0, 30)
