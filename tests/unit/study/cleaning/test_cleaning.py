"""Cleaning on a made-up file whose bad rows are known, and each check by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from scslab.cli.study.clean import command
from scslab.ground.problems import ProblemsError
from scslab.study.cleaning.clean import CHECKS, clean_answers
from scslab.study.cleaning.duplicates import DuplicateRule, find_near
from scslab.study.cleaning.guess import guess_rules
from scslab.study.cleaning.kernel_matches import find_best_matches
from scslab.study.cleaning.rules import read_cleaning
from scslab.study.cleaning.speed import SpeedRule, find_speeders
from scslab.study.cleaning.straight_lines import GridRule, find_straight_lines
from scslab.study.data.answers import Answers
from scslab.study.data.read import read_answers
from scslab.study.data.variables import MissingRange, Variable
from scslab.study.data.write import write_answers

RULES = """
cleaning:
  id: id
  speed: {column: seconds, below: 0.4}
  grids: {trust: {items: [t*]}}
  duplicates: {over: [t*, q*, age], near: 0.95, least_items: 20, device: device}
  inconsistent:
    - {sql: age < 18 and member = 1, reason: party member under age}
  quality:
    - {column: check, expect: [4]}
"""


def make_file() -> Answers:
    """200 honest respondents and six bad ones, at the end."""
    generator = np.random.default_rng(20180201)
    n = 206
    scale = {1.0: "no", 2.0: "rather no", 3.0: "neither", 4.0: "rather yes", 5.0: "yes", 9.0: "refused"}
    columns: dict[str, np.ndarray] = {"id": 1000 + np.arange(n), "seconds": generator.uniform(500, 900, n)}
    columns |= {f"t{i}": generator.integers(1, 6, n).astype(float) for i in range(6)}
    columns |= {f"q{i}": generator.integers(1, 6, n).astype(float) for i in range(20)}
    columns |= {"age": generator.integers(18, 65, n).astype(float), "member": np.zeros(n), "check": np.full(n, 4.0)}
    frame = pl.DataFrame(columns).with_columns(device=pl.Series([f"d{i}" for i in range(n)]))
    rows = frame.to_dicts()
    rows[200]["seconds"] = 100.0
    rows[201] |= {f"t{i}": 3.0 for i in range(6)}
    rows[202] |= {name: rows[5][name] for name in frame.columns if name[0] in "tq" or name == "age"}
    rows[203] |= {name: rows[6][name] for name in frame.columns if name[0] in "tq" or name == "age"}
    rows[203]["q3"] = 1.0 + rows[6]["q3"] % 5
    rows[204] |= {"age": 16.0, "member": 1.0, "check": 2.0}
    rows[205]["device"] = "d7"
    variables = {name: Variable(name) for name in frame.columns}
    for name in frame.columns:
        if name[0] in "tq":
            variables[name] = Variable(name, name, scale, (MissingRange(9.0, 9.0),), "ordinal")
    return Answers(pl.DataFrame(rows, schema=frame.schema), variables)


def test_exactly_the_bad_rows_are_flagged() -> None:
    answers = make_file()
    cleaning = clean_answers(answers, read_cleaning(RULES, answers.frame))
    found = {each.check: each.is_flagged.arg_true().to_list() for each in cleaning.found}
    # Row 6 is the honest twin of 203: of two nearly the same interviews neither is the first.
    assert found == {
        "speeder": [200],
        "straight-line": [201],
        "duplicate": [202],
        "near-duplicate": [6, 203],
        "device": [205],
        "inconsistent": [204],
        "quality": [204],
    }
    assert list(found) == list(CHECKS)
    frame = cleaning.to_frame()
    assert frame.height == 206
    assert frame["n_flags"][204] == 2
    assert frame["reasons"][204] == "party member under age; `check` is 2, not 4"
    assert frame["reasons"][202] == "all answers are those of 1005"
    assert frame["reasons"][203].startswith("96.3 % of the answers are those of 1006")  # 26 of 27
    assert cleaning.keep(1).frame.height == 199
    assert cleaning.keep(2).frame.height == 205


def test_summary_counts_add_up() -> None:
    answers = make_file()
    summary = clean_answers(answers, read_cleaning(RULES, answers.frame)).summarise()
    assert summary["flagged"].to_list() == [1, 1, 1, 2, 1, 1, 1]
    assert summary["by_this_alone"].to_list() == [1, 1, 1, 2, 1, 0, 0]
    assert summary["percent"][0] == pytest.approx(100 / 206)


def test_speed_by_items_and_by_two_moments() -> None:
    """Medians 10, 20, 30, 40: the last respondent is below .4 of them at 3 of 4 items; the total is 100 s."""
    frame = pl.DataFrame({"i1": [10, 10, 3], "i2": [20, 20, 7], "i3": [30, 30, 11], "i4": [40, 40, 40], "x": [0, 1, 2]})
    begin = datetime(2018, 2, 1, 12)
    frame = frame.with_columns(
        a=pl.Series([begin] * 3), b=pl.Series([begin + timedelta(seconds=s) for s in (100, 100, 39)])
    )
    rule = SpeedRule(start="a", end="b", item_columns=("i1", "i2", "i3", "i4"))
    found = find_speeders(frame, rule)
    assert found.figures["fast_items_share"].to_list() == [0.0, 0.0, 0.75]
    assert found.reasons[2] == "took 39 s, 39 % of the median of 100 s; too fast at 75 % of the items"


def test_impossible_durations_do_not_count() -> None:
    found = find_speeders(pl.DataFrame({"s": [-5.0, 0.0, None, 100.0, 100.0]}), SpeedRule("s"))
    assert found.count == 0
    assert found.figures["duration"].to_list() == [None, None, None, 100.0, 100.0]


def test_seconds_per_item() -> None:
    found = find_speeders(pl.DataFrame({"s": [100.0, 110.0, 60.0]}), SpeedRule("s", seconds_per_item=2, n_items=40))
    assert found.reasons.to_list() == [None, None, "took 1.5 s per item (under 2 s)"]


def test_long_runs_and_missing_answers() -> None:
    """By hand: 2 2 . 2 has a run of 3 (no answer does not break it); 1 1 2 2 has runs of 2."""
    frame = pl.DataFrame({"a": [2, 1, 5], "b": [2, 1, None], "c": [None, 2, None], "d": [2, 2, None]})
    found = find_straight_lines(frame, (GridRule("g", ("a", "b", "c", "d"), longest_run=2),))
    assert found.figures["longest_run_g"].to_list() == [3, 2, 1]
    assert found.reasons.to_list() == [
        "the same answer to all 3 items of `g`",
        "2 identical answers in a row in `g`",
        None,
    ]
    assert found.figures["sd_g"].round(4).to_list() == [0.0, 0.5774, None]


def test_several_grids() -> None:
    frame = pl.DataFrame({"a": [1, 1], "b": [1, 1], "c": [1, 1], "d": [1, 2], "e": [1, 3], "f": [1, 1]})
    rules = (GridRule("g", ("a", "b", "c")), GridRule("h", ("d", "e", "f")))
    assert find_straight_lines(frame, rules, least_grids=2).is_flagged.to_list() == [True, False]
    assert find_straight_lines(frame, rules).is_flagged.to_list() == [True, True]


def test_best_matches_against_plain_python() -> None:
    generator = np.random.default_rng(3)
    codes = generator.integers(-1, 3, (60, 12))
    codes[50:] = codes[:10]
    codes[50:, 0] = 7
    share, partner = find_best_matches(codes, 0.6, 5)
    for i in range(60):
        best = 0.0
        for j in range(60):
            both = (codes[i] >= 0) & (codes[j] >= 0)
            same = int((both & (codes[i] == codes[j])).sum())
            # Given up: more differences than the share allows of all items.
            if i == j or both.sum() < 5 or both.sum() - same > 12 * 0.4 or same / both.sum() < 0.6:
                continue
            best = max(best, same / both.sum())
        assert share[i] == pytest.approx(best)
        assert (partner[i] >= 0) == (best > 0)


def test_near_duplicates_without_rows() -> None:
    frame = pl.DataFrame({"a": pl.Series([], dtype=pl.Int64), "b": pl.Series([], dtype=pl.Int64)})
    found = find_near(frame, DuplicateRule(("a", "b"), 0.9), pl.Series([], dtype=pl.Int64), pl.Series([], dtype=bool))
    assert found.count == 0


def test_rules_are_guessed_from_names_and_labels() -> None:
    rules = guess_rules(make_file())
    assert rules.speed is not None
    assert (rules.id, rules.speed.column) == ("id", "seconds")
    assert [grid.name for grid in rules.grids] == ["t0 to q19"]
    assert rules.duplicates is not None
    assert "seconds" not in rules.duplicates.over


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("column: seconds", "column: secs", "<memory>:4:19: Q501 the data have no column `secs`"),
        ("column: seconds", "column: device", "<memory>:4:19: Q502 `device` holds no numbers"),
        ("[t*]", "[trust*]", "Q501 no column begins with `trust`"),
        ("age < 18", "aeg < 18", "Q032 unknown attribute `aeg`\n  help: did you mean `age`?"),
        ("below: 0.4", "seconds_per_item: 2", "Q503 `seconds_per_item` and `items` go together"),
        ("expect: [4]", "expect: [four]", "Q502 `check` holds numbers, but `four` is expected"),
        ("near: 0.95", "near: 95", "Q016 95 is not between 0 and 1"),
        ("quality:", "qualty:", "Q005 unknown key `qualty`\n  help: did you mean `quality`?"),
    ],
)
def test_wrong_rules_are_told(old: str, new: str, said: str) -> None:
    answers = make_file()
    assert old in RULES
    with pytest.raises(ProblemsError) as raised:
        clean_answers(answers, read_cleaning(RULES.replace(old, new), answers.frame))
    assert said in str(raised.value)


def test_a_rule_that_flags_many_is_warned_about() -> None:
    answers = make_file()
    cleaning = clean_answers(
        answers, read_cleaning("cleaning: {quality: [{column: check, expect: [5]}]}", answers.frame)
    )
    assert [note.code for note in cleaning.notes] == ["Q504"]


def test_the_command(tmp_path: Path) -> None:
    write_answers(make_file(), tmp_path / "data.sav")
    (tmp_path / "study.yaml").write_text(RULES)
    data, study, out = (str(tmp_path / name) for name in ("data.sav", "study.yaml", "flags.csv"))
    kept, book = str(tmp_path / "kept.sav"), str(tmp_path / "book.html")
    words = [data, "--rules", study, "--out", out, "--drop-from", "1", "--kept", kept, "--codebook", book]
    result = CliRunner().invoke(command, words, catch_exceptions=False)
    assert result.exit_code == 0
    assert "7 of 206 respondents are flagged by one check or more." in result.output
    assert "199 of 206 respondents kept" in result.output
    assert pl.read_csv(out).height == 206
    rest = read_answers(kept)
    assert rest.frame.height == 199
    assert rest.variables["t0"].value_labels[9.0] == "refused"
    assert "Codebook" in Path(book).read_text(encoding="utf-8")
    guessed = CliRunner().invoke(command, [data, "--json"], catch_exceptions=False)
    assert '"rules_guessed": true' in guessed.output
