"""Rules for a file that nobody wrote rules for: duration, grids and duplicates, guessed from names and labels."""

from __future__ import annotations

import re

from scslab.study.cleaning.duplicates import DuplicateRule
from scslab.study.cleaning.rules import CleaningRules
from scslab.study.cleaning.speed import SpeedRule
from scslab.study.cleaning.straight_lines import GridRule
from scslab.study.data.answers import Answers

_DURATION = re.compile(
    r"(total[_ .]?)?(duration|interview[_ .]?time|interviewtime|time[_ .]?taken|completion[_ .]?time|seconds|dauer)"
    r"([_ .(]*(in[_ .])?(sec(onds?)?|s)[)]*)?",
    re.IGNORECASE,
)
_ID = re.compile(r"(respondent|resp|case|interview|participant|record)?[_ .]?(id|number|nr|no|uuid|key)", re.IGNORECASE)
LEAST_GRID = 4
"""Fewer variables in a row with the same labels are not taken for a grid."""
LEAST_SCALE = 4
"""A scale with fewer points gives the same answer all the time by chance, or honestly."""


def guess_rules(answers: Answers) -> CleaningRules:
    """Guesses rules: a duration by its name, grids as neighbours with the same scale, exact duplicates of all answers.

    What was guessed is part of the result and is shown to the user; nothing is guessed about inconsistent answers.

    Example:
        >>> import polars as pl
        >>> from scslab.study.data.variables import Variable
        >>> labels = {1.0: "no", 2.0: "rather no", 3.0: "rather yes", 4.0: "yes"}
        >>> frame = pl.DataFrame({"id": [1], "duration": [300], **{f"q{i}": [1.0] for i in range(4)}})
        >>> variables = {name: Variable(name, value_labels=labels if name[0] == "q" else {}) for name in frame.columns}
        >>> rules = guess_rules(Answers(frame, variables))
        >>> rules.id, rules.speed.column, rules.grids[0].items
        ('id', 'duration', ('q0', 'q1', 'q2', 'q3'))
    """
    frame = answers.frame
    identity = next((name for name in frame.columns if _ID.fullmatch(name) and frame[name].is_unique().all()), "")
    numeric = [name for name in frame.columns if frame.schema[name].is_numeric()]
    duration = next((name for name in numeric if _DURATION.fullmatch(name)), "")
    answers_only = tuple(
        name
        for name in frame.columns
        if name not in (identity, duration) and not frame.schema[name].is_temporal() and not _ID.fullmatch(name)
    )
    return CleaningRules(
        id=identity,
        speed=SpeedRule(duration) if duration else None,
        grids=_guess_grids(answers),
        duplicates=DuplicateRule(answers_only) if len(answers_only) >= 5 else None,
        is_guessed=True,
    )


def _guess_grids(answers: Answers) -> tuple[GridRule, ...]:
    grids: list[GridRule] = []
    run: list[str] = []
    scale: tuple[tuple[str, str], ...] = ()
    for name in [*answers.frame.columns, ""]:
        labels = answers.variables[name].value_labels if name else {}
        # Codes for missing answers may differ from item to item without making another scale of it.
        own = tuple(sorted((str(code), label) for code, label in labels.items()))
        if own and own == scale:
            run.append(name)
            continue
        if len(run) >= LEAST_GRID and len(scale) >= LEAST_SCALE:
            grids.append(GridRule(f"{run[0]} to {run[-1]}", tuple(run)))
        run, scale = ([name] if own else []), own
    return tuple(grids)
