"""Random numbers: the published vectors of Random123, and a plain NumPy reading, bit for bit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from scslab.engine.jit import kernel
from scslab.society.randomness.kernel_find import allocate_marks, find_below
from scslab.society.randomness.kernel_philox import draw_raw, draw_rest, fill_block, fill_listed, fill_words, is_below
from scslab.society.randomness.permutation import Permutation
from scslab.society.randomness.seeds import seed_of_replicate
from scslab.society.randomness.streams import FIRST_EVENT_STREAM, STREAMS, number_event_streams, stream_of_event
from scslab.society.randomness.thresholds import (
    LOG_RATES,
    LOGITS,
    MOST_EVENTS,
    ONE,
    build_logistic,
    build_poisson,
    digest_tables,
    threshold,
)
from unit.society import plain_random

# Random123, tests/kat_vectors, `philox4x32 10`: counter, key, result.
VECTORS = [
    ([0] * 4, [0] * 2, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    (
        [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
        [0xA4093822, 0x299F31D0],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ),
]


@pytest.mark.parametrize(("counter", "key", "expected"), VECTORS)
def test_philox_gives_the_published_vectors(counter: list[int], key: list[int], expected: list[int]) -> None:
    out = np.empty(4, np.uint32)
    draw_raw(np.array(counter, np.uint32), np.array(key, np.uint32), out)
    assert out.tolist() == expected
    plain = plain_random.philox([np.array([c]) for c in counter], (key[0], key[1]))
    assert [int(word[0]) for word in plain] == expected


@pytest.mark.parametrize("first", [0, 5, 2**32 - 1500, 2**33])
def test_blocks_equal_plain_numpy(first: int) -> None:
    seed, month, stream = 0x0123456789ABCDEF, 37, stream_of_event("donation.blood")
    out = np.empty((4, 1024), np.uint32)
    fill_words(np.uint64(seed), first, month, stream, out)
    plain = plain_random.words(seed, np.arange(1024, dtype=np.uint64) + np.uint64(first), month, stream)
    assert (out == np.array(plain)).all()
    places, months = np.array([0, 7, 1023, 7]), np.array([37, 2**16 + 37, 2**24, 5], np.uint32)
    listed = np.empty((4, 9), np.uint32)
    fill_listed(np.uint64(seed), first, stream, places, months, 4, listed)
    for k in range(4):
        alone = plain_random.words(seed, np.array([first + int(places[k])]), int(months[k]), stream)
        assert listed[:, k].tolist() == [int(word[0]) for word in alone]


@pytest.mark.parametrize("first", [0, 1024, 2**32 - 1024, 2**34 - 1024, 2**34])
def test_a_word_for_each_agent_of_a_block(first: int) -> None:
    seed, stream = 0x0123456789ABCDEF, stream_of_event("donation.blood")
    block = np.empty(512, np.uint32)
    fill_block(np.uint64(seed), first, 37, stream, block)
    upper = block.view(np.uint16).astype(int)
    for place in (0, 1, 2, 255, 256, 511, 512, 767, 768, 1022, 1023):
        word = upper[place] * 2**16 + draw_rest(np.uint64(seed), np.uint64(first + place), 37, stream)
        assert word == plain_random.one_word(seed, first + place, 37, stream)
    assert np.unique(block).size > 510


@pytest.mark.parametrize("bound", [1, 2**28, 2**31, 2**32])
@pytest.mark.parametrize("n", [1, 500, 1024])
def test_words_below_a_bound_are_found(bound: int, n: int) -> None:
    draw = np.random.default_rng(n)
    upper, flags = draw.integers(0, 2**16, 1024, np.uint16), draw.integers(0, 16, n, np.uint8)
    upper[::7] = (bound - 1) >> 16  # ties
    marks, found = allocate_marks(1024), np.empty(1032, np.uint16)
    marks.eight[:] = 2**64 - 1  # what an earlier block left behind
    k = find_below(upper, bound, flags, np.uint8(3), np.uint8(1), marks, found)
    assert found[:k].tolist() == np.flatnonzero((upper[:n].astype(int) * 2**16 < bound) & (flags % 4 == 1)).tolist()


@kernel
def compare(upper: Any, thresholds: Any, seed: Any, agent: Any, month: Any, stream: Any, out: Any) -> None:
    for k in range(thresholds.size):
        out[k] = is_below(upper, thresholds[k], seed, agent, month, stream)


def test_ties_of_the_upper_half_are_decided_by_the_lower() -> None:
    seed, agent, stream = 99, 5000, 12
    word = plain_random.one_word(seed, agent, 3, stream)
    steps = [word - 2**17, word - 1, word, word + 1, word + 2**17, word // 2**16 * 2**16, 0, 2**32]
    out = np.zeros(len(steps), np.bool_)
    compare(np.uint16(word >> 16), np.array(steps), np.uint64(seed), agent, 3, stream, out)
    assert out.tolist() == [word < step for step in steps]


def test_registry_only_grows() -> None:
    # These numbers were given out; changing one changes every result that was ever published with it.
    given = {
        "traits-first": 1, "traits-second": 2, "awareness": 3, "join": 4, "leave": 5, "false-entry": 6,
        "objection": 7, "repair": 8, "alternative": 9, "approval": 10, "barriers": 11,
        "threshold": 12,
    }  # fmt: skip
    assert given.items() <= STREAMS.items()
    assert len(set(STREAMS.values())) == len(STREAMS)
    assert max(STREAMS.values()) < FIRST_EVENT_STREAM
    # SHA-256 of "donation.blood" begins with these four bytes (coreutils sha256sum); the top bit is set.
    import hashlib

    start = int(hashlib.sha256(b"donation.blood").hexdigest()[:8], 16)
    assert number_event_streams(["donation.blood"]) == (start | 2**31,)


def test_replicates_differ_and_do_not_depend_on_each_other() -> None:
    seeds = [seed_of_replicate(1, r) for r in range(1000)]
    assert len(set(seeds)) == 1000
    assert seeds[17] == seed_of_replicate(1, 17)
    with pytest.raises(ValueError, match="replicate"):
        seed_of_replicate(1, -1)


def test_thresholds_are_the_probabilities_of_scipy() -> None:
    logistic, poisson = build_logistic(), build_poisson()
    at = np.array(LOGITS.list_arguments())
    assert np.abs(logistic / ONE - 1 / (1 + np.exp(-at))).max() < 2**-32
    rates = np.exp(LOG_RATES.list_arguments())
    for k in range(MOST_EVENTS):
        assert np.abs(poisson[1:, k] / ONE - stats.poisson.sf(k, rates[1:])).max() < 2**-31
    assert (poisson[0] == 0).all()
    assert (np.diff(poisson, axis=0) >= 0).all()  # monotone in the rate: common random numbers keep their events
    assert (np.diff(poisson, axis=1) <= 0).all()
    assert poisson[LOG_RATES.size - 1, 0] == math.floor(-math.expm1(-math.exp(2)) * ONE + 0.5)
    assert digest_tables(logistic) != digest_tables(poisson)
    with pytest.raises(ValueError, match="probability"):
        threshold(1.5)


@pytest.mark.parametrize("n", [1, 2, 3, 100, 1025, 4096])
def test_permutation_is_one_and_equals_plain_python(n: int) -> None:
    permutation = Permutation(n, seed=0xFEDCBA9876543210)
    places = permutation.find_places(0, n)
    assert sorted(places.tolist()) == list(range(n))
    plain = [plain_random.permute(a, n, permutation.half, permutation.seed) for a in range(min(n, 200))]
    assert places[:200].tolist() == plain
    assert permutation.find_places(n // 2, n - n // 2).tolist() == places[n // 2 :].tolist()


def test_permutation_mixes() -> None:
    # Neighbours land independently: the rank correlation of agent and place is near 0 (its standard error is 0.01).
    places = Permutation(10_000, seed=3).find_places(0, 10_000)
    assert abs(np.corrcoef(np.arange(10_000), places)[0, 1]) < 0.05
