"""What must hold between the keys of an experiment file: names that fit, ids that stand once, days within the run."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from scslab.ground.problems import Place, ProblemsError
from scslab.scheme.model import Scheme
from scslab.scheme.problem_list import Problems, suggest
from scslab.scheme.yaml_tree import YamlText
from scslab.society.course.readiness import check_can_be_lived
from scslab.society.experiment.model import Experiment, build_setting
from scslab.society.experiment.names import Reading
from scslab.society.population.profile import Profile
from scslab.society.setting import list_months


def check_measures(words: Iterable[YamlText], lists: list[list[str]], reading: Reading) -> None:
    """Whether some scenario can have each measure."""
    known = list(dict.fromkeys(name for names in lists for name in names))
    for word in words:
        if word.text not in known:
            hint = suggest(word.text, known) or _list_like(word.text, known)
            reading.problems.error("Y312", f"unknown measure `{word.text}`", word.place, hint)


def _list_like(word: str, known: list[str]) -> str:
    """The measures with the same word before the colon; without one those without, and the words before a colon."""
    kinds = list(dict.fromkeys(name.partition(":")[0] for name in known))
    kind = word.partition(":")[0]
    alike = [name for name in known if ":" in name and name.partition(":")[0] == kind]
    names = alike or [f"{each}:…" if each not in known else each for each in kinds]
    return "measures here: " + ", ".join(f"`{name}`" for name in names)


def check_beside(
    beside: Scheme, lived: Collection[str], profiles: Iterable[Profile], place: Place, problems: Problems
) -> None:
    """Whether a scheme can be settled beside those that residents live under."""
    if beside.id in lived:
        text = f"`{beside.id}` beside itself: what is lived under is not settled a second time"
        problems.error("Y313", text, place, "name another scheme, such as `sesame`, or leave `beside` out")
        return
    for profile in profiles:
        try:
            check_can_be_lived(beside, profile)
        except ProblemsError as error:
            # Unlike the scheme that is lived under, another one can do without.
            help_ = "name a scheme that scores residents, such as `sesame`, or leave `beside` out"
            for problem in error.problems:
                problems.error("Y314", f"beside: {problem.message}", place, help_)


def check_settings(experiment: Experiment, place: Place, problems: Problems) -> None:
    """What shows only when a scenario is put together, such as a rate that a later scheme does not know."""
    for each in experiment.scenarios:
        try:
            build_setting(experiment, each, 0).check()
        except ProblemsError as error:
            for problem in error.problems:
                problems.error(problem.code, f"scenario `{each.id}`: {problem.message}", place, problem.help)
        except ValueError as error:
            problems.error("Y309", f"scenario `{each.id}`: {error}", place)


def check_ids(ids: list[tuple[str, Place]], reading: Reading) -> None:
    """Whether no scenario stands twice."""
    seen: set[str] = set()
    for name, place in ids:
        if name and name in seen:
            reading.problems.error("Y310", f"the scenario `{name}` stands twice", place)
        seen.add(name)


def check_days(reading: Reading, first: date, years: int) -> None:
    """Whether all days lie within the run."""
    last = list_months(first, years)[-1][1]
    for day, place in reading.days:
        if not first <= day <= last:
            reading.problems.error("Y309", f"{day} lies outside of the run, {first} to {last}", place)
