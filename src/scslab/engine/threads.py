"""Tasks on several threads; results come in the order of the tasks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def run_threads(tasks: Sequence[Callable[[], T]], threads: int) -> list[T]:
    """Run the tasks on so many threads; the results come in the order of the tasks."""
    if threads == 1 or len(tasks) == 1:
        return [task() for task in tasks]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda task: task(), tasks))


def run_ahead(tasks: Sequence[Callable[[], T]], threads: int) -> Iterator[T]:
    """Run the tasks on so many threads and give their results in order; only a few are done before they are asked for.

    So large results do not pile up before they are taken.

    Example:
        >>> list(run_ahead([lambda k=k: k * k for k in range(5)], 2))
        [0, 1, 4, 9, 16]
    """
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[T]] = deque()
        for task in tasks:
            waiting.append(pool.submit(task))
            if len(waiting) > threads + 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
