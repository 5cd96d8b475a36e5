"""When a scheme is in force during a run: in other months nobody takes part and nothing is recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from scslab.scheme.model import Scheme
from scslab.society.setting import Setting, list_months


@dataclass(frozen=True, slots=True)
class Closed:
    """Months of a run in which the scheme of the time is not in force.

    Attributes:
        first, last: the first day of the first of these months, and the last day of the last one.
        is_before: whether the scheme has yet to begin; else it is over.
    """

    scheme: Scheme
    first: date
    last: date
    is_before: bool

    @property
    def edge(self) -> date | None:
        """The day on which the scheme begins or ends."""
        return self.scheme.in_force.since if self.is_before else self.scheme.in_force.until


def is_in_force(scheme: Scheme, first: date, last: date) -> bool:
    """Whether a scheme is in force on some day of a month.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> qianjiang = find_scheme("qianjiang")  # since 16 November 2018
        >>> [is_in_force(qianjiang, date(2018, m, 1), date(2018, m, 28)) for m in (10, 11)]
        [False, True]
    """
    force = scheme.in_force
    return (force.since is None or force.since <= last) and (force.until is None or first <= force.until)


def list_closed(setting: Setting) -> list[Closed]:
    """The months of a run in which its scheme is not in force, those side by side together.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> from scslab.society.population.profile import read_profile
        >>> setting = Setting(find_scheme("qianjiang"), read_profile("hangzhou"), 100, 2, first=date(2018, 1, 1))
        >>> [(each.first.month, str(each.last), each.is_before) for each in list_closed(setting)]
        [(1, '2018-10-31', True)]
    """
    found: list[Closed] = []
    for first, last in list_months(setting.first, setting.years):
        scheme = setting.at(first).scheme
        if is_in_force(scheme, first, last):
            continue
        is_before = scheme.in_force.since is not None and last < scheme.in_force.since
        same = [each for each in found[-1:] if each.last + timedelta(days=1) == first and each.is_before == is_before]
        if same and same[0].scheme.id == scheme.id:
            found[-1] = replace(same[0], scheme=scheme, last=last)
        else:
            found.append(Closed(scheme, first, last, is_before))
    return found
