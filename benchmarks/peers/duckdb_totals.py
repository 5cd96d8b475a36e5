"""Peer: DuckDB SQL without the bounds, and so without order: score = start + what still counts.

Leaves out: floor and ceiling, and with them everything that depends on the order of events. Caps are totals cut at the
cap; an entry that has lapsed just does not count. This is the least that can be called settling.
"""

from __future__ import annotations

from duckdb_sql import AS_OF, acting_sql, duckdb, read_scheme, run, standings_sql


def settle(parquet: str, out: str) -> None:
    scheme = read_scheme()
    if any(rule.cap is not None and rule.valid_months is not None for rule in scheme.rules):
        raise ValueError("a capped rule that lapses needs the order of events")
    query = f"""
    COPY (
    WITH {acting_sql(scheme, parquet)},
    totals AS (
      SELECT subject_id, sum(points) AS points FROM acting
      WHERE cap IS NULL AND (valid_months IS NULL OR recorded_on + to_months(valid_months) > DATE '{AS_OF}')
      GROUP BY subject_id
      UNION ALL
      SELECT subject_id, least(sum(points), any_value(cap)) FROM acting
      WHERE cap IS NOT NULL GROUP BY subject_id, rule, year(recorded_on)
    ),
    scored AS (SELECT subject_id, {scheme.start} + sum(points) AS score FROM totals GROUP BY subject_id),
    {standings_sql(scheme, parquet, out)}"""
    duckdb.connect().execute(query)


if __name__ == "__main__":
    run(settle)
