"""Barriers, saturation, quotes, constructs, and the synthetic interviews that stand for the printed counts."""

import csv
import json
import re
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from scslab.cli.study.interviews import command
from scslab.ground.problems import ProblemsError
from scslab.study.interviews.barriers import CodeMatrix, build_matrix, list_quotes, tabulate_barriers
from scslab.study.interviews.compare import compare_coders
from scslab.study.interviews.constructs import Term, join_constructs, read_constructs
from scslab.study.interviews.demo import make_demo
from scslab.study.interviews.project import Code, Coding, Interview, Project
from scslab.study.interviews.reader import read_interviews
from scslab.study.interviews.saturation import trace_saturation

ROOT = Path(__file__).parents[4]
STUDY = ROOT / "studies" / "li_kostka_2022"
DEMO = STUDY / "interviews_synthetic.qdpx"


def printed(name):
    with (STUDY / "printed" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def demo():
    return read_interviews(DEMO)[0]


def test_the_barrier_table_of_the_demo_is_table_1(demo):
    table = tabulate_barriers(demo)
    expected = [(row["category"], row["factor"], int(row["interviewees"])) for row in printed("table1_barriers.csv")]
    assert table.select("category", "factor", "interviewees").rows() == expected
    assert len(expected) == 14
    assert table["category"].n_unique() == 5
    others = tabulate_barriers(demo, {"participates": "no"})
    assert others["percent"].to_list() == pytest.approx([100 * count / 39 for *_, count in expected])


def test_the_people_of_the_demo_are_those_of_table_a1(demo):
    for row in printed("tableA1_interviewees.csv"):
        found = sum(interview.traits[row["item"].lower()] == row["level"] for interview in demo.interviews)
        assert found == int(row["number"]), row
    assert sum(interview.traits["participates"] == "yes" for interview in demo.interviews) == 5


def test_the_demo_is_what_its_seed_makes_it(demo):
    assert make_demo(STUDY / "printed") == demo
    other = make_demo(STUDY / "printed", seed=1)
    assert other != demo
    assert tabulate_barriers(other).equals(tabulate_barriers(demo))
    assert all("No real person speaks here" in interview.text for interview in demo.interviews)


CODES = (Code("c", "Concerns", is_codable=False), Code("p", "Privacy", "c"), Code("f", "Fairness", "c"))
PEOPLE = (Interview("1", "A", traits={"city": "X"}), Interview("2", "B", traits={"city": "Y"}), Interview("3", "C"))
SMALL = Project(
    "small",
    CODES,
    PEOPLE,
    (
        Coding("1", "p", "ann", 0, 2, "aa"),
        Coding("1", "p", "bo", 0, 3, "aaa"),
        Coding("2", "f", "ann", 5, 6, "b"),
        Coding("2", "p", "bo", 5, 6, "b"),
        Coding("1", "f", "bo", 1, 2, "a"),
    ),
)


def test_matrix_counts_interviews_not_passages():
    matrix = build_matrix(SMALL)
    assert [code.id for code in matrix.codes] == ["p", "f"]
    assert matrix.has.tolist() == [[True, True], [True, True], [False, False]]
    assert build_matrix(SMALL.by_coder("ann")).has.tolist() == [[True, False], [False, True], [False, False]]
    assert matrix.to_frame().columns == ["interview", "Privacy", "Fairness"]
    assert tabulate_barriers(SMALL, {"city": "X"})["percent"].to_list() == [100.0, 100.0]
    with pytest.raises(ProblemsError, match="did you mean `city`"):
        tabulate_barriers(SMALL, {"citty": "X"})


def test_several_texts_of_a_case_count_once():
    people = (Interview("1", "A, first", case="a"), Interview("2", "A, second", case="a"), Interview("3", "C"))
    project = Project("cases", CODES, people, SMALL.codings)
    matrix = build_matrix(project)
    assert [interview.name for interview in matrix.interviews] == ["A, first", "C"]
    assert matrix.has.tolist() == [[True, True], [False, False]]
    assert tabulate_barriers(project)["percent"].to_list() == [50.0, 50.0]
    assert compare_coders(project).interviews == 1


def test_quotes_by_code():
    assert list_quotes(SMALL, "Fairness")["quote"].to_list() == ["b", "a"]
    assert list_quotes(SMALL, "Concerns").height == 5
    assert list_quotes(SMALL)["factor"].to_list() == ["Privacy"] * 3 + ["Fairness"] * 2
    with pytest.raises(ProblemsError, match="did you mean `Privacy`"):
        list_quotes(SMALL, "Privcy")


def test_agreement_of_coders():
    found = compare_coders(SMALL)
    # Units (interview, code) in the order of the codes: privacy of 1, 2, then fairness of 1, 2; C was coded by neither.
    # Ann: 1 0 0 1, Bo: 1 1 1 0: one agreement of four; kappa = (.25 − (.5 * .75 + .5 * .25)) / .5 = −.5.
    assert found.interviews == 2
    assert found.overall[1].value == pytest.approx(-0.5)
    assert [name for name, _ in found.by_code] == ["Privacy", "Fairness"]
    with pytest.raises(ProblemsError, match="two coders"):
        compare_coders(SMALL.by_coder("ann"))


def test_saturation_over_all_orders():
    has = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0], [1, 0, 1, 0]], dtype=bool)
    matrix = CodeMatrix(
        tuple(Code(str(i), str(i)) for i in range(4)), tuple(Interview(str(i), "") for i in range(4)), has
    )
    curve = trace_saturation(matrix, seed=3)
    # The expectation, by walking through all 24 orders.
    seen = np.mean(
        [np.logical_or.accumulate(has[list(order)], axis=0).sum(axis=1) for order in permutations(range(4))], axis=0
    )
    assert curve["expected"].to_list() == pytest.approx(seen.tolist())
    assert curve["seen"].to_list() == [1, 2, 2, 3]
    assert curve["new"].to_list() == [1, 1, 0, 1]
    assert curve["low"].to_list()[-1] == curve["high"].to_list()[-1] == 3
    assert curve.equals(trace_saturation(matrix, seed=3))


def test_each_printed_barrier_has_a_construct_with_a_source():
    barriers = read_constructs()
    assert [(b.category, b.factor) for b in barriers] == [
        (row["category"], row["factor"]) for row in printed("table1_barriers.csv")
    ]
    keys = set(re.findall(r"^@\w+\{([\w-]+),", (ROOT / "docs" / "references.bib").read_text(encoding="utf-8"), re.M))
    theories = {reason.theory.id: reason.theory for barrier in barriers for reason in barrier.reasons}
    assert set(theories) == {"tam", "utaut", "diffusion", "rejection", "calculus", "paradox"}
    for theory in theories.values():
        assert theory.source in keys
        assert theory.title.en
        assert theory.title.zh
    assert {barrier.term for barrier in barriers} >= {
        Term.TRUST,
        Term.PRIVACY_CONCERN,
        Term.FEAR_OF_DEDUCTION,
        Term.COST,
    }
    assert all(reason.sign == -1 for barrier in barriers for reason in barrier.reasons)


def test_constructs_join_the_barrier_table(demo):
    table = join_constructs(tabulate_barriers(demo))
    assert table["term"].to_list()[0] == "awareness"
    assert all(table["constructs"].to_list())


def test_a_broken_mapping_tells_its_places(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(
        "constructs: x\nsource: y\ntheories: {tam: {title: T, source: davis1989}}\nbarriers:\n"
        "  - {id: a, category: C, factor: F, utility: trusst, because: [{theory: tamm, construct: c, sign: 2}]}\n"
    )
    with pytest.raises(ProblemsError) as caught:
        read_constructs(path)
    assert {(problem.code, problem.place.line) for problem in caught.value.problems} == {
        ("Q008", 5), ("Q805", 5), ("Q016", 5),
    }  # fmt: skip


@pytest.mark.parametrize("table", ["barriers", "agreement", "saturation", "quotes", "matrix", "constructs"])
def test_the_command(table):
    result = CliRunner().invoke(command, [str(DEMO), "--table", table])
    assert result.exit_code == 0, result.output
    result = CliRunner().invoke(command, [str(DEMO), "--table", table, "--json"])
    assert json.loads(result.output)


def test_the_command_makes_the_demo(tmp_path):
    out = tmp_path / "demo.qdpx"
    arguments = [str(out), "--make-demo", "--printed", str(STUDY / "printed")]
    assert CliRunner().invoke(command, arguments).exit_code == 0
    assert read_interviews(out)[0] == read_interviews(DEMO)[0]
