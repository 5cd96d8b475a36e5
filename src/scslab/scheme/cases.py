"""Worked cases: events, dates and the standing that somebody worked out by hand, as `cases.yaml` beside a scheme.

A case is written by the person who knows the rule, not by a programmer:

    cases:
      - name: second failure within a year counts double
        why: 75 - 5 = 70; the second failure takes 2 x 5, 70 - 10 = 60
        subject: {born_on: 1980-01-01}          # what is known of the subject; may be left out
        events:
          - {id: e1, type: inspection.failed, on: 2013-05-02, recorded: 2013-05-03, critical: 1}
          - {id: e2, type: inspection.failed, on: 2013-11-20}
        as_of: 2014-01-31
        known_at: 2014-01-31                    # may be left out: everything is known
        expect:
          score: 60
          tier: red
          measures: [display-face, fix-or-lose-licence]
          entries:
            - {event: e1, rule: failed, on: 2013-05-03, effective: -5}
            - {event: e2, rule: failed, on: 2013-11-20, effective: -10}

An event has `id`, `type`, `on` (the day it occurred), perhaps `recorded`, and the attributes of its type by name;
`correction.retract` and `correction.replace` have `target` (and `new_type`), objections have `target`. An event of
another subject has `subject`; what is known of others stands under `others`, and `links` relate them:

        others: {boss: {kind: resident}}
        links: [{relation: manager, from: boss, to: self, since: 2015-01-01}]
        with: [supreme-court]                   # other schemes that settle together with this one, on the same events

Under `expect` stands whatever the case is about: any of the standing's values, `measures` (all of them, in any order),
`entries` (all of them, in order, each with the values that matter), `unposted` (event id to reason) and `set_aside`
(event id to code); `lists` (all that the subject is on), `not_lists`, `memberships` and `objections` (all of them, in
order); of an index `publications` and `contributions` (those that matter):

          lists: [defaulters]
          memberships: [{list: defaulters, opened_on: 2013-05-03, opened_by: event, closed_on: none}]
          objections: [{target: e1, outcome: expired upheld, decided_on: 2013-07-02}]
          publications: [{on: 2014-01-31, score: 655, tier: good}]
          contributions: [{on: 2014-01-31, dimension: history, indicator: on-time, value: 0.667, contribution: 80}]

`none` means that there is no value. Numbers of an index that have no end agree if they do to as many decimals as the
case writes. This file reads cases; `scslab.engine.cases` settles them.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from scslab.ground.problems import Place, Problem, ProblemsError, did_you_mean
from scslab.scheme.case_expect import read_expectation
from scslab.scheme.case_forms import EVENT_KEYS, SELF, CaseForm, CaseLinkForm, CasesForm, EventForm, attribute_kind
from scslab.scheme.case_model import Case, CaseEvent, CaseLink, Expectation, Value
from scslab.scheme.catalogue import FILE_NAME, find_scheme
from scslab.scheme.fields import FormReader, describe, read_form
from scslab.scheme.model import REPLACE, RETRACT, Attribute, AttributeType, Scheme
from scslab.scheme.problem_list import Problems, shorten
from scslab.scheme.yaml_tree import MAX_BYTES, YamlMap, YamlNode, YamlText, read_yaml

CODES: dict[str, str] = {
    "C018": "the file cannot be opened",
    "C050": "an event type that the scheme does not declare",
    "C051": "an attribute that the scheme does not declare",
    "C052": "a rule, tier or measure that the scheme does not have",
    "C053": "an event id that the case does not have",
    "C054": "two cases of one name",
    "C055": "a case that expects nothing",
    "C056": "another scheme that cannot be used, or a link or subject that the case or the scheme does not have",
    "C100": "the standing is not what the case expects",
}
"""Codes of problems in worked cases, beside the shared ones of all YAML files."""


def read_cases(path: Path, scheme: Scheme) -> tuple[Case, ...]:
    """The worked cases of a file.

    Raises:
        ProblemsError: the file cannot be read or used; carries every problem that was found.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"the file cannot be opened: {error.strerror}"
        raise ProblemsError([Problem("C018", message, Place(str(path)))]) from error
    cases, problems = check_cases(content, str(path), scheme)
    if problems:
        raise ProblemsError(problems)
    return cases


def check_cases(content: str | bytes, file: str, scheme: Scheme) -> tuple[tuple[Case, ...], list[Problem]]:
    """The cases of a file's content that can be used, and every problem in the order of the file.

    Example:
        >>> from decimal import Decimal
        >>> from scslab.ground.text import Text
        >>> from scslab.scheme.dated import Dated
        >>> from scslab.scheme.model import EventType, Operator, OperatorKind, Score, SubjectKind, SubjectScope
        >>> operator, businesses = Operator(OperatorKind.RESEARCH, Text("R")), SubjectScope((SubjectKind.BUSINESS,))
        >>> visits, ten = {"visit": EventType("visit", {})}, Score(Dated.constant(Decimal(10)))
        >>> scheme = Scheme("s", Text("S"), operator, businesses, visits, ten)
        >>> text = '''
        ... cases:
        ...   - name: a visit changes nothing
        ...     events: [{id: e1, type: vist, on: 2014-01-31}]
        ...     as_of: 2014-02-01
        ...     expect: {score: 10}
        ... '''
        >>> cases, problems = check_cases(text, "cases.yaml", scheme)
        >>> print(problems[0])
        cases.yaml:4:29: C050 unknown event type `vist`
          help: did you mean `visit`?
    """
    problems = Problems("C")
    root = read_yaml(content, file, problems)
    cases: list[Case] = []
    if root is not None:
        form = read_form(CasesForm, root, problems)
        forms = form.take(CasesForm.cases, ()) if form is not None else ()
        names: dict[str, Place] = {}
        for each in forms:
            case = _CaseReader(each, scheme, problems, Path(file).parent.parent).read()
            first = names.setdefault(case.name, case.place)
            if first is not case.place:
                problems.error(
                    "C054",
                    f"two cases are called `{shorten(case.name)}`",
                    each.place_of(CaseForm.name),
                    f"the first one is on line {first.line}",
                )
            cases.append(case)
    return tuple(cases), list(problems.in_order()) if problems.found else []


class _CaseReader:
    """Reads one case."""

    def __init__(self, form: FormReader, scheme: Scheme, problems: Problems, folder: Path) -> None:
        self.form = form
        self.scheme = scheme
        self.problems = problems
        self.folder = folder
        self.others: dict[str, dict[str, Value]] = {}
        self.schemes = (scheme,)
        self.types: dict[str, str] = {}

    def read(self) -> Case:
        form = self.form
        self.schemes = (self.scheme, *self._read_schemes())
        born_on = Attribute("born_on", AttributeType.DATE)
        known = {"born_on": born_on}
        for scheme in reversed(self.schemes):
            known |= scheme.subjects.attributes
        for name, node in form.take(CaseForm.others, dict[YamlText, YamlNode]()).items():
            self.others[name.text] = self._read_attributes(node, known, "the subject")
        events = [self._read_event(node) for node in form.take(CaseForm.events, ())]
        expect = form.take(CaseForm.expect, None)
        return Case(
            name=form.take(CaseForm.name, ""),
            why=form.take(CaseForm.why, ""),
            events=tuple(event for event in events if event is not None),
            as_of=form.take(CaseForm.as_of, date.min),
            expect=Expectation({}) if expect is None else read_expectation(expect, self.scheme, self.types),
            known_at=form.take(CaseForm.known_at, None),
            subject=self._read_attributes(form.node(CaseForm.subject), known, "the subject"),
            place=form.place,
            others=self.others,
            links=tuple(self._read_link(each) for each in form.take(CaseForm.links, ())),
            schemes=self.schemes[1:],
        )

    def _read_schemes(self) -> list[Scheme]:
        """The other schemes: of the same catalogue as this one, or of the one that comes with the package."""
        found: list[Scheme] = []
        for word in self.form.take(CaseForm.schemes, ()):
            near = self.folder / word.text / FILE_NAME
            try:
                found.append(find_scheme(near if near.is_file() else word.text))
            except ProblemsError as error:
                first = error.problems[0]
                self.problems.error("C056", f"`{word.text}` cannot be used: {first.message}", word.place, first.help)
        return found

    def _read_link(self, form: FormReader) -> CaseLink:
        word = form.take(CaseLinkForm.relation, None)
        relations = [name for scheme in self.schemes for name in scheme.links]
        if word is not None and word.text not in relations:
            hint = did_you_mean(word.text, relations)
            self.problems.error("C056", f"the scheme has no link `{shorten(word.text)}`", word.place, hint)
        ends: list[str] = []
        for key in (CaseLinkForm.source, CaseLinkForm.target):
            name = form.take(key, SELF)
            self._check_subject(name, form.place_of(key))
            ends.append("" if name == SELF else name)
        since, until = form.take(CaseLinkForm.since, None), form.take(CaseLinkForm.until, None)
        return CaseLink("" if word is None else word.text, ends[0], ends[1], since, until, form.place)

    def _check_subject(self, name: str, place: Place) -> None:
        if name != SELF and name not in self.others:
            hint = did_you_mean(name, [SELF, *self.others])
            self.problems.error("C056", f"`others` has no subject `{shorten(name)}`", place, hint)

    def _read_event(self, node: YamlNode) -> CaseEvent | None:
        if not isinstance(node, YamlMap):
            self.problems.shared("007", f"an event must be a mapping, not {describe(node)}", node.place)
            return None
        fixed = tuple(pair for pair in node.pairs if pair[0].text in EVENT_KEYS)
        rest = tuple(pair for pair in node.pairs if pair[0].text not in EVENT_KEYS)
        form = read_form(EventForm, YamlMap(fixed, node.place), self.problems)
        if form is None:
            return None
        event_id, event_type = form.take(EventForm.id, ""), form.take(EventForm.type, "")
        self.types.setdefault(event_id, event_type)  # The same id twice is allowed: it shows how duplicates count.
        attributes = self._read_attributes(
            YamlMap(rest, node.place), self._list_attributes(form, event_type), f"`{shorten(event_type)}`"
        )
        subject = form.take(EventForm.subject, SELF)
        self._check_subject(subject, form.place_of(EventForm.subject))
        for key in (EventForm.target, EventForm.new_type):
            value = form.take(key, None)
            if value is not None:
                attributes[key.name] = value
        return CaseEvent(
            event_id,
            event_type,
            form.take(EventForm.on, date.min),
            form.take(EventForm.recorded, None),
            attributes,
            node.place,
            "" if subject == SELF else subject,
        )

    def _list_attributes(self, form: FormReader, event_type: str) -> dict[str, Attribute]:
        """The attributes that an event may give beside its fixed keys; those of a replacement are its new type's."""
        if event_type == RETRACT:
            return {}
        key = EventForm.type
        if event_type == REPLACE:
            key = EventForm.new_type
            event_type = form.take(key, None) or self.types.get(form.take(EventForm.target, ""), "")
        known = [scheme.events[event_type] for scheme in self.schemes if event_type in scheme.events]
        if not known:
            if form.has(key):
                words = [*(name for scheme in self.schemes for name in scheme.events), RETRACT, REPLACE]
                self.problems.error(
                    "C050",
                    f"unknown event type `{shorten(event_type)}`",
                    form.place_of(key),
                    did_you_mean(event_type, words),
                )
            return {}
        return {name: each for event in reversed(known) for name, each in event.attributes.items()}

    def _read_attributes(self, node: YamlNode | None, known: dict[str, Attribute], whose: str) -> dict[str, Value]:
        found: dict[str, Value] = {}
        if node is None:
            return found
        if not isinstance(node, YamlMap):
            self.problems.shared("007", f"a mapping of attributes must stand here, not {describe(node)}", node.place)
            return found
        for key, each in node.pairs:
            attribute = known.get(key.text)
            if attribute is None:
                hint = did_you_mean(key.text, [*known, *EVENT_KEYS] if whose != "the subject" else known)
                self.problems.error("C051", f"{whose} has no attribute `{shorten(key.text)}`", key.place, hint)
            elif not (isinstance(each, YamlText) and each.is_null):
                value = attribute_kind(attribute.type).read(each, self.problems)
                if value is not None:
                    found[key.text] = value
        return found
