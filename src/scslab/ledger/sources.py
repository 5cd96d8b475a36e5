"""Find what a user means by a ledger: the table, the mapping that belongs to it, and the table of subjects."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from scslab.ground.digests import digest_of_file
from scslab.ground.problems import Place, Problem, ProblemsError, Severity, did_you_mean
from scslab.ledger.codes import MAPPING_FOUND, NO_FILE
from scslab.ledger.columns import REQUIRED
from scslab.ledger.datasets import MAPPING_FILE, Dataset, find_dataset, list_datasets, list_fitting
from scslab.ledger.files import OpenTable, open_frame, open_table
from scslab.ledger.formats import SUFFIXES
from scslab.ledger.mapping import Mapping
from scslab.ledger.mapping_reader import read_mapping
from scslab.ledger.reading import collect_frame


@dataclass(frozen=True, slots=True)
class LedgerSource:
    """What a ledger is read from.

    Attributes:
        mapping: how rows become events; None: the rows are events.
        subjects: where the table of subjects is (a path or a frame); None: there is none.
        fitting: shipped datasets whose mapping would fit the columns, for a table that is no table of events.
    """

    table: OpenTable
    mapping: Mapping | None
    subjects: Any
    notes: tuple[Problem, ...] = ()
    fitting: tuple[str, ...] = ()


def find_source(source: Any, mapping: str | Path | Mapping | None = None, subjects: Any = None) -> LedgerSource:
    """Opens the table that `source` means, and finds the mapping and the subjects that belong to it.

    A mapping is looked for in this order: the one that is given (a file, or the name of a dataset); `NAME.events.yaml`
    beside the file `NAME.csv`; `events.yaml` beside it, if it fits; none, where the table has the columns of events;
    that of a dataset with exactly the same columns.

    Args:
        source: the name of a dataset, a path, or a Polars or pandas frame.
        mapping: a mapping file, the name of a dataset, or a mapping that was read.
        subjects: a path or frame; by default the one that the mapping names.

    Raises:
        ProblemsError: there is no such file, or it cannot be read.
    """
    dataset = find_dataset(source) if isinstance(source, str) else None
    if dataset is not None:
        table = replace(open_table(dataset.events), file=f"{dataset.name}/{dataset.events.name}")
        chosen, notes = _choose_given(mapping) or dataset.mapping, ()
        found = subjects if subjects is not None else dataset.subjects
        return LedgerSource(table, chosen, found, notes)
    if isinstance(source, str | Path):
        _refuse_unknown(source)
        table = open_table(Path(source))
    else:
        table = open_frame(source)
    chosen, folder, notes, fitting = _choose_mapping(table, mapping)
    if subjects is None and chosen is not None and chosen.subjects is not None:
        beside = None if folder is None else folder / chosen.subjects.file
        subjects = beside if beside is not None and beside.is_file() else None
        if subjects is None:
            message = f"the mapping names a table of subjects that is not there: `{chosen.subjects.file}`"
            hint = "conditions that read attributes of subjects cannot be decided"
            notes = (*notes, Problem(NO_FILE, message, Place(table.file), hint, Severity.WARNING))
    return LedgerSource(table, chosen, subjects, notes, fitting)


def _refuse_unknown(source: str | Path) -> None:
    """A word that is neither a file nor a dataset is most likely a mistyped dataset."""
    path = Path(source)
    is_word = path.suffix.lower() not in SUFFIXES and path.name == str(source)
    if is_word and not path.exists():
        hint = did_you_mean(path.name, list_datasets())
        raise ProblemsError([Problem(NO_FILE, f"there is no file or dataset `{path.name}`", Place(str(source)), hint)])


def _choose_given(mapping: str | Path | Mapping | None) -> Mapping | None:
    if mapping is None or isinstance(mapping, Mapping):
        return mapping
    dataset = find_dataset(mapping) if isinstance(mapping, str) else None
    return dataset.mapping if dataset is not None else read_mapping(Path(mapping))


def _choose_mapping(
    table: OpenTable, mapping: str | Path | Mapping | None
) -> tuple[Mapping | None, Path | None, tuple[Problem, ...], tuple[str, ...]]:
    """The mapping of a table, the folder that its other files are in, what is told, and datasets that would fit."""
    dataset = find_dataset(mapping) if isinstance(mapping, str) else None
    given = _choose_given(mapping)
    if given is not None:
        beside = Path(mapping).parent if isinstance(mapping, str | Path) else None
        return given, dataset.folder if dataset else beside, (), ()
    if table.path is not None:
        folder = table.path.parent
        own = folder / f"{table.path.stem}.{MAPPING_FILE}"
        if own.is_file():
            return read_mapping(own), folder, (_tell_found(own, table),), ()
        shared = folder / MAPPING_FILE
        if shared.is_file():
            found = read_mapping(shared)
            if found.file == table.path.name or (not found.file and found.does_fit(table.columns)):
                return found, folder, (_tell_found(shared, table),), ()
    if set(REQUIRED) <= set(table.columns):
        return None, None, (), ()
    fitting = list_fitting(table.columns)
    same = next((each for each in fitting if set(each.columns) == set(table.columns)), None)
    if same is not None:
        # The shipped table of subjects is about the subjects of the shipped events, and of no others.
        beside = None if table.path is None else table.path.parent
        folder = same.folder if _is_same_data(table, same) else beside
        return same.mapping, folder, (_tell_same(same, table),), ()
    return None, None, (), tuple(each.name for each in fitting)


def _is_same_data(table: OpenTable, dataset: Dataset) -> bool:
    if table.path is not None:
        has_same_size = table.path.stat().st_size == dataset.events.stat().st_size
        return has_same_size and digest_of_file(table.path) == digest_of_file(dataset.events)
    shipped = pl.scan_parquet(dataset.events, glob=False)
    count = pl.len()
    if collect_frame(table.frame.select(count), table.file).item() != shipped.select(count).collect().item():
        return False
    return collect_frame(table.frame, table.file).select(dataset.columns).equals(shipped.collect())


def _tell_found(mapping: Path, table: OpenTable) -> Problem:
    message = f"read with the mapping `{mapping.name}` beside it"
    return Problem(MAPPING_FOUND, message, Place(table.file), "", Severity.WARNING)


def _tell_same(dataset: Dataset, table: OpenTable) -> Problem:
    message = f"the columns are those of the dataset `{dataset.name}`: read with its mapping"
    return Problem(MAPPING_FOUND, message, Place(table.file), "", Severity.WARNING)
