"""Repairs of points: which a scheme has, and what the fold can count with."""

from __future__ import annotations

from scslab.engine.objection.layout import MAX_RESTORES
from scslab.ground.problems import Problem, ProblemsError
from scslab.scheme.model import Repair, Restore, Scheme

LARGEST_WHOLE = 10**9
"""A share is a fraction whose denominator is not greater: then no product overflows."""


def list_restores(scheme: Scheme) -> list[tuple[Repair, Restore]]:
    """The repairs of points, in file order."""
    return [(repair, repair.action) for repair in scheme.repairs if isinstance(repair.action, Restore)]


def check_restores(scheme: Scheme) -> None:
    """Refuse repairs that the fold cannot count with.

    Raises:
        ProblemsError: there are too many repairs of points, or a share has too many digits (R004).
    """
    found = list_restores(scheme)
    problems = [
        Problem(
            "R004",
            f"the share {action.share} of the repair `{repair.id}` has too many digits",
            repair.place,
            "nine decimals are enough",
        )
        for repair, action in found
        if action.share.as_integer_ratio()[1] > LARGEST_WHOLE
    ]
    if len(found) > MAX_RESTORES:
        text = f"{len(found)} repairs restore points; at most {MAX_RESTORES} can"
        problems.append(Problem("R004", text, scheme.place, "let one repair restore several rules"))
    if problems:
        raise ProblemsError(problems)
