"""The shipped data are what SOURCE.yaml and README.md say they are."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from scslab.ground.digests import digest_of_file
from scslab.ledger.load import load as load_ledger
from scslab.scheme.catalogue import find_scheme

ROOT = Path(__file__).parents[2]
DATASETS = ROOT / "src" / "scslab" / "datasets"
CATALOGUE = ROOT / "src" / "scslab" / "catalogue"
NAMES = sorted(path.name for path in DATASETS.iterdir() if path.is_dir() and not path.name.startswith("_"))


def read_source(name: str) -> dict[str, Any]:
    source: dict[str, Any] = yaml.safe_load((DATASETS / name / "SOURCE.yaml").read_text(encoding="utf-8"))
    return source


def every_file() -> list[Any]:
    return [
        pytest.param(name, described, id=f"{name}/{described['file']}")
        for name in NAMES
        for described in read_source(name)["files"]
    ]


def load(name: str, file: str = "events.parquet") -> pl.DataFrame:
    return pl.read_parquet(DATASETS / name / file)


def test_both_datasets_ship() -> None:
    assert NAMES == ["chicago-food-inspections", "nursing-homes"]


@pytest.mark.parametrize("name", NAMES)
def test_a_dataset_says_where_it_comes_from(name: str) -> None:
    source = read_source(name)
    assert source["dataset"] == name
    assert all(source[key] for key in ("origin", "publisher", "licence", "reference", "changes"))
    assert set(source["title"]) == {"en", "zh"}
    described = {each["file"] for each in source["files"]}
    assert {path.name for path in (DATASETS / name).iterdir()} == described | {
        "SOURCE.yaml",
        "README.md",
        "events.yaml",
    }


@pytest.mark.parametrize(("name", "described"), every_file())
def test_a_file_is_the_one_described(name: str, described: dict[str, Any]) -> None:
    assert digest_of_file(DATASETS / name / described["file"]) == described["sha256"]
    frame = load(name, described["file"])
    assert (frame.height, frame.width) == (described["rows"], described["columns"])
    assert frame["subject_id"].n_unique() == described["subjects"]
    if "first_day" in described:
        assert (frame["occurred_on"].min(), frame["occurred_on"].max()) == (
            described["first_day"],
            described["last_day"],
        )


@pytest.mark.parametrize("name", NAMES)
def test_no_column_can_name_a_person(name: str) -> None:
    """The boundary of the project: no names, addresses or comments of anybody."""
    for path in (DATASETS / name).glob("*.parquet"):
        columns = " ".join(pl.read_parquet_schema(path))
        assert not re.search(r"name|address|owner_|inspector|comment|phone|latitude|longitude", columns), path


def test_chicago_is_as_its_readme_says() -> None:
    """The numbers are those of the README, counted here from the rows."""
    frame = load("chicago-food-inspections")
    results = dict(frame["result"].value_counts().rows())
    assert results == {"Pass": 18_494, "Pass w/ Conditions": 3_651, "Fail": 5_455}
    risks = dict(frame["risk"].value_counts().rows())
    assert risks == {"Risk 1 (High)": 20_948, "Risk 2 (Medium)": 5_458, "Risk 3 (Low)": 1_194}
    assert frame["inspection_type"].unique().to_list() == ["Canvass"]
    codes = frame["violations"].drop_nulls().str.split("|").explode().cast(pl.Int64)
    critical, serious = codes.is_between(1, 14).sum(), codes.is_between(15, 29).sum()
    assert (critical, serious, codes.is_between(30, 44).sum(), codes.len()) == (5_467, 9_635, 97_959, 113_168)
    assert (codes > 44).sum() == (codes == 70).sum() == 107
    assert frame["violations"].null_count() == 706
    assert frame.group_by("subject_id", "occurred_on").len().filter(pl.col("len") > 1).height == 16
    assert frame["minor"].sum() - 97_959 == 2_085
    assert frame.filter(result="Fail", critical=0, serious=0).height == 126
    assert frame.filter(pl.col("critical") > 0, result="Pass").height == 25
    assert frame["license_status"].null_count() == 2_846
    by_year = frame["occurred_on"].dt.year().value_counts().sort("occurred_on")["count"].to_list()
    assert by_year == [2_193, 6_819, 8_811, 9_777]


def test_nursing_homes_are_as_their_readme_says() -> None:
    """The numbers are those of the README, counted here from the rows."""
    events, homes = load("nursing-homes"), load("nursing-homes", "subjects.parquet")
    kinds = dict(events["event_type"].value_counts().rows())
    assert kinds == {"deficiency": 153_528, "fine": 14_074, "payment_denial": 2_392}
    letters = events["severity"].drop_nulls().unique().sort().to_list()
    assert letters == list("BCDEFGHIJKL")
    assert events.filter(pl.col("corrected_on") < pl.col("occurred_on")).height == 2_093
    assert events.filter(pl.col("corrected"), pl.col("corrected_on").is_null()).height == 136
    assert events.filter(~pl.col("corrected"), pl.col("corrected_on").is_not_null()).height == 1_341
    facts = events.drop("event_id")
    assert (facts.is_duplicated().sum(), facts.height - facts.n_unique()) == (582, 307)
    missing = homes.filter(~pl.col("has_deficiency_rows"))
    assert missing.height == 6_984
    assert sorted(missing["state"].unique()) == ["FL", "IL", "IN", "MA", "MD", "MI", "MO", "NY", "OH", "PA", "TX", "VA"]
    assert homes["cms_stars"].null_count() == 124
    counted = events.filter(event_type="deficiency").group_by("subject_id").len("rows")
    present = homes.filter("has_deficiency_rows").join(counted, on="subject_id", how="left")
    assert (present["rows"].fill_null(0) == present["total_deficiencies"]).all()
    assert present["rows"].drop_nulls().len() == 6_534
    assert events["occurred_on"].max() == date(2025, 12, 18)


@pytest.mark.parametrize(
    ("name", "scheme", "set_aside", "notes"),
    [
        ("chicago-food-inspections", "food-safety", 0, []),
        (
            "nursing-homes",
            "care-homes",
            9_090,
            [("L160", "6,984"), ("L157", "2,093"), ("L157", "136"), ("L157", "1,341")],
        ),
    ],
)
def test_a_mapping_takes_every_row_and_names_every_column(
    name: str, scheme: str, set_aside: int, notes: list[tuple[str, str]]
) -> None:
    """Set aside and told are the homes without deficiency rows and odd corrections, in the numbers of the README."""
    ledger = load_ledger(name, find_scheme(scheme))
    assert (ledger.rows_in, ledger.set_aside.height) == (load(name).height, set_aside)
    assert [note.code for note in ledger.notes] == [code for code, _ in notes]
    assert all(number in note.message for (_, number), note in zip(notes, ledger.notes, strict=True))


def test_every_source_that_is_cited_is_in_the_references() -> None:
    bib = (ROOT / "docs" / "references.bib").read_text(encoding="utf-8")
    keys = re.findall(r"^@\w+\{(\w+),", bib, re.MULTILINE)
    assert len(keys) == len(set(keys))
    readmes = [path.read_text(encoding="utf-8") for path in sorted(CATALOGUE.glob("*/README.md"))]
    cited = {key for text in readmes for key in re.findall(r"`([a-z]+[a-z0-9]*)`", text.split("## Sources")[1])}
    cited -= {"sources"}
    cited |= {read_source(name)["reference"] for name in NAMES}
    assert cited - set(keys) == set()
    others = [path for suffix in ("py", "yaml") for path in sorted((ROOT / "src").rglob(f"*.{suffix}"))]
    words = {word for path in others for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    assert set(keys) - cited - words == set()
