"""Peer: Polars for reading, rules and order, NumPy for the walk, level by level. Exact, lapses included.

Level k is the k-th step of every history that is long enough: one vectorised clamp over all subjects at once. Subjects
are ordered by the length of their history, so that the live ones are always a prefix. Polars alone has no way to carry
a score from one row to the next through bounds; this is the fastest exact form around it that we found.
"""

from __future__ import annotations

import numpy as np
from polars_frames import EVENT, LAPSE, find_steps, pl, read_scheme, run, write_standings


def settle(parquet: str, out: str) -> None:
    scheme = read_scheme()
    frame = find_steps(scheme, parquet)
    subject = frame["subject_id"].to_numpy()
    points = frame["points"].to_numpy()
    kind = frame["kind"].to_numpy()
    year = frame["year"].fill_null(0).to_numpy()
    # Each capped rule has a column in the table of points used; -1: no cap.
    capped = [rule for rule in scheme.rules if rule.cap is not None]
    column_of = np.full(len(scheme.rules), -1, dtype=np.int8)
    column_of[[rule.number for rule in capped]] = np.arange(len(capped))
    column = np.where(kind == LAPSE, -1, column_of[frame["rule"].to_numpy()])
    cap = np.array([rule.cap for rule in capped], dtype=np.int32)
    starts = np.flatnonzero(np.concatenate(([True], subject[1:] != subject[:-1])))
    lengths = np.diff(np.append(starts, len(subject)))

    # The k-th lapse of a subject takes back its k-th lapsing entry (all validities are equally long).
    posted, lapsed = np.flatnonzero(kind == EVENT), np.flatnonzero(kind == LAPSE)
    owner = np.repeat(np.arange(len(starts)), lengths)
    first_posted = np.searchsorted(owner[posted], owner[lapsed])
    nth = np.arange(len(lapsed)) - np.searchsorted(owner[lapsed], owner[lapsed])
    taken_back = np.zeros(len(subject), dtype=np.int32)
    taken_back[lapsed] = posted[first_posted + nth]

    by_length = np.argsort(-lengths, kind="stable")
    at = starts[by_length]
    live = np.searchsorted(-lengths[by_length], -np.arange(lengths.max()), side="left")
    score = np.full(len(starts), scheme.start, dtype=np.int32)
    effective = np.zeros(len(subject), dtype=np.int32)
    used = np.zeros(len(starts) * len(capped), dtype=np.int32)
    used_in = np.zeros(len(starts) * len(capped), dtype=np.int16)
    for level, count in enumerate(live):
        rows = at[:count] + level
        kinds = kind[rows]
        move = points[rows]
        cell = column[rows]
        limited = np.flatnonzero(cell >= 0)
        cell = cell[limited]
        at_cell = limited * len(capped) + cell
        this_year = year[rows[limited]]
        spent = np.where(used_in[at_cell] == this_year, used[at_cell], 0)
        move[limited] = np.minimum(move[limited], cap[cell] - spent)
        used[at_cell] = spent + move[limited]
        used_in[at_cell] = this_year
        is_lapse = kinds == LAPSE
        move[is_lapse] = -effective[taken_back[rows[is_lapse]]]
        after = np.clip(score[:count] + move, scheme.floor, scheme.ceiling)
        is_event = kinds == EVENT
        effective[rows[is_event]] = (after - score[:count])[is_event]
        score[:count] = after
    scored = pl.LazyFrame({"subject_id": subject[at], "score": score})
    write_standings(scheme, scored, parquet, out)


if __name__ == "__main__":
    run(settle)
