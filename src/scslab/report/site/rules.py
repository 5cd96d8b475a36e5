"""The rules of a scheme as tables that a citizen can read."""

from __future__ import annotations

from collections.abc import Callable

from scslab.report.blocks import Block, Cell, Chip, Column, Section, Table
from scslab.report.formats import format_factor
from scslab.report.phrases import describe_cap_period, describe_holds, describe_points, list_values
from scslab.report.phrases_conditions import name_events, say_expression
from scslab.report.site.sure import make_chip
from scslab.report.words import Words
from scslab.scheme.model import Confidence, Rule, Scheme
from scslab.scheme.model import Item as SchemeItem


def link_line(item: object, words: Words) -> Cell:
    """A link to the line of the file where a part of the scheme stands."""
    line: int = getattr(getattr(item, "place", None), "line", 0)
    return Cell(words("line.number", n=line), href=f"{words.scheme.id}.yaml.html#L{line}") if line else Cell("–")


def cite(item: SchemeItem, words: Words) -> Cell:
    """The source of a part of the scheme, with how sure it is."""
    source = words.scheme.sources.get(item.source)
    chips = (make_chip(words.scheme.confidence_of(item), words),)
    return Cell("", chips=chips, detail=source.title if source else item.source or words("rule.no_source"))


def style_row(item: SchemeItem, scheme: Scheme) -> str:
    """The style of a row: assumptions are marked."""
    return "assumed" if scheme.confidence_of(item) is Confidence.ASSUMED else "plain"


def build_rules(scheme: Scheme, words: Words) -> Section | None:
    """The rules in three tables: what gives points, what takes points, and the rest; None where there is none."""
    if not scheme.rules:
        return None
    blocks: list[Block] = []
    for key, wanted in (("rules.gives", 1), ("rules.takes", -1), ("rules.decides", 0)):
        rules = [rule for rule in scheme.rules if _sign(rule) == wanted]
        if rules:
            blocks.append(_list_rules(words(key), rules, words))
    if scheme.caps:
        blocks.append(_list_caps(words))
    return Section("rules", words("section.rule_table"), tuple(blocks))


def _sign(rule: Rule) -> int:
    if rule.points is None:
        return 0
    value = rule.points.values()[-1]
    return (value > 0) - (value < 0)


def _list_rules(caption: str, rules: list[Rule], words: Words) -> Table:
    optional: tuple[tuple[str, Callable[[Rule], str]], ...] = (
        ("column.at_most", lambda rule: _say_cap(rule, words)),
        ("column.lasts", lambda rule: words.period(rule.valid) if rule.valid else words("rules.forever")),
        ("column.repeats", lambda rule: _say_repeat(rule, words)),
    )
    # A column in which no rule says anything is left out.
    is_told = (
        any(rule.cap or _shared(rule, words) for rule in rules),
        any(rule.valid for rule in rules),
        any(rule.repeat for rule in rules),
    )
    told = [each for each, has in zip(optional, is_told, strict=True) if has]
    rows = tuple(
        (
            Cell(words.rule(rule.id), detail=_say_rule(rule, words)),
            Cell("", chips=_list_points(rule, words)),
            *(say(rule) or "–" for _, say in told),
            cite(rule, words),
            link_line(rule, words),
        )
        for rule in rules
    )
    columns = (
        Column(words("column.what_for")),
        Column(words("column.points")),
        *(Column(words(key)) for key, _ in told),
        Column(words("column.basis")),
        Column(words("column.line")),
    )
    styles = tuple(style_row(rule, words.scheme) for rule in rules)
    return Table(caption, columns, rows, style="cards", row_styles=styles)


def _list_points(rule: Rule, words: Words) -> tuple[Chip, ...]:
    names = {1: "gain", -1: "loss", 0: "zero"}
    if rule.formula is not None:
        return ((words("rules.formula", formula=say_expression(rule.formula, words).strip("`")), "zero"),)
    return tuple((text, names[sign]) for text, sign in describe_points(rule, words))


def _say_rule(rule: Rule, words: Words) -> str:
    said: list[str] = []
    events = name_events(rule.on, words)
    if events != words.rule(rule.id):
        said.append(words("rules.heard", events=events))
    if rule.when is not None:
        said.append(words("rules.only_when", condition=say_expression(rule.when, words)))
    said += describe_holds(rule, words)
    lines = [words("join").join(said)] if said else []
    if rule.note:
        lines.append(words.text(rule.note).strip())
    return "\n".join(lines)


def _shared(rule: Rule, words: Words) -> list[str]:
    return [cap.id for cap in words.scheme.caps if rule.id in cap.rules]


def _say_cap(rule: Rule, words: Words) -> str:
    said = [words("limit.group", id=name) for name in _shared(rule, words)]
    if rule.cap is not None:
        points, per = list_values(rule.cap.points, words), describe_cap_period(rule.cap.per, words)
        said.insert(0, words("rules.cap", points=points, per=per))
    return words("semicolon").join(said)


def _say_repeat(rule: Rule, words: Words) -> str:
    if rule.repeat is None:
        return ""
    last = len(rule.repeat.times)
    times = (
        words("rule.repeat_last" if n == last else "rule.repeat_one", n=n, factor=format_factor(factor))
        for n, factor in enumerate(rule.repeat.times, start=1)
    )
    return words("rule.repeat", period=words.period(rule.repeat.within), times=words.enumerate(times))


def _list_caps(words: Words) -> Table:
    rows = tuple(
        (
            Cell(f"`{cap.id}`"),
            words("rules.cap", points=list_values(cap.points, words), per=describe_cap_period(cap.per, words)),
            words.enumerate(words.rule(rule) for rule in cap.rules),
            link_line(cap, words),
        )
        for cap in words.scheme.caps
    )
    columns = tuple(Column(words(f"column.{name}")) for name in ("limit", "at_most", "rules", "line"))
    return Table(words("rules.shared"), columns, rows, style="cards")
