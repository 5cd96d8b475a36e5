"""YAML files as trees of text with places: safe, bounded, and free of YAML's guesses.

Every YAML file of the project (schemes, mappings, worked cases) is read by `read_yaml`. The tree holds the text of
each value exactly as written. What a text *means* is decided by the field that expects it (`scslab.scheme.fields`),
never by YAML: `on` is a key and not a boolean, `no` may be an id, `0.1` stays exact, `2014-01-01` waits to be a date.

A file is refused where it has tags, anchors or aliases, two documents, the same key twice, or is beyond the limits
below. Reading works on parser events, so that a hostile file is stopped at the limit and not after it was built.

Reading such a file from another part of the package goes in three steps::

    problems = Problems("M")                          # the letter of the codes: M for mapping files
    root = read_yaml(content, "events.yaml", problems)    # None: not readable, and `problems` says why
    form = read_form(EventsForm, root, problems)      # from scslab.scheme.fields: typed access, unknown keys told
    ...
    problems.raise_errors()
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from scslab.ground.problems import Place
from scslab.scheme.problem_list import Problems, shorten

MAX_BYTES = 2_000_000
"""The largest file that is read."""
MAX_NODES = 100_000
"""The most values and keys a file may have."""
MAX_DEPTH = 20
"""The deepest nesting of lists and mappings."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What YAML allows in a stream; checked here because the parsers give no line for it.
_NOT_ALLOWED = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_NUMBER = re.compile(r"[-+]?(0|[1-9]\d*)(\.\d+)?")


@dataclass(frozen=True, slots=True)
class YamlText:
    """A single value or a key.

    Attributes:
        text: as written, quotes removed.
        is_plain: whether it was written without quotes.
        lead: characters between `place` and the text (a quote) where the text stands on one line just as in the file,
            so that a place inside it is known; else -1.
    """

    text: str
    is_plain: bool
    place: Place
    lead: int = -1

    def place_at(self, offset: int) -> Place:
        """The place of a character of the text, or of the whole where that is not known."""
        if self.lead < 0 or not 0 <= offset <= len(self.text):
            return self.place
        return Place(self.place.file, self.place.line, self.place.column + self.lead + offset)

    @property
    def is_null(self) -> bool:
        """Whether nothing stands here: empty, `~` or `null`, without quotes."""
        return self.is_plain and self.text in _NULLS


@dataclass(frozen=True, slots=True)
class YamlList:
    """A list of values."""

    items: tuple[YamlNode, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class YamlMap:
    """A mapping: (key, value) pairs in file order, each key once."""

    pairs: tuple[tuple[YamlText, YamlNode], ...]
    place: Place

    def get(self, key: str) -> YamlNode | None:
        """The value of a key, or None."""
        return next((value for name, value in self.pairs if name.text == key), None)


YamlNode = YamlText | YamlList | YamlMap


def read_yaml(content: str | bytes, file: str, problems: Problems) -> YamlNode | None:
    """The tree of a YAML file, or None where it cannot be read; `problems` then says why.

    A tree may come together with problems (a key that stands twice): the rest of the file can still be checked.

    Args:
        content: the file's text or bytes (UTF-8, with or without a byte order mark).
        file: the name that places carry.
        problems: collects what is wrong, under the shared codes 001 to 004 and 007.

    Example:
        >>> problems = Problems("S")
        >>> tree = read_yaml("on: no", "s.yaml", problems)
        >>> tree.pairs[0][0].text, tree.pairs[0][1].text, str(tree.pairs[0][1].place)
        ('on', 'no', 's.yaml:1:5')
        >>> read_yaml("a: [1", "s.yaml", problems) is None, str(problems.found[0]).splitlines()[0]
        (True, "s.yaml:2:1: S001 not readable as YAML: did not find expected ',' or ']'")
    """
    text = _decode(content, file, problems)
    if text is None:
        return None
    builder = _Builder(file, problems)
    try:
        for event in _parse_events(text):
            if not builder.accept(event):
                return None
    except yaml.YAMLError as error:
        problems.shared("001", *_explain(error, text, file))
        return None
    if builder.has_alias:
        return None
    if builder.root is None or (isinstance(builder.root, YamlText) and builder.root.is_null):
        problems.shared("001", "the file is empty", Place(file))
        return None
    return builder.root


def to_plain(node: YamlNode) -> Any:
    """The tree as JSON would hold it (YAML 1.2 rules; dates stay text): what the JSON Schema describes.

    Example:
        >>> to_plain(read_yaml("{on: no, points: -2.5, from: 2014-01-01, x: }", "s.yaml", Problems("S")))
        {'on': 'no', 'points': -2.5, 'from': '2014-01-01', 'x': None}
    """
    match node:
        case YamlMap():
            return {key.text: to_plain(value) for key, value in node.pairs}
        case YamlList():
            return [to_plain(item) for item in node.items]
        case YamlText():
            if node.is_null:
                return None
            if not node.is_plain:
                return node.text
            if node.text in ("true", "false"):
                return node.text == "true"
            if (match := _NUMBER.fullmatch(node.text)) is not None:
                return float(node.text) if match[2] else int(node.text)
            return node.text


def _decode(content: str | bytes, file: str, problems: Problems) -> str | None:
    """The text of a file, checked for size, encoding and characters that YAML does not allow."""
    size = len(content)
    if size > MAX_BYTES:
        problems.shared("003", f"the file has {size:,} bytes; at most {MAX_BYTES:,} are read", Place(file))
        return None
    if isinstance(content, bytes):
        try:
            content = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            text = content[: error.start].decode("utf-8", errors="replace")
            problems.shared("001", "the file is not UTF-8 text", _place_at(text, len(text), file), "save it as UTF-8")
            return None
    content = content.removeprefix("\ufeff")
    odd = _NOT_ALLOWED.search(content)
    if odd is not None:
        place = _place_at(content, odd.start(), file)
        problems.shared("001", f"the character U+{ord(odd[0]):04X} is not allowed in YAML", place, "remove it")
        return None
    return content


def _make_text(event: Any, place: Place) -> YamlText:
    start, end = event.start_mark, event.end_mark
    is_plain = not event.style
    spare = end.column - start.column - len(event.value) if start.line == end.line else -1
    return YamlText(event.value, is_plain, place, spare // 2 if spare == (0 if is_plain else 2) else -1)


def _parse_events(text: str) -> Iterator[Any]:
    return yaml.parse(text, Loader=_LOADER)  # type: ignore[no-any-return]


def _place_at(text: str, position: int, file: str) -> Place:
    line_start = text.rfind("\n", 0, position) + 1
    return Place(file, text.count("\n", 0, position) + 1, position - line_start + 1)


def _explain(error: yaml.YAMLError, text: str, file: str) -> tuple[str, Place, str]:
    """The message, place and help for a syntax error of the parser."""
    mark: Any = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    reason = str(getattr(error, "problem", None) or getattr(error, "context", None) or "not readable")
    place = Place(file, mark.line + 1, mark.column + 1) if mark is not None else Place(file)
    lines = text.split("\n")
    line = lines[mark.line] if mark is not None and mark.line < len(lines) else ""
    helps = ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        helps = "indent with spaces; YAML does not allow tabs"
    elif "mapping values are not allowed" in reason:
        helps = "put quotes round a text that has `: ` in it, and check the indentation"
    elif "',' or" in reason:
        helps = "inside { } and [ ], put quotes round a text that has `: `, a comma or a bracket in it"
    return f"not readable as YAML: {reason}", place, helps


class _Builder:
    """Builds the tree from parser events, and stops at the limits."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems
        self.root: YamlNode | None = None
        self.nodes = 0
        self.documents = 0
        self.has_alias = False
        # One open list or mapping each: its place, what is in it, whether it is a mapping.
        self.open: list[tuple[Place, list[YamlNode], bool]] = []

    def accept(self, event: Any) -> bool:
        """Takes in one event; False: stop reading, a limit is reached."""
        place = Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.problems.shared("001", "the file has more than one document", place, "remove the line `---`")
            return self.documents == 1
        if isinstance(event, yaml.NodeEvent):
            self.nodes += 1
            if self.nodes > MAX_NODES:
                self.problems.shared("003", f"the file has more than {MAX_NODES:,} values", place)
                return False
            self._refuse_features(event, place)
        if isinstance(event, yaml.AliasEvent):
            self._add(YamlText("", True, place))
        elif isinstance(event, yaml.ScalarEvent):
            self._add(_make_text(event, place))
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            if len(self.open) >= MAX_DEPTH:
                self.problems.shared("003", f"lists and mappings are nested deeper than {MAX_DEPTH}", place)
                return False
            self.open.append((place, [], isinstance(event, yaml.MappingStartEvent)))
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            self._close()
        return True

    def _refuse_features(self, event: Any, place: Place) -> None:
        if isinstance(event, yaml.AliasEvent):
            self.has_alias = True
            self.problems.shared("002", "aliases are not used in these files", place, "write the value out")
            return
        if event.anchor is not None:
            self.problems.shared("002", "anchors are not used in these files", place, "write the value out")
        if getattr(event, "tag", None) is not None:
            self.problems.shared("002", f"tags are not used in these files: `{shorten(event.tag)}`", place)

    def _add(self, node: YamlNode) -> None:
        if self.open:
            self.open[-1][1].append(node)
        else:
            self.root = node

    def _close(self) -> None:
        place, items, is_map = self.open.pop()
        if not is_map:
            self._add(YamlList(tuple(items), place))
            return
        pairs: dict[str, tuple[YamlText, YamlNode]] = {}
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, YamlText):
                self.problems.shared("007", "a key must be a single word or text", key.place)
            elif key.text in pairs:
                first = pairs[key.text][0].place
                self.problems.shared(
                    "004",
                    f"the key `{shorten(key.text)}` stands here twice",
                    key.place,
                    f"it is first on line {first.line}",
                )
            else:
                pairs[key.text] = (key, value)
        self._add(YamlMap(tuple(pairs.values()), place))
