"""How Hypothesis looks: always the same examples; with `SCSLAB_HYPOTHESIS=deep` new ones each time.

How long it looks is said in `property.effort`. What the deep profile finds goes into a test of its own, by hand.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Schemes are large values: drawing one takes some 20 ms, which Hypothesis would complain about.
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

settings.register_profile("quick", deadline=None, derandomize=True, database=None, suppress_health_check=_SLOW)
settings.register_profile("deep", deadline=None, database=None, suppress_health_check=_SLOW, print_blob=True)
settings.load_profile(os.environ.get("SCSLAB_HYPOTHESIS", "quick"))
