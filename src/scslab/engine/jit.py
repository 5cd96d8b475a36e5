"""Numba, set up before it is imported: machine code is kept in the folder that `cache_folder` names.

Importing this module costs the import of Numba (0.3 to 1 s); only settling does so.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from scslab.engine.cache_folder import IS_COMMAND


@contextmanager
def _without(*modules: str) -> Generator[None]:
    """Make modules look as if they were not installed; those that are imported already are left alone."""
    hidden = [name for name in modules if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None stands for a module that is not there
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


# At its import Numba looks for libraries of linear algebra and for C interfaces, which takes as long as Numba itself.
# No kernel needs them, so the command does without; a user's own program may need them and gets them.
with _without(*(("scipy.linalg.cython_blas", "cffi") if os.environ.get(IS_COMMAND) else ())):
    import numba
    import numba.core.typing.cffi_utils  # pyright: ignore[reportUnusedImport]
    import numba.np.arraymath  # pyright: ignore[reportUnusedImport]  # both would be imported with the first kernel
    from llvmlite import ir
    from numba.core import types
    from numba.core.extending import intrinsic

F = TypeVar("F", bound=Callable[..., Any])

_intrinsic: Any = intrinsic  # untyped, because a kernel calls what comes of it without the first argument
compile_: Any = numba.njit
"""Untyped on purpose: the option `_nrt` is not in Numba's signature.

Kernels work on arrays that they are given and allocate none, so nothing needs counting (`_nrt=False`). With reference
counts every look into a tuple of arrays costs two atomic operations, which made the fold five times slower.
"""


def kernel(function: F) -> F:
    """Compile a function to machine code that releases the interpreter lock and is cached on disk.

    The function must not allocate: it does not compile if it does.
    """
    return cast(F, compile_(cache=True, nogil=True, error_model="numpy", _nrt=False)(function))


def inline(function: F) -> F:
    """Compile a small function that only kernels call: into them, without wrappers for Python or a cache of its own.

    Calling it from Python is not possible.
    """
    options = {"forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast(F, compile_(nogil=True, error_model="numpy", _nrt=False, **options)(function))


@_intrinsic
def count_bits(_context: Any, number: Any) -> Any:
    """How many bits of a 64-bit number are set: one instruction."""

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@_intrinsic
def find_lowest_bit(_context: Any, number: Any) -> Any:
    """Which bit of a 64-bit number is the lowest that is set (not for 0): one instruction."""

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate


@_intrinsic
def load_double(_context: Any, address: Any, index: Any) -> Any:
    """The double `index` of an array at an address: how a kernel reads as many columns as a scheme has.

    A tuple of arrays would be compiled anew for each number of columns, and one array of all would be a copy of them.
    Whoever passes the address keeps the array.
    """

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        double = ir.DoubleType()
        pointer = builder.inttoptr(arguments[0], double.as_pointer())
        return builder.load(builder.gep(pointer, [arguments[1]], source_etype=double), typ=double)

    return types.float64(types.uint64, types.int64), generate
