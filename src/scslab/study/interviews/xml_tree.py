"""XML as a tree with places: bounded, and without document types, so that no entity can grow or reach out.

Python's own expat reads it. A document type declaration is refused at its first character, before any entity in it
could be defined; that closes entity bombs and external entities at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from scslab.ground.problems import Place
from scslab.scheme.problem_list import Problems

MAX_NODES = 2_000_000
"""The most elements of a file."""
MAX_DEPTH = 100
"""The deepest nesting of elements."""


@dataclass(slots=True)
class Element:
    """An element: its name without namespace, attributes, children, the text right inside it, and where it starts."""

    name: str
    attributes: dict[str, str]
    place: Place
    children: list[Element] = field(default_factory=list["Element"])
    text: str = ""

    def find_all(self, name: str) -> Iterator[Element]:
        """The direct children of that name."""
        return (child for child in self.children if child.name == name)

    def walk(self) -> Iterator[Element]:
        """The element and everything inside, in the order of the file."""
        waiting: list[Element] = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))

    def get(self, name: str) -> str:
        """An attribute, or ""."""
        return self.attributes.get(name, "")


class _RefusedError(Exception):
    """Stops the parser; the message says why."""


def read_xml(content: bytes, file: str, problems: Problems) -> Element | None:
    """The root element of an XML file, or None; `problems` then says why (Q802, Q803).

    Example:
        >>> problems = Problems("Q")
        >>> root = read_xml(b'<a xmlns="urn:x"><b n="1">t</b></a>', "x.xml", problems)
        >>> root.name, root.children[0].get("n"), root.children[0].text, str(root.children[0].place)
        ('a', '1', 't', 'x.xml:1:18')
        >>> read_xml(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "x.xml", problems) is None
        True
        >>> print(problems.found[0])
        x.xml:1:13: Q803 the file declares a document type
          help: REFI-QDA files have none; it could make the file grow without end, or read other files
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    builder = _Builder(file, parser)
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.add_text
    parser.StartDoctypeDeclHandler = builder.refuse
    try:
        parser.Parse(content, True)
    except _RefusedError as error:
        message, _, hint = str(error).partition("|")
        problems.error("Q803", message, builder.here(), hint)
        return None
    except (expat.ExpatError, ValueError, LookupError) as error:
        text = expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)
        problems.error("Q802", f"not readable as XML: {text}", builder.here())
        return None
    return builder.root


class _Builder:
    def __init__(self, file: str, parser: expat.XMLParserType) -> None:
        self.file, self.parser = file, parser
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0

    def here(self) -> Place:
        """Where the parser stands."""
        return Place(self.file, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Opens an element."""
        self.count += 1
        if self.count > MAX_NODES or len(self.open) >= MAX_DEPTH:
            raise _RefusedError(f"the file has more than {MAX_NODES:,} elements, or is nested deeper than {MAX_DEPTH}|")
        plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        element = Element(name.rpartition(" ")[2], plain, self.here())
        if self.open:
            self.open[-1].children.append(element)
        elif self.root is None:
            self.root = element
        self.open.append(element)

    def end(self, name: str) -> None:
        """Closes an element."""
        del name
        self.open.pop()

    def add_text(self, text: str) -> None:
        """Adds text to the open element."""
        self.open[-1].text += text

    def refuse(self, *declaration: object) -> None:
        """Refuses a document type."""
        del declaration
        hint = "REFI-QDA files have none; it could make the file grow without end, or read other files"
        raise _RefusedError(f"the file declares a document type|{hint}")
