"""Domains said as a condition: `age >= 18 and region = 'East'`."""

from __future__ import annotations

import polars as pl

from scslab.ground.problems import Place, ProblemsError
from scslab.scheme.problem_list import Problems
from scslab.scheme.yaml_tree import YamlText
from scslab.study.cleaning.conditions import ConditionRule, find_inconsistent
from scslab.study.data.answers import Answers


def find_domain(answers: Answers, sql: str) -> pl.Series:
    """Who meets a condition, `(n,)`; those for whom it cannot be decided are not in the domain.

    Args:
        answers: codes as in the file; declared missing values are null.
        sql: a condition over the columns.

    Raises:
        ProblemsError: Q030 to Q035.

    Example:
        >>> from scslab.study.tables.categories import take_answers
        >>> find_domain(take_answers({"age": [16, 40, None]}), "age >= 18").to_list()
        [False, True, False]
    """
    problems = Problems("Q")
    text = YamlText(sql, True, Place("the condition", 1, 1), 0)
    found = find_inconsistent(answers.without_missing(), (ConditionRule(text, "in the domain"),), problems)
    if problems.count_errors():
        raise ProblemsError(problems.in_order())
    return found.is_flagged
