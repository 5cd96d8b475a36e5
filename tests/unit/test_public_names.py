"""What `import scslab` offers: names are seen before they are imported, and each can be."""

from __future__ import annotations

import scslab
from scslab.scheme.catalogue import find_scheme


def test_dir_shows_the_api() -> None:
    shown = dir(scslab)
    assert set(scslab.__all__) <= set(shown)
    assert "study" in shown
    assert shown == sorted(set(shown))


def test_every_public_name_can_be_had() -> None:
    assert all(getattr(scslab, name) is not None for name in scslab.__all__)
    assert scslab.find_scheme is find_scheme
