"""The pages about all schemes: the index, and the comparison."""

from __future__ import annotations

from collections.abc import Sequence

from scslab.report.blocks import Block, Bullets, Cell, Column, Figure, Paragraph, Section, Table
from scslab.report.colours import GAIN, GRID, LOSS, MUTED
from scslab.report.site import svg
from scslab.report.site.page import SitePage, address, make_page
from scslab.report.site.scale import build_scale
from scslab.report.site.scheme_page import FOLDER, say_range, say_years
from scslab.report.site.sure import draw_sure, say_sure
from scslab.report.words import Language, Words
from scslab.scheme.model import Domain, ListKind, MeasureKind, Scheme, ScoreKind

STATUS_STYLES = {"complete": "gain", "partial": "zero", "stub": "loss"}
INDEX, COMPARE = "index", "compare"


def say_kind(scheme: Scheme) -> str:
    """How the score comes about, as the end of a key of words: a stub may say nothing of it."""
    is_unknown = scheme.score.kind is ScoreKind.NONE and not scheme.lists
    return "unknown" if is_unknown else scheme.score.kind.value


def build_index_page(schemes: Sequence[Scheme], language: Language) -> SitePage:
    """The list of all schemes."""
    words = Words(language, schemes[0])
    reading = Bullets(tuple(words(f"index.{key}") for key in ("read_status", "read_confidence", "read_gap")))
    sections = (
        Section("schemes", words("index.section"), (_list_schemes(schemes, language),)),
        Section("reading", words("index.reading"), (reading, Paragraph(words("short.boundary"), "boundary"))),
    )
    subtitle = words("index.subtitle", schemes=words.count("scheme", len(schemes)))
    return _make(INDEX, words("index.title"), subtitle, sections, words)


def _make(name: str, title: str, subtitle: str, sections: tuple[Section, ...], words: Words) -> SitePage:
    other: Language = "en" if words.language == "zh" else "zh"
    links = ((words("site.all"), INDEX), (words("site.compare"), COMPARE))
    return make_page(
        words,
        sections,
        path=address(name, words.language),
        title=title,
        subtitle=subtitle,
        other=address(name, other),
        links=tuple((label, "" if to == name else address(to, words.language)) for label, to in links),
    )


def _name(scheme: Scheme, words: Words) -> Cell:
    """The title with a link, and the title in the other language under it."""
    title = words.text(scheme.title) or scheme.id
    other = scheme.title.in_language("en" if words.language == "zh" else "zh")
    href = f"{FOLDER}/{address(scheme.id, words.language)}"
    return Cell(title, detail="" if other == title else other, href=href)


def _list_schemes(schemes: Sequence[Scheme], language: Language) -> Table:
    rows: list[tuple[Cell | str, ...]] = []
    for scheme in schemes:
        words = Words(language, scheme)
        status = scheme.status.value
        domains = [domain for domain in Domain if any(m.domain is domain for m in scheme.measures)]
        rows.append(
            (
                _name(scheme, words),
                Cell("", chips=((words(f"status.{status}"), STATUS_STYLES[status]),)),
                Cell(words.text(scheme.operator.name), detail=words(f"operator.{scheme.operator.kind.value}")),
                words.enumerate(words(f"kind.{kind.value}") for kind in scheme.subjects.kinds),
                words(f"score_kind.{say_kind(scheme)}"),
                say_years(scheme, words),
                Cell("", detail=say_sure(scheme, words), picture=draw_sure(scheme, words)),
                words.enumerate(words(f"domain.{domain.value}") for domain in domains) or "–",
            )
        )
    words = Words(language, schemes[0])
    heads = ("scheme", "status", "operator", "covers", "type_of_score", "years", "sure", "touches")
    columns = tuple(Column(words(f"column.{head}")) for head in heads)
    return Table(words("index.table"), columns, tuple(rows), style="cards")


def build_compare_page(schemes: Sequence[Scheme], language: Language) -> SitePage:
    """The schemes side by side."""
    words = Words(language, schemes[0])
    each = [(scheme, Words(language, scheme)) for scheme in schemes]
    sections = (
        _build_ranges(each, words),
        _build_years(each, words),
        _build_domains(each, words),
        _build_back(each, words),
    )
    shown = tuple(section for section in sections if section is not None)
    return _make(COMPARE, words("compare.title"), words("compare.subtitle"), shown, words)


Pairs = Sequence[tuple[Scheme, Words]]


def _title(scheme: Scheme, words: Words) -> str:
    return words.text(scheme.title) or scheme.id


def _build_ranges(each: Pairs, words: Words) -> Section | None:
    scored = [(scheme, own) for scheme, own in each if scheme.score.kind is not ScoreKind.NONE and scheme.tiers]
    if not scored:
        return None
    rows = tuple(
        (
            _name(scheme, own),
            own(f"score_kind.{say_kind(scheme)}"),
            say_range(scheme, own),
            own.points(scheme.score.start.values()[-1]) if scheme.score.kind is ScoreKind.POINTS else "–",
            own.enumerate(own.tier(tier.id) for tier in reversed(scheme.tiers)),
        )
        for scheme, own in scored
    )
    heads = ("column.scheme", "column.type_of_score", "column.range", "statement.start", "column.tiers")
    table = Table(words("compare.ranges"), tuple(Column(words(head)) for head in heads), rows, style="cards")
    said = words.enumerate(f"{_title(scheme, own)}: {say_range(scheme, own)}" for scheme, own in scored)
    picture = svg.draw_both(lambda width: _draw_ranges(scored, width), words("compare.ranges_alt", items=said))
    figure = Figure(words("compare.ranges_title"), words("compare.ranges_subtitle"), picture)
    return Section("ranges", words("compare.ranges"), (figure, table))


def _draw_ranges(scored: Pairs, width: int) -> str:
    left = 250.0 if width == svg.WIDE_PIXELS else 0.0
    head, bar, row = (0.0, 20.0, 52.0) if left else (18.0, 18.0, 70.0)
    y, parts = 4.0, list[str]()
    for scheme, words in scored:
        scale = build_scale(scheme, words)
        if scale is None:
            continue
        low, high = scale.bands[0].low, scale.bands[-1].high
        span = width - left - 2
        name = svg.shorten(_title(scheme, words), 13.5, (left or width) - 14)
        parts.append(svg.text(0, y + (15 if left else 13), name, 13.5, bold=True))
        top = y + head
        taken = -99.0
        for place, band in enumerate(scale.bands):
            x1, x2 = (left + (end - low) / (high - low) * span for end in (band.low, band.high))
            parts.append(svg.rect(x1, top, x2 - x1, bar, band.colour, 'stroke="#ffffff"'))
            label = words.points(round(band.low, words.decimals)) if place or not scale.is_open_below else "…"
            half = svg.measure(label, 11.5) / 2
            if x1 - half > taken:
                parts.append(svg.text(max(x1, left + half), top + bar + 14, label, 11.5, fill=MUTED, anchor="middle"))
                taken = max(x1, left + half) + half + 5
        end = "…" if scale.is_open_above else words.points(round(high, words.decimals))
        if width - svg.measure(end, 11.5) > taken:
            parts.append(svg.text(width - 2, top + bar + 14, end, 11.5, fill=MUTED, anchor="end"))
        y += row
    return svg.picture(width, y, parts)


def _build_years(each: Pairs, words: Words) -> Section | None:
    dated = [(scheme, own) for scheme, own in each if scheme.in_force.since or scheme.in_force.until]
    if not dated:
        return None
    dated.sort(key=lambda pair: (pair[0].in_force.since or pair[0].in_force.until or 0).__str__())
    said = words.enumerate(f"{_title(scheme, own)}: {say_years(scheme, own)}" for scheme, own in dated)
    picture = svg.draw_both(lambda width: _draw_years(dated, width), words("compare.years_alt", items=said))
    rows = tuple((_name(scheme, own), say_years(scheme, own)) for scheme, own in dated)
    table = Table(words("compare.years"), (Column(words("column.scheme")), Column(words("column.years"))), rows)
    figure = Figure(words("compare.years_title"), words("compare.years_subtitle"), picture, numbers=table)
    return Section("years", words("compare.years"), (figure,))


def _draw_years(dated: Pairs, width: int) -> str:
    years = [day.year for scheme, _ in dated for day in (scheme.in_force.since, scheme.in_force.until) if day]
    low, high = min(years) - (1 if any(s.in_force.since is None for s, _ in dated) else 0), max(*years, 2026) + 1
    left = 250.0 if width == svg.WIDE_PIXELS else 0.0
    head, row = (0.0, 27.0) if left else (18.0, 42.0)
    right = width - 16.0
    at = lambda year: left + 16 + (year - low) / (high - low) * (right - left - 16)  # noqa: E731 (a local scale)
    height = 26 + row * len(dated)
    step = max(1, round((high - low) * 46 / (right - left)))
    parts: list[str] = []
    for year in range(low, high + 1, step):
        parts += [
            svg.line(at(year), 20, at(year), height, GRID),
            svg.text(at(year), 13, str(year), 12, fill=MUTED, anchor="middle"),
        ]
    for number, (scheme, words) in enumerate(dated):
        y = 26 + row * number
        name = svg.shorten(_title(scheme, words), 13, (left or width) - 12)
        parts.append(svg.text(0, y + (14 if left else 12), name, 13, bold=not left))
        since, until = scheme.in_force.since, scheme.in_force.until
        x1 = at(since.year + (since.timetuple().tm_yday - 1) / 365) if since else at(low)
        x2 = at(until.year + until.timetuple().tm_yday / 365) if until else right
        parts.append(svg.rect(x1, y + head + 3, x2 - x1, 13, GAIN))
        if until is None:
            parts.append(svg.path(f"M{right - 0.5:.1f},{y + head:.1f} l12,9.5 l-12,9.5 Z", "none", fill=GAIN))
    return svg.picture(width, height + 2, parts)


def _count(scheme: Scheme, domain: Domain) -> tuple[int, int]:
    inside = [measure for measure in scheme.measures if measure.domain is domain]
    gives = sum(measure.kind is MeasureKind.REWARD for measure in inside)
    return gives, len(inside) - gives


def _build_domains(each: Pairs, words: Words) -> Section | None:
    touching = [(scheme, own) for scheme, own in each if scheme.measures]
    if not touching:
        return None
    domains = [domain for domain in Domain if any(any(_count(scheme, domain)) for scheme, _ in touching)]
    said: list[str] = []
    rows: list[tuple[Cell | str, ...]] = []
    for scheme, own in touching:
        touched = [own(f"domain.{domain.value}") for domain in domains if any(_count(scheme, domain))]
        said.append(f"{_title(scheme, own)}: {own.enumerate(touched)}.")
        gives, takes = (sum(_count(scheme, domain)[k] for domain in Domain) for k in (0, 1))
        rows.append((_name(scheme, own), str(gives), str(takes), own.enumerate(touched)))
    picture = svg.draw_both(
        lambda width: _draw_matrix(touching, domains, width),
        words("compare.domains_alt", items=words("join").join(said)),
    )
    heads = ("scheme", "rewards", "restrictions", "touches")
    columns = tuple(Column(words(f"column.{head}"), head in ("rewards", "restrictions")) for head in heads)
    numbers = Table(words("compare.domains_title"), columns, tuple(rows), style="cards")
    figure = Figure(words("compare.domains_title"), words("compare.domains_subtitle"), picture, numbers=numbers)
    return Section("domains", words("compare.domains"), (figure,))


def _draw_matrix(touching: Pairs, domains: list[Domain], width: int) -> str:
    is_wide = width == svg.WIDE_PIXELS
    left = 250.0 if is_wide else 0.0
    step = min((width - left - 30) / len(domains), 60.0)
    words = touching[0][1]
    names = [words(f"domain.{domain.value}") for domain in domains]
    size = 12.0
    slant = 0.71 * max(svg.measure(name, size) for name in names) + 8
    parts: list[str] = []
    for number, name in enumerate(names):
        x, y = left + step * (number + 0.5), slant
        label = svg.text(0, 0, name, size, fill=MUTED)
        parts.append(f'<g transform="translate({x + 3:.1f},{y:.1f}) rotate(-{45 if is_wide else 60})">{label}</g>')
    y = slant + 8
    square = min(step - 2, 24.0)
    for scheme, own in touching:
        if not is_wide:
            parts.append(svg.text(0, y + 13, svg.shorten(_title(scheme, own), 13, width), 13, bold=True))
            y += 18
        else:
            parts.append(svg.text(0, y + 17, svg.shorten(_title(scheme, own), 13, left - 12), 13, bold=True))
        for number, domain in enumerate(domains):
            gives, takes = _count(scheme, domain)
            x = left + step * number + (step - square) / 2
            parts.append(svg.rect(x, y + 1, square, square, "#f1f3f5", 'rx="2"'))
            if gives and takes:
                parts.append(
                    svg.path(f"M{x:.1f},{y + 1:.1f} h{square:.1f} l{-square:.1f},{square:.1f} Z", "none", fill=GAIN)
                )
                parts.append(
                    svg.path(f"M{x + square:.1f},{y + 1:.1f} v{square:.1f} h{-square:.1f} Z", "none", fill=LOSS)
                )
            elif gives or takes:
                parts.append(svg.rect(x, y + 1, square, square, GAIN if gives else LOSS, 'rx="2"'))
            sign = "±" if gives and takes else ("+" if gives else ("−" if takes else ""))
            if sign:
                parts.append(
                    svg.text(
                        x + square / 2,
                        y + square * 0.74 + 1,
                        sign,
                        square * 0.72,
                        fill="#ffffff",
                        anchor="middle",
                        bold=True,
                    )
                )
        y += square + (6 if is_wide else 9)
        parts.append(svg.line(0, y - 2, width, y - 2, GRID))
    return svg.picture(width, y + 4, parts)


def _build_back(each: Pairs, words: Words) -> Section:
    rows: list[tuple[Cell | str, ...]] = []
    for scheme, own in each:
        public = [own.own_list(one.id) for one in scheme.lists if one.is_public and one.kind is ListKind.BLACKLIST]
        objection = own("compare.not_known")
        if scheme.objection is not None:
            within = scheme.objection.within
            objection = own("compare.yes") + (f" ({own.period(within)})" if within else "")
        rows.append(
            (
                _name(scheme, own),
                own(f"participation.{scheme.participation.value}"),
                objection,
                own("compare.yes") + f" ({len(scheme.repairs)})" if scheme.repairs else own("compare.not_known"),
                own.enumerate(public) or own("compare.not_known"),
                Cell("", detail=say_sure(scheme, own), picture=draw_sure(scheme, own)),
            )
        )
    heads = ("scheme", "participation", "objection", "repair", "public_lists", "sure")
    table = Table(
        words("compare.back_table"),
        tuple(Column(words(f"column.{head}")) for head in heads),
        tuple(rows),
        style="cards",
    )
    blocks: tuple[Block, ...] = (table, Paragraph(words("index.read_gap"), "note"))
    return Section("back", words("compare.back"), blocks)
