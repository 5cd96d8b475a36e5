"""Formulas: parsed by formulaic, read as a response and a list of terms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, cast

from scslab.ground.problems import Problem
from scslab.study.models.expressions import Part, read_part


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula over the columns of a table.

    Attributes:
        text: as the user wrote it.
        response: what is explained.
        terms: what explains it; a term of two parts is an interaction.
        has_intercept: whether the formula keeps the intercept (no `- 1` or `+ 0`).
    """

    text: str
    response: Part
    terms: tuple[tuple[Part, ...], ...]
    has_intercept: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads, each once."""
        parts = [self.response, *(part for term in self.terms for part in term)]
        return tuple(dict.fromkeys(name for part in parts for name in part.columns))


def read_formula(text: str, known: list[str], problems: list[Problem]) -> Formula | None:
    """Read a formula such as `approval ~ age + C(income) + male:age`; None with problems (Q401, Q402).

    Example:
        >>> formula = read_formula("y ~ a * b", ["y", "a", "b"], [])
        >>> [":".join(part.text for part in term) for term in formula.terms]
        ['a', 'b', 'a:b']
    """
    from formulaic import Formula as Parsed

    try:
        parsed: Any = cast(Any, Parsed)(text)  # its metaclass gives another class
        left, right = list(parsed.lhs), list(parsed.rhs)
        terms = [[(f.expr, f.eval_method.value) for f in term.factors] for term in right]
        response = [(f.expr, f.eval_method.value) for term in left for f in term.factors]
    except AttributeError:
        problems.append(Problem("Q402", f"formula: `{text}` is not of the form `response ~ terms`"))
        return None
    except Exception as error:  # formulaic raises many kinds
        lines = re.sub(r"\x1b\[[0-9;]*m|[⧛⧚]", "", str(error)).splitlines()
        why = lines[0].rstrip(".") if lines else type(error).__name__
        problems.append(Problem("Q402", f"formula: `{text}` is not readable: {why}"))
        return None
    if len(response) != 1:
        problems.append(Problem("Q402", f"formula: `{text}` must have one response before `~`"))
        return None
    before = len(problems)
    parts = [
        [read_part(expr, method == "lookup", known, problems) for expr, method in term if method != "literal"]
        for term in terms
    ]
    head = read_part(response[0][0], response[0][1] == "lookup", known, problems)
    if len(problems) > before or head is None:
        return None
    named = tuple(tuple(part for part in term if part is not None) for term in parts)
    has_intercept = any(all(method == "literal" and expr == "1" for expr, method in term) for term in terms)
    return Formula(text, head, tuple(term for term in named if term), has_intercept)
