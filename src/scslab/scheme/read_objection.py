"""Reads the ways back: objection and repair."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from scslab.ground.text import Text
from scslab.scheme.fields import FormReader, Key, check_ids_once, check_known, take_known
from scslab.scheme.forms import SchemeForm
from scslab.scheme.forms_lists import AtMostForm, ObjectionForm, RemoveForm, RepairForm, RestoreForm, ShortenForm
from scslab.scheme.model import LIFETIME, AtMost, Objection, Remove, Repair, RepairAction, Restore, Shorten
from scslab.scheme.read_clauses import A_DAY, Known, read_on, read_when, refuse_keys, take_one, text_of

_ACTIONS: tuple[Key[Any], ...] = (RepairForm.restores, RepairForm.shortens, RepairForm.removes)


def read_objection(top: FormReader) -> Objection | None:
    """How subjects may object, if they may."""
    form = top.take(SchemeForm.objection, None)
    if form is None:
        return None
    if form.has(ObjectionForm.decide_within) and not form.has(ObjectionForm.undecided):
        message = "an objection with `decide_within` needs the key `undecided`"
        top.problems.shared("006", message, form.place, ObjectionForm.undecided.about)
    elif not form.has(ObjectionForm.decide_within):
        refuse_keys(form, (ObjectionForm.undecided,), "has no effect without `decide_within`")
    return Objection(
        within=form.take(ObjectionForm.within, None),
        suspends=form.take(ObjectionForm.suspends, False),
        decide_within=form.take(ObjectionForm.decide_within, None),
        undecided=form.take(ObjectionForm.undecided, None),
        place=form.place,
    )


def read_repairs(top: FormReader, known: Known) -> tuple[Repair, ...]:
    """The ways of repair, in file order."""
    repairs = tuple(_read_repair(form, known) for form in top.take(SchemeForm.repair, ()))
    check_ids_once(((repair.id, repair.place) for repair in repairs), top.problems)
    return repairs


def _read_repair(form: FormReader, known: Known) -> Repair:
    on = read_on(form, RepairForm.on, known.vocabulary)
    at_most = form.take(RepairForm.at_most, None)
    return Repair(
        id=form.take(RepairForm.id, ""),
        on=text_of(on),
        action=_read_action(form, known),
        when=read_when(form, RepairForm.when, known.vocabulary, on),
        at_most=None
        if at_most is None
        else AtMost(at_most.take(AtMostForm.times, 1), at_most.take(AtMostForm.per, LIFETIME)),
        source=take_known(form, RepairForm.source, known.sources, "S021", "source"),
        confidence=form.take(RepairForm.confidence, None),
        title=form.take(RepairForm.title, Text()),
        place=form.place,
    )


def _read_action(form: FormReader, known: Known) -> RepairAction:
    chosen = take_one(form, _ACTIONS, "a repair", "write a repair of its own for each")
    restores, shortens = form.take(RepairForm.restores, None), form.take(RepairForm.shortens, None)
    if chosen is RepairForm.restores and restores is not None:
        return _read_restore(restores, known)
    if chosen is RepairForm.shortens and shortens is not None:
        name = take_known(shortens, ShortenForm.list, known.lists, "S047", "list")
        return Shorten(name, shortens.take(ShortenForm.by, A_DAY), shortens.take(ShortenForm.after, None))
    removes = form.take(RepairForm.removes, None)
    if removes is None:
        return Remove("")
    name = take_known(removes, RemoveForm.list, known.lists, "S047", "list")
    return Remove(name, removes.take(RemoveForm.after, None))


def _read_restore(form: FormReader, known: Known) -> Restore:
    words = form.take(RestoreForm.rule, ())
    named = [word for word in words if check_known(word, known.rules, form.problems, "S023", "rule")]
    check_ids_once(((word.text, word.place) for word in named), form.problems)
    share = form.take(RestoreForm.share, Decimal(1))
    if share == 0:
        place = form.place_of(RestoreForm.share)
        form.problems.shared("016", "a share of 0 gives nothing back", place, "write a share above 0 and up to 1")
    return Restore(tuple(word.text for word in named), share, form.take(RestoreForm.after, None))
