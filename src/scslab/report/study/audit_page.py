"""The audit as one offline HTML page that a reader can archive."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup, escape

from scslab.ground.text import Text
from scslab.ground.version import VERSION
from scslab.report.rendering import make_environment
from scslab.study.published.auditing import AuditReport
from scslab.study.published.checks import CHECKS
from scslab.study.published.finding import LEVELS, Level

WORDS: dict[str, Text] = {
    "title": Text("Audit of published tables", "已发表表格的审核"),
    "findings": Text("Findings", "发现"),
    "none": Text("Nothing: every number fits, as far as it was looked at.", "无：所核对的数字均相符。"),
    "shows": Text("What the arithmetic shows", "算术所示"),
    "cannot": Text("What it cannot show", "算术不能说明的"),
    "repair": Text("The smallest repair", "最小的修正"),
    "where": Text("Where", "位置"),
    "printed": Text("printed", "所印"),
    "implied": Text("What the printed numbers imply", "所印数字的含义"),
    "limits": Text("What could not be checked", "无法核对的内容"),
    "checks": Text("What was looked at", "核对内容"),
    "boundary": Text(
        "A finding is about printed numbers. It does not say who made a slip: the paper, the printer, or whoever "
        "copied the table. Look at the paper before you write to anyone.",
        "发现只涉及所印数字，并不说明是谁的疏误：论文、排版或抄录者。在联系任何人之前，请先核对原文。",
    ),
}
"""The fixed texts of the page, in both languages."""
COLOURS = {Level.CONTRADICTION: "#b3261e", Level.TENSION: "#b26a00", Level.ODDITY: "#5b6770"}
MOST_CELLS = 12
"""More printed cells than this are not listed under a finding."""


def build_audit_page(report: AuditReport) -> str:
    """The page as HTML; every text of a file is escaped."""
    pages = make_environment()
    pages.filters["ticks"] = mark_code
    page = pages.get_template("study/audit_page.html.j2")
    return page.render(
        report=report, words=WORDS, levels=LEVELS, colours=COLOURS, version=VERSION, most_cells=MOST_CELLS,
        titles={check.code: check.title for check in CHECKS.values()},
    )  # fmt: skip


def mark_code(text: str) -> Markup:
    """A sentence with what stands between `ticks` as code; everything is escaped.

    Unlike `rendering.mark` it leaves **stars** alone: those of an audit are printed levels of significance.

    Example:
        >>> str(mark_code("`0.42**` is <b>, not **"))
        '<code>0.42**</code> is &lt;b&gt;, not **'
    """
    parts = [
        Markup("<code>{}</code>").format(part) if i % 2 else escape(part) for i, part in enumerate(text.split("`"))
    ]
    return Markup("").join(parts)


def write_audit_page(report: AuditReport, file: Path) -> None:
    """Writes the page to a file."""
    file.write_text(build_audit_page(report), encoding="utf-8")
