"""`scslab study audit`: is a published table possible?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scslab.study.published.auditing import AuditReport


@click.command(short_help="check whether published tables are possible")
@click.argument("tables", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--html", type=click.Path(path_type=Path), help="Write the report to this HTML file.")
@click.option("--strict", is_flag=True, help="End with status 1 where there is a contradiction.")
def command(tables: Path, as_json: bool, html: Path | None, strict: bool) -> None:
    r"""Audit TABLES, an audit file or a folder with an audit.yaml: every finding with its place and smallest repair.

    A finding is about printed numbers. It does not say who made a slip: the paper, the printer or the copy.

    \b
    Example:
      scslab study audit studies/kostka_2019 --html audit.html
    """
    from scslab.study.published.auditing import audit_tables
    from scslab.study.published.finding import Level

    report = audit_tables(tables)
    if html is not None:
        from scslab.report.study.audit_page import write_audit_page

        write_audit_page(report, html)
    if as_json:
        click.echo(json.dumps(report.to_plain(), indent=2, ensure_ascii=False))
    else:
        _print(report)
        if html is not None:
            click.echo(f"Report: {html}")
    if strict and report.count(Level.CONTRADICTION):
        sys.exit(1)


def _print(report: AuditReport) -> None:
    for finding in report.findings:
        click.echo(str(finding))
        click.echo()
    for note in report.notes:
        click.echo(f"{note.code} {'cannot be checked' if note.is_limit else 'implied'}: {note.text}")
    if report.notes:
        click.echo()
    click.echo(f"{report.summary()}.")
