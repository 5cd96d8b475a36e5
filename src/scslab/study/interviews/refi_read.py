"""REFI-QDA in: a project (`.qdpx`) or a codebook (`.qdc`), as NVivo, MAXQDA, ATLAS.ti and Taguette write them."""

from __future__ import annotations

from pathlib import Path

from scslab.ground.problems import Place
from scslab.scheme.problem_list import Problems, shorten
from scslab.study.interviews.archive import Archive, open_archive
from scslab.study.interviews.project import Code, Coding, Interview, Project
from scslab.study.interviews.xml_tree import Element, read_xml

PROJECT_FILE = "project.qde"
MAX_CODEBOOK_BYTES = 50_000_000
_NOT_READ = ("PictureSource", "PDFSource", "AudioSource", "VideoSource")
_VALUES = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")


def read_qdpx(path: Path) -> tuple[Project, Problems]:
    """Reads a REFI-QDA project; its warnings come along.

    Raises:
        ProblemsError: the file cannot be used; all problems at once.
    """
    problems = Problems("Q")
    archive = open_archive(path, problems)
    problems.raise_errors()
    assert archive is not None  # noqa: S101 - without errors there is one
    with archive.packed:
        content = archive.read(PROJECT_FILE)
        if content is None:
            problems.error("Q804", f"the archive has no `{PROJECT_FILE}`", Place(str(path)))
            problems.raise_errors()
            raise AssertionError
        root = read_xml(content, f"{path}/{PROJECT_FILE}", problems)
        if root is not None and root.name != "Project":
            problems.error("Q804", f"the root is `{shorten(root.name)}`, not `Project`", root.place)
        problems.raise_errors()
        assert root is not None  # noqa: S101 - without errors there is one
        project = _Reader(archive, problems).read(root)
    problems.raise_errors()
    return project, problems


def read_qdc(path: Path) -> tuple[Code, ...]:
    """Reads a REFI-QDA codebook.

    Raises:
        ProblemsError: the file cannot be used.
    """
    problems = Problems("Q")
    content: bytes | None = None
    try:
        if path.stat().st_size > MAX_CODEBOOK_BYTES:
            problems.error("Q803", f"`{path}` has more than {MAX_CODEBOOK_BYTES:,} bytes", Place(str(path)))
        else:
            content = path.read_bytes()
    except OSError as error:
        problems.error("Q801", f"`{path}` cannot be read: {error.strerror or error}", Place(str(path)))
    root = None if content is None else read_xml(content, str(path), problems)
    if root is not None and root.name != "CodeBook":
        problems.error("Q804", f"the root is `{shorten(root.name)}`, not `CodeBook`", root.place)
    problems.raise_errors()
    assert root is not None  # noqa: S101 - without errors there is one
    codes = tuple(read_codes(root, problems))
    problems.raise_errors()
    return codes


def read_codes(book: Element, problems: Problems) -> list[Code]:
    """The codes of a `CodeBook` element, each before those inside it."""
    found: dict[str, Code] = {}
    waiting = [(code, "") for codes in book.find_all("Codes") for code in codes.find_all("Code")]
    waiting.reverse()
    while waiting:
        element, parent = waiting.pop()
        guid = element.get("guid").lower()
        if not guid or not element.get("name"):
            problems.error("Q804", "a code needs `guid` and `name`", element.place)
        elif guid in found:
            problems.error("Q810", f"the code `{shorten(guid)}` stands twice", element.place)
        else:
            about = " ".join(" ".join(each.text for each in element.find_all("Description")).split())
            is_codable = element.get("isCodable").lower() not in ("false", "0")
            found[guid] = Code(guid, element.get("name"), parent, about, is_codable)
        # Some programs nest codes directly, others inside <SubCodes>.
        inner = [
            *element.find_all("Code"),
            *(code for sub in element.find_all("SubCodes") for code in sub.find_all("Code")),
        ]
        waiting.extend((child, guid) for child in reversed(inner))
    return list(found.values())


class _Reader:
    """A project on its way from the tree of `project.qde`."""

    def __init__(self, archive: Archive, problems: Problems) -> None:
        self.archive, self.problems = archive, problems
        self.codings: list[Coding] = []
        self.interviews: dict[str, Interview] = {}

    def read(self, root: Element) -> Project:
        """The project."""
        codes = [code for book in root.find_all("CodeBook") for code in read_codes(book, self.problems)]
        known = {code.id for code in codes}
        users = {
            user.get("guid").lower(): user.get("name") or user.get("id")
            for users in root.find_all("Users")
            for user in users.find_all("User")
        }
        for sources in root.find_all("Sources"):
            for source in sources.children:
                if source.name == "TextSource":
                    self._read_source(source, known, users)
                elif source.name in _NOT_READ:
                    name = shorten(source.get("name") or source.get("guid"))
                    self.problems.warn("Q807", f"`{name}` is not text and is passed over", source.place)
        interviews = self._merge_cases(root)
        return Project(root.get("name"), tuple(codes), tuple(interviews.values()), tuple(self.codings))

    def _read_source(self, source: Element, known: set[str], users: dict[str, str]) -> None:
        guid = source.get("guid").lower()
        if not guid or guid in self.interviews:
            self.problems.error("Q810", f"the source `{shorten(guid)}` has no guid of its own", source.place)
            return
        text = self._read_text(source)
        self.interviews[guid] = Interview(guid, source.get("name") or guid, text or "")
        for selection in source.find_all("PlainTextSelection"):
            span = self._read_span(selection, text)
            if span is None:
                continue
            start, end = span
            owner = selection.get("creatingUser")
            for coding in selection.find_all("Coding"):
                coder = users.get((coding.get("creatingUser") or owner).lower(), "")
                for reference in coding.find_all("CodeRef"):
                    target = reference.get("targetGUID").lower()
                    if target not in known:
                        message = f"the code `{shorten(target)}` is not in the codebook"
                        self.problems.error("Q805", message, reference.place)
                        continue
                    quote = "" if text is None else text[start:end]
                    self.codings.append(Coding(guid, target, coder, start, end, quote, selection.place))

    def _read_text(self, source: Element) -> str | None:
        """The text of a source, inside the element or in a file of the archive; None where there is none."""
        for inner in source.find_all("PlainTextContent"):
            return inner.text
        path = source.get("plainTextPath")
        if not path.startswith("internal://"):
            name = shorten(source.get("name"))
            self.problems.warn("Q807", f"the text of `{name}` is not in the archive", source.place,
                               "its codings are counted, but have no quotes")  # fmt: skip
            return None
        content = self.archive.read(path.removeprefix("internal://").replace("\\", "/").rpartition("/")[2])
        if content is None:
            self.problems.error("Q805", f"the text `{shorten(path)}` is not in the archive", source.place)
            return None
        try:
            # Positions count code points; a byte order mark is not one of them.
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.problems.error("Q805", f"the text `{shorten(path)}` is not UTF-8", source.place)
            return None

    def _read_span(self, selection: Element, text: str | None) -> tuple[int, int] | None:
        numbers = [selection.get(name) for name in ("startPosition", "endPosition")]
        if not all(number.isascii() and number.isdigit() and len(number) < 12 for number in numbers):
            self.problems.error("Q806", "a selection needs `startPosition` and `endPosition`", selection.place)
            return None
        start, end = (int(number) for number in numbers)
        if end < start or (text is not None and end > len(text)):
            length = "an unknown number of" if text is None else f"{len(text):,}"
            message = f"the selection {start} to {end} lies outside its text of {length} characters"
            self.problems.error("Q806", message, selection.place)
            return None
        return start, end

    def _merge_cases(self, root: Element) -> dict[str, Interview]:
        """The interviews with the variables of their cases."""
        names = {
            variable.get("guid").lower(): variable.get("name")
            for variables in root.find_all("Variables")
            for variable in variables.find_all("Variable")
        }
        found = dict(self.interviews)
        for cases in root.find_all("Cases"):
            for case in cases.find_all("Case"):
                traits = _read_traits(case, names)
                for reference in case.find_all("SourceRef"):
                    target = reference.get("targetGUID").lower()
                    if target not in found:
                        continue
                    old = found[target]
                    found[target] = Interview(old.id, old.name, old.text, old.traits | traits, case.get("guid").lower())
        return found


def _read_traits(case: Element, names: dict[str, str]) -> dict[str, str]:
    traits: dict[str, str] = {}
    for value in case.find_all("VariableValue"):
        reference = next(value.find_all("VariableRef"), None)
        name = "" if reference is None else names.get(reference.get("targetGUID").lower(), "")
        text = next((child.text.strip() for child in value.children if child.name in _VALUES), "")
        if name:
            traits[name] = text
    return traits
