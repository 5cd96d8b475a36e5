"""Reads the section `quota` of a study file."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from pathlib import Path

from scslab.ground.problems import ProblemsError, did_you_mean
from scslab.scheme.fields import Form, FormReader, Key, form_of
from scslab.scheme.kinds import NAME, TEXT, choice, integer, number
from scslab.scheme.problem_list import Problems
from scslab.scheme.shapes import either, list_of, map_of
from scslab.scheme.yaml_tree import YamlList
from scslab.study.data.study_file import read_section
from scslab.study.quota.plan import QuotaInput
from scslab.study.quota.rounding import Carry, Rounding

QUOTA_CODES: dict[str, str] = {
    "Q301": "a cell has not one category for each dimension",
    "Q302": "a category that the dimension does not have",
    "Q303": "a cell stands twice",
    "Q304": "a cell is missing from the population",
    "Q305": "population and margins are given together, or neither of them",
    "Q306": "numbers that sum to nothing, or a share outside 0 to 1",
    "Q307": "a printed column that the quota does not have, or of another length",
    "Q308": "a name that stands for a step or a column of its own",
}
"""Codes of the section `quota`, with their meanings."""

_PEOPLE = number(0)
_PERCENT = number(0, 100)
_RESERVED = frozenset({"population", "penetration", "normalised", "reduced", "renormalised", "interviews", "region"})


class PrintedCellForm(Form):
    """The printed numbers of a cell, to compare with."""

    normalised = Key("normalised", integer(0), "the printed number after step 1")
    reduced = Key("reduced", integer(0), "the printed number after step 2")
    renormalised = Key("renormalised", integer(0), "the printed number after step 3")
    regions = Key("regions", list_of(integer(0)), "the printed numbers of the regions, in the order of `regions`")


class PopulationForm(Form):
    """A cell of the population."""

    cell = Key("cell", list_of(TEXT), "one category for each dimension", is_required=True)
    count = Key("count", _PEOPLE, "the people in the cell", is_required=True)
    online_percent = Key("online_percent", _PERCENT, "the internet penetration of the cell in percent; 100 if left out")
    printed = Key("printed", form_of(PrintedCellForm), "the printed numbers of the cell, to compare with")


_CATEGORIES = either(lambda node: isinstance(node, YamlList), list_of(TEXT, 2), map_of(TEXT, _PEOPLE))


class QuotaForm(Form):
    """A quota."""

    total = Key("total", integer(1, 10_000_000), "the interviews in all", is_required=True)
    by = Key(
        "by",
        map_of(NAME, _CATEGORIES),
        "the dimensions of a cell with their categories; with counts, cells are products of the margins",
        is_required=True,
    )
    population = Key("population", list_of(form_of(PopulationForm)), "the people in each cell")
    online_percent = Key(
        "online_percent", map_of(NAME, map_of(TEXT, _PERCENT)), "the internet penetration by categories of a dimension"
    )
    regions = Key("regions", map_of(TEXT, number(0)), "the weight of each region, in any unit")
    rounding = Key("rounding", choice(Rounding), "nearest (as if left out), half-even, up or largest-remainder")
    carry = Key("carry", choice(Carry), "exact (as if left out) or rounded: what the next step works with")
    source = Key("source", TEXT, "where the figures are from")
    notes = Key("notes", list_of(TEXT), "what a reader should know")


@dataclass(frozen=True, slots=True)
class QuotaSection:
    """The section `quota` of a study file.

    Attributes:
        given: what the quota is made from.
        printed: printed numbers to compare with, by column; empty where there are none.
        is_by_margins: whether the cells are products of margins, which assumes that the dimensions are independent.
        source: where the figures are from.
        notes: what a reader should know.
    """

    given: QuotaInput
    printed: dict[str, tuple[int | None, ...]]
    is_by_margins: bool
    source: str
    notes: tuple[str, ...]


def read_quota(source: Path | str) -> QuotaSection:
    """Reads the section `quota` of a study file.

    Args:
        source: the file or the folder of the study (a `Path`), or the content of such a file.

    Raises:
        ProblemsError: with every problem of the section.

    Example:
        >>> text = '''
        ... quota:
        ...   total: 100
        ...   by: {sex: {f: 52, m: 48}, age: {young: 40, old: 60}}
        ...   online_percent: {age: {young: 90, old: 60}}
        ... '''
        >>> from scslab.study.quota.plan import plan_quota
        >>> section = read_quota(text)
        >>> plan_quota(section.given).steps[-1].whole, section.is_by_margins
        ((26, 26, 24, 24), True)
        >>> read_quota(text.replace("age: {young: 90", "age: {yuong: 90"))
        Traceback (most recent call last):
        ...
        scslab.ground.problems.ProblemsError: <memory>:5:26: Q302 `age` has no category `yuong`
          help: did you mean `young`?
    """
    problems = Problems("Q")
    form = read_section(source, "quota", QuotaForm, problems)
    section = None if form is None else _read(form, problems)
    if section is None or problems.count_errors():
        raise ProblemsError(problems.in_order())
    return section


def _read(form: FormReader, problems: Problems) -> QuotaSection | None:
    by = form.take(QuotaForm.by, {})
    for name in by:
        if name.text in _RESERVED:
            problems.error("Q308", f"a dimension cannot be called `{name.text}`", name.place, "give it another name")
    categories = {
        name.text: tuple(each.text if not isinstance(each, str) else each for each in values)
        for name, values in by.items()
    }
    margins = {
        name.text: {each.text: Fraction(count) for each, count in values.items()}
        for name, values in by.items()
        if isinstance(values, dict)
    }
    rows = form.take(QuotaForm.population, ())
    if not by or (not rows and problems.count_errors()):
        return None
    is_by_margins = not rows
    if is_by_margins != (len(margins) == len(by)) or (rows and margins):
        hint = "give `population:` a row for each cell and `by` lists of categories, or `by` a count for each category"
        problems.error("Q305", "the population must be given in one way", form.place_of(QuotaForm.by), hint)
        return None
    cells = tuple(product(*categories.values()))
    regions = {name.text: Fraction(value) for name, value in form.take(QuotaForm.regions, {}).items()}
    for name in form.take(QuotaForm.regions, {}):
        if name.text in _RESERVED or name.text in categories:
            problems.error("Q308", f"a region cannot be called `{name.text}`", name.place, "give it another name")
    if regions and sum(regions.values()) <= 0:
        problems.error("Q306", "the regions' weights sum to nothing", form.place_of(QuotaForm.regions))
        return None
    by_cell = _read_rows(rows, categories, problems) if rows else {}
    if rows:
        missing = [cell for cell in cells if cell not in by_cell]
        for cell in missing:
            message = f"the cell {_show(cell)} is missing from the population"
            problems.error("Q304", message, form.place_of(QuotaForm.population), "a cell without people has count: 0")
        # The order of the file is the order of the table.
        cells = tuple(by_cell)
        population = tuple(Fraction(row.take(PopulationForm.count, 0)) for row in by_cell.values())
    else:
        population = tuple(_multiply(cell, margins) for cell in cells)
    if sum(population) <= 0:
        problems.error("Q306", "the population sums to nothing", form.place_of(QuotaForm.population))
        return None
    penetration = _read_penetration(form, by_cell, cells, categories, problems)
    if sum(n * share for n, share in zip(population, penetration, strict=True)) <= 0:
        problems.error("Q306", "nobody can be reached online", form.place)
        return None
    given = QuotaInput(
        tuple(categories),
        cells,
        population,
        penetration,
        regions,
        form.take(QuotaForm.total, 1),
        form.take(QuotaForm.rounding, Rounding.NEAREST),
        form.take(QuotaForm.carry, Carry.EXACT),
    )
    printed = _read_printed(by_cell, regions, problems)
    return QuotaSection(given, printed, is_by_margins, form.take(QuotaForm.source, ""), form.take(QuotaForm.notes, ()))


def _read_rows(
    rows: tuple[FormReader, ...], categories: dict[str, tuple[str, ...]], problems: Problems
) -> dict[tuple[str, ...], FormReader]:
    found: dict[tuple[str, ...], FormReader] = {}
    for row in rows:
        cell = row.take(PopulationForm.cell, ())
        place = row.place_of(PopulationForm.cell)
        if len(cell) != len(categories):
            if row.has(PopulationForm.cell):
                names = ", ".join(f"`{name}`" for name in categories)
                problems.error("Q301", "a cell names one category for each dimension", place, f"here: {names}")
            continue
        is_known = True
        for (name, known), word in zip(categories.items(), cell, strict=True):
            if word not in known:
                problems.error("Q302", f"`{name}` has no category `{word}`", place, did_you_mean(word, known))
                is_known = False
        if is_known and cell in found:
            problems.error(
                "Q303", f"the cell {_show(cell)} stands twice", place, f"first on line {found[cell].place.line}"
            )
        elif is_known:
            found[cell] = row
    return found


def _read_penetration(
    form: FormReader,
    by_cell: dict[tuple[str, ...], FormReader],
    cells: tuple[tuple[str, ...], ...],
    categories: dict[str, tuple[str, ...]],
    problems: Problems,
) -> tuple[Fraction, ...]:
    """The penetration of each cell; by dimension where the file says so, else by row."""
    hundred = Fraction(100)
    margins = form.take(QuotaForm.online_percent, {})
    rows_with = [row for row in by_cell.values() if row.has(PopulationForm.online_percent)]
    if margins and rows_with:
        place = rows_with[0].place_of(PopulationForm.online_percent)
        problems.error("Q305", "the penetration is given by cells and by a dimension", place, "keep one of them")
    if len(margins) > 1:
        place = form.place_of(QuotaForm.online_percent)
        problems.error("Q305", "the penetration can be given by one dimension only", place, "or by cells")
    shares = [Fraction(1)] * len(cells)
    for name, percents in margins.items():
        if name.text not in categories:
            hint = did_you_mean(name.text, categories)
            problems.error("Q302", f"the quota has no dimension `{name.text}`", name.place, hint)
            continue
        known = categories[name.text]
        by_category = {word.text: Fraction(percent) / hundred for word, percent in percents.items()}
        for word in percents:
            if word.text not in known:
                hint = did_you_mean(word.text, known)
                problems.error("Q302", f"`{name.text}` has no category `{word.text}`", word.place, hint)
        at = list(categories).index(name.text)
        shares = [by_category.get(cell[at], Fraction(1)) for cell in cells]
    if by_cell and not margins:
        shares = [Fraction(row.take(PopulationForm.online_percent, 100)) / hundred for row in by_cell.values()]
    return tuple(shares)


def _read_printed(
    by_cell: dict[tuple[str, ...], FormReader], regions: dict[str, Fraction], problems: Problems
) -> dict[str, tuple[int | None, ...]]:
    columns: dict[str, list[int | None]] = {}
    steps = (PrintedCellForm.normalised, PrintedCellForm.reduced, PrintedCellForm.renormalised)
    forms = [row.take(PopulationForm.printed, None) for row in by_cell.values()]
    if not any(forms):
        return {}
    for printed in forms:
        for key in steps:
            columns.setdefault(key.name, []).append(None if printed is None else printed.take(key, None))
        values = () if printed is None else printed.take(PrintedCellForm.regions, ())
        if values and len(values) != len(regions) and printed is not None:
            place = printed.place_of(PrintedCellForm.regions)
            problems.error("Q307", f"{len(values)} printed numbers stand here for {len(regions)} regions", place)
            values = ()
        for i, name in enumerate(regions):
            columns.setdefault(name, []).append(values[i] if values else None)
    return {name: tuple(column) for name, column in columns.items()}


def _multiply(cell: tuple[str, ...], margins: dict[str, dict[str, Fraction]]) -> Fraction:
    """The share of a cell where the dimensions are independent, times the total of the first margin."""
    result = Fraction(1)
    for i, (word, counts) in enumerate(zip(cell, margins.values(), strict=True)):
        total = sum(counts.values())
        result *= counts[word] / (total if i and total else 1)
    return result


def _show(cell: tuple[str, ...]) -> str:
    return " × ".join(f"`{word}`" for word in cell)
