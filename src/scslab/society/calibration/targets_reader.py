"""The reader of target files: strict, every problem with its place, all of them at once."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from scslab.ground.digests import digest_of_bytes
from scslab.ground.problems import Place, Problem, ProblemsError, did_you_mean
from scslab.ground.text import Text
from scslab.scheme.catalogue import find_scheme
from scslab.scheme.fields import Form, FormReader, Key, check_ids_once, form_of
from scslab.scheme.form_files import open_form
from scslab.scheme.kinds import BILINGUAL, DATE, IDENT, TEXT, choice, integer, number
from scslab.scheme.model import Participation, Scheme
from scslab.scheme.problem_list import Problems
from scslab.scheme.shapes import either, list_of
from scslab.scheme.yaml_tree import YamlText
from scslab.society.calibration.targets import (
    PILOTS,
    SHIPPED,
    TIMELESS,
    Observable,
    Role,
    Target,
    TargetPlace,
    Targets,
    compute_error,
)
from scslab.society.population.profile import list_profiles, read_profile

_YEAR = re.compile(r"\d{4}", re.ASCII)
_DATE_OR_YEAR = either(
    lambda node: isinstance(node, YamlText) and _YEAR.fullmatch(node.text) is not None, integer(1900, 2199), DATE
)


class PlaceForm(Form):
    """A place."""

    id = Key("id", IDENT, "a short name", is_required=True)
    profile = Key(
        "profile", TEXT, "who lives there: a shipped profile or a file; if left out, the profile of this name"
    )
    scheme = Key("scheme", TEXT, "a shipped scheme or a file; if left out, that of the profile, if any")
    since = Key("since", DATE, "when the scheme began there; if left out, as the scheme says")
    participation = Key("participation", choice(Participation), "as it is there; if left out, as the scheme says")
    note = Key("note", BILINGUAL, "what is assumed")


class TargetForm(Form):
    """A target."""

    id = Key("id", IDENT, "a short name", is_required=True)
    place = Key(
        "place", IDENT, "a place of the file, a shipped one, or `pilots`: the mean of those fitted", is_required=True
    )
    observable = Key("observable", choice(Observable), "what was observed", is_required=True)
    date = Key("date", _DATE_OR_YEAR, "when: a day, or a year where no more is known")
    months = Key("months", integer(1, 1200), "or how many months after the launch")
    value = Key("value", number(0, 1), "the observed share, 0 to 1", is_required=True)
    tolerance = Key("tolerance", number(Decimal("0.0001"), 1), "its standard deviation in our judgement")
    n = Key("n", integer(1, 2_000_000_000), "or how many were asked")
    design_effect = Key("design_effect", number(1, 1000), "by how much their variance exceeds that of a random sample")
    exposed = Key("exposed", number(0, 1), "the share of those asked who live where there is a scheme")
    source = Key("source", TEXT, "where it is from", is_required=True)
    role = Key("role", choice(Role), "fit, or held-out: to be predicted")
    note = Key("note", BILINGUAL, "what to know about it, such as what it pulls against")


class TargetsForm(Form):
    """A file of targets."""

    targets = Key("targets", IDENT, "a short name", is_required=True)
    title = Key("title", BILINGUAL, "its name")
    places = Key("places", list_of(form_of(PlaceForm)), "places that are not shipped, or are to be seen otherwise")
    observed = Key("observed", list_of(form_of(TargetForm)), "what was observed", is_required=True)


def read_targets(file: Path | str | None = None) -> Targets:
    """Reads a file of targets, or the shipped ones.

    Args:
        file: a path; None: the shipped targets.

    Raises:
        ProblemsError: with every problem of the file: it cannot be opened (Y401), an unknown place (Y402), a scheme or
            profile that is not there (Y403), no time or two (Y404), no tolerance or two (Y405), a time before the
            launch (Y406), an observable that the place cannot have (Y407); besides those that every YAML file may have.

    Example:
        >>> targets = read_targets()
        >>> one = targets.observed[0]
        >>> one.id, one.place, one.value, one.source
        ('hangzhou-early', 'hangzhou', 0.15, 'likostka2022')
    """
    path = SHIPPED if file is None else Path(file)
    problems = Problems("Y")

    def tell(error: OSError) -> Problem:
        return Problem("Y401", f"the file cannot be opened: {error.strerror}", Place(str(path)))

    form, content = open_form(TargetsForm, path, problems, tell)
    found = _build(form, problems, digest_of_bytes(content), is_shipped=path == SHIPPED)
    problems.raise_errors()
    return found


def _build(form: FormReader, problems: Problems, digest: str, *, is_shipped: bool) -> Targets:
    own = [_build_place(each, problems) for each in form.take(TargetsForm.places, ())]
    check_ids_once([(place.id, place.stands) for place in own], problems)
    places = {} if is_shipped else dict(_shipped_places())
    places |= {place.id: place for place in own if place.id}
    observed = [t for each in form.take(TargetsForm.observed, ()) if (t := _build_target(each, places, problems))]
    check_ids_once([(target.id, target.stands) for target in observed], problems)
    used = {target.place for target in observed} | {place.id for place in own}
    places = {name: place for name, place in places.items() if name in used}
    name = form.take(TargetsForm.targets, "")
    return Targets(name, form.take(TargetsForm.title, Text(en=name)), places, tuple(observed), digest)


@cache
def _shipped_places() -> dict[str, TargetPlace]:
    return read_targets().places


def _build_place(form: FormReader, problems: Problems) -> TargetPlace:
    name = form.take(PlaceForm.id, "")
    profile = form.take(PlaceForm.profile, name)
    scheme = _find(form, problems)
    is_file = profile.endswith((".yaml", ".yml"))
    if name and not is_file and profile not in list_profiles():
        key = PlaceForm.profile if form.has(PlaceForm.profile) else PlaceForm.id
        helps = did_you_mean(profile, list_profiles())
        problems.error("Y403", f"no profile `{profile}`", form.place_of(key), helps)
    elif name and not is_file and not form.has(PlaceForm.scheme):
        scheme = find_scheme(read_profile(profile).scheme) if read_profile(profile).scheme else None
    since = form.take(PlaceForm.since, None)
    if since is None and scheme is not None:
        since = scheme.in_force.since
        if since is None:
            text = f"`{scheme.id}` does not say since when it is in force"
            problems.error("Y404", text, form.place, "give the place a `since`, and say in its note what is assumed")
    return TargetPlace(
        name, profile, form.take(PlaceForm.scheme, scheme.id if scheme else ""), since,
        form.take(PlaceForm.participation, None), form.take(PlaceForm.note, Text()), form.place,
    )  # fmt: skip


def _find(form: FormReader, problems: Problems) -> Scheme | None:
    """The scheme that a place names."""
    name = form.take(PlaceForm.scheme, "")
    if not name:
        return None
    try:
        return find_scheme(name)
    except ProblemsError as error:
        place = form.place_of(PlaceForm.scheme)
        problems.error("Y403", f"no scheme `{name}` that could be read", place, error.problems[0].help)
        return None


def _build_target(form: FormReader, places: dict[str, TargetPlace], problems: Problems) -> Target | None:
    name, place = form.take(TargetForm.id, ""), form.take(TargetForm.place, "")
    observable = form.take(TargetForm.observable, None)
    if place and place != PILOTS and place not in places:
        known = [*places, PILOTS]
        problems.error("Y402", f"unknown place `{place}`", form.place_of(TargetForm.place), did_you_mean(place, known))
        place = ""
    day, year, months = _read_time(form, observable, problems)
    value = float(form.take(TargetForm.value, Decimal("0.5")))
    target = Target(
        name, place, observable or Observable.AWARE, value, _read_error(form, value, problems),
        form.take(TargetForm.role, Role.FIT), form.take(TargetForm.source, ""), day, year, months,
        float(form.take(TargetForm.exposed, Decimal(1))), form.take(TargetForm.note, Text()), form.place,
    )  # fmt: skip
    if observable is None or not place:
        return None
    _check_place(form, target, places, problems)
    return target


def _read_time(
    form: FormReader, observable: Observable | None, problems: Problems
) -> tuple[date | None, int, int | None]:
    given, months = form.take(TargetForm.date, None), form.take(TargetForm.months, None)
    times = form.has(TargetForm.date) + form.has(TargetForm.months)
    if observable in TIMELESS:
        if form.has(TargetForm.months):
            text = f"`{observable}` does not change with time, so that `months` has no effect"
            problems.error("Y404", text, form.place_of(TargetForm.months), "leave it out")
    elif times != 1:
        key = TargetForm.months if times else TargetForm.id
        text = "a target needs a `date` or `months`" if not times else "a target has a `date` or `months`, not both"
        helps = "months count from the launch; a date may be a year"
        problems.error("Y404", text, form.place_of(key) if times else form.place, helps)
    is_year = isinstance(given, int)
    return (None if is_year else given), (given if is_year else 0), months


def _read_error(form: FormReader, value: float, problems: Problems) -> float:
    has_tolerance, has_n = form.has(TargetForm.tolerance), form.has(TargetForm.n)
    if has_tolerance == has_n:
        text = "a target has a `tolerance` or `n`, not both" if has_n else "a target needs a `tolerance` or `n`"
        helps = "a tolerance is a standard deviation; from n and the design effect it is computed"
        problems.error("Y405", text, form.place_of(TargetForm.tolerance) if has_n else form.place, helps)
    if form.has(TargetForm.design_effect) and not has_n:
        place = form.place_of(TargetForm.design_effect)
        problems.error("Y405", "a design effect belongs to `n`", place, "give `n`, or leave it out")
    if has_tolerance:
        return float(form.take(TargetForm.tolerance, Decimal("0.05")))
    return compute_error(value, form.take(TargetForm.n, 100), float(form.take(TargetForm.design_effect, Decimal(1))))


def _check_place(form: FormReader, target: Target, places: dict[str, TargetPlace], problems: Problems) -> None:
    if target.place == PILOTS:
        if target.observable in TIMELESS:
            text = f"`{target.observable}` is observed at a place, not as a mean of pilots"
            problems.error("Y407", text, form.place_of(TargetForm.place), "name the place")
        return
    place = places[target.place]
    if not place.scheme and target.observable not in TIMELESS:
        text = f"`{place.id}` has no scheme of which one could know or take part"
        problems.error("Y407", text, form.place_of(TargetForm.place), "give the place a `scheme`")
    elif place.since is not None and (target.day or target.year) and not target.list_months(place.since.replace(day=1)):
        text = f"the scheme of `{place.id}` began on {place.since}, after this target"
        problems.error("Y406", text, form.place_of(TargetForm.date), "check the date, or the place's `since`")
