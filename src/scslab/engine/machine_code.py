"""Machine code of kernels: how it is called, and kept in files that later runs link without the compiler.

The entry of an object file takes the address of a block of memory that holds all arguments, 8 bytes a number and arrays
as Numba lays them out, then a place for the compiler's own use, then room for what is returned.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import os
import struct
import sys
from functools import cache
from pathlib import Path
from threading import Lock, get_ident
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np

from scslab.ground.digests import digest_of_bytes

ENTRY = "scslab_entry"
"""The name of the function in an object file that takes the block."""
Key = tuple[Any, ...]
"""The types of arguments, as the compiler tells them apart."""
T = TypeVar("T")
ROOM_FOR_RESULT = 64
"""Bytes: eight numbers, which is more than any kernel returns."""

_FORMATS = {
    "bool": "?7x", "int8": "b7x", "uint8": "B7x", "int16": "h6x", "uint16": "H6x", "int32": "i4x", "uint32": "I4x",
    "int64": "q", "uint64": "Q", "float32": "f4x", "float64": "d",
}  # fmt: skip
"""How a number of each type stands in its 8 bytes."""
_NAMES = {np.dtype(name): name for name in _FORMATS}
_ARRAYS = {np.dtype(name): (f"array of {name}", np.dtype(name).itemsize) for name in _FORMATS}
_ARRAY_NAMES = {name for name, _ in _ARRAYS.values()}
_C_CONTIGUOUS, _F_CONTIGUOUS, _ALIGNED, _WRITEABLE = 0x1, 0x2, 0x100, 0x400
_TOLD = _C_CONTIGUOUS | _F_CONTIGUOUS | _ALIGNED | _WRITEABLE
"""Of the flags of an array, those by which the compiler tells types apart."""
_FLAT = _C_CONTIGUOUS | _ALIGNED | _WRITEABLE
_ADDRESS_OF, _BYTE = ctypes.addressof, ctypes.c_char.from_buffer


class Fixed:
    """An argument whose numbers are known: see `fix`."""

    __slots__ = ("content", "key", "values")

    def __init__(self, content: Any) -> None:
        self.content = content
        self.key: list[Any] = []
        self.values: list[Any] = []
        _flatten_into((content,), self.key, self.values)


def fix(argument: T) -> T:
    """The same argument for a kernel, taken apart once: for what many short calls are given.

    Arrays must not be exchanged or resized meanwhile; what they hold may change.

    Example:
        >>> flatten((fix((1, 2)), 3)) == flatten(((1, 2), 3))
        True
    """
    return cast(T, Fixed(argument))


def flatten(arguments: tuple[Any, ...]) -> tuple[Key, list[Any]]:
    """The types of arguments and their values, number by number.

    Raises:
        TypeError: an argument is nothing that a kernel takes.

    Example:
        >>> key, values = flatten((3, 0.5, None))
        >>> key, values
        (('int64', 'float64', None), [3, 0.5, 0])
    """
    key: list[Any] = []
    values: list[Any] = []
    _flatten_into(arguments, key, values)
    return tuple(key), values


def _flatten_into(arguments: tuple[Any, ...], key: list[Any], values: list[Any]) -> None:
    for each in arguments:
        kind = type(each)
        if kind is np.ndarray:
            found, flags, shape = _ARRAYS.get(each.dtype), each.flags.num & _TOLD, each.shape
            if flags & _C_CONTIGUOUS:
                flags &= ~_F_CONTIGUOUS  # the compiler takes an array that is both for the one
            if found is None:
                raise TypeError(f"kernels take no arrays of {each.dtype}")
            key += (found[0], len(shape), flags)
            size = each.size
            # Asking for the address of a plain array costs a third of what the general way does.
            address = _ADDRESS_OF(_BYTE(each)) if size and flags & _FLAT == _FLAT else each.ctypes.data
            values += (0, 0, size, found[1], address, *shape, *each.strides)
        elif kind is int:
            key.append("int64" if each < 1 << 63 else "uint64")
            values.append(each)
        elif kind is float:
            key.append("float64")
            values.append(each)
        elif kind is bool:
            key.append("bool")
            values.append(each)
        elif each is None:
            key.append(None)
            values.append(0)
        elif kind is Fixed:
            key += each.key
            values += each.values
        elif isinstance(each, tuple):
            key += (kind, len(each))
            _flatten_into(each, key, values)
        elif isinstance(each, np.generic) and each.dtype in _NAMES:
            key.append(_NAMES[each.dtype])
            values.append(each.item())
        else:
            raise TypeError(f"kernels take no {kind.__name__}")


def _choose_format(key: Key) -> str:
    """How the values of arguments of these types are packed."""
    parts: list[str] = []
    k = 0
    while k < len(key):
        each = key[k]
        if each in _ARRAY_NAMES:
            parts.append("q" * (4 + 1 + 2 * key[k + 1]))
            k += 3
        elif each is None:
            parts.append("q")
            k += 1
        elif each in _FORMATS:
            parts.append(_FORMATS[each])
            k += 1
        else:  # a tuple: its class and length, then what it holds
            k += 2
    return "=" + "".join(parts)


class Compiled(NamedTuple):
    """What the compiler made of a kernel for arguments of certain types.

    Attributes:
        object_file: for the linker.
        returns: the types of what it returns, as `struct` names them.
        is_tuple: whether that is a tuple.
    """

    object_file: bytes
    returns: str
    is_tuple: bool


class Code:
    """Linked machine code of a kernel; it takes the values of `flatten`."""

    __slots__ = ("_entry", "_is_tuple", "_keep", "_pack", "_result", "_size")

    def __init__(self, entry: Any, key: Key, compiled: Compiled, keep: Any) -> None:
        self._entry, self._keep, self._is_tuple = entry, keep, compiled.is_tuple
        self._pack = struct.Struct(_choose_format(key))
        self._result = struct.Struct("@" + compiled.returns)
        self._size = self._pack.size + 8 + max(ROOM_FOR_RESULT, self._result.size)

    def call(self, values: list[Any]) -> Any:
        """Run it; other threads of Python run meanwhile.

        Raises:
            RuntimeError: the kernel raised something.
        """
        block = ctypes.create_string_buffer(self._size)
        self._pack.pack_into(block, 0, *values)
        if self._entry(block):
            raise RuntimeError("a kernel raised an error, which it must not")
        result = self._result.unpack_from(block, self._pack.size + 8)
        return result if self._is_tuple else result[0] if result else None


@cache
def _open_linker() -> Any:
    """What links object files in this process."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.create_lljit_compiler()


_lock = Lock()
_linked: list[str] = []


@cache
def tell_compiler() -> str:
    """The compiler, its version and the processor that it compiles for: what else machine code depends on."""
    import llvmlite
    import llvmlite.binding as llvm

    found = importlib.util.find_spec("numba")  # finds it, and does not import it
    folder = Path(found.origin).parent if found is not None and found.origin else None
    version = folder / "_version.py" if folder is not None else None
    text = version.read_text(encoding="utf-8") if version is not None and version.exists() else str(folder)
    features = llvm.get_host_cpu_features().flatten()
    options = sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith("NUMBA_"))
    options = [each for each in options if not each.startswith("NUMBA_CACHE_DIR=")]
    return f"{text} {llvmlite.__version__} {sys.platform} {llvm.get_host_cpu_name()} {features} {options}"


def link(compiled: Compiled, key: Key) -> Code:
    """Make machine code ready to be called with arguments of the types that it was compiled for."""
    import llvmlite.binding as llvm

    with _lock:
        library = llvm.JITLibraryBuilder().add_object_img(compiled.object_file).add_current_process()
        _linked.append(f"kernel {len(_linked)}")
        tracker = library.export_symbol(ENTRY).link(_open_linker(), _linked[-1])
    return Code(ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p)(tracker[ENTRY]), key, compiled, tracker)


def read(path: Path) -> Compiled | None:
    """Machine code as `write` left it; None where there is no such file, or it is damaged."""
    try:
        head, _, object_file = path.read_bytes().partition(b"\n")
        told = json.loads(head)
    except (OSError, ValueError):
        return None
    if not isinstance(told, dict) or cast(dict[str, Any], told).get("digest") != digest_of_bytes(object_file):
        return None
    return Compiled(object_file, told["returns"], told["is_tuple"])


def write(compiled: Compiled, path: Path) -> None:
    """Keep machine code for later runs: no half file is left, and where nothing can be written none is."""
    told = {"returns": compiled.returns, "is_tuple": compiled.is_tuple, "digest": digest_of_bytes(compiled.object_file)}
    part = path.with_suffix(f".{os.getpid()}-{get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(json.dumps(told).encode() + b"\n" + compiled.object_file)
        part.replace(path)
    except OSError:
        return
