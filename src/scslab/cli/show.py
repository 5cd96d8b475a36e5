"""`scslab show`: a scheme in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.table import Table

    from scslab.scheme.model import Dimension, Indicator, Repair, Rule, Scheme, Spread, SubjectList


@click.command(short_help="show a scheme in plain words")
@click.argument("scheme")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of titles.")
def command(scheme: str, lang: str) -> None:
    """Show SCHEME, a shipped scheme or the path of a file: whom it scores, tiers, rules, lists, measures, sources."""
    from rich.console import Console
    from rich.markup import escape

    from scslab.cli.show_words import say_number, say_objection
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
    sections = (
        (found.tiers, _build_tiers),
        (found.rules, _build_rules),
        (found.dimensions, _build_dimensions),
        (found.lists, _build_lists),
        (found.measures, _build_measures),
        (found.repairs, _build_ways_back),
    )
    for items, build in sections:
        if items:
            console.print(build(found, lang))
    for cap in found.caps:
        console.print(
            escape(f"Shared cap {cap.id}: {say_number(cap.points)} per {cap.per} over {', '.join(cap.rules)}")
        )
    if found.objection:
        console.print(escape(say_objection(found.objection)))
    for line in _list_ties(found, lang):
        console.print(escape(line))
    for source in found.sources.values():
        url = f" {source.url}" if source.url else ""
        console.print(escape(f"Source {source.id}: {source.title}{url} ({source.confidence.value})"))
    if found.unknown:
        console.print("[bold]Not known[/bold]")
        for item in found.unknown:
            console.print(escape(f"  {item.in_language(lang)}"))


def _describe_scope(scheme: Scheme) -> str:
    from scslab.scheme.model import ScoreKind

    age = f", from age {scheme.subjects.from_age_years}" if scheme.subjects.from_age_years is not None else ""
    since = f" from {scheme.in_force.since}" if scheme.in_force.since else ""
    until = f" until {scheme.in_force.until}" if scheme.in_force.until else ""
    force = f"; in force{since}{until}" if since or until else ""
    kinds = " and each ".join(kind.value for kind in scheme.subjects.kinds)
    verb = "Lists" if scheme.score.kind is ScoreKind.NONE and scheme.lists else "Scores"
    return f"{verb}: each {kinds}{age}; participation {scheme.participation.value}{force}"


def _describe_score(scheme: Scheme) -> str:
    from scslab.cli.show_words import say_number
    from scslab.scheme.model import ScoreKind

    score = scheme.score
    if score.kind is ScoreKind.NONE:
        return "Score: none; the scheme only lists" if scheme.lists else "Score: how it works is not known"
    published = f"each {score.published.value}" if score.published else "immediately"
    if scheme.range is not None:
        ends = f"an index from {say_number(scheme.range[0])} to {say_number(scheme.range[1])}"
        return f"Score: {ends}, computed anew at each publication; published {published}"
    bounds = [f"{name} {say_number(b)}" for name, b in (("floor", score.floor), ("ceiling", score.ceiling)) if b]
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

    from scslab.cli.show_words import say_from

    table = _table("Tiers", "tier", "from", "title", "confidence")
    for tier in reversed(scheme.tiers):
        title = escape(tier.title.in_language(lang))
        table.add_row(escape(tier.id), escape(say_from(tier)), title, scheme.confidence_of(tier).value)
    return table


def _build_rules(scheme: Scheme, lang: str) -> Table:
    from rich.markup import escape

    from scslab.cli.show_words import say_limits, say_points

    table = _table("Rules", "rule", "on", "points", "conditions and limits", "source")
    for rule in scheme.rules:
        limits = "; ".join(say_limits(rule))
        row = (_name(rule, lang), rule.on, say_points(rule), limits, _say_source(scheme, rule))
        table.add_row(*(escape(cell) for cell in row))
    return table


def _build_dimensions(scheme: Scheme, lang: str) -> Table:
    from rich.markup import escape

    from scslab.cli.show_words import say_number, say_pairs, say_value

    table = _table("Dimensions", "dimension", "weight", "indicator", "measures", "scale", "source")
    for dimension in scheme.dimensions:
        for number, indicator in enumerate(dimension.indicators):
            first = [_name(dimension, lang), say_number(dimension.weight)] if number == 0 else ["", ""]
            row = [_name(indicator, lang), say_value(indicator.value), say_pairs(indicator.scale)]
            table.add_row(*(escape(cell) for cell in (*first, *row, _say_source(scheme, indicator))))
    return table


def _build_lists(scheme: Scheme, lang: str) -> Table:
    from rich.markup import escape

    from scslab.cli.show_words import say_way, say_ways_out

    table = _table("Lists", "list", "kind", "in", "out", "source")
    for each in scheme.lists:
        kind = f"public {each.kind.value}" if each.is_public else each.kind.value
        ways = "; or ".join(say_way(way) for way in each.enter), "; ".join(say_ways_out(each))
        table.add_row(*(escape(cell) for cell in (_name(each, lang), kind, *ways, _say_source(scheme, each))))
    return table


def _build_measures(scheme: Scheme, lang: str) -> Table:
    from rich.markup import escape

    from scslab.cli.show_words import say_state

    table = _table("Measures", "measure", "kind", "domain", "when", "title")
    for measure in scheme.measures:
        since = f" from {measure.since}" if measure.since else ""
        until = f" until {measure.until}" if measure.until else ""
        title = escape(measure.title.in_language(lang))
        when = escape(say_state(measure.when) + since + until)
        table.add_row(escape(measure.id), measure.kind.value, measure.domain.value, when, title)
    return table


def _build_ways_back(scheme: Scheme, lang: str) -> Table:
    from rich.markup import escape

    from scslab.cli.show_words import say_repair

    table = _table("Repair", "repair", "what it does", "source")
    for repair in scheme.repairs:
        table.add_row(
            *(escape(cell) for cell in (_name(repair, lang), say_repair(repair), _say_source(scheme, repair)))
        )
    return table


def _list_ties(scheme: Scheme, lang: str) -> list[str]:
    """Links, what spreads along them, and the scheme before this one, a line each."""
    from scslab.cli.show_words import say_spread, say_succession

    lines: list[str] = []
    for link in scheme.links.values():
        ends = [kind.value if kind else "any subject" for kind in (link.source, link.target)]
        title = link.title.in_language(lang)
        lines.append(f"Link {link.id}{f': {title}' if title else ''} (from {ends[0]} to {ends[1]})")
    lines += [f"Spread {_name(spread, lang)}; {say_spread(spread)}" for spread in scheme.spread]
    return [*lines, say_succession(scheme.succession)] if scheme.succession else lines


def _name(item: SubjectList | Repair | Dimension | Indicator | Spread | Rule, lang: str) -> str:
    title = item.title.in_language(lang)
    return f"{item.id}: {title}" if title else item.id


def _say_source(scheme: Scheme, item: SubjectList | Repair | Dimension | Indicator | Rule) -> str:
    confidence = scheme.confidence_of(item).value
    return f"{item.source} ({confidence})" if item.source else confidence
