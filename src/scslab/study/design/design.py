"""The design of a survey: how its rows came into the sample, and the variance that follows from it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scslab.study.design.columns import Booleans, Column, Floats, Integers
from scslab.study.design.linearised import find_covariance, sum_by
from scslab.study.design.replicates import Replicates


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of sampling: its clusters, and the strata that they were drawn from.

    Attributes:
        cluster: the cluster of each row, dense codes `(n,)`.
        stratum_of: the stratum of each cluster, dense codes `(g,)`. From the second stage on, a stratum lies within
            one cluster of the stage before.
        parent_of: the cluster of the stage before, of each cluster `(g,)`; zeros at the first stage.
        n_sampled: clusters drawn in each stratum `(h,)`; it stays the same in a domain.
        fraction: share of the stratum's clusters that was drawn `(h,)`, 0 to 1; 0 where no population size is known.
        factor: what the sum of squares of a stratum's cluster totals is multiplied by `(h,)`: (1 − fraction) n/(n−1),
            the sampling fractions of the stages before, and the rule for lonely clusters.
        is_centred: whether squares are taken around the stratum's mean `(h,)`; a lonely cluster under `adjust` is not.
        is_rows: whether each row is a cluster of its own.
    """

    cluster: Integers
    stratum_of: Integers
    parent_of: Integers
    n_sampled: Integers
    fraction: Floats
    factor: Floats
    is_centred: Booleans
    is_rows: bool

    @property
    def n_clusters(self) -> int:
        """The number of clusters, g."""
        return self.stratum_of.size

    @property
    def n_strata(self) -> int:
        """The number of strata, h."""
        return self.n_sampled.size


@dataclass(frozen=True, slots=True)
class Design:
    """A survey's design. Made by `declare_design`.

    Attributes:
        weights: sampling weight of each row `(n,)`, not below 0; 0 outside of the domain.
        stages: the stages of sampling that carry variance: one, or two where population sizes are known. A design
            without clusters has one stage whose clusters are the rows.
        replicates: replicate weights, or None.
        names: columns that the design was declared with, by role, for reports.
        has_weights: whether weights were given; otherwise each is 1.
        stated_degrees_of_freedom: degrees of freedom that the user gave, or None.
    """

    weights: Floats
    stages: tuple[Stage, ...]
    replicates: Replicates | None
    names: dict[str, str]
    has_weights: bool
    stated_degrees_of_freedom: float | None = None

    @property
    def n_rows(self) -> int:
        """Rows of the table, those outside of the domain included."""
        return self.weights.size

    @property
    def is_active(self) -> Booleans:
        """Which rows have a weight above 0 `(n,)`: the domain."""
        return self.weights > 0

    @property
    def degrees_of_freedom(self) -> float:
        """First-stage clusters with rows in the domain, less the strata that they lie in (R's `degf`).

        With given replicate weights: the rank of their matrix less 1, unless the user said otherwise.
        """
        if self.stated_degrees_of_freedom is not None:
            return self.stated_degrees_of_freedom
        if self.replicates is not None and self.replicates.is_given:
            return self.replicates.rank - 1
        first = self.stages[0]
        clusters = np.unique(first.cluster[self.is_active])
        return int(clusters.size - np.unique(first.stratum_of[clusters]).size)

    def subset(self, is_chosen: Column) -> Design:
        """The design for a part of the rows (a domain, a subpopulation): the other weights become 0.

        No row is dropped: clusters without a chosen row still count as drawn, so that variances stay right.

        Args:
            is_chosen: which rows are in the domain, booleans `(n,)`.

        Raises:
            ValueError: another number of rows.

        Example:
            >>> from scslab.study.design.declare import declare_design
            >>> design = declare_design({"y": [1, 2, 3]})
            >>> design.subset([True, False, True]).weights.tolist()
            [1.0, 0.0, 1.0]
        """
        mask = np.asarray(is_chosen, dtype=np.bool_)
        if mask.shape != self.weights.shape:
            raise ValueError(f"{mask.size:,} values for a design of {self.n_rows:,} rows")
        inner = None if self.replicates is None else self.replicates.subset(mask)
        return replace(self, weights=np.where(mask, self.weights, 0.0), replicates=inner)

    def variance(self, influence: Floats) -> Floats:
        """Taylor-linearised covariance of the column totals of an influence array (`binder1983`).

        Args:
            influence: `(n, k)` or `(n,)`. What each row adds to each estimate, **its weight included**: w·y for a
                total, w·(y − ȳ)/Σw for a mean, a row of scores times the inverse of the information for a model.

        Returns:
            Covariance `(k, k)`.

        Example:
            A simple random sample of 4 has the variance of a mean s²/n:

            >>> import numpy as np
            >>> from scslab.study.design.declare import declare_design
            >>> y = np.array([1.0, 2.0, 3.0, 6.0])
            >>> design = declare_design({"y": y})
            >>> bool(np.isclose(design.variance((y - y.mean()) / 4)[0, 0], y.var(ddof=1) / 4, rtol=1e-14))
            True
        """
        values = influence[:, None] if influence.ndim == 1 else influence
        if values.shape[0] != self.n_rows:
            raise ValueError(f"{values.shape[0]:,} rows of influence for a design of {self.n_rows:,} rows")
        last = self.stages[-1]
        return self.variance_of_totals(values if last.is_rows else sum_by(last.cluster, values, last.n_clusters))

    def variance_of_totals(self, totals: Floats) -> Floats:
        """The same from influence already summed over the clusters of the last stage, `(g, k)`; gives `(k, k)`."""
        covariance = np.zeros((totals.shape[1], totals.shape[1]))
        for number in range(len(self.stages) - 1, -1, -1):
            stage = self.stages[number]
            covariance += find_covariance(totals, stage.stratum_of, stage.n_sampled, stage.factor, stage.is_centred)
            if number:
                totals = sum_by(stage.parent_of, totals, self.stages[number - 1].n_clusters)
        return covariance
