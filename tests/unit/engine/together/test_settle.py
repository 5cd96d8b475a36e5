"""Several schemes on one ledger; every expected number is worked out by hand beside it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

import scslab as scs
from scslab.engine.together.folder import write_together
from scslab.engine.together.links import load_links
from scslab.engine.together.succession import find_on_scale, round_points
from unit.engine.together.files import COURT, RAIL, ROWS, parse, table

END = date(2020, 12, 31)
TAX = """
scheme: tax
title: Tax
operator: {kind: government, name: Tax}
subjects: {kind: business}
sources: {law: {title: The law, confidence: read}}
events: {tax.evasion: {}, tax.related: {}}
score: {start: 100}
tiers: [{id: D, from: 0}, {id: C, from: 80}, {id: B, from: 95}]
rules:
  - {id: evasion, on: tax.evasion, points: -30, source: law}
  - {id: related, on: tax.related, points: -10, source: law}
links: {manages: {}}
spread:
  - {id: firms, when: {tier: [D]}, along: [^manages, manages], event: tax.related, source: law}
"""
LINKS = pl.DataFrame(
    [
        ("M", "manages", "S", None, None),
        ("M", "manages", "T", None, None),
        ("M", "manages", "U", "2020-02-01", None),  # not yet on 31 January
        ("M", "owns", "V", None, None),  # no such relation
        ("N", "manages", "W", "2020-02-01", "2020-01-01"),  # ends before it begins
    ],
    schema=dict.fromkeys(("subject_id", "relation", "other_id", "since", "until"), pl.String),
    orient="row",
)


def settle(*schemes: scs.Scheme, rows: list[tuple[str, str, str, str]] = ROWS, **query: object) -> scs.Together:
    return scs.settle_together(list(schemes), table(rows), as_of=END, **query)  # type: ignore[arg-type]


def test_conditions_read_lists_as_of_the_day_before_and_measures_with_delay() -> None:
    together = settle(parse(RAIL), parse(COURT))
    rail = together.settlements["rail"]
    # S: only E6 counts, 100 + 5; T: 100 - 30; U: 100 + 5.
    assert dict(rail.standings.select("subject_id", "score").iter_rows()) == {"S": 105, "T": 70, "U": 105}
    assert rail.entries["event_id"].to_list() == ["E6", "E3", "E8"]
    # [31 January, 1 March) a month later is [29 February, 1 April); T falls to D on 10 February.
    assert rail.measures.select("subject_id", "measure", "starts_on", "ends_on").rows() == [
        ("S", "no-first-class", date(2020, 2, 29), date(2020, 4, 1)),
        ("T", "banned", date(2020, 2, 10), None),
    ]


def test_rows_in_are_used_by_one_scheme_at_least_or_set_aside() -> None:
    together = settle(parse(RAIL), parse(COURT))
    # E7 is a word of neither. The court is given E1, E4 and E7; the railway all but E1 and E4.
    assert (together.rows_in, together.rows_used, together.rows_set_aside) == (8, 7, 1)
    assert together.set_aside.select("event_id", "code").rows() == [("E7", "L004")]
    counts = {name: each.counts for name, each in together.settlements.items()}
    assert {name: (c.rows_in, c.rows_used, c.rows_set_aside) for name, c in counts.items()} == {
        "court": (3, 2, 1),
        "rail": (6, 5, 1),
    }
    assert together.is_read_once


def test_alone_or_together_a_scheme_without_readings_settles_alike() -> None:
    own = [row for row in ROWS if row[2].startswith("court.")]
    alone = scs.settle(parse(COURT), table(own), as_of=END)
    together = settle(parse(RAIL), parse(COURT)).settlements["court"]
    assert together.memberships.equals(alone.memberships)
    assert together.standings.equals(alone.standings)


def test_schemes_that_mean_different_things_by_a_word_read_the_ledger_each_for_itself() -> None:
    rail = parse(RAIL, **{"ride.good: {}": "ride.good: {}\n  court.default: {amount: text}"})
    together = settle(rail, parse(COURT))
    assert not together.is_read_once
    assert dict(together.settlements["rail"].standings.select("subject_id", "score").iter_rows())["S"] == 105


@pytest.mark.parametrize(
    ("carry", "start"),
    [("points", 70), ("start", 1000), ("{scale: [[40, 600], [100, 1000]]}", 800), ("{tiers: {D: 500}}", 500)],
)
def test_a_successor_takes_over_what_was_there_the_day_before(carry: str, start: int) -> None:
    # Under the railway T falls to 70 (tier D) on 10 February; 70 lies halfway between 40 and 100.
    law = f"succeeds: {{scheme: rail, on: 2020-03-01, carry: {carry}}}\nscore: {{start: 1000}}"
    later = parse(RAIL, **{"scheme: rail": "scheme: rail-2020", "score: {start: 100}": law})
    rows = [*ROWS, ("E9", "T", "ride.smoking", "2020-03-05")]
    together = settle(parse(RAIL), later, parse(COURT), rows=rows)
    earlier, found = together.settlements["rail"], together.settlements["rail-2020"]
    assert earlier.as_of == date(2020, 2, 29)
    row = found.standings.row(by_predicate=pl.col("subject_id") == "T", named=True)
    assert (row["start"], row["score"]) == (start, start - 30)
    # E5, E6, E8 and E9 are left to the successor, and are used.
    assert together.left == {"rail": 4}
    assert together.rows_set_aside == 1


def test_scales_are_exact_and_flat_outside() -> None:
    from decimal import Decimal
    from fractions import Fraction

    scale = ((Decimal(0), Decimal(0)), (Decimal(3), Decimal(1)))
    assert [find_on_scale(scale, Fraction(x)) for x in (-1, 1, 9)] == [0, Fraction(1, 3), 1]
    assert [round_points(Fraction(x), 0) for x in ("1/2", "-1/2", "0.49")] == [1, -1, 0]


def test_what_befalls_a_firm_spreads_along_links_that_hold_that_day() -> None:
    rows = [("E1", "S", "tax.evasion", "2020-01-31"), ("E2", "U", "tax.evasion", "2020-03-01")]
    together = settle(parse(TAX), rows=rows, links=LINKS)
    found = together.settlements["tax"]
    # 31 January: S falls to D, and M manages S and T. 1 March: U falls to D, and M manages S, T and U.
    assert found.entries.select("subject_id", "event_id", "effective").rows() == [
        ("S", "E1", -30),
        ("S", "spread:firms:U:2020-03-01", -10),
        ("T", "spread:firms:S:2020-01-31", -10),
        ("T", "spread:firms:U:2020-03-01", -10),
        ("U", "E2", -30),
    ]
    assert found.counts.events_posted == 5
    count = together.spread["tax"]
    assert (count.begun, count.derived, count.unposted, count.touched) == (2, 3, 0, 2)


def test_links_that_cannot_be_used_are_told() -> None:
    links = load_links(LINKS, [parse(TAX)])
    assert (links.rows_in, links.frame.height) == (5, 3)
    assert links.set_aside.select("row", "code").rows() == [(4, "L044"), (5, "L045")]


def test_a_folder_of_runs_opens_as_runs(tmp_path: Path) -> None:
    together = settle(parse(RAIL), parse(COURT))
    write_together(together, tmp_path / "both")
    run = scs.open_run(tmp_path / "both" / "rail")
    assert run.statement("T").score == 70
    with pytest.raises(scs.ProblemsError, match="R030"):
        write_together(together, tmp_path / "both")
    write_together(together, tmp_path / "both", is_replacing=True)


def test_a_scheme_that_settles_alone_says_what_it_could_not_read() -> None:
    notes = {note.code: note for note in scs.settle(parse(RAIL), table(), as_of=END).notes}
    assert "the scheme reads `court`, and settles alone" in notes["R093"].message
    rows = [("E1", "S", "tax.evasion", "2020-01-31")]
    assert "R088" in {note.code for note in scs.settle(parse(TAX), table(rows), as_of=END).notes}
