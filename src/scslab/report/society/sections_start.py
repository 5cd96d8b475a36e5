"""The sections that open a simulation's report: what to know before reading, the minute, adoption, the gap."""

from __future__ import annotations

from datetime import date

import polars as pl

from scslab.report.blocks import Block, Bullets, Figure, KeyFigures, Paragraph, Section
from scslab.report.colours import GAIN, INK, LINES, LOSS
from scslab.report.drawing import draw_picture
from scslab.report.formats import format_share
from scslab.report.society.charts import Line, draw_series
from scslab.report.society.facts import SocietyFacts
from scslab.report.society.months import thin
from scslab.report.society.say import Say
from scslab.report.tables import make_table
from scslab.scheme.model import Participation
from scslab.society.mechanics.table import PARAMETERS
from scslab.society.outcomes.groups import LEAST_PARTICIPANTS, find_start_tier
from scslab.society.outcomes.survival import estimate_survival, find_median
from scslab.society.setting import Setting

EVEN = 0.005
"""Below this difference acceptance and participation are told as equal."""


def build_first(facts: SocietyFacts, say: Say) -> Section:
    """What the numbers are and are not."""
    setting = facts.run.setting
    parameters = PARAMETERS.values()
    priors = sum(p.source == "prior" for p in parameters)
    people = "first.people" if say.words.is_private else "first.people.business"
    items = [
        say(people, n=say.words.count_subjects(facts.n), place=setting.profile.title.in_language(say.language)),
        say(
            "first.scheme",
            all=len(parameters),
            priors=priors,
            published=len(parameters) - priors,
            measured="" if setting.values else say("first.scheme.none"),
        ),
        say("first.levels"),
        say("first.differences"),
        say("first.luck"),
    ]
    if not asks(setting):
        items.append(say("first.hypothetical"))
    changed = [f"`{name}`" for name in (*setting.values, *setting.rates)]
    if changed:
        items.insert(2, say("first.changed", names=say("and").join(changed)))
    return Section("first", say("first"), (Bullets(tuple(items)),))


def asks(setting: Setting) -> bool:
    """Whether residents are asked at the end, or enrolled without it."""
    return setting.at(date.max).scheme.participation is Participation.OPT_IN


def build_minute(facts: SocietyFacts, say: Say) -> Section:
    """The run in a few numbers and sentences."""
    last = facts.run.months.row(-1, named=True)
    accept, part = float(last["acceptance"]), last["taking_part"] / facts.n
    conduct = facts.run.causes.filter(pl.col("kind").is_in(["true", "false"])).height
    false = facts.false_entries
    figures = [
        (say.percent(last["aware"] / facts.n), say("key.aware")),
        (say.percent(part), say("key.in")),
        (say.percent(accept), say("key.accept" if asks(facts.run.setting) else "key.accept.hypothetical")),
        (say.count(facts.run.recorded.height), say("key.recorded")),
        *([(format_share(false.height, conduct), say("key.false"))] if conduct else []),
        *_say_median_life(facts, say),
    ]
    gap = accept - part
    is_free = facts.run.scheme.participation is Participation.OPT_IN
    which = (
        "minute.even" if abs(gap) < EVEN else "minute.more" if gap > 0 else "minute.again" if is_free else "minute.less"
    )
    lead = say(which, accept=say.percent(accept), part=say.percent(part), gap=say.number(abs(100 * gap), 1))
    return Section(
        "minute",
        say("minute"),
        (
            *_warn(facts, say),
            KeyFigures(tuple(figures)),
            Paragraph(lead, "lead"),
            Bullets(tuple(_list_findings(facts, say, conduct))),
        ),
    )


def _warn(facts: SocietyFacts, say: Say) -> list[Block]:
    """That nobody took part, or that the scheme was not in force: then most of the page is empty."""
    told = [say.closed(each) for each in facts.closed]
    if not facts.has_participants:
        told.insert(0, say("nobody"))
    return [Paragraph(text, "boundary") for text in told]


def _say_median_life(facts: SocietyFacts, say: Say) -> list[tuple[str, str]]:
    """How long half of the false entries live; where more than half outlast the run, for how long they were watched."""
    false = facts.false_entries
    if not false.height:
        return []
    median = find_median(estimate_survival(false["days"].to_numpy(), false["ended_on"].is_not_null().to_numpy()))
    if median is not None:
        return [(say.words.count("day", median), say("key.life"))]
    longest = int(false["days"].max() or 0)  # pyright: ignore[reportArgumentType]
    return [(say.words.count("day", longest), say("key.never"))]


def _list_findings(facts: SocietyFacts, say: Say, conduct: int) -> list[str]:
    found: list[str] = []
    last = facts.run.months.row(-1, named=True)
    if facts.transitions.height and last["taking_part"]:
        found.append(_say_moves(facts, say))
    for row in facts.lists.filter(pl.col("residents") > 0).iter_rows(named=True):
        ever, name = say.words.count_subjects(row["residents"]), say.words.own_list(row["list"])
        found.append(say("minute.lists", ever=ever, list=name, now=say.count(row["open"])))
    false = facts.false_entries
    if false.height:
        stand = false.filter(pl.col("ended_on").is_null()).height / false.height
        shares = {"share": format_share(false.height, conduct), "stand": say.percent(stand)}
        found.append(say("minute.false", n=say.count(false.height), **shares))
    else:
        found.append(say("minute.nofalse"))
    found += _say_groups(facts, say)
    return found


def _say_moves(facts: SocietyFacts, say: Say) -> str:
    """Who rises, who falls, who stands lowest."""
    scheme, agents = facts.run.scheme, facts.run.tiers
    ranks = {tier.id: place for place, tier in enumerate(scheme.tiers)}
    moves = facts.transitions.filter(pl.col("before").is_in(list(ranks)) & pl.col("after").is_in(list(ranks)))
    pairs = [(ranks[a], ranks[b], n) for a, b, n in moves.select("before", "after", "moves").iter_rows()]
    years = facts.every_months / 12
    total = sum(n for _, _, n in pairs) or 1
    up, down = (sum(n for a, b, n in pairs if (b - a) * sign > 0) / total / years for sign in (1, -1))
    at_end = agents.filter(pl.col("month") == pl.col("month").max())
    start = find_start_tier(facts.run)
    low_ids = [tier.id for tier in scheme.tiers[: start or 1]]
    low = at_end.filter(pl.col("tier").is_in(low_ids))["residents"].to_list()
    share = sum(low) / max(1, sum(at_end["residents"].to_list()))
    where = say("where.below" if start else "where.lowest", tier=say.tier(scheme.tiers[start].id))
    return say("minute.tiers", up=say.percent(up), down=say.percent(down), low=say.percent(share), where=where)


def _say_groups(facts: SocietyFacts, say: Say) -> list[str]:
    """By which dimension mean scores differ most, if by any beyond luck; nothing where no scores can be compared."""
    tested = facts.between.filter((pl.col("of") == "score") & pl.col("p").is_not_null())
    if not tested.height:
        return []
    beyond = tested.filter("is_beyond_luck").sort("share", descending=True)
    if not beyond.height:
        return [say("minute.groups.none")]
    dimension = str(beyond["dimension"][0])
    is_counted = (pl.col("participants") >= LEAST_PARTICIPANTS) & pl.col("score").is_not_null()
    own = facts.groups.filter((pl.col("dimension") == dimension) & is_counted).sort("score")
    names = {key: say.category(dimension, str(own["category"][k])) for key, k in (("low", 0), ("high", -1))}
    gap = say.number(float(own["score"][-1] - own["score"][0]), 1)
    return [say("minute.groups", dimension=say.dimension(dimension).lower(), gap=gap, **names)]


def build_adoption(facts: SocietyFacts, say: Say) -> Section:
    """Knowing, accepting and taking part, beside what was reported."""
    months, profile = facts.run.months, facts.run.setting.profile
    days = months["month"].to_list()
    series = [
        (100 * months["aware"] / facts.n).to_list(), (100 * months["taking_part"] / facts.n).to_list(),
        (100 * months["acceptance"]).to_list(),
    ]  # fmt: skip
    names = [say(f"adoption.{key}") for key in ("aware", "in", "accept")]
    lines: list[Line] = list(zip(names, LINES, series, strict=False))
    reported = profile.participation
    inside = [(d, reported[d.year]) for d in days if d.month == 12 and d.year in reported]
    outside = [str(year) for year in reported if all(d.year != year for d, _ in inside)]
    ends = {
        f"{key}{k}": say.percent(column[place] / 100)
        for key, column in zip(("aware", "in", "accept"), series, strict=True)
        for k, place in enumerate((0, -1))
    }
    picture = draw_picture(
        lambda width: draw_series(width, days, lines, y_title=say("percent"), points=inside),
        say("adoption.alt", first=say.month(days[0]), last=say.month(days[-1]), **ends),
    )
    legend: list[tuple[str, str]] = list(zip(names, LINES, strict=False))
    note = ""
    if inside:
        legend.append((f"◆ {say('adoption.reported')}", INK))
        years = say("and").join(str(day.year) for day, _ in inside)
        note = say("adoption.reported.note", place=profile.title.in_language(say.language), years=years)
    rows = [
        [say.month(days[k]), *(say.percent(column[k] / 100) for column in series),
         say.count(months["joined"][k]), say.count(months["left"][k])]
        for k in thin(len(days))
    ]  # fmt: skip
    table = make_table(say("adoption"), [say("month"), *names, say("col.joined"), say("col.left")], rows)
    figure = Figure(
        say("adoption.chart"), say("adoption.unit", subjects=say.subjects), picture, tuple(legend), table, note
    )
    is_free = facts.run.scheme.participation is Participation.OPT_IN
    blocks: list[Block] = [Paragraph(say("adoption.optin" if is_free else "adoption.automatic")), figure]
    moved = {key: say.count(sum(months[key].to_list())) for key in ("joined", "left")}
    said = [say("adoption.moved", **moved)]
    if outside:
        said.append(say("adoption.outside", years=say("and").join(outside)))
    blocks.append(Paragraph(say("join").join(said), "note"))
    blocks.append(_draw_gap(facts, say))
    return Section("adoption", say("adoption"), tuple(blocks))


def _draw_gap(facts: SocietyFacts, say: Say) -> Figure:
    months = facts.run.months
    days = months["month"].to_list()
    gap = (100 * (months["acceptance"] - months["taking_part"] / facts.n)).to_list()
    colour = GAIN if gap[-1] >= 0 else LOSS
    picture = draw_picture(
        lambda width: draw_series(
            width, days, [(say("gap"), colour, gap)], y_title=say("gap.y"), is_zero_marked=True
        ),
        say("gap.alt", first=say.signed(gap[0], 1), since=say.month(days[0]), last=say.signed(gap[-1], 1),
            until=say.month(days[-1])),
    )  # fmt: skip
    rows = [[say.month(days[k]), say.signed(gap[k], 1)] for k in thin(len(days))]
    table = make_table(say("gap"), [say("month"), say("gap.y")], rows)
    return Figure(say("gap.chart"), say("gap.unit", subjects=say.subjects), picture, (), table)
