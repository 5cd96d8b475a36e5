"""Reads the tiers; and checks that they ascend on every date."""

from __future__ import annotations

from scslab.ground.text import Text
from scslab.scheme.fields import FormReader, check_ids_once, take_known
from scslab.scheme.forms import SchemeForm, TierForm
from scslab.scheme.forms_conditions import RequireForm
from scslab.scheme.model import Tier
from scslab.scheme.read_clauses import Known, take_one
from scslab.scheme.read_conditions import read_state
from scslab.scheme.read_score import check_exact, list_change_days, tell_since

_REQUIRED = (RequireForm.count, RequireForm.list, RequireForm.not_list)


def read_tiers(top: FormReader, known: Known) -> tuple[Tier, ...]:
    """The tiers, lowest first."""
    tiers: list[Tier] = []
    for form in top.take(SchemeForm.tiers, ()):
        lower = form.take(TierForm.lower, None)
        if lower is not None:
            check_exact(lower, known.score.decimals, TierForm.lower, form)
        requires = form.take(TierForm.requires, ())
        for each in requires:
            take_one(each, _REQUIRED, "a requirement", "write one condition for each; all of them must hold")
        tier = Tier(
            id=form.take(TierForm.id, ""),
            lower=lower,
            title=form.take(TierForm.title, Text()),
            source=take_known(form, TierForm.source, known.sources, "S021", "source"),
            confidence=form.take(TierForm.confidence, None),
            place=form.place,
            requires=tuple(read_state(each, known) for each in requires),
        )
        below = next((each for each in reversed(tiers) if each.lower is not None and each.id), None)
        if lower is not None and below is not None:
            _check_above(below, tier, form)
        tiers.append(tier)
    check_ids_once(((tier.id, tier.place) for tier in tiers), top.problems)
    return tuple(tiers)


def _check_above(lower: Tier, upper: Tier, form: FormReader) -> None:
    for day in list_change_days([lower.lower, upper.lower]):
        low, high = lower.lower_on(day), upper.lower_on(day)
        if low is not None and high is not None and high <= low:
            message = f"the tier `{upper.id}` begins at {high:f}, not above `{lower.id}` with {low:f}"
            place = form.place_of(TierForm.lower)
            message += tell_since(day, lower.lower, upper.lower)
            form.problems.error("S025", message, place, "list the tiers from the lowest to the highest")
            return
