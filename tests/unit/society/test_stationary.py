"""A small scheme as a Markov chain: its tiers in the long run, solved exactly, against a society settled by the engine.

Scores 0 to 4 with floor and ceiling, a point up for help and a point down for a fine, each a tier of its own. Events
come by Poisson processes and post on their day, so that a score is a birth-and-death process with reflecting ends.
"""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy.linalg import expm

from scslab.scheme.reader import read_scheme
from scslab.society.population.profile import read_profile
from scslab.society.simulation import Setting, simulate

SCHEME = """
scheme: ladder
title: {en: Five steps}
operator: {kind: government, name: {en: City}}
subjects: {kind: resident}
in_force: {from: 2020-01-01}
events: {fine.paid: {}, help.given: {}}
score: {start: 2, floor: 0, ceiling: 4, published: immediately}
tiers: [{id: T0, from: 0}, {id: T1, from: 1}, {id: T2, from: 2}, {id: T3, from: 3}, {id: T4, from: 4}]
rules:
  - {id: fine, on: fine.paid, points: -1}
  - {id: help, on: help.given, points: 1}
"""
N = 20_000
SEEN = 1 - 1e-4
PLAIN = {
    "behaviour.deterrence": 0.0, "behaviour.distance": 0.0, "behaviour.tier": 0.0, "behaviour.reward": 0.0,
    "behaviour.conscience_negative": 0.0, "behaviour.conscience_positive": 0.0, "observation.negative": SEEN,
    "observation.positive": SEEN, "observation.bias": 0.0, "observation.delay_days": 0.0, "observation.false_rate": 0.0,
    "repair.compensates": 0.0, "discretion.let_pass": 1e-6,
}  # fmt: skip
"""Conduct at constant rates, seen (but for one in 10,000) and recorded on its day; nobody makes up for a loss,
nothing is let pass."""
Floats = NDArray[np.float64]


def simulate_shares(months: int, helped: float, fined: float, **values: float) -> Floats:
    """Shares of the five tiers at the end of each month, shape (months, 5)."""
    given = PLAIN | {name.replace("__", "."): value for name, value in values.items()}
    setting = Setting(
        read_scheme(SCHEME.encode()), read_profile("survey-2018"), N, months // 12, first=date(2020, 1, 1),
        values=given, rates={"help.given": 12 * helped, "fine.paid": 12 * fined},
    )  # fmt: skip
    tiers = simulate(setting).tiers.filter(pl.col("tier").is_not_null())
    return tiers["residents"].to_numpy().reshape(months, 5) / N


def build_generator(helped: float, fined: float) -> Floats:
    """The rates of a birth-and-death process on 0 to 4 with reflecting ends."""
    q = np.diag(np.full(4, helped), 1) + np.diag(np.full(4, fined), -1)
    return q - np.diag(q.sum(axis=1))


def test_tiers_in_the_long_run_without_feedback() -> None:
    # Twice as much help as fines: detailed balance gives 1, 2, 4, 8, 16 of 31.
    shares = simulate_shares(36, 0.8, 0.4)
    expected = np.array([1, 2, 4, 8, 16]) / 31
    error = np.sqrt(expected * (1 - expected) / N)
    assert (np.abs(shares[-1] - expected) < 4 * error + 0.002).all()


def test_the_way_there_month_by_month() -> None:
    # From score 2, the shares after t months are the row of exp(Qt); rates are per month, of 30.4 days on average.
    shares = simulate_shares(24, 0.3, 0.2)
    q = build_generator(0.3 * SEEN, 0.2 * SEEN)
    expected = np.array([expm(q * t)[2] for t in range(1, 25)])
    error = np.sqrt(expected * (1 - expected) / N)
    assert (np.abs(shares - expected) < 4.5 * error + 0.003).all()


def test_tiers_in_the_long_run_with_feedback_of_the_tier() -> None:
    # Fines fall by exp(-.4) with each tier, read at the beginning of the month: the row of a tier in the monthly matrix
    # comes from that tier's own rates, and the stationary shares are its eigenvector at 1. Who does not know of the
    # scheme does not go by its tiers: at p = 50 a year and average skill, all but exp(-50 / 12) = 1.6 % learn of it
    # within a month, and nobody is left of whom to speak long before the fifth year.
    shares = simulate_shares(60, 0.3, 0.6, behaviour__tier=-0.4, awareness__p=50.0, awareness__skill=0.0)
    monthly = np.array([expm(build_generator(0.3 * SEEN, 0.6 * SEEN * math.exp(-0.4 * k)))[k] for k in range(5)])
    values, vectors = np.linalg.eig(monthly.T)
    stationary = np.real(vectors[:, np.argmax(np.real(values))])
    stationary /= stationary.sum()
    error = np.sqrt(stationary * (1 - stationary) / N)
    assert (np.abs(shares[-1] - stationary) < 4 * error + 0.004).all()
    # The feedback is seen: without it the shares would be far away.
    plain = np.array([0.5**k for k in range(5)]) / sum(0.5**k for k in range(5))
    assert np.abs(stationary - plain).max() > 0.1
    assert shares[-1].sum() == pytest.approx(1)
