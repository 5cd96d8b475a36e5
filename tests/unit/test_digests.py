"""Digests. That of "abc" is printed in FIPS 180-4; a million times "a" in its examples."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from scslab.ground.digests import digest_of_file, start_ahead, start_digest

OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
OF_A_MILLION = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"


def test_files_of_any_size(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    (tmp_path / "million").write_bytes(b"a" * 10**6)
    assert digest_of_file(tmp_path / "abc") == OF_ABC
    assert digest_of_file(tmp_path / "million") == OF_A_MILLION
    # Longer than what is read at a time, and not a multiple of it: the same as in two halves.
    long = b"ab" * (6 << 20) + b"c"
    (tmp_path / "long").write_bytes(long)

    halves = hashlib.sha256(long[:7_000_001])
    halves.update(long[7_000_001:])
    assert digest_of_file(tmp_path / "long") == halves.hexdigest()


def test_a_digest_begun_ahead_is_taken_once_and_never_after_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, read = tmp_path / "events.csv", list[Path]()

    def count(path: Path) -> str:
        read.append(path)
        return digest_of_file(path)

    monkeypatch.setattr("scslab.ground.digests.digest_of_file", count)
    file.write_bytes(b"abc")
    start_ahead(file)
    assert start_digest(file).result() == OF_ABC
    assert len(read) == 1
    assert start_digest(file).result() == OF_ABC
    assert len(read) == 2
    start_ahead(file)
    file.write_bytes(b"a" * 10**6)
    assert start_digest(file).result() == OF_A_MILLION


def test_no_file(tmp_path: Path) -> None:
    assert start_digest(None).result() == ""
    with pytest.raises(FileNotFoundError):
        start_digest(tmp_path / "nothing").result()
    with pytest.raises(OSError, match="directory"):
        start_digest(tmp_path).result()
