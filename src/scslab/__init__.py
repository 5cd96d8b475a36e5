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
    from scslab.society.calibration.calibrate import Calibration, calibrate
    from scslab.society.calibration.city import run_setting
    from scslab.society.calibration.reading import read_draws, read_values
    from scslab.society.calibration.targets_reader import read_targets
    from scslab.society.experiment.build import build_experiment
    from scslab.society.experiment.model import Experiment
    from scslab.society.experiment.reader import read_experiment
    from scslab.society.experiment.results import Effects
    from scslab.society.experiment.run import run_experiment
    from scslab.society.folder import open_society
    from scslab.society.outcomes import measure
    from scslab.society.parts import simulate_parts
    from scslab.society.population.profile import read_profile
    from scslab.society.sensitivity.analyse import analyse_sensitivity
    from scslab.society.setting import Reform, Setting
    from scslab.society.simulation import Simulated, simulate

_PLACES = {
    "Calibration": "society.calibration.calibrate",
    "Effects": "society.experiment.results",
    "Experiment": "society.experiment.model",
    "Problem": "ground.problems",
    "ProblemsError": "ground.problems",
    "Reform": "society.setting",
    "Run": "engine.runs",
    "Scheme": "scheme.model",
    "Setting": "society.setting",
    "Settlement": "engine.settlement",
    "Simulated": "society.simulation",
    "State": "engine.state",
    "Statement": "engine.statement",
    "Together": "engine.together.settle",
    "advance": "engine.advance",
    "analyse_sensitivity": "society.sensitivity.analyse",
    "build_experiment": "society.experiment.build",
    "build_report": "report.page",
    "calibrate": "society.calibration.calibrate",
    "check_scheme": "scheme.reader",
    "compare": "engine.together.compare",
    "exchange": "engine.together.exchange",
    "find_scheme": "scheme.catalogue",
    "list_catalogue": "scheme.catalogue",
    "list_norms": "scheme.norms",
    "measure": "society.outcomes",
    "open_run": "engine.runs",
    "open_society": "society.folder",
    "read_draws": "society.calibration.reading",
    "read_experiment": "society.experiment.reader",
    "read_norm": "scheme.norms",
    "read_profile": "society.population.profile",
    "read_scheme": "scheme.reader",
    "read_targets": "society.calibration.targets_reader",
    "read_values": "society.calibration.reading",
    "run_experiment": "society.experiment.run",
    "run_setting": "society.calibration.city",
    "settle": "engine.settle",
    "settle_to_folder": "engine.passes.folder",
    "settle_together": "engine.together.settle",
    "simulate": "society.simulation",
    "simulate_parts": "society.parts",
    "start": "engine.state",
    "write_report": "report.page",
    "write_run": "engine.runs",
}
"""Where each public name lives. It is imported on first use, so that `import scslab` costs next to nothing."""

__all__ = [
    "Calibration",
    "Effects",
    "Experiment",
    "Problem",
    "ProblemsError",
    "Reform",
    "Run",
    "Scheme",
    "Setting",
    "Settlement",
    "Simulated",
    "State",
    "Statement",
    "Together",
    "advance",
    "analyse_sensitivity",
    "build_experiment",
    "build_report",
    "calibrate",
    "check_scheme",
    "compare",
    "exchange",
    "find_scheme",
    "list_catalogue",
    "list_norms",
    "measure",
    "open_run",
    "open_society",
    "read_draws",
    "read_experiment",
    "read_norm",
    "read_profile",
    "read_scheme",
    "read_targets",
    "read_values",
    "run_experiment",
    "run_setting",
    "settle",
    "settle_to_folder",
    "settle_together",
    "simulate",
    "simulate_parts",
    "start",
    "write_report",
    "write_run",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "study"})


def __getattr__(name: str) -> Any:
    if name == "study":
        return importlib.import_module("scslab.study")
    if name not in _PLACES:
        raise AttributeError(f"module 'scslab' has no attribute {name!r}")
    return getattr(importlib.import_module(f"scslab.{_PLACES[name]}"), name)
