"""The page of a simulation tells of the scheme that was settled beside, where there was one."""

from __future__ import annotations

import pytest

from scslab.report.society import build_society_report
from scslab.society.experiment.build import build_experiment
from scslab.society.simulation import Simulated, simulate
from unit.report.outline import Outline


@pytest.fixture(scope="module")
def run() -> Simulated:
    return simulate(build_experiment("qianjiang", residents=400, years=1, beside="sesame").base)


def test_the_scheme_beside_has_a_section(run: Simulated) -> None:
    assert run.beside is not None
    users, records = run.beside.users.height, run.beside.ledger.height
    outline = Outline(build_society_report(run, ("en",)))
    assert "Beside it: Sesame Credit" in outline.text
    assert f"{users} residents ({100 * users / 400:.1f}% of all), of whom it saw {records:,} events" in outline.text
    counts = dict(run.beside.standings["published_tier"].cast(str).value_counts().iter_rows())
    rows = {row[0]: int(row[1]) for row in outline.tables["Tiers of its users"][1:]}
    assert rows["Outstanding"] == counts["outstanding"]
    assert sum(rows.values()) == users
    scores = run.beside.standings["published_score"].cast(float).drop_nulls()
    (row,) = outline.tables["Scores of its users at the end"][1:]
    assert float(row[2]) == pytest.approx(scores.mean(), abs=0.06)
    assert float(row[5]) == pytest.approx(scores.median(), abs=0.51)
    assert "并行方案" in build_society_report(run, ("zh",))


def test_without_one_there_is_none(contested: Simulated) -> None:
    assert "Beside it" not in build_society_report(contested, ("en",))
