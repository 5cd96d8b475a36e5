"""The catalogue: what is shipped, and how a scheme is found."""

import pytest

from scslab.ground.problems import ProblemsError
from scslab.scheme.catalogue import CatalogueEntry, find_scheme, find_scheme_file, list_catalogue, list_names
from scslab.scheme.model import OperatorKind, Status, SubjectKind
from scslab.scheme.reader import EXAMPLE


@pytest.fixture
def shelf(tmp_path):
    """A catalogue of two schemes and a folder that is none."""
    for name in ("give", "help"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "scheme.yaml").write_text(
            EXAMPLE.replace("scheme: give", f"scheme: {name}"), encoding="utf-8"
        )
    (tmp_path / "notes").mkdir()
    return tmp_path


def test_shipped_schemes_are_listed_by_id():
    entries = list_catalogue()
    assert [entry.id for entry in entries] == list(list_names())
    # The id in the file is the name of the folder, or a scheme could not be found by the id it shows.
    assert all(entry.id == entry.folder.name for entry in entries)
    rongcheng = next(entry for entry in entries if entry.id == "rongcheng")
    assert (rongcheng.operator_kind, rongcheng.subject_kind) == (OperatorKind.GOVERNMENT, SubjectKind.RESIDENT)
    assert rongcheng.title.zh


def test_a_catalogue_entry(shelf):
    title = find_scheme("give", shelf).title
    assert list_catalogue(shelf)[0] == CatalogueEntry(
        "give", title, Status.PARTIAL, OperatorKind.RESEARCH, SubjectKind.RESIDENT, shelf / "give"
    )
    assert list_names(shelf) == ("give", "help")


def test_a_scheme_is_found_by_id_file_or_folder(shelf):
    expected = shelf / "give" / "scheme.yaml"
    assert find_scheme_file("give", shelf) == expected
    assert find_scheme_file(shelf / "give") == expected
    assert find_scheme_file(str(expected)) == expected
    assert find_scheme(expected).id == "give"


def test_places_of_a_shipped_scheme_name_its_folder_only(shelf):
    assert find_scheme("give", shelf).place.file == "give/scheme.yaml"
    assert find_scheme(shelf / "give").place.file == str(shelf / "give" / "scheme.yaml")


@pytest.mark.parametrize(
    ("name", "line", "help_"),
    [
        ("giv", "giv: S045 no scheme `giv` in the catalogue", "did you mean `give`?"),
        ("zzz", "zzz: S045 no scheme `zzz` in the catalogue", "known here: `give`, `help`"),
        ("nowhere/scheme.yaml", "nowhere/scheme.yaml: S045 there is no scheme file at `nowhere/scheme.yaml`",
         "give the path of a scheme file, or an id of the catalogue"),
        ("a\0b", "a\0b: S045 no scheme `a\0b` in the catalogue", "known here: `give`, `help`"),
    ],
)  # fmt: skip
def test_what_is_not_there(shelf, name, line, help_):
    with pytest.raises(ProblemsError) as caught:
        find_scheme(name, shelf)
    assert [str(problem) for problem in caught.value.problems] == [f"{line}\n  help: {help_}"]


def test_whole_words_of_an_id_find_it_where_one_id_alone_has_them(shelf):
    text = (shelf / "give" / "scheme.yaml").read_text(encoding="utf-8")
    for name in ("north-give", "south-give-2020", "south-give-2024"):
        (shelf / name).mkdir()
        (shelf / name / "scheme.yaml").write_text(text.replace("scheme: give", f"scheme: {name}"), encoding="utf-8")
    assert find_scheme("give", shelf).id == "give"  # the whole id comes first
    assert find_scheme("north", shelf).id == "north-give"
    assert find_scheme("give-2024", shelf).id == "south-give-2024"
    with pytest.raises(ProblemsError, match="did you mean `south-give-2020` or `south-give-2024`"):
        find_scheme("south", shelf)
    with pytest.raises(ProblemsError, match="no scheme `sout` in the catalogue"):
        find_scheme("sout", shelf)  # a part of a word is a slip of the hand, not a name


def test_a_shipped_scheme_with_errors_is_told(shelf):
    (shelf / "help" / "scheme.yaml").write_text("scheme: help\n", encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        list_catalogue(shelf)
    assert {problem.place.file for problem in caught.value.problems} == {"help/scheme.yaml"}
