"""The datasets that come with the package: a folder each, with data, mapping and source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import polars as pl

from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.ledger.codes import DAMAGED_DATASET
from scslab.ledger.mapping import Mapping
from scslab.ledger.mapping_reader import read_mapping
from scslab.ledger.reading import tell_problems

MAPPING_FILE = "events.yaml"
"""The name of the mapping in the folder of a dataset, and beside a user's data."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset that comes with the package.

    Attributes:
        columns: those of its table of events.
    """

    name: str
    folder: Path
    mapping: Mapping
    events: Path
    columns: tuple[str, ...]

    @property
    def subjects(self) -> Path | None:
        """Its table of subjects, if it has one."""
        return None if self.mapping.subjects is None else self.folder / self.mapping.subjects.file


def list_datasets() -> tuple[str, ...]:
    """The names of the datasets, in alphabetical order.

    Example:
        >>> list_datasets()
        ('chicago-food-inspections', 'nursing-homes')
    """
    return tuple(sorted(path.parent.name for path in _root().glob(f"*/{MAPPING_FILE}")))


def find_dataset(name: str) -> Dataset | None:
    """The dataset of a name; `_` is as good as `-`. None where there is none.

    Raises:
        ProblemsError: the dataset is incomplete.
    """
    wanted = name.replace("_", "-")
    return open_dataset(wanted) if wanted in list_datasets() else None


@cache
def open_dataset(name: str) -> Dataset:
    """A dataset by its exact name.

    Raises:
        ProblemsError: the dataset is incomplete.
    """
    folder = _root() / name
    mapping = read_mapping(folder / MAPPING_FILE, f"{name}/{MAPPING_FILE}")
    events = folder / (mapping.file or "events.parquet")
    if not events.is_file():
        raise ProblemsError([Problem(DAMAGED_DATASET, f"the dataset `{name}` has no `{events.name}`", Place(name))])
    with tell_problems(f"{name}/{events.name}"):
        columns = tuple(pl.read_parquet_schema(events))
    return Dataset(name, folder, mapping, events, columns)


def list_fitting(columns: tuple[str, ...]) -> tuple[Dataset, ...]:
    """The datasets whose mapping fits a table with these columns, those with exactly these columns first."""
    datasets = [open_dataset(name) for name in list_datasets()]
    fitting = [dataset for dataset in datasets if dataset.mapping.does_fit(columns)]
    return tuple(sorted(fitting, key=lambda dataset: set(dataset.columns) != set(columns)))


def _root() -> Path:
    return Path(str(resources.files("scslab"))) / "datasets"
