"""P112: do mean and standard deviation follow from the shares that are printed of the same answers?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import sqrt

from scslab.scheme import fields
from scslab.scheme.fields import FormReader
from scslab.scheme.kinds import NUMBER, integer
from scslab.scheme.shapes import list_of
from scslab.study.published.checks.groups import span_mean
from scslab.study.published.finding import COPY, Finding, Level, Note
from scslab.study.published.interval import Interval, count_decimals
from scslab.study.published.selection import NODE, TITLE, Book, Key
from scslab.study.published.tables import Cell

CODE = "P112"
LEAST_N = 30
"""The fewest answers that are thought possible where the audit file does not say how many there are."""


class Form(fields.Form):
    """An entry of `distribution`."""

    title = TITLE
    mean = Key("mean", NODE, "the cell of the mean", is_required=True)
    deviation = Key("deviation", NODE, "the cell of the standard deviation")
    shares = Key("shares", NODE, "the shares of the answers that have a value", is_required=True)
    scores = Key("scores", list_of(NUMBER), "the value of each of these answers, in their order", is_required=True)
    otherwise = Key("otherwise", NODE, "the same shares in another column, tried where the first do not fit")
    n = Key("n", integer(2), "the least number of answers; 30 by default")


@dataclass(frozen=True, slots=True)
class _Moments:
    mean: Interval
    variance: Interval


def find(form: FormReader, book: Book) -> Iterator[Finding | Note]:
    """Means and deviations that no shares within their rounding give."""
    mean = book.select(form.node(Form.mean))
    deviation = book.select(form.node(Form.deviation)) if form.has(Form.deviation) else ()
    scores = form.take(Form.scores, tuple[Decimal, ...]())
    shares = book.select(form.node(Form.shares))
    other = book.select(form.node(Form.otherwise)) if form.has(Form.otherwise) else ()
    if len(mean) != 1 or not shares or not scores:
        return
    if len(shares) != len(scores) or (other and len(other) != len(scores)):
        message = f"{len(scores)} scores for {len(shares)} shares"
        book.problems.error("Q612", message, form.place_of(Form.scores), "one score for each selected row, in order")
        return
    factor = Fraction(1) + Fraction(1, form.take(Form.n, LEAST_N) - 1)
    values, title = [Fraction(score) for score in scores], form.take(Form.title, "")
    expected = _span(shares, values, factor)
    fallback = _span(other, values, factor) if other else None
    pairs = [("mean", mean[0], expected.mean, None if fallback is None else fallback.mean, mean[0].interval)]
    if deviation:
        square = Interval(max(deviation[0].interval.low, Fraction(0)) ** 2, deviation[0].interval.high ** 2)
        second = None if fallback is None else fallback.variance
        pairs.append(("standard deviation", deviation[0], expected.variance, second, square))
    for what, cell, span, spare, printed in pairs:
        if not printed.meets(span):
            yield _tell(what, cell, span, shares, other if spare is not None and printed.meets(spare) else (), title)


def _span(shares: tuple[Cell, ...], scores: list[Fraction], factor: Fraction) -> _Moments:
    """The mean and the variance that the shares allow; the variance up to n / (n − 1) times that of the shares."""
    weights = [cell.interval for cell in shares]
    mean = span_mean([Interval.exactly(score) for score in scores], weights)
    squares = span_mean([Interval.exactly((score - mean.middle) ** 2) for score in scores], weights)
    # Around the middle instead of the mean itself: too large by the square of their distance, at most.
    slack = ((mean.high - mean.low) / 2) ** 2
    return _Moments(mean, Interval(max(squares.low - slack, Fraction(0)), squares.high * factor))


def _tell(
    what: str, cell: Cell, span: Interval, shares: tuple[Cell, ...], other: tuple[Cell, ...], title: str
) -> Finding:
    ends = [float(span.low), float(span.high)]
    ends = [sqrt(end) for end in ends] if what != "mean" else ends
    told = f"{ends[0]:.4f} to {ends[1]:.4f}"
    shows = f"the {what} of the shares printed in `{shares[0].table}:{shares[0].column}` is {told}, not {cell.text}"
    repair = f"{(ends[0] + ends[1]) / 2:.{count_decimals(cell.text)}f} instead of {cell.text}"
    if other:
        shows += f"; the column `{other[0].column}` does give {cell.text}"
        repair += f", or a note that this line is of `{other[0].column}`"
    elif what == "mean":
        step = 2 * (cell.interval.high - cell.interval.middle)
        if Interval(cell.interval.middle, cell.interval.middle + step).meets(span):
            shows += "; it would be, if the mean was cut instead of rounded"
    cannot = f"{COPY}; whether the {what} was computed on other respondents, weights or codes of the answers"
    return Finding(CODE, Level.CONTRADICTION, (cell, *shares), shows, cannot, repair, title)
