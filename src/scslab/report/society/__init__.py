"""The pages of a society: of one simulation, of an experiment, and its description (ODD)."""

from scslab.report.society.experiment_page import build_experiment_report, write_experiment_report
from scslab.report.society.page import build_society_report, write_society_report

__all__ = ["build_experiment_report", "build_society_report", "write_experiment_report", "write_society_report"]
