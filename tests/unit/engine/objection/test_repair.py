"""Repairs of points, worked by hand. The start is 100, `bad` takes 30, a `deed` repairs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

import scslab as scs
from scslab.engine.compile import compile_scheme
from scslab.engine.jit import kernel
from scslab.engine.objection.kernel_story import share_points
from scslab.engine.objection.limits import check_restores
from scslab.engine.objection.story import build_restores
from scslab.ground.problems import ProblemsError
from unit.engine.objection.contested import HALF, POINTS, SUSPENDING, law, ledger, points, settle, unposted

E1 = ("E1", "bad", "2020-01-01")


def deed(event: str, day: str) -> tuple[str, ...]:
    return event, "deed", day


def test_half_is_given_back_once() -> None:
    found = settle(law(POINTS + HALF), "2020-12-31", E1, deed("G1", "2020-02-01"), deed("G2", "2020-02-02"))
    assert points(found) == [("event", -30), ("repair", 15)]
    assert found.entries.select("event_id", "target", "repair", "rule", "nominal").row(1) == (
        "G1",
        "E1",
        "half",
        "bad",
        15,
    )
    assert unposted(found) == {"G2": "nothing to repair"}
    assert (found.counts.events_posted, found.counts.events_unposted) == (2, {"nothing to repair": 1})


def test_what_the_filing_leaves_alone_can_be_repaired_and_what_it_suspends_cannot() -> None:
    # On 6 January E2 is suspended, so the deed reaches E1 although E2 is later.
    rows = [E1, ("E2", "bad", "2020-01-02"), ("F1", "objection.filed", "2020-01-05", "E2"), deed("G1", "2020-01-06")]
    found = settle(law(POINTS + HALF + SUSPENDING), "2020-12-31", *rows)
    assert found.entries["target"].to_list() == [None, None, "E2", "E1"]
    assert found.standings["score"].to_list() == [100 - 30 + 15]


def test_a_repair_that_shares_its_event_with_a_rule() -> None:
    text = "score: {start: 100}\nrules: [{id: bad, on: bad, points: -30}, {id: deed, on: deed, points: 1}]\n" + HALF
    found = settle(law(text), "2020-12-31", E1, deed("G1", "2020-02-01"), deed("G2", "2020-02-02"))
    assert points(found) == [("event", -30), ("repair", 15), ("event", 1), ("event", 1)]
    assert unposted(found) == {}


@kernel
def _share(points: np.int64, part: np.int64, whole: np.int64) -> np.int64:
    return share_points(points, part, whole)


@pytest.mark.parametrize(
    ("given", "share", "back"),
    [
        (25, "0.5", 13),  # 12.5: half away from zero
        (7, "0.333333333", 2),  # 2.333333331
        (10**18, "0.999999999", 10**18 - 10**9),
        (999_999_999_999_999_999, "0.999999999", 999_999_998_999_999_999),  # … 999.000000001
        (3, "1", 3),
        (0, "0.5", 0),
    ],
)
def test_a_share_is_exact(given: int, share: str, back: int) -> None:
    part, whole = Decimal(share).as_integer_ratio()
    assert _share(given, part, whole) == back


def test_a_share_with_too_many_digits_is_refused() -> None:
    text = HALF.replace("0.5", "0.12345678901")
    with pytest.raises(ProblemsError, match="too many digits"):
        settle(law(POINTS + text), "2020-12-31", E1)
    check_restores(law(POINTS + HALF))


def test_a_lifetime_is_a_year_where_scores_restart() -> None:
    text = "score: {start: 100, restarts: yearly}\nrules: [{id: bad, on: bad, points: -30}]\n"
    text += "repair: [{id: half, on: deed, restores: {rule: bad, share: 0.5}, at_most: {times: 1, per: lifetime}}]\n"
    rows = [E1, deed("G1", "2020-02-01"), ("E2", "bad", "2020-03-01"), deed("G2", "2020-03-02")]
    rows += [("E3", "bad", "2021-02-01"), deed("G3", "2021-02-02")]
    found = settle(law(text), "2021-12-31", *rows)
    assert unposted(found) == {"G2": "nothing to repair"}
    assert points(found)[-2:] == [("event", -30), ("repair", 15)]


def test_rules_that_no_repair_names_are_left_alone() -> None:
    table, restored = build_restores(compile_scheme(law(POINTS + HALF)))
    assert (table[0, :2].tolist(), restored.tolist()) == ([1, 2], [[True]])


def test_a_settlement_in_steps_remembers_what_was_done() -> None:
    # Twice a year; the third deed comes in a later step, the fourth in the next year.
    text = HALF.replace("title", "at_most: {times: 2, per: year}, title")
    rows = [(f"E{n}", "bad", "2020-01-01") for n in range(1, 5)]
    deeds = [deed("G1", "2020-02-01"), deed("G2", "2020-03-01"), deed("G3", "2020-04-01"), deed("G4", "2021-01-01")]
    scheme = law(POINTS + text)
    state = scs.start(scheme)
    steps = ((rows, "2020-01-15"), (deeds[:1], "2020-02-15"), (deeds[1:2], "2020-03-15"), (deeds[2:], "2021-01-31"))
    for new, until in steps:
        state = scs.advance(state, ledger(*new), date.fromisoformat(until))
    assert state.collect_entries()["event_id"].to_list()[4:] == ["G1", "G2", "G4"]
    assert state.collect_unposted().select("event_id", "reason").rows() == [("G3", "nothing to repair")]
    # What can never be repaired again is forgotten: E2, E3 and E4 were restored, E1 was not.
    assert state.reference["event_id"].to_list() == ["E1"]


def test_a_settlement_in_steps_remembers_open_objections() -> None:
    # Filed in January, upheld in March by expiry: 15 January + 60 days = 15 March.
    text = "objection: {suspends: true, within: 30 days, decide_within: 60 days, undecided: rejected}\n"
    text = "score: {start: 100}\nrules: [{id: bad, on: bad, points: -30, valid: 1 year}]\n" + text
    scheme, rows = law(text), [E1, ("F1", "objection.filed", "2020-01-15", "E1")]
    state = scs.start(scheme)
    for new, until in ((rows[:1], "2020-01-10"), (rows[1:], "2020-02-10"), ([], "2020-03-20"), ([], "2021-01-01")):
        empty = ledger(*rows).head(0)
        state = scs.advance(state, ledger(*new) if new else empty, date.fromisoformat(until))
    whole = settle(scheme, "2021-01-01", *rows)
    assert points(whole) == [("event", -30), ("objection", 30), ("rejected", -30), ("lapse", 30)]
    assert state.collect_entries().select(whole.entries.columns).equals(whole.entries)
    objections = state.collect_objections()
    assert objections is not None
    assert whole.objections is not None
    assert objections.equals(whole.objections)
    assert state.memory.shape[0] == 0  # nothing can happen to it any more
