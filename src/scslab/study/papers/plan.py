"""What a study file asks for: data, derived variables, models, and printed tables to stand beside the results."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from scslab.ground.problems import NOWHERE, Place
from scslab.ground.text import Text
from scslab.scheme.fields import Form, FormReader, Key, form_of
from scslab.scheme.kinds import BILINGUAL, FLAG, IDENT, NAME, TEXT, choice, integer, number
from scslab.scheme.problem_list import Problems
from scslab.scheme.shapes import list_of, map_of
from scslab.study.data.study_file import find_study_file, read_node, read_section
from scslab.study.reporting.model_table import Stars

STUDY_CODES: dict[str, str] = {
    "Q120": "a printed table that cannot be read, or lacks a column",
    "Q121": "a printed line that the study file does not say how to compute",
    "Q122": "a variable or parameter that the results do not have",
    "Q123": "a study folder without anything to run",
}
"""Codes of study folders, with their meanings."""


class ShareKind(StrEnum):
    """What a printed column holds."""

    WEIGHTED = "weighted"
    UNWEIGHTED = "unweighted"
    COUNT = "count"


class DataForm(Form):
    """The data of a study."""

    file = Key("file", TEXT, "the file with the answers, as seen from the study file", is_required=True)
    is_synthetic = Key("is_synthetic", FLAG, "whether nobody gave these answers")
    drop_flagged_from = Key("drop_flagged_from", integer(1), "leave out who is flagged by so many cleaning checks")


class GroupForm(Form):
    """A group of a derived variable."""

    code = Key("code", number(), "its code", is_required=True)
    label = Key("label", BILINGUAL, "what it stands for", is_required=True)
    where = Key("where", TEXT, "who is in it, as a condition; the first that holds counts", is_required=True)


class DeriveForm(Form):
    """A derived variable."""

    label = Key("label", BILINGUAL, "what it is")
    groups = Key("groups", list_of(form_of(GroupForm)), "its groups", is_required=True)


class BlockForm(Form):
    """A block of covariates."""

    id = Key("id", IDENT, "as the printed table calls the model", is_required=True)
    title = Key("title", BILINGUAL, "what the block is about")
    adds = Key("adds", list_of(TEXT), "the covariates beside the controls")


class ModelsForm(Form):
    """Models."""

    model = Key("model", TEXT, "one of ordered_logit, ordered_probit, ordered_cloglog, binary_logit, linear_model")
    response = Key("response", NAME, "the variable that is explained", is_required=True)
    controls = Key("controls", list_of(TEXT), "covariates of every model")
    blocks = Key("blocks", list_of(form_of(BlockForm)), "a model for each", is_required=True)
    standard_errors = Key("standard_errors", TEXT, "their name; what the design asks for, if left out")
    stars = Key("stars", choice(Stars), "strict or wide")
    labels = Key("labels", map_of(TEXT, BILINGUAL), "what parameters are called, by name")


class PrintedForm(Form):
    """A printed table."""

    id = Key("id", IDENT, "short name", is_required=True)
    title = Key("title", BILINGUAL, "what the table is called", is_required=True)
    file = Key("file", TEXT, "the CSV file, as seen from the study file", is_required=True)
    columns = Key("columns", map_of(TEXT, choice(ShareKind)), "of shares: columns with numbers")
    of = Key("of", map_of(TEXT, map_of(TEXT, TEXT)), "of shares: by column and value, who is counted")
    among = Key("among", map_of(TEXT, map_of(TEXT, TEXT)), "of shares: by column and value, of whom")
    column_among = Key("column_among", map_of(TEXT, TEXT), "of shares: of whom, by column with numbers")
    measures = Key("measures", map_of(TEXT, list_of(TEXT)), "of shares: variable and codes in printed order, by name")
    measure_column = Key("measure_column", TEXT, "the column that `measures` are looked up in")
    parameters = Key("parameters", map_of(TEXT, TEXT), "of models: the parameter that each printed term is")
    moments = Key("moments", map_of(TEXT, TEXT), "of means and deviations: the variable of each line")
    inflation = Key("inflation", map_of(TEXT, TEXT), "of collinearity: the variable of each line")
    limits = Key(
        "limits", map_of(TEXT, TEXT), "where a printed number is only a limit, such as `below`, by first value"
    )
    note = Key("note", BILINGUAL, "what a reader should know")


class FigureForm(Form):
    """A figure."""

    id = Key("id", IDENT, "short name", is_required=True)
    title = Key("title", BILINGUAL, "what it shows", is_required=True)
    kind = Key("kind", TEXT, "bars, stacked or heat", is_required=True)
    printed = Key("printed", TEXT, "of bars: the id of a printed table and a value of its first column, `table/value`")
    variable = Key("variable", NAME, "of stacked and heat: the variable of the bars' parts, or of the rows")
    by = Key("by", list_of(NAME), "of stacked: a bar for each level of these; of heat: the columns")
    labels = Key("labels", map_of(TEXT, BILINGUAL), "other words for printed texts")
    note = Key("note", BILINGUAL, "what a reader should know")


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a derived variable."""

    code: float
    label: Text
    where: str


@dataclass(frozen=True, slots=True)
class Derived:
    """A derived variable."""

    name: str
    label: Text
    groups: tuple[Group, ...]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Block:
    """A model: its id, title and formula."""

    id: str
    title: Text
    formula: str
    adds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelsPlan:
    """Models side by side."""

    model: str
    response: str
    blocks: tuple[Block, ...]
    standard_errors: str
    stars: Stars
    labels: dict[str, Text]


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A printed table and how its numbers come out of the data; attributes as in `PrintedForm`."""

    id: str
    title: Text
    path: Path
    columns: dict[str, ShareKind]
    of: dict[str, dict[str, str]]
    among: dict[str, dict[str, str]]
    column_among: dict[str, str]
    measures: dict[str, tuple[str, ...]]
    measure_column: str
    parameters: dict[str, str]
    moments: dict[str, str]
    inflation: dict[str, str]
    limits: dict[str, str]
    note: Text
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class FigurePlan:
    """A figure; attributes as in `FigureForm`."""

    id: str
    title: Text
    kind: str
    printed: str
    variable: str
    by: tuple[str, ...]
    labels: dict[str, Text]
    note: Text


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """A study folder.

    Attributes:
        folder: where it stands; `file` is the study file in it.
        id: short name; `title` for readers; `source` what was printed where.
        data: the file with the answers, None for a study without; `is_synthetic` says that nobody gave them.
        drop_from: who is flagged by so many checks is left out; 0 for nobody.
    """

    folder: Path
    file: Path
    id: str
    title: Text
    source: str
    data: Path | None
    is_synthetic: bool
    drop_from: int
    derived: tuple[Derived, ...]
    models: ModelsPlan | None
    printed: tuple[PrintedTable, ...]
    figures: tuple[FigurePlan, ...]


def read_study(path: Path | str) -> StudyPlan:
    """Reads the sections `data`, `derive`, `models`, `printed` and `figures` of a study file.

    Args:
        path: the file, or its folder.

    Raises:
        ProblemsError: with every problem of these sections.
    """
    file = find_study_file(Path(path))
    problems = Problems("Q")
    identity = read_node(file, "study", problems)
    title = read_node(file, "title", problems, is_required=False)
    source = read_node(file, "source", problems, is_required=False)
    problems.raise_errors()
    data = _section(file, "data", DataForm, problems)
    name = "" if data is None else data.take(DataForm.file, "")
    plan = StudyPlan(
        folder=file.parent,
        file=file,
        id="" if identity is None else IDENT.read(identity, problems) or "",
        title=Text() if title is None else BILINGUAL.read(title, problems) or Text(),
        source="" if source is None else TEXT.read(source, problems) or "",
        data=file.parent / name if name else None,
        is_synthetic=False if data is None else data.take(DataForm.is_synthetic, otherwise=False),
        drop_from=0 if data is None else data.take(DataForm.drop_flagged_from, 0),
        derived=_read_derived(file, problems),
        models=_read_models(file, problems),
        printed=tuple(_read_printed(each, file.parent) for each in _list(file, "printed", PrintedForm, problems)),
        figures=tuple(_read_figure(each) for each in _list(file, "figures", FigureForm, problems)),
    )
    problems.raise_errors()
    return plan


def _section(file: Path, name: str, form: type[Form], problems: Problems) -> FormReader | None:
    if read_node(file, name, Problems("Q"), is_required=False) is None:
        return None
    return read_section(file, name, form, problems)


def _list(file: Path, name: str, form: type[Form], problems: Problems) -> tuple[FormReader, ...]:
    node = read_node(file, name, problems, is_required=False)
    return () if node is None else list_of(form_of(form)).read(node, problems) or ()


def _plain(found: Any) -> dict[str, Any]:
    """A mapping with plain texts as keys, inner mappings too."""
    return {str(key.text): _plain(value) if isinstance(value, dict) else value for key, value in found.items()}


def _read_derived(file: Path, problems: Problems) -> tuple[Derived, ...]:
    node = read_node(file, "derive", problems, is_required=False)
    forms = {} if node is None else map_of(NAME, form_of(DeriveForm)).read(node, problems) or {}
    found: list[Derived] = []
    for name, form in forms.items():
        groups = tuple(
            Group(
                float(g.take(GroupForm.code, Decimal(0))), g.take(GroupForm.label, Text()), g.take(GroupForm.where, "")
            )
            for g in form.take(DeriveForm.groups, ())
        )
        found.append(Derived(name.text, form.take(DeriveForm.label, Text(en=name.text)), groups, form.place))
    return tuple(found)


def _read_models(file: Path, problems: Problems) -> ModelsPlan | None:
    form = _section(file, "models", ModelsForm, problems)
    if form is None:
        return None
    response, controls = form.take(ModelsForm.response, ""), form.take(ModelsForm.controls, ())
    blocks: list[Block] = []
    for each in form.take(ModelsForm.blocks, ()):
        adds = each.take(BlockForm.adds, ())
        name = each.take(BlockForm.id, "")
        formula = f"{response} ~ {' + '.join([*controls, *adds])}"
        blocks.append(Block(name, each.take(BlockForm.title, Text(en=name)), formula, adds))
    return ModelsPlan(
        form.take(ModelsForm.model, "ordered_logit"),
        response,
        tuple(blocks),
        form.take(ModelsForm.standard_errors, ""),
        form.take(ModelsForm.stars, Stars.STRICT),
        _plain(form.take(ModelsForm.labels, {})),
    )


def _read_printed(form: FormReader, folder: Path) -> PrintedTable:
    def words(key: Key[Any]) -> dict[str, Any]:
        return _plain(form.take(key, {}))

    return PrintedTable(
        form.take(PrintedForm.id, ""), form.take(PrintedForm.title, Text()), folder / form.take(PrintedForm.file, ""),
        words(PrintedForm.columns), words(PrintedForm.of), words(PrintedForm.among), words(PrintedForm.column_among),
        words(PrintedForm.measures), form.take(PrintedForm.measure_column, ""), words(PrintedForm.parameters),
        words(PrintedForm.moments), words(PrintedForm.inflation), words(PrintedForm.limits),
        form.take(PrintedForm.note, Text()), form.place,
    )  # fmt: skip


def _read_figure(form: FormReader) -> FigurePlan:
    return FigurePlan(
        form.take(FigureForm.id, ""), form.take(FigureForm.title, Text()), form.take(FigureForm.kind, ""),
        form.take(FigureForm.printed, ""), form.take(FigureForm.variable, ""), form.take(FigureForm.by, ()),
        _plain(form.take(FigureForm.labels, {})), form.take(FigureForm.note, Text()),
    )  # fmt: skip
