"""How an index scheme is laid out for its kernel: meters that count over windows, indicators that read meters."""

from __future__ import annotations

from typing import NamedTuple

from scslab.engine.layout import Array

# What a meter keeps of the events in its window.
COUNT, SUM, LATEST = range(3)

# A meter: what it keeps, the column of what its sum adds, and the window that events leave (-1: nothing leaves).
M_KIND, M_SLOT, M_WINDOW, METER_WIDTH = range(4)

# What an indicator's value is.
BY_COUNT, BY_SUM, BY_SHARE, BY_DAYS, BY_ATTRIBUTE, BY_SCORE = range(6)

# An indicator: its value, the meters it reads (of a share the part, then the whole), its window (-1: none), the column
# of its attribute or the number of the other score, and its points on the scale.
I_KIND, I_METER, I_WHOLE, I_WINDOW, I_COLUMN, I_FIRST, I_END, INDICATOR_WIDTH = range(8)

LANES = 16
"""Loops over publications run in whole lots of so many, which the processor does several at a time."""

UNITS_PER_ONE = 1_000_000
"""A sum is a whole number of millionths."""
LARGEST_SUM = 8_000_000_000_000_000_000
"""The sum in millionths beyond which nothing is counted: with one more value (at most 10^18) it still fits 64 bits."""

LARGEST_VALUE = 1e12
"""The largest value that a sum adds; what is beyond is undecided (`scslab.engine.classify.LARGEST_POINTS`)."""


class Plan(NamedTuple):
    """An index scheme as its kernel reads it.

    Attributes:
        meters: one row a meter.
        listen_offset: where the meters that listen to each type are in `listen_meter` and `listen_bits`.
        listen_meter, listen_bits: the meter, and the bits that an event must have to count for it.
        indicators: one row an indicator, in file order.
        when_none: the value of an indicator where there is nothing.
        point_value, point_scaled: the points of all scales.
        dimension_first: the first indicator of each dimension, and the number of indicators, shape (dimensions + 1,).
        epoch_day: the days from which weights and range are new; the first is 0.
        weight: weights by epoch and dimension.
        low, width: the low end of the range and its width, by epoch.
        expiry: the day on which an event of a day has left each window, shape (windows, days).
        place: how many publication days lie before a day, and (first) before the day on which an event of it has left
            each window: shape (windows + 1, days + 1), where the last column is any day after `as_of`; empty where each
            day with an event is a publication day.
        decimals: 10^decimals.
    """

    meters: Array
    listen_offset: Array
    listen_meter: Array
    listen_bits: Array
    indicators: Array
    when_none: Array
    point_value: Array
    point_scaled: Array
    dimension_first: Array
    epoch_day: Array
    weight: Array
    low: Array
    width: Array
    expiry: Array
    place: Array
    decimals: float


class Days(NamedTuple):
    """Which days are publication days.

    Attributes:
        days: the publication days in force up to `as_of`, ascending; empty where each day with an event is one.
        is_daily: whether each day with an event is one, and `as_of`.
        only_last: whether only the last publication is wanted; `days` is no more than that then.
    """

    days: Array
    is_daily: bool
    in_force_from: int
    in_force_until: int
    as_of: int
    only_last: bool


class Record(NamedTuple):
    """The record of the subjects: events, attributes, and scores under other schemes.

    Attributes:
        begin, events: by subject, its events in `words` and `rows`.
        after: by subject, the day up to which its publications are known already and not given again; -1: none are.
        values: what sums add, by slot and row.
        attributes: by subject and attribute.
        score_begin, score_end: by other scheme and subject, its scores in `score_day` and `score`.
    """

    begin: Array
    events: Array
    after: Array
    words: Array
    rows: Array
    values: Array
    attributes: Array
    score_begin: Array
    score_end: Array
    score_day: Array
    score: Array


class Bench(NamedTuple):
    """Room to work in while one subject is looked at; `room` is its publications in whole lots, and one lot more.

    Attributes:
        days: its publication days, from the first one that is worked out.
        units: what sums add, by slot and event, in millionths.
        total: what each meter holds at each publication, shape (meters, room).
        is_heard: whether any event of the subject entered a meter.
        value, scaled, contribution: of each indicator at each publication, shape (indicators, room); no `contribution`
            where they are not wanted.
        mean: of the dimension that is looked at, the sum of what is scaled, then the mean.
        exact: the score before rounding.
        bound: where each epoch begins among the publications, shape (epochs + 1,).
    """

    days: Array
    units: Array
    total: Array
    is_heard: Array
    value: Array
    scaled: Array
    contribution: Array
    mean: Array
    exact: Array
    bound: Array


class Published(NamedTuple):
    """What comes out: publications of some subjects, and by publication and indicator what they consist of.

    Attributes:
        subject, day, score: one row a publication.
        value, scaled, contribution, change: shape (publications, indicators); no rows where they are not wanted.
            `change` is NaN at a subject's first publication.
        last_day, last_score: of all subjects, the last publication; -1 where there is none.
    """

    subject: Array
    day: Array
    score: Array
    value: Array
    scaled: Array
    contribution: Array
    change: Array
    last_day: Array
    last_score: Array
