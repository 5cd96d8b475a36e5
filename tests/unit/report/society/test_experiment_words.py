"""What the page of an experiment says of its intervals, bands, levels and labels."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from scslab.report.society import build_experiment_report
from scslab.report.society.charts import draw_ladder, wrap_label
from scslab.report.society.experiment_effects import build_effects
from scslab.report.society.experiment_facts import format_measure, gather_experiment_facts
from scslab.report.society.experiment_scenarios import build_first, build_minute
from scslab.report.society.say import Say
from scslab.society.experiment.build import build_experiment
from scslab.society.experiment.paired import compare_pairs
from scslab.society.experiment.results import Effects
from scslab.society.experiment.run import run_experiment
from scslab.society.mechanics.table import PARAMETERS


@pytest.fixture(scope="module")
def drawn(compared: Effects) -> Effects:
    """The same outcomes as if each replicate had lived by values of its own."""
    value = PARAMETERS["joining.b0"].value
    draws = tuple({"joining.b0": value + step} for step in (-0.1, 0.0, 0.1))
    return replace(compared, experiment=replace(compared.experiment, draws=draws))


def test_intervals_with_0_are_not_told_apart_from_it(compared: Effects) -> None:
    facts = gather_experiment_facts(compared)
    say = Say("en", compared.experiment.base.scheme)
    text = str(build_minute(facts, say))
    found = [
        effect
        for each in facts.others
        for measure in ("taking_part", "acceptance", "false_standing")
        if (effect := facts.find_effect(each, measure)) and effect["low"] <= 0 <= effect["high"]
    ]
    open_ones = [effect for effect in found if (effect["low"], effect["high"]) != (0, 0)]
    assert open_ones
    for effect in open_ones:
        ends = (format_measure(effect[key], effect["measure"], say, is_signed=True) for key in ("low", "high"))
        assert f"not told apart from 0 ({' to '.join(ends)})" in text
    assert text.count("no difference in any replicate") == len(found) - len(open_ones)
    assert "beyond luck" not in text
    assert "与0无法区分" in str(build_minute(facts, Say("zh", compared.experiment.base.scheme)))


def test_with_draws_bands_are_told(drawn: Effects) -> None:
    facts, say = gather_experiment_facts(drawn), Say("en", drawn.experiment.base.scheme)
    effect = facts.find_effect("campaign", "taking_part")
    assert effect is not None
    band = [format_measure(effect[key], "taking_part", say, is_signed=True) for key in ("band_low", "band_high")]
    text = str(build_minute(facts, say))
    assert f"({' to '.join(band)})" in text
    assert "not told apart" not in text
    for section in (text, str(build_effects(facts, say))):
        assert "nine tenths" in section
        assert "beyond luck" not in section
        assert "Of only 3 replicates a band is hardly more than its extremes" in section
    html = build_experiment_report(drawn)
    assert "none was measured in this place" not in html
    assert "没有一个在当地实测" not in html
    assert "difference from “Baseline” by month, with the band" in html


def test_enough_replicates_need_no_warning(drawn: Effects) -> None:
    outcomes = pl.concat(
        drawn.outcomes.with_columns(pl.col("replicate") + 3 * k, pl.col("value") + 0.001 * k) for k in range(7)
    )
    many = replace(
        drawn, outcomes=outcomes, effects=compare_pairs(outcomes, "baseline"),
        experiment=replace(drawn.experiment, replicates=21),
    )  # fmt: skip
    assert "hardly more than" not in build_experiment_report(many, ("en",))


def test_a_single_scenario_tells_levels(compared: Effects) -> None:
    experiment = replace(compared.experiment, scenarios=compared.experiment.scenarios[:1])
    outcomes = compared.outcomes.filter(pl.col("scenario") == "baseline")
    single = replace(compared, experiment=experiment, outcomes=outcomes, effects=compare_pairs(outcomes, "baseline"))
    facts, say = gather_experiment_facts(single), Say("en", experiment.base.scheme)
    text = str(build_minute(facts, say))
    last = outcomes.filter((pl.col("month") == facts.last) & (pl.col("measure") == "aware"))["value"]
    low, high = (last.quantile(share, "linear") for share in (0.05, 0.95))
    assert low is not None
    assert high is not None
    shares = [f"{100 * share:.1f}%" for share in (float(last.mean()), low, high)]  # type: ignore[arg-type]
    assert f"Know of the scheme: {shares[0]} ({shares[1]} to {shares[2]})" in text
    assert "against" not in text
    html = build_experiment_report(single)
    assert "1 scenario, each lived 3 times" in html
    assert "Scenarios are compared in pairs" not in html


def test_few_are_counted_in_words() -> None:
    experiment = build_experiment("rongcheng", ["campaign"], residents=200, years=1, replicates=1)
    html = build_experiment_report(run_experiment(experiment), ("en",))
    for words in ("2 scenarios, each lived 1 time by", "scenario beside the baseline", "replicate of each"):
        assert words in html
    assert "1 replicates" not in html
    # Everybody is enrolled there, so nobody is asked.
    assert "“would join if asked” is hypothetical" in html


def test_values_that_are_set_may_be_measured() -> None:
    experiment = build_experiment("qianjiang", residents=200, years=1, replicates=1, values={"awareness.p": 0.1})
    text = str(build_first(gather_experiment_facts(run_experiment(experiment)), Say("en", experiment.base.scheme)))
    assert "none was measured" not in text
    assert "This run sets `awareness.p`**: by hand, by an intervention, or as a calibration" in text
    assert "hypothetical" not in text  # an opt-in scheme asks


SWEPT = [f"observation.false_rate = {a}, behaviour.deterrence = {b}" for a in (0, 0.02) for b in (0.1, 0.5)]


@pytest.mark.parametrize("width", [700, 350])
def test_labels_of_a_sweep_are_whole(width: int) -> None:
    labels = [wrap_label(each, width) for each in SWEPT]
    assert [" ".join(label.split("\n")) for label in labels] == SWEPT
    # An estimate of seven pixels a letter at a desk, six on a phone: each line is within two fifths of the chart.
    assert all(len(line) * (7 if width == 700 else 6) <= 0.4 * width for label in labels for line in label.split("\n"))
    rows = [(name, 1.0, 0.5, 1.5, "1") for name in SWEPT]
    spec = draw_ladder(width, rows, x_title="x", colour="#000000").to_dict()
    lines = max(label.count("\n") + 1 for label in labels)
    assert spec["height"] >= 14 * lines * len(rows)
    domain = spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert len(set(domain)) == len(SWEPT)


def test_chinese_labels_break_by_their_width() -> None:
    text = "加重惩戒并且先申诉后生效以及错误率减半和一步注册"
    lines = wrap_label(text, 350).split("\n")
    assert "".join(lines) == text
    assert all(12 * len(line) <= 0.45 * 350 for line in lines)
