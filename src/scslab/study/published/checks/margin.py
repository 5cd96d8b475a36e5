"""P109: does the margin of error go with the number of respondents, and which design effect does it imply?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import sqrt
from statistics import NormalDist

from scslab.scheme import fields
from scslab.scheme.fields import FormReader
from scslab.scheme.kinds import FLAG, number
from scslab.study.published.finding import COPY, Finding, Level, Note
from scslab.study.published.selection import NODE, TITLE, Book, Key

CODE = "P109"


class Form(fields.Form):
    """An entry of `margin`."""

    title = TITLE
    stated = Key("stated", NODE, "the printed margin of error, in percentage points", is_required=True)
    n = Key("n", NODE, "the number of respondents", is_required=True)
    confidence = Key("confidence", number(0, 1), "the level of confidence; 0.95 by default")
    is_weighted = Key("is_weighted", FLAG, "whether the estimates are weighted; false by default")
    is_opt_in = Key("is_opt_in", FLAG, "whether people chose themselves to take part; false by default")


def find(form: FormReader, book: Book) -> Iterator[Finding | Note]:
    """Margins below that of a simple random sample, or far above; and weighted ones that ignore the weights."""
    stated, base = book.quantity(form.node(Form.stated)), book.quantity(form.node(Form.n))
    level, is_weighted = float(form.take(Form.confidence, Decimal("0.95"))), form.take(Form.is_weighted, False)
    if stated is None or base is None or base.interval.low <= 0 or not 0 < level < 1:
        return
    n, title = float(base.interval.middle), form.take(Form.title, "")
    simple = margin_of_error(n, level)
    effects = [(max(float(end), 0.0) / simple) ** 2 for end in (stated.interval.low, stated.interval.high)]
    cells = (*stated.cells, *base.cells)
    told = f"{n:,.0f} respondents at {level:.0%} confidence have a margin of ±{simple:.2f} points at 50 %"
    implied = f"{told}; ±{stated.text} implies a design effect from {effects[0]:.2f} to {effects[1]:.2f}"
    cannot = f"{COPY}; what was assumed for strata, clusters and weights"
    if form.take(Form.is_opt_in, False):
        text = f"`{cells[0].name if cells else 'margin'}`: people chose to take part, so a margin of error rests on a "
        yield Note(CODE, text + "model of who did, not on random sampling", cells, is_limit=True)
    if effects[1] < 1:
        repair = f"±{simple:.1f}, if the sample is simple random and the estimates are not weighted"
        shows = implied + ": smaller than simple random sampling gives"
        yield Finding(CODE, Level.TENSION, cells, shows, cannot + "; a finite population", repair, title)
    elif is_weighted and effects[0] <= 1 <= effects[1]:
        shows = implied + ", as if the weights were all equal, and the estimates are weighted"
        repair = "the margin times the root of Kish's design effect of the weights"
        yield Finding(CODE, Level.ODDITY, cells, shows, cannot, repair, title)
    elif effects[0] > 4:
        repair = f"±{simple:.1f}, or a sentence on the design effect"
        yield Finding(CODE, Level.ODDITY, cells, implied + ": unusually large", cannot, repair, title)
    else:
        yield Note(CODE, implied, cells)


def margin_of_error(n: float, level: float = 0.95) -> float:
    """The margin of a simple random sample for a share of one half, in percentage points.

    Example:
        >>> round(margin_of_error(1000), 2)
        3.1
    """
    return 100 * NormalDist().inv_cdf((1 + level) / 2) * sqrt(0.25 / n)
