"""P115: a share turned round (Bayes): who the doubters are, against how many doubt in each group."""

from __future__ import annotations

from collections.abc import Iterator

from scslab.scheme import fields
from scslab.scheme.fields import FormReader
from scslab.scheme.kinds import FLAG, TEXT
from scslab.scheme.yaml_tree import YamlNode
from scslab.study.published.finding import COPY, Finding, Level, Note
from scslab.study.published.interval import Interval
from scslab.study.published.selection import NODE, TITLE, Book, Key

CODE = "P115"
_HUNDRED = Interval.exactly(100)


class Form(fields.Form):
    """An entry of `conditional`."""

    title = TITLE
    group = Key("group", TEXT, "the name of the group", is_required=True)
    trait = Key("trait", NODE, "the share of all that has the trait, in percent", is_required=True)
    group_in_trait = Key("group_in_trait", NODE, "of those with the trait, the share in the group", is_required=True)
    group_in_all = Key("group_in_all", NODE, "of all, the share in the group", is_required=True)
    trait_in_group = Key("trait_in_group", NODE, "of the group, the printed share with the trait", is_required=True)
    is_complement = Key("is_complement", FLAG, "whether `trait_in_group` is the share without the trait")


def find(form: FormReader, book: Book) -> Iterator[Finding | Note]:
    """Shares in groups that do not follow from the composition of those with the trait."""
    nodes: list[YamlNode | None] = [
        form.node(key) for key in (Form.trait, Form.group_in_trait, Form.group_in_all, Form.trait_in_group)
    ]
    read = [book.quantity(node) for node in nodes]
    known = [quantity for quantity in read if quantity is not None]
    if len(known) < 4 or known[2].interval.low <= 0:
        return
    trait, inside, whole, stated = known
    expected = trait.interval * inside.interval / whole.interval
    is_complement = form.take(Form.is_complement, False)
    expected = _HUNDRED - expected if is_complement else expected
    if expected.meets(stated.interval):
        return
    span = f"{float(expected.low):.2f} to {float(expected.high):.2f} %"
    share = f"({trait.text})" if " " in trait.text else trait.text
    formula = f"{share} × {inside.text} / {whole.text}"
    formula = f"100 − {formula}" if is_complement else formula
    shows = f"`{form.take(Form.group, '')}`: {formula} gives {span}, and {stated.text} is printed"
    cannot = f"{COPY}; whether all four have the same base, weights and definition of the trait"
    repair = f"{float(expected.middle):.0f} instead of {stated.text}, or the bases named"
    cells = (*stated.cells, *inside.cells, *whole.cells)
    yield Finding(CODE, Level.TENSION, cells, shows, cannot, repair, form.take(Form.title, ""))
