"""`scslab show` tells every part of a scheme: the phrases are those that a reader of the two example files expects."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from scslab.cli.main import scslab

DATA = Path(__file__).parents[1] / "scheme" / "data"

LISTS = [
    "Scores: each business and each resident; participation automatic; in force from 2015-01-01",
    "90, and at least 3 × tax.paid within 36 months, and not on the list defaulters",
    "by grade only",
    "makes the tier D to the end of the year, whatever the score",
    "makes the tier C for 24 months, whatever the score",
    "holds the tier at B to the end of the year",
    "defaulters: Defaulters",
    "public blacklist",
    "court.default with ground > 1; or score below 20; or 2 to 9 × tax.* with amount > 5 within 12 months; "
    "or on the list dishonest@ministry (known 7 days later)",
    "court.satisfied; after 24 months; not on the list dishonest@ministry (known 7 days later); tier A or B; "
    "court.obstructed with times > 1 makes the term 12 months longer, up to 60 months in all; "
    "entering again begins the term anew",
    "on the list defaulters from 2016-01-01 until 2030-12-31",
    "tier A or B, and score from 60, and on the list honest, and not on the list bad@bank (known 1 month later)",
    "course.done with hours >= 8 gives back 0.5 of the latest entry of late or default, 3 months after it at the "
    "earliest; at most 2 times a year",
    "tax.paid shortens the term on the list defaulters by 6 months, 12 months after it at the earliest",
    "court.satisfied removes from the list defaulters, 1 month after it at the earliest",
    "Objection: within 60 days; the target has no effect until the outcome; decided within 30 days, else upheld",
    "Link manager: Manager (from resident to business)",
    "Link household (from resident to any subject)",
    "Spread other-firms: Other firms; tier D: those along ^manager manager get the event manager.of_default",
    "Succeeds old-lists on 2015-01-01; tiers become scores: A → 100, B → 60",
]
INDEX = [
    "Score: an index from 350 to 950 from 1900-01-01, 850 from 2015-01-01, computed anew at each publication; "
    "published each month",
    "0.6 from 1900-01-01, 0.5 from 2018-01-01",
    "share of repayment.on_time with amount > 1 in repayment.* with amount > 0 within 24 months (0.5 if none)",
    "number of repayment.late with days_late > 30 within 12 months",
    "days since repayment.late (3650 if none)",
    "sum of amount of purchase.made within 12 months",
    "the subject's years (0 if none)",
    "score of city-score (500 if none)",
    "0 → 0, 0.9 → 0.5, 1 → 1",
    "score from 700.5",
]


def show(*words: str) -> str:
    # Wide enough that no cell of a table is folded.
    result = CliRunner(env={"COLUMNS": "1000"}).invoke(scslab, ["show", *words])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


@pytest.mark.parametrize(("name", "phrases"), [("lists", LISTS), ("index", INDEX)])
def test_every_part_is_told(name: str, phrases: list[str]) -> None:
    text = show(str(DATA / f"{name}.yaml"))
    assert [phrase for phrase in phrases if phrase not in text] == []


def test_titles_come_in_chinese() -> None:
    text = show(str(DATA / "lists.yaml"), "--lang", "zh")
    assert "defaulters: 失信被执行人" in text
    assert "Link manager: 负责人" in text


def test_a_scheme_that_only_lists(tmp_path: Path) -> None:
    file = tmp_path / "scheme.yaml"
    file.write_text(
        "scheme: l\ntitle: L\noperator: {kind: court, name: C}\nsubjects: {kind: business}\nevents: {a.b: {}}\n"
        "lists: [{id: l, kind: blacklist, enter: [{on: a.b}]}]\n",
        encoding="utf-8",
    )
    text = show(str(file))
    assert "Lists: each business" in text
    assert "Score: none; the scheme only lists" in text
    assert "Tiers" not in text
    assert "never" in text
