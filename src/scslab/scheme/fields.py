"""Fields of YAML files: what each key of a mapping may hold, said once, for the reader and for the JSON Schema.

A `Kind` reads one value (a number, a date, a list of something) and knows the JSON Schema of it. A form is a class
whose attributes are `Key`s: the keys that a mapping may have. `read_form` opens a mapping as a `FormReader`, which
hands out typed values, and tells unknown keys, missing keys and wrong values as problems:

Example:
    >>> from scslab.scheme.kinds import IDENT, INTEGER
    >>> from scslab.scheme.yaml_tree import read_yaml
    >>> class ColumnForm(Form):
    ...     '''A column of a table.'''
    ...     id = Key("id", IDENT, "the column's id", is_required=True)
    ...     width = Key("width", INTEGER, "its width in characters")
    >>> problems = Problems("M")
    >>> tree = read_yaml("{id: name, widht: 5}", "columns.yaml", problems)
    >>> column = read_form(ColumnForm, tree, problems)
    >>> column.take(ColumnForm.id, otherwise=""), column.take(ColumnForm.width, otherwise=80)
    ('name', 80)
    >>> print(problems.found[0])
    columns.yaml:1:12: M005 unknown key `widht`
      help: did you mean `width`?

`take` gives `otherwise` where the key is missing or its value is wrong. A file with errors is never used, so the
stand-in only serves to go on and find the other problems.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from scslab.ground.problems import Place, did_you_mean
from scslab.scheme.problem_list import Problems, shorten, suggest
from scslab.scheme.yaml_tree import YamlMap, YamlNode, YamlText

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """A kind of value: how it is read, and its JSON Schema.

    Attributes:
        name: what the value is, with its article, as messages say it: `a number`.
        read: gives the value, or None after it noted a problem.
        schema: a JSON Schema fragment.
    """

    name: str
    read: Callable[[YamlNode, Problems], T | None]
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Key(Generic[T]):
    """A key that a mapping may have.

    Attributes:
        about: one line for people, shown by editors through the JSON Schema.
        help: what to say where the key is missing; "" says nothing more.
    """

    name: str
    kind: Kind[T]
    about: str = ""
    is_required: bool = False
    help: str = ""


class Form:
    """Base of the classes that list the keys of a mapping; the docstring says what the mapping is ("A rule.")."""

    @classmethod
    def list_keys(cls) -> tuple[Key[Any], ...]:
        """The keys, in the order of the class."""
        return tuple(value for value in vars(cls).values() if isinstance(value, Key))

    @classmethod
    def noun(cls) -> str:
        """What the mapping is, as messages say it: the first sentence of the docstring, `a rule`."""
        words = (cls.__doc__ or "a mapping").split(".")[0].split(":")[0].strip()
        return words[0].lower() + words[1:]


@dataclass(slots=True)
class FormReader:
    """A mapping that is read as a form.

    Attributes:
        place: where the mapping starts.
        values: the nodes by key; a key that is empty (`valid:`) is as good as missing.
        is_incomplete: whether it has keys that are unknown.
    """

    form: type[Form]
    place: Place
    problems: Problems
    values: dict[str, YamlNode] = field(default_factory=dict[str, YamlNode])
    is_incomplete: bool = False

    def take(self, key: Key[T], otherwise: U) -> T | U:
        """The value of `key`; `otherwise` where it is missing or wrong."""
        node = self.values.get(key.name)
        if node is None:
            return otherwise
        value = key.kind.read(node, self.problems)
        return otherwise if value is None else value

    def has(self, key: Key[Any]) -> bool:
        """Whether the key is there, right or wrong."""
        return key.name in self.values

    def node(self, key: Key[Any]) -> YamlNode | None:
        """The value of `key` as it stands in the file."""
        return self.values.get(key.name)

    def place_of(self, key: Key[Any]) -> Place:
        """Where the value of `key` stands, or the mapping where it is missing."""
        node = self.values.get(key.name)
        return self.place if node is None else node.place


def read_form(form: type[Form], node: YamlNode, problems: Problems) -> FormReader | None:
    """Opens a mapping as a form; unknown and missing keys are noted. None where it is no mapping."""
    if not isinstance(node, YamlMap):
        problems.shared("007", f"{form.noun()} must be a mapping of keys, not {describe(node)}", node.place)
        return None
    names = [key.name for key in form.list_keys()]
    reader = FormReader(form, node.place, problems)
    for key, value in node.pairs:
        reader.is_incomplete |= key.text not in names
        if key.text not in names:
            hint = "" if problems.is_full else did_you_mean(key.text, names)
            if isinstance(value, YamlText) and value.is_null and " " in key.text:
                # `{en: Water, gas and heat}` is a key `en` and a key `gas and heat` to YAML.
                hint = "put quotes round a text that has a comma in it"
            hint = hint or f"{form.noun()} has: " + ", ".join(f"`{n}`" for n in names)
            problems.shared("005", f"unknown key `{shorten(key.text)}`", key.place, hint)
        elif not (isinstance(value, YamlText) and value.is_null):
            reader.values[key.text] = value
    for key in form.list_keys():
        if key.is_required and key.name not in reader.values:
            empty = node.get(key.name)
            place = node.place if empty is None else empty.place
            problems.shared("006", f"{form.noun()} needs the key `{key.name}`", place, key.help or key.about)
    return reader


def describe(node: YamlNode) -> str:
    """What a value is, for messages: `a list`, `a mapping`, `nothing` or the text itself in backticks."""
    match node:
        case YamlMap():
            return "a mapping"
        case YamlText():
            return "nothing" if node.is_null else f"`{shorten(node.text)}`"
        case _:
            return "a list"


def form_of(form: type[Form]) -> Kind[FormReader]:
    """The kind of a nested mapping with the keys of `form`."""

    def read(node: YamlNode, problems: Problems) -> FormReader | None:
        return read_form(form, node, problems)

    return Kind(form.noun(), read, {"$ref": f"#/$defs/{form.__name__}", "$form": form})


def take_known(form: FormReader, key: Key[YamlText], known: Collection[str], code: str, noun: str) -> str:
    """The id that `key` names, which must be one of `known`; "" where the key is missing or the id is not known.

    Args:
        form: the mapping with the key.
        key: a key that names something declared elsewhere.
        known: the declared ids.
        code: the code of the problem for an unknown id.
        noun: what is named, as in `unknown source`.
    """
    word = form.take(key, None)
    return "" if word is None or not check_known(word, known, form.problems, code, noun) else word.text


def check_known(word: YamlText, known: Collection[str], problems: Problems, code: str, noun: str) -> bool:
    """Whether an id is one of `known`; notes a problem where it is not."""
    if word.text in known:
        return True
    hint = "" if problems.is_full else suggest(word.text, known)
    hint = hint or ("" if known else f"the file declares no {noun}")
    problems.error(code, f"unknown {noun} `{shorten(word.text)}`", word.place, hint)
    return False


def check_ids_once(words: Iterable[tuple[str, Place]], problems: Problems) -> None:
    """Notes every id that stands a second time; empty ids are passed over."""
    first: dict[str, Place] = {}
    for word, place in words:
        if word and word in first:
            problems.shared("014", f"the id `{shorten(word)}` stands twice", place, f"first on line {first[word].line}")
        elif word:
            first[word] = place
