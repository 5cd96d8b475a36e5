"""A small scheme for the tests of the ledger, built from the model so that it does not depend on the reader."""

from __future__ import annotations

from decimal import Decimal

from scslab.ground.text import Text
from scslab.scheme.dated import Dated
from scslab.scheme.model import (
    Attribute,
    AttributeType,
    EventType,
    Operator,
    OperatorKind,
    PostsOn,
    Scheme,
    Score,
    SubjectKind,
    SubjectScope,
)

ATTRIBUTES = {
    "fine": (
        Attribute("amount", AttributeType.NUMBER, minimum=Decimal(0), maximum=Decimal("1000.5")),
        Attribute("kind", AttributeType.TEXT, values=("parking", "speeding")),
        Attribute("paid", AttributeType.BOOLEAN),
        Attribute("due_on", AttributeType.DATE),
    ),
    "gift": (
        Attribute("amount", AttributeType.NUMBER, minimum=Decimal(1)),
        Attribute("items", AttributeType.INTEGER, minimum=Decimal(0)),
        Attribute("note", AttributeType.TEXT),
    ),
    "visit": (),
}


def build_scheme(
    events: dict[str, tuple[Attribute, ...]] | None = None,
    *,
    posts_on: PostsOn = PostsOn.RECORDED,
    subjects: tuple[Attribute, ...] = (),
) -> Scheme:
    """A scheme that declares `fine`, `gift` and `visit` unless told otherwise; it has no rules."""
    declared = ATTRIBUTES if events is None else events
    return Scheme(
        id="test",
        title=Text(en="Test"),
        operator=Operator(OperatorKind.RESEARCH, Text(en="Tests")),
        subjects=SubjectScope((SubjectKind.RESIDENT,), attributes={each.name: each for each in subjects}),
        events={name: EventType(name, {each.name: each for each in own}) for name, own in declared.items()},
        score=Score(start=Dated.constant(Decimal(100)), posts_on=posts_on),
    )
