"""Kernels: what they take and return, how machine code is kept, and what becomes of damaged files.

Expected values are computed by hand, or by the same function run by Python itself.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from scslab.engine.compile import compile_scheme
from scslab.engine.compiling import build_nothing
from scslab.engine.fold_tables import (
    allocate_output,
    allocate_room,
    build_bounds,
    build_caps,
    build_rules,
    build_span,
    start_subjects,
)
from scslab.engine.jit import Kernel, choose_file, count_bits, inline, kernel
from scslab.engine.layout import STATS_WIDTH
from scslab.engine.machine_code import ROOM_FOR_RESULT, fix, flatten
from scslab.engine.objection.acts import Acts
from scslab.engine.objection.story import build_plot
from scslab.engine.window import Window
from scslab.scheme.reader import EXAMPLE, read_scheme


class Pair(NamedTuple):
    """Two arrays."""

    left: Any
    right: Any


class Other(NamedTuple):
    """Arrays in other fields."""

    right: Any
    left: Any


@inline
def _double(number: Any) -> Any:
    return number * 2


def _echo(flag: Any, small: Any, large: Any, number: Any, single: Any, table: Any, pair: Any, nothing: Any) -> Any:
    total = 0.0
    for i in range(table.shape[0]):
        for k in range(table.shape[1]):
            total += table[i, k]
    if nothing is not None:
        total = 0.0
    pair.right[0] = pair.left[1] + 1
    return flag, small, large, number, single, total, pair.left.size


echo = kernel(_echo)


@kernel
def negate(number: Any) -> Any:
    """Returns one number."""
    return -number


@kernel
def double(numbers: Any) -> Any:
    """Returns nothing."""
    for i in range(numbers.size):
        numbers[i] = _double(numbers[i])


@kernel
def double_and_count(numbers: Any) -> Any:
    """Calls another kernel, and an instruction."""
    double(numbers)
    return count_bits(np.uint64(numbers[0]))


@kernel
def refuse(number: Any) -> Any:
    """Raises, which a kernel must not."""
    if number > 0:
        raise ValueError("positive")
    return number


def _arguments(**changes: Any) -> tuple[Any, ...]:
    table = np.arange(6.0).reshape(2, 3)
    pair = Pair(np.array([5, 6, 7], np.int32), np.zeros(1, np.int64))
    given = {
        "flag": True, "small": np.int16(-3), "large": np.uint64(2**64 - 1), "number": -0.1, "single": np.float32(0.5),
        "table": table, "pair": pair, "nothing": None,
    }  # fmt: skip
    return tuple((given | changes).values())


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"flag": False, "small": -(2**63), "large": 2**63, "number": float("inf")},
        {"flag": np.bool_(1), "small": np.uint8(255), "single": np.int8(-128)},
        {"table": np.asfortranarray(np.arange(6.0).reshape(2, 3))},
        {"table": np.arange(24.0).reshape(4, 6)[::2, ::-2]},
        {"table": np.empty((0, 3))},
        {"table": np.arange(6, dtype=np.uint8).reshape(2, 3)},
        {"table": np.broadcast_to(np.float64(2.5), (2, 3))},
    ],
)
def test_a_kernel_does_what_python_does(changes: dict[str, Any]) -> None:
    ours, theirs = _arguments(**changes), _arguments(**changes)
    assert echo(*ours) == _echo(*theirs)
    assert ours[6].right.tolist() == theirs[6].right.tolist() == [7]


def test_a_read_only_array_is_read() -> None:
    table = np.arange(6.0).reshape(2, 3)
    table.flags.writeable = False
    assert echo(*_arguments(table=table))[5] == 15.0
    numbers = np.ones(3)
    numbers.flags.writeable = False
    with pytest.raises(Exception, match=r"[Cc]annot modify readonly array"):
        double(numbers)


def test_results() -> None:
    assert negate(5) == -5
    assert isinstance(negate(5), int)
    assert negate(0.5) == -0.5
    numbers = np.array([3, 4])
    assert double(numbers) is None
    assert numbers.tolist() == [6, 8]
    assert double_and_count(numbers) == 2  # 12 is 1100
    assert numbers.tolist() == [12, 16]
    assert len(_arguments()) * 8 <= ROOM_FOR_RESULT


def test_a_kernel_that_raises_is_told() -> None:
    assert refuse(-1) == -1
    with pytest.raises(RuntimeError, match="raised"):
        refuse(1)


@pytest.mark.parametrize("wrong", ["text", np.array(["text"]), np.array([None]), {}, 1j, np.zeros(2, "M8[D]")])
def test_what_kernels_do_not_take(wrong: Any) -> None:
    with pytest.raises(TypeError, match="kernels take no"):
        negate(wrong)


def test_only_kernels_call_their_parts() -> None:
    with pytest.raises(TypeError, match="only kernels can call _double"):
        _double(1)


def test_types_that_the_compiler_tells_apart() -> None:
    def tell(argument: Any) -> Any:
        return flatten((argument,))[0]

    square = np.zeros((2, 2))
    read_only = square.copy()
    read_only.flags.writeable = False
    different = [
        1, 2**63, 1.0, True, None, square, square.T, square[:, ::-1], read_only, square[0], np.zeros((2, 2), np.int64),
        (square, 1), (square, 1.0), ((square,), 1), Pair(square, 1), Other(square, 1),
    ]  # fmt: skip
    assert len({tell(each) for each in different}) == len(different)
    # An array that lies in both orders is one type, however large it is.
    assert tell(np.empty(0)) == tell(np.zeros(5)) == tell(np.zeros((5, 5))[2])
    assert tell(1) == tell(-(2**63)) == tell(np.int64(5))


def test_fixed_arguments_are_seen_as_they_are_now() -> None:
    pair = Pair(np.array([5, 6, 7], np.int32), np.zeros(1, np.int64))
    fixed = fix(pair)
    assert echo(*_arguments(pair=fixed)) == echo(*_arguments())
    pair.left[1] = 41
    echo(*_arguments(pair=fixed))
    assert pair.right.tolist() == [42]


def _copy(given: Any) -> Kernel:
    """The same kernel, as another process has it: nothing is linked yet."""
    return Kernel(given.function)


def test_machine_code_is_kept_and_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    assert _copy(negate)(5) == -5
    [file] = (tmp_path / "cache").iterdir()
    assert file.name.startswith("test_machine_code.negate-")
    assert file == choose_file(_copy(negate).function, flatten((5,))[0])
    before = file.stat().st_mtime_ns
    assert _copy(negate)(6) == -6
    assert file.stat().st_mtime_ns == before
    for damaged in (b"", b"{}\n", file.read_bytes()[:-1], file.read_bytes()[:-1] + b"!", b"[1]\n", b"\xff\n"):
        file.write_bytes(damaged)
        assert _copy(negate)(7) == -7
        assert file.stat().st_size > 500
    assert len(list((tmp_path / "cache").iterdir())) == 1  # nothing half-written is left


def test_where_nothing_can_be_kept_kernels_run_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    assert _copy(negate)(5) == -5
    assert (tmp_path / "file").read_text() == "no folder"


def test_many_threads_may_ask_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    fresh = _copy(negate)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(fresh, range(64))) == [-k for k in range(64)]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_changed_source_is_compiled_anew(tmp_path: Path) -> None:
    # In a process of its own, as a module that was edited would be; only kernels of the package have a folder that
    # changes with them.
    source = tmp_path / "mine.py"
    run = "import mine; print(mine.change(5))"
    answers: list[str] = []
    for sign in ("+", "-"):
        source.write_text(
            f"from scslab.engine.jit import kernel\n\n@kernel\ndef change(number):\n    return number {sign} 10\n"
        )
        environment = {"PYTHONPATH": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PATH": ""}
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        done = subprocess.run([sys.executable, "-c", run], env=environment, capture_output=True, text=True, check=True)
        answers.append(done.stdout.strip())
    assert answers == ["15", "-5"]


def test_a_second_run_imports_no_compiler(tmp_path: Path) -> None:
    program = (
        "import sys, polars as pl, datetime as d, scslab as s;"
        "day = d.date(2013, 5, 2);"
        "e = pl.DataFrame({'event_id': [1], 'subject_id': [7], 'type': ['inspection.passed'],"
        " 'occurred_on': [day], 'recorded_on': [day]});"
        "print(s.settle('food-safety', e).standings.height, 'numba' in sys.modules)"
    )
    environment = {"NUMBA_CACHE_DIR": str(tmp_path), "PATH": ""}
    answers: list[str] = []
    for _ in range(2):
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        answers.append(done.stdout.strip())
    assert answers == ["1 True", "1 False"]


@pytest.mark.parametrize("is_itemised", [False, True])
@pytest.mark.parametrize("has_story", [False, True])
def test_the_first_run_compiles_the_fold_for_what_runs_give_it(*, is_itemised: bool, has_story: bool) -> None:
    compiled = compile_scheme(read_scheme(EXAMPLE))
    rules, caps = build_rules(compiled, is_kept=False), build_caps(compiled)
    order = np.empty(0, np.int64)
    plot = build_plot(compiled, Acts(), order, 0, order)
    real = (
        rules, caps, build_bounds(compiled), build_span(compiled, Window(-1, 0, 0)), start_subjects(compiled, 5),
        order, 0, 0, np.empty(9, np.uint64), np.empty(9, np.int32), np.empty((2, 9), np.float64), None,
        allocate_room(compiled, rules, caps.table.shape[0], 9), allocate_output(9) if is_itemised else None, None,
        np.zeros((rules.table.shape[0], STATS_WIDTH), np.int64),
        plot.open(1, 0, 0, is_itemised=is_itemised) if has_story else None,
    )  # fmt: skip
    assert flatten(build_nothing(is_itemised=is_itemised, has_story=has_story))[0] == flatten(real)[0]
