import shutil
from pathlib import Path

import polars as pl
import pytest

from scslab.ground.problems import ProblemsError
from scslab.ledger.datasets import find_dataset, list_fitting, open_dataset
from scslab.ledger.sources import find_source

MAPPING = "mapping: own\nsubject_id: who\noccurred_on: day\nevents: [{type: fine}]\n"
RAW = "who,day\nS,2024-05-31\n"


def write(folder: Path, **files: str) -> Path:
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(content)
    return folder / "raw.csv"


@pytest.mark.parametrize("name", ["nursing-homes", "nursing_homes"])
def test_a_dataset_by_its_name(name: str) -> None:
    found = find_source(name)
    assert found.mapping is not None
    assert (found.mapping.name, found.table.file) == ("nursing-homes", "nursing-homes/events.parquet")
    assert Path(found.subjects).name == "subjects.parquet"
    assert found.notes == ()


def test_a_mistyped_dataset() -> None:
    with pytest.raises(ProblemsError, match=r"L100 there is no file or dataset `nursing-home`\n  help: did you mean"):
        find_source("nursing-home")


def test_a_name_with_an_ending_is_a_file() -> None:
    with pytest.raises(ProblemsError, match="L100 there is no such file"):
        find_source("nursing-homes.csv")


def test_a_mapping_beside_the_data_is_found_and_told(tmp_path: Path) -> None:
    found = find_source(write(tmp_path, raw__csv=RAW, events__yaml=MAPPING))
    assert found.mapping is not None
    assert (found.mapping.name, [note.code for note in found.notes]) == ("own", ["L155"])


def test_the_mapping_of_the_file_itself_comes_first(tmp_path: Path) -> None:
    own = MAPPING.replace("own", "closer")
    found = find_source(write(tmp_path, raw__csv=RAW, events__yaml=MAPPING, raw__events__yaml=own))
    assert found.mapping is not None
    assert found.mapping.name == "closer"


def test_a_mapping_beside_the_data_that_is_for_another_file_is_left_alone(tmp_path: Path) -> None:
    assert find_source(write(tmp_path, raw__csv=RAW, events__yaml="file: other.csv\n" + MAPPING)).mapping is None
    other = MAPPING.replace("who", "whom")
    assert find_source(write(tmp_path, raw__csv=RAW, events__yaml=other)).mapping is None


def test_a_mapping_that_names_the_file_is_used_even_where_it_does_not_fit(tmp_path: Path) -> None:
    # Then its problems are told with their places, and not that columns are missing.
    other = "file: raw.csv\n" + MAPPING.replace("who", "whom")
    found = find_source(write(tmp_path, raw__csv=RAW, events__yaml=other))
    assert found.mapping is not None


def test_a_mapping_may_be_given(tmp_path: Path) -> None:
    path = write(tmp_path, raw__csv=RAW, events__yaml=MAPPING, mine__yaml=MAPPING.replace("own", "mine"))
    for given in (tmp_path / "mine.yaml", str(tmp_path / "mine.yaml")):
        found = find_source(path, given)
        assert found.mapping is not None
        assert found.mapping.name == "mine"
    assert find_source(path, "nursing-homes").mapping is open_dataset("nursing-homes").mapping


def test_a_table_of_events_needs_no_mapping(tmp_path: Path) -> None:
    content = "event_id,subject_id,type,occurred_on\n1,S,fine,2024-05-31\n"
    found = find_source(write(tmp_path, raw__csv=content))
    assert (found.mapping, found.fitting) == (None, ())


def test_a_copy_of_a_dataset_is_known_again(tmp_path: Path) -> None:
    shipped = open_dataset("nursing-homes")
    copy = tmp_path / "copy.parquet"
    shutil.copy(shipped.events, copy)
    found = find_source(copy)
    assert found.mapping is shipped.mapping
    # The same bytes: then the shipped subjects are those of the events.
    assert found.subjects == shipped.subjects
    assert [note.code for note in found.notes] == ["L155"]
    frame = find_source(pl.read_parquet(shipped.events))
    assert (frame.mapping, frame.subjects) == (shipped.mapping, shipped.subjects)


def test_other_data_with_the_columns_of_a_dataset_do_not_get_its_subjects(tmp_path: Path) -> None:
    shipped = open_dataset("nursing-homes")
    other = pl.read_parquet(shipped.events).head(100)
    for source in (other, tmp_path / "other.parquet"):
        if isinstance(source, Path):
            other.write_parquet(source)
        found = find_source(source)
        assert (found.mapping, found.subjects) == (shipped.mapping, None)
        assert [note.code for note in found.notes] == ["L155", "L100"]
    # A table of subjects beside the file is taken.
    pl.DataFrame({"subject_id": ["x"]}).write_parquet(tmp_path / "subjects.parquet")
    assert find_source(tmp_path / "other.parquet").subjects == tmp_path / "subjects.parquet"


def test_a_table_with_more_columns_than_a_dataset_is_told_what_would_fit() -> None:
    shipped = open_dataset("nursing-homes")
    frame = pl.read_parquet(shipped.events, n_rows=1).with_columns(extra=pl.lit(1))
    found = find_source(frame)
    assert (found.mapping, found.fitting) == (None, ("nursing-homes",))


def test_datasets_that_fit() -> None:
    shipped = open_dataset("chicago-food-inspections")
    assert [dataset.name for dataset in list_fitting(shipped.columns)] == ["chicago-food-inspections"]
    assert list_fitting(("a", "b")) == ()
    assert find_dataset("no-such") is None
