"""`scslab schema`: the JSON Schema of scheme files."""

from __future__ import annotations

import json

import click


@click.command(short_help="print the JSON Schema of scheme files, for editors")
def command() -> None:
    r"""Print the JSON Schema of scheme files: give it to your editor for completion and checks while you write.

    \b
    Example:
      scslab schema > scheme.schema.json
    """
    from scslab.scheme.json_schema import scheme_json_schema

    click.echo(json.dumps(scheme_json_schema(), indent=2, ensure_ascii=False))
