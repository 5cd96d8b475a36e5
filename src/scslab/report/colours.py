"""Colours: one for each tier, the same in every chart, told apart by colour-blind readers and in grey print.

Low tiers are rust, high ones blue, and lightness runs through sand in the middle; red and green are never a pair.
"""

from __future__ import annotations

GAIN = "#2f7aa8"
LOSS = "#c4611f"
NEUTRAL = "#5f7183"
BELOW_ALL = "#6f6f6f"
INK = "#1c2328"
MUTED = "#55616c"
GRID = "#e3e7ea"
BANDS = ("#dbe8f1", "#a6c8de", "#17517a")
"""Middle nine tenths, middle half, and the median."""

LINES = ("#17517a", "#c4611f", "#5b9bc2", "#8a6d1d", "#5f7183", "#7a2f0c")
"""Of lines beside each other: all dark enough on white."""

_RAMPS: dict[int, tuple[str, ...]] = {
    1: ("#2f7aa8",),
    2: ("#c4611f", "#2f7aa8"),
    3: ("#b5541c", "#e8c483", "#2f7aa8"),
    4: ("#b5541c", "#e8c483", "#8fbcd6", "#24658f"),
    5: ("#9c3f10", "#dc8f45", "#efd9ab", "#8fbcd6", "#24658f"),
    6: ("#9c3f10", "#dc8f45", "#efd9ab", "#b7d5e4", "#5b9bc2", "#17517a"),
}


def choose_tier_colours(number: int) -> tuple[str, ...]:
    """Colours of `number` tiers, lowest first, as `#rrggbb`.

    Example:
        >>> choose_tier_colours(2)
        ('#c4611f', '#2f7aa8')
        >>> len(set(choose_tier_colours(9)))
        9
    """
    if number <= 0:
        return ()
    if number in _RAMPS:
        return _RAMPS[number]
    ramp = _RAMPS[6]
    return tuple(_mix(ramp, k * (len(ramp) - 1) / (number - 1)) for k in range(number))


def _mix(ramp: tuple[str, ...], position: float) -> str:
    low = min(int(position), len(ramp) - 2)
    part = position - low
    a, b = (tuple(int(colour[k : k + 2], 16) for k in (1, 3, 5)) for colour in (ramp[low], ramp[low + 1]))
    return "#" + "".join(f"{round(x + part * (y - x)):02x}" for x, y in zip(a, b, strict=True))
