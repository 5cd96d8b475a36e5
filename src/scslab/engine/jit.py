"""Kernels: functions in Python that run as machine code, which is compiled once on a machine and kept.

Importing this module imports no compiler. A kernel that was compiled before is read from the folder that `cache_folder`
names and linked (`machine_code`), in a few milliseconds; only one that was not imports Numba (`jit_compile`), which
takes half a second before anything is compiled.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import update_wrapper
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast

from scslab.engine import cache_folder
from scslab.engine.machine_code import Code, Key, flatten, link, read, tell_compiler, write
from scslab.ground.digests import digest_of_bytes

F = TypeVar("F", bound=Callable[..., Any])

PACKAGE = str(Path(cache_folder.__file__).parents[1])
EXACT: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
"""How everything is compiled. The option `_nrt` is not in Numba's signature.

Kernels work on arrays that they are given and allocate none, so nothing needs counting (`_nrt=False`). With reference
counts every look into a tuple of arrays costs two atomic operations, which made the fold five times slower.
"""
INLINE: dict[str, Any] = {"forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


class Part:
    """Something that only kernels call: a small function, or an instruction of the processor.

    What Numba makes of it is made when a kernel that calls it is compiled.
    """

    def __init__(self, function: Callable[..., Any], options: dict[str, Any] | None) -> None:
        update_wrapper(self, function)
        self.function, self.options = function, options

    def __call__(self, *_: Any) -> Any:
        """Calling it from Python is not possible."""
        raise TypeError(f"only kernels can call {self.function.__qualname__}")


class Kernel:
    """A function that runs as machine code, compiled for each combination of types that it is called with."""

    def __init__(self, function: Callable[..., Any]) -> None:
        update_wrapper(self, function)
        self.function = function
        self._codes: dict[Key, Code] = {}
        self._lock = Lock()

    def __call__(self, *arguments: Any) -> Any:
        """Run the machine code for such arguments, compiled now if no run did so before."""
        key, values = flatten(arguments)
        code = self._codes.get(key)
        if code is None:
            with self._lock:
                code = self._codes.get(key)
                if code is None:
                    code = self._codes[key] = self._find(key, arguments)
        return code.call(values)

    def find_file(self, *arguments: Any) -> Path:
        """Where the machine code for such arguments is kept, once it was compiled."""
        return choose_file(self.function, flatten(arguments)[0])

    def _find(self, key: Key, arguments: tuple[Any, ...]) -> Code:
        """The machine code for such arguments: that of an earlier run, or compiled now."""
        path = choose_file(self.function, key)
        compiled = read(path)
        if compiled is None:
            from scslab.engine.jit_compile import compile_kernel

            compiled = compile_kernel(self.function, arguments)
            write(compiled, path)
        return link(compiled, key)


def choose_file(function: Callable[..., Any], key: Key) -> Path:
    """Where the machine code of a kernel for such arguments is kept.

    The folder's name changes with the kernels of the package; for others the name of the file changes with theirs.
    """
    source = function.__code__.co_filename
    parts = [tell_compiler(), repr(key)]
    if not source.startswith(PACKAGE):
        state = Path(source).stat()
        parts.append(f"{source} {state.st_mtime_ns} {state.st_size} {function.__code__.co_firstlineno}")
    stem = f"{function.__module__.rpartition('.')[2]}.{function.__qualname__.rpartition('.')[2]}"
    return Path(os.environ["NUMBA_CACHE_DIR"]) / f"{stem}-{digest_of_bytes('; '.join(parts).encode())[:16]}.kernel"


def kernel(function: F) -> F:
    """Compile a function to machine code that runs without the interpreter's lock, and keep that on disk.

    Arguments are positional: whole numbers, doubles, Booleans, None, arrays of these and tuples of all these; so are
    results, but for arrays. The function must not allocate, nor call functions that are no kernel, `inline` or
    `instruction`; it may raise nothing.
    """
    return cast(F, Kernel(function))


def inline(function: F) -> F:
    """Compile a small function that only kernels call: into them.

    Calling it from Python is not possible.
    """
    return cast(F, Part(function, EXACT | INLINE))


def instruction(make: Callable[[], Callable[..., Any]]) -> Any:
    """An instruction that kernels call: `make` imports what it needs of Numba, and gives what Numba calls an intrinsic.

    That is a function of the typing context and the types of its arguments, to a signature and what makes the code.
    """
    return Part(make, None)


def compile_(function: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Numba's own `njit`, for functions that call an `inline` one; the compiler is imported at once."""
    from scslab.engine.jit_compile import compile_plainly

    return compile_plainly(function, options)


@instruction
def count_bits() -> Any:
    """How many bits of a 64-bit number are set: one instruction."""
    from numba.core import types

    def count_bits(_context: Any, number: Any) -> Any:
        def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
            return builder.ctpop(arguments[0])

        return types.uint64(types.uint64), generate

    return count_bits


@instruction
def find_lowest_bit() -> Any:
    """Which bit of a 64-bit number is the lowest that is set (not for 0): one instruction."""
    from llvmlite import ir
    from numba.core import types

    def find_lowest_bit(_context: Any, number: Any) -> Any:
        def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
            return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

        return types.uint64(types.uint64), generate

    return find_lowest_bit


@instruction
def load_double() -> Any:
    """The double `index` of an array at an address: how a kernel reads as many columns as a scheme has.

    A tuple of arrays would be compiled anew for each number of columns, and one array of all would be a copy of them.
    Whoever passes the address keeps the array.
    """
    from llvmlite import ir
    from numba.core import types

    def load_double(_context: Any, address: Any, index: Any) -> Any:
        def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
            double = ir.DoubleType()
            pointer = builder.inttoptr(arguments[0], double.as_pointer())
            return builder.load(builder.gep(pointer, [arguments[1]], source_etype=double), typ=double)

        return types.float64(types.uint64, types.int64), generate

    return load_double
