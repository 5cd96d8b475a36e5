"""Reads norms: the limits that the state set itself, which an audit can check schemes against.

A norm is a folder in `src/scslab/norms` with `norm.yaml` and a README. A file reads like this:

    norm: credit-repair
    title: {en: Rules of credit repair, zh: 信用修复规则}
    issuer: {en: Development and Reform Commission, zh: 国家发展和改革委员会}
    sources: {order-58: {title: Order 58 of 2023, confidence: read}}
    versions:
      - id: order-58
        title: Order 58
        from: 2023-05-01
        until: 2026-03-31
        clauses:
          - id: display
            requirement: display-time
            least: 3 months
            most: 3 years
            source: order-58
"""

from __future__ import annotations

from datetime import date
from importlib import resources
from pathlib import Path

from scslab.ground.dates import LATEST
from scslab.ground.problems import Place, Problem, ProblemsError, did_you_mean
from scslab.ground.text import Text
from scslab.scheme.fields import Form, FormReader, Key, check_ids_once, form_of, read_form, take_known
from scslab.scheme.forms import SourceForm
from scslab.scheme.kinds import BILINGUAL, DATE, IDENT, PERIOD, SLUG, TEXT, choice, integer
from scslab.scheme.model import Confidence, Source, SubjectKind
from scslab.scheme.norm_model import Gravity, Norm, NormClause, NormItem, NormVersion, Requirement
from scslab.scheme.problem_list import Problems
from scslab.scheme.scheme_kinds import REFERENCE
from scslab.scheme.shapes import list_of, map_of
from scslab.scheme.yaml_tree import MAX_BYTES, YamlText, read_yaml

FILE_NAME = "norm.yaml"
"""The name of the file in the folder of a norm."""
CODES: dict[str, str] = {
    "N018": "the file cannot be opened",
    "N021": "a source that is not declared",
    "N029": "a number of items that is smaller than the list of them",
    "N039": "a time that ends before it begins, or versions that overlap or are out of order",
    "N045": "no norm of this name",
}
"""Codes of problems in norms, beside the shared ones of all YAML files."""


class ItemForm(Form):
    """An item: a kind of information, or a measure, that a norm names."""

    id = Key("id", IDENT, "the id of the item", is_required=True)
    title = Key("title", BILINGUAL, "what people call it")


class ClauseForm(Form):
    """A clause of a norm."""

    id = Key("id", IDENT, "the id of the clause", is_required=True)
    requirement = Key("requirement", choice(Requirement), "what it asks of a scheme", is_required=True)
    title = Key("title", BILINGUAL, "the clause in a few words")
    gravity = Key("gravity", choice(Gravity), "minor, general or serious: the breaches it is about; all if left out")
    subjects = Key("subjects", list_of(choice(SubjectKind)), "the kinds of subjects it is about; all if left out")
    fields = Key("fields", list_of(TEXT), "the fields of supervision it is about; all if left out")
    least = Key("least", PERIOD, "the shortest time")
    most = Key("most", PERIOD, "the longest time")
    working_days = Key("working_days", integer(1, 1_000), "the time for a step, in working days")
    number = Key("number", integer(1, 100_000), "how many items there are, known or not")
    items = Key("items", list_of(form_of(ItemForm)), "the items that are known")
    source = Key("source", REFERENCE, "the id of a source", is_required=True)
    confidence = Key("confidence", choice(Confidence), "how sure the clause is, if not as sure as its source")
    note = Key("note", BILINGUAL, "anything a reader should know about it")


class VersionForm(Form):
    """A version of a norm."""

    id = Key("id", IDENT, "the id of the version", is_required=True)
    title = Key("title", BILINGUAL, "what people call it", is_required=True)
    since = Key("from", DATE, "the first day on which it holds")
    until = Key("until", DATE, "the last day on which it holds, inclusive")
    source = Key("source", REFERENCE, "the id of the source of its dates")
    note = Key("note", BILINGUAL, "anything a reader should know about it")
    clauses = Key("clauses", list_of(form_of(ClauseForm), least=0), "its clauses", is_required=True)


class NormForm(Form):
    """A norm file."""

    norm = Key("norm", SLUG, "the id of the norm", is_required=True)
    title = Key("title", BILINGUAL, "the name of the norm", is_required=True)
    about = Key("about", BILINGUAL, "what it is, in a few sentences")
    issuer = Key("issuer", BILINGUAL, "who issued it", is_required=True)
    sources = Key("sources", map_of(IDENT, form_of(SourceForm)), "the sources by id", is_required=True)
    versions = Key("versions", list_of(form_of(VersionForm)), "its versions, earliest first", is_required=True)
    unknown = Key("unknown", list_of(BILINGUAL, least=0), "what nobody published, in words")


def norms_folder() -> Path:
    """The folder of the norms that come with the package."""
    return Path(str(resources.files("scslab"))) / "norms"


def list_norms(folder: Path | None = None) -> tuple[str, ...]:
    """The ids of the norms, in alphabetical order, without reading the files.

    Args:
        folder: another folder than the one that comes with the package.

    Example:
        >>> "credit-repair" in list_norms()
        True
    """
    return tuple(sorted(path.parent.name for path in (folder or norms_folder()).glob(f"*/{FILE_NAME}")))


def read_norm(name_or_path: str | Path, folder: Path | None = None) -> Norm:
    """Finds and reads a norm: the id of a shipped one, a norm file, or the folder of one.

    Args:
        name_or_path: which norm; an id means the shipped one, `./id` the folder.
        folder: another folder than the one that comes with the package.

    Raises:
        ProblemsError: there is no such norm (N045), or its file has errors: every problem that was found.

    Example:
        >>> [version.id for version in read_norm("credit-repair").versions]
        ['order-58', 'order-36']
        >>> read_norm("credit-repare")
        Traceback (most recent call last):
        ...
        scslab.ground.problems.ProblemsError: credit-repare: N045 no norm `credit-repare`
          help: did you mean `credit-repair`?
    """
    root, text = folder or norms_folder(), str(name_or_path)
    path = root / text / FILE_NAME if text in list_norms(root) else Path(name_or_path)
    if path.is_dir():
        path = path / FILE_NAME
    if not path.is_file():
        raise ProblemsError([Problem("N045", f"no norm `{text}`", Place(text), did_you_mean(text, list_norms(root)))])
    shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ProblemsError([Problem("N018", f"cannot be opened: {error.strerror}", Place(shown))]) from error
    norm, problems = check_norm(content, shown)
    if norm is None:
        raise ProblemsError(problems)
    return norm


def check_norm(content: str | bytes, file: str = "") -> tuple[Norm | None, list[Problem]]:
    """The norm of a file's content, None if it has errors, and every problem in the order of the file.

    Example:
        >>> text = '''
        ... norm: list-of-measures
        ... title: {en: List of measures}
        ... issuer: {en: A commission}
        ... sources: {list: {title: The list, confidence: read}}
        ... versions:
        ...   - {id: "2021", title: 2021, from: 2021-12-16, clauses: [{id: c, requirement: extent, source: lst}]}
        ... '''
        >>> norm, problems = check_norm(text, "norm.yaml")
        >>> print(norm, problems[0])
        None norm.yaml:7:96: N021 unknown source `lst`
          help: did you mean `list`?
    """
    problems = Problems("N")
    root = read_yaml(content, file, problems)
    top = None if root is None else read_form(NormForm, root, problems)
    norm = None if top is None else _read_top(top)
    return (None if problems.count_errors() else norm), list(problems.in_order()) if problems.found else []


def _read_top(top: FormReader) -> Norm:
    sources = {
        name.text: Source(
            name.text,
            form.take(SourceForm.title, ""),
            form.take(SourceForm.url, ""),
            form.take(SourceForm.confidence, Confidence.UNVERIFIED),
            form.take(SourceForm.note, ""),
            name.place,
        )
        for name, form in top.take(NormForm.sources, dict[YamlText, FormReader]()).items()
    }
    versions = tuple(_read_version(form, sources) for form in top.take(NormForm.versions, ()))
    check_ids_once(((each.id, each.place) for each in versions), top.problems)
    _check_order(versions, top.problems)
    return Norm(
        id=top.take(NormForm.norm, ""),
        title=top.take(NormForm.title, Text()),
        issuer=top.take(NormForm.issuer, Text()),
        versions=versions,
        about=top.take(NormForm.about, Text()),
        sources=sources,
        unknown=top.take(NormForm.unknown, ()),
        place=top.place,
    )


def _read_version(form: FormReader, sources: dict[str, Source]) -> NormVersion:
    clauses = tuple(_read_clause(each, sources) for each in form.take(VersionForm.clauses, ()))
    check_ids_once(((each.id, each.place) for each in clauses), form.problems)
    return NormVersion(
        id=form.take(VersionForm.id, ""),
        title=form.take(VersionForm.title, Text()),
        clauses=clauses,
        since=form.take(VersionForm.since, None),
        until=form.take(VersionForm.until, None),
        source=take_known(form, VersionForm.source, sources, "N021", "source"),
        note=form.take(VersionForm.note, Text()),
        place=form.place,
    )


def _check_order(versions: tuple[NormVersion, ...], problems: Problems) -> None:
    """Each version must end after it begins, and begin after the one before it ends."""
    begun: date | None = None
    ended: date | None = None
    for version in versions:
        since, until = version.since or begun, version.until or LATEST
        if since is not None and until < since:
            problems.error("N039", f"the version `{version.id}` ends before it begins", version.place)
        elif begun is not None and (version.since is None or version.since <= (ended or begun)):
            helps = "give the versions from the earliest to the latest, each with `from`, and end one before the next"
            problems.error(
                "N039", f"the version `{version.id}` does not begin after the one before", version.place, helps
            )
        begun, ended = since or begun, version.until


def _read_clause(form: FormReader, sources: dict[str, Source]) -> NormClause:
    least, most = form.take(ClauseForm.least, None), form.take(ClauseForm.most, None)
    if least is not None and most is not None and most.after(_A_DAY) < least.after(_A_DAY):
        form.problems.error("N039", f"at most {most} is shorter than at least {least}", form.place_of(ClauseForm.most))
    items = tuple(
        NormItem(each.take(ItemForm.id, ""), each.take(ItemForm.title, Text()), each.place)
        for each in form.take(ClauseForm.items, ())
    )
    check_ids_once(((each.id, each.place) for each in items), form.problems)
    number = form.take(ClauseForm.number, None)
    if number is not None and number < len(items):
        form.problems.error("N029", f"{number} is fewer than the items", form.place_of(ClauseForm.number))
    return NormClause(
        id=form.take(ClauseForm.id, ""),
        requirement=form.take(ClauseForm.requirement, Requirement.EXTENT),
        title=form.take(ClauseForm.title, Text()),
        gravity=form.take(ClauseForm.gravity, None),
        subjects=form.take(ClauseForm.subjects, ()),
        fields=form.take(ClauseForm.fields, ()),
        least=least,
        most=most,
        working_days=form.take(ClauseForm.working_days, None),
        number=number,
        items=items,
        source=take_known(form, ClauseForm.source, sources, "N021", "source"),
        confidence=form.take(ClauseForm.confidence, None),
        note=form.take(ClauseForm.note, Text()),
        place=form.place,
    )


_A_DAY = date(2001, 1, 1)
"""From here two periods are compared: a year is 365 days, twelve months are the same day."""
