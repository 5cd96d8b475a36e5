"""P104: do the stars fit coefficient and standard error, whatever their rounding?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import inf
from statistics import NormalDist

from scslab.scheme import fields
from scslab.scheme.fields import FormReader
from scslab.scheme.kinds import NUMBER, TEXT, integer
from scslab.scheme.shapes import map_of
from scslab.scheme.yaml_tree import YamlText
from scslab.study.published.finding import COPY, Finding, Level, Note
from scslab.study.published.selection import OF, TITLE, WORD, Book, Key
from scslab.study.published.tables import Cell

CODE = "P104"


class Form(fields.Form):
    """An entry of `stars`."""

    of, title = OF, TITLE
    standard_error = Key("standard_error", WORD, "the column of the standard errors", is_required=True)
    stars = Key("stars", WORD, "the column of the stars", is_required=True)
    thresholds = Key("thresholds", map_of(TEXT, NUMBER), "stars and the p below which they stand", is_required=True)
    degrees_of_freedom = Key("degrees_of_freedom", integer(1), "for Student's t; without it the normal distribution")


def find(form: FormReader, book: Book) -> Iterator[Finding | Note]:
    """Coefficients whose stars no z within the printed rounding gives."""
    cells = book.select(form.node(Form.of))
    names = [form.take(key, YamlText("", True, form.place)) for key in (Form.standard_error, Form.stars)]
    thresholds = form.take(Form.thresholds, dict[YamlText, Decimal]())
    degrees = form.take(Form.degrees_of_freedom, None)
    if not cells or not book.check_columns(book.tables[cells[0].table], names):
        return
    if not thresholds or not all(0 < level < 1 for level in thresholds.values()):
        book.problems.error("Q609", "`thresholds` must be between 0 and 1", form.place_of(Form.thresholds))
        return
    # The most stars first: the smallest p.
    ladder = sorted((float(level), word.text) for word, level in thresholds.items())
    critical = [(_critical(level, degrees), text) for level, text in ladder]
    known = {"", *(text for _, text in critical)}
    for cell in cells:
        table = book.tables[cell.table]
        index = next(i for i, (line, _) in enumerate(table.rows) if line == cell.place.line)
        error, mark = table.cell(index, names[0].text), table.cell(index, names[1].text)
        if not error.is_number:
            continue
        if mark.text not in known:
            book.problems.error("Q609", f"`{mark.text}` is not among the `thresholds`", mark.place)
            continue
        low, high = span_z(cell, error)
        allowed = _list_allowed(low, high, critical)
        if mark.text not in allowed:
            yield _tell(cell, error, mark, (low, high), allowed, form.take(Form.title, ""))


def _critical(level: float, degrees: int | None) -> float:
    """The |z| or |t| above which the two-sided p is below `level`."""
    if degrees is None:
        return NormalDist().inv_cdf(1 - level / 2)
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 1 - level / 2))


def span_z(coefficient: Cell, error: Cell) -> tuple[float, float]:
    """The least and the largest |coefficient| / standard error that the printed digits allow."""
    value, spread = coefficient.interval, error.interval
    least = Fraction(0) if value.holds(0) else min(abs(value.low), abs(value.high))
    most = max(abs(value.low), abs(value.high))
    return float(least / spread.high) if spread.high > 0 else 0.0, float(most / spread.low) if spread.low > 0 else inf


def _list_allowed(low: float, high: float, critical: list[tuple[float, str]]) -> list[str]:
    """The stars that some z between `low` and `high` gets; on a threshold itself both sides are allowed."""
    allowed: list[str] = []
    upper = inf
    for limit, text in [*critical, (0.0, "")]:
        if high >= limit - 1e-9 and low <= upper + 1e-9:
            allowed.append(text)
        upper = limit
    return allowed


def _tell(cell: Cell, error: Cell, mark: Cell, span: tuple[float, float], allowed: list[str], title: str) -> Finding:
    printed, fitting = mark.text or "no star", " or ".join(text or "no star" for text in allowed)
    normal = NormalDist()
    p_values = [2 * (1 - normal.cdf(min(z, 40.0))) for z in reversed(span)]
    shows = (
        f"{cell.text} with standard error {error.text} gives |z| from {span[0]:.3f} to {span[1]:.3f} (normal p from "
        f"{p_values[0]:.4f} to {p_values[1]:.4f}), that is {fitting}; printed is {printed}"
    )
    cannot = f"{COPY}; whether p came from another test (likelihood ratio, one-sided, t with few degrees of freedom)"
    repair = f"{fitting} instead of {printed}"
    return Finding(CODE, Level.TENSION, (cell, error, mark), shows, cannot, repair, title)
