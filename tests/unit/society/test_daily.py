"""Settling day by day: months end as in one step, and each day is what `settle` makes of the ledger until then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from scslab.engine.settle import settle
from scslab.report.society import build_society_report
from scslab.scheme.catalogue import find_scheme
from scslab.society.course.checkpoint import Checkpoints
from scslab.society.folder import list_tables
from scslab.society.population.profile import read_profile
from scslab.society.setting import Settles
from scslab.society.simulation import Setting, Simulated, simulate
from unit.society.settings import HANGZHOU, OBJECTED, REFORM, RONGCHENG

XIAMEN = Setting(find_scheme("egret"), read_profile("xiamen"), 300, 1, beside=find_scheme("sesame"))
SETTINGS = {
    "rongcheng": replace(RONGCHENG, residents=600, reforms=(REFORM,)),
    "hangzhou": replace(HANGZHOU, residents=400),
    "contested": replace(OBJECTED, residents=150, years=1),
    "with a scheme beside": XIAMEN,
}


def live_daily(setting: Setting) -> Simulated:
    return simulate(replace(setting, settles=Settles.DAILY))


@pytest.mark.parametrize("name", list(SETTINGS))
def test_months_end_the_same(name: str) -> None:
    monthly, daily = simulate(SETTINGS[name]), live_daily(SETTINGS[name])
    for table in ("months", "tiers", "moves", "true", "recorded", "causes", "standings", "entries"):
        assert_frame_equal(getattr(daily, table), getattr(monthly, table), check_exact=True)
    for digest in ("state_digest", "ledger_digest", "standings_digest", "entries_digest"):
        assert daily.manifest[digest] == monthly.manifest[digest]
    assert monthly.days.height == 0
    assert daily.manifest["settles"] == "daily"
    # The last day of a month is the month's row.
    last = daily.days.rename({"day": "month"}).select("month", "tier", "residents")
    ends = daily.tiers.join(last, on=["month", "tier"], how="left", nulls_equal=True)
    assert ends["residents"].to_list() == ends["residents_right"].to_list()


def test_a_day_is_what_settling_the_ledger_until_then_gives() -> None:
    run = live_daily(SETTINGS["rongcheng"])  # all take part
    everybody = pl.DataFrame({"subject_id": range(600)})
    for day in (date(2020, 1, 9), date(2020, 7, 31), date(2021, 11, 3)):
        known = run.recorded.filter(pl.col("recorded_on") <= day)
        settled = settle(RONGCHENG.scheme, known, as_of=day, subjects=everybody).standings
        counted = settled.group_by(pl.col("published_tier").cast(pl.String).alias("tier")).len()
        told = run.days.filter(pl.col("day") == day, pl.col("residents") > 0)
        assert dict(told.select("tier", "residents").iter_rows()) == dict(counted.iter_rows())


def test_who_comes_and_goes_adds_up() -> None:
    run = live_daily(SETTINGS["rongcheng"])
    days = run.days.sort("tier", "day")
    change = pl.col("residents") - pl.col("residents").shift(1).over("tier")
    moves = days.with_columns(change.alias("change")).drop_nulls("change")
    assert (moves["change"] == moves["came"] - moves["went"]).all()
    assert run.days["came"].sum() == run.days["went"].sum() > 50
    # More happens within months than shows at their ends.
    assert run.days["came"].sum() > run.moves.filter(pl.col("before") >= 0).height


def test_a_killed_daily_run_goes_on(tmp_path: Path) -> None:
    setting = replace(SETTINGS["rongcheng"], settles=Settles.DAILY)

    def kill(_: str, share: float) -> None:
        if share > 13.5 / 24:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        simulate(setting, tell=kill, checkpoints=Checkpoints(tmp_path, every=6))
    again = simulate(setting, checkpoints=Checkpoints(tmp_path, every=6))
    assert_frame_equal(again.days, simulate(setting).days)


def test_days_are_written_and_told() -> None:
    run = live_daily(SETTINGS["rongcheng"])
    assert "days" in list_tables(run)
    assert "days" not in list_tables(simulate(SETTINGS["rongcheng"]))
    busiest = run.days.group_by("day").agg(pl.col("came").sum()).sort("came", "day").row(-1)
    html = build_society_report(run)
    assert f"{busiest[1]}" in html
    assert "The engine settled day by day" in html
    assert "逐日结算" in html
