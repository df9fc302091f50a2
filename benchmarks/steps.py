"""Seconds of a piece of work, in all and by step, without a change to the work."""

import importlib
import time
from collections.abc import Callable, Collection
from typing import Any, TypeVar

Given = TypeVar("Given")


def timed(act: Callable[[], Given]) -> tuple[Given, float, float]:
    """What it gives, its seconds, and those of all cores."""
    wall, processor = time.perf_counter(), time.process_time()
    return act(), time.perf_counter() - wall, time.process_time() - processor


def count_steps(module: str, names: Collection[str]) -> dict[str, list[float]]:
    """From now on the seconds (and those of all cores) of these functions of a module are added up, by name. For a
    process of its own."""
    found: dict[str, list[float]] = {}
    inside = importlib.import_module(module)
    for name in names:
        setattr(inside, name, _counted(getattr(inside, name), found.setdefault(name, [0.0, 0.0])))
    return found


def _counted(act: Callable[..., Given], so_far: list[float]) -> Callable[..., Given]:
    def counted(*given: Any, **named: Any) -> Given:
        wall, processor = time.perf_counter(), time.process_time()
        try:
            return act(*given, **named)
        finally:
            so_far[0] += time.perf_counter() - wall
            so_far[1] += time.process_time() - processor

    return counted
