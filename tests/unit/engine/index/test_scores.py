"""Scales, weights, scores, standings and statements of an index, worked by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from scslab.engine.index.folder import settle_index_into
from scslab.engine.index.settle import settle_index
from scslab.engine.index.state import IndexState, advance_index, start_index
from scslab.engine.settlement import Settlement
from scslab.ground.dates import Calendar
from scslab.ground.problems import ProblemsError
from scslab.scheme.model import CountOf, DaysSince, Domain, Measure, MeasureKind, Scheme, ShareOf, StateCondition, SumOf
from unit.engine.index.index_schemes import IDENTITY, MONTHS_12, dimension, index, indicator, ledger

ON_TIME = ShareOf("pay.on_time", "pay.*", Decimal("0.5"), within=MONTHS_12)


def two_dimensions(**changes: Any) -> Scheme:
    """350 to 950: 60 % payments (share on time, sum up to 100), 40 % one visit in two years."""
    payments = (
        indicator("share", ON_TIME, ((0, 0), (0.9, 0.5), (1, 1))),
        indicator("sum", SumOf("amount", "pay.*"), ((0, 0), (100, 1))),
    )
    options = {"low": 350, "high": 950} | changes
    return index(
        dimension("credit", "0.6", *payments),
        dimension("life", "0.4", indicator("visits", CountOf("visit"))),
        **options,
    )


EVENTS = ledger(
    ("A", "pay.on_time", "2020-01-05", 20),
    ("A", "visit", "2020-01-06"),
    ("A", "pay.late", "2020-02-07", 30),
    ("B", "visit", "2020-03-01"),
)


def settled(scheme: Scheme, events: pl.DataFrame = EVENTS, as_of: str = "2020-03-15", **options: Any) -> Settlement:
    return settle_index(scheme, events, as_of=date.fromisoformat(as_of), threads=1, **options)


def publications(found: Settlement) -> list[tuple[Any, ...]]:
    assert found.publications is not None
    return found.publications.with_columns(pl.col("published_on").cast(pl.String)).rows()


def scores(found: Settlement) -> list[Any]:
    assert found.publications is not None
    return found.publications["score"].to_list()


def test_score_by_hand() -> None:
    found = settled(two_dimensions())
    # January: share 1 -> 1; sum 20 -> 0.2; mean 0.6; x 0.6 = 0.36; visits 1 -> 1 x 0.4; 350 + 600 x 0.76 = 806.
    # February: share 1/2 -> 0.5 x (0.5 / 0.9) = 0.27777...; sum 50 -> 0.5; mean 0.38888...; x 0.6 = 0.23333...;
    # + 0.4 = 0.63333...; 350 + 600 x that = 730.
    assert publications(found) == [("A", "2020-01-31", 806, "high"), ("A", "2020-02-29", 730, "high")]


def test_contributions_by_hand() -> None:
    found = settled(two_dimensions()).contributions
    assert found is not None
    january, february = found.filter(pl.col("published_on") == date(2020, 1, 31)), found.tail(3)
    # 600 x 0.6 x 1 / 2 = 180; 600 x 0.6 x 0.2 / 2 = 36; 600 x 0.4 x 1 = 240; together 456 = 806 - 350.
    assert january["contribution"].to_list() == pytest.approx([180, 36, 240], abs=1e-9)
    assert january["change"].to_list() == [None, None, None]
    # 180 x 0.27777... = 50; 180 x 0.5 = 90; 240.
    assert february["contribution"].to_list() == pytest.approx([50, 90, 240], abs=1e-9)
    assert february["change"].to_list() == pytest.approx([-130, 54, 0], abs=1e-9)
    assert february["dimension"].to_list() == ["credit", "credit", "life"]


def test_scale_is_flat_outside_and_may_fall() -> None:
    scale = ((10, 1), (20, "0.5"), (40, 0))
    scheme = index(dimension("d", 1, indicator("i", SumOf("amount", "visit"), scale)))
    # 5 -> 1 (flat); 15 -> 0.75; 20 -> 0.5; 30 -> 0.25; 50 -> 0 (flat). Each subject has one event.
    events = ledger(*((f"S{n}", "visit", "2020-01-05", n) for n in (5, 15, 20, 30, 50)))
    found = dict(settled(scheme, events).standings.select("subject_id", "score").rows())
    assert found == {"S5": 100, "S15": 75, "S20": 50, "S30": 25, "S50": 0}


def test_one_point_is_a_scale() -> None:
    scheme = index(dimension("d", 1, indicator("i", CountOf("visit"), ((3, "0.25"),))))
    assert scores(settled(scheme, ledger(("A", "visit", "2020-01-05")))) == [25, 25]


def test_scores_round_half_away_from_zero() -> None:
    # 0.125 of 100 is 12.5 exactly in binary: 13. From -100 to 0 it is -87.5: -88.
    half = dimension("d", 1, indicator("i", SumOf("amount", "visit")))
    events = ledger(("A", "visit", "2020-02-05", 0.125))
    assert scores(settled(index(half), events)) == [13]
    assert scores(settled(index(half, low=-100, high=0), events)) == [-88]
    assert scores(settled(index(half, decimals=1), events)) == [Decimal("12.5")]


def test_dated_weights_and_range() -> None:
    since = date(2020, 2, 1)
    first, second = indicator("a", CountOf("visit")), indicator("b", CountOf("pay.*"))
    early, late = {date(1900, 1, 1): 1, since: "0.25"}, {since: "0.75"}
    scheme = index(dimension("d", early, first), dimension("e", late, second), high={date(1900, 1, 1): 100, since: 200})
    # One visit, no payment: January 1 x 1 of 100; February 0.25 x 1 of 200.
    found = settled(scheme, ledger(("A", "visit", "2020-01-05")))
    assert scores(found) == [100, 50]
    assert found.contributions is not None
    # The weight of `b` is not in force in January and counts 0.
    assert found.contributions["contribution"].to_list() == [100, 0, 50, 0]
    assert found.contributions["change"].to_list() == [None, None, -50, 0]


def test_dated_tiers_are_those_of_the_publication_day() -> None:
    scheme = index(dimension("d", 1, indicator("i", CountOf("visit"), ((0, 0), (2, 1)))))
    tiers = (scheme.tiers[0], *index(tiers=dated_tier()).tiers)
    scheme = index(*scheme.dimensions, tiers=tiers)
    # One visit of two: 50, always. `mid` begins at 60 until the end of January, then at 40.
    found = settled(scheme, ledger(("A", "visit", "2020-01-05")))
    assert [row[3] for row in publications(found)] == ["low", "mid"]
    assert found.standings["tier"].item() == "mid"


def dated_tier() -> tuple[Any, ...]:
    from scslab.scheme.model import Tier
    from unit.engine.index.index_schemes import number

    return (Tier("mid", number({date(1900, 1, 1): 60, date(2020, 2, 1): 40})),)


def test_standings() -> None:
    people = pl.DataFrame({"subject_id": ["C", "A"], "years": [3, None]})
    found = settled(two_dimensions(), subjects=people)
    assert found.published_on == date(2020, 2, 29)
    rows = {row["subject_id"]: row for row in found.standings.to_dicts()}
    assert list(rows) == ["A", "B", "C"]
    # B's first event comes after the last publication; C has no event, and the last publication only:
    # share 0.5 -> 0.27777...; the rest 0: 600 x 0.6 x 0.27777... / 2 = 50.
    none = dict.fromkeys(("score", "tier", "published_score", "published_tier", "published_on"))
    expected = {
        "A": {
            "score": 730,
            "tier": "high",
            "published_on": date(2020, 2, 29),
            "events": 3,
            "entries": 0,
            "start": None,
        },
        "B": none | {"events": 1},
        "C": {"score": 400, "published_on": date(2020, 2, 29), "events": 0},
    }
    for name, values in expected.items():
        assert {key: rows[name][key] for key in values} == values
    assert found.entries.is_empty()
    assert [row[:2] for row in publications(found)] == [("A", "2020-01-31"), ("A", "2020-02-29"), ("C", "2020-02-29")]


def test_no_publication_before_the_scheme_is_in_force() -> None:
    found = settled(two_dimensions(since=date(2020, 3, 1)))
    assert publications(found) == []
    assert found.published_on is None
    assert found.standings["score"].to_list() == [None, None]


def test_measures_follow_from_the_last_publication() -> None:
    praise = Measure("praise", MeasureKind.REWARD, Domain.FINANCE, StateCondition(tiers=("high",)))
    scheme = index(dimension("d", 1, indicator("i", CountOf("visit", None, MONTHS_12))), measures=(praise,))
    found = settled(scheme, ledger(("A", "visit", "2020-01-05")), as_of="2021-03-15")
    # One visit: 100, `high`, from 31 January 2020; on 31 January 2021 the window begins on 31 January 2020: 0, `low`.
    (row,) = found.measures.to_dicts()
    assert (row["measure"], row["starts_on"], row["ends_on"]) == ("praise", date(2020, 1, 31), date(2021, 1, 31))


def test_corrections_change_the_past() -> None:
    columns = EVENTS.with_columns(pl.lit(None, pl.String).alias("target"))
    undo = {
        "event_id": "x",
        "subject_id": "A",
        "type": "correction.retract",
        "occurred_on": date(2020, 3, 1),
        "target": "e2",
    }
    events = pl.concat([columns, pl.DataFrame([undo])], how="diagonal")
    # Without the late payment February is as January.
    assert scores(settled(two_dimensions(), events)) == [806, 806]
    assert scores(settled(two_dimensions(), events, known_at=date(2020, 2, 29))) == [806, 730]


def test_statement() -> None:
    scheme = two_dimensions()
    statement = settled(scheme).statement("A")
    assert (statement.start, statement.score) == (350, 730)
    assert [p.change for p in statement.publications] == [None, -76]
    share, total, visits = statement.contributions
    assert (share.what, share.value, share.most) == ("0.5 of pay.* are pay.on_time within 12 months", 0.5, 180)
    assert (total.what, visits.what) == ("amount of pay.* adds up to 50 so far", "1 events visit so far")
    assert share.change == pytest.approx(-130)
    # 180 - 50 = 130 and 180 - 90 = 90 points are left; tier `high` begins at 80, which is far away.
    assert statement.outlook[1:] == (
        "share: 0.5 gives 50.0 of at most 180.0 points; 1 would give all of them.",
        "sum: 50 gives 90.0 of at most 180.0 points; 100 would give all of them.",
        "The next publication is on 2020-03-31.",
        "By then events posted up to 2019-03-31 no longer count for: share.",
    )


def test_statement_before_the_first_publication() -> None:
    statement = settled(two_dimensions()).statement("B")
    assert (statement.contributions, statement.publications) == ((), ())
    assert statement.score == statement.start == 350


def test_run_folder(tmp_path: Path) -> None:
    scheme, as_of = two_dimensions(), date(2020, 3, 15)
    told = settle_index_into(tmp_path, scheme, EVENTS, as_of=as_of)
    whole = settled(scheme)
    for name in ("publications", "contributions", "standings", "entries", "unposted", "measures"):
        assert pl.read_parquet(tmp_path / f"{name}.parquet").equals(getattr(whole, name)), name
    assert told.publications is None
    assert not (tmp_path / "pieces").exists()


def test_standings_only(tmp_path: Path) -> None:
    scheme, as_of = two_dimensions(), date(2020, 3, 15)
    settle_index_into(tmp_path, scheme, EVENTS, as_of=as_of, is_itemised=False)
    assert pl.read_parquet(tmp_path / "standings.parquet").equals(settled(scheme).standings)
    assert {path.name for path in tmp_path.glob("*.parquet")} <= {
        "standings.parquet",
        "unposted.parquet",
        "measures.parquet",
        "memberships.parquet",
    }


def test_steps() -> None:
    state = start_index(two_dimensions())
    with pytest.raises(ValueError, match="not been advanced"):
        state.build_standings()
    state = advance_index(state, EVENTS.head(2), date(2020, 1, 31))
    assert state.collect_publications()["score"].to_list() == [806]
    later = advance_index(state, EVENTS.tail(2), date(2020, 3, 15))
    assert later.collect_publications()["score"].to_list() == [806, 730]
    assert later.collect_contributions().equals(settled(two_dimensions()).contributions)
    assert isinstance(later, IndexState)
    with pytest.raises(ProblemsError, match="R010"):
        advance_index(later, EVENTS.head(0), date(2020, 1, 1))


def test_days_since_falls_back_and_recovers() -> None:
    scheme = index(dimension("d", 1, indicator("i", DaysSince("pay.late", Decimal(100)), ((0, 0), (100, 1)))))
    events = ledger(("A", "visit", "2020-01-05"), ("A", "pay.late", "2020-02-19"))
    # None yet: 100 days, 100 points; 29 February: 10 days; 31 March: 41 days.
    assert scores(settled(scheme, events, "2020-03-31")) == [100, 10, 41]


def test_no_indicator_listens() -> None:
    scheme = index(dimension("d", 1, indicator("i", CountOf("visit"), IDENTITY)), published=Calendar.MONTH)
    found = settled(scheme, ledger(("A", "pay.late", "2020-02-05")))
    assert scores(found) == [0]
    assert found.unposted["reason"].to_list() == ["no rule for this type"]
