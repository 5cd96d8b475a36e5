"""Digests: short proofs of which file or content a result came from."""

from __future__ import annotations

import hashlib
from pathlib import Path


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
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
