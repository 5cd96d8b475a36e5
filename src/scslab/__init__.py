"""scslab: an open laboratory for social credit systems.

Example:
    >>> import scslab as scs
    >>> s = scs.settle("food-safety", "chicago-food-inspections")
    >>> s.standings.height
    12367
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from scslab.ground.version import VERSION

__version__ = VERSION

if TYPE_CHECKING:
    from scslab.engine.advance import advance
    from scslab.engine.passes.folder import settle_to_folder
    from scslab.engine.runs import Run, open_run, write_run
    from scslab.engine.settle import settle
    from scslab.engine.settlement import Settlement
    from scslab.engine.state import State, start
    from scslab.engine.statement import Statement
    from scslab.engine.together.compare import compare
    from scslab.engine.together.exchange import exchange
    from scslab.engine.together.settle import Together, settle_together
    from scslab.ground.problems import Problem, ProblemsError
    from scslab.report.page import build_report, write_report
    from scslab.scheme.catalogue import find_scheme, list_catalogue
    from scslab.scheme.model import Scheme
    from scslab.scheme.norms import list_norms, read_norm
    from scslab.scheme.reader import check_scheme, read_scheme
    from scslab.society.population.profile import read_profile
    from scslab.society.simulation import Setting, Simulated, simulate

_PLACES = {
    "Problem": "ground.problems",
    "ProblemsError": "ground.problems",
    "Run": "engine.runs",
    "Scheme": "scheme.model",
    "Setting": "society.simulation",
    "Settlement": "engine.settlement",
    "Simulated": "society.simulation",
    "State": "engine.state",
    "Statement": "engine.statement",
    "Together": "engine.together.settle",
    "advance": "engine.advance",
    "build_report": "report.page",
    "check_scheme": "scheme.reader",
    "compare": "engine.together.compare",
    "exchange": "engine.together.exchange",
    "find_scheme": "scheme.catalogue",
    "list_catalogue": "scheme.catalogue",
    "list_norms": "scheme.norms",
    "open_run": "engine.runs",
    "read_norm": "scheme.norms",
    "read_profile": "society.population.profile",
    "read_scheme": "scheme.reader",
    "settle": "engine.settle",
    "settle_to_folder": "engine.passes.folder",
    "settle_together": "engine.together.settle",
    "simulate": "society.simulation",
    "start": "engine.state",
    "write_report": "report.page",
    "write_run": "engine.runs",
}
"""Where each public name lives. It is imported on first use, so that `import scslab` costs next to nothing."""

__all__ = [
    "Problem",
    "ProblemsError",
    "Run",
    "Scheme",
    "Setting",
    "Settlement",
    "Simulated",
    "State",
    "Statement",
    "Together",
    "advance",
    "build_report",
    "check_scheme",
    "compare",
    "exchange",
    "find_scheme",
    "list_catalogue",
    "list_norms",
    "open_run",
    "read_norm",
    "read_profile",
    "read_scheme",
    "settle",
    "settle_to_folder",
    "settle_together",
    "simulate",
    "start",
    "write_report",
    "write_run",
]


def __getattr__(name: str) -> Any:
    if name == "study":
        return importlib.import_module("scslab.study")
    if name not in _PLACES:
        raise AttributeError(f"module 'scslab' has no attribute {name!r}")
    return getattr(importlib.import_module(f"scslab.{_PLACES[name]}"), name)
