"""Several schemes together: each table of each scheme agrees with the reference's."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import event, given
from hypothesis import strategies as st

import scslab as scs
from property.agreement import answer_of, assert_equal, expected_answer, without_score
from property.effort import look_at
from property.ledgers import as_row_table, as_subject_table, known_days, ledgers, near_query_days, people
from property.strategies_together import link_tables, scheme_sets, union_of
from reference.together import interpret_together

LINK_SCHEMA = {
    **dict.fromkeys(("subject_id", "relation", "other_id"), pl.String()),
    **dict.fromkeys(("since", "until"), pl.Date()),
}


@st.composite
def sets_of_cases(draw: st.DrawFn) -> Any:
    schemes = draw(scheme_sets())
    union = union_of(schemes)
    rows = draw(ledgers(union, is_near=True, max_rows=12))
    query = {"as_of": draw(near_query_days()), "known_at": draw(known_days())}
    links = draw(link_tables()) if any(scheme.spread for scheme in schemes) else []
    return schemes, rows, draw(people(union)), links, query


@look_at(8)
@given(sets_of_cases())
def test_carried_starts_and_effective_points_make_the_score(case: Any) -> None:
    """Of the reference alone: the sum holds under every scheme, wherever its starts come from."""
    schemes, rows, persons, links, query = case
    together = interpret_together(schemes, rows, subjects=persons, links=links, **query)
    assert list(together) == [scheme.id for scheme in schemes]
    for scheme in schemes:
        for subject, standing in together[scheme.id]["standings"].items():
            own = [e["effective"] for e in together[scheme.id]["entries"] if e["subject_id"] == subject]
            if standing["start"] is not None:
                assert standing["start"] + sum(own) == standing["score"]
        event("successor" if scheme.succession else "no successor")
        event("spread" if together[scheme.id]["begun"] else "no spread")


@look_at(25)
@given(sets_of_cases())
def test_engine_and_reference_agree_on_schemes_together(case: Any) -> None:
    schemes, rows, persons, links, query = case
    expected = interpret_together(schemes, rows, subjects=persons, links=links, **query)
    union = union_of(schemes)
    tables: dict[str, Any] = {"subjects": None if persons is None else as_subject_table(persons, union)}
    if any(scheme.spread for scheme in schemes):
        tables["links"] = pl.DataFrame(links, schema=LINK_SCHEMA)
    together = scs.settle_together(schemes, as_row_table(rows, union), **tables, **query)
    for scheme in schemes:
        found = without_score(scheme, answer_of(together.settlements[scheme.id]))
        reference = without_score(scheme, expected_answer(expected[scheme.id]))
        del found["set_aside"], reference["set_aside"]  # told once for all schemes
        assert_equal(found, reference)
