"""Chance that can be had again: the same seed and name give the same draws on every machine."""

import random


def draws(seed: int, *names: object) -> random.Random:
    """A sequence of chance of its own. Text seeds do not depend on Python's hash seed."""
    return random.Random(":".join(str(part) for part in (seed, *names)))  # noqa: S311 (nothing here is secret)
