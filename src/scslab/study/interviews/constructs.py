"""The documented mapping from barriers to constructs of theories of adoption, which the society pillar reads too."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import polars as pl

from scslab.ground.problems import Place, Problem
from scslab.ground.text import Text
from scslab.scheme.fields import Form, FormReader, Key, check_ids_once, form_of, take_known
from scslab.scheme.form_files import open_form
from scslab.scheme.kinds import BILINGUAL, IDENT, SLUG, TEXT, choice, integer
from scslab.scheme.problem_list import Problems
from scslab.scheme.shapes import list_of, map_of
from scslab.scheme.yaml_tree import YamlText
from scslab.study.published.selection import WORD

FILE = Path(__file__).parent / "constructs.yaml"
"""The mapping that is shipped."""


class Term(StrEnum):
    """The term of the society pillar's utility that a barrier acts on; awareness and mandate act before it."""

    AWARENESS = "awareness"
    MANDATE = "mandate"
    USEFULNESS = "usefulness"
    DIGITAL_SKILL = "digital-skill"
    SOCIAL_INFLUENCE = "social-influence"
    TRUST = "trust"
    PRIVACY_CONCERN = "privacy-concern"
    FEAR_OF_DEDUCTION = "fear-of-deduction"
    COST = "cost"
    ALTERNATIVES = "alternatives"


class TheoryForm(Form):
    """A theory."""

    title = Key("title", BILINGUAL, "its name", is_required=True)
    source = Key("source", IDENT, "a key of docs/references.bib", is_required=True)


class ReasonForm(Form):
    """A construct that a barrier stands for."""

    theory = Key("theory", WORD, "the id of the theory", is_required=True)
    construct = Key("construct", TEXT, "the construct in the words of the theory", is_required=True)
    sign = Key("sign", integer(-1, 1), "how it moves the wish to take part", is_required=True)


class BarrierForm(Form):
    """A barrier."""

    id = Key("id", SLUG, "short name", is_required=True)
    category = Key("category", TEXT, "as printed", is_required=True)
    factor = Key("factor", TEXT, "as printed", is_required=True)
    utility = Key("utility", choice(Term), "the term of the utility", is_required=True)
    because = Key("because", list_of(form_of(ReasonForm)), "the constructs", is_required=True)


class ConstructsForm(Form):
    """A mapping of barriers to constructs."""

    constructs = Key("constructs", IDENT, "a short name", is_required=True)
    source = Key("source", IDENT, "the study that found the barriers", is_required=True)
    theories = Key("theories", map_of(SLUG, form_of(TheoryForm)), "the theories by id", is_required=True)
    barriers = Key("barriers", list_of(form_of(BarrierForm)), "the barriers", is_required=True)


@dataclass(frozen=True, slots=True)
class Theory:
    """A theory of adoption, with the key of its source in `docs/references.bib`."""

    id: str
    title: Text
    source: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A construct of a theory that a barrier stands for; `sign` is its direction (−1: less wish to take part)."""

    theory: Theory
    construct: str
    sign: int


@dataclass(frozen=True, slots=True)
class Barrier:
    """A barrier to taking part, as printed, with the utility term it acts on and the constructs it stands for."""

    id: str
    category: str
    factor: str
    term: Term
    reasons: tuple[Reason, ...]


def read_constructs(path: Path = FILE) -> tuple[Barrier, ...]:
    """Reads a mapping; by default the one that is shipped, for the 14 barriers of Li and Kostka (2022).

    Raises:
        ProblemsError: with every problem of the file.

    Example:
        >>> barriers = read_constructs()
        >>> len(barriers), barriers[4].factor, barriers[4].term.value, barriers[4].reasons[0].theory.source
        (14, 'Personal information privacy and safety', 'privacy-concern', 'dinev2006')
    """
    problems = Problems("Q")

    def tell(error: OSError) -> Problem:
        return Problem("Q801", f"`{path}` cannot be read: {error.strerror or error}", Place(str(path)))

    form, _ = open_form(ConstructsForm, path, problems, tell)
    theories: dict[str, Theory] = {}
    for name, each in form.take(ConstructsForm.theories, dict[YamlText, FormReader]()).items():
        title, source = each.take(TheoryForm.title, Text()), each.take(TheoryForm.source, "")
        theories[name.text] = Theory(name.text, title, source)
    barriers: list[Barrier] = []
    for each in form.take(ConstructsForm.barriers, ()):
        reasons: list[Reason] = []
        for reason in each.take(BarrierForm.because, ()):
            theory = take_known(reason, ReasonForm.theory, theories, "Q805", "theory")
            text, sign = reason.take(ReasonForm.construct, ""), reason.take(ReasonForm.sign, 0)
            if theory:
                reasons.append(Reason(theories[theory], text, sign))
        barriers.append(
            Barrier(
                each.take(BarrierForm.id, ""), each.take(BarrierForm.category, ""), each.take(BarrierForm.factor, ""),
                each.take(BarrierForm.utility, Term.USEFULNESS), tuple(reasons),
            )
        )  # fmt: skip
    places = [each.place for each in form.take(ConstructsForm.barriers, ())]
    check_ids_once(zip([barrier.id for barrier in barriers], places, strict=True), problems)
    problems.raise_errors()
    return tuple(barriers)


def join_constructs(table: pl.DataFrame, path: Path = FILE) -> pl.DataFrame:
    """A table of barriers with the utility term and the constructs that each stands for.

    Args:
        table: with a column `factor`, as `tabulate_barriers` gives it; factors without a mapping have empty texts.
        path: the mapping; by default the one that is shipped.
    """
    by_factor = {barrier.factor: barrier for barrier in read_constructs(path)}
    found = [by_factor.get(factor) for factor in table["factor"].to_list()]
    return table.with_columns(
        pl.Series("term", ["" if each is None else each.term.value for each in found], dtype=pl.String),
        pl.Series(
            "constructs",
            [
                ""
                if each is None
                else "; ".join(f"{r.theory.title}: {r.construct} ({r.theory.source})" for r in each.reasons)
                for each in found
            ],
            dtype=pl.String,
        ),
    )
