"""The section `cleaning` of a study file: which checks are made, and what is odd."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from scslab.ground.problems import Place, ProblemsError
from scslab.scheme.fields import Form, FormReader, Key, form_of
from scslab.scheme.kinds import FLAG, NAME, TEXT, integer, number
from scslab.scheme.problem_list import Problems, suggest
from scslab.scheme.scheme_kinds import SQL
from scslab.scheme.shapes import list_of, map_of
from scslab.scheme.yaml_tree import YamlText
from scslab.study.cleaning.conditions import ConditionRule, QualityRule
from scslab.study.cleaning.duplicates import DuplicateRule
from scslab.study.cleaning.speed import SpeedRule
from scslab.study.cleaning.straight_lines import GridRule
from scslab.study.data.study_file import read_section

CLEANING_CODES: dict[str, str] = {
    "Q501": "a column that the data do not have",
    "Q502": "a column of another type than a check needs",
    "Q503": "keys of the cleaning rules that do not go together",
    "Q504": "a share of respondents that is flagged so large that the rule may be wrong (warning)",
}
"""Codes of cleaning, with their meanings."""


@dataclass(frozen=True, slots=True)
class CleaningRules:
    """What is checked.

    Attributes:
        id: the column with the respondents' ids; "" for row numbers, from 1.
        speed: how fast is too fast; None for no check.
        grids: the grids, in any order; flagged from `least_grids` straight-lined ones.
        duplicates: what counts as a duplicate; None for no check.
        inconsistent: declared conditions.
        quality: items that check attention; flagged from `least_failed` wrong ones.
        is_guessed: whether they were guessed from the data, not declared.
    """

    id: str = ""
    speed: SpeedRule | None = None
    grids: tuple[GridRule, ...] = ()
    least_grids: int = 1
    duplicates: DuplicateRule | None = None
    inconsistent: tuple[ConditionRule, ...] = ()
    quality: tuple[QualityRule, ...] = ()
    least_failed: int = 1
    is_guessed: bool = False
    place: Place = field(default_factory=Place)


class SpeedForm(Form):
    """A rule on speed."""

    column = Key("column", TEXT, "the duration of the interview in seconds")
    start = Key("start", TEXT, "instead of it: the moment of the start")
    end = Key("end", TEXT, "and that of the end")
    below = Key("below", number(0, 1), "flagged below this share of the median; 0.4 if left out")
    seconds_per_item = Key("seconds_per_item", number(0), "flagged below so many seconds for each of `items`")
    items = Key("items", integer(1), "how many items the duration covers")
    item_columns = Key("item_columns", list_of(TEXT), "durations of single items or pages; `t_*` stands for several")
    items_below = Key("items_below", number(0, 1), "an item was too fast below this share of its median; 0.4")
    items_share = Key("items_share", number(0, 1), "flagged when more than this share of items was too fast; 0.5")


class GridForm(Form):
    """A grid."""

    items = Key("items", list_of(TEXT), "its items in the order asked; `trust_*` stands for several", is_required=True)
    least_items = Key("least_items", integer(2), "fewest answers for a judgement; 3 if left out")
    longest_run = Key("longest_run", integer(2), "flagged from so many identical answers in a row")


class DuplicatesForm(Form):
    """A rule on duplicates."""

    over = Key("over", list_of(TEXT), "the items compared; `q*` stands for several; all answers if left out")
    near = Key("near", number(0, 1), "flagged from this share of identical answers; no such check if left out")
    least_items = Key("least_items", integer(2), "fewest items that two respondents both answered; 10 if left out")
    device = Key("device", TEXT, "a column with an id of the device or account")


class ConditionForm(Form):
    """A condition."""

    sql = Key("sql", SQL, "a condition over the columns, true where something is odd", is_required=True)
    reason = Key("reason", TEXT, "what is odd", is_required=True)


class QualityForm(Form):
    """An item that checks attention."""

    column = Key("column", TEXT, "the item", is_required=True)
    expect = Key("expect", list_of(TEXT), "the codes of the right answers", is_required=True)
    is_failed_when_empty = Key("is_failed_when_empty", FLAG, "whether no answer is wrong; true if left out")


class CleaningForm(Form):
    """The cleaning rules."""

    id = Key("id", TEXT, "the column with the respondents' ids")
    speed = Key("speed", form_of(SpeedForm), "how fast is too fast")
    grids = Key("grids", map_of(NAME, form_of(GridForm)), "grids by name, for straight-lining")
    least_grids = Key("least_grids", integer(1), "flagged from so many straight-lined grids; 1 if left out")
    duplicates = Key("duplicates", form_of(DuplicatesForm), "what counts as a duplicate")
    inconsistent = Key("inconsistent", list_of(form_of(ConditionForm)), "answers that do not go together")
    quality = Key("quality", list_of(form_of(QualityForm)), "items that check attention")
    least_failed = Key("least_failed", integer(1), "flagged from so many wrong answers to them; 1 if left out")


def read_cleaning(source: Path | str, frame: pl.DataFrame) -> CleaningRules:
    """Reads the section `cleaning` of a study file and binds it to the columns of a table.

    Raises:
        ProblemsError: with every problem of the section, and columns that the table does not have.

    Example:
        >>> text = '''
        ... cleaning:
        ...   speed: {column: seconds, below: 0.3}
        ...   grids: {trust: {items: [trust_*]}}
        ... '''
        >>> frame = pl.DataFrame({"seconds": [1], "trust_1": [1], "trust_2": [1]})
        >>> read_cleaning(text, frame).grids[0].items
        ('trust_1', 'trust_2')
        >>> read_cleaning(text.replace("column: seconds", "column: secnds"), frame)
        Traceback (most recent call last):
        ...
        scslab.ground.problems.ProblemsError: <memory>:3:19: Q501 the data have no column `secnds`
          help: did you mean `seconds`?
    """
    problems = Problems("Q")
    form = read_section(source, "cleaning", CleaningForm, problems)
    rules = None if form is None else _read(form, frame, problems)
    if rules is None or problems.count_errors():
        raise ProblemsError(problems.in_order())
    return rules


def _read(form: FormReader, frame: pl.DataFrame, problems: Problems) -> CleaningRules:
    identity = _column(form, CleaningForm.id, frame, problems)
    speed = form.take(CleaningForm.speed, None)
    duplicates = form.take(CleaningForm.duplicates, None)
    return CleaningRules(
        identity,
        None if speed is None else _read_speed(speed, frame, problems),
        tuple(_read_grid(name, each, frame, problems) for name, each in form.take(CleaningForm.grids, {}).items()),
        form.take(CleaningForm.least_grids, 1),
        None if duplicates is None else _read_duplicates(duplicates, frame, identity, problems),
        tuple(
            ConditionRule(
                each.take(ConditionForm.sql, YamlText("", True, each.place)), each.take(ConditionForm.reason, "")
            )
            for each in form.take(CleaningForm.inconsistent, ())
        ),
        tuple(_read_quality(each, frame, problems) for each in form.take(CleaningForm.quality, ())),
        form.take(CleaningForm.least_failed, 1),
        place=form.place,
    )


def _read_speed(form: FormReader, frame: pl.DataFrame, problems: Problems) -> SpeedRule:
    column = _column(form, SpeedForm.column, frame, problems, kind="number")
    start = _column(form, SpeedForm.start, frame, problems, kind="time")
    end = _column(form, SpeedForm.end, frame, problems, kind="time")
    item_columns = _columns(form, SpeedForm.item_columns, frame, problems, kind="number")
    if form.has(SpeedForm.start) != form.has(SpeedForm.end) or (
        form.has(SpeedForm.start) and form.has(SpeedForm.column)
    ):
        problems.error("Q503", "a duration is one `column`, or `start` and `end`", form.place)
    if not any(form.has(key) for key in (SpeedForm.column, SpeedForm.start, SpeedForm.item_columns)):
        problems.error("Q503", "a rule on speed needs `column`, `start` and `end`, or `item_columns`", form.place)
    if form.has(SpeedForm.seconds_per_item) != form.has(SpeedForm.items):
        problems.error("Q503", "`seconds_per_item` and `items` go together", form.place)
    return SpeedRule(
        column,
        start,
        end,
        float(form.take(SpeedForm.below, 0.4)),
        float(form.take(SpeedForm.seconds_per_item, 0)),
        form.take(SpeedForm.items, 0),
        item_columns,
        float(form.take(SpeedForm.items_below, 0.4)),
        float(form.take(SpeedForm.items_share, 0.5)),
        form.place,
    )


def _read_grid(name: YamlText, form: FormReader, frame: pl.DataFrame, problems: Problems) -> GridRule:
    items = _columns(form, GridForm.items, frame, problems)
    if len(items) == 1:
        problems.error("Q503", f"the grid `{name.text}` has one item only", form.place_of(GridForm.items))
    return GridRule(
        name.text, items, form.take(GridForm.least_items, 3), form.take(GridForm.longest_run, 0), form.place
    )


def _read_duplicates(form: FormReader, frame: pl.DataFrame, identity: str, problems: Problems) -> DuplicateRule:
    device = _column(form, DuplicatesForm.device, frame, problems)
    over = _columns(form, DuplicatesForm.over, frame, problems)
    if not form.has(DuplicatesForm.over):
        over = tuple(name for name in frame.columns if name not in (identity, device))
    return DuplicateRule(
        over,
        float(form.take(DuplicatesForm.near, 0)),
        form.take(DuplicatesForm.least_items, 10),
        device,
        form.place,
    )


def _read_quality(form: FormReader, frame: pl.DataFrame, problems: Problems) -> QualityRule:
    column = _column(form, QualityForm.column, frame, problems)
    expect = form.take(QualityForm.expect, ())
    if column and frame.schema[column].is_numeric():
        for word in expect:
            try:
                float(word)
            except ValueError:
                place = form.place_of(QualityForm.expect)
                problems.error("Q502", f"`{column}` holds numbers, but `{word}` is expected", place, "use the code")
    return QualityRule(column, expect, form.take(QualityForm.is_failed_when_empty, otherwise=True), form.place)


def _column(form: FormReader, key: Key[str], frame: pl.DataFrame, problems: Problems, kind: str = "") -> str:
    name = form.take(key, "")
    if not name:
        return ""
    return name if _check(name, form.place_of(key), frame, problems, kind) else ""


def _columns(
    form: FormReader, key: Key[tuple[str, ...]], frame: pl.DataFrame, problems: Problems, kind: str = ""
) -> tuple[str, ...]:
    """The columns that a list names; a name that ends with `*` stands for all that begin so."""
    found: dict[str, None] = {}
    for word in form.take(key, ()):
        names: Iterable[str] = [word]
        if word.endswith("*") and word not in frame.columns:
            names = [name for name in frame.columns if name.startswith(word[:-1])]
            if not names:
                problems.error("Q501", f"no column begins with `{word[:-1]}`", form.place_of(key))
        found.update({name: None for name in names if _check(name, form.place_of(key), frame, problems, kind)})
    return tuple(found)


def _check(name: str, place: Place, frame: pl.DataFrame, problems: Problems, kind: str) -> bool:
    if name not in frame.columns:
        problems.error("Q501", f"the data have no column `{name}`", place, suggest(name, frame.columns))
        return False
    dtype = frame.schema[name]
    is_right = {"number": dtype.is_numeric(), "time": isinstance(dtype, pl.Datetime), "": True}[kind]
    if not is_right:
        words = {"number": "numbers", "time": "moments of time"}[kind]
        problems.error("Q502", f"`{name}` holds no {words}", place)
    return is_right
