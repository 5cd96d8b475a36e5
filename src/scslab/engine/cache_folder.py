"""Where the machine code of kernels is kept: known without the compiler, whose import takes its time.

Numba's default is a folder beside the source, which fails where the package is read-only.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

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
    own = ("cache_folder.py", "jit.py", "jit_compile.py", "machine_code.py")
    parts += [Path(__file__).with_name(name).read_bytes() for name in own]
    return digest_of_bytes(b"".join(parts))[:12]


os.environ.setdefault("NUMBA_CACHE_DIR", str(choose_cache_folder()))  # is read when Numba is imported
