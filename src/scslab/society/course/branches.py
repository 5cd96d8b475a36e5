"""Branches: settings that differ in reforms only share their history up to the first difference; it is lived once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from scslab.society.course.course import Course, branch_off, open_course
from scslab.society.course.provenance import describe_reform, digest_json, digest_setting
from scslab.society.setting import Reform, Setting, Tell
from scslab.society.simulation import Simulated, finish, live_on


def group_roots(settings: Sequence[Setting]) -> list[list[int]]:
    """The numbers of the settings, together where they begin alike."""
    groups: dict[str, list[int]] = {}
    for number, setting in enumerate(settings):
        groups.setdefault(digest_setting(replace(setting, reforms=())), []).append(number)
    return list(groups.values())


def simulate_branches(
    settings: Sequence[Setting], *, tell: Tell = lambda step, share: None
) -> Iterator[tuple[int, Simulated]]:
    """Simulate settings, each month that several have in common once; the results are those of `simulate`.

    Yields:
        The number of a setting and what came of it, in any order; settings that are the same share one result.

    Raises:
        ProblemsError, ValueError: as `simulate`.
    """
    done = 0
    for members in group_roots(settings):
        for number, run in _follow(open_course(settings[members[0]]), settings, members):
            done += 1
            yield number, run
            tell("living", done / len(settings))


def _follow(course: Course, settings: Sequence[Setting], members: list[int]) -> Iterator[tuple[int, Simulated]]:
    """All that comes of a course that several settings have in common so far."""
    parting = _find_parting(course, [settings[number] for number in members])
    if parting is None:
        live_on(course)
        run = finish(course)
        for number in members:
            yield number, run if settings[number] == run.setting else replace(run, setting=settings[number])
        return
    live_on(course, until=parting)
    first = course.months[parting][0]
    groups: dict[str, list[int]] = {}
    for number in members:
        now = [each for each in settings[number].reforms if each.since == first]
        groups.setdefault(_tell(now), []).append(number)
    last = list(groups)[-1]
    for key, group in groups.items():
        # The last branch needs the course no more and goes on with it.
        branch = course if key == last else branch_off(course, settings[group[0]])
        branch.setting = settings[group[0]]
        yield from _follow(branch, settings, group)


def _find_parting(course: Course, settings: Sequence[Setting]) -> int | None:
    """The first month to come whose reforms are not the same in all settings."""
    for k in range(course.month, len(course.months)):
        first = course.months[k][0]
        told = {_tell([each for each in setting.reforms if each.since == first]) for setting in settings}
        if len(told) > 1:
            return k
    return None


def _tell(reforms: Sequence[Reform]) -> str:
    return digest_json([describe_reform(each) for each in reforms])
