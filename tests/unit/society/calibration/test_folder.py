"""What a calibration leaves behind: values that simulations read, tables, pages; commands that tell what is wrong."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import altair as alt
import polars as pl
import pytest
from click.testing import CliRunner

from scslab.cli.calibrate import command as calibrate_command
from scslab.cli.sensitivity import command as sensitivity_command
from scslab.cli.simulate import command as simulate_command
from scslab.ground.problems import ProblemsError
from scslab.report.calibration import build_calibration_report
from scslab.report.calibration_charts import draw_courses, draw_priors
from scslab.report.sensitivity import build_sensitivity_report, draw_indices
from scslab.scheme.catalogue import find_scheme
from scslab.society.calibration.calibrate import Calibration, calibrate
from scslab.society.calibration.folder import (
    describe_calibration,
    describe_values,
    write_calibration,
    write_shipped_targets,
)
from scslab.society.calibration.reading import read_draws, read_values
from scslab.society.calibration.targets_reader import read_targets
from scslab.society.calibration.verify import verify_with_agents
from scslab.society.population.profile import read_profile
from scslab.society.sensitivity.analyse import analyse_sensitivity
from scslab.society.simulation import Setting, simulate

FEW = ["awareness.p", "awareness.q", "joining.b0", "joining.trust", "survey.recognises"]


@pytest.fixture(scope="module")
def found() -> Calibration:
    return calibrate(["hangzhou", "xiamen"], parameters=FEW, draws=60)


def test_values_are_read_back_and_simulate(found: Calibration, tmp_path: Path) -> None:
    write_calibration(found, tmp_path)
    assert not (tmp_path / "calibrated.yaml").exists()  # two cities: a file each
    values = read_values(tmp_path / "calibrated-xiamen.yaml")
    expected = found.find_values("xiamen")
    assert set(values) == {"awareness.p", "awareness.q", "joining.b0", "joining.trust"}
    assert values == pytest.approx(expected, rel=1e-5)
    assert values["awareness.p"] < found.find_values("hangzhou")["awareness.p"]
    run = simulate(Setting(find_scheme("xiamen-egret"), read_profile("xiamen"), 200, 1, values=values))
    assert run.manifest["values"]["awareness.p"] == values["awareness.p"]
    # Bands stand beside the values, and the weight says that it is a judgement still.
    text = describe_values(found, "xiamen")
    assert "joining.trust: [" in text
    assert "# prior:" in next(line for line in text.splitlines() if "joining.trust:" in line)
    for name in ("identifiability", "targets", "tensions"):
        assert (tmp_path / f"{name}.csv").read_text().count("\n") == 1 + pl.read_parquet(
            tmp_path / f"{name}.parquet"
        ).height
    assert json.loads((tmp_path / "calibration.json").read_text()) == json.loads(
        json.dumps(describe_calibration(found))
    )


def test_the_command_simulates_with_calibrated_values(found: Calibration, tmp_path: Path) -> None:
    file, out = tmp_path / "calibrated.yaml", tmp_path / "run"
    file.write_text(describe_values(found, "xiamen"), encoding="utf-8")
    arguments = ["egret", "--city", "xiamen", "--residents", "200", "--years", "1", "--values", str(file), "--json"]
    arguments += ["--set", "joining.trust=0.7", "--out", str(out), "--no-report"]
    result = CliRunner().invoke(simulate_command, arguments)
    assert result.exit_code == 0, result.output
    used = json.loads(result.output)["values"]
    assert used["awareness.p"] == pytest.approx(found.find_values("xiamen")["awareness.p"], rel=1e-5)
    assert used["joining.trust"] == 0.7  # what is set by hand goes first


def test_draws_carry_the_bands_on(found: Calibration, tmp_path: Path) -> None:
    write_calibration(found, tmp_path)
    draws = read_draws(tmp_path, "xiamen")
    assert len(draws) == 60
    assert set(draws[0]) == {"awareness.p", "awareness.q", "joining.b0", "joining.trust"}
    rows = found.draws.filter((pl.col("city") == "xiamen") & (pl.col("draw") == 7))
    assert draws[7]["awareness.p"] == rows["value"][0]
    for folder, city, code in ((tmp_path, "suzhou", "Y413"), (tmp_path, "", "Y413"), (tmp_path / "no", "", "Y412")):
        with pytest.raises(ProblemsError, match=code):
            read_draws(folder, city)
    (tmp_path / "draws.parquet").write_bytes(b"PAR1 and no table")
    with pytest.raises(ProblemsError, match="these are no draws"):
        read_draws(tmp_path, "xiamen")


def test_draws_are_those_of_the_place_that_was_calibrated(tmp_path: Path) -> None:
    rows = {"draw": [0], "name": ["awareness.p"], "city": [""], "value": [0.05]}
    pl.DataFrame(rows).write_parquet(tmp_path / "draws.parquet")
    assert read_draws(tmp_path, "anywhere") == [{"awareness.p": 0.05}]  # nobody says which place it is
    (tmp_path / "calibration.json").write_text('{"cities": ["hangzhou"]}', encoding="utf-8")
    assert read_draws(tmp_path) == read_draws(tmp_path, "hangzhou") == [{"awareness.p": 0.05}]
    with pytest.raises(ProblemsError, match="Y413"):
        read_draws(tmp_path, "rongcheng")
    pl.DataFrame(rows).clear().write_parquet(tmp_path / "draws.parquet")
    with pytest.raises(ProblemsError, match="there are no draws"):
        read_draws(tmp_path, "hangzhou")


def test_draws_of_unknown_parameters_are_refused(tmp_path: Path) -> None:
    rows = {"draw": [0, 0], "name": ["joining.trust", "awareness.p"], "city": ["", ""], "value": [0.5, 900.0]}
    pl.DataFrame(rows).write_parquet(tmp_path / "draws.parquet")
    with pytest.raises(ProblemsError, match="Y202"):
        read_draws(tmp_path)


def test_the_command_simulates_by_draws(found: Calibration, tmp_path: Path) -> None:
    write_calibration(found, tmp_path)
    line = ["egret", "--city", "xiamen", "--residents", "200", "--years", "1", "--draws", str(tmp_path)]
    line += ["--intervention", "campaign", "--replicates", "3", "--workers", "1", "--out", str(tmp_path / "run")]
    result = CliRunner().invoke(simulate_command, line, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "another draw of the calibration" in result.output
    used = pl.read_parquet(tmp_path / "run" / "draws.parquet")
    assert used["replicate"].unique().to_list() == [0, 1, 2]
    known = {tuple(sorted(draw.items())) for draw in read_draws(tmp_path, "xiamen")}
    for _, rows in used.group_by("replicate"):
        assert tuple(sorted(rows.select("name", "value").iter_rows())) in known
    html = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    for text in ("Replicates live by different values", "Band of replicates", "各次重复采用不同参数值"):
        assert text in html
    again = CliRunner().invoke(simulate_command, [str(tmp_path / "run" / "experiment.yaml"), "--json", "--no-report",
                               "--out", str(tmp_path / "again")])  # fmt: skip
    manifest = json.loads((tmp_path / "run" / "experiment.json").read_text())
    assert json.loads(again.output)["effects_digest"] == manifest["effects_digest"]
    both = CliRunner().invoke(simulate_command, [*line, "--values", "v.yaml"])
    assert "--values and --draws" in both.output


def test_shipped_targets_are_written_to_begin_with(tmp_path: Path) -> None:
    file = tmp_path / "targets.yaml"
    result = CliRunner().invoke(calibrate_command, ["hangzhou", "--write-targets", str(file)])
    assert result.exit_code == 0
    assert read_targets(file).observed[0].value == 0.15
    with pytest.raises(ProblemsError, match="Y414"):
        write_shipped_targets(file)


def test_a_bad_file_of_values_is_told_with_places(tmp_path: Path) -> None:
    path = tmp_path / "values.yaml"
    path.write_text("values:\n  awareness.pp: 0.1\n  joining.considers: 3\n  joining.trust: much\nband: {}\n")
    with pytest.raises(ProblemsError) as caught:
        read_values(path)
    told = [(p.code, p.place.line) for p in caught.value.problems]
    assert told == [("Y201", 2), ("Y202", 3), ("Y009", 4), ("Y005", 5)]
    assert "did you mean `awareness.p`?" in str(caught.value)
    with pytest.raises(ProblemsError, match="Y411"):
        read_values(tmp_path / "nowhere.yaml")


def test_agents_are_set_beside_the_twin(found: Calibration) -> None:
    city = found.model.cities[0]
    table = verify_with_agents(city, found.find_all_values("hangzhou"), 24, 4000, seed=2)
    assert table.height == 3 * 24
    last = table.filter(pl.col("month") == table["month"].max())
    assert last["month"][0] == date(2020, 10, 31)
    # One run of 4,000: luck of about 1 / sqrt(4,000) = .016, grown by word of mouth.
    assert (table["agents"] - table["twin"]).abs().max() < 0.05


def test_the_page_tells_both_languages(found: Calibration) -> None:
    html = build_calibration_report(found)
    for text in (
        "What the targets say of Hangzhou, Xiamen", "目标数据能说明什么", "pull against each other", "相互牵制",
        "remains prior", "仍为先验", "awareness.p[xiamen]", "outside of its prior band", "超出先验区间",
        "held-out targets met",
    ):  # fmt: skip
        assert text in html
    assert "<script" not in html
    with_agents = calibrate("hangzhou", parameters=["awareness.p"], draws=20, residents=500)
    assert "Verified with agents" in build_calibration_report(with_agents)
    assert "Verified with agents" not in html


def test_sensitivity_page() -> None:
    small = analyse_sensitivity("hangzhou", parameters=["awareness.p", "leaving.loss"], samples=16, months=12)
    html = build_sensitivity_report(small)
    for text in (
        "What decides the course of Hangzhou",
        "何者决定",
        "intervals of 90 %",
        "单参数扫描",
        "more below 1 %",
    ):
        assert text in html


@pytest.mark.parametrize("width", [350, 700])
def test_charts_are_valid(width: int) -> None:
    rows = [(date(2020, m, 28), 0.1, 0.2, 0.3) for m in range(1, 13)]
    charts = (
        draw_courses(width, rows, rows, [(date(2020, 5, 1), 0.2, 0.02, True)], y_title="y"),
        draw_courses(width, rows, rows, [], y_title="y"),
        draw_priors(width, [("a", -1, 0, 1), ("b", -4.0, -3.5, -3.0)], x_title="x"),
        draw_indices(width, [("a", 0.4, 0.5, 0.1)], x_title="x"),
    )
    for chart in charts:
        assert isinstance(chart, alt.LayerChart)
        assert chart.to_dict()["layer"]  # validated against the schema of Vega-Lite


OWN = """targets: own
observed:
  - {id: early, place: hangzhou, observable: taking_part, date: 2020-06-30, value: 0.06, tolerance: 0.02, source: press}
  - {id: late, place: hangzhou, observable: taking_part, date: 2022, value: 0.3, tolerance: 0.03, source: press,
     role: held-out}
"""


def test_command_with_an_own_file(tmp_path: Path) -> None:
    file, out = tmp_path / "targets.yaml", tmp_path / "run"
    file.write_text(OWN)
    arguments = ["hangzhou", "--targets", str(file), "--parameters", "awareness.p,joining.b0", "--out", str(out)]
    result = CliRunner().invoke(calibrate_command, [*arguments, "--verify-agents", "300", "--draws", "20"])
    assert result.exit_code == 0, result.output
    assert "hangzhou: 2 parameters, 1 targets fitted." in result.output
    assert "held out" in result.output
    assert "agents lie within" in result.output
    assert {path.name for path in out.iterdir()} >= {
        "calibrated.yaml",
        "identifiability.csv",
        "report.html",
        "agents.parquet",
    }
    again = CliRunner().invoke(calibrate_command, arguments)
    assert isinstance(again.exception, ProblemsError)  # a complete calibration is not replaced without being asked
    told = CliRunner().invoke(
        calibrate_command, [*arguments, "--replace", "--json", "--verify-agents", "0", "--no-report"]
    )
    assert json.loads(told.output)["targets"] == "own"


def test_commands_tell_what_is_wrong(tmp_path: Path) -> None:
    for arguments, code in (
        (["hangzhuo"], "Y408"), (["hangzhou", "--parameters", "joining.trsut"], "Y421"),
        (["hangzhou", "--set", "awareness.q"], "Y203"), (["hangzhou", "--set", "survey.recognises=3"], "Y202"),
        (["hangzhou", "--targets", str(tmp_path / "none.yaml")], "Y401"),
    ):  # fmt: skip
        result = CliRunner().invoke(calibrate_command, [*arguments, "--out", str(tmp_path / "run")])
        assert isinstance(result.exception, ProblemsError)
        assert code in {p.code for p in result.exception.problems}
    assert not list(tmp_path.iterdir())  # nothing half-written
    wrong = CliRunner().invoke(sensitivity_command, ["hangzhou", "--samples", "100"])
    assert "not a power of 2" in wrong.output


def test_sensitivity_command(tmp_path: Path) -> None:
    out = tmp_path / "run"
    arguments = ["hangzhou", "--parameters", "awareness", "--samples", "16", "--months", "12", "--out", str(out)]
    result = CliRunner().invoke(sensitivity_command, arguments)
    assert result.exit_code == 0, result.output
    assert "awareness.p" in result.output
    assert "does not vary" not in result.output
    assert {path.name for path in out.iterdir()} >= {"sobol.csv", "sweep.csv", "report.html", "sensitivity.json"}
