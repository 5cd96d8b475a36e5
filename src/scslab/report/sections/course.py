"""How scores and tiers changed over time."""

from __future__ import annotations

from datetime import date

from scslab.ground.dates import Calendar
from scslab.report.blocks import Block, Column, Figure, Paragraph, Section, Table
from scslab.report.charts import draw_bands, draw_shares
from scslab.report.colours import BANDS, BELOW_ALL
from scslab.report.drawing import draw_picture
from scslab.report.facts import Facts
from scslab.report.formats import format_count, format_month, format_share
from scslab.report.over_time import Timeline
from scslab.report.words import Words


def build_course(facts: Facts, words: Words) -> Section | None:
    """Tiers and scores on a few days; None where there is no entry, or nothing but one day."""
    timeline = facts.timeline
    if timeline is None or len(timeline.days) < 2 or not facts.quantiles:
        return None
    since, until = words.day(timeline.days[0]), words.day(timeline.days[-1])
    medians = {
        "median_before": words.score(timeline.quantiles[0, 2]),
        "median_after": words.score(timeline.quantiles[-1, 2]),
    }
    is_steady = medians["median_before"] == medians["median_after"]
    said = words("time.steady" if is_steady else "time.moved", **medians)
    sentence = words("time.sentence_plain", since=since, until=until)
    if timeline.tiers:
        before, after = (format_share(timeline.counts[k, -2], facts.subjects) for k in (0, -1))
        tier = words("quote", text=words.tier(timeline.tiers[-1]))
        sentence = words("time.sentence", since=since, until=until, before=before, after=after, tier=tier)
    how = words("time.how", unit=words(f"unit.{timeline.unit.value}"), until=until)
    if timeline.is_thinned:
        how += words("join") + words("time.thinned", n=len(timeline.days))
    blocks: list[Block] = [Paragraph(sentence + words("join") + said)]
    if timeline.tiers:
        blocks.append(_draw_tiers(facts, timeline, words))
    blocks += [_draw_scores(timeline, words), Paragraph(how, "note")]
    return Section("time", words("section.time"), tuple(blocks))


def label_days(days: tuple[date, ...], unit: Calendar, language: str) -> list[str]:
    r"""Short labels for an axis; the year stands below the first day of each year.

    Example:
        >>> label_days((date(2013, 9, 30), date(2013, 12, 31), date(2014, 3, 31)), Calendar.QUARTER, "en")
        ['Q3\n2013', 'Q4', 'Q1\n2014']
    """
    labels: list[str] = []
    for k, day in enumerate(days):
        if unit is Calendar.YEAR:
            labels.append(str(day.year))
            continue
        short = format_month(day, language) if unit is Calendar.MONTH else f"Q{(day.month + 2) // 3}"
        is_new = k == 0 or days[k - 1].year != day.year
        labels.append(f"{short}\n{day.year}" if is_new else short)
    return labels


def _draw_tiers(facts: Facts, timeline: Timeline, words: Words) -> Figure:
    tiers: list[str | None] = [*timeline.tiers, None]
    order = [len(tiers) - 1, *range(len(tiers) - 1)]  # those below all tiers lie at the bottom
    bars: list[tuple[int, float, float, str]] = []
    for place, row in enumerate(timeline.counts):
        base = 0.0
        for k in order:
            share = float(row[k]) / facts.subjects
            if share:
                bars.append((place, base, base + share, facts.colour_of(tiers[k]) if k < len(tiers) - 1 else BELOW_ALL))
                base += share
    shown = [k for k in range(len(tiers)) if timeline.counts[:, k].any()]
    moves = [
        words(
            "time.alt_tier",
            tier=words.tier(tiers[k]),
            before=format_share(timeline.counts[0, k], facts.subjects),
            after=format_share(timeline.counts[-1, k], facts.subjects),
        )
        for k in shown
    ]
    since, until = words.day(timeline.days[0]), words.day(timeline.days[-1])
    labels = label_days(timeline.days, timeline.unit, words.language)
    picture = draw_picture(
        lambda pixels: draw_shares(
            pixels,
            labels,
            bars,
            y_title=words("time.tiers_y", subjects=words.subjects),
            is_spaced=timeline.unit is Calendar.YEAR,
        ),
        words("time.tiers_alt", n=len(timeline.days), since=since, until=until, tiers=words("join").join(moves)),
    )
    columns = (Column(words("column.day")), *(Column(words.tier(tiers[k]), True) for k in reversed(shown)))
    rows = tuple(
        (
            day.isoformat(),
            *(f"{format_count(int(row[k]))} ({format_share(row[k], facts.subjects)})" for k in reversed(shown)),
        )
        for day, row in zip(timeline.days, timeline.counts, strict=True)
    )
    return Figure(
        title=words("time.tiers_title"),
        subtitle=words("time.tiers_subtitle", subjects=words.subjects),
        picture=picture,
        legend=tuple((words.tier(tiers[k]), facts.colour_of(tiers[k])) for k in shown),
        numbers=Table(words("time.tiers_title"), columns, rows),
    )


def _draw_scores(timeline: Timeline, words: Words) -> Figure:
    first, last = timeline.quantiles[0], timeline.quantiles[-1]
    low, high = words.score(last[1]), words.score(last[3])
    picture = draw_picture(
        lambda pixels: draw_bands(
            pixels, timeline.days, timeline.quantiles.tolist(), y_title=words("scores.x", score=words.score_name)
        ),
        words("time.scores_alt", before=words.score(first[2]), after=words.score(last[2]), low=low, high=high),
    )
    heads = [words("column.median") if p == 50 else words("column.quantile", percent=p) for p in (5, 25, 50, 75, 95)]
    columns = (Column(words("column.day")), *(Column(head, True) for head in heads))
    rows = tuple(
        (day.isoformat(), *(words.score(float(q)) for q in row))
        for day, row in zip(timeline.days, timeline.quantiles, strict=True)
    )
    names = ("time.legend_most", "time.legend_half", "time.legend_median")
    return Figure(
        title=words("time.scores_title"),
        subtitle=words("time.scores_subtitle", subjects=words.subjects),
        picture=picture,
        legend=tuple((words(name), colour) for name, colour in zip(names, BANDS, strict=True)),
        numbers=Table(words("time.scores_title"), columns, rows),
    )
