"""How long Hypothesis looks: a few seconds a test, always the same examples; `SCSLAB_HYPOTHESIS=deep` looks longer.

The deep profile draws new examples each time: what it finds goes into a test of its own, by hand.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Schemes are large values: drawing one takes some 20 ms, which Hypothesis would complain about.
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

settings.register_profile(
    "quick", max_examples=100, deadline=None, derandomize=True, database=None, suppress_health_check=_SLOW
)
settings.register_profile("deep", max_examples=5000, deadline=None, suppress_health_check=_SLOW, print_blob=True)
settings.load_profile(os.environ.get("SCSLAB_HYPOTHESIS", "quick"))
