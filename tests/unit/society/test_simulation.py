"""A simulation: what it writes settles to what it says, every record has one cause, and luck is shared by scenarios."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from polars.testing import assert_frame_equal

from scslab.cli.simulate import command
from scslab.engine.settle import settle
from scslab.ground.problems import ProblemsError
from scslab.report.society import build_society_report
from scslab.society.outcomes import compare_groups, compute_approval_shares, tabulate_barriers, tell_life
from scslab.society.simulation import Simulated, digest_frame, list_months, simulate
from unit.society.settings import HANGZHOU, OBJECTED, RONGCHENG

LARGER = replace(RONGCHENG, residents=3000)
GROWING = replace(HANGZHOU, residents=1500, years=1)


@pytest.fixture(scope="module")
def rongcheng() -> Simulated:
    return simulate(LARGER)


@pytest.mark.parametrize("name", ["rongcheng", "hangzhou", "contested"])
def test_the_recorded_ledger_settles_to_the_standings(name: str, rongcheng: Simulated) -> None:
    if name == "rongcheng":
        run = rongcheng
    elif name == "hangzhou":
        run = simulate(GROWING)
    else:
        run = simulate(replace(OBJECTED, years=1))
        assert set(run.causes["kind"]) == {"true", "false", "filed", "upheld", "rejected", "repair"}
    last = date.fromisoformat(run.manifest["last"])
    whole = settle(run.setting.scheme, run.recorded, as_of=last, subjects=run.subjects)
    assert whole.set_aside.height == 0
    assert_frame_equal(run.standings, whole.standings.select(run.standings.columns))
    if name != "hangzhou":
        assert_frame_equal(run.entries, whole.entries)
    if name == "contested":
        assert whole.objections is not None
        assert set(whole.objections["outcome"].cast(str)) >= {"upheld", "rejected"}


def test_threads_and_partitions_do_not_show(rongcheng: Simulated) -> None:
    for threads, partitions in ((1, 1), (2, 64)):
        again = simulate(replace(LARGER, threads=threads, partitions=partitions))
        assert again.manifest == rongcheng.manifest
        assert_frame_equal(again.entries, rongcheng.entries)


def test_every_record_has_one_cause(rongcheng: Simulated) -> None:
    run = rongcheng
    assert run.causes["event_id"].to_list() == sorted(run.recorded["event_id"].to_list())
    assert run.causes["event_id"].is_unique().all()
    true = set(run.true["event_id"])
    for event, kind, cause in run.causes.iter_rows():
        assert event == cause
        assert (event in true) == (kind in ("true", "repair"))
    # What happened and was recorded says the same: id, subject, type and day.
    both = run.recorded.join(run.true, on="event_id", suffix="_true")
    assert (both["subject_id"] == both["subject_id_true"]).all()
    assert (both["type"] == both["type_true"]).all()
    assert (both["occurred_on"] == both["occurred_on_true"]).all()
    assert (run.recorded["recorded_on"] >= run.recorded["occurred_on"]).all()


def test_every_objection_and_repair_goes_back_to_one_record() -> None:
    run = simulate(OBJECTED)
    kinds = dict(run.causes["kind"].value_counts().iter_rows())
    assert min(kinds[kind] for kind in ("filed", "upheld", "rejected", "repair", "false")) >= 5
    assert run.causes["event_id"].to_list() == sorted(run.recorded["event_id"].to_list())
    assert run.causes["event_id"].is_unique().all()
    rows = {row["event_id"]: row for row in run.recorded.iter_rows(named=True)}
    true, steps = set(run.true["event_id"]), dict[int, list[int]]()
    types = {"filed": "objection.filed", "upheld": "objection.upheld", "rejected": "objection.rejected"}
    for event, kind, cause in run.causes.iter_rows():
        row, about = rows[event], rows[cause]
        assert row["subject_id"] == about["subject_id"]
        if kind not in types:
            assert (event == cause, row["target"]) == (True, None)
            assert (event in true) == (kind in ("true", "repair"))
            continue
        assert (row["type"], row["target"], event in true) == (types[kind], str(cause), False)
        assert about["type"] in run.scheme.events  # an objection is about a record, never about an objection
        assert row["occurred_on"] >= about["recorded_on"]
        steps.setdefault(cause, []).append(event)
    by_id = {event: kind for event, kind, _ in run.causes.iter_rows()}
    for events in steps.values():
        # Filed once, decided at most once (the decision may lie beyond the end), and not before it was filed.
        assert [by_id[event] for event in events] in (["filed"], ["filed", "upheld"], ["filed", "rejected"])
        assert rows[events[-1]]["occurred_on"] >= rows[events[0]]["occurred_on"]


def test_counts_add_up(rongcheng: Simulated) -> None:
    run = rongcheng
    assert run.months["events"].sum() == run.true.height
    assert run.months["recorded"].sum() == run.recorded.height
    assert run.months["false_entries"].sum() >= (run.causes["kind"] == "false").sum()
    by_month = run.tiers.group_by("month").agg(pl.col("residents").sum()).sort("month")
    assert by_month["residents"].to_list() == run.months["taking_part"].to_list()


def test_joining_is_a_stock_and_its_flows() -> None:
    m = simulate(GROWING).months
    assert (m["taking_part"] == (m["joined"] - m["left"]).cum_sum()).all()
    assert m["taking_part"][-1] > 100
    assert (m["aware"].diff().drop_nulls() >= 0).all()
    assert (m["taking_part"] <= m["aware"]).all()


def test_replicates_share_people_and_not_luck(rongcheng: Simulated) -> None:
    other = simulate(replace(LARGER, replicate=1))
    assert (other.agents.cell == rongcheng.agents.cell).all()
    assert other.manifest["ledger_digest"] != rongcheng.manifest["ledger_digest"]


def test_outcomes(rongcheng: Simulated) -> None:
    barriers = tabulate_barriers(rongcheng)
    assert barriers.height == 14
    # All take part, so that all are asked, and nobody can name that it is not mandatory; apart from awareness, shares
    # are those of the interviews on the whole.
    rest = barriers.filter(~pl.col("barrier").is_in(["little-awareness", "nonmandatory"]))
    assert rest.height == 12
    assert barriers["named"][-1] == 0
    assert (rest["share"] - rest["interviews"]).abs().max() < 0.06
    approval = compute_approval_shares(rongcheng)
    assert approval is not None
    assert approval["share"].sum() == pytest.approx(1)
    groups = compare_groups(rongcheng)
    assert groups.filter(pl.col("dimension") == "gender")["residents"].sum() == 3000
    life = tell_life(rongcheng)
    assert life["day"].is_sorted()
    assert {"enrolled", "recorded", "tier"} <= set(life["what"])
    # By itself a life is told that shows most kinds of records; here one of whom something wrong was recorded.
    wronged = rongcheng.recorded.join(rongcheng.causes.filter(pl.col("kind") == "false"), on="event_id", how="semi")
    life = tell_life(rongcheng, int(wronged["subject_id"][0]))
    assert {"enrolled", "wrong", "tier"} <= set(life["what"])


def test_the_report_has_both_languages(rongcheng: Simulated) -> None:
    html = build_society_report(rongcheng)
    assert "A society under the Rongcheng Score" in html
    assert "荣成市个人信用积分下的合成社会" in html
    assert 'src="http' not in html
    assert "<script" not in html


def test_months_and_bad_settings() -> None:
    assert [last.day for _, last in list_months(date(2021, 11, 1), 1)[:4]] == [30, 31, 31, 28]
    with pytest.raises(ValueError, match="first of a month"):
        simulate(replace(LARGER, first=date(2020, 1, 2)))
    with pytest.raises(ProblemsError, match="Y201"):
        simulate(replace(LARGER, values={"awareness.pp": 1.0}))


def test_digest_of_a_table_sees_values_and_not_chunks() -> None:
    one = pl.DataFrame({"a": [1, 2, None], "b": ["x", None, "z"]})
    chunked = pl.concat([one.head(1), one.tail(2)], rechunk=False)
    assert digest_frame(one) == digest_frame(chunked)
    assert digest_frame(one) != digest_frame(one.with_columns(pl.col("a").fill_null(0)))


def test_the_command(tmp_path: Path) -> None:
    out = tmp_path / "run"
    arguments = ["rongcheng", "--residents", "1_000", "--years", "1", "--out", str(out), "--json"]
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    manifest = json.loads(result.output)
    assert manifest["residents"] == 1000
    assert manifest == json.loads((out / "simulation.json").read_text(encoding="utf-8"))
    ledger = pl.read_parquet(out / "ledger.parquet")
    assert digest_frame(ledger) == manifest["ledger_digest"]
    whole = settle("rongcheng", out / "ledger.parquet", as_of=date.fromisoformat(manifest["last"]))
    standings = pl.read_parquet(out / "standings.parquet")
    assert_frame_equal(whole.standings.select(standings.columns), standings)
    assert (out / "report.html").is_file()
    with pytest.raises(ProblemsError, match="R030"):
        CliRunner().invoke(command, arguments, catch_exceptions=False)
    wrong = ["rongcheng", "--residents", "99", "--out", str(tmp_path / "other")]
    assert "is not a number of residents" in CliRunner().invoke(command, wrong).output
    with pytest.raises(ProblemsError, match="Y203"):
        CliRunner().invoke(command, ["rongcheng", "--set", "x", "--out", str(tmp_path / "b")], catch_exceptions=False)
