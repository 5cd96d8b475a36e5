"""Make the ledger of the benchmarks: Parquet in order of recording, the same content for the same sizes.

    python benchmarks/make_ledger.py --events 20000000 --subjects 2000000

Every row group is drawn from (seed, number of the row group), so memory does not grow with the file: 200 million
events take a quarter of a GB. Subjects are drawn with a mild power law (the busiest of 2 million has about 400 of 20
million events), and their numbers are a fixed one-to-one mix of 1, 2, 3, … into 63 bits: no engine
can use them as an address.
"""

from __future__ import annotations

import argparse
import time
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SEED = 20140101
ROW_GROUP = 1 << 20
FIRST_DAY = date(2014, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
LAST_DAY = date(2023, 12, 31).toordinal() - date(1970, 1, 1).toordinal()
DATA = Path(__file__).parent / "data"

# Type and its share (per mille): everyday events are common, grave ones are rare.
TYPES = {
    "donation.blood": 45, "donation.money": 60, "donation.bone_marrow": 2, "volunteer.shift": 90,
    "volunteer.community": 60, "volunteer.teaching": 30, "award.city": 6, "award.county": 25, "award.workplace": 50,
    "rescue.assist": 8, "tax.paid_on_time": 120, "tax.evasion": 12, "loan.repaid": 50, "loan.default": 15,
    "contract.breach": 25, "contract.fulfilled": 40, "traffic.speeding": 90, "traffic.red_light": 40,
    "traffic.drunk_driving": 4, "traffic.parking": 50, "court.judgment_default": 4, "court.judgment_satisfied": 3,
    "utility.late": 60, "utility.paid": 50, "permit.violation": 20, "food.violation": 6, "waste.dumping": 20,
    "petition.irregular": 5, "family.neglect": 4, "honesty.pledge": 6,
}  # fmt: skip

SCHEMA = pa.schema(
    [
        ("event_id", pa.int64()),
        ("subject_id", pa.int64()),
        ("type", pa.string()),
        ("occurred_on", pa.date32()),
        ("recorded_on", pa.date32()),
        ("amount", pa.float64()),
        ("severity", pa.int64()),
        ("hours", pa.float64()),
    ]
)


def mix(number: np.ndarray) -> np.ndarray:
    """A one-to-one mix of whole numbers into 63 bits (odd products and shifts, each of which can be undone)."""
    low63 = np.uint64((1 << 63) - 1)
    value = number.astype(np.uint64) + np.uint64(1)
    for factor in (0x9E3779B97F4A7C15, 0x5851F42D4C957F2D):
        value = (value * np.uint64(factor)) & low63
        value = value ^ (value >> np.uint64(31))
    return value.astype(np.int64)


def draw(first: int, count: int, events: int, subjects: int) -> pa.Table:
    """Rows `first` to `first + count` of the ledger of this size."""
    random = np.random.Generator(np.random.PCG64(np.random.SeedSequence([SEED, first // ROW_GROUP])))
    row = np.arange(first, first + count, dtype=np.int64)
    recorded = FIRST_DAY + row * (LAST_DAY - FIRST_DAY + 1) // events
    late = (31 * random.random(count) ** 2).astype(np.int64)  # 0..30 days, mostly few
    # Inverse of a power law with exponent 1/4: the density of the subject with rank x falls like x^(-1/4).
    subject = mix((subjects * random.random(count) ** (4 / 3)).astype(np.int64))
    shares = np.cumsum(np.array(list(TYPES.values()), dtype=np.float64))
    kind = np.searchsorted(shares / shares[-1], random.random(count), side="right").astype(np.int8)
    # A sum of uniforms stands in for a normal draw: plain `random()` is the same in every NumPy release.
    normal = (random.random(count) + random.random(count) + random.random(count) + random.random(count) - 2) * 3**0.5
    amount = np.round(np.exp(8.5 + 1.6 * normal), 2)
    severity = 1 + (5 * random.random(count)).astype(np.int64)
    hours = 0.25 * (1 + (48 * random.random(count) ** 2).astype(np.int64))
    names = pa.array(list(TYPES), pa.string())
    return pa.table(
        [
            pa.array(row + 1),
            pa.array(subject),
            pa.DictionaryArray.from_arrays(pa.array(kind), names).cast(pa.string()),
            pa.array((recorded - late).astype(np.int32)).cast(pa.date32()),
            pa.array(recorded.astype(np.int32)).cast(pa.date32()),
            pa.array(amount, mask=random.random(count) < 0.02),
            pa.array(severity),
            pa.array(hours),
        ],
        schema=SCHEMA,
    )


def make(events: int, subjects: int, folder: Path = DATA) -> Path:
    """Write the ledger of this size unless it is there already; returns its path."""
    path = folder / f"ledger-{events}-{subjects}.parquet"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    with pq.ParquetWriter(draft, SCHEMA, compression="zstd", use_dictionary=["type"], store_schema=False) as writer:
        for first in range(0, events, ROW_GROUP):
            writer.write_table(draw(first, min(ROW_GROUP, events - first), events, subjects), row_group_size=ROW_GROUP)
    draft.rename(path)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--subjects", type=int, default=None, help="default: a tenth of the events")
    options = parser.parse_args()
    began = time.perf_counter()
    path = make(options.events, options.subjects or max(1, options.events // 10))
    print(f"{path}: {path.stat().st_size / 1e6:.0f} MB, {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
