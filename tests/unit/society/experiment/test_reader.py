"""Experiment files: what they say, and every way in which they can be wrong, each with its place."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from scslab.cli.schema import command as schema_command
from scslab.ground.problems import ProblemsError
from scslab.scheme.fields import Form
from scslab.scheme.model import Participation
from scslab.scheme.problem_list import Problems
from scslab.scheme.yaml_tree import read_yaml, to_plain
from scslab.society.experiment.forms import ExperimentForm, OutputsForm, ScenarioForm, StepForm
from scslab.society.experiment.json_schema import experiment_json_schema
from scslab.society.experiment.model import Interval, Tables, build_setting
from scslab.society.experiment.reader import is_experiment_file, read_experiment

EXAMPLES = sorted((Path(__file__).parents[4] / "examples").glob("*.yaml"))
WHOLE = """\
experiment: whole
title: {en: Everything, zh: 全部}
about: All keys at once.
scheme: rongcheng
population: rongcheng
residents: 12_000
years: 4
from: 2019-01-01
seed: 7
replicates: 3
values: {awareness.p: 0.05}
rates: {traffic.ticket: 0.4}
reforms:
  - {from: 2020-01-01, values: {awareness.q: 0.5}}
scenarios:
  - id: one
    title: {en: One, zh: 一}
    interventions: [campaign, error-rate-halved]
    from: 2021-01-01
    values: {joining.b0: 0.5}
  - id: two
    scheme: rongcheng-2021
    from: 2021-07-01
    population: hangzhou
    participation: opt-in
    reforms:
      - {from: 2022-01-01, participation: mandatory, interventions: repair}
against: one
sweep: {joining.benefits: [0.2, 0.8], joining.burden: [1, 0.5]}
outputs: {measures: [aware, gap], tables: full, interval: bootstrap, confidence: 0.9}
"""


def test_everything_at_once() -> None:
    experiment = read_experiment(WHOLE.encode())
    base = experiment.base
    assert (base.residents, base.years, base.seed, base.first) == (12_000, 4, 7, date(2019, 1, 1))
    assert (experiment.replicates, experiment.against) == (3, "one")
    assert (experiment.interval, experiment.tables, experiment.confidence) == (Interval.BOOTSTRAP, Tables.FULL, 0.9)
    assert experiment.measures == ("aware", "gap")
    assert [each.id for each in experiment.scenarios] == [
        "baseline", "one", "two",
        "joining.benefits=0.2_joining.burden=1", "joining.benefits=0.2_joining.burden=0.5",
        "joining.benefits=0.8_joining.burden=1", "joining.benefits=0.8_joining.burden=0.5",
    ]  # fmt: skip
    baseline, one, two, *swept = (build_setting(experiment, each, 2) for each in experiment.scenarios)
    # The reform of all scenarios is the baseline's only one.
    assert [(reform.since, reform.values) for reform in baseline.reforms] == [(date(2020, 1, 1), {"awareness.q": 0.5})]
    assert [reform.since.year for reform in one.reforms] == [2020, 2021]
    # Three times the .05 of the file, half of the shipped .01, and the scenario's own value.
    assert one.reforms[1].values == {
        "awareness.p": pytest.approx(0.15), "observation.false_rate": 0.005, "joining.b0": 0.5,
    }  # fmt: skip
    assert two.profile.id == "hangzhou"
    assert two.at(date(2021, 7, 1)).scheme.id == "rongcheng-2021"
    assert two.at(date(2021, 7, 1)).scheme.participation is Participation.OPT_IN
    assert two.at(date(2022, 1, 1)).scheme.participation is Participation.MANDATORY
    assert two.at(date(2022, 1, 1)).scheme.repairs
    assert swept[3].values == {"awareness.p": 0.05, "joining.benefits": 0.8, "joining.burden": 0.5}
    assert all(setting.replicate == 2 for setting in (baseline, one, two, *swept))


def test_little_is_enough() -> None:
    experiment = read_experiment(b"{experiment: little, scheme: qianjiang}")
    assert experiment.base.profile.id == "hangzhou"
    assert experiment.base.first == date(2018, 11, 1)  # the scheme began on 16 November 2018
    assert [each.id for each in experiment.scenarios] == ["baseline"]


BAD = [
    ("scheme: rongcheng\n", "scheme: rongchen\n", "e.yaml:4:9: Y305", "did you mean `rongcheng`?"),
    ("population: rongcheng", "population: rongchng", "e.yaml:5:13: Y304", "did you mean `rongcheng`?"),
    ("residents: 12_000", "residents: 99", "e.yaml:6:12: Y016", ""),
    ("residents: 12_000", "residents: many", "e.yaml:6:12: Y009", ""),
    ("years: 4", "years: 0", "e.yaml:7:8: Y016", ""),
    ("from: 2019-01-01", "from: 2019-01-15", "e.yaml:8:7: Y308", "did you mean `2019-01-01`?"),
    ("from: 2019-01-01", "from: 2019-1-1", "e.yaml:8:7: Y010", "did you mean `2019-01-01`?"),
    ("seed: 7", "sede: 7", "e.yaml:9:1: Y005", "did you mean `seed`?"),
    ("awareness.p: 0.05", "awarenes.p: 0.05", "e.yaml:11:10: Y201", "did you mean `awareness.p`?"),
    ("awareness.p: 0.05", "awareness.p: 90", "e.yaml:11:10: Y202", "campaigns and media"),
    ("traffic.ticket: 0.4", "traffic.tickets: 0.4", "e.yaml:12:9: Y303", "did you mean `traffic.ticket`?"),
    ("traffic.ticket: 0.4", "traffic.ticket: 81", "e.yaml:12:25: Y016", ""),
    ("from: 2020-01-01", "from: 2018-01-01", "e.yaml:14:12: Y309", ""),
    ("[campaign, error", "[campain, error", "e.yaml:18:21: Y301", "did you mean `campaign`?"),
    ("from: 2021-01-01", "from: 2023-01-01", "e.yaml:19:11: Y309", ""),
    ("id: two", "id: one", "e.yaml:21:9: Y310", ""),
    ("participation: opt-in", "participation: optin", "e.yaml:25:20: Y008", "did you mean `opt-in`?"),
    ("against: one", "against: on", "e.yaml:28:10: Y306", "did you mean `one`?"),
    ("[1, 0.5]", "[1, 1.0]", "e.yaml:29:59: Y310 `joining.burden` has the value 1.0 twice", ""),
    ("[1, 0.5]", "[1, 7]", "e.yaml:29:59: Y202", ""),
    ("sweep: {joining.benefits", "sweep: {joining.benefit", "e.yaml:29:9: Y201", "did you mean `joining.benefits`?"),
    ("[aware, gap]", "[awaree, gap]", "e.yaml:30:22: Y312", "did you mean `aware`?"),
    ("[aware, gap]", "[aware, 'listed:nope']", "e.yaml:30:29: Y312 unknown measure `listed:nope`", "`tier:…`"),
    ("[aware, gap]", "'tier:zzzzzz'", "e.yaml:30:21: Y312", "measures here: `tier:D`, `tier:C`"),
    ("[aware, gap]", "between:agee", "e.yaml:30:21: Y312", "did you mean `between:age`?"),
    ("seed: 7", "beside: rongcheng", "e.yaml:9:9: Y313", "such as `sesame`"),
    ("seed: 7", "beside: rongcheng-2021", "e.yaml:9:9: Y313", "such as `sesame`"),  # a scenario lives under it
    ("seed: 7", "beside: food-safety", "e.yaml:9:9: Y314 beside: `food-safety` scores business", "such as `sesame`"),
    ("seed: 7", "beside: baihang", "e.yaml:9:9: Y314 beside: `baihang` is a stub", "such as `sesame`"),
    ("tables: full", "tables: ful", "Y008", "did you mean `full`?"),
    ("confidence: 0.9", "confidence: 95", "Y016", ""),
    ("seed: 7", "seed: &a 7", "e.yaml:9:7: Y002", ""),
    ("seed: 7", "seed: !!python/object:os.system 7", "e.yaml:9:7: Y002", ""),
    ("seed: 7", "seed: 7\nseed: 8", "e.yaml:10:1: Y004", ""),
    ("experiment: whole\n", "", "e.yaml:1:1: Y006", ""),
]


@pytest.mark.parametrize(("old", "new", "told", "hint"), BAD)
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, told: str, hint: str) -> None:
    assert old in WHOLE
    with pytest.raises(ProblemsError) as caught:
        read_experiment(WHOLE.replace(old, new, 1).encode(), name="e.yaml")
    assert any(told in str(problem) and hint in problem.help for problem in caught.value.problems), str(caught.value)


def test_all_problems_at_once() -> None:
    text = WHOLE
    for old, new in (("seed: 7", "sede: 7"), ("campaign,", "campain,"), ("against: one", "against: x")):
        text = text.replace(old, new, 1)
    with pytest.raises(ProblemsError) as caught:
        read_experiment(text.encode())
    assert sorted(problem.code for problem in caught.value.problems) == ["Y005", "Y301", "Y306"]


def test_keys_of_use_at_the_end_are_read_with_the_rest() -> None:
    """A file whose scheme is unknown: what is wrong in `experiment`, `title`, `replicates` … is told all the same."""
    text = """\
experiment: Not A Slug
title: [1]
about: [1]
scheme: rongchen
population: nowhere
settles: weekly
replicates: 0
residents: 1
seed: x
draws: [1]
priors: guessed
outputs: {interval: z, tables: some, confidence: 7}
"""
    with pytest.raises(ProblemsError) as caught:
        read_experiment(text.encode())
    lines = [problem.place.line for problem in caught.value.problems]
    assert sorted(set(lines)) == list(range(1, 13))
    assert sorted(lines)[-3:] == [12, 12, 12]


def test_known_scenarios_are_named_once() -> None:
    text = WHOLE.replace("id: two", "id: one", 1).replace("against: one", "against: zzz", 1)
    with pytest.raises(ProblemsError) as caught:
        read_experiment(text.encode())
    (hint,) = [problem.help for problem in caught.value.problems if problem.code == "Y306"]
    assert hint.count("`one`") == 1
    assert hint.count("`baseline`") == 1


def test_measures_of_any_scenario_are_known() -> None:
    """A tier that only the scheme of one scenario has, and a dimension of another population, can be asked for."""
    text = "{experiment: x, scheme: qianjiang, scenarios: [{id: r, scheme: rongcheng, population: rongcheng}], "
    experiment = read_experiment((text + "outputs: {measures: ['tier:AAA', 'tier:good']}}").encode())
    assert experiment.measures == ("tier:AAA", "tier:good")
    with pytest.raises(ProblemsError, match=r"Y312 unknown measure `tier:AAAA`"):
        read_experiment((text + "outputs: {measures: 'tier:AAAA'}}").encode())


def test_sweeps_are_bounded() -> None:
    many = "[" + ", ".join(f"0.{n:03d}" for n in range(1, 102)) + "]"
    text = f"{{experiment: x, scheme: rongcheng, sweep: {{joining.benefits: {many}, joining.burden: {many}}}}}"
    with pytest.raises(ProblemsError, match="Y311 the sweep has 10,201 combinations"):
        read_experiment(text.encode())


def test_paths_start_from_the_file(tmp_path: Path) -> None:
    text = "profile: here\ntitle: Here\nbased_on: survey-2018\nonly: {region: west}\nsource: kostka2019\n"
    (tmp_path / "people.yaml").write_text(text, encoding="utf-8")
    file = tmp_path / "e.yaml"
    file.write_text("experiment: e\nscheme: rongcheng\npopulation: people.yaml\n", encoding="utf-8")
    assert is_experiment_file(str(file))
    assert not is_experiment_file(str(tmp_path / "people.yaml"))
    assert read_experiment(file).base.profile.id == "here"
    (tmp_path / "people.yaml").write_text(text.replace("west", "wst"), encoding="utf-8")
    with pytest.raises(ProblemsError, match=r"people\.yaml:4:7: Y102"):
        read_experiment(file)
    with pytest.raises(ProblemsError, match="Y300"):
        read_experiment(tmp_path / "none.yaml")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_broken_files_are_told_and_never_crash(data: st.DataObject) -> None:
    lines = WHOLE.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        line = lines[at]
        cut = data.draw(st.integers(0, len(line)))
        lines[at] = (
            line[:cut]
            + data.draw(st.sampled_from(["", "x", ":", "{", "]", "- ", "é", "0", "#", '"']))
            + line[cut + 1 :]
        )
    with suppress(ProblemsError):  # anything else is a crash
        read_experiment("\n".join(lines).encode())


@pytest.mark.parametrize("text", [WHOLE, *(path.read_text(encoding="utf-8") for path in EXAMPLES)])
def test_what_the_reader_takes_the_schema_takes(text: str) -> None:
    schema = experiment_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    plain = to_plain(read_yaml(text, "e.yaml", Problems("Y")))
    jsonschema.Draft202012Validator(schema).validate(plain)
    assert json.loads(CliRunner().invoke(schema_command, ["experiment"]).output) == schema
    for wrong in ({"experiment": "x"}, {**plain, "sede": 1}, {**plain, "replicates": 0}, {**plain, "seed": "x"}):
        assert not jsonschema.Draft202012Validator(schema).is_valid(wrong)


def test_each_key_is_described() -> None:
    forms: list[type[Form]] = [ExperimentForm, ScenarioForm, StepForm, OutputsForm]
    assert all(key.about for form in forms for key in form.list_keys())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_shipped_examples_read(path: Path) -> None:
    experiment = read_experiment(path)
    assert experiment.id == path.stem
    assert len(experiment.scenarios) > 1
    assert experiment.title.zh


def test_a_commercial_scheme_beside() -> None:
    experiment = read_experiment(b"{experiment: x, scheme: qianjiang, beside: sesame}")
    assert experiment.base.beside is not None
    assert experiment.base.beside.id == "sesame"
    with pytest.raises(ProblemsError, match="did you mean `sesame`"):
        read_experiment(b"{experiment: x, scheme: qianjiang, beside: sesme}")
