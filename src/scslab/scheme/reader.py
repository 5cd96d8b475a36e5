"""Reads a scheme file: YAML in, `Scheme` out, or every problem at once with its line and column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from scslab.ground.digests import digest_of_bytes
from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.ground.text import Text
from scslab.scheme.fields import FormReader, Key, read_form
from scslab.scheme.forms import InForceForm, OperatorForm, SchemeForm
from scslab.scheme.lint import lint_scheme
from scslab.scheme.model import InForce, Operator, OperatorKind, Participation, Scheme, Score, ScoreKind, Status
from scslab.scheme.problem_list import Problems, suggest
from scslab.scheme.read_clauses import Known
from scslab.scheme.read_index import read_dimensions
from scslab.scheme.read_lists import list_list_ids, read_lists
from scslab.scheme.read_measures import read_measures, read_yardstick
from scslab.scheme.read_objection import read_objection, read_repairs
from scslab.scheme.read_rules import read_group_caps, read_rules
from scslab.scheme.read_score import read_range, read_score
from scslab.scheme.read_tiers import read_tiers
from scslab.scheme.read_together import read_links, read_spread, read_succession
from scslab.scheme.read_vocabulary import read_sources, read_subjects, read_vocabulary
from scslab.scheme.yaml_tree import MAX_BYTES, YamlNode, read_yaml


def read_scheme(source: Path | str | bytes, file: str = "") -> Scheme:
    """Reads a scheme and gives it if it has no errors; warnings are left to `check_scheme`.

    Args:
        source: the file (a `Path`, or a text of one line that ends in `.yaml`), or its content as text or bytes.
        file: the name that problems carry; by default the path, or `<memory>`.

    Raises:
        ProblemsError: with every problem of the file.

    Example:
        >>> read_scheme(EXAMPLE).rules[0].points.values()
        (Decimal('5'),)
        >>> read_scheme(EXAMPLE.replace("on: donation.blood", "on: donation.blod"), "give/scheme.yaml")
        Traceback (most recent call last):
        ...
        scslab.ground.problems.ProblemsError: give/scheme.yaml:7:28: S012 unknown event type `donation.blod`
          help: did you mean `donation.blood`?
    """
    scheme, problems = check_scheme(source, file)
    if scheme is None:
        raise ProblemsError(problems)
    return scheme


def check_scheme(source: Path | str | bytes, file: str = "") -> tuple[Scheme | None, list[Problem]]:
    """Reads a scheme and gives it together with its problems: errors (then without a scheme), or warnings.

    Warnings include what the static checks find (`scslab.scheme.lint`). Arguments as for `read_scheme`.

    Example:
        >>> scheme, problems = check_scheme(EXAMPLE)
        >>> scheme.id, [problem.code for problem in problems]
        ('give', ['S106'])
    """
    problems = Problems("S")
    if isinstance(source, str) and source.endswith((".yaml", ".yml")) and "\n" not in source:
        source = Path(source)
    content: bytes | str | None = source if isinstance(source, str | bytes) else _open(source, problems)
    name = file or (str(source) if isinstance(source, Path) else "")
    scheme: Scheme | None = None
    if content is not None:
        root = read_yaml(content, name, problems)
        if root is not None:
            raw = content if isinstance(content, bytes) else content.encode("utf-8", errors="surrogatepass")
            scheme = _read_root(root, problems, digest_of_bytes(raw))
    if scheme is None or problems.count_errors():
        return None, list(problems.in_order())
    for finding in lint_scheme(scheme):
        problems.add(finding)
    text = content.decode("utf-8") if isinstance(content, bytes) else str(content)
    return replace(scheme, text=text), list(problems.in_order())


def _open(path: Path, problems: Problems) -> bytes | None:
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        near: Sequence[str] = []
        if path.parent.is_dir() and not path.exists():
            near = sorted(each.name for each in path.parent.iterdir())[:200]
        reason = getattr(error, "strerror", None) or str(error)
        hint = suggest(path.name, near) if near else ""
        problems.error("S018", f"the file cannot be opened: {reason}", Place(str(path)), hint)
        return None


def _read_root(root: YamlNode, problems: Problems, digest: str) -> Scheme | None:
    top = read_form(SchemeForm, root, problems)
    return None if top is None else _read_top(top, digest)


def _read_top(top: FormReader, digest: str) -> Scheme:
    errors = top.problems.count_errors()
    sources = read_sources(top)
    subjects = read_subjects(top)
    vocabulary = read_vocabulary(top, subjects, errors)
    score = read_score(top)
    _check_kind(top, score)
    ends = read_range(top, score)
    scheme_id = top.take(SchemeForm.scheme, "")
    known = Known(scheme_id, vocabulary, score, sources, lists=list_list_ids(top))
    tiers = read_tiers(top, known)
    known = replace(known, tiers=tuple(tier.id for tier in tiers))
    rules = read_rules(top, known)
    known = replace(known, rules=tuple(rule.id for rule in rules))
    links = read_links(top)
    return Scheme(
        id=scheme_id,
        title=top.take(SchemeForm.title, Text()),
        operator=_read_operator(top),
        subjects=subjects,
        events=vocabulary.events,
        score=score if ends is None else replace(score, start=ends[0]),
        participation=top.take(SchemeForm.participation, Participation.AUTOMATIC),
        in_force=_read_in_force(top),
        about=top.take(SchemeForm.about, Text()),
        status=top.take(SchemeForm.status, Status.PARTIAL),
        sources=sources,
        tiers=tiers,
        rules=rules,
        caps=read_group_caps(top, rules, score, sources),
        measures=read_measures(top, known),
        yardstick=read_yardstick(top, vocabulary, sources),
        unknown=top.take(SchemeForm.unknown, ()),
        place=top.place,
        digest=digest,
        lists=read_lists(top, known),
        repairs=read_repairs(top, known),
        objection=read_objection(top),
        dimensions=read_dimensions(top, known),
        range=ends,
        links=links,
        spread=read_spread(top, known, links, subjects),
        succession=read_succession(top, known),
    )


# What a scheme with this kind of score cannot have.
_FOREIGN: dict[ScoreKind, tuple[tuple[Key[Any], ...], str]] = {
    ScoreKind.POINTS: ((SchemeForm.dimensions,), "a points score; dimensions are for `kind: index`"),
    ScoreKind.INDEX: ((SchemeForm.rules, SchemeForm.caps), "an index, which has `dimensions` instead of rules"),
    ScoreKind.NONE: (
        (SchemeForm.rules, SchemeForm.caps, SchemeForm.tiers, SchemeForm.dimensions, SchemeForm.yardstick),
        "no score",
    ),
}


def _check_kind(top: FormReader, score: Score) -> None:
    """Notes sections that the kind of score has no use for."""
    keys, what = _FOREIGN[score.kind]
    for key in keys:
        if top.has(key):
            message = f"`{key.name}` cannot stand here: the scheme has {what}"
            top.problems.error("S046", message, top.place_of(key), "say how the score works under `score`")
    if score.kind is ScoreKind.INDEX and not top.has(SchemeForm.dimensions):
        message = "a scheme file with an index needs the key `dimensions`"
        top.problems.shared("006", message, top.place, SchemeForm.dimensions.about)


def _read_operator(top: FormReader) -> Operator:
    form = top.take(SchemeForm.operator, None)
    if form is None:
        return Operator(OperatorKind.GOVERNMENT, Text())
    return Operator(form.take(OperatorForm.kind, OperatorKind.GOVERNMENT), form.take(OperatorForm.name, Text()))


def _read_in_force(top: FormReader) -> InForce:
    form = top.take(SchemeForm.in_force, None)
    if form is None:
        return InForce()
    since, until = form.take(InForceForm.since, None), form.take(InForceForm.until, None)
    if since is not None and until is not None and until < since:
        message = f"the scheme ends on {until}, before it begins on {since}"
        top.problems.error("S039", message, form.place_of(InForceForm.until))
    return InForce(since, until)


EXAMPLE = """\
scheme: give
title: Giving
operator: {kind: research, name: A laboratory}
subjects: {kind: resident}
events: {donation.blood: {millilitres: integer}}
score: {start: 100}
rules: [{id: donation, on: donation.blood, points: 5}]
"""
"""A smallest scheme, for examples in documentation."""
