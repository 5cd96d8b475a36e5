"""The SQL that the DuckDB peers share, made from the benchmark scheme.

A join with the small table of (type, rule) finds the rules of an event, in one pass over the file.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parents[1]))
from rules import AS_OF, Scheme, read_scheme, tier_sql

__all__ = ["AS_OF", "Scheme", "acting_sql", "duckdb", "granted_sql", "read_scheme", "run", "standings_sql"]


def acting_sql(scheme: Scheme, parquet: str) -> str:
    """CTEs `rules` and `acting`: one row an event and rule that acts on it, with nominal points."""
    rows, whens, formulas = [], [], []
    for rule in scheme.rules:
        for kind in rule.types:
            valid = "NULL" if rule.valid_months is None else rule.valid_months
            rows.append(f"('{kind}', {rule.number}, {rule.points or 0}, {rule.cap or 'NULL'}, {valid})")
        if rule.when:
            whens.append(f"WHEN {rule.number} THEN {rule.when}")
        if rule.formula:
            formulas.append(f"WHEN {rule.number} THEN round({rule.formula})::INTEGER")
    return f"""
    rules(type, rule, points, cap, valid_months) AS (
      SELECT col0, col1::UTINYINT, col2::INTEGER, col3::INTEGER, col4::INTEGER FROM (VALUES {", ".join(rows)})
    ),
    acting AS (
      SELECT subject_id, rule, event_id, recorded_on, cap, valid_months,
             CASE rule {" ".join(formulas)} ELSE points END AS points
      FROM read_parquet('{parquet}') JOIN rules USING (type)
      WHERE CASE rule {" ".join(whens)} ELSE true END
    )"""


def granted_sql(scheme: Scheme) -> str:
    """CTE `granted`: `acting` with points cut by the yearly caps.

    What is granted is min(running total, cap) less the same one event before. Only rules with a cap pay for the
    window. All points of a capped rule have one sign.
    """
    capped = [rule for rule in scheme.rules if rule.cap is not None]
    if any((rule.points or 0) < 0 for rule in capped):
        raise ValueError("the running total is written for caps on positive points")
    return """
    granted AS (
      SELECT subject_id, rule, event_id, recorded_on, valid_months, points FROM acting WHERE cap IS NULL
      UNION ALL
      SELECT subject_id, rule, event_id, recorded_on, valid_months,
             (least(total, cap) - least(total - points, cap))::INTEGER AS points
      FROM (
        SELECT *, sum(points) OVER (PARTITION BY subject_id, rule, year(recorded_on)
                                    ORDER BY event_id ROWS UNBOUNDED PRECEDING)::INTEGER AS total
        FROM acting WHERE cap IS NOT NULL
      )
    )"""


def standings_sql(scheme: Scheme, parquet: str, out: str) -> str:
    """The end of the query: CTE `scored` (subject_id, score) and the subjects no rule acted on, with tiers, to Parquet.

    Those few are found by an anti-join, which was faster than carrying events without a rule through the whole query.
    """
    return f"""
    everyone AS (
      SELECT subject_id, score FROM scored
      UNION ALL
      SELECT DISTINCT subject_id, {scheme.start} FROM read_parquet('{parquet}') ANTI JOIN scored USING (subject_id)
    )
    SELECT subject_id, score::BIGINT AS score, {tier_sql(scheme)} AS tier FROM everyone
    ) TO '{out}' (FORMAT parquet, COMPRESSION zstd)"""


def run(settle: Callable[[str, str], None]) -> None:
    """`python PEER.py LEDGER OUT`: settle, and print the seconds without the imports."""
    began = time.perf_counter()
    settle(sys.argv[1], sys.argv[2])
    print(json.dumps({"seconds": round(time.perf_counter() - began, 3)}))
