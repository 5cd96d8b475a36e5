"""The synthetic file of `kostka2019`: what is printed of it holds, whatever the seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scslab.study.data.answers import Answers
from scslab.study.data.read import read_answers
from scslab.study.papers.kostka.bad_rows import BAD
from scslab.study.papers.kostka.kernel_swaps import swap_answers
from scslab.study.papers.kostka.make import SEED, make_answers
from scslab.study.papers.kostka.printed import MEASURES, N, read_margins, round_to

FOLDER = Path(__file__).parents[4] / "studies" / "kostka_2019"


@pytest.fixture(scope="module", params=[SEED, 7])
def made(request: pytest.FixtureRequest) -> tuple[Answers, pl.Series]:
    return make_answers(FOLDER, request.param)


def test_every_printed_unweighted_count_is_met(made: tuple[Answers, pl.Series]) -> None:
    answers, planted = made
    good = answers.keep(planted == "").frame
    assert good.height == N
    margins = read_margins(FOLDER / "printed")
    for name, codes, base in MEASURES.values():
        if name == "age_group":
            groups = np.digitize(good["age"].to_numpy(), [30.5, 50.5]) + 1
            counts = [int((groups == code).sum()) for code in codes]
        else:
            counts = [int((good[name] == code).sum()) for code in codes]
        assert counts == margins[name][0].tolist(), name
        assert sum(counts) == base


def test_uses_overlap_as_table_2_says(made: tuple[Answers, pl.Series]) -> None:
    answers, planted = made
    good = answers.keep(planted == "").frame
    sesame, tencent, other, pilot = (good[f"use_{name}"] == 1 for name in ("sesame", "tencent", "other", "pilot"))
    commercial = sesame | tencent | other
    # Printed n of Table 2.
    found = [sesame.sum(), tencent.sum(), commercial.sum(), (commercial & ~pilot).sum(), pilot.sum()]
    assert found == [1309, 680, 1639, 1510, 160]
    assert (pilot & ~commercial).sum() == 31


def test_bad_rows_are_there_and_duplicates_come_after_their_originals(made: tuple[Answers, pl.Series]) -> None:
    answers, planted = made
    counts = dict(planted.value_counts().iter_rows())
    assert {kind: counts[kind] for kind in BAD} == BAD
    items = [name for name in answers.frame.columns if name != "id"]
    copies = answers.frame.filter(planted == "duplicate").select(items)
    whole = answers.frame.select(items)
    is_copy = whole.is_duplicated()
    assert int(is_copy.sum()) >= copies.height + 1
    assert int((is_copy & (planted == "duplicate")).sum()) == copies.height


def test_the_shipped_file_is_of_the_shipped_seed() -> None:
    shipped = read_answers(FOLDER / "answers_synthetic.zsav")
    again, _ = make_answers(FOLDER)
    assert shipped.frame.columns == again.frame.columns
    assert shipped.frame["id"].to_list() == again.frame["id"].to_list()
    # Approval is swapped in floating point; where a machine rounds otherwise, some swaps may differ.
    same = (shipped.frame["approval"] == again.frame["approval"]).mean()
    assert isinstance(same, float)
    assert same > 0.5
    assert shipped.variables["income"].value_labels[99.0] == "Prefer not to say"
    assert [str(each) for each in shipped.variables["income"].missing] == ["99"]


def test_swaps_keep_the_margin_and_come_near_a_target() -> None:
    generator = np.random.default_rng(3)
    n = 200
    x = generator.normal(size=n)
    answers = generator.integers(0, 2, n)
    before = np.bincount(answers)
    gains = np.zeros((n, 2, 1))
    gains[:, 1, 0] = x
    target = 60.0
    state = np.array([float(x[answers == 1].sum()) - target])
    fixed = np.zeros(n, dtype=np.bool_)
    fixed[:10] = True
    held = answers[:10].copy()
    left = swap_answers(answers, gains, state, fixed, 20_000, 1, 0.0)
    assert np.bincount(answers).tolist() == before.tolist()
    assert answers[:10].tolist() == held.tolist()
    assert left < 1e-3
    assert float(x[answers == 1].sum()) - target == pytest.approx(float(state[0]), abs=1e-9)


def test_rounding_keeps_the_sum() -> None:
    # Hand: 0.5 + 0.5 + 1 with floors 0, 0, 1 leaves one for the first of the largest remainders.
    assert round_to(np.array([0.5, 0.5, 1.0]), 2).tolist() == [1, 0, 1]
