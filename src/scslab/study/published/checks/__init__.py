"""The checks of published tables: one file and one line of `CHECKS` each."""

from __future__ import annotations

from scslab.ground.text import Text
from scslab.study.published.check import TableCheck
from scslab.study.published.checks import (
    base,
    conditional,
    distribution,
    exclusive,
    groups,
    labels,
    margin,
    moments,
    order,
    overlap,
    percentages,
    quota,
    separation,
    stars,
    sums,
    tolerance,
    twice,
)

CHECKS: dict[str, TableCheck] = {
    "percentages": TableCheck(
        "P101",
        Text("Percentages that n respondents can make", "百分比在给定人数下是否可能"),
        percentages.Form,
        percentages.find,
    ),
    "base": TableCheck("P102", Text("The base of a block of percentages", "百分比的基数"), base.Form, base.find),
    "sums": TableCheck("P103", Text("Blocks that must add up", "应当合计的分组"), sums.Form, sums.find),
    "stars": TableCheck(
        "P104", Text("Stars against coefficient and standard error", "显著性星号"), stars.Form, stars.find
    ),
    "tolerance": TableCheck(
        "P105", Text("VIF is one over tolerance", "方差膨胀因子与容忍度"), tolerance.Form, tolerance.find
    ),
    "twice": TableCheck("P106", Text("Numbers printed twice", "重复出现的数字"), twice.Form, twice.find),
    "exclusive": TableCheck(
        "P107", Text("Shares that exclude each other", "互斥的份额"), exclusive.Form, exclusive.find
    ),
    "overlap": TableCheck("P108", Text("Shares that may overlap", "可重叠的份额"), overlap.Form, overlap.find),
    "margin": TableCheck("P109", Text("Margin of error and n", "误差范围与样本量"), margin.Form, margin.find),
    "separation": TableCheck(
        "P110", Text("Coefficients that look like separation", "疑似完全分离的系数"), separation.Form, separation.find
    ),
    "moments": TableCheck(
        "P111", Text("Means and deviations that n answers can have", "均值与标准差是否可能"), moments.Form, moments.find
    ),
    "distribution": TableCheck(
        "P112",
        Text("Mean and deviation against the printed shares", "均值、标准差与分布"),
        distribution.Form,
        distribution.find,
    ),
    "quota": TableCheck("P113", Text("Steps of a quota table", "配额表的步骤"), quota.Form, quota.find),
    "groups": TableCheck("P114", Text("A total among its groups", "总体与分组"), groups.Form, groups.find),
    "conditional": TableCheck(
        "P115", Text("Shares turned round", "条件份额的互换"), conditional.Form, conditional.find
    ),
    "order": TableCheck("P116", Text("Numbers in order", "数字的次序"), order.Form, order.find),
    "labels": TableCheck("P117", Text("Labels that may be swapped", "可能互换的标签"), labels.Form, labels.find),
}
"""The checks by the key that they have in an audit file."""
