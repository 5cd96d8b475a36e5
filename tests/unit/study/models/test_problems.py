"""What is wrong with a model is told: all at once, in words, before anything is fitted."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from scslab.ground.problems import ProblemsError
from scslab.study.data.answers import Answers
from scslab.study.data.variables import MissingRange, Variable
from scslab.study.design.declare import declare_design
from scslab.study.models.blocks import fit_blocks
from scslab.study.models.fit import binary_logit, linear_model, ordered_cloglog, ordered_logit, ordered_probit
from scslab.study.models.newton import Rows
from scslab.study.models.separation import find_separation
from unit.study.models.reference import read

TABLE = pl.DataFrame(
    {
        "y": [1, 2, 3, 1, 2, 3, 1, 2, 3, 2],
        "x": [0.0, 1, 2, 3, 4, 5, 3, 2, 1, 0],
        "g": list("aabbabbaab"),
        "word": ["low", "mid", "high", "low", "mid", "high", "low", "mid", "high", "mid"],
        "one": ["a"] * 10,
        "id": [str(i) for i in range(10)],
        "w": [1.0] * 10,
    }
)


@pytest.mark.parametrize(
    ("formula", "options", "code", "words"),
    [
        ("y ~ xx", {}, "Q401", "there is no column `xx`"),
        ("y ~ log(xx)", {}, "Q401", "there is no column `xx`"),
        ("y ~ x +", {}, "Q402", "not readable"),
        ("x", {}, "Q402", "not of the form"),
        ("y ~ poly(x)", {}, "Q402", "no function `poly`"),
        ("y ~ __import__('os')", {}, "Q402", "no function `__import__`"),
        ("y ~ C(g, Sum)", {}, "Q402", "`C(g, Sum)` is not understood"),
        ("y ~ x - 1", {}, "Q402", "leaves out the intercept"),
        ("y ~ C(g, ref='z')", {}, "Q403", "`g` has no category `z`"),
        ("y ~ g", {"reference": {"g": "z"}}, "Q403", "`g` has no category `z`"),
        ("y ~ g", {"levels": {"g": ["a", "c"]}}, "Q403", "value `b`, which is none of its declared"),
        ("y ~ one", {}, "Q404", "`one` has only the category `a`"),
        ("y ~ x", {"weights": "w", "weight_kind": "importance"}, "Q406", "no kind of weights `importance`"),
        ("word ~ x", {}, "Q409", "the order of the categories of `word` is not declared"),
        ("y ~ log(x)", {}, "Q410", "not a finite number in 2 rows"),
        ("y ~ x", {"se": "robut"}, "Q412", "no standard errors `robut`"),
        ("y ~ x", {"se": "cluster"}, "Q412", "the design has no clusters"),
        ("y ~ x", {"se": "replicate"}, "Q412", "no replicate weights"),
        ("y ~ x", {"weights": "w", "weight_kind": "frequency", "se": "linearised"}, "Q412", "counts of like rows"),
        ("y ~ x", {"reference": {"q": 1}}, "Q401", "reference: there is no column `q`"),
    ],
)
def test_what_is_wrong_is_told(formula: str, options: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(ProblemsError) as error:
        ordered_logit(formula, TABLE, **options)
    assert [problem.code for problem in error.value.problems] == [code]
    assert words in error.value.problems[0].message


def test_all_problems_of_a_formula_at_once() -> None:
    with pytest.raises(ProblemsError) as error:
        ordered_logit("yy ~ xx + poly(x)", TABLE)
    assert sorted(problem.code for problem in error.value.problems) == ["Q401", "Q401", "Q402"]


def test_an_unknown_keyword_is_an_error() -> None:
    for model in (ordered_logit, ordered_probit, ordered_cloglog, binary_logit, linear_model):
        with pytest.raises(TypeError, match="wieghts"):
            model("y ~ x", TABLE, wieghts="w")  # type: ignore[call-arg]
    for is_same_rows in (False, True):
        with pytest.raises(TypeError, match="wieghts"):
            fit_blocks("ordered_logit", ["y ~ x"], TABLE, is_same_rows=is_same_rows, wieghts="w")  # type: ignore[call-arg]
    result = ordered_logit("y ~ x", TABLE)
    with pytest.raises(TypeError, match="digitz"):
        result.to_latex(digitz=2)  # type: ignore[call-arg]


def test_a_design_of_another_table_is_refused() -> None:
    with pytest.raises(ProblemsError, match="the design has 9 rows and the table 10"):
        ordered_logit("y ~ x", TABLE, design=declare_design(TABLE.head(9)))
    with pytest.raises(ProblemsError, match="given twice"):
        ordered_logit("y ~ x", TABLE, design=declare_design(TABLE), weights="w")


def test_collinear_columns_are_named_and_left_out() -> None:
    frame = TABLE.with_columns(twice=2 * pl.col("x") + 3, is_b=(pl.col("g") == "b").cast(pl.Float64))
    result = ordered_logit("y ~ x + g + twice + is_b", frame)
    assert result.names[:2] == ("x", "g[b]")
    told = [w.message for w in result.warnings if w.code == "Q423"]
    assert told == [
        "`twice` is left out: it is 2·x, up to a constant",
        "`is_b` is left out: it is g[b], up to a constant",
    ]
    line = linear_model("x ~ g + is_b", frame)
    assert line.names == ("(Intercept)", "g[b]")


def test_rows_without_a_value_are_counted_by_column() -> None:
    frame = TABLE.with_columns(
        x=pl.when(pl.col("x") > 3).then(None).otherwise("x"), z=pl.Series([float("nan")] + [1.0, 2] * 4 + [1])
    )
    result = ordered_logit("y ~ x + z", frame)
    assert (result.n_rows, result.n_missing) == (7, 3)
    message = next(w.message for w in result.warnings if w.code == "Q421")
    assert message == "3 of 10 rows were left out: a value is missing (`x` 2, `z` 1)"


def test_a_small_reference_category_is_warned_about() -> None:
    frame = read("nhanes").filter(pl.col("HI_CHOL").is_not_null())
    frame = frame.with_columns(group=pl.when(pl.int_range(pl.len()) < 15).then(pl.lit("a")).otherwise(pl.lit("b")))
    result = ordered_logit("race ~ group", frame)
    message = next(w.message for w in result.warnings if w.code == "Q424")
    assert message == "the reference category `a` of `group` has 15 rows only"
    assert not [w for w in ordered_logit("race ~ group", frame, reference={"group": "b"}).warnings if w.code == "Q424"]


def test_complete_separation_is_an_error_that_names_the_parameters() -> None:
    with pytest.raises(ProblemsError) as error:
        ordered_logit("rating ~ response", read("wine"))  # the ratings are bands of the response
    (problem,) = error.value.problems
    assert problem.code == "Q414"
    assert "`response`, `1|2`, `2|3`, `3|4`, `4|5`" in problem.message


def test_binary_separation() -> None:
    frame = TABLE.with_columns(yes=pl.col("y") > 1, never=pl.Series([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
    result = binary_logit("yes ~ never + x", frame)
    assert dict(zip(result.names, result.is_refused.tolist(), strict=True)) == {
        "(Intercept)": False,
        "never": True,
        "x": False,
    }
    # At the limit the rows with `never` say nothing: the rest is the fit to the others.
    rest = binary_logit("yes ~ x", frame.filter(pl.col("never") == 0))
    np.testing.assert_allclose(result.parameters[[0, 2]], rest.parameters, rtol=1e-10)
    np.testing.assert_allclose(result.standard_errors[[0, 2]], rest.standard_errors, rtol=1e-8)


def test_separation_without_a_constant() -> None:
    # Only schools that met their comparable growth target can have met both targets.
    frame = read("apistrat").rename({"comp.imp": "comp"})
    result = binary_logit("both ~ 0 + comp + ell", frame)
    assert dict(zip(result.names, result.parameters, strict=True))["comp[No]"] == -np.inf
    rest = binary_logit("both ~ ell", frame.filter(pl.col("comp") == "Yes"))
    np.testing.assert_allclose(result.parameters[1:], rest.parameters, rtol=1e-9)
    np.testing.assert_allclose(result.standard_errors[1:], rest.standard_errors, rtol=1e-8)


def _is_separated_by_brute_force(x: np.ndarray, y: np.ndarray) -> bool:
    """One covariate, categories 0, 1, …: separated where all of x at or below some cut lies on one side of the rest."""
    for cut in range(y.max()):
        low, high = x[y <= cut], x[y > cut]
        if not (low.max() <= high.min() or high.max() <= low.min()):
            return False
    # Quasi-complete separation must go the same way at every cut.
    up = all(x[y <= c].max() <= x[y > c].min() for c in range(y.max()))
    down = all(x[y <= c].min() >= x[y > c].max() for c in range(y.max()))
    return up or down


def test_separation_by_one_covariate_agrees_with_its_definition() -> None:
    draw = np.random.default_rng(7)
    seen = set()
    for _ in range(150):
        x = draw.integers(0, 4, 6).astype(float)
        y = np.concatenate([[0, 1, 2], draw.integers(0, 3, 3)])
        if np.ptp(x) == 0:
            continue
        rows = Rows("logit", x[None, :], y, np.ones(6), np.arange(3) - 1, np.arange(3), 2)
        is_found = find_separation(rows) is not None
        seen.add(is_found)
        assert is_found == _is_separated_by_brute_force(x, y), (x, y)
    assert seen == {True, False}


def test_separation_in_many_rows_is_found() -> None:
    draw = np.random.default_rng(3)
    n = 50_000
    x = draw.normal(size=(3, n))
    rare = np.zeros(n)
    rare[[10, 20_000, 49_999]] = 1.0
    y = np.digitize(x[0] + draw.logistic(size=n), [-1.0, 1.0])
    y[rare > 0] = 2
    frame = pl.DataFrame({"y": y, "a": x[0], "b": x[1], "c": x[2], "rare": rare})
    result = ordered_logit("y ~ a + b + c + rare", frame)
    assert [n for n, is_out in zip(result.names, result.is_refused, strict=True) if is_out] == ["rare"]
    assert result.parameters[3] == np.inf
    # One of them in another category, and nothing is separated.
    overlapping = frame.with_columns(y=pl.when(pl.int_range(pl.len()) == 10).then(0).otherwise("y"))
    assert not ordered_logit("y ~ a + b + c + rare", overlapping).is_refused.any()


def test_labelled_answers_give_their_labels_and_keep_their_order() -> None:
    codes = {1.0: "never", 2.0: "sometimes", 3.0: "always"}
    frame = pl.DataFrame({"q": [1.0, 2, 3, 1, 2, 3, 9, 2], "sex": [1.0, 2, 1, 1, 2, 2, 1, 1]})
    answers = Answers(
        frame,
        {
            "q": Variable("q", value_labels=codes, missing=(MissingRange(9.0, 9.0),)),
            "sex": Variable("sex", value_labels={1.0: "male", 2.0: "female"}),
        },
    )
    result = ordered_logit("q ~ C(sex)", answers)
    assert result.levels == ("never", "sometimes", "always")
    assert result.names == ("sex[female]", "never|sometimes", "sometimes|always")
    assert result.n_missing == 1


def test_summary_says_what_is_refused() -> None:
    frame = TABLE.with_columns(never=pl.Series([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
    text = ordered_logit("y ~ never + x", frame).summary()
    assert "never          −∞   refused" in text
    assert "10 rows; 0 left out" in text


def test_replicates_without_an_estimate_are_counted() -> None:
    # Two of 30 rows have `rare`: a draw of 29 rows without the one in category 1 separates it.
    draw = np.random.default_rng(11)
    frame = pl.DataFrame({"y": [1, 3, *draw.integers(1, 4, 28).tolist()], "rare": [1, 1] + [0] * 28})
    design = declare_design(frame, replicate_kind="bootstrap", n_replicates=50)
    result = ordered_logit("y ~ rare", frame, design=design)
    assert design.replicates is not None
    message = next(w.message for w in result.warnings if w.code == "Q427")
    n_failed = int(message.split()[0])
    factors = design.replicates.factors
    # Failed at least: draws without any row of `rare`, or without one of the categories it lies in.
    assert n_failed >= int((factors[:2].sum(axis=0) == 0).sum()) > 0
    assert n_failed < 50
    assert not [w for w in result.with_standard_errors("linearised").warnings if w.code == "Q427"]
