"""Whether a scheme can be lived under at all, by this population."""

from __future__ import annotations

from scslab.ground.problems import Problem, ProblemsError
from scslab.scheme.model import Scheme, Status, SubjectKind
from scslab.society.population.profile import Profile, ProfileKind

_FITTING = {
    ProfileKind.RESIDENT: {SubjectKind.RESIDENT},
    ProfileKind.BUSINESS: {SubjectKind.BUSINESS, SubjectKind.ORGANISATION, SubjectKind.AGENCY},
}

_PLURAL = {ProfileKind.RESIDENT: "residents", ProfileKind.BUSINESS: "businesses"}


def check_can_be_lived(scheme: Scheme, profile: Profile) -> None:
    """Refuse what could only give empty tables.

    Raises:
        ProblemsError: the scheme is a stub (Y601) or has no events that do anything (Y602); or it scores others than
            those who live there (Y603).

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> from scslab.society.population.profile import read_profile
        >>> check_can_be_lived(find_scheme("rongcheng"), read_profile("rongcheng"))
    """
    problems: list[Problem] = []
    has_effect = bool(scheme.rules or scheme.dimensions or scheme.lists)
    if scheme.status is Status.STUB:
        text = f"`{scheme.id}` is a stub: its rules were not published, so that nobody can live under it"
        help_ = f"`scslab show {scheme.id}` tells what is known of it; `scslab catalogue` lists the others"
        problems.append(Problem("Y601", text, scheme.place, help=help_))
    elif not scheme.events or not has_effect:
        text = f"`{scheme.id}` has no event that does anything, so that nothing can come of living under it"
        problems.append(Problem("Y602", text, scheme.place, help="it needs `events`, and rules, dimensions or lists"))
    if not _FITTING[profile.kind] & set(scheme.subjects.kinds):
        kinds = ", ".join(kind.value for kind in scheme.subjects.kinds)
        text = f"`{scheme.id}` scores {kinds}, and `{profile.id}` is a profile of {_PLURAL[profile.kind]}"
        fitting = "businesses" if profile.kind is ProfileKind.RESIDENT else "survey-2018"
        problems.append(Problem("Y603", text, scheme.place, help=f"take another profile, as `--city {fitting}`"))
    if problems:
        raise ProblemsError(problems)
