"""Numba, set up before it is imported: machine code is kept in a cache folder that can be written.

Numba's default is a folder beside the source, which fails where the package is read-only. Importing this module costs
the import of Numba (0.3 to 1 s); only settling does so.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from scslab.ground.digests import digest_of_bytes

IS_COMMAND = "SCSLAB_IS_COMMAND"
"""The environment variable that `scslab.cli.main` sets: this process runs nothing but a command of scslab."""


def choose_cache_folder() -> Path:
    """The folder for compiled kernels: `NUMBA_CACHE_DIR`, else the user's cache folder, else a temporary one."""
    if given := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(given)
    home = os.environ.get("XDG_CACHE_HOME")
    for base in (Path(home) if home else Path("~/.cache").expanduser(), Path(tempfile.gettempdir())):
        folder = base / "scslab" / f"kernels-{_digest_sources()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="scslab-kernels-"))


def _digest_sources() -> str:
    """A name that changes with the kernels, their options and the versions behind them.

    Numba looks at the file of a kernel only, and would go on with machine code made under other options.
    """
    # The constants of these files are compiled into the kernels.
    engine = ("kernel_*.py", "layout.py", "calendar.py", "operations.py")
    society = ("kernel_*.py", "plan.py", "agents.py", "thresholds.py", "behaviour.py")
    package = Path(__file__).parent.parent
    places = [*(("engine", name) for name in engine), *(("society", name) for name in society)]
    places.append(("study", "kernel_*.py"))
    parts = [path.read_bytes() for folder, name in places for path in sorted((package / folder).rglob(name))]
    return digest_of_bytes(b"".join([Path(__file__).read_bytes(), *parts]))[:12]


os.environ.setdefault("NUMBA_CACHE_DIR", str(choose_cache_folder()))


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

F = TypeVar("F", bound=Callable[..., Any])

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
