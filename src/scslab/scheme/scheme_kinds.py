"""Kinds of value that only scheme files have: SQL, points, cap periods, event types of rules, references."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum

from scslab.ground.dates import Calendar, Period
from scslab.ground.problems import did_you_mean
from scslab.scheme.dated import Number
from scslab.scheme.fields import Kind, describe
from scslab.scheme.kinds import (
    EVENT_TYPE,
    IDENT,
    NUMBER,
    PERIOD,
    choice,
    is_number_text,
    matching,
    number,
    read_period,
)
from scslab.scheme.model import LIFETIME, CapPeriod, Carry
from scslab.scheme.problem_list import Problems
from scslab.scheme.shapes import DATED_NUMBER, dated, either, list_of, one_or_more
from scslab.scheme.yaml_tree import YamlList, YamlMap, YamlNode, YamlText

MOST_DECIMALS = 6
"""The most digits after the point that a score may have."""


class Published(StrEnum):
    """How often standings are published."""

    IMMEDIATELY = "immediately"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


class Restarts(StrEnum):
    """Whether scores begin anew each year."""

    NEVER = "never"
    YEARLY = "yearly"


def _read_sql(node: YamlNode, problems: Problems) -> YamlText | None:
    if isinstance(node, YamlText) and not node.is_null:
        return node
    problems.shared("007", f"an SQL expression must stand here, not {describe(node)}", node.place)
    return None


SQL: Kind[YamlText] = Kind("an SQL expression", _read_sql, {"type": ["string", "boolean", "number"], "maxLength": 2000})
"""SQL as text; it is parsed where the attributes are known."""


def _is_number_or_series(node: YamlNode) -> bool:
    return isinstance(node, YamlMap | YamlList) or is_number_text(node)


POINTS: Kind[Number | YamlText] = either(_is_number_or_series, DATED_NUMBER, SQL)
"""A number, a dated series or an SQL number."""


def _read_cap_points(node: YamlNode, problems: Problems) -> Decimal | None:
    value = NUMBER.read(node, problems)
    if value is not None and value <= 0:
        help_ = "a cap limits the size of points of either sign, so it is written without a minus"
        problems.error("S028", f"a cap of {value:f} is not above zero", node.place, help_)
        return None
    return value


CAP_POINTS = dated(Kind("a number above zero", _read_cap_points, NUMBER.schema | {"minimum": 0, "exclusiveMinimum": 0}))
"""Points of a cap, above zero, possibly dated."""

_CAP_WORDS = (*(unit.value for unit in Calendar), LIFETIME)


def _read_cap_period(node: YamlNode, problems: Problems) -> CapPeriod | None:
    if isinstance(node, YamlText) and not any(character.isdigit() for character in node.text):
        if node.text in _CAP_WORDS:
            return LIFETIME if node.text == LIFETIME else Calendar(node.text)
        hint = did_you_mean(node.text.removesuffix("ly"), _CAP_WORDS) + " Or a rolling period such as `12 months`"
        problems.shared("011", f"{describe(node)} is not a period of a cap", node.place, hint)
        return None
    return read_period(node, problems)


CAP_PERIOD: Kind[CapPeriod] = Kind(
    "a period of a cap", _read_cap_period, {"anyOf": [{"enum": list(_CAP_WORDS)}, PERIOD.schema]}
)
"""A calendar month, quarter or year, a rolling period, or `lifetime`."""


def _read_rule_type(node: YamlNode, problems: Problems) -> YamlText | None:
    if not isinstance(node, YamlText) or node.is_null:
        problems.shared("007", f"an event type must stand here, not {describe(node)}", node.place)
        return None
    stem = YamlText(node.text.removesuffix(".*"), node.is_plain, node.place)
    return None if EVENT_TYPE.read(stem, problems) is None else node


RULE_TYPE: Kind[YamlText] = Kind(
    "an event type",
    _read_rule_type,
    {"type": ["string", "number"], "pattern": r"^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*(?:\.\*)?$"},
)
"""An event type, or a prefix that ends in `.*`."""


def _read_word(node: YamlNode, problems: Problems) -> YamlText | None:
    return node if IDENT.read(node, problems) is not None and isinstance(node, YamlText) else None


REFERENCE: Kind[YamlText] = Kind("an id", _read_word, IDENT.schema)
"""An id of something declared elsewhere in the file, with its place."""
REFERENCES: Kind[tuple[YamlText, ...]] = one_or_more(REFERENCE)
"""One id, or several."""


def _word(name: str, pattern: str, helps: str) -> Kind[YamlText]:
    """The kind of a word with its place that matches a pattern."""
    inner = matching(name, re.compile(pattern), helps, longest=170)

    def read(node: YamlNode, problems: Problems) -> YamlText | None:
        return node if inner.read(node, problems) is not None and isinstance(node, YamlText) else None

    return Kind(name, read, inner.schema)


_ID, _SCHEME = r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*\+*", r"[a-z0-9]+(?:-[a-z0-9]+)*"
LIST_WORD = _word("a list", f"{_ID}(?:@{_SCHEME})?", "write the id of a list, or `list@scheme` of another scheme")
"""A list of this scheme, or `list@scheme`."""
LIST_WORDS: Kind[tuple[YamlText, ...]] = one_or_more(LIST_WORD)
"""One such list, or several."""
SCHEME_WORD = _word("a scheme id", _SCHEME, "use small letters, digits and `-`, as in `food-safety`")
"""The id of another scheme."""
STEPS: Kind[tuple[YamlText, ...]] = one_or_more(
    _word("a link", rf"\^?{_ID}", "write the id of a link; `^` before it walks it backwards")
)
"""Links to walk, one after the other."""
TIERS: Kind[tuple[YamlText, ...]] = REFERENCES
"""One tier, or several."""


def _read_span(node: YamlNode, problems: Problems) -> Period | str | None:
    if isinstance(node, YamlText) and node.text == TO_YEAR_END:
        return TO_YEAR_END
    return read_period(node, problems)


TO_YEAR_END = "year"
SPAN: Kind[Period | str] = Kind("a period", _read_span, {"anyOf": [{"enum": [TO_YEAR_END]}, PERIOD.schema]})
"""A period, or `year`: to the end of the year."""


def _read_pair(node: YamlNode, problems: Problems) -> tuple[Decimal, Decimal] | None:
    if not isinstance(node, YamlList) or len(node.items) != 2:
        problems.shared("007", f"two numbers must stand here, not {describe(node)}", node.place, "write [0, 0.5]")
        return None
    first, second = (NUMBER.read(each, problems) for each in node.items)
    return None if first is None or second is None else (first, second)


_PAIR: Kind[tuple[Decimal, Decimal]] = Kind(
    "a pair of numbers", _read_pair, {"type": "array", "items": NUMBER.schema, "minItems": 2, "maxItems": 2}
)
PAIRS = list_of(_PAIR, least=2)
"""Points of a piecewise linear scale."""
SCALE = PAIRS
"""Points of the scale of an indicator: value, and 0 to 1."""
WEIGHT = dated(number(0, 1))
"""A weight from 0 to 1, possibly dated."""


def _read_range(node: YamlNode, problems: Problems) -> tuple[Number, Number] | None:
    if not isinstance(node, YamlList) or len(node.items) != 2:
        message = f"the two ends of a range must stand here, not {describe(node)}"
        problems.shared("007", message, node.place, "write [350, 950]")
        return None
    low, high = (DATED_NUMBER.read(each, problems) for each in node.items)
    return None if low is None or high is None else (low, high)


RANGE: Kind[tuple[Number, Number]] = Kind(
    "a range", _read_range, {"type": "array", "items": DATED_NUMBER.schema, "minItems": 2, "maxItems": 2}
)
"""The low and the high end of an index, each possibly dated."""


class _PlainCarry(StrEnum):
    POINTS = Carry.POINTS
    START = Carry.START


PLAIN_CARRY = choice(_PlainCarry)
"""What is carried over, where it needs no numbers."""
