"""The commercial scheme that was settled beside: who uses it, what it saw, where its users stand."""

from __future__ import annotations

import polars as pl

from scslab.ledger.columns import SUBJECT_ID
from scslab.report.blocks import Block, Figure, Paragraph, Section
from scslab.report.colours import NEUTRAL
from scslab.report.drawing import draw_picture
from scslab.report.society.charts import draw_shares_named
from scslab.report.society.facts import SocietyFacts
from scslab.report.society.say import Say
from scslab.report.tables import make_table
from scslab.report.words import Words
from scslab.scheme.model import ScoreKind
from scslab.society.course.beside import SettledBeside, reads_score
from scslab.society.month.agents import TAKES_PART

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def build_beside(facts: SocietyFacts, say: Say) -> Section | None:
    """The scheme beside; None where there was none."""
    beside = facts.run.beside
    if beside is None:
        return None
    words = Words(say.language, beside.scheme)
    title = words.text(beside.scheme.title) or beside.scheme.id
    users = beside.users.height
    lead = say(
        "beside.lead", scheme=title, users=words.count_subjects(users), share=say.percent(users / facts.n),
        records=words.count("event", beside.ledger.height),
    )  # fmt: skip
    blocks: list[Block] = [Paragraph(lead), Paragraph(_say_both(facts, beside, say))]
    is_read = reads_score(facts.run.scheme, beside.scheme.id)
    local = say.words.text(facts.run.scheme.title) or facts.run.scheme.id
    blocks.append(Paragraph(say("beside.read" if is_read else "beside.unread", scheme=title, local=local), "note"))
    if users and beside.scheme.tiers:
        blocks.append(_draw_tiers(beside, words, say))
    if users and beside.scheme.score.kind is not ScoreKind.NONE:
        blocks.append(_tabulate_scores(beside, words, say))
    return Section("beside", say("beside", scheme=title), tuple(blocks))


def _say_both(facts: SocietyFacts, beside: SettledBeside, say: Say) -> str:
    """How many users take part in the local scheme too."""
    is_in = (facts.run.agents.flags & TAKES_PART) > 0
    both = int(is_in[beside.users[SUBJECT_ID].cast(pl.Int64).to_numpy()].sum())
    local = say.words.text(facts.run.scheme.title) or facts.run.scheme.id
    return say("beside.both", both=say.count(both), local=local)


def _draw_tiers(beside: SettledBeside, words: Words, say: Say) -> Figure:
    users, column = beside.users.height, _choose(beside, "published_tier", "tier")
    known = beside.standings.filter(pl.col(column).is_not_null())
    counts = dict(known.group_by(pl.col(column).cast(pl.String)).len().iter_rows())
    rows = [(words.tier(tier.id), counts.get(tier.id, 0)) for tier in reversed(beside.scheme.tiers)]
    none = users - known.height
    rows += [(say("tiers.none"), none)] if none else []
    bars = [(name, 100 * n / users, say.percent(n / users)) for name, n in rows]
    picture = draw_picture(
        lambda width: draw_shares_named(width, bars, x_title=say("percent"), colour=NEUTRAL),
        say("beside.alt", items=say("and").join(f"{name} {share}" for name, _, share in bars)),
    )
    body = [[name, say.count(n), share] for (name, n), (_, _, share) in zip(rows, bars, strict=True)]
    heads = [say(key) for key in ("col.tier", "col.number", "col.share")]
    title = say("beside.tiers")
    return Figure(title, say("beside.tiers.unit"), picture, (), make_table(title, heads, body))


def _tabulate_scores(beside: SettledBeside, words: Words, say: Say) -> Block:
    digits = beside.scheme.score.decimals
    scores = beside.standings[_choose(beside, "published_score", "score")].cast(pl.Float64).drop_nulls()
    found = [scores.quantile(share, "linear") for share in QUANTILES]
    row = [say.count(scores.len()), say.number(_or_none(scores.mean()), digits + 1)]
    heads = [say("col.number"), say("col.mean"), *(say("col.quantile", share=f"{100 * q:g}") for q in QUANTILES)]
    cells = [words.score_name, *row, *(say.number(each, digits) for each in found)]
    return make_table(say("beside.scores"), [say("col.score_of"), *heads], [cells])


def _choose(beside: SettledBeside, first: str, other: str) -> str:
    return first if first in beside.standings.columns else other


def _or_none(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
