"""Tables made truthfully from whole answers, and rounded, give no finding; a slip that rounding cannot explain does."""

from __future__ import annotations

import statistics
import tempfile
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from scslab.study.published.auditing import audit_tables

ROUNDINGS = st.sampled_from([ROUND_HALF_EVEN, ROUND_HALF_UP])


def show(value: Fraction, decimals: int, rounding: str) -> str:
    """A number as somebody prints it."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal(1).scaleb(-decimals), rounding))


def audit(table: str, columns: str, checks: str):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "t.csv").write_text(table)
        text = f"audit: t\ntables: [{{id: t, file: t.csv, rows: [row], columns: {{{columns}}}}}]\nchecks: {checks}\n"
        (Path(folder) / "audit.yaml").write_text(text)
        return audit_tables(folder)


def tabulate(header: str, rows: list[str]) -> str:
    return "\n".join([f"row,{header}", *(f"r{i},{row}" for i, row in enumerate(rows))]) + "\n"


COUNTS = st.lists(st.integers(0, 400), min_size=2, max_size=9).filter(lambda counts: sum(counts) > 1)
OF = "of: {table: t, column: p}"


@given(COUNTS, st.integers(0, 3), ROUNDINGS)
def test_true_percentages_pass(counts, decimals, rounding):
    n = sum(counts)
    rows = [show(Fraction(100 * count, n), decimals, rounding) for count in counts]
    checks = f"{{sums: [{{{OF}}}], percentages: [{{{OF}, n: {n}}}], base: [{{{OF}, largest: {n}, n: {n}}}]}}"
    assert audit(tabulate("p", rows), "p: percent", checks).findings == ()


@given(COUNTS, ROUNDINGS, st.data())
def test_a_changed_percentage_is_found(counts, rounding, data):
    n = sum(counts)
    rows = [show(Fraction(100 * count, n), 2, rounding) for count in counts]
    index = data.draw(st.integers(0, len(rows) - 1))
    # Anything beyond what rounding of each line explains must break the sum.
    off = data.draw(st.integers(len(rows) + 1, 5000)) * data.draw(st.sampled_from([-1, 1]))
    rows[index] = str(Decimal(rows[index]) + Decimal(off).scaleb(-2))
    report = audit(tabulate("p", rows), "p: percent", f"{{sums: [{{{OF}, n: {n}}}]}}")
    assert [finding.code for finding in report.findings] == ["P103"]


@given(st.lists(st.integers(1, 7), min_size=2, max_size=80), st.booleans(), st.integers(1, 3), ROUNDINGS)
def test_true_moments_pass(answers, is_sample, decimals, rounding):
    n = len(answers)
    spread = statistics.stdev(answers) if is_sample else statistics.pstdev(answers)
    mean = show(Fraction(sum(answers), n), decimals, rounding)
    rows = [f"{mean},{show(Fraction(spread), decimals, rounding)}"]
    checks = f"{{moments: [{{of: {{table: t, column: m}}, deviation: s, n: {n}, scale: [1, 7]}}]}}"
    assert audit(tabulate("m,s", rows), "m: number, s: number", checks).findings == ()
    # The same numbers as weighted ones: only bounds are looked at.
    assert audit(tabulate("m,s", rows), "m: weighted, s: number", checks).findings == ()


@given(st.lists(st.integers(1, 5), min_size=30, max_size=200), st.booleans(), ROUNDINGS)
def test_true_moments_fit_their_true_shares(answers, is_sample, rounding):
    n = len(answers)
    spread = statistics.stdev(answers) if is_sample else statistics.pstdev(answers)
    shares = [show(Fraction(100 * answers.count(score), n), 2, rounding) for score in range(1, 6)]
    last = f"{show(Fraction(sum(answers), n), 3, rounding)},{show(Fraction(spread), 3, rounding)}"
    rows = [f"{share},," for share in shares] + [f",{last}"]
    checks = (
        "{distribution: [{mean: {table: t, column: m}, deviation: {table: t, column: s}, "
        f"shares: {{table: t, column: p}}, scores: [1, 2, 3, 4, 5], n: {n}}}]}}"
    )
    assert audit(tabulate("p,m,s", rows), "p: percent, m: number, s: number", checks).findings == ()


@given(st.floats(-5, 5), st.floats(0.001, 3), st.integers(2, 4), ROUNDINGS)
def test_true_stars_pass(coefficient, error, decimals, rounding):
    p = 2 * (1 - statistics.NormalDist().cdf(abs(coefficient) / error))
    stars = "***" if p < 0.01 else "**" if p < 0.05 else "*" if p < 0.1 else ""
    row = f"{show(Fraction(coefficient), decimals, rounding)},{show(Fraction(error), decimals, rounding)},{stars}"
    levels = '{"***": 0.01, "**": 0.05, "*": 0.1}'
    checks = f"{{stars: [{{of: {{table: t, column: b}}, standard_error: se, stars: stars, thresholds: {levels}}}]}}"
    assert audit(tabulate("b,se,stars", [row]), "b: number, se: number", checks).findings == ()


@given(st.integers(50, 1000), ROUNDINGS, st.integers(3, 400))
def test_tolerance_and_vif(thousandths, rounding, off):
    tolerance = Fraction(thousandths, 1000) + Fraction(1, 3000)
    vif = show(1 / tolerance, 3, rounding)
    row = f"{show(tolerance, 3, rounding)},{vif}"
    checks = "{tolerance: [{of: {table: t, column: tol}, vif: vif}]}"
    assert audit(tabulate("tol,vif", [row]), "tol: number, vif: number", checks).findings == ()
    # Rounding a tolerance moves 1 / tolerance by .0005 / tolerance² at most, on either side.
    slip = Fraction(vif) + (Fraction(off, 1000) + Fraction(11, 10000)) / tolerance**2 * 2
    row = f"{show(tolerance, 3, rounding)},{show(slip, 3, rounding)}"
    assert len(audit(tabulate("tol,vif", [row]), "tol: number, vif: number", checks).findings) == 1


GROUPS = st.lists(st.tuples(st.integers(1, 300), st.integers(0, 300)), min_size=2, max_size=5)


@given(GROUPS, st.integers(1, 2), ROUNDINGS)
def test_true_groups_pass(groups, decimals, rounding):
    groups = [(size, min(hits, size)) for size, hits in groups]
    everyone, hits = sum(size for size, _ in groups), sum(hit for _, hit in groups)
    listed = ", ".join(
        f"{{value: {show(Fraction(100 * hit, size), decimals, rounding)}, "
        f"share: {show(Fraction(100 * size, everyone), 2, rounding)}}}"
        for size, hit in groups
    )
    total = show(Fraction(100 * hits, everyone), 2, rounding)
    checks = f"{{groups: [{{total: {total}, groups: [{listed}]}}]}}"
    assert audit(tabulate("p", ["1"]), "p: percent", checks).findings == ()


POPULATIONS = st.lists(st.tuples(st.integers(1_000_000, 300_000_000), st.integers(1000, 9999)), min_size=2, max_size=8)


@given(POPULATIONS, st.booleans(), ROUNDINGS)
def test_true_quotas_pass(cells, goes_on_rounded, rounding):
    size, whole = 2000, sum(count for count, _ in cells)
    norms = [Fraction(size * count, whole) for count, _ in cells]
    printed = [show(norm, 0, rounding) for norm in norms]
    carried = [Fraction(text) for text in printed] if goes_on_rounded else norms
    reduced = [norm * rate / 10000 for norm, (_, rate) in zip(carried, cells, strict=True)]
    shown = [show(value, 0, rounding) for value in reduced]
    carried = [Fraction(text) for text in shown] if goes_on_rounded else reduced
    if sum(carried) == 0:
        return
    again = [show(size * value / sum(carried), 0, rounding) for value in carried]
    rows = [
        f"{count},{norm},{rate / 100:.2f},{less},{last}"
        for (count, rate), norm, less, last in zip(cells, printed, shown, again, strict=True)
    ]
    checks = (
        "{quota: [{table: t, size: 2000, population: pop, normalised: norm, rate: rate, reduced: reduced, "
        "renormalised: again}]}"
    )
    columns = "pop: count, norm: number, rate: number, reduced: number, again: number"
    assert audit(tabulate("pop,norm,rate,reduced,again", rows), columns, checks).findings == ()
