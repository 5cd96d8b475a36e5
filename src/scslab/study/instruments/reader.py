"""Reads a questionnaire file: YAML in, `Instrument` out, or every problem at once with its line and column."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.ground.text import Text
from scslab.scheme.conditions import Expression, ValueType
from scslab.scheme.fields import Form, FormReader, Key, check_ids_once, form_of, read_form
from scslab.scheme.kinds import BILINGUAL, FLAG, IDENT, NAME, NUMBER, TEXT, choice, matching
from scslab.scheme.problem_list import Problems, shorten, suggest
from scslab.scheme.shapes import list_of, map_of
from scslab.scheme.sql import parse_condition
from scslab.scheme.yaml_tree import YamlText, read_yaml
from scslab.study.instruments.model import (
    Instrument,
    Item,
    ItemKind,
    Option,
    Scale,
    Section,
    Wording,
    columns_of,
)
from scslab.study.instruments.soundness import check_soundness
from scslab.study.published.selection import WORD


class Language(StrEnum):
    """A language of a questionnaire."""

    ENGLISH = "en"
    CHINESE = "zh"


CODE = matching(
    "an answer's code",
    re.compile(r"-?\d{1,9}|[A-Za-z_][A-Za-z0-9_]*"),
    "use letters, digits and `_`, or a whole number",
)


class OptionForm(Form):
    """An answer."""

    code = Key("code", CODE, "what is stored", is_required=True)
    label = Key("label", BILINGUAL, "what is shown", is_required=True)
    missing = Key("missing", FLAG, "whether it stands for no answer")


class ItemForm(Form):
    """An item."""

    id = Key("id", NAME, "the name of the variable", is_required=True)
    kind = Key("kind", choice(ItemKind), "what it asks for; `single` by default")
    text = Key("text", BILINGUAL, "the question", is_required=True)
    hint = Key("hint", BILINGUAL, "a remark shown with it")
    scale = Key("scale", WORD, "the scale of its answers")
    when = Key("when", WORD, "SQL over earlier items: it is asked only where this holds")
    low = Key("low", NUMBER, "the smallest number that is taken")
    high = Key("high", NUMBER, "the largest number that is taken")
    required = Key("required", FLAG, "whether it must be answered")
    expects = Key("expects", WORD, "for a quality item: the code that an attentive respondent gives")
    wording = Key("wording", choice(Wording), "published, translated or unknown")


class SectionForm(Form):
    """A section."""

    id = Key("id", NAME, "the name of the section", is_required=True)
    title = Key("title", BILINGUAL, "its heading", is_required=True)
    when = Key("when", WORD, "SQL over earlier items: it is shown only where this holds")
    items = Key("items", list_of(form_of(ItemForm)), "its items", is_required=True)


class InstrumentForm(Form):
    """A questionnaire."""

    instrument = Key("instrument", IDENT, "a short name", is_required=True)
    title = Key("title", BILINGUAL, "its title", is_required=True)
    source = Key("source", TEXT, "where it was published")
    languages = Key("languages", list_of(choice(Language)), "the languages that every text should have")
    scales = Key("scales", map_of(NAME, list_of(form_of(OptionForm))), "answers by the name of the scale")
    sections = Key("sections", list_of(form_of(SectionForm)), "the sections", is_required=True)


def read_instrument(source: Path | str | bytes, file: str = "") -> Instrument:
    """Reads a questionnaire and gives it if it has no errors; warnings are left to `check_instrument`.

    Args:
        source: the file, or its content as text or bytes.
        file: the name that problems carry; by default the path.

    Raises:
        ProblemsError: with every problem of the file.
    """
    instrument, problems = check_instrument(source, file)
    if instrument is None:
        raise ProblemsError(problems)
    return instrument


def check_instrument(source: Path | str | bytes, file: str = "") -> tuple[Instrument | None, tuple[Problem, ...]]:
    """Reads a questionnaire and gives it together with its problems: errors (then without it) or warnings.

    Example:
        >>> instrument, problems = check_instrument('''
        ... instrument: small
        ... title: {en: A small survey, zh: 小调查}
        ... languages: [en]
        ... scales: {yes_no: [{code: 1, label: "Yes"}, {code: 2, label: "No"}]}
        ... sections:
        ...   - id: use
        ...     title: Use
        ...     items:
        ...       - {id: uses, scale: yes_no, text: Do you use it?}
        ...       - {id: why_not, kind: text, when: uses = 3, text: Why not?}
        ... ''')
        >>> print(problems[0])
        <memory>:11:9: Q706 no respondent can reach `why_not`: `uses = 3` never holds
          help: the condition was tried with all answers that the earlier items offer
    """
    problems = Problems("Q")
    content = _open(source, problems) if isinstance(source, Path) else source
    name = file or (str(source) if isinstance(source, Path) else "")
    root = None if content is None else read_yaml(content, name, problems)
    form = None if root is None else read_form(InstrumentForm, root, problems)
    if form is None:
        return None, problems.in_order()
    instrument = _read(form, problems)
    if not problems.count_errors():
        check_soundness(instrument, problems)
    return (None if problems.count_errors() else instrument), problems.in_order()


def _open(path: Path, problems: Problems) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError as error:
        problems.error("Q701", f"`{path}` cannot be read: {error.strerror or error}", Place(str(path)))
        return None


def _read(form: FormReader, problems: Problems) -> Instrument:
    scales = {
        name.text: Scale(name.text, tuple(_read_option(each) for each in options), name.place)
        for name, options in form.take(InstrumentForm.scales, {}).items()
    }
    names = _Names(scales, problems)
    sections: list[Section] = []
    for each in form.take(InstrumentForm.sections, ()):
        # The items of a section that is being read are not yet known to its own condition.
        when = names.parse(each.take(SectionForm.when, None))
        items = tuple(names.read_item(item) for item in each.take(SectionForm.items, ()))
        title = each.take(SectionForm.title, Text())
        sections.append(Section(each.take(SectionForm.id, ""), title, items, when, each.place))
    # Sections and items share their names: an XForm refers to both in the same way.
    words = [(item.id, item.place) for section in sections for item in section.items]
    check_ids_once(sorted(words + [(each.id, each.place) for each in sections], key=lambda word: word[1]), problems)
    names.tell_early_names()
    languages = form.take(InstrumentForm.languages, (Language.ENGLISH, Language.CHINESE))
    return Instrument(
        form.take(InstrumentForm.instrument, ""), form.take(InstrumentForm.title, Text()),
        form.take(InstrumentForm.source, ""), tuple(language.value for language in languages), scales, tuple(sections),
    )  # fmt: skip


def _read_option(form: FormReader) -> Option:
    return Option(
        form.take(OptionForm.code, ""), form.take(OptionForm.label, Text()), form.take(OptionForm.missing, False)
    )


class _Names:
    """The names that conditions may read so far, while the file is read from top to bottom."""

    def __init__(self, scales: dict[str, Scale], problems: Problems) -> None:
        self.scales, self.problems = scales, problems
        self.columns: dict[str, ValueType] = {}
        self.waiting: list[tuple[tuple[Problem, ...], frozenset[str]]] = []

    def parse(self, sql: YamlText | None) -> Expression | None:
        """A condition over the items so far; what it names in vain is told at the end, when later items are known."""
        if sql is None:
            return None
        own = Problems("Q")
        expression = parse_condition(sql, self.columns, own)
        if own.found:
            self.waiting.append((tuple(own.found), frozenset(self.columns)))
        return expression

    def read_item(self, form: FormReader) -> Item:
        """An item; its names can be read by the conditions that follow."""
        kind, name = form.take(ItemForm.kind, ItemKind.SINGLE), form.take(ItemForm.id, "")
        has_scale = kind in (ItemKind.SINGLE, ItemKind.MULTIPLE)
        word = form.take(ItemForm.scale, None)
        scale = self._find_scale(form, word, has_scale)
        when = self.parse(form.take(ItemForm.when, None))
        low, high = form.take(ItemForm.low, None), form.take(ItemForm.high, None)
        self._check_keys(form, kind, low, high)
        expects = form.take(ItemForm.expects, None)
        if expects is not None and scale is not None and expects.text not in {o.code for o in scale.options}:
            message = f"the scale `{scale.id}` has no answer `{shorten(expects.text)}`"
            self.problems.error("Q708", message, expects.place, suggest(expects.text, [o.code for o in scale.options]))
        item = Item(
            name, kind, form.take(ItemForm.text, Text()), "" if scale is None else scale.id,
            form.take(ItemForm.hint, Text()), when, _show(low), _show(high), form.take(ItemForm.required, False),
            "" if expects is None else expects.text, form.take(ItemForm.wording, Wording.PUBLISHED), form.place,
        )  # fmt: skip
        for column, value_type in columns_of(item, scale).items():
            if column in self.columns:
                message = f"the variable `{column}` would stand in the data twice"
                self.problems.error("Q710", message, form.place_of(ItemForm.id))
            self.columns[column] = value_type
        return item

    def _find_scale(self, form: FormReader, word: YamlText | None, is_needed: bool) -> Scale | None:
        if word is not None and not is_needed:
            self.problems.error("Q709", "`scale` has no effect for this kind of item", word.place)
            return None
        if word is None:
            if is_needed and form.has(ItemForm.id) and not form.has(ItemForm.scale):
                self.problems.error("Q702", "the item needs a `scale`", form.place, suggest("", list(self.scales)))
            return None
        if word.text not in self.scales:
            hint = suggest(word.text, list(self.scales))
            self.problems.error("Q702", f"unknown scale `{shorten(word.text)}`", word.place, hint)
            return None
        return self.scales[word.text]

    def _check_keys(self, form: FormReader, kind: ItemKind, low: Decimal | None, high: Decimal | None) -> None:
        is_number = kind in (ItemKind.INTEGER, ItemKind.NUMBER)
        for key in (ItemForm.low, ItemForm.high):
            if form.has(key) and not is_number:
                self.problems.error("Q709", f"`{key.name}` has no effect for this kind of item", form.place_of(key))
        if is_number and low is not None and high is not None and low > high:
            self.problems.error("Q709", f"no number lies between {low} and {high}", form.place_of(ItemForm.low))
        if form.has(ItemForm.expects) and kind is not ItemKind.SINGLE:
            message = "`expects` has an effect for `single` items only"
            self.problems.error("Q709", message, form.place_of(ItemForm.expects))

    def tell_early_names(self) -> None:
        """Notes what conditions could not read: items that come later as such, everything else as it was found."""
        for problems, known in self.waiting:
            later = [name for name in self.columns if name not in known and f"`{name}`" in problems[0].message]
            if problems[0].code == "Q032" and later:
                message = f"the condition reads `{later[0]}`, which is asked later or right here"
                self.problems.error("Q703", message, problems[0].place, "a condition can read earlier items only")
                continue
            for problem in problems:
                self.problems.add(problem)


def _show(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"
