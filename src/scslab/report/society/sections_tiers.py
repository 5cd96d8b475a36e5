"""Tiers and lists: where residents stand, how they move, who is listed and for how long."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scslab.report.blocks import Block, Figure, Paragraph, Section
from scslab.report.charts import draw_heat, draw_shares
from scslab.report.colours import BELOW_ALL, LINES, choose_tier_colours
from scslab.report.drawing import draw_picture
from scslab.report.society.charts import Line, draw_series, draw_survival
from scslab.report.society.facts import SocietyFacts
from scslab.report.society.months import label_months, thin
from scslab.report.society.say import Say
from scslab.report.tables import make_table
from scslab.society.outcomes.lists import DAYS_A_YEAR, count_listed
from scslab.society.outcomes.settled import find_first_day
from scslab.society.outcomes.survival import estimate_survival, find_share

SHOWN_MONTHS = 24
LEAST_ENDED = 30
"""Of fewer stays that ended no mean is told."""


def build_tiers(facts: SocietyFacts, say: Say) -> Section | None:
    """Tiers over time, moves, stays; None where the scheme has none."""
    if not facts.run.scheme.tiers:
        return None
    if not facts.run.tiers.filter(pl.col("month") >= find_first_day(facts.run))["residents"].sum():
        return Section("tiers", say("tiers"), (Paragraph(say("tiers.nobody")),))
    blocks: list[Block] = [_draw_tiers(facts, say)]
    if facts.run.days.height:
        blocks.append(_say_days(facts, say))
    if facts.transitions.height:
        blocks.append(_draw_mobility(facts, say))
    body = [
        [
            say.tier(row["tier"]), say.count(row["stays"]), say.count(row["over"]),
            say.number(row["mean_months"], 1) if row["over"] >= LEAST_ENDED else "–",
            say("longer") if row["median_months"] is None else say.count(row["median_months"]),
        ]
        for row in facts.stays.iter_rows(named=True)
    ]  # fmt: skip
    keys = ("col.tier", "col.stays", "col.ended", "col.mean_months", "col.median_months")
    blocks.append(
        make_table(say("stays.table"), [say(key) for key in keys], body, note=say("stays.note", least=LEAST_ENDED))
    )
    return Section("tiers", say("tiers"), tuple(blocks))


def _say_days(facts: SocietyFacts, say: Say) -> Paragraph:
    """Which day moved most, where the engine settled day by day."""
    days = facts.run.days.group_by("day").agg(pl.col("came").sum()).sort("day")
    busiest = days.row(int(days["came"].arg_max() or 0), named=True)
    still = int((days["came"] == 0).sum())
    return Paragraph(
        say("tiers.days", day=say.day(busiest["day"]), n=say.count(busiest["came"]), still=say.count(still),
            all=say.count(days.height))
    )  # fmt: skip


def _draw_tiers(facts: SocietyFacts, say: Say) -> Figure:
    scheme = facts.run.scheme
    tiers = facts.run.tiers.filter(pl.col("month") >= find_first_day(facts.run))
    days = tiers["month"].unique().sort().to_list()
    days = [days[k] for k in thin(len(days), SHOWN_MONTHS)]
    ids = [None, *(tier.id for tier in scheme.tiers)]
    colours = (BELOW_ALL, *choose_tier_colours(len(scheme.tiers)))
    shares: list[tuple[int, float, float, str]] = []
    counts = [dict(tiers.filter(pl.col("month") == day).select("tier", "residents").iter_rows()) for day in days]
    for place, found in enumerate(counts):
        total, at = max(1, sum(found.values())), 0.0
        for tier, colour in zip(ids, colours, strict=True):
            share = found.get(tier, 0) / total
            if share:
                shares.append((place, at, at + share, colour))
            at += share
    kept = [k for k, tier in enumerate(ids) if any(found.get(tier, 0) for found in counts)]
    names = [say.tier(tier or "") for tier in ids]
    last, total = counts[-1], max(1, sum(counts[-1].values()))
    at_end = say("and").join(f"{names[k]} {say.percent(last.get(ids[k], 0) / total)}" for k in kept)
    labels = label_months(days, say.language)
    picture = draw_picture(
        lambda width: draw_shares(width, labels, shares, y_title=say("tiers.y"), is_spaced=True),
        say("tiers.alt", n=len(days), shares=at_end),
    )
    rows = [
        [say.month(day), *(say.count(found.get(ids[k], 0)) for k in kept)]
        for day, found in zip(days, counts, strict=True)
    ]
    table = make_table(say("tiers.chart"), [say("month"), *(names[k] for k in kept)], rows)
    legend = tuple((names[k], colours[k]) for k in kept)
    return Figure(say("tiers.chart"), say("tiers.unit"), picture, legend, table)


def _draw_mobility(facts: SocietyFacts, say: Say) -> Figure:
    moves = facts.transitions
    used = set(moves["before"]) | set(moves.filter(pl.col("moves") > 0)["after"])
    order = [name for name in ("outside", "", *(tier.id for tier in facts.run.scheme.tiers)) if name in used]
    if all(
        n == 0 for a, b, n in moves.select("before", "after", "moves").iter_rows() if "outside" in (a, b) and a != b
    ):
        order = [name for name in order if name != "outside"]
    place = {name: k for k, name in enumerate(order)}
    cells = [
        (place[a], place[b], say.count(n), say.percent(share, 0 if share > 0.0995 or not share else 1), share)
        for a, b, n, share in moves.iter_rows()
        if a in place and b in place
    ]
    names = [say.tier(name) for name in order]
    is_yearly = facts.every_months == 12
    suffix = "" if is_yearly else ".month"
    stay = say("and").join(f"{names[a]} {words}" for a, b, _, words, _ in cells if a == b)
    picture = draw_picture(
        lambda width: draw_heat(width, names, cells, x_title=say(f"mobility.x{suffix}"), y_title=say("mobility.y")),
        say("mobility.alt", stay=stay),
    )
    found = {(a, b): (count, words) for a, b, count, words, _ in cells}
    rows = [
        [names[a], *(f"{found[a, b][0]} ({found[a, b][1]})" if (a, b) in found else "–" for b in place.values())]
        for a in place.values()
    ]
    title = say("mobility.chart" if is_yearly else "mobility.monthly")
    unit = say("mobility.unit", n=facts.run.months.height // 12 - 1) if is_yearly else say("mobility.unit.month")
    return Figure(title, unit, picture, (), make_table(title, [say("mobility.y"), *names], rows))


def build_lists(facts: SocietyFacts, say: Say) -> Section | None:
    """Lists; None where the scheme has none."""
    scheme, spells = facts.run.scheme, facts.spells
    if not scheme.lists:
        return None
    if not spells.height:
        return Section("lists", say("lists"), (Paragraph(say("lists.nobody")),))
    days = facts.run.months["month"]
    colours = dict(zip((each.id for each in scheme.lists), LINES * len(scheme.lists), strict=False))
    used = [each.id for each in scheme.lists if spells.filter(pl.col("list") == each.id).height]
    names = {each: say.words.own_list(each) for each in used}
    counts = {each: count_listed(spells.filter(pl.col("list") == each), days) for each in used}
    lines: list[Line] = [(names[each], colours[each], [float(n) for n in counts[each]]) for each in used]
    now = say("and").join(f"{names[each]} {say.count(counts[each][-1])}" for each in used)
    legend = tuple((names[each], colours[each]) for each in used)
    over_time = draw_picture(
        lambda width: draw_series(width, days.to_list(), lines, y_title=say.subjects), say("lists.alt", now=now)
    )
    rows = [[say.month(days[k]), *(say.count(counts[each][k]) for each in used)] for k in thin(days.len())]
    first = Figure(
        say("lists.chart"), say("lists.unit", subjects=say.subjects), over_time, legend,
        make_table(say("lists.chart"), [say("month"), *(names[each] for each in used)], rows),
    )  # fmt: skip
    return Section("lists", say("lists"), (first, _draw_spells(facts, say, used, colours), _tabulate_lists(facts, say)))


def _draw_spells(facts: SocietyFacts, say: Say, used: list[str], colours: Mapping[str, str]) -> Figure:
    curves: list[tuple[str, str, list[tuple[float, float]]]] = []
    rows: list[list[str]] = []
    year: list[str] = []
    for each in used:
        own = facts.spells.filter(pl.col("list") == each)
        survival = estimate_survival(own["days"].to_numpy(), own["closed_on"].is_not_null().to_numpy())
        steps = [(0.0, 100.0), *((d / DAYS_A_YEAR, 100 * s) for d, s in survival.select("days", "share").iter_rows())]
        longest = int(own["days"].max() or 0)  # pyright: ignore[reportArgumentType]
        curves.append((say.words.own_list(each), colours[each], [*steps, (longest / DAYS_A_YEAR, steps[-1][1])]))
        shares = [say.percent(find_share(survival, d)) if d <= longest else "–" for d in (91, 182, 365, 730, 1095)]
        rows.append([say.words.own_list(each), *shares])
        year.append(f"{say.words.own_list(each)} {shares[2]}")
    picture = draw_picture(
        lambda width: draw_survival(width, curves, x_title=say("years_since"), y_title=say("percent")),
        say("lists.still.alt", year=say("and").join(year)),
    )
    heads = [say("col.list"), *(say.words.count("month", m) for m in (3, 6, 12, 24, 36))]
    legend = tuple((say.words.own_list(each), colours[each]) for each in used)
    return Figure(
        say("lists.still"), say("lists.still.unit"), picture, legend, make_table(say("lists.still"), heads, rows)
    )


def _tabulate_lists(facts: SocietyFacts, say: Say) -> Block:
    rows = [
        [say.words.own_list(row["list"]), say(f"kind.{row['kind']}"), say.count(row["residents"]),
         say.count(row["spells"]), say.count(row["open"]),
         "–" if not row["spells"] else say("longer") if row["median_days"] is None else say.count(row["median_days"]),
         say.percent(row["share_1y"]), say.percent(row["share_2y"])]
        for row in facts.lists.iter_rows(named=True)
    ]  # fmt: skip
    keys = ("list", "kind", "ever", "spells", "open", "median_days", "after_1y", "after_2y")
    heads = [say(f"col.{key}") for key in keys]
    return make_table(say("lists.table"), heads, rows, words=2, style="cards")
