"""Where texts are worked on: here, in a pool of processes, or on a Ray cluster. One function serves all three."""

import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")
# Batches in hand for each worker: enough that none waits, few enough that memory stays flat.
_IN_HAND = 3
# Where Linux keeps files in memory, and how many bytes of them Ray is given: batches in hand take a tenth of it.
_IN_MEMORY, _STORE = Path("/dev/shm"), 256 * 1024**2  # noqa: S108


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
    `ray` begins a cluster of this machine that keeps what it works on in memory alone; a cluster that the caller has
    begun is used as it is, and whether it spills to a disk is the caller's to say. Raises ModuleNotFoundError for `ray`
    where Ray is not installed, and OSError where files cannot be kept in memory (`pool` needs none).
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

    with nullcontext() if ray.is_initialized() else _cluster(workers):
        shared = ray.put(work)
        remote = ray.remote(_with_work)
        waiting: deque[Any] = deque()
        for batch in batches:
            waiting.append(remote.remote(shared, batch))
            if len(waiting) >= workers * _IN_HAND:
                yield ray.get(waiting.popleft())
        while waiting:
            yield ray.get(waiting.popleft())


@contextmanager
def _cluster(workers: int) -> Iterator[None]:
    """A Ray of this machine alone, that tells nobody of itself, and writes no object to a disk: what its store has no
    room for goes to a folder that is in memory too."""
    import ray

    with tempfile.TemporaryDirectory(dir=_IN_MEMORY, prefix="outcome-lens-") as overflow:
        ray.init(
            num_cpus=workers,
            include_dashboard=False,
            log_to_driver=False,
            configure_logging=False,
            object_store_memory=_STORE,
            object_spilling_directory=overflow,
            _plasma_directory=str(_IN_MEMORY),
        )
        try:
            yield
        finally:
            ray.shutdown()


def _with_work(work: Callable[[Any], Any], batch: Any) -> Any:
    return work(batch)
