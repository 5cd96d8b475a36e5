"""A worker process: reads units of work from its standard input and writes what comes of them; see `workers`.

It ends when its input ends: when the parent is done with it, and also when the parent is no more.
"""

from __future__ import annotations

import importlib
import os
import pickle
import sys
import traceback
from collections.abc import Callable
from typing import IO, Any

from scslab.ground.problems import ProblemsError

LENGTH = 8
"""Bytes that say how long the message behind them is."""


def send(stream: IO[bytes], message: Any) -> None:
    """Write a message."""
    content = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(len(content).to_bytes(LENGTH, "big") + content)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read a message.

    Raises:
        EOFError: the other side is gone.
    """
    head = stream.read(LENGTH)
    if len(head) < LENGTH:
        raise EOFError
    content = stream.read(int.from_bytes(head, "big"))
    return pickle.loads(content)  # noqa: S301  # from our own process, through our own pipe


def find_function(path: str) -> Callable[..., Any]:
    """The function that `module:name` names."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


def work(coming: IO[bytes], going: IO[bytes]) -> None:
    """Do units of work until there are no more."""

    def tell(step: str, share: float) -> None:
        send(going, ("told", share))

    while True:
        try:
            path, unit = receive(coming)
        except EOFError:
            return
        try:
            send(going, ("done", find_function(path)(unit, tell)))
        except ProblemsError as error:
            send(going, ("problems", error.problems))
        except BrokenPipeError:
            return
        except Exception:  # whatever it is, the parent tells it
            send(going, ("failed", traceback.format_exc()))


if __name__ == "__main__":
    # What is printed by mistake must not come between the messages.
    own = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    work(sys.stdin.buffer, own)
