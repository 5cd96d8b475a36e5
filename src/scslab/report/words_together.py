"""The words of pages about several schemes, in English and Chinese, and the frame that such pages share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scslab import __version__
from scslab.ground.text import Text
from scslab.report.blocks import Page, Section
from scslab.report.frame import frame_page
from scslab.report.rendering import render_pages
from scslab.report.words import Language, read_words
from scslab.scheme.model import Scheme

WORDS: dict[str, Text] = {
    "numbers": Text("The numbers", "数据表"),
    "eyebrow": Text("scslab", "scslab"),
    "compare.title": Text("Schemes compared", "方案比较"),
    "compare.subtitle": Text(
        "{schemes} on one ledger: ranks, tiers, who gains and who loses, and which rules make the difference.",
        "{schemes}在同一份台账上的比较：名次、等级、谁得谁失，以及哪些规则造成差别。",
    ),
    "exchange.title": Text("What schemes share", "方案之间的共享"),
    "exchange.subtitle": Text("{schemes}: lists and scores, and the domains of life that consequences cross.",
                              "{schemes}：名单与评分的共享，以及后果跨越的生活领域。"),
    "ranks": Text("Do they agree?", "结果是否一致？"),
    "ranks.sentence": Text(
        "**{subjects}** subjects have a score under both. Spearman's rank correlation: **{spearman}**; Kendall's "
        "tau-b: **{kendall}**. 1 is the same order, 0 no relation, −1 the reverse.",
        "**{subjects}** 个主体在两个方案下都有评分。斯皮尔曼等级相关：**{spearman}**；肯德尔 tau-b：**{kendall}**。"
        "1 表示次序相同，0 表示无关，−1 表示完全相反。",
    ),
    "ranks.pairs": Text(
        "Of all pairs of subjects, {concordant} stand in the same order, {discordant} the other way round, and {tied} "
        "are tied under one of the two.",
        "在所有两两配对中，{concordant} 对次序相同，{discordant} 对次序相反，{tied} 对至少在一个方案下并列。",
    ),
    "ranks.alone": Text("Scored by one alone: {first} under `{a}`, {second} under `{b}`.",
                        "只有一个方案评分的：`{a}` {first} 个，`{b}` {second} 个。"),
    "undefined": Text("not defined (all scores are the same)", "无定义（评分全部相同）"),
    "tiers": Text("Tiers", "等级"),
    "no_tier": Text("no tier", "无等级"),
    "subjects": Text("subjects", "主体数"),
    "share": Text("share", "比例"),
    "changes": Text("Who gains and who loses", "谁得谁失"),
    "changes.sentence": Text(
        "From `{a}` to `{b}`: **{gains}** rise in rank, **{loses}** fall, {stays} stay. A rank is the share of "
        "subjects that stand lower, ties in the middle.",
        "从 `{a}` 到 `{b}`：**{gains}** 个名次上升，**{loses}** 个下降，{stays} 个不变。"
        "名次是排在其下的主体的比例，并列取中。",
    ),
    "quantile": Text("quantile of the change", "名次变化的分位数"),
    "change": Text("change of rank", "名次变化"),
    "groups": Text("By attribute of the subjects", "按主体属性"),
    "attribute": Text("attribute", "属性"),
    "group": Text("group", "组别"),
    "mean": Text("mean change", "平均变化"),
    "gains": Text("rise", "上升"),
    "loses": Text("fall", "下降"),
    "large": Text("by a tenth or more", "变化一成以上"),
    "rules": Text("Which rules make the difference", "哪些规则造成差别"),
    "rules.sentence": Text(
        "The starts and the sum over all rules make the scores. Counted are the subjects that all schemes have.",
        "起始分加上各条规则之和就是评分。只计各方案共有的主体。",
    ),
    "rules.figure": Text("Mean points by rule", "每条规则的平均分"),
    "rules.alt": Text("Bars: mean points that each rule adds, by scheme.", "条形图：各方案每条规则平均加减的分数。"),
    "scheme": Text("scheme", "方案"),
    "rule": Text("rule", "规则"),
    "entries": Text("entries", "记分条数"),
    "sum": Text("sum of points", "分数合计"),
    "points": Text("points a subject", "人均分数"),
    "unmapped": Text("What the mapping leaves out", "映射未涵盖的事件"),
    "type": Text("event type", "事件类型"),
    "events": Text("events", "事件数"),
    "shares": Text("Who shares what with whom", "谁向谁共享什么"),
    "shares.none": Text("The schemes share nothing.", "这些方案之间没有共享。"),
    "from": Text("from", "来自"),
    "to": Text("to", "去向"),
    "what": Text("what", "内容"),
    "by": Text("read by", "读取处"),
    "delay": Text("later by", "延迟"),
    "public": Text("public", "公开"),
    "yes": Text("yes", "是"),
    "no": Text("no", "否"),
    "crossings": Text("Which consequences cross a domain of life", "哪些后果跨越生活领域"),
    "crossings.sentence": Text(
        "Of the events and the measures they can lead to, **{crossing}** cross a domain, {within} stay within one, and "
        "of {unknown} the domain of the event is not known.",
        "在事件及其可能导致的措施中，**{crossing}** 项跨越领域，{within} 项在同一领域内，{unknown} 项的事件领域不详。",
    ),
    "domains": Text("From which domain of life into which", "从哪个生活领域到哪个领域"),
    "domains.into": Text("what the measure touches", "措施触及的领域"),
    "domains.note": Text(
        "Columns: where the event comes from. Numbers: pairs of an event type and a measure that it can lead to.",
        "列：事件所属领域。数字：事件类型与其可能导致的措施的配对数。",
    ),
    "event": Text("event", "事件"),
    "its_domain": Text("its domain", "所属领域"),
    "measure": Text("measure", "措施"),
    "way": Text("by way of", "经由"),
    "crosses": Text("crosses", "是否跨越"),
    "unknown": Text("not known", "不详"),
}  # fmt: skip
"""The words by key."""


class Say:
    """The words of one language.

    Example:
        >>> Say("en")("ranks.alone", first=1, a="x", second=2, b="y")
        'Scored by one alone: 1 under `x`, 2 under `y`.'
    """

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key with its {names} filled in."""
        return self.text(WORDS[key]).format(**values)

    def text(self, text: Text) -> str:
        """A text of a scheme in this language, or the other one where it has none."""
        first, second = (text.zh, text.en) if self.language == "zh" else (text.en, text.zh)
        return first or second

    def scheme(self, scheme: Scheme) -> str:
        """The title of a scheme."""
        return self.text(scheme.title) or scheme.id

    def domain(self, word: str) -> str:
        """A domain of life."""
        known = read_words().get(f"domain.{word}")
        return self("unknown") if known is None else known[self.language]


def build_pages(kind: str, schemes: Sequence[Scheme], build: Callable[[Say], tuple[Section, ...]]) -> str:
    """The HTML of a page in both languages, offline like the report.

    Args:
        kind: `compare` or `exchange`.
        schemes: those that the page is about.
        build: gives its sections in a language.
    """
    pages = [_build_page(kind, schemes, build, language) for language in ("en", "zh")]
    return render_pages(pages)


def _build_page(
    kind: str, schemes: Sequence[Scheme], build: Callable[[Say], tuple[Section, ...]], language: Language
) -> Page:
    say = Say(language)
    join = "、" if language == "zh" else ", "
    return frame_page(
        language,
        build(say),
        title=say(f"{kind}.title"),
        eyebrow=say("eyebrow"),
        subtitle=say(f"{kind}.subtitle", schemes=join.join(say.scheme(scheme) for scheme in schemes)),
        numbers=say("numbers"),
        footer=(f"scslab {__version__}",),
    )
