"""Inequality: groups beside each other."""

from __future__ import annotations

import polars as pl

from scslab.report.blocks import Block, Bullets, Figure, Paragraph, Section
from scslab.report.colours import GAIN, LOSS
from scslab.report.drawing import draw_picture
from scslab.report.society.charts import draw_ladder, draw_shares_named
from scslab.report.society.facts import SocietyFacts
from scslab.report.society.say import Say
from scslab.report.tables import make_table
from scslab.society.outcomes.between import LEVEL
from scslab.society.outcomes.groups import LEAST_PARTICIPANTS, find_start_tier

NORMAL = 1.96


def build_groups(facts: SocietyFacts, say: Say) -> Section:
    """Scores, lowest tier and false entries by group, each with its denominator."""
    blocks: list[Block] = [Paragraph(say("groups.lead"))]
    counted = facts.groups.filter(pl.col("participants") >= LEAST_PARTICIPANTS)
    has_several = counted.group_by("dimension").len()["len"].max() or 0
    if isinstance(has_several, int) and has_several > 1:
        if counted["score"].is_not_null().any():
            blocks.append(_draw_scores(counted.filter(pl.col("score").is_not_null()), say))
        start = find_start_tier(facts.run)
        low = counted.filter(pl.col("below_start" if start else "lowest") > 0)
        if low.height:
            tier = say.tier(facts.run.scheme.tiers[start].id)
            blocks.append(_draw_low_tiers(counted, say, tier, has_start=start > 0))
    blocks += _say_luck(facts, say)
    if facts.gini is not None:
        blocks.append(Paragraph(say("groups.gini", gini=say.number(facts.gini, 4))))
    blocks.append(_tabulate(facts, say))
    return Section("groups", say("groups"), tuple(blocks))


def _say_luck(facts: SocietyFacts, say: Say) -> list[Block]:
    """Which differences between groups luck alone would hardly make."""
    low = "below_start" if find_start_tier(facts.run) else "lowest"
    told: list[str] = []
    for of, key in (("score", "groups.chart"), (low, "groups.below" if low == "below_start" else "groups.lowest")):
        tested = facts.between.filter((pl.col("of") == of) & pl.col("p").is_not_null())
        if not tested.height:
            continue
        names = [
            say("groups.beyond.item", name=say.dimension(row["dimension"]).lower(), share=say.percent(row["share"]))
            for row in tested.filter("is_beyond_luck").sort("share", descending=True).iter_rows(named=True)
        ]
        which = "groups.beyond" if names else "groups.beyond.none"
        told.append(say(which, what=say(key), **({"names": say("and").join(names)} if names else {})))
    if not told:
        return []
    lead = say("groups.luck", level=say.percent(LEVEL, 0), least=LEAST_PARTICIPANTS)
    return [Paragraph(lead), Bullets(tuple(told))]


def _by_dimension(groups: pl.DataFrame) -> list[tuple[str, list[dict[str, object]]]]:
    """The groups of each dimension that has more than one."""
    names = groups["dimension"].unique(maintain_order=True)
    found = [(name, groups.filter(pl.col("dimension") == name).to_dicts()) for name in names]
    return [(name, rows) for name, rows in found if len(rows) > 1]


def _name_ends(groups: pl.DataFrame, by: str, say: Say) -> dict[str, str]:
    """The names of the groups with the lowest and the highest number."""
    ends = groups.sort(by).select("dimension", "category").rows()
    return {key: say.category(*row) for key, row in (("low_name", ends[0]), ("high_name", ends[-1]))}


def _draw_scores(groups: pl.DataFrame, say: Say) -> Figure:
    ladder: list[tuple[str, float | None, float, float, str]] = []
    for dimension, rows in _by_dimension(groups):
        ladder.append((say.dimension(dimension), None, 0.0, 0.0, ""))
        for row in rows:
            score, error = float(row["score"]), float(row["error"] or 0)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
            name = say.category(dimension, str(row["category"]))
            ladder.append((name, score, score - NORMAL * error, score + NORMAL * error, say.number(score, 1)))
    ends = _name_ends(groups, "score", say)
    low, high = (say.number(float(groups["score"].sort()[k]), 1) for k in (0, -1))
    picture = draw_picture(
        lambda width: draw_ladder(width, ladder, x_title=say.words.score_name, colour=GAIN),
        say("groups.alt", low=low, high=high, **ends),
    )
    body = [[label, say.number(value, 2), say.number(a, 2), say.number(b, 2)]
            for label, value, a, b, _ in ladder if value is not None]  # fmt: skip
    heads = [say(key) for key in ("col.group", "col.score", "col.low", "col.high")]
    return Figure(
        say("groups.chart"), say("groups.unit", least=LEAST_PARTICIPANTS), picture, (),
        make_table(say("groups.chart"), heads, body),
    )  # fmt: skip


def _draw_low_tiers(groups: pl.DataFrame, say: Say, tier: str, *, has_start: bool) -> Figure:
    """Who stands below the tier of the start, or in the lowest one where there is no start."""
    column, key = ("below_start", "below") if has_start else ("lowest", "lowest")
    groups = groups.filter(pl.col(column).is_not_null())
    bars: list[tuple[str, float | None, str]] = []
    for dimension, rows in _by_dimension(groups):
        bars.append((say.dimension(dimension), None, ""))
        for row in rows:
            share = float(row[column])  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
            bars.append((say.category(dimension, str(row["category"])), 100 * share, say.percent(share)))
    ends = _name_ends(groups, column, say)
    low, high = (say.percent(float(groups[column].sort()[k])) for k in (0, -1))
    picture = draw_picture(
        lambda width: draw_shares_named(width, bars, x_title=say("percent"), colour=LOSS),
        say("groups.lowest.alt", low=low, high=high, **ends),
    )
    body = [[label, words] for label, value, words in bars if value is not None]
    return Figure(
        say(f"groups.{key}"), say(f"groups.{key}.unit", least=LEAST_PARTICIPANTS, tier=tier), picture, (),
        make_table(say(f"groups.{key}"), [say("col.group"), say(f"col.{key}")], body),
    )  # fmt: skip


def _tabulate(facts: SocietyFacts, say: Say) -> Block:
    start = find_start_tier(facts.run)
    rows = [
        [f"{say.dimension(row['dimension'])}: {say.category(row['dimension'], row['category'])}",
         say.count(row["residents"]), say.percent(row["aware"]), say.percent(row["taking_part"]),
         say.number(row["score"], 1), say.percent(row["below_start" if start else "lowest"]),
         "–" if row["false_rate"] is None else say.number(1000 * row["false_rate"], 1)]
        for row in facts.groups.iter_rows(named=True)
    ]  # fmt: skip
    keys = ("group", "residents", "aware", "in", "score", "below" if start else "lowest", "false")
    return make_table(
        say("groups.table"), [say(f"col.{key}") for key in keys], rows, note=say("groups.note", subjects=say.subjects),
        style="cards",
    )  # fmt: skip
