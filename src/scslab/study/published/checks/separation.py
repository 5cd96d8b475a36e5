"""P110: coefficients of a logit that look as if some group never gave some answer (separation)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import exp

from scslab.scheme import fields
from scslab.scheme.fields import FormReader
from scslab.scheme.kinds import NUMBER, TEXT
from scslab.scheme.shapes import map_of
from scslab.scheme.yaml_tree import YamlText
from scslab.study.published.finding import Finding, Level, Note, list_some
from scslab.study.published.interval import show
from scslab.study.published.selection import NODE, OF, TITLE, WORD, WORDS, Book, Key, Quantity
from scslab.study.published.tables import Cell

CODE = "P110"
LIMIT = Decimal(8)
"""A log odds ratio beyond this (odds 1 to 2,981) is not seen in real answers."""


class Form(fields.Form):
    """An entry of `separation`."""

    of, title = OF, TITLE
    standard_error = Key("standard_error", WORD, "the column of the standard errors", is_required=True)
    model = Key("model", WORD, "the column that names the model", is_required=True)
    term = Key("term", WORD, "the column that names the term", is_required=True)
    factors = Key("factors", map_of(TEXT, WORDS), "the terms that are levels of one variable")
    cuts = Key("cuts", WORDS, "the terms that are cut points: they move along with a separated factor")
    limit = Key("limit", NUMBER, "the largest believable |log odds ratio|; 8 by default")
    references = Key("references", map_of(TEXT, NODE), "the printed share of each factor's reference level, in percent")


def find(form: FormReader, book: Book) -> Iterator[Finding | Note]:
    """Coefficients beyond the limit: of single terms, or of all levels of a factor together."""
    cells = book.select(form.node(Form.of))
    columns = [form.take(key, YamlText("", True, form.place)) for key in (Form.standard_error, Form.model, Form.term)]
    if not cells or not book.check_columns(book.tables[cells[0].table], columns):
        return
    error, model, term = (word.text for word in columns)
    cuts = {word.text for word in form.take(Form.cuts, ())}
    factors = {name.text: [word.text for word in words] for name, words in form.take(Form.factors, {}).items()}
    owner = {level: name for name, levels in factors.items() for level in levels}
    shares = {name.text: book.quantity(node) for name, node in form.take(Form.references, {}).items()}
    limit = Fraction(form.take(Form.limit, LIMIT))
    groups: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        name = cell.label(term)
        if name not in cuts and min(abs(cell.interval.low), abs(cell.interval.high)) > limit:
            groups.setdefault((cell.label(model), owner.get(name, name)), []).append(cell)
    for (number, name), found in groups.items():
        others = [
            cell for cell in cells
            if cell.label(model) != number and cell.label(term) in {each.label(term) for each in found}
        ]  # fmt: skip
        levels = len(factors.get(name, ()))
        yield _tell(found, others, levels, (number, name, error), shares.get(name), form.take(Form.title, ""))


def _tell(
    found: list[Cell], others: list[Cell], levels: int, names: tuple[str, str, str], share: Quantity | None, title: str
) -> Finding:
    number, name, error = names
    values = ", ".join(f"{cell.text} (SE {cell.label(error)})" for cell in found)
    odds = exp(min(abs(float(cell.interval.middle)) for cell in found))
    shows = f"model {number}, `{name}`: {values}; odds ratios of 1 to {odds:,.0f} or beyond"
    if len(found) > 1:
        low = min(cell.interval.middle for cell in found)
        high = max(cell.interval.middle for cell in found)
        shows += f", yet the levels differ among themselves by {show(high - low)} only"
    if others:
        largest = max(abs(cell.interval.middle) for cell in others)
        shows += f"; in the other models the same terms stay within ±{show(largest)}"
    if share is not None:
        shows += f"; the reference level has {share.text} % of respondents"
    whole = len(found) == levels and levels > 1
    reason = "the reference level then has answers at one end only" if whole else "an answer is then missing"
    shows += f". That is the picture of separation: {reason} in the rows that the model used"
    cannot = (
        "whether the data are separated: that needs the counts of the answers at each level; a standard error that "
        "looks small proves nothing, since robust ones stay finite under separation"
    )
    repair = (
        "join the reference level with its neighbour, or take a larger one as reference; else report the limit and no "
        f"standard errors or stars for {list_some(cell.row for cell in found)}"
    )
    return Finding(CODE, Level.ODDITY, tuple(found), shows, cannot, repair, title)
