"""A mapping between the vocabularies of two schemes: which event of one is which of the other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from scslab.ground.problems import Place, Problem, ProblemsError, did_you_mean
from scslab.ledger.columns import CANONICAL, DTYPES, EVENT_ID, TYPE
from scslab.ledger.expressions import to_polars
from scslab.ledger.mapping_binding import VALUE_TYPES, parse_value
from scslab.scheme.conditions import Column, Expression, ValueType
from scslab.scheme.fields import Form, FormReader, Key, form_of, read_form
from scslab.scheme.kinds import EVENT_TYPE, NAME
from scslab.scheme.model import Scheme
from scslab.scheme.problem_list import Problems
from scslab.scheme.scheme_kinds import REFERENCE, SQL
from scslab.scheme.shapes import either, map_of
from scslab.scheme.sql import parse_condition
from scslab.scheme.yaml_tree import YamlMap, YamlText, read_yaml

WORDS_CODES = {
    "M050": "the mapping is not between these two schemes",
    "M051": "an event type that a scheme does not declare",
    "M052": "an attribute that an event type does not declare",
}
"""The codes of problems in such a mapping; those of all YAML files have `M` before their number too."""


class WordForm(Form):
    """What an event becomes."""

    type = Key("type", EVENT_TYPE, "the event type of the other scheme", is_required=True)
    when = Key("when", SQL, "a condition over the attributes; events for which it is not true stay unmapped")
    attributes = Key("attributes", map_of(NAME, SQL), "the attributes of the other type, each in SQL")


WORD = either(lambda node: isinstance(node, YamlMap), form_of(WordForm), EVENT_TYPE)
"""An event type, or `{type: …, when: …, attributes: {…}}`."""


class WordsForm(Form):
    """A mapping between two vocabularies."""

    source = Key("from", REFERENCE, "the scheme whose words the ledger uses", is_required=True)
    target = Key("to", REFERENCE, "the scheme whose words they become", is_required=True)
    events = Key("events", map_of(EVENT_TYPE, WORD), "what each event type becomes", is_required=True)


@dataclass(frozen=True, slots=True)
class MappedWord:
    """What an event type becomes: type, condition, and attributes (of the same name where none is said)."""

    type: str
    when: Expression | None
    attributes: dict[str, Expression]


@dataclass(frozen=True, slots=True)
class WordMapping:
    """Which event of one scheme is which of another.

    Attributes:
        source, target: the ids of the schemes.
        events: by event type of the source.
    """

    source: str
    target: str
    events: dict[str, MappedWord]


def read_words(source: Path | str, first: Scheme, second: Scheme, file: str = "") -> WordMapping:
    """Reads a mapping between the vocabularies of two schemes.

    Args:
        source: the file (a `Path`), or its content.
        first: the scheme whose words the ledger uses.
        second: the scheme whose words they become.
        file: the name that problems carry.

    Raises:
        ProblemsError: with every problem of the file.
    """
    problems = Problems("M")
    name = file or (str(source) if isinstance(source, Path) else "")
    if isinstance(source, Path):
        try:
            content = source.read_bytes()
        except OSError as error:
            raise ProblemsError([Problem("M018", f"cannot be opened: {error.strerror}", Place(name))]) from error
    else:
        content = source.encode()
    root = read_yaml(content, name, problems)
    form = None if root is None else read_form(WordsForm, root, problems)
    if form is None:
        raise ProblemsError(problems.in_order())
    for key, scheme in ((WordsForm.source, first), (WordsForm.target, second)):
        word = form.take(key, None)
        if word is not None and word.text != scheme.id:
            text = f"the mapping says `{key.name}: {word.text}`, and the scheme here is `{scheme.id}`"
            problems.error("M050", text, word.place, "give the schemes in the order of the mapping")
    none: dict[YamlText, str | FormReader] = {}
    words = {
        key.text: _read_word(key, value, first, second, problems)
        for key, value in form.take(WordsForm.events, none).items()
    }
    problems.raise_errors()
    return WordMapping(first.id, second.id, {key: word for key, word in words.items() if word is not None})


def _read_word(
    key: YamlText, value: str | FormReader, first: Scheme, second: Scheme, problems: Problems
) -> MappedWord | None:
    target = value if isinstance(value, str) else value.take(WordForm.type, "")
    place = key.place if isinstance(value, str) else value.place
    is_known = True
    for scheme, name, where in ((first, key.text, key.place), (second, target, place)):
        if name and name not in scheme.events:
            text = f"`{scheme.id}` has no event type `{name}`"
            problems.error("M051", text, where, did_you_mean(name, scheme.events))
            is_known = False
    if not is_known or not target:
        return None
    if isinstance(value, str):
        return MappedWord(target, None, {})
    kinds = {name: VALUE_TYPES[a.type] for name, a in first.events[key.text].attributes.items()}
    kinds |= dict.fromkeys(("occurred_on", "recorded_on"), ValueType.DATE)
    sql = value.take(WordForm.when, None)
    when = None if sql is None else parse_condition(sql, kinds, problems)
    attributes: dict[str, Expression] = {}
    declared = second.events[target].attributes
    nothing: dict[YamlText, YamlText] = {}
    for name, text in value.take(WordForm.attributes, nothing).items():
        if name.text not in declared:
            message = f"`{target}` has no attribute `{name.text}`"
            problems.error("M052", message, name.place, did_you_mean(name.text, declared))
            continue
        found = parse_value(text, kinds, problems, VALUE_TYPES[declared[name.text].type])
        if found is not None:
            attributes[name.text] = found
    return MappedWord(target, when, attributes)


def map_words(events: pl.DataFrame, mapping: WordMapping, target: Scheme) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A ledger in the words of another scheme.

    Args:
        events: canonical events of the source, corrections applied.
        mapping: which event becomes which.
        target: the scheme whose words they become.

    Returns:
        The events in the columns of a raw ledger, and `type, events`: how many of each type stay unmapped.
    """
    parts: list[pl.DataFrame] = []
    kept = [name for name in CANONICAL if name in (EVENT_ID, "subject_id", "occurred_on", "recorded_on", "source")]
    types = pl.col(TYPE).cast(pl.String)
    numbered = events.with_row_index("@n")
    left = numbered.select("@n", types)
    for name, word in mapping.events.items():
        mine = numbered.filter(types == name)
        if word.when is not None:
            mine = mine.filter(to_polars(word.when, lambda column: _column(column, events)).fill_null(False))
        declared = target.events[word.type].attributes
        values = [
            to_polars(word.attributes[key], lambda column: _column(column, events))
            .cast(DTYPES[a.type], strict=False)
            .alias(key)
            if key in word.attributes
            else (
                pl.col(key).cast(DTYPES[a.type], strict=False)
                if key in events.columns
                else pl.lit(None, DTYPES[a.type]).alias(key)
            )
            for key, a in declared.items()
        ]
        parts.append(mine.select(*kept, pl.lit(word.type).alias(TYPE), *values))
        left = left.filter(~pl.col("@n").is_in(mine["@n"].implode()))
    blank = events.select(kept).clear().with_columns(pl.lit("").alias(TYPE))
    unmapped = (
        left.group_by(TYPE).agg(pl.len().cast(pl.Int64).alias("events")).sort("events", TYPE, descending=[True, False])
    )
    return pl.concat([blank, *parts], how="diagonal_relaxed"), unmapped


def _column(column: Column, events: pl.DataFrame) -> pl.Expr:
    return pl.col(column.name) if column.name in events.columns else pl.lit(None)
