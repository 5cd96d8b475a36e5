"""Replicate weights made from a design: jackknife, balanced half-samples, Fay's variant, the bootstrap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from scslab.ground.digests import digest_of_bytes
from scslab.ground.problems import Problem, ProblemsError, did_you_mean
from scslab.study.design.columns import Floats
from scslab.study.design.design import Design, Stage
from scslab.study.design.hadamard import build_hadamard
from scslab.study.design.replicates import Replicates

Made = tuple[Floats, float, Floats]
"""Factors `(g, R)`, scale, rscales `(R,)`."""


def make_replicates(
    design: Design,
    kind: str,
    *,
    n_replicates: int = 500,
    fay_rho: float = 0.5,
    seed: int = 0,
    is_around_estimate: bool = False,
) -> Design:
    """The design with replicate weights made from its first stage.

    - `JK1`: leaves out one cluster at a time; for designs without strata.
    - `JKn`: leaves out one cluster at a time and raises the others of its stratum by n/(n−1).
    - `BRR`: balanced half-samples; every stratum has exactly two clusters.
    - `Fay`: as BRR, with factors `fay_rho` and 2 − `fay_rho` instead of 0 and 2 (`judkins1990`).
    - `bootstrap`: n−1 of a stratum's n clusters drawn with replacement, `n_replicates` times (`raowuyue1992`).

    Finite-population corrections enter JK1 and JKn; BRR, Fay and the bootstrap take none, as in R's survey.

    Args:
        design: the design; its weights are what is replicated.
        kind: one of the above.
        n_replicates: number of bootstrap replicates, from 2.
        fay_rho: Fay's factor, 0 (which is BRR) to below 1.
        seed: seed of the bootstrap; replicate r of seed s is always the same draw.
        is_around_estimate: see `Replicates`.

    Raises:
        ProblemsError: an unknown kind (Q207), a design that the kind cannot serve (Q208), a lonely cluster (Q205).

    Example:
        >>> from scslab.study.design.declare import declare_design
        >>> design = declare_design({"town": ["a", "a", "b", "b"]}, strata="town")
        >>> made = make_replicates(design, "JKn").replicates
        >>> made.factors.T.tolist(), made.rscales.tolist()
        ([[0.0, 2.0, 1.0, 1.0], [2.0, 0.0, 1.0, 1.0], [1.0, 1.0, 0.0, 2.0], [1.0, 1.0, 2.0, 0.0]], [0.5, 0.5, 0.5, 0.5])
    """
    first = design.stages[0]
    makers: dict[str, Callable[[], Made]] = {
        "JK1": lambda: _make_jk1(first),
        "JKn": lambda: _make_jkn(first),
        "BRR": lambda: _make_balanced(first, 0.0),
        "Fay": lambda: _make_balanced(first, fay_rho),
        "bootstrap": lambda: _make_bootstrap(first, n_replicates, seed),
    }
    if kind not in makers:
        raise ProblemsError(
            [Problem("Q207", f"no kind of replicate weights `{kind}`", help=did_you_mean(kind, makers))]
        )
    factors, scale, rscales = makers[kind]()
    made = Replicates(kind, design.weights, first.cluster, factors, scale, rscales, is_around_estimate)
    return replace(design, replicates=made)


def _refuse(code: str, message: str, text: str) -> ProblemsError:
    return ProblemsError([Problem(code, message, help=text)])


def _make_jk1(stage: Stage) -> Made:
    n = stage.n_clusters
    if stage.n_strata > 1:
        raise _refuse("Q208", f"JK1 is for designs without strata; this one has {stage.n_strata}", "use JKn")
    if n < 2:
        raise _refuse("Q205", "a jackknife needs at least two clusters", "declare the clusters that were drawn")
    factors = np.full((n, n), n / (n - 1))
    np.fill_diagonal(factors, 0.0)
    return factors, (1 - float(stage.fraction[0])) * (n - 1) / n, np.ones(n)


def _make_jkn(stage: Stage) -> Made:
    """Leave out one cluster at a time; a lonely one, which `declare_design` refused or allowed, never."""
    left_out = np.flatnonzero((stage.n_sampled[stage.stratum_of] > 1) & (stage.fraction[stage.stratum_of] < 1))
    factors = np.ones((stage.n_clusters, left_out.size))
    n = stage.n_sampled[stage.stratum_of]
    for r, cluster in enumerate(left_out):
        factors[stage.stratum_of == stage.stratum_of[cluster], r] = n[cluster] / (n[cluster] - 1)
        factors[cluster, r] = 0.0
    rscales = (1 - stage.fraction[stage.stratum_of]) * (n - 1) / n
    return factors, 1.0, rscales[left_out]


def _make_balanced(stage: Stage, rho: float) -> Made:
    if not 0 <= rho < 1:
        raise _refuse("Q207", f"Fay's factor is {rho:g}", "it lies from 0 (BRR) to below 1; 0.3 and 0.5 are usual")
    odd = np.flatnonzero(stage.n_sampled != 2)
    if odd.size:
        message = f"balanced half-samples need two clusters in every stratum; {odd.size} of {stage.n_strata} have not"
        raise _refuse("Q208", message, "use JKn or bootstrap, or join strata")
    half = build_hadamard(stage.n_strata + 1)[1 : stage.n_strata + 1]  # the first row is constant: not balanced
    is_second = np.zeros(stage.n_clusters, np.bool_)
    order = np.argsort(stage.stratum_of, kind="stable")
    is_second[order[1::2]] = True
    signs = half[stage.stratum_of] * np.where(is_second, -1, 1)[:, None]
    r = half.shape[1]
    return np.asarray(1 + (1 - rho) * signs, np.float64), 1 / (r * (1 - rho) ** 2), np.ones(r)


def _make_bootstrap(stage: Stage, n_replicates: int, seed: int) -> Made:
    if n_replicates < 2:
        raise _refuse("Q207", f"{n_replicates} bootstrap replicates", "at least 2; 500 or more for standard errors")
    factors = np.ones((stage.n_clusters, n_replicates))
    order = np.argsort(stage.stratum_of, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(stage.stratum_of[order])) + 1)
    for r in range(n_replicates):
        # Keyed by seed, purpose and number, so that a replicate does not depend on how many there are.
        key = int(digest_of_bytes(f"{seed}/bootstrap/{r}".encode())[:16], 16)
        draw = np.random.Generator(np.random.Philox(key=key))
        for clusters in members:
            n = clusters.size
            if n > 1:
                counts = np.bincount(draw.integers(0, n, n - 1), minlength=n)
                factors[clusters, r] = counts * (n / (n - 1))
    return factors, 1 / (n_replicates - 1), np.ones(n_replicates)
