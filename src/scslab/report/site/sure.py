"""How sure a scheme's parts are: labels, counts and small bars. An assumption never looks like a fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from scslab.report.blocks import Chip, Picture, ShareBar
from scslab.report.formats import format_share
from scslab.report.site import svg
from scslab.report.words import Words
from scslab.scheme.model import Confidence, Scheme
from scslab.scheme.model import Item as SchemeItem

COLOURS: dict[Confidence, str] = {
    Confidence.READ: "#17517a",
    Confidence.REPORTED: "#7fb0d0",
    Confidence.UNVERIFIED: "#c3cad0",
    Confidence.ASSUMED: "#d9872b",
}
"""Of small bars; assumptions are striped besides."""
STRIPES = (
    '<defs><pattern id="s" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="5" height="5" fill="#fff4e2"/><rect width="2.5" height="5" fill="#d9872b"/></pattern></defs>'
)
"""The pattern that marks what the laboratory assumed."""


def list_items(scheme: Scheme) -> Iterator[tuple[str, SchemeItem]]:
    """Every part of a scheme that rests on a source, with the kind of part."""
    yield from (("rule", item) for item in scheme.rules)
    yield from (("tier", item) for item in scheme.tiers)
    for dimension in scheme.dimensions:
        yield "dimension", dimension
        yield from (("indicator", item) for item in dimension.indicators)
    yield from (("list", item) for item in scheme.lists)
    yield from (("measure", item) for item in scheme.measures)
    yield from (("repair", item) for item in scheme.repairs)
    yield from (("spread", item) for item in scheme.spread)


def count_sure(scheme: Scheme) -> dict[Confidence, int]:
    """How many parts are how sure, surest first."""
    counts = Counter(scheme.confidence_of(item) for _, item in list_items(scheme))
    return {confidence: counts[confidence] for confidence in Confidence}


def make_chip(confidence: Confidence, words: Words) -> Chip:
    """The label of a confidence."""
    return words(f"confidence.{confidence.value}"), f"sure-{confidence.value}"


def build_share_bar(scheme: Scheme, words: Words) -> ShareBar:
    """The shares of a scheme's parts by how sure they are."""
    counts = count_sure(scheme)
    total = sum(counts.values())
    return ShareBar(
        tuple(
            (
                words("sure.count", share=format_share(n, total), how=words(f"confidence.{each.value}"), n=n),
                n,
                f"sure-{each.value}",
            )
            for each, n in counts.items()
            if n
        )
    )


def say_sure(scheme: Scheme, words: Words) -> str:
    """The shares in a line."""
    counts = count_sure(scheme)
    total = sum(counts.values())
    said = (f"{100 * n / total:.0f}% {words(f'confidence.{each.value}')}" for each, n in counts.items() if n)
    return words.enumerate(said) or words("sure.nothing")


def draw_sure(scheme: Scheme, words: Words, width: int = 150) -> Picture | None:
    """The shares as a small bar; None where there is nothing to judge."""
    counts = count_sure(scheme)
    total = sum(counts.values())
    if not total:
        return None
    x, parts = 0.0, [STRIPES]
    for each, n in counts.items():
        part = n / total * width
        parts.append(svg.rect(x, 0, part, 11, "url(#s)" if each is Confidence.ASSUMED else COLOURS[each]))
        x += part
    parts.append(svg.rect(0.5, 0.5, width - 1, 10, "none", 'stroke="#8d99a3" stroke-width="1"'))
    address = svg.picture(width, 11, parts)
    return Picture(address, address, say_sure(scheme, words))
