"""Models against R: clm's estimates and information with their sandwiches, svyglm, lm and glm (tests/reference/r)."""

import math
from typing import Any

import numpy as np
import polars as pl
import pytest

from scslab.study.design.declare import declare_design
from scslab.study.models.fit import MODELS, binary_logit, fit_model, linear_model, ordered_logit
from unit.study.models.reference import HOUSING, STORED, check, read

LINKS = ["logit", "probit", "cloglog"]
SANDWICHES = {"observed": "observed", "hc0": "hc0", "robust": "robust"}


@pytest.mark.parametrize("link", LINKS)
def test_frequencies(link: str) -> None:
    result = fit_model(f"ordered_{link}", "Sat ~ Infl + Type + Cont", read("housing"), **HOUSING)
    check(result, f"housing_{link}", SANDWICHES)
    assert result.n_observations == 1681
    assert result.names[-2:] == ("Low|Medium", "Medium|High")


def test_polr_finds_the_same_maximum() -> None:
    # polr maximises without a Hessian and stops early: its likelihood is below clm's in the tenth digit.
    result = ordered_logit("Sat ~ Infl + Type + Cont", read("housing"), **HOUSING)
    np.testing.assert_allclose(result.parameters, STORED["housing_polr"]["parameters"], atol=1e-5)
    assert result.log_likelihood == pytest.approx(STORED["housing_polr"]["loglik"], rel=1e-9)


@pytest.mark.parametrize("link", LINKS)
def test_no_weights_and_few_clusters(link: str) -> None:
    result = fit_model(f"ordered_{link}", "rating ~ temp + contact", read("wine"), clusters="judge", se="observed")
    check(result, f"wine_{link}", SANDWICHES | {"cluster": "cluster"})


def test_a_factor_without_its_main_effect_is_coded_as_in_r() -> None:
    result = ordered_logit("rating ~ temp + temp:contact", read("wine"))
    check(result, "wine_nested", SANDWICHES)
    assert result.names[1:3] == ("temp[cold]:contact[yes]", "temp[warm]:contact[yes]")


def test_functions_and_interactions() -> None:
    text = "band ~ log(enroll) * awards + I((meals / 10)**2) + stype"
    result = ordered_logit(text, read("apistrat"))
    stored = STORED["strat_terms"]["names"]
    theirs = ["log(enroll)", "awardsYes", "I((meals/10)^2)", "stypeH", "stypeM", "log(enroll):awardsYes"]
    assert stored[:6] == theirs
    ours = ["log(enroll)", "awards[Yes]", "I((meals / 10) ** 2)", "stype[H]", "stype[M]", "log(enroll):awards[Yes]"]
    places = [result.names.index(name) for name in ours]
    check(result, "strat_terms", SANDWICHES, places=[*places, 6, 7, 8, 9])


def test_factors_without_a_constant_are_coded_as_in_r() -> None:
    # R: model.matrix(~ 0 + stype + awards) has stypeE, stypeH, stypeM and awardsYes.
    frame = read("apistrat")
    names = ("stype[E]", "stype[H]", "stype[M]", "awards[Yes]")
    line = linear_model("api00 ~ 0 + stype + awards", frame)
    assert line.names == names
    logit = binary_logit("awards ~ 0 + stype", frame)
    assert logit.names == names[:3]
    # By hand: the log-odds of each kind of school.
    shares = [frame.filter(pl.col("stype") == kind).select((pl.col("awards") == "Yes").mean()).item() for kind in "EHM"]
    np.testing.assert_allclose(logit.coefficients, np.log(np.array(shares) / (1 - np.array(shares))), rtol=1e-10)
    whole = linear_model("api00 ~ stype + awards", frame)
    same = linear_model("api00 ~ stype + awards - 1", frame)
    assert same.names == names
    assert same.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-12)
    assert same.coefficients[0] == pytest.approx(whole.coefficients[0], rel=1e-12)


def test_names_in_backticks() -> None:
    frame = read("apistrat")
    result = ordered_logit("band ~ C(`sch.wide`) + `comp.imp` + I(`pcttest` - 2)", frame)
    assert result.names[:3] == ("sch.wide[Yes]", "comp.imp[Yes]", "I(`pcttest` - 2)")
    same = ordered_logit("band ~ wide + comp + pcttest", frame.rename({"sch.wide": "wide", "comp.imp": "comp"}))
    np.testing.assert_allclose(result.coefficients, same.coefficients, rtol=1e-9)


def test_a_model_without_covariates_has_the_shares_as_cut_points() -> None:
    # By hand: of 72 wines 5, 22, 26, 12 and 7 are rated 1 to 5; a cut point is the logit of a cumulated share.
    result = ordered_logit("rating ~ 1", read("wine"))
    shares = np.cumsum([5, 22, 26, 12]) / 72
    np.testing.assert_allclose(result.thresholds, np.log(shares / (1 - shares)), rtol=1e-12)


def test_weights_and_strata() -> None:
    frame = read("apistrat")
    formula = "band ~ ell + meals + mobility + wide"
    frame = frame.rename({"sch.wide": "wide"})
    plain = ordered_logit(formula, frame, weights="pw")
    assert plain.se_name == "linearised"
    check(plain, "strat", SANDWICHES | {"linearised": "weights"})
    design = declare_design(frame, weights="pw", strata="stype", fpc="fpc")
    result = ordered_logit(formula, frame, design=design)
    check(result, "strat", {"linearised": "strata_fpc"})
    assert result.degrees_of_freedom == STORED["strat"]["df"]


def test_scaling_the_weights_changes_nothing() -> None:
    frame = read("apistrat").with_columns(large=pl.col("pw") * 1e6)
    one, other = (ordered_logit("band ~ ell + meals", frame, weights=w) for w in ("pw", "large"))
    np.testing.assert_allclose(one.parameters, other.parameters, rtol=1e-12)
    np.testing.assert_allclose(one.standard_errors, other.standard_errors, rtol=1e-10)


def test_a_domain() -> None:
    frame = read("apistrat")
    design = declare_design(frame, weights="pw", strata="stype", fpc="fpc").subset(frame["awards"] == "Yes")
    result = ordered_logit("band ~ ell + meals", frame, design=design)
    check(result, "strat_domain", {"linearised": "linearised"})
    assert result.degrees_of_freedom == STORED["strat_domain"]["df"]


def test_clusters_and_the_jackknife() -> None:
    frame = read("apiclus1")
    design = declare_design(frame, weights="pw", clusters="dnum", fpc="fpc", replicate_kind="JK1")
    result = ordered_logit("band ~ ell + meals + stype", frame, design=design)
    assert result.se_name == "replicate"
    names = {"linearised": "linearised", "cluster": "cluster", "replicate": "jk1"}
    check(result, "clus1", SANDWICHES | names)
    assert result.degrees_of_freedom == STORED["clus1"]["df"] == 14


def test_two_stages() -> None:
    frame = read("apiclus2").with_columns(w=pl.Series(STORED["clus2"]["weights"]))
    design = declare_design(frame, weights="w", clusters=("dnum", "snum"), fpc=("fpc1", "fpc2"))
    check(ordered_logit("band ~ ell + meals", frame, design=design), "clus2", {"linearised": "linearised"})


def test_missing_values_are_a_domain() -> None:
    frame = read("nhanes")
    options: dict[str, Any] = {"weights": "WTMEC2YR", "strata": "SDMVSTRA", "clusters": "SDMVPSU", "nest": True}
    design = declare_design(frame, **options, replicate_kind="JKn")
    ages = ["(0,19]", "(19,39]", "(39,59]", "(59,Inf]"]
    result = ordered_logit("agecat ~ HI_CHOL + C(race) + RIAGENDR", frame, design=design, levels={"agecat": ages})
    check(result, "nhanes", {"linearised": "linearised", "replicate": "jkn"})
    assert result.n_missing == frame["HI_CHOL"].null_count()
    assert result.degrees_of_freedom == STORED["nhanes"]["df"]


def test_binary_and_linear_by_design() -> None:
    frame = read("apistrat")
    design = declare_design(frame, weights="pw", strata="stype", fpc="fpc")
    logit = binary_logit("awards ~ ell + meals + mobility", frame, design=design)
    check(logit, "binary", {"linearised": "linearised"})
    check(linear_model("api00 ~ ell + meals + stype", frame, design=design), "linear", {"linearised": "linearised"})


def test_binary_and_linear_without_weights() -> None:
    frame = read("apiclus1")
    line = linear_model("api00 ~ ell + meals + stype", frame, clusters="dnum", se="observed")
    check(line, "lm", SANDWICHES | {"cluster": "cluster"})
    assert line.pseudo_r_squared == pytest.approx(STORED["lm"]["r2"], rel=1e-10)
    logit = binary_logit("awards ~ ell + meals", frame)
    check(logit, "glm", {"observed": "observed", "hc0": "hc0"})
    assert logit.names[0] == "(Intercept)"


def test_a_category_that_nobody_chose() -> None:
    frame = read("wine").filter(pl.col("rating") != 4)
    result = ordered_logit("rating ~ temp + contact", frame, levels={"rating": [1, 2, 3, 4, 5]})
    check(result, "wine_empty", SANDWICHES)
    assert [w.code for w in result.warnings] == ["Q422"]


def separated() -> pl.DataFrame:
    return read("wine").with_columns(grade=pl.max_horizontal("rating", pl.lit(3)))


def test_separation_is_found_and_the_rest_is_at_its_limit() -> None:
    result = ordered_logit("grade ~ C(bottle) + judge", separated(), reference={"bottle": 8})
    moving = [name for name, is_out in zip(result.names, result.is_refused, strict=True) if is_out]
    assert moving == ["bottle[1]", "bottle[2]"]
    assert result.coefficients[:2].tolist() == [-math.inf, -math.inf]
    assert np.isnan(result.standard_errors[:2]).all()
    assert "`bottle[1]`, `bottle[2]`" in next(w.message for w in result.warnings if w.code == "Q425")
    kept = {"observed": "observed", "hc0": "hc0"}  # not robust: its n/(n − 1) counts the separated rows as well
    check(result, "wine_separated", kept, places=[*range(2, 10)])


def test_two_separated_covariates() -> None:
    result = ordered_logit("grade ~ C(bottle) + C(judge)", separated(), reference={"bottle": 8, "judge": 1})
    moving = {name for name, is_out in zip(result.names, result.is_refused, strict=True) if is_out}
    assert moving == {"bottle[1]", "bottle[2]", "judge[7]"}
    kept = [i for i, name in enumerate(result.names) if name not in moving]
    check(result, "wine_separated_twice", {"observed": "observed", "hc0": "hc0"}, places=kept)


def test_every_standard_error_is_offered_for_every_model() -> None:
    frame = read("apiclus1").with_columns(yes=pl.col("awards") == "Yes")
    design = declare_design(frame, weights="pw", clusters="dnum", replicate_kind="bootstrap", n_replicates=40)
    answers = {"ordered": "band", "binary": "yes", "linear": "api00"}
    for model, (kind, _) in MODELS.items():
        result = fit_model(model, f"{answers[kind]} ~ ell + meals", frame, design=design)
        for name in ("observed", "hc0", "robust", "cluster", "linearised", "replicate"):
            assert (result.with_standard_errors(name).standard_errors > 0).all()
