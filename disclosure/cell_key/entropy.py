"""The noise of most entropy for one count: what is known of it (its mean, its variance, what is never published), and
nothing else (Marley and Leaver 2011; Giessing 2016, who solves for the same distribution).

Of all distributions over the allowed changes with mean 0 and variance V, the one of most entropy has the form
exp(a change + b change²); a and b are found by Newton's method on the convex dual.
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from disclosure.errors import PerturbationError

# Nobody needs more, and the work grows with it.
MOST_BOUND: Final = 1_000
_STEPS: Final = 500
_CLOSE: Final = 1e-12
# Variances this near to the least or the largest possible are meant to be it.
_AT_THE_END: Final = 1e-9


def widths(count: int, bound: int, variance: float, smallest: int, keys: int) -> list[tuple[int, int]]:
    """Of one `count` (from 1): every change and how many of `keys` cell keys make it, sorted by change.

    Raises PerturbationError where no distribution has this variance: says what would work for this count.
    """
    _check(bound, variance, smallest)
    changes = allowed(count, bound, smallest)
    least, largest = reach(changes)
    if not least - _AT_THE_END <= variance <= largest + _AT_THE_END:
        raise PerturbationError(_impossible(count, bound, variance, smallest))
    if variance - least <= _AT_THE_END or largest - variance <= _AT_THE_END:
        chances = _two_points(changes, inner=variance - least <= _AT_THE_END)
    else:
        chances = _solved(changes, variance)
    return [
        (change, width)
        for change, width in zip(changes, _whole(changes, chances, keys), strict=True)
        if width
    ]


def allowed(count: int, bound: int, smallest: int) -> list[int]:
    """The changes of a `count` that lead to 0 or to `smallest` and more, by at most `bound`."""
    published = range(max(0, count - bound), count + bound + 1)
    return [one - count for one in published if one == 0 or one >= smallest]


def reach(changes: list[int]) -> tuple[float, float]:
    """The least and the largest variance that changes with mean 0 can have (inf, -inf where the mean cannot be 0)."""
    below, above = [one for one in changes if one < 0], [one for one in changes if one > 0]
    if not (below and above):
        return (0.0, 0.0) if 0 in changes else (math.inf, -math.inf)
    least = 0 if 0 in changes else -below[-1] * above[0]
    return float(least), float(-below[0] * above[-1])


def _check(bound: int, variance: float, smallest: int) -> None:
    if not 1 <= bound <= MOST_BOUND:
        raise PerturbationError(f"a count can be moved by at most 1 to {MOST_BOUND:,}, not {bound}")
    if not (math.isfinite(variance) and variance > 0):
        raise PerturbationError(f"the variance of the noise must be more than 0, not {variance}")
    if not 1 <= smallest <= MOST_BOUND:
        raise PerturbationError(f"the smallest published count is from 1 to {MOST_BOUND:,}, not {smallest}")


def _impossible(count: int, bound: int, variance: float, smallest: int) -> str:
    """Says for which count there is no such noise, and which variance or bound would do for all counts."""
    least, largest = reach(allowed(count, bound, smallest))
    all_counts = [reach(allowed(one, bound, smallest)) for one in range(1, bound + smallest + 1)]
    needed, possible = max(low for low, _ in all_counts), min(high for _, high in all_counts)
    what = f"no noise of at most {bound} with the variance {variance:g}, and nothing in 1 to {smallest - 1}"
    here = (
        f"the count {count} cannot keep its mean"
        if least > largest
        else f"for the count {count} the variance must be {least:g} to {largest:g}"
    )
    if needed <= possible:
        return f"There is {what}: {here}. A variance from {needed:g} to {possible:g} works for every count."
    more = next(
        one
        for one in range(bound + 1, 2 * (bound + smallest) ** 2)
        if all(low <= high for low, high in [_common(one, smallest)])
    )
    low, high = _common(more, smallest)
    return f"There is {what}: {here}. Move counts by up to {more}, with a variance from {low:g} to {high:g}."


def _common(bound: int, smallest: int) -> tuple[float, float]:
    """The variances that every count can have."""
    each = [reach(allowed(one, bound, smallest)) for one in range(1, bound + smallest + 1)]
    return max(low for low, _ in each), min(high for _, high in each)


def _two_points(changes: list[int], *, inner: bool) -> npt.NDArray[np.float64]:
    """The one distribution of the least (`inner`) or the largest variance: it has two points, or only 0."""
    chances = np.zeros(len(changes))
    if inner and 0 in changes:
        chances[changes.index(0)] = 1
        return chances
    below, above = [one for one in changes if one < 0], [one for one in changes if one > 0]
    low, high = (below[-1], above[0]) if inner else (below[0], above[-1])
    chances[changes.index(low)] = high / (high - low)
    chances[changes.index(high)] = -low / (high - low)
    return chances


def _solved(changes: list[int], variance: float) -> npt.NDArray[np.float64]:
    """Newton's method with halved steps; sizes are scaled to lie in -1..1, so that nothing overflows."""
    scale = float(max(abs(changes[0]), abs(changes[-1])))
    known = np.array(changes) / scale
    features = np.stack([known, known**2])
    wanted = np.array([0.0, variance / scale**2])
    at = np.zeros(2)
    value, chances = _dual(at, features, wanted)
    least = math.inf
    for _ in range(_STEPS):
        error = features @ chances - wanted
        off = float(np.abs(error).max())
        # On to the last digit, so that every machine comes to the same whole numbers of keys.
        if off < _CLOSE and off >= least:
            return chances
        least = off
        centred = features - (features @ chances)[:, None]
        curvature = (centred * chances) @ centred.T + 1e-15 * np.eye(2)
        step = np.linalg.solve(curvature, error)
        length = 1.0
        while length > 1e-10:
            value_there, chances_there = _dual(at - length * step, features, wanted)
            if value_there <= value - 1e-4 * length * float(error @ step) + 1e-15:
                break
            length /= 2
        at, value, chances = at - length * step, value_there, chances_there
    raise PerturbationError(
        f"a variance of {variance:g} is too near to what is impossible to be solved for: take another"
    )


def _dual(
    at: npt.NDArray[np.float64], features: npt.NDArray[np.float64], wanted: npt.NDArray[np.float64]
) -> tuple[float, npt.NDArray[np.float64]]:
    powers = at @ features
    top = powers.max()
    weights = np.exp(powers - top)
    return float(top + math.log(weights.sum()) - at @ wanted), weights / weights.sum()


def _whole(changes: list[int], chances: npt.NDArray[np.float64], keys: int) -> list[int]:
    """How many of `keys` each change gets: rounded so that they sum to `keys` and, where two neighbouring changes are
    allowed, so that the mean is 0 to the last key."""
    exact = chances * keys
    whole = np.floor(exact).astype(np.int64)
    left = keys - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:left]] += 1
    neighbours = [at for at in range(len(changes) - 1) if changes[at + 1] - changes[at] == 1]
    if neighbours and not np.any(chances == 1):
        at = max(neighbours, key=lambda one: (min(whole[one], whole[one + 1]), -one))
        surplus = int(whole @ np.array(changes))
        if min(whole[at], whole[at + 1]) > abs(surplus):
            whole[at] += surplus
            whole[at + 1] -= surplus
    return [int(one) for one in whole]
