"""Static checks of an index: indicators that change nothing."""

from __future__ import annotations

from collections.abc import Iterator

from scslab.scheme.lint_tiers import Finding
from scslab.scheme.model import Scheme


def find_idle_indicators(scheme: Scheme) -> Iterator[Finding]:
    """Indicators whose scale is flat, and dimensions without weight on every date."""
    for dimension in scheme.dimensions:
        if not any(dimension.weight.values()):
            message = f"the dimension `{dimension.id}` has no weight, so it changes nothing"
            yield message, dimension.place, "leave it out, or say in `unknown` that its weight is not known"
        for indicator in dimension.indicators:
            if len({scaled for _, scaled in indicator.scale}) == 1:
                message = f"the indicator `{indicator.id}` is {indicator.scale[0][1]:f} whatever its value is"
                yield message, indicator.place, "a scale leads from worse values to better ones"
