"""Who is scored, and by which rules: the scheme for a reader who has never seen it."""

from __future__ import annotations

from scslab.report.blocks import Block, Bullets, Heading, Paragraph, RuleCards, Section
from scslab.report.facts import Facts
from scslab.report.phrases import describe_rule
from scslab.report.words import Words
from scslab.scheme.model import ScoreKind

SHOWN_RULES = 24


def build_scheme(facts: Facts, words: Words) -> Section:
    """The scheme in plain words."""
    scheme = facts.settlement.scheme
    blocks: list[Block] = []
    if scheme.about:
        blocks.append(Paragraph(words.text(scheme.about), "lead"))
    blocks += [Paragraph(_say_who(words)), Paragraph(say_how(words))]
    if scheme.rules:
        blocks.append(Heading(words("scheme.rules")))
    cards = tuple(describe_rule(rule, words) for rule in scheme.rules)
    rest = max(0, len(cards) - SHOWN_RULES)
    blocks.append(RuleCards(cards, SHOWN_RULES, words("scheme.more_rules", rules=words.count("rule", rest))))
    if scheme.unknown:
        blocks.append(Heading(words("scheme.unknown")))
        blocks.append(Bullets(tuple(words.text(item) for item in scheme.unknown)))
    return Section("scheme", words("section.scheme"), tuple(blocks))


def _say_who(words: Words) -> str:
    scheme = words.scheme
    age = scheme.subjects.from_age_years
    sentences = [
        words(
            "scheme.who",
            kind=words.subjects_title,
            age="" if age is None else words("scheme.age", years=age),
            participation=words(f"participation.{scheme.participation.value}"),
            operator=words.text(scheme.operator.name),
        )
    ]
    since, until = scheme.in_force.since, scheme.in_force.until
    if since or until:
        sentences.append(
            words(
                "scheme.in_force",
                since=words.day(since) if since else words("scheme.open_start"),
                until=words.day(until) if until else words("scheme.open_end"),
            )
        )
    sentences.append(words(f"scheme.status.{scheme.status.value}"))
    return words("join").join(sentences)


def say_how(words: Words) -> str:
    """How a score comes about, in sentences."""
    scheme, score = words.scheme, words.scheme.score
    if score.kind is ScoreKind.NONE:
        return words("tiers.listing")
    if scheme.range is not None:
        low, high = (words.points(end.values()[-1]) for end in scheme.range)
        return words("join").join([words("tiers.index", low=low, high=high), *_say_published(words)])
    start = " → ".join(words.points(value) for value in score.start.values())
    sentences = [words(f"scheme.start.{score.posts_on.value}", start=start)]
    if score.floor is not None:
        sentences.append(words("scheme.floor", floor=words.points(score.floor.values()[-1])))
    if score.ceiling is not None:
        sentences.append(words("scheme.ceiling", ceiling=words.points(score.ceiling.values()[-1])))
    if score.is_yearly_restart:
        sentences.append(words("scheme.restart"))
    return words("join").join([*sentences, *_say_published(words)])


def _say_published(words: Words) -> list[str]:
    published = words.scheme.score.published
    return [words("scheme.published", unit=words(f"unit.{published.value}"))] if published is not None else []
