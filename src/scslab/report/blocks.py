"""The parts a report page is made of, as plain data. Texts are never HTML: the template escapes every one of them.

In texts, `ticks` mark code and **stars** mark what should stand out; both are turned into markup after escaping.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `style` is plain, lead, note or boundary."""

    text: str
    style: str = "plain"
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    text: str
    kind: ClassVar[str] = "heading"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]
    is_numbered: bool = False
    kind: ClassVar[str] = "bullets"


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """Large numbers, each with what it counts."""

    items: tuple[tuple[str, str], ...]
    kind: ClassVar[str] = "key_figures"


Chip = tuple[str, str]
"""A short label and its style: gain, loss, zero, or a confidence."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: what it says.
        detail: a second line in small type.
        share: length of a bar under the text, 0 to 1, or None for no bar.
        colour: colour of the bar, or of a mark before the text where `share` is None.
        chips: short labels after the text.
        href: a relative address of our own that the text links to.
        picture: a small picture under the text.
    """

    text: str
    detail: str = ""
    share: float | None = None
    colour: str = ""
    chips: tuple[Chip, ...] = ()
    href: str = ""
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; numbers stand flush right."""

    title: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first column names the row.

    Attributes:
        total: a last row that sums up.
        style: plain, or a way to show each row as a card on a phone: cards, statement.
        row_styles: a style a row, or empty.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell | str, ...], ...]
    total: tuple[Cell | str, ...] = ()
    note: str = ""
    style: str = "plain"
    row_styles: tuple[str, ...] = ()
    kind: ClassVar[str] = "table"


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as `data:` addresses of two SVG images, for a desk and for a phone, with what it shows in words."""

    wide: str
    narrow: str
    alt: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its title, unit, legend (text, colour) and the numbers behind it."""

    title: str
    subtitle: str
    picture: Picture
    legend: tuple[tuple[str, str], ...] = ()
    numbers: Table | None = None
    note: str = ""
    kind: ClassVar[str] = "figure"


@dataclass(frozen=True, slots=True)
class RuleCard:
    """A rule in plain words: its points as short labels (text, sign −1, 0 or 1) and one sentence a clause."""

    title: str
    id: str
    points: tuple[tuple[str, int], ...]
    sentences: tuple[str, ...]
    source: str
    confidence: str
    confidence_words: str


@dataclass(frozen=True, slots=True)
class RuleCards:
    """Rules in plain words; those after the first `shown` are folded away."""

    cards: tuple[RuleCard, ...]
    shown: int
    more: str
    kind: ClassVar[str] = "rule_cards"


@dataclass(frozen=True, slots=True)
class StatementCard:
    """One subject's statement: who, standing (label, value), course of the score, entries, what would change it.

    Attributes:
        reason: why it was chosen.
        measures: the measures in force, as a sentence, or "".
    """

    title: str
    reason: str
    facts: tuple[tuple[str, str], ...]
    tier_colour: str
    measures: str
    picture: Picture | None
    entries: Table
    changes_title: str
    changes: tuple[str, ...]
    kind: ClassVar[str] = "statement"


@dataclass(frozen=True, slots=True)
class SourceItem:
    """A cited source; `url` is a link only if it is a web address."""

    title: str
    url: str
    detail: str


@dataclass(frozen=True, slots=True)
class SourceList:
    """The sources of a scheme."""

    items: tuple[SourceItem, ...]
    kind: ClassVar[str] = "source_list"


@dataclass(frozen=True, slots=True)
class Card:
    """A thing with short labels, and sentences in groups under headings.

    Attributes:
        style: plain, or assumed.
        anchor: a name within the page that links can lead to, or "".
        origin: its source, or "".
    """

    title: str
    chips: tuple[Chip, ...]
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    origin: str = ""
    style: str = "plain"
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Cards:
    """Cards beside each other where there is room."""

    cards: tuple[Card, ...]
    kind: ClassVar[str] = "cards"


@dataclass(frozen=True, slots=True)
class ShareBar:
    """Parts of a whole: (label, count, style)."""

    parts: tuple[tuple[str, int, str], ...]
    kind: ClassVar[str] = "share_bar"


@dataclass(frozen=True, slots=True)
class Worked:
    """A worked case: what happened, the arithmetic, and what came out (label, value)."""

    title: str
    why: str
    events: Table
    facts: tuple[tuple[str, str], ...]
    kind: ClassVar[str] = "worked"


@dataclass(frozen=True, slots=True)
class Folded:
    """Blocks that are folded away behind a title."""

    title: str
    blocks: tuple[Paragraph | Table | Figure | Worked, ...]
    kind: ClassVar[str] = "folded"


Block = (
    Cards
    | ShareBar
    | Worked
    | Folded
    | Paragraph
    | Heading
    | Bullets
    | KeyFigures
    | Table
    | Figure
    | RuleCards
    | StatementCard
    | SourceList
)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the page, with the name that links to it."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A report in one language."""

    language: str
    title: str
    eyebrow: str
    subtitle: str
    contents_title: str
    numbers_title: str
    join: str
    sections: tuple[Section, ...]
    footer: tuple[str, ...]
