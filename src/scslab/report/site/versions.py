"""What changed in a scheme, and when: read from its dated values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from scslab.ground.dates import EARLIEST
from scslab.report.blocks import Picture
from scslab.report.colours import GAIN, INK, MUTED
from scslab.report.formats import format_factor
from scslab.report.site import svg
from scslab.report.words import Words
from scslab.scheme.dated import Number
from scslab.scheme.model import Scheme


@dataclass(frozen=True, slots=True)
class Change:
    """Something that changed on a day; `before` is "" where it began."""

    day: date
    what: str
    before: str
    after: str


def list_changes(scheme: Scheme, words: Words) -> tuple[Change, ...]:
    """Every change that the file dates, oldest first."""
    found = list(_find(scheme, words))
    return tuple(sorted(found, key=lambda change: change.day))


def _find(scheme: Scheme, words: Words) -> Iterator[Change]:
    score = scheme.score
    if scheme.succession is not None:
        yield Change(scheme.succession.on, words("version.succeeds", scheme=scheme.succession.scheme), "", "")
    if scheme.in_force.since:
        yield Change(scheme.in_force.since, words("version.begins"), "", "")
    if scheme.in_force.until:
        yield Change(scheme.in_force.until, words("version.ends"), "", "")
    if scheme.range is None:
        yield from _steps(words("version.start"), score.start, words)
    for name, number in (("floor", score.floor), ("ceiling", score.ceiling)):
        if number is not None:
            yield from _steps(words(f"version.{name}"), number, words)
    for name, number in zip(("low", "high"), scheme.range or (), strict=False):
        yield from _steps(words(f"version.{name}"), number, words)
    for tier in scheme.tiers:
        if tier.lower is not None:
            yield from _steps(words("version.tier", tier=words.tier(tier.id)), tier.lower, words)
    for rule in scheme.rules:
        name = words("quote", text=words.rule(rule.id))
        if rule.points is not None:
            yield from _steps(words("version.rule", rule=name), rule.points, words, is_signed=True)
        if rule.cap is not None:
            yield from _steps(words("version.cap", rule=name), rule.cap.points, words)
    for dimension in scheme.dimensions:
        name = words("quote", text=words.text(dimension.title) or dimension.id)
        if not dimension.weight.is_constant:
            weight = dimension.weight.map(lambda value: value * 100)
            yield from _steps(words("version.weight", dimension=name), weight, words, unit="%")
    for measure in scheme.measures:
        name = words("quote", text=words.measure(measure.id))
        if measure.since is not None:
            yield Change(measure.since, words("version.measure_begins", measure=name), "", "")
        if measure.until is not None:
            yield Change(measure.until, words("version.measure_ends", measure=name), "", "")


def _steps(what: str, number: Number, words: Words, *, is_signed: bool = False, unit: str = "") -> Iterator[Change]:
    before: Decimal | None = None
    for since, value in number.steps:
        if since != EARLIEST:
            said = ["" if each is None else _say(each, words, is_signed, unit) for each in (before, value)]
            yield Change(since, what, said[0], said[1])
        before = value


def _say(value: Decimal, words: Words, is_signed: bool, unit: str) -> str:
    return f"{format_factor(value)}{unit}" if unit else words.points(value, is_signed=is_signed)


def draw_timeline(scheme: Scheme, changes: tuple[Change, ...], words: Words) -> Picture | None:
    """The years in force as a bar with a mark at each day of change; None where the file gives no date."""
    if not changes:
        return None
    first, last = changes[0].day, changes[-1].day
    low = date(first.year, 1, 1)
    high = date(max(last.year + 1, first.year + 2) if scheme.in_force.until else max(last.year + 2, 2027), 1, 1)
    alt = words("version.alt", since=words.day(first), until=words.day(last), n=len({each.day for each in changes}))
    return svg.draw_both(lambda width: _draw(scheme, changes, words, width, low, high), alt)


def _draw(scheme: Scheme, changes: tuple[Change, ...], words: Words, width: int, low: date, high: date) -> str:
    left, right, top = 12.0, width - 12.0, 34.0
    at = lambda day: left + (day - low).days / (high - low).days * (right - left)  # noqa: E731 (a local scale)
    since, until = scheme.in_force.since or low, scheme.in_force.until
    end = at(until) if until else right
    parts = [svg.rect(at(since), top, end - at(since), 12, GAIN, 'fill-opacity="0.3"')]
    if until is None:
        parts.append(svg.path(f"M{right - 1:.1f},{top - 4:.1f} l11,10 l-11,10 Z", "none", 'fill-opacity="0.3"', GAIN))
    step = max(1, round((high.year - low.year) * 52 / (right - left)))
    for year in range(low.year, high.year + 1, step):
        x = at(date(year, 1, 1))
        parts += [
            svg.line(x, top + 12, x, top + 19, "#9aa4ad"),
            svg.text(x, top + 34, str(year), 12, fill=MUTED, anchor="middle"),
        ]
    days = sorted({change.day for change in changes})
    taken = -1e9
    for number, day in enumerate(days, start=1):
        x = at(day)
        parts.append(svg.line(x, top - 6, x, top + 15, INK, 'stroke-width="2"'))
        if x - taken > 18:
            parts.append(svg.text(x, top - 12, str(number), 12.5, anchor="middle", bold=True))
            taken = x
    return svg.picture(width, top + 44, parts)
