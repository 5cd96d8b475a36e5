"""The kernel that finds whose word lies below a bound, without branches that a processor would have to guess.

Eight marks at a time become one byte, a table says which places the byte stands for, and all eight entries of the table
are written; the next eight overwrite what was not meant.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from scslab.engine.jit import instruction, kernel

GATHER = np.uint64(0x0102040810204080)
"""Times eight bytes of 0 or 1, brings their bits together in the highest byte: bit k is that of byte k."""
TOP_BYTE = np.uint64(56)
EACH = np.uint64(0x0001000100010001)
"""Times a number below 2^16: the number in each quarter of a word of 64 bits."""


class Marks(NamedTuple):
    """Room for marks of a block of agents, and what eight marks mean.

    Attributes:
        one: a mark for each agent, `(block,)`, `uint8`.
        eight: the same memory, eight marks at a time, `uint64`.
        places: by eight bits, which of them are set, in order; then anything. Four to a word, `(256, 2)`.
        number: how many of them are set, `(256,)`.
    """

    one: Any
    eight: Any
    places: Any
    number: Any


def allocate_marks(n: int) -> Marks:
    """Marks for `n` agents, a multiple of 8.

    Example:
        >>> marks = allocate_marks(1024)
        >>> marks.places[0b10010].view(np.uint16)[:2].tolist(), int(marks.number[0b10010])
        ([1, 4], 2)
    """
    eight = np.zeros(n // 8, np.uint64)
    bits = np.arange(256)[:, None] >> np.arange(8) & 1
    places = np.argsort(1 - bits, axis=1, kind="stable").astype(np.uint16)
    return Marks(eight.view(np.uint8), eight, places.view(np.uint64), bits.sum(axis=1).astype(np.uint64))


@instruction
def write() -> Any:
    """`write(array, at, word)`: a word of 64 bits over four entries of a `uint16` array; Numba writes one at a time."""
    from numba.core import cgutils, types

    def write(_typing: Any, array: Any, at: Any, word: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            view = cgutils.create_struct_proxy(signature.args[0])(context, builder, arguments[0])
            place = builder.gep(view.data, [arguments[1]])
            builder.store(arguments[2], builder.bitcast(place, arguments[2].type.as_pointer()), align=2)
            return context.get_dummy_value()

        return types.void(array, at, word), build

    return write


@kernel
def find_below(upper: Any, bound: Any, flags: Any, mask: Any, value: Any, marks: Marks, found: Any) -> Any:
    """The places of words that may lie below `bound`, 1 to 2^32, among agents whose flags under `mask` are `value`.

    `upper` are the upper halves of the words of a block (`kernel_philox.fill_block`), so that ties are found too; there
    is a flag for each agent of the block; `found` has room for eight places more than that. Returns how many there are.
    """
    last = np.uint16((bound - 1) >> 16)
    for i in range(flags.size):
        marks.one[i] = (upper[i] <= last) & ((flags[i] & mask) == value)
    for i in range(flags.size, marks.one.size):
        marks.one[i] = 0
    n, base = np.uint64(0), np.uint64(0)
    for k in range(marks.eight.size):
        bits = (marks.eight[k] * GATHER) >> TOP_BYTE
        write(found, n, marks.places[bits, 0] + base)
        write(found, n + np.uint64(4), marks.places[bits, 1] + base)
        n += marks.number[bits]
        base += np.uint64(8) * EACH
    return np.int64(n)
