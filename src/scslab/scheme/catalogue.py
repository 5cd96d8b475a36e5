"""The catalogue: the schemes that come with the package, and how a scheme is found by name or path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from scslab.ground.problems import Place, Problem, ProblemsError, did_you_mean
from scslab.ground.text import Text
from scslab.scheme.model import OperatorKind, Scheme, Status, SubjectKind
from scslab.scheme.reader import read_scheme

FILE_NAME = "scheme.yaml"
"""The name of the scheme file in a catalogue folder."""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A scheme of the catalogue in short.

    Attributes:
        id: the name of its folder, and the id in its file.
        folder: where `scheme.yaml` is, and beside it `cases.yaml` and `README.md`.
    """

    id: str
    title: Text
    status: Status
    operator_kind: OperatorKind
    subject_kind: SubjectKind
    folder: Path


def catalogue_folder() -> Path:
    """The folder of the schemes that come with the package."""
    return Path(str(resources.files("scslab"))) / "catalogue"


def list_names(folder: Path | None = None) -> tuple[str, ...]:
    """The ids of the catalogue, in alphabetical order, without reading the files.

    Args:
        folder: another catalogue than the one that comes with the package.
    """
    root = folder or catalogue_folder()
    return tuple(sorted(path.parent.name for path in root.glob(f"*/{FILE_NAME}")))


def list_catalogue(folder: Path | None = None) -> tuple[CatalogueEntry, ...]:
    """The schemes of the catalogue, by id.

    Args:
        folder: another catalogue than the one that comes with the package.

    Raises:
        ProblemsError: a scheme file of the catalogue has errors.

    Example:
        >>> [entry.id for entry in list_catalogue() if entry.id.startswith("rongcheng")]
        ['rongcheng', 'rongcheng-2021']
    """
    root = folder or catalogue_folder()
    entries: list[CatalogueEntry] = []
    for name in list_names(root):
        scheme = read_scheme(root / name / FILE_NAME, f"{name}/{FILE_NAME}")
        operator, kind = scheme.operator.kind, scheme.subjects.kind
        entries.append(CatalogueEntry(scheme.id, scheme.title, scheme.status, operator, kind, root / name))
    return tuple(entries)


def find_scheme_file(name_or_path: str | Path, folder: Path | None = None) -> Path:
    """The scheme file that a user means: an id of the catalogue, a scheme file, or the folder of one.

    A name that is both in the catalogue and a folder here means the catalogue; `./name` means the folder. Whole words
    of an id will do where one id alone has them: `qianjiang` is `hangzhou-qianjiang`.

    Raises:
        ProblemsError: there is no such scheme, or several ids have these words (S045).
    """
    text = str(name_or_path)
    root = folder or catalogue_folder()
    names = list_names(root)
    if text in names:
        return root / text / FILE_NAME
    path = Path(name_or_path)
    if _is_there(path / FILE_NAME):
        return path / FILE_NAME
    if _is_there(path):
        return path
    if path.suffix in (".yaml", ".yml") or len(path.parts) > 1:
        hint = "give the path of a scheme file, or an id of the catalogue"
        raise ProblemsError([Problem("S045", f"there is no scheme file at `{text}`", Place(text), hint)])
    having = [name for name in names if f"-{text}-" in f"-{name}-"]
    if len(having) == 1:
        return root / having[0] / FILE_NAME
    hint = f"did you mean {_list_or(having)}?" if having else did_you_mean(text, names)
    raise ProblemsError([Problem("S045", f"no scheme `{text}` in the catalogue", Place(text), hint)])


def find_scheme(name_or_path: str | Path, folder: Path | None = None) -> Scheme:
    """Finds and reads a scheme: an id of the catalogue such as `food-safety`, a scheme file, or the folder of one.

    Raises:
        ProblemsError: there is no such scheme, or several ids have these words (S045), or its file has errors.

    Example:
        >>> find_scheme("food-safety").title.en
        'Restaurant food-safety rating'
        >>> find_scheme("qianjiang").id
        'hangzhou-qianjiang'
        >>> find_scheme("food-safty")
        Traceback (most recent call last):
        ...
        scslab.ground.problems.ProblemsError: food-safty: S045 no scheme `food-safty` in the catalogue
          help: did you mean `food-safety`?
    """
    path = find_scheme_file(name_or_path, folder)
    root = folder or catalogue_folder()
    # A shipped scheme is known by its id, wherever the package is installed.
    shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    return read_scheme(path, shown)


def _list_or(names: Sequence[str]) -> str:
    """`a`, `b` or `c`."""
    shown = [f"`{name}`" for name in names]
    return " or ".join([", ".join(shown[:-1]), shown[-1]])


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
