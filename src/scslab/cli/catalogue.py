"""`scslab catalogue`: the shipped schemes and datasets."""

from __future__ import annotations

import json

import click


@click.command(short_help="list the shipped schemes and datasets")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def command(as_json: bool) -> None:
    """List the schemes and datasets that come with scslab."""
    from scslab.ledger.datasets import list_datasets
    from scslab.scheme.catalogue import list_catalogue

    schemes = [
        {"id": e.id, "title": str(e.title), "title_zh": e.title.zh, "operator": e.operator_kind, "status": e.status}
        for e in list_catalogue()
    ]
    datasets = list(list_datasets())
    if as_json:
        click.echo(json.dumps({"schemes": schemes, "datasets": datasets}, indent=2, ensure_ascii=False))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(soft_wrap=True)
    table = Table(
        "scheme", "title", "", "operator", "status", title="Schemes", title_justify="left", box=box.SIMPLE_HEAD
    )
    for row in schemes:
        table.add_row(row["id"], row["title"], row["title_zh"], str(row["operator"]), str(row["status"]))
    console.print(table)
    console.print("Datasets: " + ", ".join(datasets))
    console.print("Try: scslab show food-safety", highlight=False)
