"""Figures, tables and the offline HTML report.

Importing this package loads the chart libraries, which takes about a second: commands that draw nothing must not.
"""

from scslab.report.page import build_report, write_report

__all__ = ["build_report", "write_report"]
