"""Target files: the shipped ones are those of the references, and every defect of a file is told with its place."""

from __future__ import annotations

import math
import re
from datetime import date
from pathlib import Path

import pytest

from scslab.ground.problems import ProblemsError
from scslab.scheme.model import Participation
from scslab.society.calibration.targets import Observable, Role, compute_error
from scslab.society.calibration.targets_reader import read_targets

ROOT = Path(__file__).parents[4]
KEYS = set(re.findall(r"@\w+\{(\w+),", (ROOT / "docs/references.bib").read_text(encoding="utf-8")))


def test_shipped_targets_are_those_of_the_references() -> None:
    # reference/li_kostka_2022/participation_rates.csv and reference/kostka_2019/figures_and_text.csv, as printed.
    found = {(t.place, t.observable, t.year): t.value for t in read_targets().observed if t.place != "pilots"}
    assert found == {
        ("hangzhou", Observable.TAKING_PART, 2021): 0.15,
        ("hangzhou", Observable.TAKING_PART, 2022): 0.39,
        ("xiamen", Observable.TAKING_PART, 2021): 0.05,
        ("xiamen", Observable.TAKING_PART, 2022): 0.23,
        ("suzhou", Observable.TAKING_PART, 2022): 0.13,
        ("rongcheng", Observable.TAKING_PART, 2022): 1.0,
        ("survey-2018", Observable.COMMERCIAL, 0): 0.80,
        ("survey-2018", Observable.APPROVAL, 0): 0.80,
    }
    pilots = {t.id: t for t in read_targets().observed if t.place == "pilots"}
    assert pilots["pilot-awareness"].value == 0.11
    assert (pilots["survey-awareness"].value, pilots["survey-awareness"].exposed) == (0.07, 0.43)
    assert pilots["interviews"].value == pytest.approx(5 / 44, abs=1e-4)
    # The study of identifiability had seven targets; the others are held out.
    assert sum(t.role is Role.FIT for t in read_targets().observed) == 7


def test_shipped_targets_have_sources_and_notes_in_two_languages() -> None:
    targets = read_targets()
    assert {t.source for t in targets.observed} <= KEYS
    for one in (*targets.observed, *targets.places.values()):
        assert bool(one.note.en) == bool(one.note.zh)
    assert targets.places["hangzhou"].since == date(2018, 11, 16)  # from the scheme
    assert targets.places["suzhou"].participation is Participation.OPT_IN
    tension = {t.id: t.note.en for t in targets.observed}
    assert "pilot-awareness" in tension["hangzhou-early"]
    assert "hangzhou-early" in tension["pilot-awareness"]


def test_error_of_a_share_by_hand() -> None:
    # 22 effective persons: sqrt(.113636 x .886364 / 22) = .067663; with none of them, p' = 1 / 24: sqrt(.041667 x
    # .958333 / 22) = .042603.
    assert compute_error(5 / 44, 44, 2) == pytest.approx(0.067663, abs=1e-6)
    assert compute_error(0, 44, 2) == pytest.approx(0.042603, abs=1e-6)
    assert compute_error(1, 44, 2) == pytest.approx(0.042603, abs=1e-6)
    assert compute_error(0.5, 100, 1) == 0.05


def write(folder: Path, text: str) -> Path:
    path = folder / "targets.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_own_file_may_name_shipped_places_and_describe_others(tmp_path: Path) -> None:
    (tmp_path / "city.yaml").write_text(
        "profile: city\ntitle: {en: City}\nsource: assumed\nbased_on: survey-2018\n", encoding="utf-8"
    )
    path = write(
        tmp_path,
        f"""targets: own
places:
  - {{id: city, profile: {tmp_path / "city.yaml"}, scheme: xiamen-egret, since: 2019-03-10}}
observed:
  - {{id: a, place: hangzhou, observable: taking_part, date: 2020-06-30, value: 0.05, tolerance: 0.02, source: press}}
  - {{id: b, place: city, observable: aware, months: 18, value: 0.2, n: 400, source: survey, role: held-out}}
""",
    )
    targets = read_targets(path)
    a, b = targets.observed
    assert a.list_months(date(2018, 11, 1)) == [19]
    assert (b.list_months(date(2019, 3, 1)), b.role) == ([17], Role.HELD_OUT)
    assert b.error == pytest.approx(math.sqrt(0.2 * 0.8 / 400))
    assert set(targets.places) == {"hangzhou", "city"}


BAD = """targets: Bad Name
places:
  - {id: here, profile: hangzho}
  - {id: there, scheme: no-such, profile: hangzhou}
  - {id: egret, profile: xiamen}
observed:
  - {id: a, place: hangzhu, observable: taking_part, date: 2021, value: 0.1, tolerance: 0.1, source: x}
  - {id: b, place: hangzhou, observable: taking_prt, date: 2021, value: 0.1, tolerance: 0.1, source: x}
  - {id: c, place: hangzhou, observable: aware, value: 0.1, tolerance: 0.1, source: x}
  - {id: d, place: hangzhou, observable: aware, date: 2021, months: 3, value: 0.1, tolerance: 0.1, source: x}
  - {id: e, place: hangzhou, observable: aware, date: 2021, value: 0.1, source: x}
  - {id: f, place: hangzhou, observable: aware, date: 2021, value: 0.1, tolerance: 0.1, n: 50, source: x}
  - {id: g, place: hangzhou, observable: aware, date: 2017, value: 0.1, tolerance: 0.1, source: x}
  - {id: h, place: survey-2018, observable: aware, date: 2021, value: 1.1, tolerance: 0.1, source: x}
  - {id: i, place: pilots, observable: approval, value: 0.1, n: 10, source: x}
  - {id: i, place: hangzhou, observable: aware, date: 2021, value: 0.1, tolerance: 0.1, sorce: x, role: fitted}
  - {id: j, place: hangzhou, observable: commercial, months: 3, value: 0.1, tolerance: 0.1, design_effect: 2, source: x}
"""


def test_all_defects_are_told_at_once_with_places(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as caught:
        read_targets(write(tmp_path, BAD))
    told = sorted((p.code, p.place.line) for p in caught.value.problems)
    assert told == [
        ("Y005", 16), ("Y006", 16), ("Y008", 8), ("Y008", 16), ("Y013", 1), ("Y014", 16), ("Y016", 14), ("Y402", 7),
        ("Y403", 3), ("Y403", 4), ("Y404", 5), ("Y404", 9), ("Y404", 10), ("Y404", 17), ("Y405", 11), ("Y405", 12),
        ("Y405", 17), ("Y406", 13), ("Y407", 14), ("Y407", 15),
    ]  # fmt: skip
    assert all(p.place.column for p in caught.value.problems)
    text = str(caught.value)
    assert "did you mean `hangzhou`?" in text
    assert "did you mean `taking_part`?" in text
    assert "targets.yaml:7:20: Y402 unknown place `hangzhu`" in text


@pytest.mark.parametrize(
    ("text", "code"),
    [("targets: *a", "Y002"), ("a: 1\n---\nb: 2", "Y001"), ("targets: x\ntargets: y", "Y004"), ("- a", "Y007")],
)
def test_files_that_are_no_targets_are_refused(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        read_targets(write(tmp_path, text))
    assert code in {p.code for p in caught.value.problems}


def test_a_missing_file_is_told() -> None:
    with pytest.raises(ProblemsError, match="Y401"):
        read_targets("nowhere/targets.yaml")


def test_the_example_of_the_documentation_is_read(tmp_path: Path) -> None:
    page = (ROOT / "docs/calibration.md").read_text(encoding="utf-8")
    block = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)[0]
    targets = read_targets(write(tmp_path, block))
    assert [t.id for t in targets.observed] == ["early", "survey"]
    assert targets.observed[1].note.zh
