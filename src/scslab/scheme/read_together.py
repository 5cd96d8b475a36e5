"""Reads what ties subjects to each other, and a scheme to the one before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from scslab.ground.text import Text
from scslab.scheme.dated import Number
from scslab.scheme.fields import FormReader, check_ids_once, take_known
from scslab.scheme.forms import SchemeForm
from scslab.scheme.forms_conditions import SpreadWhenForm
from scslab.scheme.forms_together import CarryForm, LinkForm, SpreadForm, SucceedsForm
from scslab.scheme.model import (
    BACKWARDS,
    Carry,
    LinkKind,
    ScoreKind,
    Spread,
    StateCondition,
    SubjectKind,
    SubjectScope,
    Succession,
)
from scslab.scheme.problem_list import suggest
from scslab.scheme.read_clauses import Known, take_one
from scslab.scheme.read_conditions import read_state
from scslab.scheme.read_index import check_ascending
from scslab.scheme.read_score import check_exact
from scslab.scheme.yaml_tree import YamlText


def read_links(top: FormReader) -> dict[str, LinkKind]:
    """The relations between subjects, by id."""
    none: dict[YamlText, FormReader] = {}
    return {
        name.text: LinkKind(
            id=name.text,
            source=form.take(LinkForm.source, None),
            target=form.take(LinkForm.target, None),
            title=form.take(LinkForm.title, Text()),
            place=name.place,
        )
        for name, form in top.take(SchemeForm.links, none).items()
    }


def read_spread(
    top: FormReader, known: Known, links: dict[str, LinkKind], subjects: SubjectScope
) -> tuple[Spread, ...]:
    """What falls on subjects linked to one, in file order."""
    spread = tuple(_read_spread(form, known, links, subjects) for form in top.take(SchemeForm.spread, ()))
    check_ids_once(((each.id, each.place) for each in spread), top.problems)
    return spread


def _read_spread(form: FormReader, known: Known, links: dict[str, LinkKind], subjects: SubjectScope) -> Spread:
    problems = form.problems
    when = form.take(SpreadForm.when, None)
    if when is not None:
        take_one(when, (SpreadWhenForm.tier, SpreadWhenForm.list), "a spread", "write {tier: [D]} or {list: …}")
    steps = form.take(SpreadForm.along, ())
    named = [(step.text.removeprefix(BACKWARDS), step) for step in steps]
    unknown = [(name, step) for name, step in named if name not in links]
    for name, step in unknown:
        hint = suggest(name, links) or ("" if links else "declare it under `links`")
        problems.error("S049", f"unknown link `{name}`", step.place, hint)
    if not unknown:
        _check_path(form, [(links[name], step) for name, step in named], subjects)
    event = form.take(SpreadForm.event, None)
    if event is not None and event.text not in known.vocabulary.events:
        hint = suggest(event.text, known.vocabulary.events)
        problems.error("S012", f"unknown event type `{event.text}`", event.place, hint)
    return Spread(
        id=form.take(SpreadForm.id, ""),
        when=StateCondition() if when is None else read_state(when, known),
        along=tuple(step.text for step in steps),
        event="" if event is None else event.text,
        title=form.take(SpreadForm.title, Text()),
        source=take_known(form, SpreadForm.source, known.sources, "S021", "source"),
        confidence=form.take(SpreadForm.confidence, None),
        place=form.place,
    )


def _check_path(form: FormReader, path: list[tuple[LinkKind, YamlText]], subjects: SubjectScope) -> None:
    """Notes steps that do not fit: each begins where the one before ends, and both ends are subjects of the scheme."""
    ends = [_ends(link, step) for link, step in path]
    for ((_, end), (start, _)), (_, step) in zip(pairwise(ends), path[1:], strict=True):
        if end is not None and start is not None and end is not start:
            message = f"`{step.text}` begins at the kind `{start}`, and the step before it ends at `{end}`"
            form.problems.error("S054", message, step.place, "`^` before a link walks it backwards")
    if not ends:
        return
    for verb, kind, step in (("begins", ends[0][0], path[0][1]), ("ends", ends[-1][1], path[-1][1])):
        if kind is not None and kind not in subjects.kinds:
            message = f"`{step.text}` {verb} at the kind `{kind}`, which this scheme does not score"
            form.problems.error("S054", message, step.place, f"add `{kind.value}` to the kinds of `subjects`")


def _ends(link: LinkKind, step: YamlText) -> tuple[SubjectKind | None, SubjectKind | None]:
    return (link.target, link.source) if step.text.startswith(BACKWARDS) else (link.source, link.target)


def read_succession(top: FormReader, known: Known) -> Succession | None:
    """The scheme before this one, if there is one."""
    form = top.take(SchemeForm.succeeds, None)
    if form is None:
        return None
    word, carried = form.take(SucceedsForm.scheme, None), form.take(SucceedsForm.carry, None)
    if word is not None and word.text == known.scheme:
        form.problems.error("S053", "the scheme succeeds itself", word.place, "name the scheme before it")
    succession = Succession(
        scheme="" if word is None else word.text,
        on=form.take(SucceedsForm.on, date.max),
        carry=Carry.START if carried is None or isinstance(carried, FormReader) else Carry(carried.value),
        place=form.place,
    )
    if isinstance(carried, FormReader):
        succession = _read_carry(carried, succession, known)
    if succession.carry is not Carry.START and known.score.kind is not ScoreKind.POINTS:
        place = form.place_of(SucceedsForm.carry)
        form.problems.error("S046", "only a points score can be carried over", place, "write `carry: start`")
    return succession


def _read_carry(form: FormReader, succession: Succession, known: Known) -> Succession:
    take_one(form, (CarryForm.scale, CarryForm.tiers), "what is carried over", "write {scale: [[0, 0], [100, 1000]]}")
    none: dict[YamlText, Decimal] = {}
    scale = form.take(CarryForm.scale, ())
    check_ascending(scale, form, CarryForm.scale)
    tiers = {name.text: value for name, value in form.take(CarryForm.tiers, none).items()}
    for value in tiers.values():
        check_exact(Number.constant(value), known.score.decimals, CarryForm.tiers, form)
    carry = Carry.TIERS if form.has(CarryForm.tiers) else Carry.SCALE
    return replace(succession, carry=carry, scale=scale, tiers=tiers)
