"""The page of an audit: every text of a file is escaped."""

from __future__ import annotations

from pathlib import Path

from scslab.report.study.audit_page import build_audit_page
from scslab.study.published.auditing import audit_tables

AUDIT = """
audit: x
tables: [{id: t, file: t.csv, rows: [row], columns: {v: percent}}]
checks: {sums: [{of: {table: t, column: v}, to: 90}]}
"""


def test_texts_of_files_are_escaped(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("row,v\n<script>alert(1)</script>,50\nb,49\n")
    (tmp_path / "audit.yaml").write_text(AUDIT)
    page = build_audit_page(audit_tables(tmp_path))
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>" not in page
