"""Norms: the shipped ones against the fact sheet, and every problem that a norm file may have."""

from datetime import date

import pytest

from scslab.ground.dates import Period
from scslab.ground.problems import ProblemsError
from scslab.scheme.model import Confidence, SubjectKind
from scslab.scheme.norm_model import Gravity, NormClause, NormVersion, Requirement, norm_confidence, version_on
from scslab.scheme.norms import CODES, check_norm, list_norms, norms_folder, read_norm

NORM = """\
norm: rules
title: {en: Rules, zh: 规则}
issuer: {en: A commission}
sources:
  text: {title: The text, confidence: read}
  talk: {title: What people say, confidence: reported}
versions:
  - id: old
    title: The old one
    from: 2020-01-01
    until: 2020-12-31
    clauses:
      - id: display
        requirement: display-time
        gravity: general
        subjects: [business]
        fields: [food]
        least: 3 months
        most: 1 year
        working_days: 3
        source: text
      - {id: kinds, requirement: extent, number: 2, items: [{id: a}, {id: b}], source: talk, confidence: unverified}
  - id: new
    title: The new one
    from: 2021-01-01
    clauses: []
unknown: [{en: Much}]
"""


def lines_of(change: str, to: str) -> list[str]:
    assert change in NORM
    norm, problems = check_norm(NORM.replace(change, to), "n.yaml")
    assert norm is None
    return [f"{p.place.line}:{p.place.column} {p.code} {p.message}" for p in problems]


def clause_of(version: NormVersion, clause_id: str) -> NormClause:
    return next(clause for clause in version.clauses if clause.id == clause_id)


def test_everything_that_a_norm_may_say() -> None:
    norm, problems = check_norm(NORM, "n.yaml")
    assert norm is not None
    assert problems == []
    assert (norm.id, norm.title.zh, norm.issuer.en, norm.unknown[0].en) == ("rules", "规则", "A commission", "Much")
    old, new = norm.versions
    assert (old.since, old.until, new.until) == (date(2020, 1, 1), date(2020, 12, 31), None)
    display, kinds = old.clauses
    assert (display.requirement, display.gravity) == (Requirement.DISPLAY_TIME, Gravity.GENERAL)
    assert (display.subjects, display.fields) == ((SubjectKind.BUSINESS,), ("food",))
    assert (display.least, display.most) == (Period.parse("3 months"), Period.parse("1 year"))
    assert (display.working_days, display.place.line) == (3, 13)
    assert (kinds.number, [item.id for item in kinds.items]) == (2, ["a", "b"])
    assert norm_confidence(norm, display) is Confidence.READ
    assert norm_confidence(norm, kinds) is Confidence.UNVERIFIED


@pytest.mark.parametrize(
    ("change", "to", "line"),
    [
        ("source: text", "source: txet", "21:17 N021 unknown source `txet`"),
        ("title: The new one", "title: New\n    source: gossip", "25:13 N021 unknown source `gossip`"),
        ("number: 2", "number: 1", "22:50 N029 1 is fewer than the items"),
        ("most: 1 year", "most: 2 months", "19:15 N039 at most 2 months is shorter than at least 3 months"),
        ("until: 2020-12-31", "until: 2019-12-31", "8:5 N039 the version `old` ends before it begins"),
        ("from: 2021-01-01", "from: 2020-12-31", "23:5 N039 the version `new` does not begin after the one before"),
        ("    from: 2021-01-01\n", "", "23:5 N039 the version `new` does not begin after the one before"),
        ("id: new", "id: old", "23:5 N014 the id `old` stands twice"),
        ("{id: b}", "{id: a}", "22:70 N014 the id `a` stands twice"),
        ("display-time", "display-tim", "14:22 N008 `display-tim` is not a word that may stand here"),
        ("working_days: 3", "working_days: 0", "20:23 N016 0 is not between 1 and 1,000"),
        ("least: 3 months", "leest: 3 months", "18:9 N005 unknown key `leest`"),
    ],
)  # fmt: skip
def test_problems(change: str, to: str, line: str) -> None:
    assert lines_of(change, to) == [line]


def test_an_open_version_is_ended_by_no_later_one() -> None:
    """Without `until` the old version still holds when the new one begins: the later of the two counts."""
    norm, problems = check_norm(NORM.replace("    until: 2020-12-31\n", ""), "n.yaml")
    assert norm is not None
    assert problems == []
    assert [version.id for day in (date(2020, 6, 1), date(2021, 6, 1)) if (version := version_on(norm, day))] == [
        "old",
        "new",
    ]


def test_all_problems_are_told_at_once() -> None:
    _, problems = check_norm(NORM.replace("source: text", "source: x").replace("number: 2", "number: 0"), "n.yaml")
    assert [problem.code for problem in problems] == ["N021", "N016"]


def test_a_file_that_is_no_norm() -> None:
    assert [problem.code for problem in check_norm("[1, 2]", "n.yaml")[1]] == ["N007"]
    assert [problem.code for problem in check_norm("norm: [", "n.yaml")[1]] == ["N001"]
    assert {"N006"} == {problem.code for problem in check_norm("norm: rules", "n.yaml")[1]}


def test_a_norm_is_found_by_id_file_or_folder(tmp_path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "norm.yaml").write_text(NORM, encoding="utf-8")
    assert list_norms(tmp_path) == ("rules",)
    assert read_norm("rules", tmp_path).place.file == "rules/norm.yaml"
    assert read_norm(folder).id == read_norm(folder / "norm.yaml").id == "rules"
    with pytest.raises(ProblemsError, match="N045 no norm `ruls`\n  help: did you mean `rules`"):
        read_norm("ruls", tmp_path)
    (folder / "norm.yaml").write_text("norm: rules", encoding="utf-8")
    with pytest.raises(ProblemsError, match=r"rules/norm\.yaml:1:1: N006"):
        read_norm("rules", tmp_path)


def test_codes_are_told_apart() -> None:
    assert set(CODES) == {"N018", "N021", "N029", "N039", "N045"}


def test_shipped_norms_are_sound_and_say_where_they_come_from() -> None:
    assert list_norms() == ("credit-repair", "public-credit-catalogue", "punishment-measures", "state-council-2020")
    for name in list_norms():
        norm = read_norm(name)
        assert norm.id == name
        assert (norms_folder() / name / "README.md").is_file()
        assert norm.title.zh
        assert norm.unknown
        used = {clause.source for version in norm.versions for clause in version.clauses}
        assert used | {version.source for version in norm.versions} == set(norm.sources)
        for version in norm.versions:
            assert version.since is not None
            assert all(clause.title.en and clause.title.zh for clause in version.clauses)


def test_repair_rules_of_2023_and_2026() -> None:
    """By the fact sheet, section 14: 3 months to 3 years; from 2026 3 months, 3 months to 1 year, 1 to 3 years; answers
    in 3 and 10 working days; the numbers of 2023 are unverified, those of 2026 from a draft."""
    norm = read_norm("credit-repair")
    last, first = version_on(norm, date(2026, 3, 31)), version_on(norm, date(2026, 4, 1))
    assert last is not None
    assert first is not None
    assert (last.id, first.id) == ("order-58", "order-36")
    assert version_on(norm, date(2023, 4, 30)) is None
    display = clause_of(last, "display")
    assert (display.least, display.most) == (Period.parse("3 months"), Period.parse("3 years"))
    assert norm_confidence(norm, display) is Confidence.UNVERIFIED
    times = {
        clause.gravity: (clause.least, clause.most)
        for clause in first.clauses
        if clause.requirement is Requirement.DISPLAY_TIME
    }
    assert times == {
        Gravity.MINOR: (None, Period.parse("3 months")),
        Gravity.GENERAL: (Period.parse("3 months"), Period.parse("1 year")),
        Gravity.SERIOUS: (Period.parse("1 year"), Period.parse("3 years")),
    }
    assert [clause_of(first, name).working_days for name in ("decide", "reply")] == [3, 10]
    assert SubjectKind.RESIDENT not in clause_of(first, "subjects").subjects


def test_editions_of_the_catalogue_and_of_the_list_of_measures() -> None:
    """By the fact sheet, sections 0 and 13: 2021-12-16, 2022-12-28 (to 2023-12-31), 2024; 11 kinds; 3 and 14."""
    for name in ("public-credit-catalogue", "punishment-measures"):
        norm = read_norm(name)
        assert [version.since for version in norm.versions][:2] == [date(2021, 12, 16), date(2022, 12, 28)]
        assert norm.versions[1].until == date(2023, 12, 31)
    kinds = clause_of(read_norm("public-credit-catalogue").versions[0], "kinds")
    assert (kinds.number, len(kinds.items)) == (11, 3)
    measures = read_norm("punishment-measures").versions[0]
    assert [clause_of(measures, name).number for name in ("classes", "measures")] == [3, 14]
