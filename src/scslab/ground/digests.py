"""Digests: short proofs of which file or content a result came from."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future
from pathlib import Path
from threading import Lock, Thread

_BLOCK = 1 << 23
"""Bytes that are read at a time: few enough to matter little, so many that other threads are seldom asked to wait."""
_begun: dict[tuple[Path, int, int], Future[str]] = {}
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


def start_digest(path: Path | None) -> Future[str]:
    """The SHA-256 of a file, computed beside everything else; "" without a file.

    Whoever asks for that of the same file again, unless it was changed in between, gets the same result.
    """
    digest: Future[str] = Future()
    if path is None:
        digest.set_result("")
        return digest
    try:
        state = path.stat()
        key = path.absolute(), state.st_size, state.st_mtime_ns
    except OSError as error:
        digest.set_exception(error)
        return digest
    with _lock:
        if (begun := _begun.get(key)) is not None:
            return begun
        _begun[key] = digest
    Thread(target=_compute, args=(path, digest), daemon=True).start()
    return digest


def _compute(path: Path, digest: Future[str]) -> None:
    try:
        digest.set_result(digest_of_file(path))
    except BaseException as error:  # whoever waits must be told, whatever it was
        digest.set_exception(error)
