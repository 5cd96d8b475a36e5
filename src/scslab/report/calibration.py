"""The page of a calibration: the fit, what the targets inform and what remains prior, hits and misses, tensions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from scslab.ground.text import Text
from scslab.report.blocks import Block, Bullets, Column, Figure, KeyFigures, Page, Paragraph, Section, Table
from scslab.report.calibration_charts import LEARN_LINE, Mark, draw_courses, draw_priors
from scslab.report.colours import BANDS, GAIN, LOSS
from scslab.report.drawing import draw_picture
from scslab.report.frame import frame_analysis
from scslab.report.rendering import render_pages, write_whole
from scslab.report.study.charts import draw_intervals
from scslab.report.words import Language
from scslab.society.calibration.calibrate import Calibration
from scslab.society.calibration.priors import SIDE
from scslab.society.calibration.targets import OBSERVABLES, PILOTS, Observable, Role

JUDGEMENTS = {
    "identified": Text("identified", "可识别"),
    "partly": Text("partly", "部分识别"),
    "prior": Text("remains prior", "仍为先验"),
}


def build_calibration_report(found: Calibration) -> str:
    """The page as HTML that needs nothing else, in English and Chinese."""
    return render_pages([_build_page(found, language) for language in ("en", "zh")])


def write_calibration_report(found: Calibration, path: Path | str) -> None:
    """Writes the page to a file; an interruption leaves nothing half-written behind the name.

    Raises:
        OSError: the file cannot be written.
    """
    write_whole(build_calibration_report(found), path)


def _build_page(found: Calibration, language: Language) -> Page:
    names = (", " if language == "en" else "、").join(
        city.profile.title.in_language(language) for city in found.model.cities if city.scheme is not None
    )
    sections = (
        _minute(found, language),
        _courses(found, language),
        _targets(found, language),
        _parameters(found, language),
        _tensions(found, language),
        _agents(found, language),
        _limits(found, language),
    )
    return frame_analysis(
        language,
        sections,
        title=Text(f"What the targets say of {names}", f"目标数据能说明什么：{names}"),
        eyebrow=Text("Calibration", "校准"),
        subtitle=Text(
            f"{len(found.model.slots)} parameters, {len(found.fit.used)} targets fitted: {found.targets.title.en}",
            f"{len(found.model.slots)}个参数，{len(found.fit.used)}个拟合目标：{found.targets.title.in_language('zh')}",
        ),
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _short(value: float) -> str:
    return f"{value:.3g}"


def _table(caption: str, titles: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]], note: str = "") -> Table:
    return Table(caption, tuple(Column(t, n) for t, n in titles), tuple(tuple(row) for row in rows), note=note)


def _minute(found: Calibration, language: Language) -> Section:
    en = language == "en"
    counts = {name: found.parameters.filter(pl.col("judgement") == name).height for name in JUDGEMENTS}
    held = found.predictions.filter(pl.col("role") == Role.HELD_OUT.value)
    figures = [
        (str(counts["identified"]), "parameters identified" if en else "个参数可识别"),
        (str(counts["partly"]), "partly" if en else "个部分识别"),
        (str(counts["prior"]), "remain prior" if en else "个仍为先验"),
        (f"{int(held['is_hit'].sum())} / {held.height}", "held-out targets met" if en else "个留出目标命中"),
    ]
    known = found.parameters.filter(pl.col("judgement") != "prior").sort("removed", descending=True)["parameter"]
    listed = (", " if en else "、").join(f"`{name}`" for name in known)
    if en:
        lead = (
            f"The targets speak of {listed}. " if listed else "The targets speak of none of the parameters. "
        ) + "Everything else is a judgement with a band, and remains one after the fit."
    else:
        lead = (
            f"目标数据涉及{listed}。" if listed else "目标数据不涉及任何参数。"
        ) + "其余均为带区间的判断，拟合之后依然如此。"
    note = (
        "A parameter is identified where three quarters of its prior variance are removed, partly from a tenth on."
        if en
        else "先验方差被消除四分之三以上为“可识别”，十分之一以上为“部分识别”。"
    )
    title = "In a minute" if en else "一分钟概览"
    return Section("minute", title, (KeyFigures(tuple(figures)), Paragraph(lead, "lead"), Paragraph(note, "note")))


def _courses(found: Calibration, language: Language) -> Section:
    en = language == "en"
    blocks: list[Block] = []
    names = ("know of it", "take part", "observed") if en else ("知晓", "参与", "观测")
    for city in found.model.cities:
        if city.scheme is None:
            continue
        rows = found.courses.filter(pl.col("city") == city.id)
        aware, taking = (
            list(rows.filter(pl.col("measure") == name).select("month", "low", "best", "high").iter_rows())
            for name in ("aware", "taking_part")
        )
        marks = _list_marks(found, city.id)
        title = city.profile.title.in_language(language)

        def draw(width: int, a: Any = aware, t: Any = taking, m: Any = marks) -> Any:
            return draw_courses(width, a, t, m, y_title="residents" if en else "居民")

        picture = draw_picture(draw, f"{title}: " + ("fit and targets" if en else "拟合与目标"))
        every = max(1, len(taking) // 20)
        numbers = [
            [str(t[0]), *(_percent(x) for x in (a[1], a[2], a[3], t[1], t[2], t[3]))]
            for a, t in list(zip(aware, taking, strict=True))[every - 1 :: every]
        ]
        heads = [("Month" if en else "月份", False)]
        for name in names[:2]:
            heads += [
                (f"{name}: {part}", True) for part in (("low", "best", "high") if en else ("下限", "最佳", "上限"))
            ]
        blocks.append(
            Figure(
                title,
                "bands of 90 %; points: targets with two standard deviations, hollow ones held out"
                if en
                else "90 %区间；点为目标及两倍标准差，空心为留出",
                picture,
                tuple(zip(names, (LEARN_LINE, BANDS[2], LOSS), strict=True)),
                _table("Courses" if en else "过程", heads, numbers),
            )
        )
    return Section("courses", "Fit" if en else "拟合", tuple(blocks))


def _list_marks(found: Calibration, city: str) -> list[Mark]:
    marks: list[Mark] = []
    for target in found.model.targets:
        where = next(c for c in found.model.cities if c.id == city)
        months = target.list_months(where.first) if target.place in (city, PILOTS) else []
        if target.observable is Observable.TAKING_PART and target.place == city and months:
            day: date = where.list_days(max(months) + 1)[round(sum(months) / len(months))]
            marks.append((day, target.value, target.error, target.role is Role.FIT))
    return marks


def _targets(found: Calibration, language: Language) -> Section:
    en = language == "en"
    rows = list(found.predictions.iter_rows(named=True))
    drawn = [(r["target"], r["predicted"] * 100, r["low"] * 100, r["high"] * 100, r["observed"] * 100) for r in rows]
    blocks: list[Block] = []
    for role, title in ((Role.FIT, ("Fitted", "拟合目标")), (Role.HELD_OUT, ("Held out", "留出目标"))):
        some = [(row, line) for row, line in zip(rows, drawn, strict=True) if row["role"] == role.value]
        if not some:
            continue
        lines = [line for _, line in some]

        def draw(width: int, lines: Any = lines) -> Any:
            return draw_intervals(width, lines, x_title="percent" if en else "百分比")

        heads = ["Target", "What", "Observed", "Error", "Predicted", "Band of 90 %", "", "Without it", "Source"]
        if not en:
            heads = ["目标", "内容", "观测", "误差", "预测", "90 %区间", "", "去除该目标时", "来源"]
        numbers = [
            [
                r["target"], OBSERVABLES[Observable(r["observable"])].in_language(language), _percent(r["observed"]),
                _percent(r["error"]), _percent(r["predicted"]), f"{_percent(r['low'])} – {_percent(r['high'])}",
                ("hit" if en else "命中") if r["is_hit"] else ("miss" if en else "未中"),
                _percent(r["without"]) if role is Role.FIT else "–", r["source"],
            ]
            for r, _ in some
        ]  # fmt: skip
        predicted = "predicted, with the band in which an observation would lie" if en else "预测及观测应落入的区间"
        legend = ((predicted, GAIN), ("observed" if en else "观测", LOSS))
        table = _table(title[0] if en else title[1], [(h, k in (2, 3, 4, 5, 7)) for k, h in enumerate(heads)], numbers)
        hits = sum(r["is_hit"] for r, _ in some)
        subtitle = f"{hits} of {len(some)} hit" if en else f"{len(some)}个中命中{hits}个"
        picture = draw_picture(draw, title[0] if en else title[1])
        blocks.append(Figure(title[0] if en else title[1], subtitle, picture, legend, table))
    notes = [f"**{t.id}**: {t.note.in_language(language)}" for t in found.model.targets if t.note.in_language(language)]
    notes += [
        f"**{p.id}**: {p.note.in_language(language)}"
        for p in found.targets.places.values()
        if p.note.in_language(language) and p.id in found.cities
    ]
    if notes:
        blocks.append(Bullets(tuple(notes)))
    return Section("targets", "Targets" if en else "目标", tuple(blocks))


def _parameters(found: Calibration, language: Language) -> Section:
    en = language == "en"
    table = found.parameters.with_row_index("slot").sort("removed", descending=True)
    spread = [float(found.fit.covariance[k, k]) ** 0.5 for k in table["slot"]]
    drawn: list[tuple[str, float, float, float]] = []
    for row, sd in zip(table.iter_rows(named=True), spread, strict=True):
        u = float(found.fit.u[row["slot"]])
        drawn.append((row["parameter"], u - SIDE * sd, u, u + SIDE * sd))
    picture = draw_picture(
        lambda width: draw_priors(width, drawn, x_title="standard deviations of the prior" if en else "先验标准差"),
        "Prior and posterior bands" if en else "先验与后验区间",
    )
    heads = ["Parameter", "Prior band", "Now", "Band of 90 %", "Removed", "", "Informed by", "Unit"]
    if not en:
        heads = ["参数", "先验区间", "拟合值", "90 %区间", "消除", "", "依据目标", "单位"]
    rows = [
        [
            r["parameter"], f"{_short(r['prior_low'])} – {_short(r['prior_high'])}", _short(r["value"]),
            f"{_short(r['low'])} – {_short(r['high'])}", _percent(r["removed"]),
            JUDGEMENTS[r["judgement"]].in_language(language), r["informed_by"] or "–", r["unit"],
        ]
        for r in table.iter_rows(named=True)
    ]  # fmt: skip
    note = (
        "Removed: the share of the prior variance that the targets took away. Informed by: targets without which it "
        "would be noticeably less."
        if en
        else "消除：目标数据消去的先验方差比例。依据目标：缺少时该比例明显下降。"
    )
    figure = Figure(
        "Before and after" if en else "拟合前后",
        "bands of 90 %" if en else "90 %区间",
        picture,
        (("prior" if en else "先验", "#d9dee2"), ("after the fit" if en else "拟合后", BANDS[2])),
        _table(
            "Identifiability" if en else "可识别性", [(h, k in (1, 2, 3, 4)) for k, h in enumerate(heads)], rows, note
        ),
    )
    return Section("parameters", "What is known of each parameter" if en else "各参数的可识别性", (figure,))


def _tensions(found: Calibration, language: Language) -> Section:
    en = language == "en"
    outside = found.parameters.filter(pl.col("deviation").abs() > SIDE)
    if not found.tensions.height and not outside.height:
        text = "No two targets pull against each other." if en else "没有相互牵制的目标。"
        return Section("tensions", "Tensions" if en else "目标间的张力", (Paragraph(text),))
    items = tuple(
        f"`{a}` and `{b}` pull against each other: each fits better by at least {s:.1f} of its errors once the "
        "other is left out."
        if en
        else f"`{a}`与`{b}`相互牵制：去除其一，另一个的偏差至少减少{s:.1f}倍误差。"
        for a, b, s in found.tensions.iter_rows()
    )
    items += tuple(
        f"The targets want `{name}` at {value:.3g}, outside of its prior band {low:.3g} to {high:.3g}: "
        "either the band or the model is too narrow."
        if en
        else f"目标数据要求`{name}`为{value:.3g}，超出先验区间{low:.3g}至{high:.3g}：先验或模型过窄。"
        for name, value, low, high in outside.select("parameter", "value", "prior_low", "prior_high").iter_rows()
    )
    return Section("tensions", "Tensions" if en else "目标间的张力", (Bullets(items),))


def _agents(found: Calibration, language: Language) -> Section | None:
    if found.agents is None:
        return None
    en = language == "en"
    gaps = (
        found.agents.with_columns((pl.col("agents") - pl.col("twin")).abs().alias("gap"))
        .group_by("city", "measure", maintain_order=True)
        .agg(pl.col("gap").max(), pl.col("agents").last(), pl.col("twin").last())
    )
    heads = ["City", "Measure", "Agents at the end", "Twin at the end", "Largest distance"]
    if not en:
        heads = ["城市", "指标", "期末（居民模拟）", "期末（均值模型）", "最大距离"]
    rows = [
        [r["city"], r["measure"], _percent(r["agents"]), _percent(r["twin"]), f"{100 * r['gap']:.2f} %"]
        for r in gaps.iter_rows(named=True)
    ]
    text = (
        "A simulation at the fitted values, settled by the engine, beside the twin that was fitted."
        if en
        else "以拟合值进行的居民模拟（由引擎结算）与均值模型对照。"
    )
    title = "Verified with agents" if en else "居民模拟验证"
    table = _table(title, [(h, k > 1) for k, h in enumerate(heads)], rows)
    return Section("agents", title, (Paragraph(text), table))


def _limits(found: Calibration, language: Language) -> Section:
    en = language == "en"
    items = (
        [
            "Parameters that remain prior are not estimates. Read differences between scenarios, with bands.",
            "Bands are those of a normal around the best point; far from it they are approximate.",
            "The model is taken as given: a miss may speak against the model as well as against the target.",
        ]
        if en
        else [
            "仍为先验的参数不是估计值；请比较情景差异并带上区间。",
            "区间为最佳点附近的正态近似，远离该点时仅为近似。",
            "模型本身视为给定：未命中可能说明目标有误，也可能说明模型有误。",
        ]
    )
    if found.fit.modes:
        items.append(
            "Other starts ended elsewhere: there is more than one point that fits about as well."
            if en
            else "从其他起点出发得到不同的终点：存在不止一个拟合点。"
        )
    return Section("limits", "What this cannot say" if en else "局限", (Bullets(tuple(items)),))
