"""Random numbers: the published vectors of Random123, and a plain NumPy reading, bit for bit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from scslab.society.randomness.kernel_philox import draw_raw, draw_word_block, fill_words
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
    block = np.empty(1024, np.uint32)
    draw_word_block(np.uint64(seed), first, month, stream, block)
    assert (block == plain[0]).all()


def test_registry_only_grows() -> None:
    # These numbers were given out; changing one changes every result that was ever published with it.
    given = {
        "traits-first": 1, "traits-second": 2, "awareness": 3, "join": 4, "leave": 5, "false-entry": 6,
        "objection": 7, "repair": 8, "alternative": 9, "approval": 10, "barriers": 11,
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
