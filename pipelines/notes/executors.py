"""Where texts are worked on: here, in a pool of processes, or on a Ray cluster. One function serves all three."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from enum import StrEnum
from multiprocessing import get_context
from typing import Any, TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")
# Batches in hand for each worker: enough that none waits, few enough that memory stays flat.
_IN_HAND = 3


class Executor(StrEnum):
    """Where the work is done."""

    INLINE = "inline"
    POOL = "pool"
    RAY = "ray"


def run_all(
    work: Callable[[Given], Made], batches: Iterable[Given], executor: Executor, workers: int | None = None
) -> Iterator[Made]:
    """`work` of every batch, in order, with few of them in memory at a time.

    `work` must be picklable, but for `inline`. `workers`: processes; as many as there are cores where none is said.
    Raises ModuleNotFoundError for `ray` where Ray is not installed.
    """
    if executor is Executor.INLINE:
        return map(work, batches)
    if executor is Executor.POOL:
        return _in_pool(work, batches, workers or os.cpu_count() or 1)
    return _on_ray(work, batches, workers or os.cpu_count() or 1)


_work: Callable[[Any], Any] | None = None


def _begin(work: Callable[[Any], Any]) -> None:
    global _work
    _work = work


def _do(batch: Any) -> Any:
    if _work is None:
        raise RuntimeError("a worker of the pool was given no work")
    return _work(batch)


def _in_pool(work: Callable[[Given], Made], batches: Iterable[Given], workers: int) -> Iterator[Made]:
    # Not forked: a process that holds threads (polars, DuckDB) must not be copied.
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin, initargs=(work,)) as pool:
        waiting: deque[Future[Made]] = deque()
        try:
            for batch in batches:
                waiting.append(pool.submit(_do, batch))
                if len(waiting) >= workers * _IN_HAND:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _on_ray(work: Callable[[Given], Made], batches: Iterable[Given], workers: int) -> Iterator[Made]:
    # Ray would tell its makers that it is used.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray

    begun = not ray.is_initialized()
    if begun:
        # A cluster of this machine alone, that tells nobody of itself.
        ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False, configure_logging=False)
    try:
        shared = ray.put(work)
        remote = ray.remote(_with_work)
        waiting: deque[Any] = deque()
        for batch in batches:
            waiting.append(remote.remote(shared, batch))
            if len(waiting) >= workers * _IN_HAND:
                yield ray.get(waiting.popleft())
        while waiting:
            yield ray.get(waiting.popleft())
    finally:
        if begun:
            ray.shutdown()


def _with_work(work: Callable[[Any], Any], batch: Any) -> Any:
    return work(batch)
