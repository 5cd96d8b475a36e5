"""Paper tables as HTML, by great_tables."""

from __future__ import annotations

import hashlib
from html import escape
from typing import Any

import polars as pl

from scslab.study.reporting.table import PaperTable, RowStyle


def build_gt(table: PaperTable) -> Any:
    """The table as a `great_tables.GT`, for those who want to style it further."""
    from great_tables import GT, html, loc, style

    keys = [f"c{i}" for i in range(len(table.columns))]
    # great_tables escapes what stands in cells; titles, heads and notes it takes as they are.
    data = pl.DataFrame(
        [list(row.cells) for row in table.rows],
        schema=dict.fromkeys(keys, pl.String),
        orient="row",
    )
    labels: dict[str, Any] = {key: html(escape(name)) for key, name in zip(keys, table.columns, strict=True)}
    digest = hashlib.sha256(repr(table).encode()).hexdigest()[:10]  # a fixed id: the same table, the same text
    shown: Any = GT(data, id=f"t{digest}").tab_header(title=html(escape(table.title))).cols_label(cases=labels)
    shown = shown.cols_align(align="left", columns=keys[:1]).cols_align(align="right", columns=keys[1:])
    for note in table.notes:
        shown = shown.tab_source_note(html(escape(note)))
    heads = [i for i, row in enumerate(table.rows) if row.style is RowStyle.HEAD]
    details = [i for i, row in enumerate(table.rows) if row.style is RowStyle.DETAIL]
    feet = [i for i, row in enumerate(table.rows) if row.style is RowStyle.FOOT]
    if heads:
        shown = shown.tab_style(style.text(weight="bold"), loc.body(rows=heads))
    if details:
        shown = shown.tab_style([style.text(color="#55616c"), style.borders(sides="top", style="hidden")],
                                loc.body(rows=details))  # fmt: skip
    if feet:
        shown = shown.tab_style(style.borders(sides="top", color="#1c2328", weight="2px"), loc.body(rows=feet[:1]))
    return shown.tab_options(table_font_size="14px", data_row_padding="3px", heading_title_font_size="16px")


def write_html(table: PaperTable) -> str:
    """The table as HTML with its style inside."""
    return build_gt(table).as_raw_html()
