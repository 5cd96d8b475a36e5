"""The sections on lists, measures over time, objections and indices. Tables are small enough to count by hand:

bad (blacklist)  A 2022-01-10 event -> 2022-03-11 term (60 days), A 2022-06-01 event -> open,
                 B 2022-02-01 event -> 2022-02-21 repair (20 days)                        median of ended stays: 40
objections       upheld after 10 days, rejected after 20 days, one open                  median of decided ones: 15
praise           A from 2021-03-10, D from 2021-01-01, both open; C 2021-01-01 -> 2021-05-05 (124 days)
index            350 to 850, two dimensions of one half: full marks 250 points each, one indicator in each
"""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from scslab.engine.settlement import Settlement
from scslab.ground.dates import Period
from scslab.ground.text import Text
from scslab.report import build_report
from scslab.report.sections.index_statements import choose_subjects
from scslab.report.sections.lists import count_members
from scslab.scheme.model import (
    EventCondition,
    ListKind,
    Objection,
    Remove,
    Repair,
    Scheme,
    Score,
    ScoreKind,
    SubjectKind,
    SubjectList,
    SubjectScope,
    Term,
)
from scslab.scheme.reader import read_scheme
from unit.report.outline import Outline

MEMBERSHIPS = pl.DataFrame(
    [
        ("A", "bad", date(2022, 1, 10), date(2022, 3, 11), "event", "term"),
        ("A", "bad", date(2022, 6, 1), None, "event", None),
        ("B", "bad", date(2022, 2, 1), date(2022, 2, 21), "event", "repair"),
    ],
    orient="row",
    schema=["subject_id", "list", "opened_on", "closed_on", "opened_by", "closed_by"],
)
OBJECTIONS = pl.DataFrame(
    [
        ("A", "upheld", date(2022, 1, 10), date(2022, 1, 20)),
        ("A", "rejected", date(2022, 2, 1), date(2022, 2, 21)),
        ("B", "open", date(2022, 12, 1), None),
    ],
    orient="row",
    schema=["subject_id", "outcome", "filed_on", "decided_on"],
)


@pytest.fixture
def listed(tiny: Settlement) -> Settlement:
    way = EventCondition("deed.bad")
    bad = SubjectList(
        "bad", ListKind.BLACKLIST, True, (way,), (Term(Period(days=60)),), title=Text("Bad firms", "黑名单")
    )
    scheme = dataclasses.replace(
        tiny.scheme,
        lists=(bad,),
        objection=Objection(Period(days=60), True),
        repairs=(Repair("amends", "deed.good", Remove("bad"), title=Text("Amends")),),
    )
    ended = tiny.measures.head(1).with_columns(
        subject_id=pl.lit("C"), starts_on=pl.lit(date(2021, 1, 1)), ends_on=pl.lit(date(2021, 5, 5))
    )
    measures = pl.concat([tiny.measures, ended])
    return dataclasses.replace(tiny, scheme=scheme, memberships=MEMBERSHIPS, objections=OBJECTIONS, measures=measures)


def test_members_on_a_day() -> None:
    # A membership is half-open: on the day it closes it is over.
    days = (
        date(2022, 1, 9),
        date(2022, 1, 10),
        date(2022, 2, 15),
        date(2022, 2, 21),
        date(2022, 3, 11),
        date(2022, 7, 1),
    )
    assert count_members(MEMBERSHIPS, "bad", days) == [0, 1, 2, 1, 0, 1]
    assert count_members(MEMBERSHIPS, "other", days) == [0] * 6


def test_lists_in_numbers(listed: Settlement) -> None:
    page = Outline(build_report(listed, language="en"))
    assert "2 businesses (50.0%) were put on a list at some time, 3 times on a list in all." in page.text
    assert "On 31 Dec 2022 those on a list are 1 business." in page.text
    assert page.tables["The lists in numbers"][1] == ["Bad firms|blacklist: blames", "2", "1|25.0%", "1", "40 days"]
    assert page.tables["Ways on and off"][1:] == [
        ["Bad firms", "on", "an event", "3"],
        ["Bad firms", "off", "repair", "1"],
        ["Bad firms", "off", "the end of the term", "1"],
    ]
    assert page.tables["On the lists over time"][-1] == ["2022-12-31", "1"]


def test_objections_and_repairs(listed: Settlement) -> None:
    page = Outline(build_report(listed, language="en"))
    assert "3 objections by 2 businesses. Half of those that ended were decided within 15 days." in page.text
    assert sorted(page.tables["Objections by outcome"][1:4]) == [
        ["open", "1", "33.3%"],
        ["rejected", "1", "33.3%"],
        ["upheld", "1", "33.3%"],
    ]
    assert page.tables["Repairs"][1][0] == "Amends|Takes off the list “Bad firms”."
    assert "Repair ended 1 time on a list." in page.text


def test_measures_as_intervals(listed: Settlement) -> None:
    page = Outline(build_report(listed, language="en"))
    assert page.tables["Measures over time"][1] == ["Public praise", "3", "3", "124 days"]
    # Rewarded now and ever; the scheme has no restriction in the domain.
    assert page.tables["By domain of life"][1] == ["reputation", "2", "3", "–", "–"]
    assert page.tables["Measures in force"][1][-1] == "2|50.0%"


def test_a_scheme_without_a_score_has_no_sections_on_scores(listed: Settlement) -> None:
    score = dataclasses.replace(listed.scheme.score, kind=ScoreKind.NONE)
    scheme = dataclasses.replace(listed.scheme, score=score, rules=(), tiers=(), measures=(), yardstick=None)
    text = Outline(build_report(dataclasses.replace(listed, scheme=scheme), language="en")).text
    assert "The scheme keeps no score." in text
    assert "Who is on the lists" in text
    for title in ("In one minute", "Scores and tiers", "Example statements", "The rules, in plain words"):
        assert title not in text


@pytest.fixture
def index(tiny: Settlement) -> Settlement:
    text = (Path(__file__).parents[1] / "scheme" / "data" / "index.yaml").read_text(encoding="utf-8")
    scheme: Scheme = read_scheme(text)
    kept = tuple(dataclasses.replace(each, indicators=each.indicators[:1]) for each in scheme.dimensions)
    scheme = dataclasses.replace(scheme, dimensions=kept, lists=(), subjects=SubjectScope((SubjectKind.BUSINESS,)))
    first, last = date(2022, 11, 30), date(2022, 12, 31)
    rows = [
        ("A", first, "475.0", "fair"), ("B", first, "600.0", "good"), ("C", first, "725.0", "good"),
        ("A", last, "475.0", "fair"), ("B", last, "475.0", "fair"), ("C", last, "725.0", "good"),
        ("D", last, "600.0", "good"),
    ]  # fmt: skip
    publications = pl.DataFrame(
        [(subject, day, Decimal(score), tier) for subject, day, score, tier in rows],
        orient="row",
        schema={"subject_id": pl.String, "published_on": pl.Date, "score": pl.Decimal(18, 1), "tier": pl.String},
    )
    parts = [
        ("A", 0.5, 0.5, 125.0, 0.0, 0.0), ("B", 0.5, 0.5, 125.0, 0.0, -125.0),
        ("C", 1.0, 1.0, 250.0, 125.0, 0.0), ("D", 1.0, 1.0, 250.0, 0.0, None),
    ]  # fmt: skip
    contributions = pl.DataFrame(
        [
            row
            for subject, value, scaled, history, rest, change in parts
            for row in (
                (subject, last, "history", "on-time", value, scaled, history, change),
                (subject, last, "rest", "spent", rest * 40, rest / 250, rest, None if change is None else 0.0),
            )
        ],
        orient="row",
        schema=["subject_id", "published_on", "dimension", "indicator", "value", "scaled", "contribution", "change"],
    )
    now = publications.filter(pl.col("published_on") == last).select("subject_id", "score", "tier")
    standings = (
        tiny.standings.drop("score", "tier", "start")
        .join(now, on="subject_id")
        .with_columns(
            start=pl.lit(None, pl.Decimal(18, 1)), tier_by_score=pl.col("tier"), published_tier=pl.col("tier")
        )
    )
    return dataclasses.replace(
        tiny,
        scheme=scheme,
        standings=standings,
        entries=tiny.entries.clear(),
        measures=tiny.measures.clear(),
        publications=publications,
        contributions=contributions,
    )


def test_who_is_shown_of_an_index(index: Settlement) -> None:
    # C is highest; A and B are lowest, A comes first; the middle is 537.5, as far from 475 (B) as from 600 (D): B comes
    # first; then D, the only one left.
    assert index.publications is not None
    chosen = [(reason, row["subject_id"]) for reason, row in choose_subjects(index.publications)]
    assert chosen == [("highest", "C"), ("lowest", "A"), ("median", "B"), ("moved", "D")]


def test_an_index_from_publication_to_publication(index: Settlement) -> None:
    page = Outline(build_report(index, language="en"))
    assert "2 publications, from 30 Nov 2022 to 31 Dec 2022." in page.text
    # Quantiles of 475, 600, 725 and of 475, 475, 600, 725, linear between the points.
    scores = page.tables["Scores at each publication"]
    assert scores[1] == [
        "2022-11-30",
        "3",
        "487.5",
        "537.5",
        "600.0",
        "662.5",
        "712.5",
    ]
    assert scores[2][2:] == ["475.0", "475.0", "537.5", "631.25", "706.25"]
    # Means over four subjects: (125 + 125 + 250 + 250) / 4 = 187.5; changes of the three with a publication before.
    assert page.tables["Where the points come from, 31 Dec 2022"][1:] == [
        ["On time|History", "187.5", "250.0", "−41.7"],
        ["spent|rest", "31.2", "250.0", "0.0"],
    ]
    for title in ("What moved the scores", "Where caps and bounds bit", "Moves between tiers"):
        assert title not in page.text


def test_a_statement_of_an_index(index: Settlement) -> None:
    page = Outline(build_report(index, language="en"))
    assert page.tables["The points of B"][1:] == [
        ["On time|History", "0.5", "50.0%", "125.0", "−125.0"],
        ["spent|rest", "0", "0.0%", "0.0", "0.0"],
    ]
    assert "Up to 250.0 points more from “spent” (scale: 0 → 0%, 10000 → 100%)." in page.text
    assert Score(start=index.scheme.score.start).kind is ScoreKind.POINTS  # the fixture's index says so itself
    assert index.scheme.score.kind is ScoreKind.INDEX


def test_a_statement_of_a_person_has_no_name(index: Settlement) -> None:
    people = dataclasses.replace(index.scheme, subjects=SubjectScope((SubjectKind.RESIDENT,)))
    html = build_report(dataclasses.replace(index, scheme=people), language="en")
    assert "The points of Subject 1" in html
    assert "The points of C" not in html
