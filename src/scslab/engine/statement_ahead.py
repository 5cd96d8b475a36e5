"""What lies ahead of a subject: what lapses, what would change its tier, how much room its caps leave."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from scslab.engine.index.statement import (
    Contribution,
    look_ahead,
)
from scslab.engine.statement_lines import Line
from scslab.ground.dates import Calendar, period_start
from scslab.scheme.model import Scheme, ScoreKind


def describe_ahead(
    scheme: Scheme,
    as_of: date,
    standing: dict[str, Any],
    lines: tuple[Line, ...],
    points: tuple[Contribution, ...],
    live: dict[int, Decimal],
) -> tuple[str, ...]:
    """What would change the standing if nothing else happened, and what it would take to change it."""
    if scheme.score.kind is ScoreKind.NONE:
        return ()
    if scheme.score.kind is ScoreKind.INDEX:
        distance = _describe_distance(scheme, as_of, standing) if standing["score"] is not None else []
        return (*distance, *look_ahead(scheme, as_of, points))
    return (
        *_describe_distance(scheme, as_of, standing),
        *_describe_hold(standing),
        *_describe_lapses(scheme, as_of, standing, lines, live),
        *_describe_room(scheme, as_of, lines),
    )


def _describe_distance(scheme: Scheme, as_of: date, standing: dict[str, Any]) -> list[str]:
    score, said = Decimal(standing["score"]), list[str]()
    bands = [(tier, low) for tier in scheme.tiers if (low := tier.lower_on(as_of)) is not None]
    above = next(((tier, low) for tier, low in bands if low > score), None)
    held = next(((tier, low) for tier, low in reversed(bands) if low <= score), None)
    smallest = Decimal(1).scaleb(-scheme.score.decimals)
    if above:
        asks = ", where what else it requires holds" if above[0].requires else ""
        said.append(f"{above[1] - score} more points would reach tier {above[0].id} (from {above[1]}{asks}).")
    if held and held[0] is not bands[0][0]:
        said.append(f"Losing {score - held[1] + smallest} points would fall below tier {held[0].id} (from {held[1]}).")
    return said


def _describe_hold(standing: dict[str, Any]) -> list[str]:
    if standing["held_until"] is None or standing["tier"] == standing["tier_by_score"]:
        return []
    return [
        f"The score alone would give tier {standing['tier_by_score']}; "
        f"the tier is held at {standing['tier']} until {standing['held_until']}."
    ]


def _describe_lapses(
    scheme: Scheme, as_of: date, standing: dict[str, Any], lines: tuple[Line, ...], live: dict[int, Decimal]
) -> list[str]:
    """The next lapses, with the score that would follow if nothing else happened (bounds included)."""
    score, said = Decimal(standing["score"]), list[str]()
    first_of_next_year = date(as_of.year + 1, 1, 1)
    ahead = [line for line in lines if line.lapses_on and line.lapses_on > as_of and live.get(line.seq)]
    for line in sorted(ahead, key=lambda line: (line.lapses_on or as_of, line.seq)):
        day = line.lapses_on or as_of
        if scheme.score.is_yearly_restart and day >= first_of_next_year:
            break
        score -= live[line.seq]
        if scheme.score.floor and (floor := scheme.score.floor.on(day)) is not None:
            score = max(floor, score)
        if scheme.score.ceiling and (ceiling := scheme.score.ceiling.on(day)) is not None:
            score = min(ceiling, score)
        if len(said) < 5:
            said.append(
                f"On {day} the entry of {line.posted_on} ({line.title}, {live[line.seq]:+}) lapses: score {score}."
            )
    if len(ahead) > len(said) >= 5:
        said.append(f"{len(ahead) - len(said)} more entries lapse later.")
    return said


def _describe_room(scheme: Scheme, as_of: date, lines: tuple[Line, ...]) -> list[str]:
    """How much of each rule's own calendar cap is used in the period that `as_of` lies in."""
    said: list[str] = []
    for rule in scheme.rules:
        if rule.cap is None or not isinstance(rule.cap.per, Calendar) or rule.points is None:
            continue
        limit, unit = rule.cap.points.on(as_of), rule.cap.per
        here = period_start(as_of, unit)
        mine = [x for x in lines if x.rule == rule.id and x.kind == "event" and period_start(x.posted_on, unit) == here]
        filled = sum((abs(line.granted) for line in mine), Decimal(0))
        if limit is not None and filled:
            left = max(Decimal(0), limit - filled)
            said.append(f"{rule.title.en or rule.id}: {filled} of {limit} points used this {unit}, {left} left.")
    return said
