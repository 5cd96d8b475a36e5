"""Peer: DuckDB SQL with the same bounded semantics, lapses included. Exact.

The best of the forms we tried (README.md lists them). Each subject's history becomes one list of whole numbers, sorted,
and `list_reduce` walks it: place in time, kind, rule and points are packed into a BIGINT, because lists of structs
took three to four times as long to build. What an entry gives back when it lapses is known only during the walk (it
is what the bounds let through), so the walk carries a queue of effective points; all validities in this scheme
are equally long, so the first in is the first to lapse.
"""

from __future__ import annotations

from duckdb_sql import AS_OF, acting_sql, duckdb, granted_sql, read_scheme, run, standings_sql

# step = day | kind (0 lapse, 1 event) | event_id | rule | is it of a rule with validity | points + POINTS / 2
POINTS = 2048
VALID = POINTS
RULE = VALID * 2
EVENT = RULE * 32
KIND = EVENT * 2**30
DAY = KIND * 2


def step_sql(day: str, kind: int, points: str, is_valid: str) -> str:
    """A step of a history as one BIGINT; the order of the numbers is the order in time."""
    return (
        f"({day} - DATE '2014-01-01')::BIGINT * {DAY} + {kind * KIND} + event_id * {EVENT} + rule::BIGINT * {RULE}"
        f" + {is_valid} * {VALID} + {points} + {POINTS // 2}"
    )


def settle(parquet: str, out: str) -> None:
    scheme = read_scheme()
    if len({rule.valid_months for rule in scheme.rules if rule.valid_months}) > 1:
        raise ValueError("one queue in the order of posting needs one length of validity")

    def clamp(score: str) -> str:
        return f"greatest({scheme.floor}, least({scheme.ceiling}, {score}))"

    moved = clamp(f"a.score + (b.step % {POINTS}) - {POINTS // 2}")
    query = f"""
    COPY (
    WITH {acting_sql(scheme, parquet).replace("acting AS (", "acting0 AS (")},
    totals AS (
      SELECT subject_id, sum(points) AS points,
        sum(CASE WHEN points > 0 THEN points WHEN valid_months IS NOT NULL THEN -points ELSE 0 END) AS up,
        sum(CASE WHEN points < 0 THEN points WHEN valid_months IS NOT NULL THEN -points ELSE 0 END) AS down,
        sum(CASE WHEN valid_months IS NULL OR recorded_on + to_months(valid_months) > DATE '{AS_OF}' THEN points ELSE 0 END) AS live
      FROM acting0 WHERE cap IS NULL GROUP BY subject_id
      UNION ALL
      SELECT subject_id, least(sum(points), any_value(cap)) x, x, 0, x FROM acting0 WHERE cap IS NOT NULL GROUP BY subject_id, rule, year(recorded_on)),
    screen AS MATERIALIZED (SELECT subject_id, sum(live) AS live, sum(up) > {scheme.ceiling - scheme.start} OR sum(down) < {scheme.floor - scheme.start} AS may FROM totals GROUP BY subject_id),
    acting AS (SELECT * FROM acting0 SEMI JOIN (SELECT subject_id FROM screen WHERE may) USING (subject_id)),
    {granted_sql(scheme)},
    steps AS (
      SELECT subject_id, {step_sql("recorded_on", 1, "points", "(valid_months IS NOT NULL)::INTEGER")} AS step
      FROM granted
      UNION ALL
      SELECT subject_id, {step_sql("lapses_on", 0, "0", "1")} AS step
      FROM (SELECT *, (recorded_on + to_months(valid_months))::DATE AS lapses_on
            FROM granted WHERE valid_months IS NOT NULL)
      WHERE lapses_on <= DATE '{AS_OF}'
    ),
    histories AS (SELECT subject_id, list_sort(list(step)) AS steps FROM steps GROUP BY subject_id),
    scored AS (
      SELECT subject_id, {scheme.start} + live AS score FROM screen WHERE NOT may
      UNION ALL
      SELECT subject_id,
        list_reduce(
          list_transform(steps, lambda x: {{step: x, score: 0::BIGINT, queue: []::INTEGER[]}}),
          lambda a, b: CASE
            WHEN b.step // {VALID} % 2 = 0 THEN {{step: 0::BIGINT, score: {moved}, queue: a.queue}}
            WHEN b.step // {KIND} % 2 = 1
              THEN {{step: 0::BIGINT, score: {moved}, queue: list_append(a.queue, ({moved} - a.score)::INTEGER)}}
            ELSE {{step: 0::BIGINT, score: {clamp("a.score - a.queue[1]")}, queue: a.queue[2:]}}
          END,
          {{step: 0::BIGINT, score: {scheme.start}::BIGINT, queue: []::INTEGER[]}}
        ).score AS score
      FROM histories
    ),
    {standings_sql(scheme, parquet, out)}"""
    duckdb.connect().execute(query)


if __name__ == "__main__":
    run(settle)
