"""In which order schemes settle, and what cannot be settled together."""

from __future__ import annotations

import pytest

from scslab.engine.together.order import order_schemes
from scslab.engine.together.reads import Good, find_reads
from scslab.ground.problems import ProblemsError
from unit.engine.together.files import COURT, RAIL, parse


def refuse(*schemes: object) -> str:
    with pytest.raises(ProblemsError) as caught:
        order_schemes(list(schemes))  # type: ignore[arg-type]
    return str(caught.value)


def test_what_a_scheme_reads() -> None:
    found = find_reads(parse(RAIL))
    assert [(read.part, read.item, read.what, str(read.delay), read.is_condition) for read in found] == [
        ("rule", "good", "defaulters@court", "None", True),
        ("measure", "no-first-class", "defaulters@court", "1 month", False),
    ]
    assert {read.good for read in found} == {Good.LIST}


def test_a_scheme_comes_after_those_that_it_reads() -> None:
    assert list(order_schemes([parse(RAIL), parse(COURT)]).schemes) == ["court", "rail"]


def test_a_circle_is_told_with_its_path_and_places() -> None:
    court = parse(COURT, **{"{on: court.default}": "{list: tired@rail}"})
    tired = "lists: [{id: tired, kind: blacklist, enter: [{score: {below: 50}}], source: law}]\nmeasures:"
    text = refuse(parse(RAIL, **{"measures:": tired}), court)
    assert "R084 schemes read each other in a circle: rail -> court -> rail" in text
    assert "`rail` reads defaulters@court" in text
    assert "`court` reads tired@rail" in text
    assert "scheme.yaml:" in text


def test_a_scheme_that_is_not_there_is_told_with_the_nearest_name() -> None:
    text = refuse(parse(RAIL, court="cuort"), parse(COURT))
    assert "R081 `rail` reads defaulters@cuort" in text
    assert "did you mean `court`?" in text


def test_a_list_that_is_not_there_is_told_with_the_nearest_name() -> None:
    text = refuse(parse(RAIL, defaulters="defaulter"), parse(COURT))
    assert "R082 the scheme `court` has no list `defaulter`" in text
    assert "did you mean `defaulters`?" in text


def test_there_must_be_a_score_to_read() -> None:
    rail = parse(RAIL, **{"not on_list('defaulters@court')": "score_of('court') > 1"})
    assert "R083 the scheme `court` has no score to read" in refuse(rail, parse(COURT))


def test_a_scheme_is_given_once() -> None:
    assert "R080 the scheme `court` is given twice" in refuse(parse(COURT), parse(COURT))


def test_a_shipped_scheme_that_is_read_settles_along() -> None:
    rail = parse(RAIL, **{"not on_list('defaulters@court')": "score_of('food-safety') > 1", "{list: defaulters@court, delay: 1 month}": "{tier: [A]}"})  # fmt: skip  # noqa: E501
    found = order_schemes([rail])
    assert list(found.schemes) == ["food-safety", "rail"]
    assert found.given == ("rail",)
    assert [note.code for note in found.notes] == ["R086"]
