"""Tables for papers: what stands in them, in LaTeX, HTML and Word."""

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from docx import Document

from scslab.study.models.blocks import Blocks, fit_blocks
from scslab.study.reporting.model_table import Stars, give_stars, tabulate_models
from scslab.study.reporting.table import PaperRow, PaperTable, RowStyle
from scslab.study.tables.tabulate import tabulate


@pytest.fixture(scope="module")
def data() -> pl.DataFrame:
    generator = np.random.default_rng(4)
    x, g = generator.normal(size=300), generator.integers(0, 3, 300)
    y = np.digitize(x + generator.logistic(size=300), [-1, 1])
    return pl.DataFrame({"y": y, "x": x, "g": np.array(["a", "b", "c"])[g]})


@pytest.fixture(scope="module")
def blocks(data: pl.DataFrame) -> Blocks:
    return fit_blocks("ordered_logit", {"small": "y ~ x", "large": "y ~ x + g"}, data)


def test_a_model_table_says_what_the_models_say(blocks: Blocks) -> None:
    table = blocks.to_paper(labels={"x": "Exposure"}, digits=2)
    assert table.columns == ("", "small", "large")
    first, errors = table.rows[0], table.rows[1]
    assert first.cells[0] == "Exposure"
    assert errors.style is RowStyle.DETAIL
    for j, result in enumerate(blocks.results, 1):
        stars = give_stars(float(result.p_values[0]))
        assert first.cells[j] == f"{result.parameters[0]:.2f}".replace("-", "−") + stars
        assert errors.cells[j] == f"({result.standard_errors[0]:.2f})"
    names = [row.cells[0] for row in table.rows]
    assert names.index("Cut points") > names.index("g[c]")
    observations = next(row for row in table.rows if row.cells[0] == "Observations")
    assert observations.cells[1:] == ("300", "300")
    absent = next(row for row in table.rows if row.cells[0] == "g[b]")
    assert absent.cells[1] == ""


def test_conventions_of_stars_differ() -> None:
    # Hand: p = 0.03 is below 0.05 in both, p = 0.005 below 0.01, p = 0.08 below 0.1.
    assert [give_stars(p, Stars.STRICT) for p in (0.0005, 0.005, 0.03, 0.08, math.nan)] == ["***", "**", "*", "+", ""]
    assert [give_stars(p, Stars.WIDE) for p in (0.0005, 0.005, 0.03, 0.08, math.nan)] == ["***", "***", "**", "*", ""]


def test_the_note_names_the_errors_and_the_stars(blocks: Blocks) -> None:
    english = blocks.to_paper(stars="wide").notes[0]
    assert "observed information" in english
    assert "** p < 0.05" in english
    assert "观测信息矩阵" in blocks.to_paper(language="zh").notes[0]


def test_a_separated_model_shows_no_number() -> None:
    # Everybody with x = 1 gave the highest answer, the others gave every answer: quasi-complete separation.
    frame = pl.DataFrame({"y": [1, 2, 3, 1, 2, 3, 3, 3, 3], "x": [0, 0, 0, 0, 0, 0, 1, 1, 1]})
    table = fit_blocks("ordered_logit", ["y ~ x"], frame).to_paper()
    assert table.rows[0].cells[1] == "n/e"
    assert table.rows[1].cells[1] == ""
    assert len(table.notes) == 2


def test_numbers_of_names_must_fit(blocks: Blocks) -> None:
    with pytest.raises(ValueError, match="1 names for 2 models"):
        tabulate_models(blocks.results, ["only"])
    with pytest.raises(ValueError, match="no model"):
        tabulate_models([])


def test_latex_escapes_and_raises_stars() -> None:
    table = PaperTable("R&D", ("a_b", "%"), (PaperRow(("5 % of x_1", "1.20**")), PaperRow(("*", "*"))))
    text = table.to_latex()
    assert r"\caption{R\&D}" in text
    assert r"5 \% of x\_1 & 1.20$^{**}$ \\" in text
    assert r"* & * \\" in text


def test_html_escapes_a_label() -> None:
    table = PaperTable("<b>", ("a", "b"), (PaperRow(("<script>", "1")),), ("<i>",))
    html = table.to_html()
    assert html == table.to_html()
    assert "<i>" not in html
    assert "<b>" not in html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_word_holds_every_cell(blocks: Blocks, tmp_path: Path) -> None:
    table = blocks.to_paper()
    table.to_docx(tmp_path / "models.docx")
    document = Document(str(tmp_path / "models.docx"))
    (made,) = document.tables
    assert [cell.text for cell in made.rows[0].cells] == list(table.columns)
    assert [tuple(cell.text for cell in row.cells) for row in made.rows[1:]] == [row.cells for row in table.rows]
    assert document.paragraphs[-1].text == table.notes[-1]


def test_frequencies_and_cross_tabs(data: pl.DataFrame, tmp_path: Path) -> None:
    shares = tabulate(data, "y").to_paper()
    counts = data["y"].value_counts().sort("y")["count"].to_list()
    assert [row.cells[1] for row in shares.rows] == [*(str(n) for n in counts), "300"]
    crossed = tabulate(data, "y", "g")
    table = crossed.to_paper()
    assert table.columns[1:] == ("a", "b", "c", "All")
    assert "Rao-Scott" in table.notes[1]
    assert crossed.to_latex().count(r"\\") == len(table.rows) + 1
    crossed.to_docx(tmp_path / "crossed.docx")
    assert (tmp_path / "crossed.docx").stat().st_size > 1000
