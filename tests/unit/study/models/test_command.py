"""`scslab study model` from the command line."""

import json
from pathlib import Path

import polars as pl
from click.testing import CliRunner, Result

from scslab.cli.study.model import command
from unit.study.models.reference import STORED, R

SCHOOLS = str(R / "data" / "apistrat.csv")
DESIGN = ["--weights", "pw", "--strata", "stype", "--fpc", "fpc"]


def run(*words: str) -> Result:
    return CliRunner().invoke(command, list(words), catch_exceptions=False)


def test_blocks_stand_side_by_side(tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    result = run(
        SCHOOLS, "--formula", "band ~ ell", "--blocks", "meals", "--blocks", "awards", *DESIGN, "--out", str(out)
    )
    assert result.exit_code == 0
    assert "Taylor-linearised" in result.output
    lines = {line.split()[0]: line for line in result.output.splitlines() if line.split()}
    assert lines["ell"].count("***") >= 1
    assert lines["awards[Yes]"].count("(") == 1
    assert lines["Brant"].split()[2:] != []
    assert pl.read_csv(out)["term"].to_list()[:3] == ["ell", "meals", "awards[Yes]"]


def test_json_has_what_r_has() -> None:
    result = run(SCHOOLS, "--formula", "band ~ ell + meals", "--json", "--vif", "--margins", *DESIGN)
    found = json.loads(result.output)
    (model,) = found["models"]
    assert model["standard_errors"] == "linearised"
    assert model["degrees_of_freedom"] == STORED["strat"]["df"]
    assert {row["term"] for row in found["vif"]} == {"ell", "meals"}
    assert len(found["margins"]) == 10
    assert [row["term"] for row in model["brant"]] == ["(all)", "ell", "meals"]


def test_levels_reference_and_frequencies() -> None:
    result = run(
        *(str(R / "data" / "housing.csv"), "--formula", "Sat ~ Infl", "--weights", "Freq", "--frequency", "--json"),
        *("--levels", "Sat=Low,Medium,High", "--levels", "Infl=Low,Medium,High", "--reference", "Infl=High"),
    )
    terms = [row["term"] for row in json.loads(result.output)["models"][0]["parameters"]]
    assert terms == ["Infl[Low]", "Infl[Medium]", "Low|Medium", "Medium|High"]


def test_a_study_file_gives_the_design(tmp_path: Path) -> None:
    study = tmp_path / "study.yaml"
    study.write_text("study: schools\ndesign: {weights: pw, strata: stype, fpc: fpc}\n", encoding="utf-8")
    by_file, by_options = (
        json.loads(run(SCHOOLS, "--formula", "band ~ ell", "--json", *words).output)["models"][0]["parameters"]
        for words in (("--study", str(study)), DESIGN)
    )
    assert by_file == by_options


def test_the_bootstrap_is_printed() -> None:
    result = run(SCHOOLS, "--formula", "band ~ ell", "--bootstrap", "20", "--kind", "ordered", "--link", "probit")
    assert "Bootstrap" in result.output
    assert "Ordered probit" in result.output


def test_a_separated_category_is_shown_as_infinite() -> None:
    result = run(str(R / "data" / "wine.csv"), "--formula", "rating ~ C(bottle)", "--kind", "ordered")
    assert result.exit_code == 0
    assert "warning: Q424" in result.stderr
