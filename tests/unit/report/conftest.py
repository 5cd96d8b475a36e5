"""A settlement of four businesses, small enough to work out every number of its report by hand.

Start 100, ceiling 107, floor 0; tiers low from 0, mid from 80, high from 100. Rules: `good` +5, at most 8 a year, valid
12 months; `bad` -30, valid 6 months; `hold` 0 points, holds the tier at `low` for 3 months. Standing on 2022-12-31:

    A  2021-03-10 good +5 (100 -> 105); 2021-09-01 good +5, cut to +3 by its cap and to +2 by the ceiling (105 -> 107);
       2022-03-10 lapse -5 (-> 102); 2022-09-01 lapse -2 (-> 100)                             score 100, tier high
    B  2022-02-01 bad -30 (-> 70); 2022-08-01 lapse +30 (-> 100); 2022-11-15 bad -30          score 70, tier low
    C  2021-05-05 bad -30 (-> 70); 2021-11-05 lapse +30 (-> 100); 2022-10-20 hold 0;
       2022-12-01 good +5 (-> 105)                             score 105, by score high, held at low until 2023-01-20
    D  no entry                                                                               score 100, tier high
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from scslab.engine.settlement import Counts, Settlement
from scslab.ground.dates import Calendar, Period
from scslab.ground.problems import Problem, Severity
from scslab.ground.text import Text
from scslab.scheme.conditions import Expression, Literal, ValueType
from scslab.scheme.dated import Dated
from scslab.scheme.model import (
    Cap,
    Confidence,
    Domain,
    EventType,
    InForce,
    LimitTier,
    Measure,
    MeasureKind,
    Operator,
    OperatorKind,
    Rule,
    Scheme,
    Score,
    Source,
    StateCondition,
    SubjectKind,
    SubjectScope,
    Tier,
    Yardstick,
)

AS_OF = date(2022, 12, 31)


def number(value: int | str) -> Dated[Decimal]:
    return Dated.constant(Decimal(value))


@pytest.fixture
def scheme() -> Scheme:
    return Scheme(
        id="tiny",
        title=Text("Tiny score", "小小分"),
        operator=Operator(OperatorKind.RESEARCH, Text("The laboratory", "实验室")),
        subjects=SubjectScope((SubjectKind.BUSINESS,)),
        events={
            "deed.good": EventType("deed.good", {}, Text("A good deed", "好事")),
            "deed.bad": EventType("deed.bad", {}, Text("A bad deed", "坏事")),
        },
        score=Score(start=number(100), floor=number(0), ceiling=number(107)),
        in_force=InForce(date(2021, 1, 1)),
        sources={"law": Source("law", "The law", "https://example.org/law", Confidence.READ)},
        tiers=(
            Tier("low", number(0), Text("Low", "低")),
            Tier("mid", number(80), Text("Middle", "中")),
            Tier("high", number(100), Text("High", "高")),
        ),
        rules=(
            Rule(
                "good",
                "deed.good",
                points=number(5),
                cap=Cap(number(8), Calendar.YEAR),
                valid=Period(months=12),
                source="law",
                title=Text("Good deeds", "做好事"),
            ),
            Rule(
                "bad",
                "deed.*",
                when=Expression("weight > 3", Literal(True, ValueType.BOOLEAN)),
                points=number(-30),
                valid=Period(months=6),
                title=Text("Bad deeds", "做坏事"),
            ),
            Rule("hold", "deed.bad", points=number(0), limit_tier=LimitTier("low", Period(months=3))),
        ),
        measures=(
            Measure(
                "praise",
                MeasureKind.REWARD,
                Domain.REPUTATION,
                StateCondition(tiers=("high",)),
                title=Text("Public praise", "公开表扬"),
            ),
        ),
        yardstick=Yardstick("stars", Text("Stars", "星级")),
        digest="d" * 64,
    )


ENTRIES = [
    # as in COLUMNS, then the day of the lapse, what capped it, and the source of the event
    ("A", 1, date(2021, 3, 10), "event", "E1", "deed.good", "good", 5, 5, 5, 100, 105, date(2022, 3, 10), None, "shop"),
    ("A", 2, date(2021, 9, 1), "event", "E2", "deed.good", "good", 5, 3, 2, 105, 107, date(2022, 9, 1), "rule", "shop"),
    ("A", 3, date(2022, 3, 10), "lapse", "E1", "deed.good", "good", -5, -5, -5, 107, 102, None, None, "shop"),
    ("A", 4, date(2022, 9, 1), "lapse", "E2", "deed.good", "good", -2, -2, -2, 102, 100, None, None, "shop"),
    (
        "B",
        1,
        date(2022, 2, 1),
        "event",
        "E3",
        "deed.bad",
        "bad",
        -30,
        -30,
        -30,
        100,
        70,
        date(2022, 8, 1),
        None,
        "court",
    ),
    ("B", 2, date(2022, 8, 1), "lapse", "E3", "deed.bad", "bad", 30, 30, 30, 70, 100, None, None, "court"),
    (
        "B",
        3,
        date(2022, 11, 15),
        "event",
        "E4",
        "deed.bad",
        "bad",
        -30,
        -30,
        -30,
        100,
        70,
        date(2023, 5, 15),
        None,
        "court",
    ),
    ("C", 1, date(2021, 5, 5), "event", "E5", "deed.bad", "bad", -30, -30, -30, 100, 70, date(2021, 11, 5), None, None),
    ("C", 2, date(2021, 11, 5), "lapse", "E5", "deed.bad", "bad", 30, 30, 30, 70, 100, None, None, None),
    ("C", 3, date(2022, 10, 20), "event", "E6", "deed.bad", "hold", 0, 0, 0, 100, 100, None, None, None),
    ("C", 4, date(2022, 12, 1), "event", "E7", "deed.good", "good", 5, 5, 5, 100, 105, date(2023, 12, 1), None, None),
]
COLUMNS = [
    "subject_id",
    "seq",
    "posted_on",
    "kind",
    "event_id",
    "type",
    "rule",
    "nominal",
    "granted",
    "effective",
    "score_before",
    "score_after",
]


@pytest.fixture
def entries() -> pl.DataFrame:
    table = pl.DataFrame(ENTRIES, orient="row", schema=[*COLUMNS, "lapses_on", "capped_by", "source"])
    # Types as the engine gives them.
    return table.with_columns(
        pl.col("kind").cast(pl.Enum(["event", "lapse", "restart"])),
        pl.col("rule").cast(pl.Enum(["good", "bad", "hold"])),
        pl.col("capped_by").cast(pl.Enum(["rule"])),
        pl.lit(None, pl.Int32).alias("occurrence"),
    )


@pytest.fixture
def tiny(scheme: Scheme, entries: pl.DataFrame) -> Settlement:
    tiers = pl.Enum(["low", "mid", "high"])
    held = date(2023, 1, 20)
    standings = pl.DataFrame(
        {
            "subject_id": ["A", "B", "C", "D"],
            "score": [100, 70, 105, 100],
            "tier": pl.Series(["high", "low", "low", "high"], dtype=tiers),
            "tier_by_score": pl.Series(["high", "low", "high", "high"], dtype=tiers),
            "held_until": pl.Series([None, None, held, None], dtype=pl.Date),
            "start": [100, 100, 100, 100],
            "published_on": [AS_OF] * 4,
            "published_score": [100, 70, 105, 100],
            "published_tier": pl.Series(["high", "low", "low", "high"], dtype=tiers),
            "events": [2, 2, 3, 1],
            "entries": [4, 3, 4, 0],
            "last_posted_on": [date(2022, 9, 1), date(2022, 11, 15), date(2022, 12, 1), None],
        }
    )
    unposted = pl.DataFrame(
        [
            ("A", "E8", "deed.bad", date(2022, 1, 1), "no condition held"),
            ("D", "E9", "deed.bad", date(2022, 1, 2), "undecided"),
            ("D", "E10", "deed.bad", date(2022, 1, 3), "no condition held"),
        ],
        orient="row",
        schema=["subject_id", "event_id", "type", "posted_on", "reason"],
    )
    measures = pl.DataFrame(
        {
            "subject_id": ["A", "D"],
            "measure": ["praise", "praise"],
            "kind": ["reward", "reward"],
            "domain": ["reputation", "reputation"],
            "starts_on": [date(2021, 3, 10), date(2021, 1, 1)],
            "ends_on": pl.Series([None, None], dtype=pl.Date),
            "reason": ["tier high", "tier high"],
        }
    )
    set_aside = pl.DataFrame(
        [
            (11, "E2", "A", "", "L011", "repeats row 2 exactly"),
            (12, "E11", "A", "weight", "L008", "`heavy` is not a number"),
            (13, "E12", "B", "weight", "L008", "`light` is not a number"),
        ],
        orient="row",
        schema=["row", "event_id", "subject_id", "column", "code", "reason"],
    )
    return Settlement(
        scheme=scheme,
        as_of=AS_OF,
        known_at=None,
        published_on=AS_OF,
        standings=standings,
        entries=entries,
        unposted=unposted,
        measures=measures,
        set_aside=set_aside,
        counts=Counts(
            rows_in=13,
            rows_used=10,
            rows_set_aside=3,
            events_made=10,
            events_settled=10,
            events_posted=7,
            events_unposted={"no condition held": 2, "undecided": 1},
            undecided={"bad": 1},
            capped_to_nothing=0,
            cut_by_cap=1,
            cut_by_floor=0,
            cut_by_ceiling=1,
            duplicates=1,
        ),
        notes=(Problem("L150", "column `zip` was not used", severity=Severity.WARNING),),
        subjects=pl.DataFrame({"subject_id": ["A", "B", "C", "D"], "stars": [5, 1, 3, None]}),
        provenance={
            "command": "scslab settle tiny",
            "versions": {"scslab": "0.1.0"},
            "scheme_text": "NOT IN THE REPORT",
        },
    )
