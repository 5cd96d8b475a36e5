"""Profiles: who lives in a place, as tables with their sources."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import numpy as np

from scslab.ground.problems import Place, Problem, did_you_mean
from scslab.ground.text import Text
from scslab.scheme.fields import Form, FormReader, Key, form_of
from scslab.scheme.form_files import open_form
from scslab.scheme.kinds import BILINGUAL, IDENT, SLUG, choice, number
from scslab.scheme.problem_list import Problems
from scslab.scheme.shapes import list_of, map_of
from scslab.scheme.yaml_tree import YamlText
from scslab.society.population.fit import Margin

FOLDER = Path(__file__).parent / "profiles"
"""The profiles that are shipped."""


class ProfileKind(StrEnum):
    """Who the agents are."""

    RESIDENT = "resident"
    BUSINESS = "business"


class MarginForm(Form):
    """A margin."""

    over = Key("over", list_of(SLUG), "the dimensions, in the order of the profile", is_required=True)
    shares = Key("shares", list_of(number(0)), "shares, the last dimension running fastest", is_required=True)


class ProfileForm(Form):
    """A profile of a population."""

    profile = Key("profile", SLUG, "a short name", is_required=True)
    title = Key("title", BILINGUAL, "its name", is_required=True)
    kind = Key("kind", choice(ProfileKind), "resident or business")
    based_on = Key("based_on", SLUG, "a shipped profile whose tables it takes over")
    only = Key("only", map_of(SLUG, SLUG), "categories to which it is restricted, by dimension")
    source = Key("source", IDENT, "a key of docs/references.bib, or `assumed`", is_required=True)
    about = Key("about", BILINGUAL, "what the numbers are and are not")
    dimensions = Key("dimensions", map_of(SLUG, list_of(SLUG)), "categories by dimension")
    margins = Key("margins", list_of(form_of(MarginForm)), "shares that the population has")
    household_sizes = Key(
        "household_sizes", list_of(number(0)), "shares of households of 1, 2, … persons; of owners of 1, 2, … firms"
    )
    scheme = Key("scheme", SLUG, "the scheme of the place")
    participation = Key("participation", map_of(IDENT, number(0, 100)), "reported participation in percent, by year")


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile.

    Attributes:
        dimensions: categories by dimension, in the order of the cells' axes.
        margins: shares over them; a category at share 0 has no resident.
        household_sizes: shares of households of 1, 2, … persons, of businesses of owners of 1, 2, … firms; empty: all
            stand alone.
        participation: reported participation in percent of the population, by year.
    """

    id: str
    title: Text
    kind: ProfileKind
    source: str
    dimensions: dict[str, tuple[str, ...]]
    margins: tuple[Margin, ...]
    about: Text = field(default_factory=Text)
    household_sizes: tuple[float, ...] = ()
    scheme: str = ""
    participation: dict[int, float] = field(default_factory=dict[int, float])

    @property
    def shape(self) -> tuple[int, ...]:
        """How many categories each dimension has."""
        return tuple(len(categories) for categories in self.dimensions.values())


def list_profiles() -> tuple[str, ...]:
    """The names of the shipped profiles.

    Example:
        >>> "hangzhou" in list_profiles()
        True
    """
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def read_profile(name: str | Path) -> Profile:
    """Reads a shipped profile by name, or a file.

    Raises:
        ProblemsError: with every problem of the file: no such profile (Y101), unknown dimensions or categories (Y102),
            shares that do not fit their dimensions (Y103), no tables at all (Y104).

    Example:
        >>> profile = read_profile("survey-2018")
        >>> profile.shape, profile.dimensions["gender"]
        ((3, 2, 3, 4, 3, 2), ('female', 'male'))
    """
    problems = Problems("Y")
    path = name if isinstance(name, Path) or name.endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"
    path = Path(path)

    def tell(_: OSError) -> Problem:
        helps = did_you_mean(str(name), list_profiles())
        return Problem("Y101", f"no profile `{name}`", Place(str(name)), helps)

    form, _ = open_form(ProfileForm, path, problems, tell)
    profile = _build(form, problems)
    problems.raise_errors()
    return profile


def _build(form: FormReader, problems: Problems) -> Profile:
    base_id = form.take(ProfileForm.based_on, "")
    if base_id and base_id not in list_profiles():
        place = form.place_of(ProfileForm.based_on)
        problems.error("Y101", f"no profile `{base_id}`", place, did_you_mean(base_id, list_profiles()))
        base_id = ""
    base = read_profile(base_id) if base_id else None
    declared = form.take(ProfileForm.dimensions, dict[YamlText, tuple[str, ...]]())
    dimensions = {key.text: found for key, found in declared.items()}
    if not dimensions and base is None:
        problems.error("Y104", "a profile needs `dimensions` and `margins`, or `based_on`", form.place)
    dimensions = dimensions or (base.dimensions if base else {})
    names = list(dimensions)
    margins = [m for each in form.take(ProfileForm.margins, ()) if (m := _build_margin(each, dimensions, problems))]
    if base is not None:
        margins = margins or list(base.margins)
    for key, category in form.take(ProfileForm.only, dict[YamlText, str]()).items():
        known = dimensions.get(key.text, ())
        if category not in known:
            place = form.place_of(ProfileForm.only)
            problems.error("Y102", f"`{key.text}` has no `{category}`", place, did_you_mean(category, known))
            continue
        margins = _restrict(margins, names.index(key.text), known.index(category))
    sizes = tuple(float(share) for share in form.take(ProfileForm.household_sizes, ()))
    return Profile(
        form.take(ProfileForm.profile, ""),
        form.take(ProfileForm.title, Text()),
        form.take(ProfileForm.kind, base.kind if base else ProfileKind.RESIDENT),
        form.take(ProfileForm.source, ""),
        dimensions,
        tuple(margins),
        form.take(ProfileForm.about, Text()),
        sizes or (base.household_sizes if base else ()),
        form.take(ProfileForm.scheme, ""),
        _read_years(form, problems),
    )


def _read_years(form: FormReader, problems: Problems) -> dict[int, float]:
    years: dict[int, float] = {}
    for key, percent in form.take(ProfileForm.participation, dict[YamlText, Decimal]()).items():
        if key.text.isdigit() and 1900 <= int(key.text) <= 2199:
            years[int(key.text)] = float(percent)
        else:
            problems.error("Y102", f"`{key.text}` is not a year", key.place)
    return years


def _build_margin(form: FormReader, dimensions: dict[str, tuple[str, ...]], problems: Problems) -> Margin | None:
    names = list(dimensions)
    over = form.take(MarginForm.over, ())
    for unknown in [each for each in over if each not in names]:
        place = form.place_of(MarginForm.over)
        problems.error("Y102", f"unknown dimension `{unknown}`", place, did_you_mean(unknown, names))
        return None
    shares = np.array([float(share) for share in form.take(MarginForm.shares, ())])
    shape = tuple(len(dimensions[each]) for each in over)
    axes = tuple(names.index(each) for each in over)
    if list(axes) != sorted(set(axes)) or shares.size != int(np.prod(shape)) or not shares.sum() > 0:
        text = f"a margin over {', '.join(over)} needs {int(np.prod(shape))} shares with a total above 0"
        hint = "name each dimension once, in the order of the profile; the last one runs fastest"
        problems.error("Y103", text, form.place_of(MarginForm.shares), hint)
        return None
    return Margin(axes, shares.reshape(shape))


def _restrict(margins: list[Margin], axis: int, category: int) -> list[Margin]:
    """The margins among those of one category."""
    found: list[Margin] = []
    for margin in margins:
        if axis not in margin.axes:
            found.append(margin)
            continue
        shares = np.zeros_like(margin.shares)
        at = tuple(category if a == axis else slice(None) for a in margin.axes)
        shares[at] = margin.shares[at]
        found.append(replace(margin, shares=shares))
    return found
