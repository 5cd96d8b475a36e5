"""The numbers of an experiment: effects with paired intervals, curves with bands, and where it all comes from."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from scslab.report.blocks import Block, Figure, Folded, Paragraph, Section, Table
from scslab.report.colours import INK, LINES, MUTED
from scslab.report.drawing import draw_picture
from scslab.report.society.charts import Band, Line, draw_ladder, draw_series
from scslab.report.society.experiment_facts import (
    MAIN,
    ExperimentFacts,
    format_measure,
    get_unit,
    name_measure,
    name_scenario,
    scale_of,
)
from scslab.report.society.months import thin
from scslab.report.society.say import Say
from scslab.report.tables import make_table
from scslab.society.experiment.paired import FEW

SHOWN_MONTHS = 12


def build_effects(facts: ExperimentFacts, say: Say) -> Section | None:
    """Effects at the end; None where nothing is compared."""
    if not facts.others:
        return None
    against = name_scenario(facts.result, facts.result.experiment.against, say)
    level = say.percent(facts.result.experiment.confidence, 0)
    words = {"against": against, "level": level}
    replicates = say.words.count("replicate", facts.replicates)
    lead = say(f"x.effects.lead{facts.kind}", replicates=replicates, month=say.month(facts.last), **words)
    blocks: list[Block] = [Paragraph(lead), *(say_few(facts, say) if facts.has_draws else [])]
    blocks += [_draw_effects(facts, measure, words, say) for measure in MAIN if measure in facts.moved]
    blocks.append(Folded(say("x.effects.table"), (_tabulate_effects(facts, say),)))
    return Section("effects", say("x.effects"), tuple(blocks))


def say_few(facts: ExperimentFacts, say: Say) -> list[Block]:
    """That a band of few replicates says little; nothing where there are enough, or where there is no band."""
    if not 1 < facts.replicates < FEW:
        return []
    return [Paragraph(say("x.few", replicates=say.words.count("replicate", facts.replicates)), "note")]


def _draw_effects(facts: ExperimentFacts, measure: str, words: dict[str, str], say: Say) -> Figure:
    scale, rows, body = scale_of(measure), list[tuple[str, float | None, float, float, str]](), list[list[str]]()
    for each in facts.others:
        effect = facts.find_effect(each, measure)
        if effect is None:
            continue
        value = effect["difference"]
        keys = facts.ends
        low, high = (value if effect[key] is None else effect[key] for key in keys)
        name, said = name_scenario(facts.result, each, say), format_measure(value, measure, say, is_signed=True)
        name += _say_pairs(facts, effect, say)
        rows.append((name, scale * value, scale * low, scale * high, said))
        ends = [format_measure(effect[key], measure, say, is_signed=True) for key in keys]
        body.append([name, said, *ends])
    unit = say(f"unit.{get_unit(measure)}")
    picture = draw_picture(
        lambda width: draw_ladder(width, rows, x_title=unit, colour=LINES[0], has_zero_line=True),
        say("x.effects.alt", items=say("and").join(f"{row[0]} {row[4]}" for row in rows)),
    )
    heads = [say(key) for key in ("x.col.scenario", "x.col.difference", "col.low", "col.high")]
    title = name_measure(measure, say)
    caption = {".draws": "x.effects.band", ".one": "x.effects.one"}.get(facts.kind, "x.effects.unit")
    return Figure(title, say(caption, unit=unit, **words), picture, (), make_table(title, heads, body))


def _tabulate_effects(facts: ExperimentFacts, say: Say) -> Table:
    rows: list[list[str]] = []
    for measure in facts.moved:
        for each in facts.others:
            effect = facts.find_effect(each, measure)
            if effect is None or not effect["difference"]:
                continue
            low, high = (format_measure(effect[key], measure, say, is_signed=True) for key in ("low", "high"))
            ratio = effect["variance_ratio"]
            rows.append(
                [
                    name_measure(measure, say) + _say_pairs(facts, effect, say), name_scenario(facts.result, each, say),
                    format_measure(effect["mean_against"], measure, say), format_measure(effect["mean"], measure, say),
                    format_measure(effect["difference"], measure, say, is_signed=True),
                    "–" if effect["low"] is None else f"{low} … {high}",
                    *([_format_band(effect, measure, say)] if facts.has_draws else []),
                    say.number(ratio, 1),
                ]
            )  # fmt: skip
    left = facts.result.outcomes["measure"].n_unique() - len(facts.moved)
    notes = [say("x.effects.note")] + ([say("x.effects.more", n=left)] if left else [])
    band = ("band",) if facts.has_draws else ()
    keys = ("measure", "scenario", "against", "mean", "difference", "interval", *band, "ratio")
    heads = [say(f"x.col.{key}") for key in keys]
    return make_table(say("x.effects.table"), heads, rows, words=2, note=say("join").join(notes), style="cards")


def _say_pairs(facts: ExperimentFacts, effect: dict[str, Any], say: Say) -> str:
    """How many pairs an effect rests on, where these are not all replicates; else nothing."""
    pairs = int(effect["replicates"])
    return say("x.pairs", pairs=pairs, replicates=facts.replicates) if pairs < facts.replicates else ""


def _format_band(effect: dict[str, Any], measure: str, say: Say) -> str:
    ends = (format_measure(effect[key], measure, say, is_signed=True) for key in ("band_low", "band_high"))
    return " … ".join(ends)


def build_curves(facts: ExperimentFacts, say: Say) -> Section:
    """Each scenario over time, and when effects set in."""
    lead = say("x.curves.one" if facts.replicates == 1 else "x.curves.draws" if facts.has_draws else "x.curves.lead")
    present = set(facts.result.outcomes["measure"])
    blocks: list[Block] = [Paragraph(lead), *say_few(facts, say)]
    blocks += [
        _draw_curves(facts, measure, say)
        for measure in MAIN
        if measure in present and (measure in facts.moved or measure == MAIN[0])
    ]
    if "taking_part" in facts.moved:
        blocks.append(_draw_course(facts, "taking_part", say))
    return Section("curves", say("x.curves"), tuple(blocks))


def _choose_colours(facts: ExperimentFacts) -> dict[str, str]:
    """A colour for each scenario; what the others are compared with is dark."""
    colours = {each: LINES[k % len(LINES)] for k, each in enumerate(facts.others)}
    return {facts.result.experiment.against: INK, **colours}


def _by_day(rows: pl.DataFrame, column: str, days: list[date], scale: float) -> list[float | None]:
    found = dict(rows.select("month", column).iter_rows())
    return [None if found.get(day) is None else scale * found[day] for day in days]


def _draw_curves(facts: ExperimentFacts, measure: str, say: Say) -> Figure:
    found, colours, scale = facts.summarise(measure), _choose_colours(facts), scale_of(measure)
    days = found["month"].unique().sort().to_list()
    lines, bands = list[Line](), list[Band]()
    for each, colour in colours.items():
        own = found.filter(pl.col("scenario") == each)
        lines.append((name_scenario(facts.result, each, say), colour, _by_day(own, "mean", days, scale)))
        if facts.replicates > 1:
            bands.append((colour, _by_day(own, "low", days, scale), _by_day(own, "high", days, scale)))
    kind = get_unit(measure)
    unit = say("unit.percent", subjects=say.subjects) if kind == "share" else say(f"unit.{kind}")
    ends = [f"{name} {say.number(values[-1], 1)}" for name, _, values in lines]
    title = name_measure(measure, say)
    picture = draw_picture(
        lambda width: draw_series(width, days, lines, y_title=unit, bands=bands, has_zero=get_unit(measure) != "score"),
        say("x.curves.alt", items=say("and").join(ends)),
    )
    shown = thin(len(days), SHOWN_MONTHS)
    rows = [[say.month(days[k]), *(say.number(values[k], 2) for _, _, values in lines)] for k in shown]
    table = make_table(title, [say("month"), *(name for name, _, _ in lines)], rows)
    legend = tuple((name, colour) for name, colour, _ in lines)
    replicates = say.words.count("replicate", facts.replicates)
    caption = say("x.curves.unit", unit=unit, replicates=replicates) if facts.replicates > 1 else unit
    return Figure(title, caption, picture, legend, table)


def _draw_course(facts: ExperimentFacts, measure: str, say: Say) -> Figure:
    colours, scale = _choose_colours(facts), scale_of(measure)
    effects = facts.result.effects.filter(pl.col("measure") == measure)
    days = effects["month"].unique().sort().to_list()
    lines, bands = list[Line](), list[Band]()
    for each in facts.others:
        own = effects.filter(pl.col("scenario") == each)
        lines.append((name_scenario(facts.result, each, say), colours[each], _by_day(own, "difference", days, scale)))
        if facts.replicates > 1:
            low, high = (_by_day(own, key, days, scale) for key in facts.ends)
            bands.append((colours[each], low, high))
    unit = say(f"unit.{get_unit(measure)}")
    title = f"{say('x.course')}: {name_measure(measure, say)}"
    ends = [f"{name} {say.signed(values[-1], 2)}" for name, _, values in lines]
    picture = draw_picture(
        lambda width: draw_series(width, days, lines, y_title=unit, bands=bands, is_zero_marked=True),
        say("x.course.alt", items=say("and").join(ends)),
    )
    shown = thin(len(days), SHOWN_MONTHS)
    rows = [[say.month(days[k]), *(say.signed(values[k], 2) for _, _, values in lines)] for k in shown]
    table = make_table(title, [say("month"), *(name for name, _, _ in lines)], rows)
    words = {
        "against": name_scenario(facts.result, facts.result.experiment.against, say),
        "level": say.percent(facts.result.experiment.confidence, 0),
    }
    legend = (*((name, colour) for name, colour, _ in lines), (words["against"], MUTED))
    caption = {".draws": "x.course.band", ".one": "x.course.one"}.get(facts.kind, "x.course.unit")
    return Figure(title, say(caption, unit=unit, **words), picture, legend, table)


def build_provenance(facts: ExperimentFacts, say: Say) -> Section:
    """What is needed to make it again."""
    manifest, base = facts.result.manifest, facts.result.experiment.base
    rows = [
        [say("item.scheme"), f"{say.words.text(base.scheme.title)} (`{base.scheme.id}`)"],
        [say("item.profile"), f"{base.profile.title.in_language(say.language)} (`{base.profile.id}`)"],
        [say("item.seed"), f"{base.seed}, 0 – {facts.replicates - 1}"],
        [say("x.runs"), say.count(int(manifest["runs"]))],
        *([say(f"x.{key}"), f"`{manifest[key]}`"]
          for key in ("outcomes_digest", "effects_digest", "runs_digest", "code_digest")),
        [say("item.version"), str(manifest["version"])],
    ]  # fmt: skip
    table = make_table(say("x.provenance"), [say("col.item"), say("col.value")], rows, words=2, style="cards")
    return Section("provenance", say("x.provenance"), (Paragraph(say("x.provenance.lead")), table))
