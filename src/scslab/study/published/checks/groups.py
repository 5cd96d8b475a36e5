"""P114: a total lies among its groups, and is their mean with the groups' shares as weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from scslab.scheme import fields
from scslab.scheme.fields import FormReader, form_of
from scslab.scheme.shapes import list_of
from scslab.study.published.finding import COPY, Finding, Level, Note
from scslab.study.published.interval import Interval
from scslab.study.published.selection import NODE, TITLE, Book, Key, Quantity

CODE = "P114"


class GroupForm(fields.Form):
    """A group."""

    value = Key("value", NODE, "the printed value of the group", is_required=True)
    share = Key("share", NODE, "the group's share of the whole, in percent")


class Form(fields.Form):
    """An entry of `groups`."""

    title = TITLE
    total = Key("total", NODE, "the printed value of all together", is_required=True)
    groups = Key("groups", list_of(form_of(GroupForm), 2), "the groups, which together are all", is_required=True)


@dataclass(frozen=True, slots=True)
class _Group:
    value: Quantity
    share: Quantity | None


def find(form: FormReader, book: Book) -> Iterator[Finding | Note]:
    """Totals outside the range of their groups, or off the mean that the shares give."""
    total = book.quantity(form.node(Form.total))
    groups: list[_Group] = []
    for each in form.take(Form.groups, ()):
        value = book.quantity(each.node(GroupForm.value))
        share = book.quantity(each.node(GroupForm.share)) if each.has(GroupForm.share) else None
        if value is None or (share is None and each.has(GroupForm.share)):
            return
        groups.append(_Group(value, share))
    if total is None or not groups:
        return
    shares = [group.share.interval for group in groups if group.share is not None]
    values = [group.value.interval for group in groups]
    if len(shares) == len(groups):
        expected = span_mean(values, shares)
        way = "the mean of the groups, weighted with their shares, is"
    else:
        expected = Interval(min(value.low for value in values), max(value.high for value in values))
        way = "the groups reach from"
    if expected.meets(total.interval):
        return
    span = f"{float(expected.low):.2f} to {float(expected.high):.2f}"
    shows = f"{way} {span}, and {total.text} is printed for all"
    cannot = f"{COPY}; whether groups and total have the same base, and whether someone belongs to no group"
    cells = (*total.cells, *(cell for group in groups for cell in group.value.cells))
    repair = f"a total from {span}, or another value of a group"
    yield Finding(CODE, Level.TENSION, cells, shows, cannot, repair, form.take(Form.title, ""))


def span_mean(values: list[Interval], weights: list[Interval]) -> Interval:
    """The least and largest weighted mean when values and weights lie anywhere in their intervals.

    The mean is greatest where every value is, and where the weights above some value are greatest and those below it
    least; all such thresholds are tried. Exact.

    Example:
        >>> values = [Interval.of_printed("82"), Interval.of_printed("68")]
        >>> weights = [Interval.of_printed("83.61"), Interval.of_printed("16.39")]
        >>> span = span_mean(values, weights)
        >>> round(float(span.low), 2), round(float(span.high), 2)
        (79.2, 80.21)
    """
    highest = _greatest([(value.high, weight) for value, weight in zip(values, weights, strict=True)])
    lowest = -_greatest([(-value.low, weight) for value, weight in zip(values, weights, strict=True)])
    return Interval(lowest, highest)


def _greatest(pairs: list[tuple[Fraction, Interval]]) -> Fraction:
    """The greatest weighted mean of numbers whose weights lie in intervals (negative weights count as none)."""
    ordered = sorted(pairs, key=lambda pair: pair[0], reverse=True)
    best = ordered[-1][0]
    for heavy in range(1, len(ordered) + 1):
        weights = [max(w.high if i < heavy else w.low, Fraction(0)) for i, (_, w) in enumerate(ordered)]
        whole = sum(weights, Fraction(0))
        if whole > 0:
            total = sum((number * weight for (number, _), weight in zip(ordered, weights, strict=True)), Fraction(0))
            best = max(best, total / whole)
    return best
