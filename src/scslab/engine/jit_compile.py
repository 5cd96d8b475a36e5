"""Compile kernels with Numba; importing this module costs the import of Numba.

Only the machine code is taken, with an entry of our own (see `machine_code`): Numba's wrappers for Python, which are a
third of the code of a kernel with many arrays, are not made, and what it would have to import to call them is not
imported by later runs.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dis import get_instructions
from threading import RLock
from types import CodeType, FunctionType
from typing import Any

from scslab.engine.cache_folder import IS_COMMAND
from scslab.engine.jit import EXACT, Kernel, Part
from scslab.engine.machine_code import ENTRY, Compiled, Fixed


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


@contextmanager
def _without_collecting() -> Generator[None]:
    """Let garbage lie: the compiler makes many objects that stay; to look through them takes a tenth of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


# At its import Numba looks for libraries of linear algebra and for C interfaces, which takes as long as Numba itself.
# No kernel needs them, so the command does without; a user's own program may need them and gets them.
with _without(*(("scipy.linalg.cython_blas", "cffi") if os.environ.get(IS_COMMAND) else ())):
    import numba
    import numba.core.typing.cffi_utils  # pyright: ignore[reportUnusedImport]
    import numba.np.arraymath  # pyright: ignore[reportUnusedImport]  # both would be imported with the first kernel
    from llvmlite import ir
    from numba.core import compiler, lowering, typed_passes, types
    from numba.core.compiler_machinery import register_pass
    from numba.core.extending import intrinsic

_njit: Any = numba.njit
_intrinsic: Any = intrinsic
_RESULTS = {
    types.boolean: "?", types.int8: "b", types.uint8: "B", types.int16: "h", types.uint16: "H", types.int32: "i",
    types.uint32: "I", types.int64: "q", types.uint64: "Q", types.float32: "f", types.float64: "d",
}  # fmt: skip
_made: dict[int, tuple[Any, Any]] = {}
"""What was made of parts and kernels that others call, with themselves, so that their numbers stay theirs."""
_lock = RLock()


class _EntryLower(lowering.Lower):
    """Makes, in place of a wrapper for C, the entry that takes its arguments from a block of memory."""

    def create_cfunc_wrapper(self) -> None:
        context, described = self.context, self.fndesc
        module, word = context.create_module("entry"), ir.IntType(64)
        kind = context.call_conv.get_function_type(described.restype, described.argtypes)
        native = ir.Function(module, kind, described.llvm_func_name)
        entry = ir.Function(module, ir.FunctionType(ir.IntType(32), [word.as_pointer()]), ENTRY)
        builder = ir.IRBuilder(entry.append_basic_block("entry"))
        [block] = entry.args
        result, trouble, *flat = kind.args

        def locate(k: int, pointer: Any) -> Any:
            return builder.bitcast(builder.gep(block, [word(k)], source_etype=word), pointer)

        values = [builder.load(locate(k, each.as_pointer()), typ=each) for k, each in enumerate(flat)]
        places = [locate(len(flat) + 1, result), locate(len(flat), trouble)]
        builder.ret(builder.call(native, [*places, *values], attrs=("noinline",)))
        self.library.add_ir_module(module)


@register_pass(mutates_CFG=True, analysis_only=False)
class _EntryLowering(typed_passes.NativeLowering):
    """The last pass of the compiler, with an entry of our own."""

    _name = "scslab_entry_lowering"

    @property
    def lowering_class(self) -> type[lowering.Lower]:
        return _EntryLower


class _EntryCompiler(compiler.Compiler):
    """Numba's compiler, but for the entry."""

    def define_pipelines(self) -> list[Any]:
        plain = typed_passes.NativeLowering
        pipelines = super().define_pipelines()
        for each in pipelines:
            each.passes = [(_EntryLowering if made is plain else made, why) for made, why in each.passes]
            each._finalized = False  # pyright: ignore[reportPrivateUsage]  # exchanging has no public way
            each.finalize()
        return pipelines


def compile_kernel(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Compiled:
    """Compile a kernel for arguments of such types."""
    with _lock, _without_collecting():
        given = (each.content if isinstance(each, Fixed) else each for each in arguments)
        kinds = tuple(numba.typeof(each) for each in given)
        options = EXACT | {"no_cpython_wrapper": True, "pipeline_class": _EntryCompiler}
        dispatcher = _njit(**options)(_resolve(function))
        dispatcher.compile(kinds)
        compiled = dispatcher.overloads[kinds]
        returned: Any = compiled.signature.return_type
        is_tuple = _is_tuple(returned)
        several = tuple(returned) if is_tuple else () if returned == types.none else (returned,)
        formats = "".join(_RESULTS[getattr(each, "literal_type", each)] for each in several)
        return Compiled(compiled.library._get_compiled_object(), formats, is_tuple)


def _is_tuple(kind: object) -> bool:
    return isinstance(kind, types.BaseTuple)


def compile_plainly(function: Callable[..., Any] | None, options: dict[str, Any]) -> Any:
    """`numba.njit`, for functions that call parts of kernels."""

    def decorate(given: Callable[..., Any]) -> Any:
        return _njit(**options)(_resolve(given))

    return decorate if function is None else decorate(function)


def _resolve(function: Any) -> Any:
    """The same function, for which the parts and kernels that it calls are what Numba makes of them."""
    names = {name for name in _list_names(function.__code__) if name in function.__globals__}
    found = {name: function.__globals__[name] for name in names}
    mine = {name: _make(each) for name, each in found.items() if isinstance(each, Part | Kernel)}
    if not mine:
        return function
    own = FunctionType(
        function.__code__, function.__globals__ | mine, function.__name__, function.__defaults__, function.__closure__
    )
    own.__qualname__, own.__module__, own.__doc__ = function.__qualname__, function.__module__, function.__doc__
    own.__kwdefaults__, own.__annotations__ = function.__kwdefaults__, function.__annotations__
    return own


def _list_names(code: CodeType) -> set[str]:
    """The global names that a function, or one inside it, looks up; names of attributes may be the same."""
    inside = (each for each in code.co_consts if isinstance(each, CodeType))
    own = {each.argval for each in get_instructions(code) if each.opname == "LOAD_GLOBAL"}
    return own.union(*(_list_names(each) for each in inside))


def _make(part: Part | Kernel) -> Any:
    """What Numba makes of a part of kernels, or of a kernel that another one calls."""
    with _lock:
        if id(part) not in _made:
            if isinstance(part, Kernel):
                made = _njit(**EXACT, no_cpython_wrapper=True, no_cfunc_wrapper=True)(_resolve(part.function))
            elif part.options is None:
                made = _intrinsic(part.function())
            else:
                made = _njit(**part.options)(_resolve(part.function))
            _made[id(part)] = (part, made)
        return _made[id(part)][1]
