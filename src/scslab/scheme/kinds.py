"""Kinds of single values in YAML files: texts, ids, words of a list, numbers, dates, periods."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from scslab.ground.dates import EARLIEST, LATEST, Period
from scslab.ground.problems import did_you_mean
from scslab.ground.text import Text
from scslab.scheme.fields import Form, Key, Kind, describe, form_of
from scslab.scheme.problem_list import Problems, shorten
from scslab.scheme.yaml_tree import YamlNode, YamlText

E = TypeVar("E", bound=StrEnum)

LARGEST = Decimal(10) ** 12
"""The largest magnitude of a number in a file."""
MAX_DECIMALS = 12
"""The most digits after the point."""
MAX_TEXT = 5_000
"""The longest text of a field."""

_NUMBER = re.compile(r"[-+]?(?:(?:0|[1-9]\d{0,29})(?:\.\d{1,30})?|\.\d{1,30})", re.ASCII)
_LOOSE_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_IDENT = re.compile(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*\+*")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_EVENT_TYPE = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_CJK = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_COUNT_WORDS = {"one": 1, "two": 2, "three": 3, "six": 6, "twelve": 12, "a": 1, "an": 1}
_UNIT_WORDS = {
    "day": "day d",
    "week": "week wk w",
    "month": "month mth mon mo m",
    "quarter": "quarter qtr q",
    "year": "year yr y",
}
_SCALAR_SCHEMA: dict[str, Any] = {"type": ["string", "number", "boolean"]}


def _scalar(node: YamlNode, problems: Problems, kind: str) -> YamlText | None:
    if isinstance(node, YamlText) and not node.is_null:
        return node
    problems.shared("007", f"{kind} must stand here, not {describe(node)}", node.place)
    return None


# --- texts ----------------------------------------------------------------------------------------------------------


def _read_text(node: YamlNode, problems: Problems) -> str | None:
    value = _scalar(node, problems, "a text")
    if value is None:
        return None
    text = value.text.strip()
    if not text or len(text) > MAX_TEXT:
        what = "is empty" if not text else f"has {len(text):,} characters; at most {MAX_TEXT:,} are read"
        problems.shared("017", f"the text {what}", node.place)
        return None
    return text


def matching(name: str, pattern: re.Pattern[str], helps: str, longest: int = 80) -> Kind[str]:
    """The kind of a text that must match a pattern as a whole, such as an id."""

    def read(node: YamlNode, problems: Problems) -> str | None:
        value = _scalar(node, problems, name)
        if value is None:
            return None
        if pattern.fullmatch(value.text) is None or len(value.text) > longest:
            problems.shared("013", f"`{shorten(value.text)}` is not {name}", node.place, helps)
            return None
        return value.text

    return Kind(name, read, _SCALAR_SCHEMA | {"pattern": f"^(?:{pattern.pattern})$", "maxLength": longest})


TEXT: Kind[str] = Kind("a text", _read_text, _SCALAR_SCHEMA | {"minLength": 1, "maxLength": MAX_TEXT})
"""Any text, one line or more; spaces at its ends are dropped."""
IDENT = matching("an id", _IDENT, "use letters, digits, `-`, `_` and `.`; pluses may end it")
"""An id inside a file: `AAA`, `blood-donation`, `A+`."""
SLUG = matching("a scheme id", _SLUG, "use small letters, digits and `-`, as in `food-safety`")
"""The id of a scheme, which is also the name of its folder."""
NAME = matching("a name", _NAME, "use letters, digits and `_`, and begin with a letter")
"""The name of an attribute or a column: it can stand in a condition without quotes."""
EVENT_TYPE = matching("an event type", _EVENT_TYPE, "use small letters, digits, `_`, `-` and dots: `donation.blood`")
"""An event type such as `donation.blood`."""


class TextForm(Form):
    """A text in English and Chinese."""

    en: Key[str] = Key("en", TEXT, "in English")
    zh: Key[str] = Key("zh", TEXT, "in Chinese")


def _read_bilingual(node: YamlNode, problems: Problems) -> Text | None:
    if isinstance(node, YamlText):
        text = _read_text(node, problems)
        if text is None:
            return None
        return Text(zh=text) if _CJK.search(text) else Text(en=text)
    form = form_of(TextForm).read(node, problems)
    if form is None:
        return None
    if not form.values and not form.is_incomplete:
        problems.shared("006", "a text needs `en` or `zh`", node.place, "write {en: …, zh: …}")
    return Text(en=form.take(TextForm.en, ""), zh=form.take(TextForm.zh, ""))


BILINGUAL: Kind[Text] = Kind("a text", _read_bilingual, {"anyOf": [TEXT.schema, form_of(TextForm).schema]})
"""`{en: …, zh: …}`, or one text, which counts as Chinese where it has Chinese characters."""


def _read_flag(node: YamlNode, problems: Problems) -> bool | None:
    if isinstance(node, YamlText) and node.is_plain and node.text in ("true", "false"):
        return node.text == "true"
    problems.shared("008", f"`true` or `false` must stand here, not {describe(node)}", node.place)
    return None


FLAG: Kind[bool] = Kind("true or false", _read_flag, {"type": "boolean"})
"""`true` or `false`."""


def choice(kind: type[E]) -> Kind[E]:
    """The kind of one word of a closed list."""
    words = [member.value for member in kind]

    def read(node: YamlNode, problems: Problems) -> E | None:
        value = _scalar(node, problems, "one word of a list")
        if value is None:
            return None
        if value.text not in words:
            hint = did_you_mean(value.text, words) or "known here: " + ", ".join(f"`{w}`" for w in words)
            problems.shared("008", f"`{shorten(value.text)}` is not a word that may stand here", node.place, hint)
            return None
        return kind(value.text)

    return Kind("one of " + ", ".join(words), read, {"enum": words})


# --- numbers --------------------------------------------------------------------------------------------------------


def is_number_text(node: YamlNode) -> bool:
    """Whether a value is written as a number (`-2.5`, without quotes)."""
    return isinstance(node, YamlText) and node.is_plain and _NUMBER.fullmatch(node.text) is not None


def _read_decimal(node: YamlNode, problems: Problems) -> Decimal | None:
    value = _scalar(node, problems, "a number")
    if value is None:
        return None
    if is_number_text(value):
        if len(value.text.partition(".")[2]) > MAX_DECIMALS:
            message = f"`{shorten(value.text)}` has more than {MAX_DECIMALS} digits after the point"
            problems.shared("016", message, node.place)
            return None
        return Decimal(value.text)
    bare = value.text.replace(",", "").replace("_", "").replace("\u2212", "-").strip().rstrip("%")
    hint = ""
    if not value.is_plain and bare == value.text:
        hint = f"write {bare} without quotes" if _NUMBER.fullmatch(bare) else ""
    elif _NUMBER.fullmatch(bare.lstrip("0") or "0"):
        hint = f"write {bare.lstrip('0') or '0'}" if "%" not in value.text else "write a share, such as 0.5 for 50 %"
    problems.shared("009", f"`{shorten(value.text)}` is not a number", node.place, hint)
    return None


def number(low: Decimal | int | None = None, high: Decimal | int | None = None) -> Kind[Decimal]:
    """The kind of an exact number, `low` and `high` inclusive; never beyond ±`LARGEST`."""
    least, most = Decimal(-LARGEST if low is None else low), Decimal(LARGEST if high is None else high)

    def read(node: YamlNode, problems: Problems) -> Decimal | None:
        value = _read_decimal(node, problems)
        if value is not None and not least <= value <= most:
            problems.shared("016", f"{shorten(str(value))} is not between {least:,f} and {most:,f}", node.place)
            return None
        return value

    bounds = [int(each) if each == each.to_integral_value() else float(each) for each in (least, most)]
    return Kind("a number", read, {"type": "number", "minimum": bounds[0], "maximum": bounds[1]})


NUMBER = number()
"""An exact number; `0.1` is one tenth."""


def integer(low: int | None = None, high: int | None = None) -> Kind[int]:
    """The kind of a whole number, `low` and `high` inclusive."""
    inner = number(low, high)

    def read(node: YamlNode, problems: Problems) -> int | None:
        value = inner.read(node, problems)
        if value is not None and value != value.to_integral_value():
            problems.shared("009", f"{shorten(str(value))} is not a whole number", node.place)
            return None
        return None if value is None else int(value)

    return Kind("a whole number", read, inner.schema | {"type": "integer"})


INTEGER = integer()
"""A whole number."""


# --- dates and periods ----------------------------------------------------------------------------------------------


def _read_date(node: YamlNode, problems: Problems) -> date | None:
    value = _scalar(node, problems, "a date")
    if value is None:
        return None
    loose = _LOOSE_DATE.fullmatch(value.text.strip())
    day: date | None = None
    if loose is not None:
        try:
            day = date(int(loose[1]), int(loose[2]), int(loose[3]))
        except ValueError:
            loose = None
    if day is None or _DATE.fullmatch(value.text) is None:
        hint = f"did you mean `{day}`?" if day is not None else "write a date as `2014-01-31`"
        problems.shared("010", f"`{shorten(value.text)}` is not a date", node.place, hint)
        return None
    if not EARLIEST <= day <= LATEST:
        problems.shared("010", f"the date {day} is not between {EARLIEST} and {LATEST}", node.place)
        return None
    return day


DATE: Kind[date] = Kind("a date", _read_date, {"type": "string", "pattern": r"^(?:19|20|21)\d{2}-[01]\d-[0-3]\d$"})
"""A date between 1900-01-01 and 2199-12-31."""


def suggest_period(text: str) -> str:
    """A help line for something that is nearly a period.

    Example:
        >>> suggest_period("24months"), suggest_period("two years"), suggest_period("often")
        ('did you mean `24 months`?', 'did you mean `2 years`?', 'write a period as `24 months`')
    """
    match = re.fullmatch(r"\s*(\d{1,4}|[a-z]+)[\s_-]*([a-z]+?)s?\.?\s*", text.lower(), re.ASCII)
    if match is not None:
        count = int(match[1]) if match[1].isdigit() else _COUNT_WORDS.get(match[1], 0)
        unit = next((name for name, words in _UNIT_WORDS.items() if match[2] in words.split()), None)
        if count and unit:
            return f"did you mean `{count} {unit}{'s' if count != 1 else ''}`?"
    return "write a period as `24 months`"


def read_period(node: YamlNode, problems: Problems) -> Period | None:
    """A length of time such as `24 months`."""
    value = _scalar(node, problems, "a period")
    if value is None:
        return None
    try:
        return Period.parse(value.text)
    except ValueError:
        problems.shared("011", f"`{shorten(value.text)}` is not a period", node.place, suggest_period(value.text))
        return None


PERIOD_SCHEMA: dict[str, Any] = {
    "type": "string",
    "pattern": r"^\s*0*[1-9]\d{0,4}\s*(?:day|week|month|quarter|year)s?\s*$",
}
PERIOD: Kind[Period] = Kind("a period", read_period, PERIOD_SCHEMA)
"""A period such as `24 months`."""
