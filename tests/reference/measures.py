"""Measures as intervals, from what was published and from the lists, one day after the other."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from reference.states import holds
from scslab.scheme.model import Measure


def look_at(account: Any, day: date) -> None:
    """Opens and closes the intervals of a subject's measures at the end of a day."""
    for measure in account.scheme.measures:
        interval = account.measures.get(measure.id)
        if is_applied(account, measure, day):
            if interval is None:
                account.measures[measure.id] = row_of(account, measure, day)
        elif interval is not None:
            del account.measures[measure.id]
            account.past_measures.append(interval | {"ends_on": day})


def is_applied(account: Any, measure: Measure, day: date) -> bool:
    if (measure.since is not None and day < measure.since) or (measure.until is not None and day > measure.until):
        return False
    score, tier = account.published or (None, None)
    return holds(account, measure.when, day, day, score, tier)


def row_of(account: Any, measure: Measure, day: date) -> dict[str, Any]:
    return {
        "subject_id": account.subject_id,
        "measure": measure.id,
        "kind": str(measure.kind),
        "domain": str(measure.domain),
        "starts_on": day,
        "ends_on": None,
        "reason": reason_of(account, measure),
    }


def reason_of(account: Any, measure: Measure) -> str:
    """What held when the interval began."""
    score, tier = account.published or (None, None)
    when, unit = measure.when, Decimal(1).scaleb(-account.scheme.score.decimals)
    parts = [f"tier {tier}"] if when.tiers else []
    parts += [f"score {score.quantize(unit)}"] if when.score and score is not None else []
    parts += [f"list {' or '.join(map(str, when.lists))}"] if when.lists else []
    parts += [f"not on list {' or '.join(map(str, when.not_lists))}"] if when.not_lists else []
    return ", ".join(parts)
