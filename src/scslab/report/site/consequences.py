"""What a scheme does to its subjects: lists, measures by domain of life, objection, repair, and what spreads."""

from __future__ import annotations

from scslab.report.blocks import Block, Bullets, Card, Cards, Cell, Chip, Column, Heading, Paragraph, Section, Table
from scslab.report.phrases_conditions import say_events, say_state
from scslab.report.phrases_lists import (
    say_link,
    say_longer,
    say_objection,
    say_repair,
    say_spread,
    say_succession,
    say_ways_in,
    say_ways_out,
)
from scslab.report.site.rules import cite, link_line, style_row
from scslab.report.site.sure import make_chip
from scslab.report.words import Words
from scslab.scheme.model import Domain, ListKind, Measure, MeasureKind, Repair, Scheme, Spread, SubjectList


def say_origin(item: SubjectList | Repair | Spread, words: Words) -> str:
    """The source of a card."""
    source = words.scheme.sources.get(item.source)
    return words("rule.source", source=source.title if source else words("rule.no_source"))


def build_lists(scheme: Scheme, words: Words) -> Section | None:
    """The lists with the ways in and out and what follows; None where there is none."""
    if not scheme.lists:
        return None
    cards: list[Card] = []
    for each in scheme.lists:
        is_red = each.kind is ListKind.REDLIST
        chips: list[Chip] = [(words(f"list.{each.kind.value}"), "gain" if is_red else "loss")]
        chips.append((words("list.public" if each.is_public else "list.not_public"), "zero"))
        chips.append(make_chip(scheme.confidence_of(each), words))
        groups = [(words("lists.in"), say_ways_in(each, words)), (words("lists.out"), say_ways_out(each, words))]
        longer = say_longer(each, words)
        if longer:
            groups.append((words("lists.longer"), longer))
        follow = tuple(words.measure(m.id) for m in scheme.measures if each.id in map(str, m.when.lists))
        if follow:
            groups.append((words("lists.then"), follow))
        name = words.own_list(each.id)
        cards.append(Card(name, tuple(chips), tuple(groups), say_origin(each, words), style_row(each, scheme)))
    return Section("lists", words("section.lists"), (Cards(tuple(cards)),))


def build_domains(scheme: Scheme, words: Words) -> Section:
    """The measures under their domains of life."""
    title = words("section.domains")
    if not scheme.measures:
        return Section("measures", title, (Paragraph(words("domains.none")),))
    domains = [domain for domain in Domain if any(measure.domain is domain for measure in scheme.measures)]
    counts = {kind: sum(measure.kind is kind for measure in scheme.measures) for kind in MeasureKind}
    sentence = words(
        "domains.sentence",
        measures=words.count("measure", len(scheme.measures)),
        n=len(domains),
        rewards=words.count("reward", counts[MeasureKind.REWARD]),
        restrictions=words.count("restriction", counts[MeasureKind.RESTRICTION]),
    )
    blocks: list[Block] = [Paragraph(sentence)]
    for domain in domains:
        measures = [measure for measure in scheme.measures if measure.domain is domain]
        name = words(f"domain.{domain.value}")
        name = name[:1].upper() + name[1:]
        blocks += [Heading(name), _list_measures(name, measures, words)]
    return Section("measures", title, tuple(blocks))


def _list_measures(name: str, measures: list[Measure], words: Words) -> Table:
    has_provider = any(measure.provider for measure in measures)
    rows = tuple(
        (
            Cell(words.measure(measure.id), chips=(_name_kind(measure, words),)),
            Cell(say_state(measure.when, words), detail=_say_days(measure, words)),
            *((measure.provider or "–",) if has_provider else ()),
            cite(measure, words),
            link_line(measure, words),
        )
        for measure in measures
    )
    columns = (
        Column(words("column.measure")),
        Column(words("column.for")),
        *((Column(words("column.provider")),) if has_provider else ()),
        Column(words("column.basis")),
        Column(words("column.line")),
    )
    styles = tuple(style_row(measure, words.scheme) for measure in measures)
    return Table(words("domains.table", domain=name), columns, rows, style="cards", row_styles=styles)


def _name_kind(measure: Measure, words: Words) -> Chip:
    return words(f"measure.{measure.kind.value}"), "gain" if measure.kind is MeasureKind.REWARD else "loss"


def _say_days(measure: Measure, words: Words) -> str:
    said = [words("measure.from_day", day=words.day(measure.since))] if measure.since else []
    if measure.until:
        said.append(words("measure.until_day", day=words.day(measure.until)))
    return words("comma").join(said)


def build_ways_back(scheme: Scheme, words: Words) -> Section:
    """How to object and how to repair, or that the file has no such way."""
    blocks: list[Block] = [
        Heading(words("back.objection")),
        Bullets(say_objection(scheme.objection, words)),
        Heading(words("back.repair")),
    ]
    cards = tuple(
        Card(
            words.text(repair.title) or repair.id,
            (make_chip(scheme.confidence_of(repair), words),),
            (
                (words("repair.by"), (say_events(repair.on, repair.when, words),)),
                (words("repair.does"), say_repair(repair, words)),
            ),
            say_origin(repair, words),
            style_row(repair, scheme),
        )
        for repair in scheme.repairs
    )
    blocks.append(Cards(cards) if cards else Bullets((words("repair.none"),)))
    return Section("ways-back", words("section.ways_back"), tuple(blocks))


def build_ties(scheme: Scheme, words: Words) -> Section | None:
    """Links between subjects, what spreads along them, and the scheme before; None where there is none of it."""
    blocks: list[Block] = []
    if scheme.links:
        blocks += [
            Heading(words("ties.links")),
            Bullets(tuple(say_link(link, words) for link in scheme.links.values())),
        ]
    if scheme.spread:
        cards = tuple(
            Card(
                words.text(each.title) or each.id,
                (make_chip(scheme.confidence_of(each), words),),
                ((words("lists.then"), (say_spread(each, words),)),),
                say_origin(each, words),
                style_row(each, scheme),
            )
            for each in scheme.spread
        )
        blocks += [Heading(words("ties.spread")), Cards(cards)]
    if scheme.succession is not None:
        blocks.append(Paragraph(say_succession(scheme.succession, words)))
    return Section("ties", words("section.ties"), tuple(blocks)) if blocks else None
