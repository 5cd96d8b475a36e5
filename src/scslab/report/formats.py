"""Numbers and dates as readers expect them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

_MINUS = "−"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Amount = int | float | Decimal


def format_count(number: int) -> str:
    """A whole number with separators.

    Example:
        >>> format_count(12345), format_count(-3)
        ('12,345', '−3')
    """
    return f"{number:,}".replace("-", _MINUS)


def format_points(points: Amount, decimals: int, *, is_signed: bool = False) -> str:
    """Points with the scheme's decimals, a true minus sign, and a plus sign if wanted.

    Example:
        >>> format_points(Decimal("-1250.5"), 1), format_points(20, 0, is_signed=True), format_points(-0.0, 0)
        ('−1,250.5', '+20', '0')
    """
    text = f"{points:,.{decimals}f}"
    if not text.strip("-0.,"):
        return text.lstrip("-")
    return ("+" + text if is_signed and not text.startswith("-") else text).replace("-", _MINUS)


def format_factor(factor: Decimal) -> str:
    """A factor without needless zeros.

    Example:
        >>> format_factor(Decimal("1.50")), format_factor(Decimal("10"))
        ('1.5', '10')
    """
    return f"{factor.normalize():f}"


def format_share(part: float, whole: float) -> str:
    """A share of a whole in percent; shares that would look like 0 or all of it but are not, say so.

    Example:
        >>> format_share(1, 3), format_share(1, 10_000), format_share(9_999, 10_000), format_share(0, 0)
        ('33.3%', '<0.1%', '>99.9%', '–')
    """
    if not whole:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < 0.05:
        return "<0.1%"
    if 99.95 <= percent < 100:
        return ">99.9%"
    return f"{percent:.1f}%"


def format_day(day: date, language: str) -> str:
    """A date in words: `30 Dec 2014`, or `2014年12月30日`.

    Example:
        >>> format_day(date(2014, 12, 30), "en"), format_day(date(2014, 12, 30), "zh")
        ('30 Dec 2014', '2014年12月30日')
    """
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def format_month(day: date, language: str) -> str:
    """The month of a date as a short label: `Dec`, or `12月`.

    Example:
        >>> format_month(date(2014, 12, 30), "en"), format_month(date(2014, 12, 30), "zh")
        ('Dec', '12月')
    """
    return f"{day.month}月" if language == "zh" else _MONTHS[day.month - 1]
