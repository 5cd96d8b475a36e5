"""Audits a folder of printed tables: reads `audit.yaml`, runs every check that it asks for, gives a report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scslab.ground.problems import Place
from scslab.ground.text import Text
from scslab.scheme.fields import Form, FormReader, Key, form_of, read_form
from scslab.scheme.kinds import BILINGUAL, IDENT, TEXT, choice
from scslab.scheme.problem_list import Problems, suggest
from scslab.scheme.shapes import list_of, map_of
from scslab.scheme.yaml_tree import YamlList, YamlMap, YamlText, read_yaml
from scslab.study.published.checks import CHECKS
from scslab.study.published.finding import LEVELS, Finding, Level, Note
from scslab.study.published.selection import NODE, WORD, WORDS, Book
from scslab.study.published.tables import ColumnKind, read_table

FILE_NAME = "audit.yaml"


class TableForm(Form):
    """A table."""

    id = Key("id", WORD, "short name of the table", is_required=True)
    file = Key("file", TEXT, "the CSV file, as seen from the audit file", is_required=True)
    title = Key("title", BILINGUAL, "what the table is called")
    rows = Key("rows", WORDS, "the columns whose texts name a row", is_required=True)
    columns = Key("columns", map_of(TEXT, choice(ColumnKind)), "the columns with numbers, and of which kind")


class AuditForm(Form):
    """An audit file."""

    audit = Key("audit", IDENT, "a short name", is_required=True)
    title = Key("title", BILINGUAL, "what is audited")
    source = Key("source", TEXT, "where the tables were printed")
    tables = Key("tables", list_of(form_of(TableForm)), "the tables", is_required=True)
    checks = Key("checks", NODE, "for each kind of check, a list of what it is to look at", is_required=True)


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an audit of printed tables found.

    Attributes:
        id: name of the audit.
        title: what was audited.
        source: where the tables were printed.
        tables: id and title of each table.
        checked: how many entries each check looked at, by code.
        findings: by level, then by place; none is a fine result.
        notes: what the numbers imply, and what cannot be checked.
    """

    id: str
    title: Text
    source: str
    tables: tuple[tuple[str, Text], ...]
    checked: dict[str, int]
    findings: tuple[Finding, ...]
    notes: tuple[Note, ...]

    def count(self, level: Level) -> int:
        """The findings of a level."""
        return sum(finding.level is level for finding in self.findings)

    def summary(self) -> str:
        """One sentence that counts what was found."""
        counts = ", ".join(f"{self.count(level)} {level.value}{'s' * (self.count(level) != 1)}" for level in Level)
        counts = counts.replace("odditys", "oddities")
        return (
            f"{sum(self.checked.values())} entries of {len(self.checked)} checks on {len(self.tables)} tables: {counts}"
        )

    def to_plain(self) -> dict[str, object]:
        """The report as JSON holds it."""
        return {
            "audit": self.id,
            "title": {"en": self.title.en, "zh": self.title.zh},
            "source": self.source,
            "levels": {level.value: str(text) for level, text in LEVELS.items()},
            "checked": self.checked,
            "findings": [finding.to_plain() for finding in self.findings],
            "notes": [note.to_plain() for note in self.notes],
        }


def audit_tables(path: Path | str) -> AuditReport:
    r"""Audits printed tables.

    Args:
        path: an audit file, or the folder with `audit.yaml` in it.

    Returns:
        The findings, each with its place, what arithmetic shows, what it cannot show and the smallest repair.

    Raises:
        ProblemsError: the audit file or a table cannot be used; all problems at once.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "ages.csv").write_text("age,percent\n14-30,52.43\n31-50,35.49\n51+,2.08\n")
        >>> _ = (folder / "audit.yaml").write_text('''
        ... audit: ages
        ... tables: [{id: ages, file: ages.csv, rows: [age], columns: {percent: percent}}]
        ... checks:
        ...   sums: [{of: {table: ages, column: percent}, n: 2209}]
        ... ''')
        >>> report = audit_tables(folder)
        >>> print(report.findings[0].place, "|", report.findings[0].repair)
        ages:14-30:percent | one digit: 52.43 as 62.43 (`14-30`); of 3 such changes 1 can come from 2,209 respondents
    """
    place = Path(path)
    file = place / FILE_NAME if place.is_dir() else place
    problems = Problems("Q")
    try:
        content = file.read_bytes()
    except OSError as error:
        hint = "write an audit.yaml that declares the tables; docs/auditing-tables.md shows how"
        problems.error("Q601", f"`{file}` cannot be read: {error.strerror or error}", Place(str(file)), hint)
        problems.raise_errors()
        raise
    root = read_yaml(content, str(file), problems)
    form = None if root is None else read_form(AuditForm, root, problems)
    if form is None:
        problems.raise_errors()
        raise AssertionError("a file that is no form has problems")
    book = Book(problems)
    titles = _read_tables(form, book, file.parent)
    found, checked = _run_checks(form, book)
    problems.raise_errors()
    levels = list(Level)
    findings = [each for each in found if isinstance(each, Finding)]
    findings.sort(key=lambda each: levels.index(each.level))
    notes = dict.fromkeys(each for each in found if isinstance(each, Note))
    return AuditReport(
        form.take(AuditForm.audit, ""), form.take(AuditForm.title, Text()), form.take(AuditForm.source, ""),
        titles, checked, tuple(findings), tuple(notes),
    )  # fmt: skip


def _read_tables(form: FormReader, book: Book, folder: Path) -> tuple[tuple[str, Text], ...]:
    titles: list[tuple[str, Text]] = []
    for each in form.take(AuditForm.tables, ()):
        word, name = each.take(TableForm.id, None), each.take(TableForm.file, "")
        if word is None or not name:
            continue
        if word.text in book.tables:
            book.problems.shared("014", f"the id `{word.text}` stands twice", word.place)
            continue
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            book.problems.error("Q601", f"`{name}` lies outside the folder of the audit file", each.place)
            continue
        kinds = each.take(TableForm.columns, dict[YamlText, ColumnKind]())
        table = read_table(path, word, kinds, each.take(TableForm.rows, ()), book.problems)
        if table is not None:
            book.tables[word.text] = table
            titles.append((word.text, each.take(TableForm.title, Text(en=word.text))))
    return tuple(titles)


def _run_checks(form: FormReader, book: Book) -> tuple[list[Finding | Note], dict[str, int]]:
    found: list[Finding | Note] = []
    checked: dict[str, int] = {}
    root = form.node(AuditForm.checks)
    if root is None:
        return found, checked
    if not isinstance(root, YamlMap):
        book.problems.shared("007", "`checks` must be a mapping of kinds of checks", root.place)
        return found, checked
    for key, entries in root.pairs:
        check = CHECKS.get(key.text)
        if check is None:
            book.problems.error("Q613", f"unknown check `{key.text}`", key.place, suggest(key.text, list(CHECKS)))
            continue
        if not isinstance(entries, YamlList):
            book.problems.shared("007", f"`{key.text}` must be a list", entries.place)
            continue
        for node in entries.items:
            entry = read_form(check.form, node, book.problems)
            if entry is not None:
                found += check.find(entry, book)
                checked[check.code] = checked.get(check.code, 0) + 1
    return found, checked
