"""What `scslab simulate` prints, and what it refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from scslab.cli.main import scslab
from scslab.ground.problems import ProblemsError


def simulate(out: Path, *words: str) -> str:
    """What the command prints."""
    few = [] if "--residents" in words else ["--residents", "200"]
    result = CliRunner().invoke(
        scslab, ["simulate", *words, *few, "--years", "1", "--out", str(out), "--replace"], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.output


NOBODY = [
    (["rongcheng", "--from", "1990-01-01"], True),
    (["qianjiang", "--from", "2010-01-01"], True),
    (["qianjiang", "--set", "awareness.p=0"], False),
    (["judgment-defaulters", "--from", "1990-01-01"], True),  # lists, and neither tiers nor scores
]


@pytest.mark.parametrize(("words", "is_closed"), NOBODY, ids=lambda each: str(each))
def test_where_nobody_takes_part_the_report_and_the_terminal_say_so(
    words: list[str], is_closed: bool, tmp_path: Path
) -> None:
    told = simulate(tmp_path / "run", *words)
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "Nobody took part at any time." in told
    assert "Nobody took part at any time." in page
    assert "期间始终无人参与" in page
    assert ("is not in force from" in told) == ("is not in force from" in page) == is_closed


def test_a_scheme_that_begins_within_the_run(tmp_path: Path) -> None:
    told = simulate(tmp_path / "run", "rongcheng", "--from", "2013-07-01")
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    # In force from 1 January 2014: six of the twelve months lie before.
    assert "not in force from 2013-07-01 to 2013-12-31: it begins on 2014-01-01" in told
    assert "is not in force from July 2013 to December 2013" in page
    assert "Nobody took part" not in told + page


def test_one_replicate_names_its_interventions(tmp_path: Path) -> None:
    words = ["qianjiang", "--replicates", "1", "--intervention", "campaign+error-rate-halved@2019-03-01", "--no-report"]
    told = simulate(tmp_path / "run", *words)
    assert "Campaign (campaign), Error rate halved (error-rate-halved) from 2019-03-01" in told
    assert "  with" not in simulate(tmp_path / "run", "qianjiang", "--no-report")


def test_replicates_of_a_single_scenario_give_levels(tmp_path: Path) -> None:
    told = simulate(tmp_path / "run", "rongcheng", "--replicates", "3")
    assert "Against" not in told
    assert "1 scenario of" in told
    assert "1 year, 3 replicates." in told
    assert re.search(r"taking_part +100\.00%  \[100\.00%, 100\.00%\]", told)
    assert re.search(r"aware +\d+\.\d\d%  \[\d+\.\d\d%, \d+\.\d\d%\]", told)
    assert "hardly more than its extremes" in told
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "Where it ends" in page


def test_one_replicate_of_a_comparison_has_no_interval(tmp_path: Path) -> None:
    words = ["rongcheng", "--replicates", "1", "--compare", "baseline", "--intervention", "campaign", "--no-report"]
    told = simulate(tmp_path / "run", *words)
    assert "no interval" in told
    assert "?" not in told


def test_parts_are_counted_in_words(tmp_path: Path) -> None:
    assert "in 1 part." in simulate(tmp_path / "run", "rongcheng", "--by-parts")
    told = simulate(tmp_path / "other", "food-safety", "--by-parts")
    assert "200 businesses of" in told


def fail(*words: str) -> list[str]:
    """The problems of a command, as `main` prints them."""
    with pytest.raises(ProblemsError) as caught:
        CliRunner().invoke(scslab, ["simulate", *words], catch_exceptions=False)
    return [str(problem) for problem in caught.value.problems]


def test_all_problems_of_options_at_once_with_the_option() -> None:
    given = ("awareness.p=inf", "foo=1", "awareness.q", "awareness.q=abc")
    told = fail("rongcheng", *(word for item in given for word in ("--set", item)))
    assert [line.split("\n")[0] for line in told] == [
        "--set: Y202 `awareness.p` is inf, and must be a number",
        "--set: Y201 unknown parameter `foo`",
        "--set: Y203 `awareness.q` sets nothing",
        "--set: Y203 `awareness.q=abc` sets nothing",
    ]


PLACES = [
    (["rongchen"], "SCHEME: Y305"),
    (["rongcheng", "--city", "nowhere"], "--city: Y304"),
    (["rongcheng", "--beside", "sesme"], "--beside: Y305"),
    (["rongcheng", "--beside", "rongcheng"], "--beside: Y313"),
    (["rongcheng", "--beside", "food-safety"], "--beside: Y314"),
    (["rongcheng", "--from", "2015-01-17"], "--from: Y308"),
    (["rongcheng", "--intervention", "campain"], "--intervention: Y301"),
    (["rongcheng", "--intervention", "campaign@2015-01-17"], "--intervention: Y308"),
    (["rongcheng", "--intervention", "campaign@soon"], "--intervention: Y010"),
    (["rongcheng", "--intervention", "campaign@1990-01-01"], "--intervention: Y309"),
    (["rongcheng", "--intervention", "campaign", "--compare", "bseline"], "--compare: Y306"),
    (["rongcheng", "--set", "awareness.p=-1"], "--set: Y202"),
]


@pytest.mark.parametrize(("words", "told"), PLACES, ids=lambda each: str(each))
def test_problems_of_options_name_the_option(words: list[str], told: str) -> None:
    found = fail(*words)
    assert len(found) == 1, found
    assert found[0].startswith(told), found


def test_a_defect_of_the_whole_run_has_no_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A scheme for businesses and a population of residents: no line of any file is wrong."""
    from scslab.cli import main

    words = ["rongcheng", "--city", "businesses", "--set", "x"]
    monkeypatch.setattr("sys.argv", ["scslab", "simulate", *words])
    with pytest.raises(SystemExit):
        main.main()
    told = capsys.readouterr().err
    assert "the command:" not in told
    assert "<memory>" not in told
    assert "businesss" not in told


def test_odd_names_options_too() -> None:
    with pytest.raises(ProblemsError) as caught:
        CliRunner().invoke(scslab, ["odd", "rongcheng", "--city", "nowhere", "--set", "foo=1"], catch_exceptions=False)
    assert [str(problem).split(" ")[:2] for problem in caught.value.problems] == [
        ["--set:", "Y201"],
        ["--city:", "Y304"],
    ]


def test_texts_of_interventions_say_how_they_round() -> None:
    told = " ".join(CliRunner().invoke(scslab, ["simulate", "--list-interventions"]).output.split())
    assert "rounded up to whole months" in told
    assert "half a point rounded up and never to nothing" in told


def test_businesses_have_a_plural(tmp_path: Path) -> None:
    words = ["rongcheng", "--city", "businesses", "--out", str(tmp_path / "run")]
    assert any("`businesses` is a profile of businesses" in problem for problem in fail(*words))


def test_the_scheme_beside_is_told(tmp_path: Path) -> None:
    told = simulate(tmp_path / "run", "qianjiang", "--beside", "sesame", "--no-report")
    assert re.search(r"beside +Sesame Credit \(Zhima Credit\): \d+ users, [\d,]+ records", told)


def test_the_same_from_two_days_on_is_two_scenarios() -> None:
    from scslab.society.experiment.build import build_experiment

    experiment = build_experiment("qianjiang", ["campaign", "campaign@2019-01-01", "campaign@2020-01-01"])
    ids = [each.id for each in experiment.scenarios]
    assert ids == ["baseline", "campaign", "campaign-2019-01-01", "campaign-2020-01-01"]
