"""`scslab exchange`: who shares what with whom among schemes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scslab.engine.together.exchange import Exchange


@click.command(short_help="show who shares lists and scores with whom")
@click.argument("schemes", nargs=-1, required=True, metavar="SCHEME... | FOLDER")
@click.option("--out", type=click.Path(path_type=Path), help="Write a page (HTML) to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def command(schemes: tuple[str, ...], out: Path | None, as_json: bool) -> None:
    r"""Show who shares what with whom, who honours whose lists, and which consequences cross a domain of life.

    Give schemes, or a folder that `scslab settle A B …` wrote. The domain of an event is what its type says
    (`domain: finance` in the scheme file); without it, whether a consequence crosses a domain is not known.

    \b
    Example:
      scslab exchange court.yaml railway.yaml tax.yaml
    """
    from scslab.engine.together.exchange import describe_exchange, exchange

    found = exchange(schemes)
    if out is not None:
        from scslab.report.exchange import write_exchange

        write_exchange(found, out)
    if as_json:
        click.echo(json.dumps(describe_exchange(found), indent=2, ensure_ascii=False))
    else:
        _print(found, out)


def _print(found: Exchange, out: Path | None) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(soft_wrap=True, highlight=False)
    shares = Table(box=box.SIMPLE_HEAD, pad_edge=False, title="Who shares what with whom", title_justify="left")
    for name in ("from", "to", "what", "read by", "later by", "public"):
        shares.add_column(name, overflow="fold")
    for share in found.shares:
        public = "" if share.is_public is None else "yes" if share.is_public else "no"
        cells = (share.giver, share.taker, share.what, share.clause, share.delay or "-", public)
        shares.add_row(*(escape(cell) for cell in cells))
    console.print(shares if found.shares else "The schemes share nothing.")
    crossing = [each for each in found.crossings if each.is_crossing]
    if crossing:
        table = Table(
            box=box.SIMPLE_HEAD, pad_edge=False, title="Consequences that cross a domain of life", title_justify="left"
        )
        for name in ("event", "its domain", "measure", "its domain", "by way of"):
            table.add_column(name, overflow="fold")
        for each in crossing:
            measure = f"{each.measure} ({each.kind}, {each.scheme})"
            cells = (f"{each.event} ({each.event_scheme})", each.event_domain, measure, each.domain)
            table.add_row(*(escape(cell) for cell in cells), escape(", ".join(each.path)))
        console.print(table)
    counts = found.count_crossings()
    console.print(
        f"Events and the measures they can lead to: {counts['crossing']:,} cross a domain of life, "
        f"{counts['within']:,} stay within one, of {counts['unknown']:,} the domain of the event is not known."
    )
    if out is not None:
        console.print(f"Page: {escape(str(out))}")
