"""What conditions read of other schemes: `on_list('list@scheme')`, `score_of('scheme')`, `tier_of('scheme')`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scslab.scheme.conditions import Column, Reference, ReferenceKind, ValueType
from scslab.scheme.problem_list import shorten
from scslab.scheme.sql_types import SqlError

REFERENCES = tuple(kind.value for kind in ReferenceKind)
"""The functions that read other schemes."""

_TYPES = {
    ReferenceKind.LIST: ValueType.BOOLEAN,
    ReferenceKind.SCORE: ValueType.NUMBER,
    ReferenceKind.TIER: ValueType.TEXT,
}
_SCHEME = re.compile(r"(?P<scheme>[a-z0-9]+(?:-[a-z0-9]+)*)")
_LIST = re.compile(r"(?P<list>[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*\+*)@" + _SCHEME.pattern)


def read_reference(name: str, texts: Sequence[str], count: int, own: str) -> Column:
    """The column of a call.

    Args:
        name: the function, one of `REFERENCES`.
        texts: those of its arguments that are texts.
        count: how many arguments there are.
        own: the scheme that asks, which may not read itself.

    Raises:
        SqlError: the arguments are not one list or scheme, or the scheme is the own one.

    Example:
        >>> found = read_reference("score_of", ["sesame"], 1, "own")
        >>> found.name, found.type.value, found.reference.scheme
        ("score_of('sesame')", 'number', 'sesame')
    """
    kind = ReferenceKind(name.lower())
    sample = f"write {kind}('defaulters@supreme-court')" if kind is ReferenceKind.LIST else f"write {kind}('sesame')"
    if count != 1 or len(texts) != 1:
        raise SqlError(f"`{kind}` takes one text in single quotes", sample)
    found = (_LIST if kind is ReferenceKind.LIST else _SCHEME).fullmatch(texts[0])
    if found is None:
        raise SqlError(f"`{kind}` does not understand '{shorten(texts[0])}'", sample)
    if found["scheme"] == own:
        hint = "a condition reads other schemes only; what follows from its own score or lists is a measure"
        raise SqlError(f"`{kind}` reads this scheme itself", hint, number="034")
    reference = Reference(kind, found["scheme"], found.groupdict().get("list") or "")
    return Column("scheme", str(reference), _TYPES[kind], reference)
