"""Sections as Markdown: paragraphs, lists, headings and tables."""

from __future__ import annotations

from collections.abc import Sequence

from scslab.report.blocks import Block, Bullets, Cell, Heading, Paragraph, Section, Table


def write_markdown(title: str, subtitle: str, sections: Sequence[Section]) -> str:
    """A document as Markdown.

    Raises:
        TypeError: a section holds something else than text and tables.

    Example:
        >>> print(write_markdown("T", "S", [Section("a", "A", (Paragraph("One."), Bullets(("x", "y"))))]), end="")
        # T
        <BLANKLINE>
        S
        <BLANKLINE>
        ## A
        <BLANKLINE>
        One.
        <BLANKLINE>
        - x
        - y
    """
    parts = [f"# {title}", subtitle]
    for section in sections:
        parts.append(f"## {section.title}")
        parts += [_write_block(block) for block in section.blocks]
    return "\n\n".join(parts) + "\n"


def _write_block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return block.text
    if isinstance(block, Heading):
        return f"### {block.text}"
    if isinstance(block, Bullets):
        return "\n".join(
            f"{f'{k}.' if block.is_numbered else '-'} {item}" for k, item in enumerate(block.items, start=1)
        )
    if isinstance(block, Table):
        return _write_table(block)
    raise TypeError(f"{type(block).__name__} has no form in Markdown")


def _write_table(table: Table) -> str:
    heads = [column.title for column in table.columns]
    rules = ["---:" if column.is_number else "---" for column in table.columns]
    rows = [heads, rules, *([_write_cell(cell) for cell in row] for row in table.rows)]
    return f"**{table.caption}**\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _write_cell(cell: Cell | str) -> str:
    text = cell if isinstance(cell, str) else cell.text
    return text.replace("|", "\\|").replace("\n", " ")
