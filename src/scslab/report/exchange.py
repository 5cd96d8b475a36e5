"""The page of an exchange: who shares what with whom, and which consequences cross a domain of life."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from scslab.engine.together.exchange import UNKNOWN, Exchange
from scslab.report.blocks import Block, Column, Paragraph, Section, Table
from scslab.report.rendering import write_whole
from scslab.report.words_together import Say, build_pages


def build_exchange(found: Exchange) -> str:
    """The page as HTML that needs nothing else."""
    return build_pages("exchange", list(found.schemes.values()), lambda say: build_exchange_sections(found, say))


def write_exchange(found: Exchange, path: Path | str) -> None:
    """Write the page to a file.

    Raises:
        OSError: the file cannot be written.
    """
    write_whole(build_exchange(found), path)


def build_exchange_sections(found: Exchange, say: Say) -> tuple[Section, ...]:
    """The sections of the page, which may stand on other pages too."""
    shares: Block = Paragraph(say("shares.none"))
    if found.shares:
        shares = _list_shares(found, say)
    counts = Paragraph(say("crossings.sentence", **found.count_crossings()), "lead")
    told: tuple[Block, ...] = (counts,)
    if found.crossings:
        told = (counts, tabulate_domains(found, say), _list_crossings(found, say))
    return Section("shares", say("shares"), (shares,)), Section("crossings", say("crossings"), told)


def _list_shares(found: Exchange, say: Say) -> Table:
    columns = tuple(Column(say(name)) for name in ("from", "to", "what", "by", "delay", "public"))
    rows = tuple(
        (
            say.scheme(found.schemes[share.giver]),
            say.scheme(found.schemes[share.taker]),
            f"`{share.what}`",
            share.clause,
            share.delay or "–",
            "–" if share.is_public is None else say("yes" if share.is_public else "no"),
        )
        for share in found.shares
    )
    return Table(say("shares"), columns, rows)


def tabulate_domains(found: Exchange, say: Say) -> Table:
    """Into which domain of life (rows) consequences go from which (columns): numbers of event and measure pairs."""
    pairs = Counter((each.domain, each.event_domain) for each in found.crossings)
    rows = sorted({row for row, _ in pairs})
    columns = sorted({column for _, column in pairs}, key=lambda name: (name == UNKNOWN, name))
    return Table(
        say("domains"),
        (Column(say("domains.into")), *(Column(say.domain(column), is_number=True) for column in columns)),
        tuple(
            (say.domain(row), *(f"{pairs[row, column]:,}" if pairs[row, column] else "·" for column in columns))
            for row in rows
        ),
        note=say("domains.note"),
    )


def _list_crossings(found: Exchange, say: Say) -> Table:
    names = ("event", "its_domain", "measure", "its_domain", "crosses", "way")
    words = {True: say("yes"), False: say("no"), None: say("unknown")}
    # What crosses comes first: it is what the table is for.
    order = {True: 0, None: 1, False: 2}
    rows = tuple(
        (
            f"`{each.event}` ({each.event_scheme})",
            say.domain(each.event_domain),
            f"{each.measure} ({each.scheme})",
            say.domain(each.domain),
            words[each.is_crossing],
            ", ".join(each.path),
        )
        for each in sorted(found.crossings, key=lambda each: order[each.is_crossing])
    )
    return Table(say("crossings"), tuple(Column(say(name)) for name in names), rows)
