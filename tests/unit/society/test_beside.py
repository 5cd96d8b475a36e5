"""A commercial scheme beside the local one: two ledgers of one conduct, and a local score that reads the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

from scslab.engine.index.settle import settle_index
from scslab.engine.settle import settle
from scslab.scheme.catalogue import find_scheme
from scslab.society.course.checkpoint import Checkpoints, load_course, save_course
from scslab.society.course.course import open_course
from scslab.society.course.next_month import live_next_month
from scslab.society.month.agents import COMMERCIAL
from scslab.society.population.profile import read_profile
from scslab.society.simulation import Setting, Simulated, finish, live_on, simulate

QUICK = {"awareness.p": 6.0, "joining.b0": 2.0, "joining.considers": 0.5}
XIAMEN = Setting(
    find_scheme("xiamen-egret"), read_profile("xiamen"), 400, 2, values=QUICK, beside=find_scheme("sesame")
)


def settle_both(run: Simulated):
    assert run.beside is not None
    last = date.fromisoformat(run.manifest["last"])
    other = settle(run.beside.scheme, run.beside.ledger, as_of=last, subjects=run.beside.users)
    assert other.publications is not None
    scores = {run.beside.scheme.id: other.publications.select("subject_id", "published_on", "score")}
    return other, settle_index(run.scheme, run.recorded, as_of=last, subjects=run.subjects, scores=scores)


def test_a_local_index_reads_the_commercial_score() -> None:
    run = simulate(XIAMEN)
    other, whole = settle_both(run)
    assert run.beside is not None
    assert_frame_equal(run.beside.standings, other.standings)
    assert_frame_equal(run.standings, whole.standings)
    alone = settle(run.scheme, run.recorded, as_of=whole.as_of, subjects=run.subjects)
    assert (alone.standings["score"] != whole.standings["score"]).any()
    # Who uses none is scored with `when_none`, as if nothing had settled beside.
    users = run.beside.users["subject_id"]
    rest = ~pl.col("subject_id").is_in(users.implode())
    assert_frame_equal(run.standings.filter(rest), alone.standings.filter(rest))
    is_user = (run.agents.flags & COMMERCIAL) > 0
    assert users.to_list() == pl.Series(is_user).arg_true().to_list()


def test_each_sees_its_own() -> None:
    setting = Setting(
        find_scheme("hangzhou-qianjiang"), read_profile("hangzhou"), 400, 1, values=QUICK, beside=find_scheme("sesame")
    )
    run = simulate(setting)
    assert run.beside is not None
    local, other = run.recorded, run.beside.ledger
    assert set(other["subject_id"]) <= set(run.beside.users["subject_id"])
    assert "purchase.made" not in set(local["type"])
    assert "purchase.made" in set(other["type"])
    assert "volunteering.done" not in set(other["type"])
    # A repayment is one deed in two ledgers: the local ledger has it under another id, on the same day, or not at all.
    assert not set(local["event_id"]) & set(other["event_id"])
    late = other.filter(pl.col("type") == "repayment.late").select("subject_id", "occurred_on")
    true = run.true.filter(pl.col("type") == "repayment.late").select("subject_id", "occurred_on")
    assert late.height > 10
    assert late.join(true, on=["subject_id", "occurred_on"], how="semi").height == late.height
    # Beside changes nothing of what residents do and of what the city records.
    alone = simulate(replace(setting, beside=None))
    assert_frame_equal(
        run.true.drop("event_id"), alone.true.drop("event_id"), check_row_order=False, check_column_order=False
    )


def test_a_course_with_a_scheme_beside_goes_on_after_an_interruption(tmp_path: Path) -> None:
    course, places = open_course(XIAMEN), Checkpoints(tmp_path)
    for _ in range(13):
        live_next_month(course)
    save_course(places, course)
    again = load_course(places, XIAMEN)
    assert again is not None
    live_on(again)
    assert finish(again).manifest == simulate(XIAMEN).manifest
