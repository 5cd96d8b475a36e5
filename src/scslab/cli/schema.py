"""`scslab schema`: the JSON Schema of scheme files, or of experiment files."""

from __future__ import annotations

import json

import click


@click.command(short_help="print the JSON Schema of scheme or experiment files, for editors")
@click.argument("what", type=click.Choice(["scheme", "experiment"]), default="scheme")
def command(what: str) -> None:
    r"""Print a JSON Schema: give it to your editor for completion and checks while you write.

    WHAT is `scheme` (the default) or `experiment`, the files of `scslab simulate FILE.yaml`.

    \b
    Examples:
      scslab schema > scheme.schema.json
      scslab schema experiment > experiment.schema.json
    """
    if what == "experiment":
        from scslab.society.experiment.json_schema import experiment_json_schema

        found = experiment_json_schema()
    else:
        from scslab.scheme.json_schema import scheme_json_schema

        found = scheme_json_schema()
    click.echo(json.dumps(found, indent=2, ensure_ascii=False))
