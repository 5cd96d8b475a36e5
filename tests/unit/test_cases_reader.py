"""The reader of worked cases: what it takes in, and each problem with its place and help."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from scslab.ground.problems import ProblemsError
from scslab.scheme.case_forms import EVENT_KEYS
from scslab.scheme.case_model import Case
from scslab.scheme.cases import CODES, check_cases, read_cases
from scslab.scheme.codes import SHARED
from scslab.scheme.model import OBJECTION_TYPES, Scheme
from scslab.scheme.reader import read_scheme

SCHEME = read_scheme("""
scheme: kitchens
title: Kitchens
operator: {kind: research, name: Test}
subjects: {kind: business, attributes: {seats: integer}}
events:
  visit.passed: {critical: integer, share: number, note: text, is_late: boolean, due_on: date}
  visit.failed: {critical: integer}
score: {start: 100}
tiers: [{id: low, from: 0}, {id: high, from: 90}]
rules: [{id: failed, on: visit.failed, points: -10}]
measures: [{id: sign, kind: reward, domain: reputation, when: {tier: high}}]
""")
"""Two event types, one rule, two tiers, one measure."""

GOOD = """cases:
  - name: everything
    why: 100 - 10 = 90
    subject: {born_on: 1980-01-31, seats: 40}
    events:
      - {id: e1, type: visit.passed, on: 2014-01-31, recorded: 2014-02-01, critical: 2, share: 0.5, note: ok,
         is_late: true, due_on: 2014-03-01}
      - {id: e2, type: correction.replace, on: 2014-01-31, recorded: 2014-02-05, target: e1, new_type: visit.failed,
         critical: 3}
      - {id: e3, type: correction.retract, on: 2014-02-06, target: e2}
    as_of: 2014-12-31
    known_at: 2014-06-30
    expect:
      score: 90
      tier: high
      held_until: none
      published_on: 2014-12-31
      measures: [sign]
      entries: [{event: e1, rule: failed, on: 2014-02-01, effective: -10.0, lapses_on: none}]
      unposted: {e1: no rule for this type}
      set_aside: {e2: L030}
"""
"""Every key of the format, once."""

SHORT = """cases:
  - {name: n, events: [{id: e, type: visit.passed, on: 2014-01-01}], as_of: 2014-01-01, expect: {score: 100}}
"""
"""A case of two lines."""


def read(text: str, scheme: Scheme = SCHEME) -> Case:
    cases, problems = check_cases(text, "cases.yaml", scheme)
    assert problems == []
    (case,) = cases
    return case


def problems_of(text: str) -> list[str]:
    return [str(problem) for problem in check_cases(text, "cases.yaml", SCHEME)[1]]


def test_every_key_is_read() -> None:
    case = read(GOOD)
    assert (case.name, case.why) == ("everything", "100 - 10 = 90")
    assert case.subject == {"born_on": date(1980, 1, 31), "seats": 40}
    assert (case.as_of, case.known_at) == (date(2014, 12, 31), date(2014, 6, 30))
    passed, replaced, retracted = case.events
    assert (passed.occurred_on, passed.recorded_on) == (date(2014, 1, 31), date(2014, 2, 1))
    assert passed.attributes == {
        "critical": 2,
        "share": 0.5,
        "note": "ok",
        "is_late": True,
        "due_on": date(2014, 3, 1),
    }
    assert replaced.attributes == {"critical": 3, "target": "e1", "new_type": "visit.failed"}
    assert (retracted.recorded_on, retracted.attributes) == (None, {"target": "e2"})


def test_expectations_carry_the_column_names_of_the_settlement() -> None:
    expect = read(GOOD).expect
    assert expect.standing == {
        "score": Decimal(90),
        "tier": "high",
        "held_until": None,
        "published_on": date(2014, 12, 31),
    }
    assert expect.measures == ("sign",)
    assert expect.entries is not None
    assert expect.entries[0].values == {
        "event_id": "e1",
        "rule": "failed",
        "posted_on": date(2014, 2, 1),
        "effective": Decimal("-10.0"),
        "lapses_on": None,
    }
    assert (expect.unposted, expect.set_aside) == ({"e1": "no rule for this type"}, {"e2": "L030"})


def test_what_is_left_out_is_not_expected() -> None:
    case = read(SHORT)
    assert (case.expect.measures, case.expect.entries, case.known_at, case.subject) == (None, None, None, {})


def test_no_measures_and_no_entries_can_be_expected() -> None:
    case = read(SHORT.replace("score: 100", "measures: [], entries: []"))
    assert (case.expect.measures, case.expect.entries) == ((), ())


def test_a_replacement_may_take_its_type_from_its_target() -> None:
    text = GOOD.replace(" new_type: visit.failed,", "").replace("critical: 3", "share: 0.25")
    assert read(text).events[1].attributes == {"share": 0.25, "target": "e1"}


# What is replaced in GOOD, by what, the word at which the problem must be told, and the message.
MISTAKES = [
    ("type: visit.passed", "type: visit.pased", "visit.pased", "C050 unknown event type `visit.pased`"),
    ("new_type: visit.failed", "new_type: visit.fialed", "visit.fialed", "C050 unknown event type `visit.fialed`"),
    ("critical: 2", "critcal: 2", "critcal", "C051 `visit.passed` has no attribute `critcal`"),
    ("target: e2}", "target: e2, worst: 1}", "worst", "C051 `correction.retract` has no attribute `worst`"),
    ("seats: 40", "chairs: 40", "chairs", "C051 the subject has no attribute `chairs`"),
    ("tier: high\n", "tier: hihg\n", "hihg", "C052 the scheme has no tier `hihg`"),
    ("[sign]", "[sing]", "sing", "C052 the scheme has no measure `sing`"),
    ("rule: failed", "rule: faild", "faild", "C052 the scheme has no rule `faild`"),
    ("{event: e1", "{event: e9", "e9", "C053 the case has no event `e9`"),
    ("{e2: L030}", "{e7: L030}", "e7", "C053 the case has no event `e7`"),
    ("critical: 2", "critical: two", "two", "C009 `two` is not a number"),
    ("critical: 2", "critical: 2.5", "2.5", "C009 2.5 is not a whole number"),
    ("is_late: true", "is_late: yes", "yes", "C008 `true` or `false` must stand here, not `yes`"),
    ("as_of: 2014-12-31", "as_of: 2014-02-30", "2014-02-30", "C010 `2014-02-30` is not a date"),
    ("known_at", "knwon_at", "knwon_at", "C005 unknown key `knwon_at`"),
    ("score: 90", "scroe: 90", "scroe", "C005 unknown key `scroe`"),
    ("effective", "efective", "efective", "C005 unknown key `efective`"),
    ("    as_of: 2014-12-31\n", "", "name: everything", "C006 a worked case needs the key `as_of`"),
    ("{id: e1, ", "{", "{type: visit.passed", "C006 an event of a case needs the key `id`"),
]


@pytest.mark.parametrize(("old", "new", "at", "message"), MISTAKES)
def test_a_mistake_is_told_with_its_place(old: str, new: str, at: str, message: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    before = text[: text.index(at)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert any(problem.startswith(f"cases.yaml:{line}:{column}: {message}") for problem in problems_of(text))


def test_a_misspelt_attribute_gets_a_suggestion() -> None:
    (problem,) = problems_of(GOOD.replace("critical: 2", "critcal: 2"))
    assert problem.endswith("help: did you mean `critical`?")


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    text = (
        GOOD.replace("seats: 40", "chairs: 40").replace("[sign]", "[sing]").replace("as_of: 2014-12-31", "as_of: soon")
    )
    assert [problem.split(": ")[1][:4] for problem in problems_of(text)] == ["C051", "C010", "C052"]


def test_two_cases_of_one_name_are_refused() -> None:
    case = SHORT.removeprefix("cases:\n")
    (problem,) = problems_of(SHORT + case)
    assert problem.startswith("cases.yaml:3:12: C054 two cases are called `n`\n  help: the first one is on line 2")


def test_a_case_that_expects_nothing_is_refused() -> None:
    (problem,) = problems_of(SHORT.replace("{score: 100}", "{}"))
    assert problem.startswith(f"cases.yaml:2:{SHORT.index('{score') - len('cases:')}: C055 the case expects nothing")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cases:",
        "cases: []",
        "[]",
        "cases: [1]",
        SHORT.replace("{id: e, type: visit.passed, on: 2014-01-01}", ""),
        SHORT.replace("{id: e, type: visit.passed, on: 2014-01-01}", "e"),
        SHORT.replace("as_of:", "subject: [], as_of:"),
        SHORT.replace("{score: 100}", "[score]"),
        "cases: !!python/object {}",
        "cases: &a [*a]",
    ],
)
def test_a_file_of_another_shape_is_refused(text: str) -> None:
    assert problems_of(text)


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"C018 the file cannot be opened: No such file"):
        read_cases(tmp_path / "cases.yaml", SCHEME)


def test_problems_of_a_file_are_raised_together(tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text(GOOD.replace("seats: 40", "chairs: 40").replace("[sign]", "[sing]"), encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        read_cases(path, SCHEME)
    assert [problem.code for problem in caught.value.problems] == ["C051", "C052"]
    path.write_text(GOOD, encoding="utf-8")
    assert len(read_cases(path, SCHEME)) == 1


def test_the_keys_of_an_event_are_no_attributes_of_the_shipped_schemes() -> None:
    """An attribute called `on` or `target` could not be written in a case."""
    catalogue = Path(__file__).parents[2] / "src" / "scslab" / "catalogue"
    for path in sorted(catalogue.glob("*/scheme.yaml")):
        # What an objection is about is written under the key `target` on purpose.
        events = [event for event in read_scheme(path).events.values() if event.id not in OBJECTION_TYPES]
        names = {name for event in events for name in event.attributes}
        assert not names & set(EVENT_KEYS), path


def test_codes_do_not_clash_with_the_shared_ones() -> None:
    assert not {f"C{number}" for number in SHARED} & set(CODES)


LISTS = read_scheme("""
scheme: listing
title: Listing
operator: {kind: research, name: Test}
subjects: {kind: [business, resident]}
events: {deed.bad: {weight: integer}, course.done: {}, firm.fell: {}}
score: {start: 100}
tiers: [{id: low, from: 0}, {id: high, from: 90}]
rules: [{id: bad, on: deed.bad, points: -10}]
lists: [{id: black, kind: blacklist, enter: [{on: deed.bad}], leave: [{after: 1 year}]}]
objection: {}
repair: [{id: course, on: course.done, restores: {rule: bad, share: 0.5}}]
links: {manager: {from: resident, to: business}}
spread: [{id: firms, when: {tier: low}, along: manager, event: firm.fell}]
""")

LISTED = """cases:
  - name: everything about lists
    subject: {kind: business}
    others: {boss: {kind: resident, born_on: 1970-05-01}}
    links: [{relation: manager, from: boss, to: self, since: 2014-01-01, until: 2015-01-01}]
    with: [food-safety]
    events:
      - {id: e1, type: deed.bad, on: 2014-01-31, weight: 3}
      - {id: e2, type: deed.bad, on: 2014-02-01, subject: boss}
      - {id: o1, type: objection.filed, on: 2014-02-10, target: e1}
      - {id: v1, type: violation.minor, on: 2014-02-11}
    as_of: 2014-12-31
    expect:
      lists: [black]
      not_lists: []
      memberships:
        - {list: black, opened_on: 2014-01-31, closed_on: none, opened_by: event, opened_event: e1,
           term_ends_on: 2015-01-31}
      objections: [{target: e1, filed_on: 2014-02-10, filed_event: o1, outcome: expired upheld, decided_on: 2014-03-12}]
      entries: [{event: o1, kind: objection, target: e1, rule: bad, repair: none}]
"""

INDEX = read_scheme("""
scheme: index
title: Index
operator: {kind: research, name: Test}
subjects: {kind: business}
events: {deed.good: {}}
score: {kind: index, range: [0, 100]}
tiers: [{id: low, from: 0}]
dimensions: [{id: all, weight: 1, indicators: [{id: deeds, value: {count: deed.good}, scale: [[0, 0], [3, 1]]}]}]
""")

INDEXED = """cases:
  - name: one of three
    events: [{id: e1, type: deed.good, on: 2014-01-31}]
    as_of: 2014-12-31
    expect:
      publications: [{on: 2014-01-31, score: 33, tier: low}]
      contributions: [{on: 2014-01-31, dimension: all, indicator: deeds, value: 1, scaled: 0.333, change: none}]
"""


def test_the_keys_of_lists_and_objections_are_read() -> None:
    case = read(LISTED, LISTS)
    assert case.subject == {"kind": "business"}
    assert case.others == {"boss": {"kind": "resident", "born_on": date(1970, 5, 1)}}
    (link,) = case.links
    assert (link.relation, link.source, link.target) == ("manager", "boss", "")
    assert (link.since, link.until) == (date(2014, 1, 1), date(2015, 1, 1))
    assert [scheme.id for scheme in case.schemes] == ["food-safety"]
    assert [event.subject for event in case.events] == ["", "boss", "", ""]
    assert case.events[2].attributes == {"target": "e1"}
    expect = case.expect
    assert (expect.lists, expect.not_lists) == (("black",), ())
    assert set(expect.tables) == {"memberships", "objections"}
    (membership,) = expect.tables["memberships"]
    assert membership.values == {
        "list": "black",
        "opened_on": date(2014, 1, 31),
        "closed_on": None,
        "opened_by": "event",
        "opened_event": "e1",
        "term_ends_on": date(2015, 1, 31),
    }
    (objection,) = expect.tables["objections"]
    assert (objection.values["outcome"], objection.values["decided_on"]) == ("expired upheld", date(2014, 3, 12))
    assert expect.entries is not None
    assert expect.entries[0].values == {
        "event_id": "o1",
        "kind": "objection",
        "target": "e1",
        "rule": "bad",
        "repair": None,
    }


def test_the_tables_of_an_index_are_read() -> None:
    tables = read(INDEXED, INDEX).expect.tables
    (publication,), (contribution,) = tables["publications"], tables["contributions"]
    assert publication.values == {"published_on": date(2014, 1, 31), "score": Decimal(33), "tier": "low"}
    assert contribution.values == {
        "published_on": date(2014, 1, 31),
        "dimension": "all",
        "indicator": "deeds",
        "value": Decimal(1),
        "scaled": Decimal("0.333"),
        "change": None,
    }


@pytest.mark.parametrize(
    ("scheme", "text", "old", "new", "message"),
    [
        (LISTS, LISTED, "lists: [black]", "lists: [blak]", "C052 the scheme has no list `blak`"),
        (LISTS, LISTED, "{list: black,", "{list: blak,", "C052 the scheme has no list `blak`"),
        (LISTS, LISTED, "repair: none", "repair: corse", "C052 the scheme has no repair `corse`"),
        (LISTS, LISTED, "{target: e1, filed_on", "{target: e9, filed_on", "C053 the case has no event `e9`"),
        (LISTS, LISTED, "opened_event: e1", "opened_event: e9", "C053 the case has no event `e9`"),
        (LISTS, LISTED, "with: [food-safety]", "with: [food-safty]", "C056 `food-safty` cannot be used: no scheme"),
        (LISTS, LISTED, "with: [food-safety]", "known_at: 2014-12-31", "C050 unknown event type `violation.minor`"),
        (LISTS, LISTED, "from: boss", "from: bos", "C056 `others` has no subject `bos`"),
        (LISTS, LISTED, "subject: boss", "subject: bos", "C056 `others` has no subject `bos`"),
        (LISTS, LISTED, "relation: manager", "relation: manger", "C056 the scheme has no link `manger`"),
        (LISTS, LISTED, "{kind: business}", "{kind: business, size: 3}", "C051 the subject has no attribute `size`"),
        (INDEX, INDEXED, "tier: low", "tier: lo", "C052 the scheme has no tier `lo`"),
        (INDEX, INDEXED, "dimension: all", "dimension: al", "C052 the scheme has no dimension `al`"),
        (INDEX, INDEXED, "indicator: deeds", "indicator: deed", "C052 the scheme has no indicator `deed`"),
        (INDEX, INDEXED, "{on: 2014-01-31, score", "{score", "C006 an expected publication needs the key `on`"),
    ],
)
def test_mistakes_in_the_further_keys(scheme: Scheme, text: str, old: str, new: str, message: str) -> None:
    assert old in text
    _, problems = check_cases(text.replace(old, new, 1), "cases.yaml", scheme)
    assert [str(problem) for problem in problems if message in str(problem)]
