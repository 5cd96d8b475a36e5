"""Paper tables as LaTeX."""

from __future__ import annotations

import re

from scslab.study.reporting.table import PaperTable, RowStyle

_SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "−": "$-$", "∞": r"$\infty$", "<": r"$<$", ">": r"$>$",
    "²": "$^2$", "≤": r"$\le$", "≥": r"$\ge$", "×": r"$\times$",
}  # fmt: skip
_STARS = re.compile(r"(\*{1,3}|\+)$")


def escape_latex(text: str) -> str:
    r"""A text that LaTeX prints as it stands.

    Example:
        >>> print(escape_latex("5 % of R&D_x"))
        5 \% of R\&D\_x
    """
    return "".join(_SPECIAL.get(letter, letter) for letter in text)


def write_latex(table: PaperTable) -> str:
    """A float with the rules of `booktabs`; stars stand raised."""
    lines = [r"\begin{table}[htbp]", r"\centering", rf"\caption{{{escape_latex(table.title)}}}"]
    lines += [rf"\begin{{tabular}}{{l{'r' * (len(table.columns) - 1)}}}", r"\toprule"]
    lines += [" & ".join(escape_latex(name) for name in table.columns) + r" \\", r"\midrule"]
    has_foot = False
    for row in table.rows:
        if row.style is RowStyle.FOOT and not has_foot:
            lines.append(r"\midrule")
            has_foot = True
        if row.style is RowStyle.HEAD:
            head = escape_latex(row.cells[0])
            lines.append(rf"\multicolumn{{{len(table.columns)}}}{{l}}{{\textit{{{head}}}}} \\")
            continue
        cells = [escape_latex(row.cells[0]), *(_number(cell) for cell in row.cells[1:])]
        lines.append(" & ".join(cells) + r" \\")
    lines += [r"\bottomrule", r"\end{tabular}"]
    if table.notes:
        notes = r" \newline ".join(escape_latex(note) for note in table.notes)
        lines.append(rf"\par\smallskip\footnotesize {notes}")
    lines.append(r"\end{table}")
    return "\n".join(lines)


def _number(text: str) -> str:
    found = _STARS.search(text)
    if not found or found.start() == 0:
        return escape_latex(text)
    return f"{escape_latex(text[: found.start()])}$^{{{found.group()}}}$"
