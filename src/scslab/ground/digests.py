"""Digests: short proofs of which file or content a result came from."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future
from pathlib import Path
from threading import Lock, Thread

_BLOCK = 1 << 23
"""Bytes that are read at a time: few enough to matter little, so many that other threads are seldom asked to wait."""
_begun: dict[Path, tuple[tuple[int, int] | None, Future[str]]] = {}
_lock = Lock()


def digest_of_bytes(content: bytes) -> str:
    """The SHA-256 of `content`, in hexadecimal.

    Example:
        >>> digest_of_bytes(b"")[:12]
        'e3b0c44298fc'
    """
    return hashlib.sha256(content).hexdigest()


def digest_of_file(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal, read in blocks so that size does not matter.

    Raises:
        OSError: the file cannot be read.
    """
    digest, block = hashlib.sha256(), bytearray(_BLOCK)
    whole = memoryview(block)
    with path.open("rb", buffering=0) as stream:
        while size := stream.readinto(block):
            digest.update(whole[:size])
    return digest.hexdigest()


def start_ahead(path: Path) -> None:
    """Begin to compute the SHA-256 of a file that the next `start_digest` of it will ask for."""
    digest = start_digest(path)
    with _lock:
        _begun[path.absolute()] = _tell_state(path), digest


def start_digest(path: Path | None) -> Future[str]:
    """The SHA-256 of a file, computed beside everything else; "" without a file."""
    digest: Future[str] = Future()
    if path is None:
        digest.set_result("")
        return digest
    with _lock:
        state, begun = _begun.pop(path.absolute(), (None, digest))
    if state is not None and state == _tell_state(path):
        return begun
    Thread(target=_compute, args=(path, digest), daemon=True).start()
    return digest


def _tell_state(path: Path) -> tuple[int, int] | None:
    """What tells whether a file was changed; None where there is none."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_size, state.st_mtime_ns


def _compute(path: Path, digest: Future[str]) -> None:
    try:
        digest.set_result(digest_of_file(path))
    except BaseException as error:  # whoever waits must be told, whatever it was
        digest.set_exception(error)
