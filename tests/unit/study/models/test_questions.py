"""What can be asked of a model, against R (tests/reference/r/brant_margins.R)."""

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

from scslab.ground.problems import ProblemsError
from scslab.study.design.declare import declare_design
from scslab.study.models.blocks import fit_blocks
from scslab.study.models.bootstrap import bootstrap_model
from scslab.study.models.brant import BrantTest
from scslab.study.models.fit import fit_model, linear_model, ordered_logit
from scslab.study.models.partial_odds import fit_partial_odds
from scslab.study.models.result import ModelResult
from unit.study.models.reference import HOUSING, R, read

STORED: dict[str, Any] = json.loads((R / "brant_margins.json").read_text(encoding="utf-8"))


def fit_schools(link: str = "logit", formula: str = "band ~ ell + meals + awards") -> ModelResult:
    frame = read("apistrat")
    design = declare_design(frame, weights="pw", strata="stype", fpc="fpc")
    return fit_model(f"ordered_{link}", formula, frame, design=design)


def check_brant(test: BrantTest, name: str) -> None:
    stored = STORED[name]
    np.testing.assert_allclose([test.overall.statistic, test.overall.df], stored["overall"][:2], rtol=1e-7)
    found = [(t.statistic, t.df) for t in test.by_covariate.values()]
    np.testing.assert_allclose(found, np.array(stored["each"])[:, :2], rtol=1e-7)


def test_brant_with_frequencies() -> None:
    test = ordered_logit("Sat ~ Infl + Type + Cont", read("housing"), **HOUSING).brant()
    check_brant(test, "brant_housing")
    assert test.overall.p_value == pytest.approx(STORED["brant_housing"]["overall"][2], rel=1e-7)
    assert not test.is_design_based
    assert {name: t.df for name, t in test.by_term.items()} == {"Infl": 2, "Type": 3, "Cont": 1}


def test_brant_by_design() -> None:
    result = fit_schools(formula="band ~ ell + meals")
    check_brant(result.brant(), "brant_strat_design")
    check_brant(result.brant(is_design_based=False), "brant_strat")
    # Korn and Graubard: F = χ² (d − df + 1)/(d df), d = 197, df = 6.
    test = result.brant().overall
    assert test.f_statistic == pytest.approx(test.statistic * 192 / (197 * 6), rel=1e-12)


def test_brant_names_the_cut_point_that_is_separated() -> None:
    # 2 | 3 is told by x > 3 alone; at 1 | 2, and for the ordered model, the answers overlap.
    frame = pl.DataFrame({"y": [1, 1, 2, 2, 1, 2, 3, 3, 3], "x": [1, 2, 1, 3, 3, 2, 9, 8, 7]})
    result = ordered_logit("y ~ x", frame)
    assert not result.is_refused.any()
    with pytest.raises(ProblemsError, match=r"at the cut point 2\|3 the answers are separated by .*`x`"):
        result.brant()


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_average_marginal_effects(link: str) -> None:
    margins = fit_schools(link).margins()
    assert margins.variables == ("ell", "meals", "awards")
    assert margins.contrasts == ("dP/dx", "dP/dx", "Yes − No")
    for i, name in enumerate(margins.variables):
        stored = STORED[f"ame_{link}"][name]
        np.testing.assert_allclose(margins.effects[i], stored["effect"], rtol=1e-7)
        np.testing.assert_allclose(margins.standard_errors[i], stored["se"], rtol=1e-6)
    np.testing.assert_allclose(margins.effects.sum(axis=1), 0, atol=1e-15)


def test_marginal_effect_of_a_covariate_in_a_product_and_a_square() -> None:
    result = ordered_logit("band ~ ell + I(ell**2) + meals + ell:meals", read("apistrat"))
    margins = result.margins(["ell"])
    np.testing.assert_allclose(margins.effects[0], STORED["ame_terms"]["effect"], rtol=1e-6)
    np.testing.assert_allclose(margins.standard_errors[0], STORED["ame_terms"]["se"], rtol=1e-5)


def test_marginal_effects_of_a_linear_model_are_its_slopes() -> None:
    result = linear_model("api00 ~ ell + awards", read("apistrat"))
    np.testing.assert_allclose(result.margins().effects[:, 0], result.coefficients[1:], rtol=1e-9)
    np.testing.assert_allclose(result.margins().standard_errors[:, 0], result.standard_errors[1:], rtol=1e-9)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_predicted_probabilities(link: str) -> None:
    result = fit_schools(link)
    for predicted in (result.predict(), result.predict(read("apistrat").head(3))):
        np.testing.assert_allclose(predicted.values[:3], STORED[f"predict_{link}"]["p"], rtol=1e-7)
        stored = STORED[f"predict_{link}"]["se"]  # the smallest are below what numeric differentiation sees
        np.testing.assert_allclose(predicted.standard_errors[:3], stored, rtol=1e-6, atol=1e-9)
    predicted = result.predict()
    assert ((predicted.low >= 0) & (predicted.low <= predicted.values) & (predicted.high <= 1)).all()


def test_predictions_refuse_what_the_model_has_not_seen() -> None:
    with pytest.raises(ProblemsError, match="value `Maybe`, which the model has not seen"):
        fit_schools().predict({"ell": [1], "meals": [2], "awards": ["Maybe"]})
    with pytest.raises(ProblemsError, match="no column `awards`"):
        fit_schools().predict({"ell": [1], "meals": [2]})
    assert np.isnan(fit_schools().predict({"ell": [None, 1], "meals": [2, 2], "awards": ["No"] * 2}).values[0]).all()


def test_partial_proportional_odds() -> None:
    partial = fit_partial_odds(ordered_logit("rating ~ temp + contact", read("wine")), ["contact"])
    stored = STORED["partial_wine"]
    # R: cut points, their nominal effects (of the other sign), slopes.
    q = 4
    ours = np.concatenate([partial.thresholds, -partial.coefficients[1:], partial.coefficients[:1]])
    np.testing.assert_allclose(ours, [*stored["alpha"], stored["beta"]], rtol=1e-7)
    assert partial.log_likelihood == pytest.approx(stored["loglik"], rel=1e-9)
    errors = partial.standard_errors
    np.testing.assert_allclose(np.concatenate([errors[-q:], errors[1:-q], errors[:1]]), stored["se"], rtol=1e-6)
    assert partial.names[1] == "contact[yes]: 1|2"


def test_partial_proportional_odds_of_a_factor() -> None:
    whole = ordered_logit("Sat ~ Infl + Type + Cont", read("housing"), **HOUSING)
    partial = fit_partial_odds(whole, ["Infl"])
    stored = STORED["partial_housing"]
    found = dict(zip(partial.names, partial.parameters, strict=True))
    theirs = dict(zip(stored["names"], stored["alpha"], strict=True))
    for cut in ("Low|Medium", "Medium|High"):
        assert found[cut] == pytest.approx(theirs[f"{cut}.(Intercept)"], rel=1e-7)
        for level in ("Medium", "High"):
            assert -found[f"Infl[{level}]: {cut}"] == pytest.approx(theirs[f"{cut}.Infl{level}"], rel=1e-7)
    assert partial.log_likelihood == pytest.approx(stored["loglik"], rel=1e-10)
    assert partial.log_likelihood > whole.log_likelihood
    assert (partial.with_standard_errors("robust").standard_errors > 0).all()


def test_inflation_and_tolerance() -> None:
    table = fit_schools(formula="band ~ ell + meals + mobility").vif()
    np.testing.assert_allclose(table["vif"], STORED["vif"], rtol=1e-9)
    np.testing.assert_allclose(table["vif"] * table["tolerance"], 1.0)


def test_blocks_with_other_rows_are_not_compared() -> None:
    frame = read("apistrat").with_columns(target=pl.col("target"))
    formulas = {"small": "band ~ ell", "large": "band ~ ell + target"}
    blocks = fit_blocks("ordered_logit", formulas, frame)
    assert [w.code for w in blocks.warnings] == ["Q426"]
    assert blocks.compare()["test"].to_list() == [None, None]
    same = fit_blocks("ordered_logit", formulas, frame, is_same_rows=True)
    assert same.warnings == ()
    assert same.results[0].n_rows == same.results[1].n_rows == frame["target"].count()
    # Twice the difference of log-likelihoods, on one degree of freedom.
    row = same.compare().row(1, named=True)
    assert row["statistic"] == 2 * (same.results[1].log_likelihood - same.results[0].log_likelihood)
    assert (row["df"], row["test"]) == (1, "LR")
    table = same.table()
    assert table["term"].to_list()[:2] == ["ell", "target"]
    assert table["small"][1] is None


def test_bootstrap_nears_the_linearised_errors() -> None:
    frame = read("nhanes").filter(pl.col("HI_CHOL").is_not_null()).with_columns(age=pl.col("agecat").rank("dense"))
    result = ordered_logit("age ~ HI_CHOL + RIAGENDR", frame)
    told: list[float] = []
    boot = bootstrap_model(result, 100, seed=5, progress=lambda step, share: told.append(share))
    assert told[-1] == 1.0
    assert boot.n_failed == 0
    np.testing.assert_allclose(
        boot.standard_errors, result.with_standard_errors("linearised").standard_errors, rtol=0.3
    )
    assert (boot.estimates[:4] == bootstrap_model(result, 4, seed=5).estimates).all()
    assert ((boot.intervals[:, 0] < result.parameters) & (result.parameters < boot.intervals[:, 1])).all()
