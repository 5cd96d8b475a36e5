"""The keys of a mapping file: one class for each mapping of keys, one line for each key."""

from __future__ import annotations

from scslab.ground.problems import did_you_mean
from scslab.scheme.fields import Form, FormReader, Key, Kind, describe, form_of
from scslab.scheme.kinds import BILINGUAL, EVENT_TYPE, NAME, SLUG, TEXT, choice
from scslab.scheme.model import AttributeType
from scslab.scheme.problem_list import Problems, shorten
from scslab.scheme.scheme_kinds import SQL
from scslab.scheme.shapes import either, list_of, map_of
from scslab.scheme.yaml_tree import YamlMap, YamlNode, YamlText


def _read_word(node: YamlNode, problems: Problems) -> YamlText | None:
    if isinstance(node, YamlText) and not node.is_null:
        return node
    problems.shared("007", f"the name of a column must stand here, not {describe(node)}", node.place)
    return None


COLUMN: Kind[YamlText] = Kind("a column", _read_word, {"type": "string"})
"""The name of a column of the table, as it stands in its header."""


def _read_separator(node: YamlNode, problems: Problems) -> str | None:
    if isinstance(node, YamlText) and node.text:
        return node.text
    problems.shared("017", "the separator is empty", node.place, 'write it in quotes: `separator: "|"`')
    return None


SEPARATOR: Kind[str] = Kind("a separator", _read_separator, {"type": "string", "minLength": 1})
"""The text between two items."""


def _read_item_type(node: YamlNode, problems: Problems) -> AttributeType | None:
    words = [AttributeType.INTEGER, AttributeType.NUMBER, AttributeType.TEXT]
    if isinstance(node, YamlText) and node.text in words:
        return AttributeType(node.text)
    text = node.text if isinstance(node, YamlText) else ""
    problems.shared("008", f"an item cannot be {describe(node)}", node.place, did_you_mean(text, words))
    return None


class MappedValueForm(Form):
    """A value: a column, an SQL expression or a constant text."""

    column = Key("column", COLUMN, "a column of the table")
    sql = Key("sql", SQL, "an SQL expression over the columns")
    type = Key("type", choice(AttributeType), "what the SQL expression yields; a number if left out")
    text = Key("text", TEXT, "a text that is the same for all rows")


VALUE: Kind[YamlText | FormReader] = either(lambda node: isinstance(node, YamlMap), form_of(MappedValueForm), COLUMN)
"""A column, or `{sql: …, type: …}`, or `{text: …}`."""


class CheckForm(Form):
    """A check: what is odd about a row."""

    sql = Key("sql", SQL, "a condition over the columns that is true where a row is odd", is_required=True)
    reason = Key("reason", TEXT, "what is odd about such a row", is_required=True)


class ItemForm(Form):
    """An item: what each part of a list is."""

    name = Key("name", NAME, "the name by which `when` and `attributes` know the item", is_required=True)
    type = Key(
        "type",
        Kind("integer, number or text", _read_item_type, {"enum": ["integer", "number", "text"]}),
        "integer, number or text (as if left out)",
    )


ITEM: Kind[str | FormReader] = either(lambda node: isinstance(node, YamlMap), form_of(ItemForm), NAME)
"""The name of the item, or `{name: …, type: …}`."""


class EventMappingForm(Form):
    """An event that rows give."""

    type = Key("type", EVENT_TYPE, "the event type", is_required=True)
    when = Key("when", SQL, "a condition over the columns and the item; rows for which it is not true give no event")
    each = Key("each", COLUMN, "a column with a list of items; each of them gives an event")
    separator = Key("separator", SEPARATOR, "the text between two items")
    item = Key("item", ITEM, "what each item is: {name: code, type: integer}")
    attributes = Key("attributes", map_of(NAME, VALUE), "the attributes of the event, each from a column")
    occurred_on = Key("occurred_on", COLUMN, "another date than that of the mapping")
    recorded_on = Key("recorded_on", COLUMN, "another recording date than that of the mapping")
    source = Key("source", form_of(MappedValueForm), "another source than that of the mapping")
    refuse = Key("refuse", list_of(form_of(CheckForm)), "rows that give no such event, and a line among the problems")


def _read_recoding(node: YamlNode, problems: Problems) -> dict[str, str] | None:
    if not isinstance(node, YamlMap):
        problems.shared("007", f"texts and what they become must stand here, not {describe(node)}", node.place)
        return None
    texts: dict[str, str] = {}
    for key, value in node.pairs:
        if isinstance(value, YamlText):
            texts[key.text] = "" if value.is_null else value.text
        else:
            problems.shared("007", f"`{shorten(key.text)}` must become a text, not {describe(value)}", value.place)
    return texts


RECODING: Kind[dict[str, str]] = Kind(
    "texts and what they become", _read_recoding, {"type": "object", "additionalProperties": {"type": "string"}}
)
"""`{Risk 1 (High): high}`; `others: problem` sets rows with other texts aside."""


class SubjectsMappingForm(Form):
    """A table of the subjects."""

    file = Key("file", TEXT, "the file, beside the mapping", is_required=True)
    subject_id = Key("subject_id", COLUMN, "the column with the ids of the subjects", is_required=True)
    born_on = Key("born_on", COLUMN, "the column with the dates of birth or founding")
    attributes = Key("attributes", map_of(NAME, COLUMN), "the attributes of the subjects, each from a column")
    only = Key("only", SQL, "a condition over these attributes: which subjects the data cover")
    columns_not_used = Key("columns_not_used", list_of(TEXT, least=0), "columns that are left out on purpose")


class MappingForm(Form):
    """A mapping file."""

    mapping = Key("mapping", SLUG, "the id of the mapping, as in `food-inspections`", is_required=True)
    title = Key("title", BILINGUAL, "what the data are")
    file = Key("file", TEXT, "the data file that the mapping is for, beside it")
    row_id = Key("row_id", COLUMN, "the column that names a row; without it rows are numbered")
    subject_id = Key("subject_id", COLUMN, "the column with the ids of the subjects", is_required=True)
    occurred_on = Key("occurred_on", COLUMN, "the column with the dates of the events")
    recorded_on = Key("recorded_on", COLUMN, "the column with the dates on which they were recorded")
    source = Key("source", form_of(MappedValueForm), "where the facts come from: {text: …} or {column: …}")
    types = Key("types", map_of(TEXT, choice(AttributeType)), "columns of CSV and JSON Lines that are not texts")
    values = Key("values", map_of(TEXT, RECODING), "texts to be recoded before anything else is read")
    events = Key("events", list_of(form_of(EventMappingForm)), "the events that a row gives", is_required=True)
    check = Key("check", list_of(form_of(CheckForm)), "what is odd about rows; they are told, and used")
    columns_not_used = Key("columns_not_used", list_of(TEXT, least=0), "columns that are left out on purpose")
    subjects = Key("subjects", form_of(SubjectsMappingForm), "a table of the subjects, beside the data")
