"""Conduct: what the shipped schemes' event types mean to a society, worked out by reading the files."""

from __future__ import annotations

import pytest

from scslab.ground.problems import ProblemsError
from scslab.scheme.catalogue import find_scheme, list_names
from scslab.society.conduct.vocabulary import list_conduct
from scslab.society.mechanics.behaviour import Sign
from scslab.society.mechanics.parameter import choose_values
from scslab.society.mechanics.table import MECHANICS

VALUES = choose_values(MECHANICS)


def test_rongcheng_by_reading() -> None:
    found = {each.name: each for each in list_conduct(find_scheme("rongcheng"), VALUES)}
    assert found["award.city"].sign is Sign.POSITIVE
    assert found["traffic.drunk_driving"].sign is Sign.NEGATIVE  # no points, but a limit of the tier
    assert found["commerce.other"].sign is Sign.NEGATIVE  # a formula that begins with a minus
    assert found["utility.equipment_destroyed"].rate == pytest.approx(0.1 * 5 / 100)
    assert found["award.city"].rate == pytest.approx(0.5 * 5 / 30)


def test_index_by_reading() -> None:
    found = {each.name: each for each in list_conduct(find_scheme("hangzhou-qianjiang"), VALUES)}
    assert found["repayment.on_time"].sign is Sign.POSITIVE
    assert found["repayment.late"].sign is Sign.NEGATIVE
    assert found["law.penalty"].sign is Sign.NEGATIVE  # its scale falls
    assert found["repayment.late"].rate == pytest.approx(6 * 0.05)


@pytest.mark.parametrize("name", list_names())
def test_every_shipped_scheme_has_conduct(name: str) -> None:
    conduct = list_conduct(find_scheme(name), VALUES)
    assert len({each.stream for each in conduct}) == len(conduct)
    assert all(0 <= each.rate <= 80 for each in conduct)


def test_rates_are_checked_together() -> None:
    scheme = find_scheme("rongcheng")
    with pytest.raises(ProblemsError) as caught:
        list_conduct(scheme, VALUES, {"trafic.ticket": 1.0, "award.city": 100.0})
    assert [p.code for p in caught.value.problems] == ["Y211", "Y212"]
    assert list_conduct(scheme, VALUES, {"award.city": 3.0})[-1].rate == 3.0
