"""The page of a sensitivity analysis: what each unknown decides, and one parameter at a time over its band."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import altair as alt
import polars as pl

from scslab.ground.text import Text
from scslab.report.blocks import Block, Column, Figure, Page, Paragraph, Section, Table
from scslab.report.colours import BANDS, GRID, INK
from scslab.report.drawing import WIDE_PIXELS, draw_picture
from scslab.report.frame import frame_analysis
from scslab.report.rendering import render_pages, write_whole
from scslab.report.words import Language
from scslab.society.sensitivity.analyse import OUTCOMES, Sensitivity

LEAST = 0.01
"""Unknowns with a total index below this are told together."""


def build_sensitivity_report(found: Sensitivity) -> str:
    """The page as HTML that needs nothing else, in English and Chinese."""
    return render_pages([_build_page(found, language) for language in ("en", "zh")])


def write_sensitivity_report(found: Sensitivity, path: Path | str) -> None:
    """Writes the page to a file; an interruption leaves nothing half-written behind the name.

    Raises:
        OSError: the file cannot be written.
    """
    write_whole(build_sensitivity_report(found), path)


def _build_page(found: Sensitivity, language: Language) -> Page:
    city = found.city.profile.title.in_language(language)
    return frame_analysis(
        language,
        (_indices(found, language), _sweep(found, language)),
        title=Text(f"What decides the course of {city}", f"何者决定{city}的走向"),
        eyebrow=Text("Sensitivity", "敏感性"),
        subtitle=Text(
            f"{len(found.priors)} unknowns over the width of their priors, after {found.months} months",
            f"{len(found.priors)}个未知参数，全部先验范围，{found.months}个月之后",
        ),
        footer=(
            Text(f"{found.samples} base samples, seed {found.seed}.", f"基础样本{found.samples}，种子{found.seed}。"),
        ),
    )


def draw_indices(width: int, rows: list[tuple[str, float, float, float]], *, x_title: str) -> Any:
    """Total indices as pale bars with intervals, first-order ones as dark bars: rows of (name, first, total, error)."""
    keys = [f"{place:03d}|{row[0]}" for place, row in enumerate(rows)]
    bars = [
        (key, max(0.0, first), max(0.0, total), max(0.0, total - error), min(1.2, total + error))
        for key, (_, first, total, error) in zip(keys, rows, strict=True)
    ]
    frame = pl.DataFrame(bars, orient="row", schema=["key", "first", "total", "low", "high"])
    axis: Any = alt.Axis(
        title=None, labelExpr="slice(datum.label, 4)", labelLimit=int(width * 0.36), ticks=False, domain=False,
        labelColor=INK, labelFontSize=12 if width >= WIDE_PIXELS else 11, minExtent=40,
    )  # fmt: skip
    y = alt.Y("key:N", axis=axis, scale=alt.Scale(domain=keys, paddingInner=0.25, paddingOuter=0.1))
    x = alt.X(
        "total:Q", title=x_title, scale=alt.Scale(domainMin=0),
        axis=alt.Axis(format=".0%", tickCount=6 if width >= WIDE_PIXELS else 4, gridColor=GRID),
    )  # fmt: skip
    base = alt.Chart(frame)
    total = base.mark_bar(color=BANDS[1], height={"band": 0.8}).encode(x=x, y=y)
    first = base.mark_bar(color=BANDS[2], height={"band": 0.35}).encode(x=alt.X("first:Q"), y=y)
    ends = base.mark_rule(color=INK, strokeWidth=1.2).encode(x=alt.X("low:Q"), x2=alt.X2("high"), y=y)
    return alt.layer(total, ends, first).properties(height=26 * len(rows))


def _indices(found: Sensitivity, language: Language) -> Section:
    en = language == "en"
    lead = (
        "The first-order index is the share of the variance that would go away if this one were known; the total index "
        "the share that would remain if all others were. What decides much and cannot be calibrated is worth measuring."
        if en
        else "一阶指数：若仅知该参数，方差可减少的比例；总指数：若其余皆知，仍剩余的比例。影响大而无法校准者值得实测。"
    )
    blocks: list[Block] = [Paragraph(lead, "lead")]
    heads = ["Unknown", "First order", "±", "Total", "±"] if en else ["未知参数", "一阶指数", "±", "总指数", "±"]
    for outcome, title in OUTCOMES.items():
        table = found.indices.filter(pl.col("outcome") == outcome).sort("total", descending=True, nulls_last=True)
        shown = table.filter(pl.col("total") >= LEAST)
        if not shown.height:
            blocks.append(
                Paragraph(f"{title.in_language(language)}: " + ("does not vary." if en else "无变化。"), "note")
            )
            continue
        rows = list(shown.select("unknown", "first", "total", "total_error").iter_rows())

        def draw(width: int, rows: Any = rows) -> Any:
            return draw_indices(width, rows, x_title="share of the variance" if en else "方差比例")

        numbers = tuple(
            (r["unknown"], *(f"{100 * r[name]:.1f} %" for name in ("first", "first_error", "total", "total_error")))
            for r in table.iter_rows(named=True)
        )
        rest = table.height - shown.height
        note = "" if not rest else (f"{rest} more below 1 %." if en else f"另有{rest}个低于1 %。")
        blocks.append(
            Figure(
                title.in_language(language),
                f"after {found.months} months; intervals of 90 %" if en else f"{found.months}个月之后；90 %区间",
                draw_picture(draw, title.in_language(language)),
                (("first order" if en else "一阶", BANDS[2]), ("total" if en else "总", BANDS[1])),
                Table(title.in_language(language), tuple(Column(h, k > 0) for k, h in enumerate(heads)), numbers),
                note,
            )
        )
    return Section("indices", "What each unknown decides" if en else "各未知参数的作用", tuple(blocks))


def _sweep(found: Sensitivity, language: Language) -> Section:
    en = language == "en"
    text = (
        "One parameter from the lower to the upper end of its band, all others in the middle of theirs."
        if en
        else "单个参数由区间下限移至上限，其余居中。"
    )
    ends = found.sweep.group_by("parameter", maintain_order=True).agg(
        pl.col("value").first().alias("from"), pl.col("value").last().alias("to"),
        *(pl.col(name).first().alias(f"{name}_low") for name in OUTCOMES),
        *(pl.col(name).last().alias(f"{name}_high") for name in OUTCOMES),
    )  # fmt: skip
    ends = ends.sort((pl.col("taking_part_high") - pl.col("taking_part_low")).abs(), descending=True)
    heads = [("Parameter" if en else "参数", False), ("Band" if en else "区间", True)]
    heads += [(title.in_language(language), True) for title in OUTCOMES.values()]
    rows = tuple(
        (
            r["parameter"], f"{round(r['from'], 6):.3g} – {round(r['to'], 6):.3g}",
            *(f"{100 * r[f'{name}_low']:.1f} – {100 * r[f'{name}_high']:.1f} %" for name in OUTCOMES),
        )
        for r in ends.iter_rows(named=True)
    )  # fmt: skip
    table = Table("Sweep" if en else "单参数扫描", tuple(Column(t, n) for t, n in heads), rows)
    return Section("sweep", "One at a time" if en else "单参数变化", (Paragraph(text), table))
