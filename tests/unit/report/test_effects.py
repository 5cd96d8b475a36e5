"""Points by rule and source, cuts, and unused input. Expected values are read off the table in conftest.py."""

import dataclasses

import polars as pl

from scslab.engine.settlement import Settlement
from scslab.report.effects import count_cuts, sum_by_rule, sum_by_source, sum_cuts
from scslab.report.unused import count_unposted, list_defects
from scslab.scheme.model import SubjectKind, SubjectScope


def test_sums_points_by_rule(tiny: Settlement) -> None:
    # rule, entries, subjects, gained, lost, lapsed, moved. good: 5 + 2 + 5, lapses -5 - 2; bad: 3 times -30, +30 twice.
    assert sum_by_rule(tiny).rows() == [
        ("bad", 3, 2, 0, -90, 60, 90),
        ("good", 3, 2, 12, 0, -7, 12),
        ("hold", 1, 1, 0, 0, 0, 0),
    ]


def test_a_rule_that_never_acted_has_zeros(tiny: Settlement) -> None:
    none = dataclasses.replace(tiny, entries=tiny.entries.filter(pl.col("rule") == "bad"))
    assert sum_by_rule(none).rows()[1:] == [("good", 0, 0, 0, 0, 0, 0), ("hold", 0, 0, 0, 0, 0, 0)]


def test_sums_points_by_source(tiny: Settlement) -> None:
    # court: B's two entries of -30, one lapsed; not named: C's +5, -30 and 0, one lapsed; shop: A's 5 + 2, both lapsed.
    found = sum_by_source(tiny)
    assert found is not None
    assert found.rows() == [
        ("court", 2, 1, 0, -60, 30, 60),
        (None, 3, 1, 5, -30, 30, 35),
        ("shop", 2, 1, 7, 0, -7, 7),
    ]


def test_a_ledger_without_sources_has_none(tiny: Settlement) -> None:
    assert sum_by_source(dataclasses.replace(tiny, entries=tiny.entries.drop("source"))) is None


def test_finds_what_caps_and_bounds_cut(tiny: Settlement) -> None:
    # A's second entry: 5 by the rule, 3 after its cap (2 withheld), 2 under the ceiling (1 withheld): two cuts of one.
    assert sum_cuts(tiny).rows() == [("good", "rule", False, 1, 0, 2), ("good", "ceiling", True, 1, 0, 1)]
    assert count_cuts(tiny) == (1, 0)


def test_floor_and_lapses_are_cuts_too(tiny: Settlement) -> None:
    # B's last entry ends at a floor of 100 and takes nothing (30 withheld); its lapse is made to stop 10 short.
    at_floor = (pl.col("subject_id") == "B") & (pl.col("seq") == 3)
    lapse = (pl.col("subject_id") == "B") & (pl.col("seq") == 2)
    effective = pl.when(at_floor).then(0).when(lapse).then(20).otherwise(pl.col("effective"))
    cut = dataclasses.replace(tiny, entries=tiny.entries.with_columns(effective=effective))
    assert sum_cuts(cut).filter(pl.col("rule") == "bad").rows() == [
        ("bad", "floor", True, 1, 1, 30),
        ("bad", "ceiling", True, 1, 0, 10),
    ]
    assert count_cuts(cut) == (3, 1)


def test_counts_defects_by_code(tiny: Settlement) -> None:
    first, second = list_defects(tiny)
    assert (first.code, first.problems, first.rows) == ("L008", 2, 2)
    assert first.examples == ((12, "weight", "`heavy` is not a number"), (13, "weight", "`light` is not a number"))
    assert (second.code, second.examples) == ("L011", ((11, "", "repeats row 2 exactly"),))


def test_hides_quoted_values_where_people_are_scored(tiny: Settlement) -> None:
    scheme = dataclasses.replace(tiny.scheme, subjects=SubjectScope((SubjectKind.RESIDENT,)))
    first, _ = list_defects(dataclasses.replace(tiny, scheme=scheme))
    assert first.examples[0] == (12, "weight", "`…` is not a number")


def test_counts_unposted_events(tiny: Settlement) -> None:
    assert count_unposted(tiny).rows() == [("no condition held", "deed.bad", 2), ("undecided", "deed.bad", 1)]
