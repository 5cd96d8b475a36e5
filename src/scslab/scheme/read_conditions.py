"""Reads conditions on a state: scores, tiers, counts of events and lists."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from scslab.ground.dates import Period
from scslab.scheme.dated import Number
from scslab.scheme.fields import FormReader, Key, check_ids_once, check_known
from scslab.scheme.forms_conditions import CountForm, EnterForm, ScoreRangeForm
from scslab.scheme.model import CountCondition, ListRef, ScoreKind, ScoreRange, StateCondition
from scslab.scheme.problem_list import Problems, shorten
from scslab.scheme.read_clauses import Known, read_on, read_when, refuse_keys, text_of
from scslab.scheme.read_score import check_exact
from scslab.scheme.yaml_tree import YamlText

STATE_KEYS: tuple[Key[Any], ...] = (
    EnterForm.score, EnterForm.tier, EnterForm.count, EnterForm.list, EnterForm.not_list,
)  # fmt: skip
"""The parts that a condition on a state may have."""


def read_state(form: FormReader, known: Known, lists: Collection[str] | None = None) -> StateCondition:
    """A condition on a state: those of its parts that are there.

    Args:
        form: a mapping with some of the keys of `EnterForm`.
        known: what the scheme declares.
        lists: the lists of this scheme that may be read here; None: all.
    """
    delay = form.take(EnterForm.delay, None)
    condition = StateCondition(
        score=_read_range(form, known),
        tiers=_read_tiers(form, known),
        count=_read_count(form, known),
        lists=_read_lists(form, EnterForm.list, known, lists, delay),
        not_lists=_read_lists(form, EnterForm.not_list, known, lists, delay),
        place=form.place,
    )
    named = [word for key in (EnterForm.list, EnterForm.not_list) for word in form.take(key, ())]
    if all("@" not in word.text for word in named):
        refuse_keys(form, (EnterForm.delay,), "is for lists of other schemes only")
    return condition


def _read_tiers(form: FormReader, known: Known) -> tuple[str, ...]:
    words = form.take(EnterForm.tier, ())
    check_ids_once(((word.text, word.place) for word in words), form.problems)
    return tuple(word.text for word in words if check_known(word, known.tiers, form.problems, "S022", "tier"))


def _read_range(form: FormReader, known: Known) -> ScoreRange | None:
    span = form.take(EnterForm.score, None)
    if span is None:
        return None
    problems, decimals = span.problems, known.score.decimals
    if known.score.kind is ScoreKind.NONE:
        problems.error("S046", "the scheme has no score", span.place, "leave `score` out, or say how the score works")
    since, below = span.take(ScoreRangeForm.since, None), span.take(ScoreRangeForm.below, None)
    for key, value in ((ScoreRangeForm.since, since), (ScoreRangeForm.below, below)):
        if value is not None:
            check_exact(Number.constant(value), decimals, key, span)
    if not span.has(ScoreRangeForm.since) and not span.has(ScoreRangeForm.below):
        problems.error("S043", "a range of scores needs `from` or `below`", span.place)
    if since is not None and below is not None and since >= below:
        message = f"the range of scores from {since:f} to below {below:f} is empty"
        problems.error("S039", message, span.place_of(ScoreRangeForm.below))
    return ScoreRange(since, below)


def _read_count(form: FormReader, known: Known) -> CountCondition | None:
    count = form.take(EnterForm.count, None)
    if count is None:
        return None
    on = read_on(count, CountForm.on, known.vocabulary)
    least, most = count.take(CountForm.at_least, None), count.take(CountForm.at_most, None)
    if not count.has(CountForm.at_least) and not count.has(CountForm.at_most):
        count.problems.error("S043", "a count needs `at_least` or `at_most`", count.place, "write `at_least: 3`")
    if least is not None and most is not None and most < least:
        message = f"no number is at least {least} and at most {most}"
        count.problems.error("S039", message, count.place_of(CountForm.at_most))
    return CountCondition(
        on=text_of(on),
        when=read_when(count, CountForm.when, known.vocabulary, on),
        within=count.take(CountForm.within, None),
        at_least=least,
        at_most=most,
        place=count.place,
    )


def _read_lists(
    form: FormReader, key: Key[tuple[YamlText, ...]], known: Known, lists: Collection[str] | None, delay: Period | None
) -> tuple[ListRef, ...]:
    words = form.take(key, ())
    check_ids_once(((word.text, word.place) for word in words), form.problems)
    return tuple(_read_list(word, form.problems, known, lists, delay) for word in words)


def _read_list(
    word: YamlText, problems: Problems, known: Known, lists: Collection[str] | None, delay: Period | None
) -> ListRef:
    name, _, scheme = word.text.partition("@")
    if scheme == known.scheme:
        problems.error("S053", f"`{shorten(word.text)}` is a list of this scheme", word.place, f"write `{name}`")
    elif scheme or not check_known(word, known.lists, problems, "S047", "list"):
        pass
    elif lists is not None and name not in lists:
        message = f"a list may read only the lists before it, and `{name}` is not"
        problems.error("S048", message, word.place, f"put `{name}` before this list, if it does not read this one")
    return ListRef(name, scheme, delay if scheme else None, word.place)
