"""Comparisons and exchanges, worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

import scslab as scs
from scslab.engine.together.comparing import count_pairs, rank_shares
from scslab.report.compare import build_comparison
from scslab.report.exchange import build_exchange, tabulate_domains
from scslab.report.words_together import Say
from unit.engine.together.files import COURT, RAIL, ROWS, parse, table

END = date(2020, 12, 31)
SOFT = {"scheme: rail": "scheme: soft", "points: -30": "points: -10", "points: 5": "points: 8"}
OTHER = """
scheme: other
title: Other
operator: {kind: company, name: Other}
subjects: {kind: resident}
sources: {law: {title: The law, confidence: read}}
events: {smoke: {weight: number}}
score: {start: 10}
rules: [{id: smoke, on: smoke, points: -2 * weight, source: law}]
"""
WORDS = """
from: plain
to: other
events:
  ride.smoking: {type: smoke, attributes: {weight: "1 + 2"}}
"""


def plain() -> scs.Scheme:
    """The railway without anything that it reads of the court."""
    when = ", when: \"not on_list('defaulters@court')\""
    return parse(RAIL, **{"scheme: rail": "scheme: plain", when: "", "{list: defaulters@court, delay: 1 month}": "{tier: [A]}"})  # fmt: skip  # noqa: E501


def test_pairs_and_tau_b() -> None:
    # x ascends; of y = 1, 3, 2, 2 the pairs (1,3), (1,2), (1,2) ascend, (3,2), (3,2) descend, (2,2) is a tie.
    # tau-b = (3 - 2) / sqrt(6 x 5).
    concordant, discordant, tau = count_pairs(np.array([1, 2, 3, 4]), np.array([1, 3, 2, 2]))
    assert (concordant, discordant) == (3, 2)
    assert tau == pytest.approx(1 / 30**0.5)
    assert count_pairs(np.array([1, 1]), np.array([1, 2])) == (0, 0, None)


def test_ranks_are_shares_below_with_ties_in_the_middle() -> None:
    assert rank_shares(np.array([5.0, 1.0, 5.0])).tolist() == [0.75, 0.0, 0.75]


def test_a_comparison() -> None:
    found = scs.compare([parse(RAIL), parse(RAIL, **SOFT), parse(COURT)], table(), as_of=END)
    (pair,) = found.pairs  # the court has no score
    # S, T, U: 105, 70, 105 and 108, 90, 108.
    assert (pair.first, pair.second, pair.subjects) == ("rail", "soft", 3)
    assert (pair.spearman, pair.kendall) == (pytest.approx(1), pytest.approx(1))
    assert (pair.concordant, pair.discordant, pair.tied, pair.stays) == (2, 0, 1, 3)
    assert pair.tiers.rows() == [("D", "A", 1), ("A", "A", 2)]
    assert found.rules.select("scheme", "rule", "effective").rows() == [
        ("rail", "smoking", -30.0),
        ("rail", "good", 10.0),
        ("soft", "good", 16.0),
        ("soft", "smoking", -10.0),
    ]


def test_ranks_that_turn_round() -> None:
    # Under the first S stands above T, under the second below: rank 1 to 0 and 0 to 1.
    turned = parse(RAIL, **{"scheme: rail": "scheme: turned", "points: -30": "points: 30"})
    rows = [ROWS[2], ("E9", "S", "ride.good", "2020-03-05")]
    found = scs.compare([parse(RAIL), turned, parse(COURT)], table(rows), as_of=END).pairs[0]
    assert (found.spearman, found.kendall) == (pytest.approx(-1), pytest.approx(-1))
    assert dict(found.changes.select("subject_id", "change").iter_rows()) == {"S": -1.0, "T": 1.0}
    assert (found.gains, found.loses) == (1, 1)


def test_a_mapping_of_words_and_what_it_leaves_out(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text(WORDS)
    found = scs.compare([plain(), parse(OTHER)], table(), words=path, as_of=END)
    # T smokes once: 10 - 2 x 3. The four good rides are not mapped.
    assert found.settlements["other"].standings.select("subject_id", "score").rows() == [("T", 4)]
    assert found.unmapped.rows() == [("plain", "ride.good", 4)]
    assert found.pairs[0].only_first == 2


def test_a_mapping_that_is_wrong_is_told_at_its_places(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text(WORDS.replace("type: smoke", "type: smok").replace("to: other", "to: others"))
    with pytest.raises(scs.ProblemsError) as caught:
        scs.compare([plain(), parse(OTHER)], table(), words=path)
    text = str(caught.value)
    assert "words.yaml:3:5: M050" in text
    assert "M051 `other` has no event type `smok`" in text
    assert "did you mean `smoke`?" in text


def test_who_shares_what_with_whom() -> None:
    found = scs.exchange([parse(RAIL), parse(COURT)])
    assert [(s.giver, s.taker, s.what, s.clause, s.delay, s.is_honoured, s.is_public) for s in found.shares] == [
        ("court", "rail", "defaulters@court", "rule good", "", False, True),
        ("court", "rail", "defaulters@court", "measure no-first-class", "1 month", True, True),
    ]
    crossed = {(c.measure, c.event): c.is_crossing for c in found.crossings}
    # Default is of finance, the measures of travel; of good rides the file does not say the domain.
    assert crossed == {
        ("no-first-class", "court.default"): True,
        ("banned", "ride.smoking"): False,
        ("banned", "ride.good"): None,
    }


def test_domains_are_tabulated_from_where_into_what() -> None:
    # The crossings of the test above: finance into travel, travel into travel, unknown into travel; one each.
    found = tabulate_domains(scs.exchange([parse(RAIL), parse(COURT)]), Say("en"))
    assert [column.title for column in found.columns] == ["what the measure touches", "finance", "travel", "not known"]
    assert found.rows == (("travel", "1", "1", "1"),)


def test_pages_need_nothing_else_and_speak_two_languages() -> None:
    compared = build_comparison(scs.compare([parse(RAIL), parse(RAIL, **SOFT), parse(COURT)], table(), as_of=END))
    shared = build_exchange(scs.exchange([parse(RAIL), parse(COURT)]))
    for html in (compared, shared):
        assert 'src="http' not in html
        assert "<script" not in html
    assert "哪些规则造成差别" in compared
    assert "no-first-class" in shared
