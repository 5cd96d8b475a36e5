"""Moves between tiers within a year."""

from __future__ import annotations

from scslab.report.blocks import Block, Cell, Column, Figure, Paragraph, Section, Table
from scslab.report.charts import draw_heat
from scslab.report.drawing import NARROW_PIXELS, WIDE_PIXELS, draw_picture
from scslab.report.facts import Facts
from scslab.report.flows import Flow
from scslab.report.formats import format_count, format_share
from scslab.report.words import Words


def build_moves(facts: Facts, words: Words) -> Section | None:
    """The cross-table of the last year, and how many moved in each year; None with fewer than two tiers."""
    if not facts.flows or not facts.subjects or len(facts.settlement.scheme.tiers) < 2:
        return None
    flow = facts.flows[-1]
    sentence = words(
        "flows.sentence",
        since=words.day(flow.since),
        until=words.day(flow.until),
        subjects=words.count_subjects(flow.total),
        **_share_moves(flow),
    )
    blocks: list[Block] = [Paragraph(sentence), _draw_flow(facts, flow, words)]
    if len(facts.flows) > 1:
        blocks.append(_list_years(facts.flows, words))
    return Section("flows", words("section.flows"), tuple(blocks))


def _share_moves(flow: Flow) -> dict[str, str]:
    moves = {"stayed": flow.stayed, "rose": flow.rose, "fell": flow.fell}
    return {name: format_share(count, flow.total) for name, count in moves.items()}


def _draw_flow(facts: Facts, flow: Flow, words: Words) -> Figure:
    # Those below all tiers come first on the axes, as the lowest.
    order = [len(flow.tiers) - 1, *range(len(flow.tiers) - 1)] if None in flow.tiers else list(range(len(flow.tiers)))
    sums = flow.counts.sum(axis=1)
    cells: list[tuple[int, int, str, str, float]] = []
    rows: list[tuple[str, ...]] = []
    for a, before in enumerate(order):
        for b, after in enumerate(order):
            count, total = int(flow.counts[before, after]), int(sums[before])
            share = format_share(count, total)
            cells.append((a, b, format_count(count), share if total else "", count / total if total else 0.0))
            if count:
                rows.append((words.tier(flow.tiers[before]), words.tier(flow.tiers[after]), format_count(count), share))
    since, until = words.day(flow.since), words.day(flow.until)

    names = [flow.tiers[k] for k in order]

    def draw(pixels: int) -> object:
        return draw_heat(
            pixels,
            _shorten(names, pixels, words),
            cells,
            x_title=words("flows.x", day=until),
            y_title=words("flows.x", day=since),
        )

    heads = ("column.before", "column.after")
    return Figure(
        title=words("flows.title", since=since, until=until),
        subtitle=words("flows.subtitle", subjects=words.subjects),
        picture=draw_picture(draw, words("flows.alt", since=since, until=until, **_share_moves(flow))),
        legend=tuple((_name_tier(tier, names, words), facts.colour_of(tier)) for tier in names),
        numbers=Table(
            words("flows.title", since=since, until=until),
            (
                *(Column(words(head)) for head in heads),
                Column(words("column.subjects", subjects=words.subjects_title), True),
                Column(words("column.share"), True),
            ),
            tuple(rows),
        ),
    )


def _shorten(tiers: list[str | None], pixels: int, words: Words) -> list[str]:
    """Titles of the tiers, or the ids of all of them where a title does not fit on the axes."""
    room = int(min(pixels / 4, (pixels - 110) / len(tiers) - 4) / 6.6)
    short = [words.tier_short(tier, room) for tier in tiers]
    if all(name == words.tier(tier) for name, tier in zip(short, tiers, strict=True)):
        return short
    return [words.tier(tier) if tier is None else tier for tier in tiers]


def _name_tier(tier: str | None, tiers: list[str | None], words: Words) -> str:
    """The title of a tier, after its id where a chart has room for the ids only."""
    title, place = words.tier(tier), tiers.index(tier)
    shown = {_shorten(tiers, pixels, words)[place] for pixels in (WIDE_PIXELS, NARROW_PIXELS)}
    return title if shown == {title} else f"{tier}: {title}"


def _list_years(flows: tuple[Flow, ...], words: Words) -> Table:
    names = ("stayed", "rose", "fell")
    rows = tuple(
        (
            Cell(str(flow.until.year), detail=_say_incomplete(flow, words)),
            *(
                Cell(format_count(count), detail=format_share(count, flow.total))
                for count in (flow.stayed, flow.rose, flow.fell)
            ),
        )
        for flow in flows
    )
    columns = (Column(words("column.year")), *(Column(words(f"column.{name}"), True) for name in names))
    return Table(words("flows.years"), columns, rows)


def _say_incomplete(flow: Flow, words: Words) -> str:
    is_whole = (flow.until.month, flow.until.day) == (12, 31)
    return "" if is_whole else words("flows.to", day=words.day(flow.until))
