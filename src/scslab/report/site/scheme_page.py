"""The page of one scheme, generated from its file alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from scslab.report.blocks import (
    Block,
    Bullets,
    Cell,
    Column,
    Figure,
    Heading,
    KeyFigures,
    Paragraph,
    Section,
    SourceItem,
    SourceList,
    Table,
)
from scslab.report.site.consequences import build_domains, build_lists, build_ties, build_ways_back
from scslab.report.site.diagram import draw_flow
from scslab.report.site.flow import trace_flow
from scslab.report.site.page import SitePage, address, make_page
from scslab.report.site.rules import build_rules
from scslab.report.site.score import build_index, build_score
from scslab.report.site.sure import build_share_bar, list_items, make_chip
from scslab.report.site.versions import draw_timeline, list_changes
from scslab.report.site.worked import build_worked
from scslab.report.words import Language, Words
from scslab.scheme.case_model import Case
from scslab.scheme.model import Confidence, Scheme, ScoreKind, Status, SubjectKind

FOLDER = "schemes"
"""Where the pages of schemes stand, below the folder of the site."""


def build_scheme_page(scheme: Scheme, cases: tuple[Case, ...], language: Language) -> SitePage:
    """The page of a scheme in a language."""
    words = Words(language, scheme)
    builders: tuple[Callable[[Scheme, Words], Section | None], ...] = (
        build_short,
        build_flow,
        build_score,
        build_rules,
        build_index,
        build_lists,
        build_domains,
        build_ways_back,
        build_ties,
        build_versions,
    )
    sections = [build(scheme, words) for build in builders]
    sections += [build_worked(cases, words), *(build(scheme, words) for build in (build_sources, build_unknown))]
    sections.append(build_assumed(scheme, words))
    subtitle = words(
        "page_scheme.subtitle",
        operator=words.text(scheme.operator.name),
        kind=words(f"operator.{scheme.operator.kind.value}"),
        subjects=words.enumerate(_say_kind(kind, words) for kind in scheme.subjects.kinds),
        participation=words(f"participation.{scheme.participation.value}"),
    )
    other: Language = "en" if language == "zh" else "zh"
    return make_page(
        words,
        sections,
        path=f"{FOLDER}/{address(scheme.id, language)}",
        title=words.text(scheme.title) or scheme.id,
        subtitle=subtitle,
        other=address(scheme.id, other),
        links=(
            (words("site.all"), f"../{address('index', language)}"),
            (words("site.compare"), f"../{address('compare', language)}"),
            (words("site.file"), f"{scheme.id}.yaml.html"),
        ),
    )


def _say_kind(kind: SubjectKind, words: Words) -> str:
    """A kind of subjects; of people with the age from which the scheme covers them."""
    age = words.scheme.subjects.from_age_years
    said = words(f"kind.{kind.value}").lower()
    return said + words("scheme.age", years=age) if age is not None and kind is SubjectKind.RESIDENT else said


def say_years(scheme: Scheme, words: Words) -> str:
    """The years in force in short."""
    since, until = scheme.in_force.since, scheme.in_force.until
    if since and until:
        return words("years.both", since=since.year, until=until.year)
    if since:
        return words("years.since", since=since.year)
    return words("years.until", until=until.year) if until else words("years.none")


def say_range(scheme: Scheme, words: Words) -> str:
    """The range of the score in short; "" where there is none."""
    score = scheme.score
    if score.kind is ScoreKind.NONE:
        return ""
    if scheme.range is not None:
        return "–".join(words.points(end.values()[-1]) for end in scheme.range)
    ends = (
        words.points(score.floor.values()[-1]) if score.floor else words("short.no_floor"),
        words.points(score.ceiling.values()[-1]) if score.ceiling else words("short.no_ceiling"),
    )
    return "–".join(ends) if score.floor and score.ceiling else words("comma").join(ends)


def build_short(scheme: Scheme, words: Words) -> Section:
    """What a reader in a hurry should know."""
    blocks: list[Block] = []
    if scheme.about:
        blocks.append(Paragraph(words.text(scheme.about).strip(), "lead"))
    if scheme.status is Status.STUB:
        blocks.append(Paragraph(words("short.stub"), "boundary"))
    blocks.append(KeyFigures(tuple(_list_figures(scheme, words))))
    total = sum(1 for _ in list_items(scheme))
    if total:
        blocks.append(Heading(words("short.sure", statements=words.count("statement", total))))
        blocks.append(build_share_bar(scheme, words))
    blocks.append(Paragraph(words("short.boundary"), "boundary"))
    return Section("short", words("section.short"), tuple(blocks))


def _list_figures(scheme: Scheme, words: Words) -> Iterable[tuple[str, str]]:
    yield words(f"status.{scheme.status.value}"), words("short.status")
    yield say_years(scheme, words), words("short.years")
    if scheme.range is not None or (scheme.score.floor and scheme.score.ceiling):
        yield say_range(scheme, words), words("short.range")
    elif scheme.score.kind is ScoreKind.POINTS:
        yield words.points(scheme.score.start.values()[-1]), words("short.start")
    if scheme.dimensions:
        yield str(sum(len(each.indicators) for each in scheme.dimensions)), words("short.indicators")
    elif scheme.score.kind is not ScoreKind.NONE:
        yield str(len(scheme.rules)), words("short.rules")
    if scheme.lists:
        yield str(len(scheme.lists)), words("short.lists")
    domains = len({measure.domain for measure in scheme.measures})
    yield str(len(scheme.measures)), words("short.measures", n=domains)


def build_flow(scheme: Scheme, words: Words) -> Section | None:
    """The diagram; None where there is nothing to connect."""
    flow = trace_flow(scheme, words)
    if not flow.ways:
        return None
    figure = Figure(words("flow.title"), words("flow.subtitle"), draw_flow(flow, words))
    return Section("flow", words("section.flow"), (figure,))


def build_versions(scheme: Scheme, words: Words) -> Section:
    """What changed when."""
    title = words("section.versions")
    changes = list_changes(scheme, words)
    picture = draw_timeline(scheme, changes, words)
    if picture is None:
        return Section("versions", title, (Paragraph(words("version.none")),))
    days = sorted({change.day for change in changes})
    rows = tuple(
        (
            Cell(str(days.index(change.day) + 1)),
            words.day(change.day),
            change.what,
            f"{change.before or '–'} → {change.after}" if change.after else "–",
        )
        for change in changes
    )
    columns = tuple(Column(words(f"column.{name}")) for name in ("number", "day", "changed", "then"))
    table = Table(words("version.title"), columns, rows, style="cards")
    figure = Figure(words("version.title"), words("version.subtitle"), picture)
    return Section("versions", title, (figure, table))


def build_sources(scheme: Scheme, words: Words) -> Section | None:
    """The sources with how sure they are."""
    if not scheme.sources:
        return None
    items = tuple(
        SourceItem(
            source.title,
            source.url,
            " · ".join(part for part in (make_chip(source.confidence, words)[0], source.note.strip()) if part),
        )
        for source in scheme.sources.values()
    )
    return Section("sources", words("section.sources_of"), (SourceList(items),))


def build_unknown(scheme: Scheme, words: Words) -> Section | None:
    """What nobody published."""
    if not scheme.unknown:
        return None
    items = Bullets(tuple(words.text(item).strip() for item in scheme.unknown))
    return Section("unknown", words("section.unknown"), (Paragraph(words("unknown.sentence")), items))


def build_assumed(scheme: Scheme, words: Words) -> Section | None:
    """What the laboratory itself chose, so that nobody takes it for a fact; None where it chose nothing."""
    said: list[str] = []
    for kind, item in list_items(scheme):
        if scheme.confidence_of(item) is Confidence.ASSUMED:
            said.append(words(f"assumed.{kind}", name=words("quote", text=words.text(item.title) or item.id)))
    if not said:
        return None
    blocks = (Paragraph(words("assumed.sentence"), "assumption"), Bullets(tuple(said)))
    return Section("assumed", words("section.assumed"), blocks)
