"""`scslab show`: a scheme in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.table import Table

    from scslab.scheme.dated import Number
    from scslab.scheme.model import Rule, Scheme


@click.command(short_help="show a scheme in plain words")
@click.argument("scheme")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of titles.")
def command(scheme: str, lang: str) -> None:
    """Show SCHEME, a shipped scheme or the path of a scheme file: whom it scores, tiers, rules, measures, sources."""
    from rich.console import Console
    from rich.markup import escape

    from scslab.scheme.catalogue import find_scheme

    found = find_scheme(scheme)
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"[bold]{escape(found.title.in_language(lang))}[/bold]  ({found.id}, {found.status.value})")
    operator = found.operator
    console.print(escape(f"Run by: {operator.name.in_language(lang)} ({operator.kind.value})"))
    console.print(escape(_describe_scope(found)))
    if found.about:
        console.print(escape(found.about.in_language(lang).strip()))
    console.print(escape(_describe_score(found)))
    console.print(_build_tiers(found, lang))
    console.print(_build_rules(found, lang))
    if found.caps:
        for cap in found.caps:
            console.print(
                escape(f"Shared cap {cap.id}: {say_number(cap.points)} per {cap.per} over {', '.join(cap.rules)}")
            )
    if found.measures:
        console.print(_build_measures(found, lang))
    for source in found.sources.values():
        url = f" {source.url}" if source.url else ""
        console.print(escape(f"Source {source.id}: {source.title}{url} ({source.confidence.value})"))
    if found.unknown:
        console.print("[bold]Not known[/bold]")
        for item in found.unknown:
            console.print(escape(f"  {item.in_language(lang)}"))


def say_number(number: Number) -> str:
    """A number, or its dated values with their first days."""
    if number.is_constant:
        return str(number.steps[0][1])
    return ", ".join(f"{value} from {since}" for since, value in number.steps)


def _describe_scope(scheme: Scheme) -> str:
    age = f", from age {scheme.subjects.from_age_years}" if scheme.subjects.from_age_years is not None else ""
    since = f" from {scheme.in_force.since}" if scheme.in_force.since else ""
    until = f" until {scheme.in_force.until}" if scheme.in_force.until else ""
    force = f"; in force{since}{until}" if since or until else ""
    return f"Scores: each {scheme.subjects.kind.value}{age}; participation {scheme.participation.value}{force}"


def _describe_score(scheme: Scheme) -> str:
    score = scheme.score
    bounds = [f"{name} {say_number(b)}" for name, b in (("floor", score.floor), ("ceiling", score.ceiling)) if b]
    published = f"each {score.published.value}" if score.published else "immediately"
    return (
        f"Score: starts at {say_number(score.start)}"
        + (f", {', '.join(bounds)}" if bounds else ", without bounds")
        + f"; entries count from the day the event {'occurred' if score.posts_on == 'occurred' else 'is recorded'}"
        + f"; published {published}"
        + ("; begins anew each year" if score.is_yearly_restart else "")
    )


def _table(title: str, *columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _build_tiers(scheme: Scheme, lang: str) -> Table:
    from rich.markup import escape

    table = _table("Tiers", "tier", "from", "title", "confidence")
    for tier in reversed(scheme.tiers):
        title = escape(tier.title.in_language(lang))
        table.add_row(escape(tier.id), say_number(tier.lower), title, scheme.confidence_of(tier).value)
    return table


def _build_rules(scheme: Scheme, lang: str) -> Table:
    from rich.markup import escape

    table = _table("Rules", "rule", "on", "points", "conditions and limits", "source")
    for rule in scheme.rules:
        name = rule.title.in_language(lang)
        source = (
            f"{rule.source} ({scheme.confidence_of(rule).value})" if rule.source else scheme.confidence_of(rule).value
        )
        table.add_row(
            escape(f"{rule.id}: {name}" if name else rule.id),
            escape(rule.on),
            escape(say_points(rule)),
            escape("; ".join(say_limits(rule))),
            escape(source),
        )
    return table


def say_points(rule: Rule) -> str:
    """What the rule posts."""
    if rule.formula:
        return rule.formula.text
    return say_number(rule.points) if rule.points else "-"


def say_limits(rule: Rule) -> list[str]:
    """The rule's conditions and limits, in words."""
    said: list[str] = []
    if rule.when:
        said.append(f"when {rule.when.text}")
    if rule.repeat:
        said.append(f"× {', '.join(str(t) for t in rule.repeat.times)} for repetitions within {rule.repeat.within}")
    if rule.cap:
        said.append(f"at most {say_number(rule.cap.points)} per {rule.cap.per}")
    if rule.valid:
        said.append(f"lapses after {rule.valid}")
    if rule.limit_tier:
        span = f" for {rule.limit_tier.period}" if rule.limit_tier.period else " for good"
        said.append(f"holds the tier at {rule.limit_tier.to}{span}")
    return said


def _build_measures(scheme: Scheme, lang: str) -> Table:
    from rich.markup import escape

    table = _table("Measures", "measure", "kind", "domain", "when", "title")
    for measure in scheme.measures:
        when = [f"tier {', '.join(measure.when.tiers)}"] if measure.when.tiers else []
        if measure.when.score_from is not None:
            when.append(f"score from {measure.when.score_from}")
        if measure.when.score_below is not None:
            when.append(f"score below {measure.when.score_below}")
        title = escape(measure.title.in_language(lang))
        table.add_row(escape(measure.id), measure.kind.value, measure.domain.value, escape("; ".join(when)), title)
    return table
