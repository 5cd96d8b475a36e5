"""The static checks of lists, repair, indices and of what real schemes taught: each with a sound scheme nearby."""

import pytest

from scslab.scheme.lint import CHECKS, lint_scheme
from scslab.scheme.reader import read_scheme

HEAD = """\
scheme: x
title: X
operator: {kind: court, name: A court}
subjects: {kind: KIND}
sources: {s: {title: S, confidence: read}}
events:
  court.default: {ground: integer}
  court.sued: {is_final: boolean}
  bank.arrears: {months: integer, amount: number}
  bank.monthly_fee: {}
  course.done: {}
"""
RULES = """\
score: {start: 100, floor: 0, ceiling: 200}
tiers: [{id: L, from: 0, source: s}, {id: M, from: 50, source: s}, {id: H, from: 150, source: s}]
"""
HEARD = "{on: court.default}, {on: court.sued, when: is_final}, {on: bank.*}, {on: course.done}"


def rules(*texts):
    return RULES + "rules: [" + ", ".join(texts) + "]\n"


def lists(enter, leave="{after: 24 months}", more=""):
    ways = f"enter: [{enter}], leave: [{leave}]"
    return f"lists:\n  - {{id: bad, kind: blacklist, source: s, {ways}{more}}}\n"


MINUS = "{id: default, on: court.default, points: -5, source: s}"
PLUS = "{id: course, on: course.done, points: 5, source: s}"
INDEX = """\
score: {kind: index, range: [0, 100]}
dimensions:
  - {id: d, weight: WEIGHT, source: s, indicators: [{id: i, value: {count: court.*}, scale: SCALE, source: s}]}
  - {id: e, weight: REST, source: s, indicators: [{id: j, value: {count: bank.*}, scale: [[0, 1], [5, 0]], source: s}]}
"""


def index(weight="0.5", rest="0.5", scale="[[0, 1], [5, 0]]"):
    return INDEX.replace("WEIGHT", weight).replace("REST", rest).replace("SCALE", scale)


@pytest.mark.parametrize(
    ("code", "text", "message"),
    [
        # the highest score is 200, the lowest 0
        ("S114", rules(MINUS) + lists("{score: {from: 201}}"), "no subject can come on the list `bad`"),
        ("S114", rules(MINUS) + lists("{score: {below: 0}}"), "no subject can come on the list `bad`"),
        # without a rule that adds points nobody reaches tier H, which begins at 150
        ("S114", rules(MINUS) + lists("{tier: H}"), "no subject can come on the list `bad`"),
        ("S114", rules(MINUS, PLUS) + lists("{tier: H}"), None),
        ("S114", rules(MINUS) + lists("{tier: H}, {on: court.default}"), None),
        ("S114", rules(MINUS) + lists("{score: {below: 1}}"), None),
        (
            "S114",
            index() + lists("{score: {from: 100.5}}").replace("100.5", "101"),
            "no subject can come on the list `bad`",
        ),
        ("S114", index() + lists("{score: {from: 100}}"), None),
        ("S115", lists("{on: court.default}", ""), "nobody ever leaves the blacklist `bad`"),
        ("S115", lists("{on: court.default}"), None),
        ("S115", lists("{on: court.default}", "").replace("blacklist", "redlist"), None),
        (
            "S115",
            lists("{on: court.default}", "") + "repair: [{id: r, on: course.done, removes: {list: bad}, source: s}]\n",
            None,
        ),
        (
            "S116",
            lists("{count: {on: court.*, at_least: 3}}"),
            "whoever leaves the list `bad` comes back on the same day",
        ),
        ("S116", lists("{count: {on: court.*, at_least: 3, within: 1 year}}"), None),
        ("S116", lists("{count: {on: court.*, at_most: 3}}"), None),
        ("S116", lists("{count: {on: court.*, at_least: 3}}", "{count: {on: course.done, at_least: 1}}"), None),
        (
            "S117",
            lists(HEARD, more=", extend: [{on: court.default, by: 1 year}]"),
            "the term of the list `bad` can be extended without end",
        ),
        ("S117", lists(HEARD, more=", extend: [{on: court.default, by: 1 year, most: 5 years}]"), None),
        ("S118", lists(HEARD, more=", public: true"), "the blacklist `bad` is public and may name residents"),
        ("S118", lists(HEARD), None),
        ("S118", lists(HEARD, more=", public: true").replace("blacklist", "redlist"), None),
        (
            "S119",
            lists(HEARD, "{on: course.done}")
            + "repair: [{id: r, on: course.done, shortens: {list: bad, by: 1 month}}]\n",
            "the repair `r` shortens the term of `bad`, which has none",
        ),
        (
            "S119",
            lists(HEARD) + "repair: [{id: r, on: course.done, shortens: {list: bad, by: 1 month}}]\n",
            None,
        ),
        (
            "S119",
            rules(MINUS, PLUS) + "repair: [{id: r, on: course.done, restores: {rule: course, share: 1}}]\n",
            "the repair `r` gives back points of `course`, which never takes any",
        ),
        (
            "S119",
            rules(MINUS, PLUS) + "repair: [{id: r, on: course.done, restores: {rule: [course, default], share: 1}}]\n",
            None,
        ),
        (
            "S120",
            index() + "objection: {}\n",
            "an objection is to an entry or a listing, and the scheme has neither rules nor lists",
        ),
        ("S120", index() + lists(HEARD) + "objection: {}\n", None),
        ("S121", index("0", "1"), "the dimension `d` has no weight, so it changes nothing"),
        ("S121", index(scale="[[0, 0.5], [5, 0.5]]"), "the indicator `i` is 0.5 whatever its value is"),
        ("S121", index(), None),
        # RC-C3 of the Rongcheng standard: bank arrears count again in every monthly cycle
        (
            "S122",
            rules("{id: fee, on: bank.monthly_fee, points: -10}"),
            "the rule `fee` takes points for every cycle (`monthly`), and nothing caps them",
        ),
        (
            "S122",
            rules("{id: due, on: bank.arrears, points: -10 * months}"),
            "the rule `due` takes points for every cycle (`months`), and nothing caps them",
        ),
        (
            "S122",
            rules("{id: due, on: bank.arrears, points: -10, title: {zh: 每月逾期}}"),
            "the rule `due` takes points for every cycle (`每月`), and nothing caps them",
        ),
        ("S122", rules("{id: fee, on: bank.monthly_fee, points: 10}"), None),
        ("S122", rules("{id: fee, on: bank.monthly_fee, points: -10, cap: {points: 30, per: year}}"), None),
        ("S122", rules("{id: due, on: bank.arrears, points: -10}"), None),
        # RC-C5 of the Rongcheng standard: points for being investigated
        (
            "S123",
            rules("{id: suit, on: court.sued, points: -40}"),
            "the rule `suit` acts on `court.sued` before anything is decided (`sued`)",
        ),
        (
            "S123",
            rules("{id: suit, on: court.*, grade: {to: L}}"),
            "the rule `suit` acts on `court.sued` before anything is decided (`sued`)",
        ),
        ("S123", rules("{id: suit, on: court.sued, points: -40, when: is_final}"), None),
        ("S123", rules("{id: suit, on: court.sued, points: 1}"), None),
        (
            "S123",
            lists("{on: court.sued}"),
            "the blacklist `bad` opens on `court.sued` before anything is decided (`sued`)",
        ),
        ("S123", lists("{on: court.sued, when: is_final}"), None),
    ],
)
def test_check(code, text, message):
    assert findings(code, text) == ([] if message is None else [message])


def findings(code, text, kind="resident"):
    scheme = read_scheme(HEAD.replace("KIND", kind) + text)
    return [problem.message for problem in lint_scheme(scheme) if problem.code == code]


def test_every_later_check_has_a_test_that_finds_something():
    marks = test_check.pytestmark[0].args[1]
    assert {code for code, _, message in marks if message is not None} == {code for code in CHECKS if code > "S113"}


def test_a_public_blacklist_of_businesses_is_no_matter_of_the_boundary():
    assert findings("S118", lists(HEARD, more=", public: true"), "business") == []
    assert findings("S118", lists(HEARD, more=", public: true"), "[business, resident]") != []


def test_an_index_has_the_reach_of_its_range():
    tiers = "tiers: [{id: low, from: 10}, {id: high, from: 101}]\n"
    assert findings("S101", index() + tiers) == ["no score can reach the tier `high`, which begins at 101"]
    assert findings("S102", index() + tiers) == ["a score below 10 is in no tier"]
    assert findings("S102", index() + tiers.replace("10}", "0}")) == []


def test_every_clause_may_listen():
    """An event type is unused only if nothing at all listens to it: here lists, counts, indicators and repairs do."""
    assert findings("S104", lists("{on: court.default}, {count: {on: bank.*, at_least: 2}}", "{on: course.done}")) == [
        "no clause listens to `court.sued`"
    ]
    repair = "repair: [{id: r, on: course.done, removes: {list: bad}}]\n"
    assert findings("S104", index() + lists("{on: court.default}") + repair) == []
    assert findings("S104", lists(HEARD) + "objection: {}\n") == []


def test_all_parts_of_a_scheme_are_counted_as_verified_or_not():
    # 3 tiers and 1 rule rest on a source; the list, the repair and the rule `x` do not.
    text = rules(MINUS, "{id: x, on: course.done, points: 1}") + lists(HEARD).replace("source: s, ", "")
    text += "repair: [{id: r, on: course.done, removes: {list: bad}}]\n"
    assert findings("S106", text) == ["of 7 tiers, rules, measures, lists and the like, 3 unverified"]


def test_a_sound_scheme_of_lists_has_no_findings():
    assert lint_scheme(read_scheme(HEAD.replace("KIND", "resident") + lists(HEARD))) == []
