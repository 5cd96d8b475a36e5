"""False entries: how many, how they end, how long they live."""

from __future__ import annotations

import polars as pl

from scslab.ledger.columns import EVENT_ID, TYPE
from scslab.report.blocks import Block, Figure, Paragraph, Section
from scslab.report.colours import GAIN, LOSS
from scslab.report.drawing import draw_picture
from scslab.report.society.charts import draw_series, draw_survival
from scslab.report.society.facts import SocietyFacts
from scslab.report.society.months import thin
from scslab.report.society.say import Say
from scslab.report.tables import make_table
from scslab.scheme.model import ScoreKind
from scslab.society.mechanics.behaviour import Sign
from scslab.society.outcomes.false_entries import ENDS, count_standing
from scslab.society.outcomes.lists import DAYS_A_YEAR
from scslab.society.outcomes.survival import estimate_survival, find_share

SHOWN_TYPES = 8
MANY = 0.2
"""The share of false ones among records of bad conduct from which on the page says why there are so many."""


def build_errors(facts: SocietyFacts, say: Say) -> Section:
    """The lives of false entries."""
    false = facts.false_entries
    if not false.height:
        return Section("errors", say("errors"), (Paragraph(say("minute.nofalse")),))
    ends = {end: false.filter(pl.col("end") == end).height for end in ENDS}
    points = float(false["points"].sum() or 0)
    counts = {
        "n": false.height, "challenged": int(false["is_challenged"].sum()), "upheld": ends["upheld"],
        "lapsed": ends["lapsed"] + ends["restarted"], "standing": false["ended_on"].null_count(),
    }  # fmt: skip
    lead = say(
        "errors.lead" if points else "errors.lead.no_points", points=say.number(abs(points), 0),
        **{name: say.count(number) for name, number in counts.items()},
    )  # fmt: skip
    if facts.run.scheme.lists:
        more = say("errors.lists", delisted=say.count(ends["delisted"]), idle=say.count(ends["idle"]))
        lead = say("join").join([lead, more])
    blocks: list[Block] = [Paragraph(lead)]
    blocks += _warn_of_many(facts, say)
    if under_way := sum(facts.run.months["false_entries"].to_list()) - false.height:
        blocks.append(
            Paragraph(say("errors.months", under_way=say.count(under_way), n=say.count(false.height)), "note")
        )
    scheme = facts.run.scheme
    if scheme.objection is None:
        blocks.append(Paragraph(say("errors.no_objection"), "boundary"))
    if scheme.score.kind is ScoreKind.INDEX:
        blocks.append(Paragraph(say("errors.index"), "note"))
    blocks.append(_draw_stock(facts, say))
    if false["end"].is_not_null().any():
        blocks += [_draw_life(facts, say), _tabulate_ends(facts, say)]
    blocks.append(_tabulate_types(facts, say))
    return Section("errors", say("errors"), tuple(blocks))


def _warn_of_many(facts: SocietyFacts, say: Say) -> list[Block]:
    """Why so many records of bad conduct are false, where more than `MANY` of them are."""
    run = facts.run
    names = [each.name for each in run.plan.conduct if each.sign is Sign.NEGATIVE]
    bad = run.recorded.filter(pl.col(TYPE).cast(pl.String).is_in(names))[EVENT_ID]
    kinds = run.causes.filter(pl.col(EVENT_ID).is_in(bad.implode()))["kind"].cast(pl.String)
    conduct = int(kinds.is_in(["true", "false"]).sum())
    false = int((kinds == "false").sum())
    if false <= MANY * conduct:
        return []
    rate = f"{run.plan.values['observation.false_rate']:g}"
    return [Paragraph(say("errors.many", share=say.percent(false / conduct), rate=rate), "boundary")]


def _draw_stock(facts: SocietyFacts, say: Say) -> Figure:
    days = facts.run.months["month"]
    stock = count_standing(facts.false_entries, days)
    picture = draw_picture(
        lambda width: draw_series(
            width, days.to_list(), [(say("errors.chart"), LOSS, [float(n) for n in stock])], y_title=say("errors.y")
        ),
        say("errors.alt", first=say.count(stock[0]), last=say.count(stock[-1]), most=say.count(max(stock))),
    )
    rows = [[say.month(days[k]), say.count(stock[k])] for k in thin(days.len())]
    table = make_table(say("errors.chart"), [say("month"), say("errors.y")], rows)
    return Figure(say("errors.chart"), say("errors.unit"), picture, (), table)


def _draw_life(facts: SocietyFacts, say: Say) -> Figure:
    false = facts.false_entries
    parts = [
        (say("errors.challenged"), GAIN, false.filter(pl.col("is_challenged"))),
        (say("errors.unchallenged"), LOSS, false.filter(~pl.col("is_challenged"))),
    ]
    curves: list[tuple[str, str, list[tuple[float, float]]]] = []
    rows: list[list[str]] = []
    for name, colour, own in parts:
        if not own.height:
            continue
        survival = estimate_survival(own["days"].to_numpy(), own["ended_on"].is_not_null().to_numpy())
        steps = [(0.0, 100.0), *((d / DAYS_A_YEAR, 100 * s) for d, s in survival.select("days", "share").iter_rows())]
        longest = int(own["days"].max() or 0)  # pyright: ignore[reportArgumentType]
        curves.append((name, colour, [*steps, (longest / DAYS_A_YEAR, steps[-1][1])]))
        shares = [say.percent(find_share(survival, d)) if d <= longest else "–" for d in (91, 182, 365, 730)]
        rows.append([f"{name} ({say.count(own.height)})", *shares])
    whole = estimate_survival(false["days"].to_numpy(), false["ended_on"].is_not_null().to_numpy())
    picture = draw_picture(
        lambda width: draw_survival(width, curves, x_title=say("since_recorded"), y_title=say("percent")),
        say("errors.life.alt", half=say.percent(find_share(whole, 182)), year=say.percent(find_share(whole, 365))),
    )
    heads = [say("col.number"), *(say.words.count("month", m) for m in (3, 6, 12, 24))]
    legend = tuple((name, colour) for name, colour, _ in curves)
    table = make_table(say("errors.life"), heads, rows)
    return Figure(say("errors.life"), say("errors.life.unit"), picture, legend, table)


def _tabulate_ends(facts: SocietyFacts, say: Say) -> Block:
    false = facts.false_entries
    rows: list[list[str]] = []
    for end in (*ENDS, None):
        own = false.filter(pl.col("end").is_null() if end is None else pl.col("end") == end)
        if own.height:
            days = own["days"].median()
            median = say.number(float(days), 0) if isinstance(days, int | float) and end else "–"
            share = say.percent(own.height / false.height)
            rows.append([say(f"end.{end or 'standing'}"), say.count(own.height), share, median])
    heads = [say(key) for key in ("col.end", "col.number", "col.share", "col.median_life")]
    return make_table(say("errors.table"), heads, rows)


def _tabulate_types(facts: SocietyFacts, say: Say) -> Block:
    found = (
        facts.false_entries.group_by("type")
        .agg(pl.len().alias("number"), pl.col("points").sum(), pl.col("end").is_null().sum().alias("standing"))
        .sort(["number", "type"], descending=[True, False])
    )
    rows = [
        [say.words.event(row["type"]), say.count(row["number"]),
         say.number(row["points"], 0) if facts.run.entries.width else "–", say.count(row["standing"])]
        for row in found.head(SHOWN_TYPES).iter_rows(named=True)
    ]  # fmt: skip
    heads = [say("col.type"), say("col.number"), say("col.points"), say("end.standing")]
    note = say.words("more_rows", n=found.height - SHOWN_TYPES) if found.height > SHOWN_TYPES else ""
    return make_table(say("errors.types"), heads, rows, note=note)
