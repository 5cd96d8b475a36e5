"""The description of a simulation after the ODD protocol, generated from what the program runs on."""

from scslab.report.odd.document import build_odd, build_odd_markdown, build_odd_page, write_odd

__all__ = ["build_odd", "build_odd_markdown", "build_odd_page", "write_odd"]
