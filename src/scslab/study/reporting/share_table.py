"""Frequencies and cross-tabs as papers print them."""

from __future__ import annotations

from scslab.ground.text import Text
from scslab.study.reporting.table import PaperRow, PaperTable, RowStyle
from scslab.study.tables.tabulate import CrossTable, FrequencyTable

WORDS: dict[str, Text] = {
    "interval": Text("{level} interval", "{level}置信区间"),
    "all": Text("All", "合计"),
    "by": Text("{rows}, by {columns}", "{rows}（按{columns}）"),
    "columns": Text(
        "Weighted column percents, design-based standard errors in parentheses.",
        "加权列百分比，括号内为基于设计的标准误。",
    ),
    "shares": Text("Weighted percents; {kind} intervals.", "加权百分比；{kind}区间。"),
    "test": Text(
        "Rao-Scott, second order: F({a:.2f}, {b:.1f}) = {f:.2f}, p = {p:.3g}.",
        "Rao-Scott二阶检验：F({a:.2f}, {b:.1f}) = {f:.2f}，p = {p:.3g}。",
    ),
    "missing": Text("{n} without a valid answer are left out.", "{n}名无有效回答者未计入。"),
}
"""The fixed texts of the tables."""


def show_frequencies(table: FrequencyTable, *, title: str = "", language: str = "en") -> PaperTable:
    """A frequency table: n, percent, standard error and interval of each category."""
    words = {key: text.in_language(language) for key, text in WORDS.items()}
    rows = [
        PaperRow(
            (str(r[table.rows.name]), f"{r['n']:,}", _two(r["percent"]), _two(r["se"]), _ends(r["low"], r["high"]))
        )
        for r in table.to_frame().iter_rows(named=True)
    ]
    rows.append(PaperRow((words["all"], f"{table.shares.n:,}", "100.00", "", ""), RowStyle.FOOT))
    level = words["interval"].format(level=f"{100 * table.level:g} %")
    notes = [words["shares"].format(kind=table.interval.value)]
    if table.n_missing:
        notes.append(words["missing"].format(n=f"{table.n_missing:,}"))
    return PaperTable(title or table.rows.label, ("", "n", "%", "SE", level), tuple(rows), tuple(notes))


def show_cross_table(table: CrossTable, *, title: str = "", language: str = "en") -> PaperTable:
    """A cross-tab: column percents with standard errors below, and the test of independence."""
    words = {key: text.in_language(language) for key, text in WORDS.items()}
    frame, size = table.to_frame(), len(table.columns.labels)
    rows: list[PaperRow] = []
    for i, label in enumerate(table.rows.labels):
        cells = [frame.row(i * size + j, named=True) for j in range(size)]
        total = sum(cell["percent"] for cell in cells)
        rows.append(PaperRow((label, *(_two(cell["column_percent"]) for cell in cells), _two(total))))
        errors = (_two(cell["column_percent_se"]) for cell in cells)
        rows.append(PaperRow(("", *(f"({error})" if error else "" for error in errors), ""), RowStyle.DETAIL))
    counts = [sum(frame["n"].to_list()[j::size]) for j in range(size)]
    rows.append(PaperRow(("n", *(f"{n:,}" for n in counts), f"{sum(counts):,}"), RowStyle.FOOT))
    notes = [words["columns"]]
    if table.test is not None:
        a, b = table.test.f_df
        notes.append(words["test"].format(a=a, b=b, f=table.test.f, p=table.test.second_p))
    if table.n_missing:
        notes.append(words["missing"].format(n=f"{table.n_missing:,}"))
    named = words["by"].format(rows=table.rows.label, columns=table.columns.label)
    return PaperTable(title or named, ("", *table.columns.labels, words["all"]), tuple(rows), tuple(notes))


def _two(value: float | None) -> str:
    return "" if value is None or value != value else f"{value:.2f}"


def _ends(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{low:.2f}–{high:.2f}"
