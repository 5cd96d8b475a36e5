"""Where a result comes from: sources of the rules, digests, versions and the command."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from scslab.report.blocks import Block, Column, Heading, Paragraph, Section, SourceItem, SourceList, Table
from scslab.report.facts import Facts
from scslab.report.words import Words

SHOWN_ROWS = 200


def build_provenance(facts: Facts, words: Words) -> Section:
    """Sources with how sure they are, and everything that identifies the run."""
    settlement = facts.settlement
    blocks: list[Block] = [Paragraph(words("provenance.sentence"))]
    known_at = settlement.known_at
    rows = [
        (words("provenance.as_of"), settlement.as_of.isoformat()),
        (words("provenance.known_at"), known_at.isoformat() if known_at else words("provenance.everything")),
    ]
    if settlement.scheme.digest and settlement.scheme.digest not in settlement.provenance.values():
        rows.append((words("provenance.scheme_file"), f"`{settlement.scheme.digest}`"))
    rows += [(f"`{key}`", value) for key, value in flatten(_drop_texts(settlement.provenance))]
    columns = (Column(words("column.what")), Column(words("column.value")))
    blocks.append(Table(words("provenance.title"), columns, tuple(rows[:SHOWN_ROWS]), style="cards"))
    sources = tuple(
        SourceItem(
            source.title,
            source.url,
            " · ".join(part for part in (words(f"confidence.{source.confidence.value}"), source.note) if part),
        )
        for source in settlement.scheme.sources.values()
    )
    if sources:
        blocks += [Heading(words("scheme.sources")), SourceList(sources)]
    return Section("provenance", words("section.provenance"), tuple(blocks))


def _drop_texts(provenance: dict[str, Any]) -> dict[str, Any]:
    """Without whole files, which a run keeps beside the report."""
    return {key: value for key, value in provenance.items() if not key.endswith("_text")}


def flatten(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """The leaves of nested mappings and lists, as (dotted name, text).

    Example:
        >>> list(flatten({"versions": {"scslab": "0.1.0"}, "files": [{"sha256": "ab"}], "seconds": 0.25}))
        [('versions.scslab', '0.1.0'), ('files.1.sha256', 'ab'), ('seconds', '0.25')]
    """
    match value:
        case dict():
            for key, item in value.items():
                yield from flatten(item, f"{name}.{key}" if name else str(key))
        case list() | tuple() if any(isinstance(item, dict | list | tuple) for item in value):
            for number, item in enumerate(value, start=1):
                yield from flatten(item, f"{name}.{number}")
        case list() | tuple():
            yield name, " ".join(str(item) for item in value)
        case None:
            yield name, "–"
        case bool():
            yield name, str(value).lower()
        case float():
            yield name, f"{value:.6g}"
        case date():
            yield name, value.isoformat()
        case _:
            yield name, str(value)
