"""Reads the lists: their ways in and out, and what makes a membership longer."""

from __future__ import annotations

from typing import Any

from scslab.ground.text import Text
from scslab.scheme.fields import FormReader, Key, check_ids_once, take_known
from scslab.scheme.forms import SchemeForm
from scslab.scheme.forms_conditions import EnterForm, ExtendForm, LeaveForm
from scslab.scheme.forms_lists import ListForm
from scslab.scheme.kinds import IDENT
from scslab.scheme.model import EventCondition, Extension, ListKind, StateCondition, SubjectList, Term
from scslab.scheme.problem_list import Problems
from scslab.scheme.read_clauses import A_DAY, Known, read_on, read_when, refuse_keys, take_one, text_of
from scslab.scheme.read_conditions import STATE_KEYS, read_state
from scslab.scheme.yaml_tree import YamlList, YamlMap, YamlText

_IN: tuple[Key[Any], ...] = (EnterForm.on, *STATE_KEYS)
_OUT: tuple[Key[Any], ...] = (EnterForm.on, *STATE_KEYS, LeaveForm.after)
_SAMPLE_IN = "write {on: court.judgment}, {score: {below: 600}} or {count: {on: traffic.*, at_least: 3}}"
_SAMPLE_OUT = "write {on: court.satisfied}, {score: {from: 600}} or {after: 24 months}"


def list_list_ids(top: FormReader) -> tuple[str, ...]:
    """The ids of the lists, before they are read: tiers may ask for lists, and lists for tiers."""
    node = top.node(SchemeForm.lists)
    items = node.items if isinstance(node, YamlList) else ()
    words = [each.get(ListForm.id.name) for each in items if isinstance(each, YamlMap)]
    quiet = Problems("S")
    return tuple(word.text for word in words if isinstance(word, YamlText) and IDENT.read(word, quiet) is not None)


def read_lists(top: FormReader, known: Known) -> tuple[SubjectList, ...]:
    """The lists, in file order."""
    lists: list[SubjectList] = []
    for form in top.take(SchemeForm.lists, ()):
        lists.append(_read_list(form, known, [each.id for each in lists]))
    check_ids_once(((each.id, each.place) for each in lists), top.problems)
    return tuple(lists)


def _read_list(form: FormReader, known: Known, earlier: list[str]) -> SubjectList:
    enter = [_read_way_in(way, known, earlier) for way in form.take(ListForm.enter, ())]
    ways_out = form.take(ListForm.leave, ())
    leave = [_read_way_out(way, known, earlier) for way in ways_out]
    terms = [way for way in leave if isinstance(way, Term)]
    for second in terms[1:]:
        form.problems.error("S029", "a second term has no effect", second.place, "the first one in the file counts")
    if not any(way.has(LeaveForm.after) for way in ways_out):
        refuse_keys(form, (ListForm.extend, ListForm.renews), "has no effect without a term: `leave: [{after: …}]`")
    return SubjectList(
        id=form.take(ListForm.id, ""),
        kind=form.take(ListForm.kind, ListKind.BLACKLIST),
        is_public=form.take(ListForm.public, False),
        enter=tuple(way for way in enter if way is not None),
        leave=tuple(way for way in leave if way is not None),
        extend=tuple(_read_extension(each, known) for each in form.take(ListForm.extend, ())),
        renews=form.take(ListForm.renews, False),
        source=take_known(form, ListForm.source, known.sources, "S021", "source"),
        confidence=form.take(ListForm.confidence, None),
        title=form.take(ListForm.title, Text()),
        place=form.place,
    )


def _read_way_in(form: FormReader, known: Known, earlier: list[str]) -> EventCondition | StateCondition | None:
    chosen = take_one(form, _IN, "a way into a list", _SAMPLE_IN)
    return None if chosen is None else _read_condition(form, chosen, known, earlier)


def _read_way_out(form: FormReader, known: Known, earlier: list[str]) -> EventCondition | StateCondition | Term | None:
    chosen = take_one(form, _OUT, "a way out of a list", _SAMPLE_OUT)
    if chosen is None:
        return None
    if chosen.name != LeaveForm.after.name:
        return _read_condition(form, chosen, known, earlier)
    refuse_keys(form, (EnterForm.when, EnterForm.delay), "has no effect on a term")
    after = form.take(LeaveForm.after, None)
    return None if after is None else Term(after, form.place)


def _read_condition(
    form: FormReader, chosen: Key[Any], known: Known, earlier: list[str]
) -> EventCondition | StateCondition:
    if chosen.name == EnterForm.on.name:
        refuse_keys(form, (EnterForm.delay,), "is for lists of other schemes only")
        on = read_on(form, EnterForm.on, known.vocabulary)
        return EventCondition(text_of(on), read_when(form, EnterForm.when, known.vocabulary, on), form.place)
    refuse_keys(form, (EnterForm.when,), "is for events only: write it under `count`, or with `on`")
    return read_state(form, known, earlier)


def _read_extension(form: FormReader, known: Known) -> Extension:
    on = read_on(form, ExtendForm.on, known.vocabulary)
    by = form.take(ExtendForm.by, None)
    return Extension(
        on=text_of(on),
        by=by if by is not None else A_DAY,
        when=read_when(form, ExtendForm.when, known.vocabulary, on),
        most=form.take(ExtendForm.most, None),
        place=form.place,
    )
