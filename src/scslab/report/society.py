"""The page of a simulation: adoption, the gap between acceptance and participation, tiers, groups, error, one life."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from scslab.ground.text import Text
from scslab.report.blocks import Block, Column, Figure, KeyFigures, Page, Paragraph, Section, Table
from scslab.report.charts import draw_lines, draw_shares
from scslab.report.colours import BELOW_ALL, LINES, choose_tier_colours
from scslab.report.drawing import draw_picture
from scslab.report.rendering import render_pages, write_whole
from scslab.report.words import Language
from scslab.society.mechanics.table import MECHANICS
from scslab.society.outcomes import compare_groups, compute_approval_shares, tabulate_barriers, tell_life
from scslab.society.simulation import Simulated

SHOWN_TIER_MONTHS = 24
LIFE_LINES = 40


def build_society_report(run: Simulated) -> str:
    """The page as HTML that needs nothing else, in English and Chinese."""
    pages = [_build_page(run, language) for language in ("en", "zh")]
    return render_pages(pages)


def write_society_report(run: Simulated, path: Path) -> None:
    """Write the page to a file; an interruption leaves nothing half-written behind the name.

    Raises:
        OSError: the file cannot be written.
    """
    write_whole(build_society_report(run), path)


def _build_page(run: Simulated, language: Language) -> Page:
    def say(en: str, zh: str) -> str:
        return Text(en, zh).in_language(language)

    s = run.setting
    sections = (
        _minute(run, language),
        _adoption(run, language),
        _tiers(run, language),
        _groups(run, language),
        _barriers(run, language),
        _life(run, language),
        _parameters(language, run),
    )
    title = s.scheme.title.in_language(language) or s.scheme.id
    first, last = run.manifest["first"], run.manifest["last"]
    return Page(
        language,
        say(f"A society under the {title}", f"{title}下的合成社会"),
        say("Simulation", "模拟"),
        say(
            f"{s.residents:,} synthetic residents of {s.profile.title.in_language(language)}, {first} to {last}",
            f"{s.profile.title.in_language(language)}，{s.residents:,}名合成居民，{first}至{last}",
        ),
        say("Contents", "目录"),
        say("The numbers", "数据"),
        say(", ", "，"),
        tuple(section for section in sections if section is not None),
        (
            say("Synthetic residents only: nobody real is scored here.", "仅为合成居民，不对任何真实个人评分。"),
            say(f"Seed {s.seed}, replicate {s.replicate}; ledger {run.manifest['ledger_digest'][:16]}.",
                f"种子{s.seed}，第{s.replicate}次重复；账目摘要{run.manifest['ledger_digest'][:16]}。"),
        ),
    )  # fmt: skip


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _minute(run: Simulated, language: Language) -> Section:
    last, n = run.months.row(-1, named=True), run.setting.residents
    false = int((run.causes["kind"] == "false").sum())
    true = int((run.causes["kind"] == "true").sum())
    en = language == "en"
    figures = (
        (_percent(last["aware"] / n), "know of the scheme" if en else "知晓该方案"),
        (_percent(last["taking_part"] / n), "take part" if en else "参与"),
        (_percent(last["acceptance"]), "would join if asked" if en else "若被询问愿意加入"),
        (f"{true + false:,}", "events recorded" if en else "已记录事件"),
        (_percent(false / max(1, true + false)), "of them never happened" if en else "其中从未发生"),
    )
    gap = last["acceptance"] - last["taking_part"] / n
    text = (
        f"At the end, acceptance and participation lie {abs(100 * gap):.1f} points apart: "
        + ("more would accept than take part." if gap > 0 else "more take part than would accept.")
        if en
        else f"期末接受度与参与率相差{abs(100 * gap):.1f}个百分点："
        + ("愿意者多于参与者。" if gap > 0 else "参与者多于愿意者。")
    )
    warning = (
        "Weights of the decision to join and rates of conduct are priors, not estimates: read differences between "
        "scenarios, not levels."
        if en
        else "加入决策的权重和行为频率均为先验假定而非估计：请比较情景差异，勿读绝对水平。"
    )
    return Section(
        "minute",
        "In a minute" if en else "一分钟概览",
        (KeyFigures(figures), Paragraph(text, "lead"), Paragraph(warning, "note")),
    )


def _table(caption: str, titles: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]], note: str = "") -> Table:
    return Table(caption, tuple(Column(t, n) for t, n in titles), tuple(tuple(row) for row in rows), note=note)


def _adoption(run: Simulated, language: Language) -> Section:
    en, m = language == "en", run.months
    n = run.setting.residents
    names = ("know of it", "take part", "would join if asked") if en else ("知晓", "参与", "愿意加入")
    accept = (m["acceptance"] * n).round().cast(pl.Int64)
    series = [m["aware"].to_list(), m["taking_part"].to_list(), accept.to_list()]
    days = m["month"].to_list()
    unit = "residents" if en else "居民"
    picture = draw_picture(
        lambda width: draw_lines(width, days, list(zip(names, LINES, series, strict=False)), y_title=unit),
        "Adoption over time" if en else "采用过程",
    )
    every = max(1, len(days) // 24)
    rows = [
        [str(days[k]), *(f"{column[k]:,}" for column in series), f"{m['joined'][k]:,}", f"{m['left'][k]:,}"]
        for k in range(len(days) - 1, -1, -every)
    ][::-1]
    titles = [("Month" if en else "月份", False), *((name, True) for name in names)]
    titles += [("joined" if en else "加入", True), ("left" if en else "退出", True)]
    figure = Figure(
        "Knowing, accepting, taking part" if en else "知晓、接受与参与",
        "residents at the end of each month" if en else "每月末居民数",
        picture,
        tuple(zip(names, LINES, strict=False)),
        _table("Adoption" if en else "采用", titles, rows),
    )
    return Section("adoption", "Adoption" if en else "采用", (figure,))


def _tiers(run: Simulated, language: Language) -> Section | None:
    en, scheme = language == "en", run.setting.scheme
    if not scheme.tiers:
        return None
    days = run.tiers["month"].unique().sort().to_list()
    step = max(1, -(-len(days) // SHOWN_TIER_MONTHS))
    days = days[::-1][::step][::-1]
    ids = [None, *(tier.id for tier in scheme.tiers)]
    colours = (BELOW_ALL, *choose_tier_colours(len(scheme.tiers)))
    shares: list[tuple[int, float, float, str]] = []
    rows: list[list[str]] = []
    for place, day in enumerate(days):
        counts = dict(run.tiers.filter(pl.col("month") == day).select("tier", "residents").iter_rows())
        total, at = max(1, sum(counts.values())), 0.0
        for tier, colour in zip(ids, colours, strict=True):
            share = counts.get(tier, 0) / total
            if share:
                shares.append((place, at, at + share, colour))
            at += share
        rows.append([str(day), *(f"{counts.get(tier, 0):,}" for tier in ids)])
    labels = [f"{day:%b}\n{day:%Y}" if en else f"{day.month}月\n{day.year}" for day in days]
    names = ["none yet" if en else "尚无", *(t.title.in_language(language) or t.id for t in scheme.tiers)]
    picture = draw_picture(
        lambda width: draw_shares(width, labels, shares, y_title="participants" if en else "参与者", is_spaced=True),
        "Tiers over time" if en else "等级变化",
    )
    titles = [("Month" if en else "月份", False), *((name, True) for name in names)]
    figure = Figure(
        "Tiers of those who take part" if en else "参与者的等级",
        "published tier at the end of the month" if en else "月末公布的等级",
        picture,
        tuple(zip(names, colours, strict=True)),
        _table("Tiers" if en else "等级", titles, rows),
    )
    return Section("tiers", "Tiers" if en else "等级", (figure,))


def _groups(run: Simulated, language: Language) -> Section:
    en = language == "en"
    titles = ["Group", "Residents", "know", "take part", "mean score", "false entries each"]
    if not en:
        titles = ["群体", "居民", "知晓", "参与", "平均分", "人均错误记录"]
    rows = [
        [
            f"{r['dimension']}: {r['category']}",
            f"{r['residents']:,}",
            _percent(r["aware"]),
            _percent(r["taking_part"]),
            "–" if r["score"] is None else f"{r['score']:.1f}",
            "–" if r["false_rate"] is None else f"{r['false_rate']:.4f}",
        ]
        for r in compare_groups(run).iter_rows(named=True)
    ]  # fmt: skip
    blocks: list[Block] = [_table("By group" if en else "分群体", [(t, k > 0) for k, t in enumerate(titles)], rows)]
    approval = compute_approval_shares(run)
    if approval is not None:
        caption = "Approval expected from the survey's model 1" if en else "按调查模型1预期的支持程度"
        lines = [[answer, _percent(share)] for answer, share in approval.iter_rows()]
        blocks.append(_table(caption, [("Answer" if en else "回答", False), ("Share" if en else "比例", True)], lines))
    return Section("groups", "Groups" if en else "群体差异", tuple(blocks))


def _barriers(run: Simulated, language: Language) -> Section:
    en = language == "en"
    titles = ["Barrier", "named here", "named in the interviews", "standard error"]
    if not en:
        titles = ["障碍", "本次模拟", "访谈中", "标准误"]
    rows = [
        [r["factor"], _percent(r["share"]), _percent(r["interviews"]), _percent(r["error"])]
        for r in tabulate_barriers(run).sort("share", descending=True).iter_rows(named=True)
    ]
    note = (
        "Among those who do not take part; where all are enrolled, among all. The interviews set the level, the "
        "simulation only who names what."
        if en
        else "以未参与者计；若全员纳入则以全体计。水平由访谈给定，模拟只决定由谁提出。"
    )
    return Section(
        "barriers", "Barriers" if en else "参与障碍",
        (_table("Barriers" if en else "障碍", [(t, k > 0) for k, t in enumerate(titles)], rows, note),),
    )  # fmt: skip


def _life(run: Simulated, language: Language) -> Section | None:
    en, life = language == "en", tell_life(run)
    if not life.height:
        return None
    rows = [[str(day), what, detail] for day, what, detail in life.head(LIFE_LINES).iter_rows()]
    titles = [(t, False) for t in (("Day", "What", "Detail") if en else ("日期", "经过", "内容"))]
    note = (
        ""
        if life.height <= LIFE_LINES
        else (f"{life.height - LIFE_LINES:,} more lines" if en else f"另有{life.height - LIFE_LINES:,}条")
    )
    caption = "The resident with the most recorded events" if en else "记录最多的居民"
    return Section("life", "One resident's life" if en else "一名居民的经历", (_table(caption, titles, rows, note),))


def _parameters(language: Language, run: Simulated) -> Section:
    en = language == "en"
    titles = (
        ["Parameter", "Value", "Prior band (90 %)", "Unit", "Source"]
        if en
        else ["参数", "数值", "先验区间（90%）", "单位", "来源"]
    )
    blocks: list[Block] = []
    for mechanic in MECHANICS.values():
        rows = [
            [p.name, f"{run.plan.values[p.name]:g}", f"{p.prior[0]:g} – {p.prior[1]:g}", p.unit, p.source]
            for p in mechanic.parameters
        ]
        caption = f"{mechanic.title.in_language(language)}: {mechanic.equation}"
        blocks.append(_table(caption, [(t, k in (1, 2)) for k, t in enumerate(titles)], rows))
    return Section("parameters", "Mechanics and parameters" if en else "机制与参数", tuple(blocks))
