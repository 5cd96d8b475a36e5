"""`scslab simulate --list-interventions`: what can be done, what it changes, and why."""

from __future__ import annotations

import click


def print_interventions() -> None:
    """The interventions, one after the other."""
    from scslab.society.experiment.interventions import INTERVENTIONS, Act

    words = {Act.SET: "set to", Act.MULTIPLY: "times", Act.ADD: "plus"}
    for each in INTERVENTIONS.values():
        click.echo(f"{each.id}  {each.title.zh}")
        click.echo(click.wrap_text(each.about.en, 100, "    ", "    "))
        for change in each.changes:
            click.echo(f"    {change.name} {words[change.act]} {change.by:g}: {change.reason}")
        for amendment in each.amendments:
            click.echo(f"    scheme: {amendment.kind} {amendment.value}".rstrip() + f": {amendment.reason}")
        click.echo(f"    source: {each.source}; how far it goes is a prior\n")
