"""Reads a mapping file: YAML in, `Mapping` out, or every problem at once with its line and column."""

from __future__ import annotations

from pathlib import Path

from scslab.ground.digests import digest_of_bytes
from scslab.ground.problems import Place, ProblemsError
from scslab.ground.text import Text
from scslab.ledger.columns import RESERVED
from scslab.ledger.mapping import (
    EventMapping,
    MappedCheck,
    MappedItem,
    MappedValue,
    Mapping,
    Recoding,
    SubjectsMapping,
)
from scslab.ledger.mapping_forms import (
    CheckForm,
    EventMappingForm,
    ItemForm,
    MappedValueForm,
    MappingForm,
    SubjectsMappingForm,
)
from scslab.scheme.codes import SHARED
from scslab.scheme.fields import FormReader, Key, read_form
from scslab.scheme.model import REPLACE, RETRACT, AttributeType
from scslab.scheme.problem_list import Problems
from scslab.scheme.yaml_tree import MAX_BYTES, YamlText, read_yaml

MAPPING_CODES: dict[str, str] = {f"M{number}": meaning for number, meaning in SHARED.items()} | {
    "M018": "the file cannot be opened",
    "M040": "the table has no such column",
    "M041": "keys that do not go together, or one that is missing beside another",
    "M042": "a name that is reserved",
    "M043": "the kind of a column does not fit",
    "M044": "columns that the mapping does not mention (warning)",
}
"""Every code of a mapping file, with its meaning."""

_NO_TEXT = YamlText("", True, Place())


def read_mapping(source: Path | str, file: str = "") -> Mapping:
    """Reads a mapping file.

    Args:
        source: the file (a `Path`), or its content.
        file: the name that problems carry; by default the path, or `<memory>`.

    Raises:
        ProblemsError: with every problem of the file.

    Example:
        >>> text = '''
        ... mapping: fines
        ... subject_id: who
        ... occurred_on: day
        ... events: [{type: fine, attributes: {amount: eur}}]
        ... '''
        >>> read_mapping(text).events[0].type
        'fine'
        >>> read_mapping(text.replace("who", "").replace("events", "event"))
        Traceback (most recent call last):
        ...
        scslab.ground.problems.ProblemsError: <memory>:2:1: M006 a mapping file needs the key `events`
          help: the events that a row gives
        <memory>:3:12: M006 a mapping file needs the key `subject_id`
          help: the column with the ids of the subjects
        <memory>:5:1: M005 unknown key `event`
          help: did you mean `events`?
    """
    problems = Problems("M")
    name = file or (str(source) if isinstance(source, Path) else "")
    content = source.encode() if isinstance(source, str) else _open(source, problems)
    mapping: Mapping | None = None
    if content is not None:
        root = read_yaml(content, name, problems)
        form = None if root is None else read_form(MappingForm, root, problems)
        if form is not None:
            mapping = _read_root(form, problems, digest_of_bytes(content))
    if mapping is None or problems.count_errors():
        raise ProblemsError(problems.in_order())
    return mapping


def _open(path: Path, problems: Problems) -> bytes | None:
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        problems.error("M018", f"the mapping cannot be opened: {error.strerror or error}", Place(str(path)))
        return None


def _read_root(form: FormReader, problems: Problems, digest: str) -> Mapping:
    events = tuple(_read_event(each, problems) for each in form.take(MappingForm.events, ()))
    occurred_on = form.take(MappingForm.occurred_on, None)
    if occurred_on is None and not form.has(MappingForm.occurred_on):
        for event in events:
            if event.occurred_on is None:
                problems.error("M041", f"`{event.type}` has no date", event.place, "say `occurred_on: COLUMN`")
    return Mapping(
        name=form.take(MappingForm.mapping, ""),
        title=form.take(MappingForm.title, Text()),
        file=form.take(MappingForm.file, ""),
        row_id=form.take(MappingForm.row_id, None),
        subject_id=form.take(MappingForm.subject_id, _NO_TEXT),
        occurred_on=occurred_on,
        recorded_on=form.take(MappingForm.recorded_on, None),
        source=_read_source(form.take(MappingForm.source, None), problems),
        types={column.text: (column, kind) for column, kind in form.take(MappingForm.types, {}).items()},
        recodings=tuple(
            Recoding(
                column,
                {text: new for text, new in texts.items() if (text, new) != ("others", "problem")},
                texts.get("others") == "problem",
            )
            for column, texts in form.take(MappingForm.values, {}).items()
        ),
        events=events,
        checks=_read_checks(form, MappingForm.check),
        columns_not_used=form.take(MappingForm.columns_not_used, ()),
        subjects=_read_subjects(form.take(MappingForm.subjects, None), problems),
        place=form.place,
        digest=digest,
    )


def _read_event(form: FormReader, problems: Problems) -> EventMapping:
    kind = form.take(EventMappingForm.type, "")
    if kind in (RETRACT, REPLACE):
        hint = "corrections come in a table of events of their own"
        problems.error("M042", f"a mapping cannot make `{kind}`", form.place_of(EventMappingForm.type), hint)
    attributes: dict[str, MappedValue] = {}
    for name, value in form.take(EventMappingForm.attributes, {}).items():
        if name.text in RESERVED:
            problems.error("M042", f"an attribute cannot be called `{name.text}`", name.place, "give it another name")
        found = _read_value(value, problems)
        if found is not None:
            attributes[name.text] = found
    item = form.take(EventMappingForm.item, None)
    if form.has(EventMappingForm.item) and not form.has(EventMappingForm.each):
        place = form.place_of(EventMappingForm.item)
        problems.error("M041", "an `item` needs `each`", place, "say which column has the list")
    if form.has(EventMappingForm.each) and not form.has(EventMappingForm.item):
        place = form.place_of(EventMappingForm.each)
        problems.error("M041", "`each` needs an `item`", place, "say how the item is called: `item: code`")
    return EventMapping(
        type=kind,
        when=form.take(EventMappingForm.when, None),
        each=form.take(EventMappingForm.each, None),
        separator=form.take(EventMappingForm.separator, ""),
        item=_read_item(item),
        attributes=attributes,
        occurred_on=form.take(EventMappingForm.occurred_on, None),
        recorded_on=form.take(EventMappingForm.recorded_on, None),
        source=_read_source(form.take(EventMappingForm.source, None), problems),
        refused=_read_checks(form, EventMappingForm.refuse),
        place=form.place,
    )


def _read_item(item: str | FormReader | None) -> MappedItem | None:
    if item is None or isinstance(item, str):
        return MappedItem(item) if item else None
    return MappedItem(item.take(ItemForm.name, "item"), item.take(ItemForm.type, AttributeType.TEXT))


def _read_value(value: YamlText | FormReader, problems: Problems) -> MappedValue | None:
    if isinstance(value, YamlText):
        return MappedValue(column=value)
    keys = (MappedValueForm.column, MappedValueForm.sql, MappedValueForm.text)
    if sum(value.has(key) for key in keys) != 1:
        hint = "{column: …}, {sql: …, type: …} or {text: …}"
        problems.error("M041", "a value has one of `column`, `sql` and `text`", value.place, hint)
        return None
    return MappedValue(
        value.take(MappedValueForm.column, None),
        value.take(MappedValueForm.sql, None),
        value.take(MappedValueForm.type, AttributeType.NUMBER),
        value.take(MappedValueForm.text, ""),
    )


def _read_source(form: FormReader | None, problems: Problems) -> MappedValue | None:
    return None if form is None else _read_value(form, problems)


def _read_checks(form: FormReader, key: Key[tuple[FormReader, ...]]) -> tuple[MappedCheck, ...]:
    return tuple(
        MappedCheck(each.take(CheckForm.sql, _NO_TEXT), each.take(CheckForm.reason, "")) for each in form.take(key, ())
    )


def _read_subjects(form: FormReader | None, problems: Problems) -> SubjectsMapping | None:
    if form is None:
        return None
    attributes: dict[str, YamlText] = {}
    for name, column in form.take(SubjectsMappingForm.attributes, {}).items():
        if name.text in ("subject_id", "born_on", "age"):
            problems.error("M042", f"an attribute cannot be called `{name.text}`", name.place, "give it another name")
        attributes[name.text] = column
    file = form.take(SubjectsMappingForm.file, "")
    if file and (Path(file).name != file or file in (".", "..")):
        place = form.place_of(SubjectsMappingForm.file)
        problems.error("M041", "the file must stand beside the mapping", place, "write its name without a folder")
    return SubjectsMapping(
        file=file,
        subject_id=form.take(SubjectsMappingForm.subject_id, _NO_TEXT),
        born_on=form.take(SubjectsMappingForm.born_on, None),
        attributes=attributes,
        columns_not_used=form.take(SubjectsMappingForm.columns_not_used, ()),
        only=form.take(SubjectsMappingForm.only, None),
        place=form.place,
    )
