"""Reading an experiment file: all problems at once, each with its place.

The same rules hold as for scheme files (`scslab.scheme.yaml_tree`): no tags, no anchors, bounded size. Codes beyond the
shared ones: an unknown parameter (Y201) or an impossible value (Y202); an unknown intervention (Y301), event type
(Y303), profile (Y304), scheme (Y305), scenario (Y306) or measure (Y312); a day that is not the first of a month (Y308)
or lies outside of the run (Y309); an id or a value that stands twice (Y310); a sweep beyond `MOST_SCENARIOS` (Y311);
a scheme beside that is the scheme itself (Y313) or cannot be settled for these residents (Y314); draws that cannot be
read (Y412, Y413).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from scslab.ground.problems import Place
from scslab.ground.text import Text
from scslab.scheme.fields import FormReader, read_form
from scslab.scheme.model import Participation, Scheme, SubjectKind
from scslab.scheme.problem_list import Problems, suggest
from scslab.scheme.yaml_tree import YamlMap, YamlText, read_yaml
from scslab.society.experiment.amendments import Amendment
from scslab.society.experiment.checks import check_beside, check_days, check_ids, check_measures, check_settings
from scslab.society.experiment.forms import ExperimentForm, OutputsForm, ScenarioForm, StepForm
from scslab.society.experiment.interventions import INTERVENTIONS, Intervention
from scslab.society.experiment.model import BASELINE, Experiment, Interval, Scenario, Step, Tables
from scslab.society.experiment.names import (
    Reading,
    read_draws_named,
    read_profile_named,
    read_rates,
    read_scheme_named,
    read_values,
)
from scslab.society.experiment.sweep import MOST_SCENARIOS, read_sweep
from scslab.society.outcomes.measures import list_measures
from scslab.society.population.profile import list_profiles, read_profile
from scslab.society.setting import Setting, Settles

RESIDENTS, YEARS, REPLICATES = 10_000, 5, 20
"""What stands for `residents`, `years` and `replicates` where the file has none."""
Changes = type[StepForm] | type[ScenarioForm]


def read_experiment(
    source: str | Path | bytes, *, folder: Path | None = None, name: str = "experiment.yaml"
) -> Experiment:
    """Read an experiment.

    Args:
        source: the path of a file, or the content of one as bytes.
        folder: from which paths in the content start; default: the file's own folder.
        name: what problems call the content.

    Raises:
        ProblemsError: with every problem of the file.

    Example:
        >>> experiment = read_experiment(b'''
        ... experiment: easier
        ... scheme: qianjiang
        ... residents: 2_000
        ... scenarios: [{id: easier, interventions: easier-registration}]
        ... ''')
        >>> experiment.base.scheme.id, [each.id for each in experiment.scenarios]
        ('hangzhou-qianjiang', ['baseline', 'easier'])
    """
    problems = Problems("Y")
    if isinstance(source, bytes):
        content, shown = source, name
    else:
        shown, folder = str(source), folder or Path(source).parent
        try:
            content = Path(source).read_bytes()
        except OSError:
            problems.error("Y300", f"there is no experiment at `{source}`", Place(str(source)))
            content = b""
        problems.raise_errors()
    root = read_yaml(content, shown, problems)
    form = None if root is None else read_form(ExperimentForm, root, problems)
    if form is None:
        problems.raise_errors()
        raise AssertionError("a file that is no form has problems")
    reading = Reading(problems, folder or Path())
    experiment = _read(form, reading)
    problems.raise_errors()
    if experiment is None:
        raise AssertionError("a file that gives no experiment has problems")
    return replace(experiment, text=content.decode("utf-8-sig"))


def _read(form: FormReader, reading: Reading) -> Experiment | None:
    f, problems = ExperimentForm, reading.problems
    for key in f.list_keys():
        form.take(key, None)  # what is wrong in keys that are of use only in the end is told with the rest
    scheme = read_scheme_named(form, f.scheme, reading)
    profile = read_profile_named(form, f.population, reading)
    if profile is None and scheme is not None and not form.has(f.population):
        profile = read_profile(choose_profile(scheme))
    beside = read_scheme_named(form, f.beside, reading)
    years = form.take(f.years, YEARS)
    first = form.take(f.first, None)
    if first is not None and first.day != 1:
        _refuse_day(first, form.place_of(f.first), reading)
    first = (first or (scheme.in_force.since if scheme and scheme.in_force.since else date(2020, 1, 1))).replace(day=1)
    forms = form.take(f.scenarios, ())
    scenarios = [_read_scenario(each, reading) for each in forms]
    common = [_read_step(each, StepForm, reading) for each in form.take(f.reforms, ())]
    values = read_values(form, f.values, reading)
    rates = read_rates(form, f.rates, reading)
    named = [each for each in scenarios if each.id != BASELINE]
    base = next((each for each in scenarios if each.id == BASELINE), Scenario(BASELINE, Text("Baseline", "基线")))
    swept = read_sweep(form, reading)
    places = [each.place_of(ScenarioForm.id) for each in forms]
    check_ids([(each.id, place) for each, place in zip(scenarios, places, strict=True)], reading)
    everyone = [
        replace(each, steps=tuple(sorted((*common, *each.steps), key=lambda step: step.since or date.min)))
        for each in (base, *named, *swept)
    ]
    if len(everyone) > MOST_SCENARIOS:
        text = f"{len(everyone):,} scenarios; at most {MOST_SCENARIOS:,} are run"
        problems.error("Y311", text, form.place_of(f.sweep), "take fewer values")
    against = form.take(f.against, None)
    if against is not None and against.text not in (ids := list({each.id: 0 for each in everyone if each.id})):
        problems.error("Y306", f"unknown scenario `{against.text}`", against.place, suggest(against.text, ids))
    check_days(reading, first, years)
    outputs = form.take(f.outputs, None)
    measures, tables, interval, confidence = _read_outputs(outputs)
    if scheme is not None and profile is not None:
        lived = {each.id: each for each in (scheme, *(step.scheme for s in everyone for step in s.steps)) if each}
        profiles = {each.id: each for each in (profile, *(s.profile for s in everyone)) if each}
        check_measures(measures, [list_measures(a, b) for a in lived.values() for b in profiles.values()], reading)
        if beside is not None:
            check_beside(beside, lived, profiles.values(), form.place_of(f.beside), problems)
    seed, residents = form.take(f.seed, 1), form.take(f.residents, RESIDENTS)
    draws = () if profile is None else read_draws_named(form, (f.draws, f.priors), reading, profile, seed)
    if scheme is None or profile is None or problems.count_errors():
        return None
    setting = Setting(
        scheme, profile, residents, years, seed=seed, first=first, values=values, rates=rates, beside=beside,
        settles=form.take(f.settles, Settles.MONTHLY),
    )  # fmt: skip
    experiment = Experiment(
        form.take(f.experiment, ""), form.take(f.title, Text()), setting, tuple(everyone),
        form.take(f.replicates, REPLICATES), BASELINE if against is None else against.text, interval, confidence,
        tuple(dict.fromkeys(word.text for word in measures)), tables, draws,
    )  # fmt: skip
    check_settings(experiment, form.place, problems)
    return experiment


def is_experiment_file(path: str) -> bool:
    """Whether a path leads to a file that wants to be an experiment: YAML with a key `experiment`."""
    file = Path(path)
    if file.suffix not in (".yaml", ".yml") or not file.is_file():
        return False
    root = read_yaml(file.read_bytes(), path, Problems("Y"))
    # What cannot be read at all is told by the reader of schemes, unless a line says what it is.
    return isinstance(root, YamlMap) and root.get("experiment") is not None


def choose_profile(scheme: Scheme) -> str:
    """The profile of the scheme's own place, else the survey's population, or businesses where they are scored.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> choose_profile(find_scheme("qianjiang")), choose_profile(find_scheme("food-safety"))
        ('hangzhou', 'businesses')
    """
    for name in list_profiles():
        if read_profile(name).scheme == scheme.id:
            return name
    return "survey-2018" if SubjectKind.RESIDENT in scheme.subjects.kinds else "businesses"


def _read_scenario(form: FormReader, reading: Reading) -> Scenario:
    f = ScenarioForm
    first = _read_step(form, f, reading)
    later = [_read_step(each, StepForm, reading) for each in form.take(f.reforms, ())]
    title = form.take(f.title, Text()) or _join_titles(first.interventions)
    return Scenario(form.take(f.id, ""), title, (first, *later), read_profile_named(form, f.population, reading))


def _join_titles(interventions: Iterable[Intervention]) -> Text:
    titles = [each.title for each in interventions if each.id in INTERVENTIONS]
    return Text(" + ".join(each.en for each in titles), "＋".join(each.zh for each in titles))


def _read_step(form: FormReader, keys: Changes, reading: Reading) -> Step:
    since = form.take(keys.since, None)
    if since is not None:
        place = form.place_of(keys.since)
        reading.days.append((since, place))
        if since.day != 1:
            _refuse_day(since, place, reading)
    names = form.take(keys.interventions, ())
    found: list[Intervention] = []
    for word in names:
        if word.text in INTERVENTIONS:
            found.append(INTERVENTIONS[word.text])
        else:
            hint = suggest(word.text, INTERVENTIONS)
            reading.problems.error("Y301", f"unknown intervention `{word.text}`", word.place, hint)
    participation = form.take(keys.participation, None)
    if participation is not None:
        found.append(_set_participation(participation))
    scheme = read_scheme_named(form, keys.scheme, reading)
    return Step(
        since, tuple(found), read_values(form, keys.values, reading), read_rates(form, keys.rates, reading), scheme
    )


def _set_participation(word: Participation) -> Intervention:
    title = Text(f"participation: {word.value}")
    return Intervention(f"participation-{word.value}", title, title, "", (), (Amendment("participation", word.value),))


def _refuse_day(day: date, place: Place, reading: Reading) -> None:
    hint = f"did you mean `{day.replace(day=1)}`?"
    reading.problems.error("Y308", f"{day} is not the first of a month", place, hint)


def _read_outputs(form: FormReader | None) -> tuple[tuple[YamlText, ...], Tables, Interval, float]:
    if form is None:
        return (), Tables.SUMMARY, Interval.T, 0.95
    f = OutputsForm
    return (
        form.take(f.measures, ()), form.take(f.tables, Tables.SUMMARY), form.take(f.interval, Interval.T),
        float(form.take(f.confidence, Decimal("0.95"))),
    )  # fmt: skip
