"""Reads what a case expects: values of the standing, and rows of the tables of a settlement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scslab.ground.problems import Place, did_you_mean
from scslab.scheme.case_forms import ENTRY_COLUMNS, STANDING_COLUMNS, TABLE_FORMS, EntryForm, ExpectForm, MembershipForm
from scslab.scheme.case_model import Expectation, Expected, ExpectedRow
from scslab.scheme.fields import FormReader, Key
from scslab.scheme.model import Scheme
from scslab.scheme.problem_list import shorten
from scslab.scheme.yaml_tree import YamlText

_TIERS = ("tier", "tier_by_score", "published_tier")
# Columns of the tables that name an event of the case.
_EVENTS = ("event_id", "target", "opened_event", "closed_event", "filed_event", "decided_event")


def read_expectation(form: FormReader, scheme: Scheme, events: Iterable[str]) -> Expectation:
    """What a case expects.

    Args:
        form: the mapping under `expect`.
        scheme: the scheme of the case, whose rules, tiers, lists and measures may be named.
        events: the ids of the case's events.
    """
    if not form.values:
        form.problems.error("C055", "the case expects nothing", form.place, "say for example `score: 1000`")
    known = _Known(scheme, tuple(events))
    standing = _take_values(form, STANDING_COLUMNS)
    for column in _TIERS:
        known.check_word(standing.get(column), known.tiers, "tier", form, STANDING_COLUMNS[column])
    measures = known.take_words(form, ExpectForm.measures, [each.id for each in scheme.measures], "measure")
    entries = [_read_entry(each, known) for each in form.take(ExpectForm.entries, ())]
    return Expectation(
        standing,
        measures if form.has(ExpectForm.measures) else None,
        tuple(entries) if form.has(ExpectForm.entries) else None,
        _take_by_event(form, ExpectForm.unposted, known),
        _take_by_event(form, ExpectForm.set_aside, known),
        form.place,
        known.take_words(form, ExpectForm.lists, known.lists, "list") if form.has(ExpectForm.lists) else None,
        known.take_words(form, ExpectForm.not_lists, known.lists, "list"),
        {key.name: _read_rows(form, key, known) for key in _TABLES if form.has(key)},
    )


_TABLES: tuple[Key[tuple[FormReader, ...]], ...] = (
    ExpectForm.memberships, ExpectForm.objections, ExpectForm.publications, ExpectForm.contributions,
)  # fmt: skip


class _Known:
    """What an expectation may name."""

    def __init__(self, scheme: Scheme, events: tuple[str, ...]) -> None:
        self.events = events
        self.tiers = [tier.id for tier in scheme.tiers]
        self.lists = [each.id for each in scheme.lists]
        self.rules = [rule.id for rule in scheme.rules]
        self.repairs = [repair.id for repair in scheme.repairs]
        self.indicators = {each.id: [i.id for i in each.indicators] for each in scheme.dimensions}

    def take_words(
        self, form: FormReader, key: Key[tuple[YamlText, ...]], known: list[str], noun: str
    ) -> tuple[str, ...]:
        words = form.take(key, ())
        for word in words:
            _check_id(word.text, known, noun, word.place, form)
        return tuple(word.text for word in words)

    def check_word(self, value: Expected, known: list[str], noun: str, form: FormReader, key: Key[Expected]) -> None:
        if isinstance(value, str):
            _check_id(value, known, noun, form.place_of(key), form)

    def check_event(self, event_id: str, place: Place, form: FormReader) -> None:
        if event_id not in self.events:
            hint = did_you_mean(event_id, self.events)
            form.problems.error("C053", f"the case has no event `{shorten(event_id)}`", place, hint)


def _check_id(word: str, known: list[str], noun: str, place: Place, form: FormReader) -> None:
    if word not in known:
        hint = did_you_mean(word, known)
        form.problems.error("C052", f"the scheme has no {noun} `{shorten(word)}`", place, hint)


def _read_entry(form: FormReader, known: _Known) -> ExpectedRow:
    values = _take_values(form, ENTRY_COLUMNS)
    known.check_word(values.get("rule"), known.rules, "rule", form, EntryForm.rule)
    known.check_word(values.get("repair"), known.repairs, "repair", form, EntryForm.repair)
    _check_events(values, ENTRY_COLUMNS, form, known)
    return ExpectedRow(values, form.place)


def _read_rows(form: FormReader, key: Key[tuple[FormReader, ...]], known: _Known) -> tuple[ExpectedRow, ...]:
    """The rows of one of the further tables."""
    row_form, renamed = TABLE_FORMS[key.name]
    keys = {renamed.get(each.name, each.name): each for each in row_form.list_keys()}
    rows: list[ExpectedRow] = []
    for row in form.take(key, ()):
        values = _take_values(row, keys)
        _check_events(values, keys, row, known)
        if key is ExpectForm.memberships:
            known.check_word(values.get("list"), known.lists, "list", row, MembershipForm.list)
        elif key is ExpectForm.publications:
            known.check_word(values.get("tier"), known.tiers, "tier", row, keys["tier"])
        elif key is ExpectForm.contributions:
            dimension = values.get("dimension")
            known.check_word(dimension, list(known.indicators), "dimension", row, keys["dimension"])
            inside = known.indicators.get(str(dimension))
            if inside is not None:
                known.check_word(values.get("indicator"), inside, "indicator", row, keys["indicator"])
        rows.append(ExpectedRow(values, row.place))
    return tuple(rows)


def _check_events(
    values: Mapping[str, Expected], keys: Mapping[str, Key[Expected]], form: FormReader, known: _Known
) -> None:
    for column in _EVENTS:
        value = values.get(column)
        # An event that a spread made has an id that no case can list.
        if isinstance(value, str) and not value.startswith("spread:"):
            known.check_event(value, form.place_of(keys[column]), form)


def _take_values(form: FormReader, columns: Mapping[str, Key[Expected]]) -> dict[str, Expected]:
    return {column: form.take(key, None) for column, key in columns.items() if form.has(key)}


def _take_by_event(form: FormReader, key: Key[dict[YamlText, str]], known: _Known) -> dict[str, str]:
    found: dict[str, str] = {}
    for event, text in form.take(key, dict[YamlText, str]()).items():
        known.check_event(event.text, event.place, form)
        found[event.text] = text
    return found
