"""The checks of published tables: for each, a table that it must find and a near one that it must leave alone.

The numbers were worked out by hand; the comment beside a case says how.
"""

from pathlib import Path

import pytest

import scslab.study.published.checks as checks_package
from scslab.study.published.auditing import audit_tables
from scslab.study.published.checks import CHECKS
from scslab.study.published.finding import Level


def audit(tmp_path, tables, checks):
    """The findings of tables given as {id: (CSV text, columns)} under the YAML text of `checks`."""
    lines = ["audit: test", "tables:"]
    for name, (content, columns) in tables.items():
        (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
        lines.append(f"  - {{id: {name}, file: {name}.csv, rows: [row], columns: {{{columns}}}}}")
    (tmp_path / "audit.yaml").write_text("\n".join([*lines, "checks:", checks]), encoding="utf-8")
    return audit_tables(tmp_path)


def column(values, name="v", kind="percent"):
    rows = "\n".join(f"r{i},{value}" for i, value in enumerate(values))
    return (f"row,{name}\n{rows}\n", f"{name}: {kind}")


def test_each_check_is_one_file_and_one_line_in_the_table():
    folder = Path(checks_package.__file__).parent
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == set(CHECKS)
    codes = [check.code for check in CHECKS.values()]
    assert len(set(codes)) == len(codes)
    for name, check in CHECKS.items():
        assert check.title.en
        assert check.title.zh
        module = __import__(f"scslab.study.published.checks.{name}", fromlist=["CODE"])
        assert check.code == module.CODE


# One table, one check: (check, cells, kind, rest of the entry, codes expected).
SINGLE = [
    # 52.43 % of 2,209 is 1158.18; 1158 gives 52.42, 1159 gives 52.47.
    ("percentages", ["52.43"], "percent", "n: 2209", ["P101"]),
    ("percentages", ["62.43"], "percent", "n: 2209", []),  # 1379 / 2209 = 62.4264
    ("percentages", ["52.43"], "weighted", "n: 2209", []),
    # 1 of 3 is 33.33, 2 of 3 are 66.67; no other base up to 6 but 3 and 6.
    ("base", ["33.33", "66.67"], "percent", "largest: 5, n: 3", []),
    ("base", ["33.33", "66.67"], "percent", "largest: 5, n: 4", ["P102"]),
    ("base", ["33.34", "66.67"], "percent", "largest: 5", ["P102"]),
    ("sums", ["33.3", "33.3", "33.3"], "percent", "", []),  # 99.9, and three halves of .1 are .15
    ("sums", ["33.3", "33.3", "33.2"], "percent", "", ["P103"]),  # 99.8 is .2 off
    ("sums", ["30", "14"], "count", "to: 44", []),
    ("sums", ["30", "13"], "count", "to: 44", ["P103"]),
    ("order", ["-3.3", "-2.3", "0.9"], "number", "", []),
    ("order", ["-3.3", "0.9", "-2.3"], "number", "", ["P116"]),
    ("order", ["30", "44"], "count", "at_most: 44", []),
    ("order", ["30", "45"], "count", "at_most: 44", ["P116"]),
    # GRIM: 28 whole numbers cannot have the mean 5.19 (145 / 28 = 5.18, 146 / 28 = 5.21), Brown and Heathers 2017.
    ("moments", ["5.19"], "number", "n: 28, scale: [1, 7]", ["P111"]),
    ("moments", ["5.18"], "number", "n: 28, scale: [1, 7]", []),
    ("moments", ["7.2"], "weighted", "scale: [1, 7]", ["P111"]),
]


@pytest.mark.parametrize(("check", "values", "kind", "rest", "codes"), SINGLE)
def test_one_table(tmp_path, check, values, kind, rest, codes):
    entry = f"  {check}: [{{of: {{table: t, column: v}}{', ' + rest if rest else ''}}}]"
    report = audit(tmp_path, {"t": column(values, kind=kind)}, entry)
    assert [finding.code for finding in report.findings] == codes
    for finding in report.findings:
        assert finding.shows
        assert finding.cannot_show
        assert finding.repair
        assert finding.place.startswith("t:r")


@pytest.mark.parametrize(
    ("coefficient", "error", "stars", "is_found"),
    [
        ("0.194", "0.0964", "**", False),  # z = 2.012, p = .0442
        ("0.194", "0.0964", "***", True),
        ("0.194", "0.0964", "*", True),
        ("0.20", "0.10", "**", False),  # z from 1.857 to 2.158: p from .031 to .063, so both * and ** may stand
        ("0.20", "0.10", "*", False),
        ("0.20", "0.10", "", True),
        ("-0.0714", "0.119", "", False),
        ("1.4", "0.8", "*", False),  # z from 1.588 to 1.933: one star or none
        ("-13.03", "0.729", "***", False),
        ("0.00", "0.02", "", False),
    ],
)
def test_stars(tmp_path, coefficient, error, stars, is_found):
    table = (f"row,b,se,stars\nx,{coefficient},{error},{stars}\n", "b: number, se: number")
    levels = '{"***": 0.01, "**": 0.05, "*": 0.1}'
    entry = f"  stars: [{{of: {{table: t, column: b}}, standard_error: se, stars: stars, thresholds: {levels}}}]"
    assert [f.code for f in audit(tmp_path, {"t": table}, entry).findings] == ["P104"] * is_found


def test_stars_with_students_t(tmp_path):
    # t = 2.0 with 10 degrees of freedom: p = .0734 (one star), with the normal distribution .0455 (two).
    table = ("row,b,se,stars\nx,2.0000,1.0000,*\n", "b: number, se: number")
    levels = 'thresholds: {"**": 0.05, "*": 0.1}%s'
    entry = "stars: [{of: {table: t, column: b}, standard_error: se, stars: stars, " + levels + "}]"
    assert audit(tmp_path, {"t": table}, "  " + entry % ", degrees_of_freedom: 10").findings == ()
    assert len(audit(tmp_path, {"t": table}, "  " + entry % "").findings) == 1


@pytest.mark.parametrize(
    ("tolerance", "vif", "is_found"),
    [(".685", "1.460", False), (".685", "1.461", False), (".685", "1.463", True), (".986", "1.015", False)],
)  # 1 / .6855 = 1.4588, 1 / .6845 = 1.4609: with rounding 1.458 to 1.461 may be printed
def test_tolerance(tmp_path, tolerance, vif, is_found):
    table = (f"row,tol,vif\nx,{tolerance},{vif}\n", "tol: number, vif: number")
    found = audit(tmp_path, {"t": table}, "  tolerance: [{of: {table: t, column: tol}, vif: vif}]").findings
    assert [f.code for f in found] == ["P105"] * is_found


@pytest.mark.parametrize(("second", "is_found"), [("58.4", False), ("58.5", False), ("33.64", True)])
def test_twice(tmp_path, second, is_found):
    tables = {"a": column(["58"]), "b": column([second])}
    entry = "  twice: [{first: {table: a, column: v}, second: {table: b, column: v}}]"
    assert [f.code for f in audit(tmp_path, tables, entry).findings] == ["P106"] * is_found


def test_twice_with_sums_and_an_assumption(tmp_path):
    tables = {"a": column(["1639", "1510", "160", "31"], kind="count")}

    def pick(row):
        return f"{{table: a, column: v, where: {{row: r{row}}}}}"

    both = f"first: {{plus: [{pick(0)}], minus: [{pick(1)}]}}, second: {{plus: [{pick(2)}], minus: [{pick(3)}]}}"
    assert audit(tmp_path, tables, f"  twice: [{{{both}}}]").findings == ()
    share = f"first: {{plus: [{pick(3)}], percent_of: {pick(2)}}}, second: 20.00, assuming: all is well"
    (finding,) = audit(tmp_path, tables, f"  twice: [{{{share}}}]").findings  # 31 / 160 = 19.375 %
    assert finding.level is Level.TENSION
    assert "19.375" in finding.shows


def test_exclusive_and_overlap(tmp_path):
    tables = {"a": column(["80", "16", "8", "58", "31", "19"])}

    def pick(row):
        return f"{{table: a, column: v, where: {{row: r{row}}}}}"

    found = audit(tmp_path, tables, f"  exclusive: [{{shares: [{pick(0)}, {pick(1)}, {pick(2)}]}}]").findings
    assert [f.code for f in found] == ["P107"]
    assert "104" in found[0].shows
    assert audit(tmp_path, tables, f"  exclusive: [{{shares: [{pick(0)}, {pick(1)}]}}]").findings == ()
    parts = f"union: {pick(0)}, parts: [{pick(3)}, {pick(4)}]"
    assert audit(tmp_path, tables, f"  overlap: [{{{parts}, both: {pick(5)}}}]").findings == ()
    # 58 + 31 − 5 = 84: more than 80 have at least one, even after rounding (57.5 + 30.5 − 5 = 83).
    assert [f.code for f in audit(tmp_path, tables, f"  overlap: [{{{parts}, both: 5}}]").findings] == ["P108"]
    # 31 + 16 = 47 cannot make up 80.
    few = f"  overlap: [{{union: {pick(0)}, parts: [{pick(4)}, {pick(1)}]}}]"
    assert [f.code for f in audit(tmp_path, tables, few).findings] == ["P108"]


@pytest.mark.parametrize(
    ("stated", "rest", "codes"),
    [
        ("3.1", "", []),  # 1.96 * sqrt(.25 / 1000) = 3.099
        ("2.0", "", ["P109"]),
        ("3.1", ", is_weighted: true", ["P109"]),
        ("3.8", ", is_weighted: true", []),  # design effect 1.5
        ("9.0", "", ["P109"]),
    ],
)
def test_margin(tmp_path, stated, rest, codes):
    tables = {"a": column([stated], kind="number")}
    entry = f"  margin: [{{stated: {{table: a, column: v}}, n: 1000{rest}}}]"
    assert [f.code for f in audit(tmp_path, tables, entry).findings] == codes


def test_separation(tmp_path):
    rows = (
        "m,t,b,se\n1,low,0.6,0.5\n1,high,1.4,0.5\n1,cut,2.5,0.5\n2,low,-13.03,0.7\n2,high,-12.6,0.7\n2,cut,-13.3,1.4\n"
    )
    (tmp_path / "t.csv").write_text(rows)
    (tmp_path / "audit.yaml").write_text(
        "audit: s\ntables: [{id: t, file: t.csv, rows: [m, t], columns: {b: number, se: number}}]\n"
        "checks: {separation: [{of: {table: t, column: b}, standard_error: se, model: m, term: t, "
        "factors: {education: [low, high]}, cuts: [cut]}]}\n"
    )
    (finding,) = audit_tables(tmp_path).findings
    assert (finding.code, finding.level, len(finding.cells)) == ("P110", Level.ODDITY, 2)
    assert "0.43" in finding.shows  # −12.6 + 13.03
    (tmp_path / "t.csv").write_text(rows.replace("-13.03", "-3.03").replace("-12.6", "-2.6"))
    assert audit_tables(tmp_path).findings == ()


@pytest.mark.parametrize(
    ("mean", "deviation", "codes"),
    [
        # Shares 10, 20, 70 of 1, 2, 3: mean 2.6, variance .1 * 2.56 + .2 * .36 + .7 * .16 = .44, deviation .6633.
        ("2.60", "0.66", []),
        ("2.61", "0.66", ["P112"]),
        ("2.60", "0.70", ["P112"]),
    ],
)
def test_distribution(tmp_path, mean, deviation, codes):
    tables = {
        "a": column(["10.00", "20.00", "70.00"]),
        "b": (f"row,m,s\nx,{mean},{deviation}\n", "m: number, s: number"),
    }
    entry = (
        "  distribution: [{mean: {table: b, column: m}, deviation: {table: b, column: s}, "
        "shares: {table: a, column: v}, scores: [1, 2, 3], n: 500}]"
    )
    assert [f.code for f in audit(tmp_path, tables, entry).findings] == codes


@pytest.mark.parametrize(
    ("deviation", "is_found"),
    # n = 3 on 1 to 5 with mean 2.33 (sum 7): 1,1,5 (s = 2.31), 1,2,4 (1.53), 1,3,3 (1.15), 2,2,3 (0.58).
    [
        ("2.31", False),
        ("1.53", False),
        ("1.15", False),
        ("0.58", False),
        ("1.00", True),
        ("0.40", True),
        ("2.60", True),
    ],
)
def test_deviations_at_n(tmp_path, deviation, is_found):
    tables = {"a": (f"row,m,s\nx,2.33,{deviation}\n", "m: number, s: number")}
    entry = "  moments: [{of: {table: a, column: m}, deviation: s, n: 3, scale: [1, 5]}]"
    assert [f.code for f in audit(tmp_path, tables, entry).findings] == ["P111"] * is_found


def test_binary_deviation_of_weighted_means(tmp_path):
    # sqrt(.261 * .739) = .4392; with n − 1 and p up to .2615 it reaches .4396, so .440 may be printed, .45 not.
    entry = "  moments: [{of: {table: a, column: m}, deviation: s, n: 1000, scale: [0, 1]}]"
    for deviation, is_found in [(".440", False), (".450", True), (".430", True)]:
        tables = {"a": (f"row,m,s\nx,.261,{deviation}\n", "m: weighted, s: number")}
        assert len(audit(tmp_path, tables, entry).findings) == is_found


def test_groups_and_conditional(tmp_path):
    # .8361 * 82 + .1639 * 68 = 79.7
    entry = "  groups: [{total: %s, groups: [{value: 82.0, share: 83.61}, {value: 68.0, share: 16.39}]}]"
    tables = {"a": column(["1"])}
    assert audit(tmp_path, tables, entry % "79.7").findings == ()
    assert [f.code for f in audit(tmp_path, tables, entry % "75.0").findings] == ["P114"]
    bare = "  groups: [{total: %s, groups: [{value: 82.0}, {value: 68.0}]}]"
    assert audit(tmp_path, tables, bare % "75.0").findings == ()
    assert [f.code for f in audit(tmp_path, tables, bare % "85.0").findings] == ["P114"]
    # 100 − 20.00 * 26.59 / 16.39 = 67.55
    turned = (
        "  conditional: [{group: rural, trait: 20.00, group_in_trait: 26.59, group_in_all: 16.39, "
        "trait_in_group: %s, is_complement: true}]"
    )
    assert audit(tmp_path, tables, turned % "67.6").findings == ()
    assert [f.code for f in audit(tmp_path, tables, turned % "69.0").findings] == ["P115"]


def test_labels(tmp_path):
    entry = "  labels: [{first: {E: %s, C: 37, W: %s}, second: {E: 45.12, C: 35.21, W: 19.68}}]"
    assert [f.code for f in audit(tmp_path, {"a": column(["1"])}, entry % (22, 42)).findings] == ["P117"]
    assert audit(tmp_path, {"a": column(["1"])}, entry % (42, 22)).findings == ()


QUOTA = """row,pop,norm,rate,reduced,again,a,b
1,600,60,50.0,30,{again},{a},37
2,400,40,100.0,40,57,28,29
"""  # 60 * .5 = 30, 40; 30 / 70 = 42.86, 40 / 70 = 57.14; halves 21.43 and 28.57


@pytest.mark.parametrize(
    ("again", "a", "codes"), [("43", "21", []), ("44", "21", ["P113"]), ("43", "30", ["P113", "P113"])]
)
def test_quota(tmp_path, again, a, codes):
    table = (
        QUOTA.format(again=again, a=a).replace(",37\n", ",22\n"),
        "pop: count, norm: number, rate: number, reduced: number, again: number, a: number, b: number",
    )
    entry = (
        "  quota: [{table: t, size: 100, population: pop, normalised: norm, rate: rate, reduced: reduced, "
        "renormalised: again, split: {a: 50.0, b: 50.0}}]"
    )
    found = audit(tmp_path, {"t": table}, entry).findings
    assert {f.code for f in found} == set(codes)
