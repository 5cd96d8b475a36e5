"""What the report tells, computed once and shown in as many languages as wanted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from scslab.engine.settlement import Settlement
from scslab.report.colours import BELOW_ALL, choose_tier_colours
from scslab.report.correlation import Comparison, compare_with_yardstick
from scslab.report.effects import count_cuts, sum_by_rule, sum_by_source, sum_cuts
from scslab.report.examples import Example, choose_examples
from scslab.report.flows import Flow, count_yearly_flows
from scslab.report.over_time import History, Timeline, draw_timeline
from scslab.report.unused import Defect, count_unposted, list_defects
from scslab.scheme.model import ScoreKind


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a report shows of a settlement, free of language.

    Attributes:
        tiers: ids, lowest first, and None last if anyone is below all of them.
        tier_counts: subjects in each of `tiers`.
        tier_codes: place in `tiers` of each subject that has a score, in the order of the standings.
        scores: scores of the subjects in points.
        quantiles: lowest score, quarters and highest score in points; empty where there is no subject.
        by_rule, by_source, cuts: see `scslab.report.effects`.
        cut_entries, emptied_entries: entries that a cap or a bound made smaller, and those of them left with nothing.
    """

    settlement: Settlement
    tiers: tuple[str | None, ...]
    tier_counts: tuple[int, ...]
    tier_codes: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]
    quantiles: tuple[float, ...]
    timeline: Timeline | None
    flows: tuple[Flow, ...]
    by_rule: pl.DataFrame
    by_source: pl.DataFrame | None
    cuts: pl.DataFrame
    cut_entries: int
    emptied_entries: int
    defects: tuple[Defect, ...]
    unposted: pl.DataFrame
    comparison: Comparison | None
    examples: tuple[Example, ...]

    @property
    def subjects(self) -> int:
        """All subjects."""
        return self.settlement.standings.height

    def colour_of(self, tier: str | None) -> str:
        """The colour of a tier, the same in every chart."""
        ids = [item.id for item in self.settlement.scheme.tiers]
        return choose_tier_colours(len(ids))[ids.index(tier)] if tier in ids else BELOW_ALL

    def clip_bands(self, low: float, high: float) -> list[tuple[float, float, str]]:
        """The tiers between two scores as coloured bands (those of the day of the standings)."""
        as_of = self.settlement.as_of
        tiers = [
            (float(lower), tier.id)
            for tier in self.settlement.scheme.tiers
            if (lower := tier.lower_on(as_of)) is not None
        ]
        edges: list[tuple[float, str | None]] = [(float("-inf"), None), *tiers]
        ends = [edge for edge, _ in edges[1:]] + [float("inf")]
        bands = [
            (max(start, low), min(end, high), self.colour_of(tier) if tier is not None else "#ffffff")
            for (start, tier), end in zip(edges, ends, strict=True)
            if start < high and end > low
        ]
        return bands or [(low, high, "#ffffff")]


def gather_facts(settlement: Settlement) -> Facts:
    """Compute everything that the report shows."""
    history = History(settlement)
    has_entries = settlement.scheme.score.kind is ScoreKind.POINTS
    ids = [tier.id for tier in settlement.scheme.tiers]
    places = pl.Series(ids, dtype=pl.String)
    # Of an index, subjects without a publication have neither score nor tier.
    scored = settlement.standings.filter(pl.col("score").is_not_null())
    names = scored["tier"].cast(pl.String)
    codes = names.replace_strict(places, np.arange(len(ids)), default=len(ids), return_dtype=pl.Int64).to_numpy()
    counts = np.bincount(codes, minlength=len(ids) + 1)
    tiers: list[str | None] = [*ids, None] if ids and counts[-1] else list(ids)
    scores = scored["score"].cast(pl.Float64).to_numpy()
    cut_entries, emptied_entries = count_cuts(settlement)
    return Facts(
        settlement=settlement,
        tiers=tuple(tiers),
        tier_counts=tuple(int(n) for n in counts[: len(tiers)]),
        tier_codes=codes,
        scores=scores,
        quantiles=tuple(float(q) for q in np.quantile(scores, (0, 0.25, 0.5, 0.75, 1))) if scores.size else (),
        timeline=draw_timeline(history, settlement) if has_entries else None,
        flows=count_yearly_flows(history, settlement) if has_entries else (),
        by_rule=sum_by_rule(settlement),
        by_source=sum_by_source(settlement),
        cuts=sum_cuts(settlement),
        cut_entries=cut_entries,
        emptied_entries=emptied_entries,
        defects=list_defects(settlement),
        unposted=count_unposted(settlement),
        comparison=compare_with_yardstick(settlement),
        examples=choose_examples(settlement) if has_entries else (),
    )
