"""How far a share strays from the council's by chance alone, by the size of what it is a share of.

The limits of a funnel plot (Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in Medicine
24, 2005, appendix A.1.1): quantiles of the binomial distribution, interpolated between whole counts so that the curves
are smooth.
"""

import math
from functools import lru_cache
from typing import Final

# The chance of a share below the lower and above the upper of a pair of limits, each: two and three standard errors.
WARNING: Final = 0.025
ALARM: Final = 0.001
# So far from the mean, in standard deviations, there is no chance left that matters.
_FURTHEST: Final = 9
# Of so few, every count is looked at.
_FEW: Final = 200
# The logarithm of a chance that is none.
_NOTHING: Final = -600.0
# This part of the scores, at either end, counts as the next one.
_TAIL: Final = 0.1


@lru_cache(maxsize=4096)
def limits(share: float, size: int, chance: float) -> tuple[float, float]:
    """The lower and the upper limit about a share (0 to 1) for so many: below and above either lies `chance` each.

    Of nothing, everything is possible.
    """
    if size <= 0:
        return 0.0, 1.0
    if share <= 0 or share >= 1:
        return share, share
    lower = _quantile(share, size, chance)
    upper = 1.0 - _quantile(1.0 - share, size, chance)
    return max(lower, 0.0), min(upper, 1.0)


def overdispersion(scores: list[float]) -> float:
    """How much more shares differ than chance alone would make them: the mean of their squared scores, in which the
    furthest tenth at either end counts as the next one (Spiegelhalter 2005, section 3.3). About 1 where it is chance
    alone; 0 where there are none."""
    if not scores:
        return 0.0
    ordered = sorted(scores)
    cut = int(_TAIL * len(ordered))
    low, high = ordered[cut], ordered[len(ordered) - 1 - cut]
    return sum(min(max(score, low), high) ** 2 for score in scores) / len(scores)


def overdispersed(scores: list[float]) -> bool:
    """Whether they differ by more than chance: further above 1 than twice the standard error of such a mean."""
    return bool(scores) and overdispersion(scores) > 1 + 2 * math.sqrt(2 / len(scores))


def score(value: float, share: float, size: int) -> float:
    """How many standard errors a share of so many lies from the council's."""
    error = math.sqrt(share * (1 - share) / size) if size > 0 else 0.0
    return (value - share) / error if error else 0.0


def _quantile(share: float, size: int, chance: float) -> float:
    """The share below which lies `chance`: the least count that reaches it, less the part of it that is too much."""
    mean, spread = size * share, math.sqrt(size * share * (1 - share))
    count = max(int(mean - _FURTHEST * spread) - 1, 0) if size > _FEW else 0
    log = (
        math.lgamma(size + 1)
        - math.lgamma(count + 1)
        - math.lgamma(size - count + 1)
        + count * math.log(share)
        + (size - count) * math.log1p(-share)
    )
    odds = share / (1 - share)
    while log < _NOTHING:
        log += math.log(odds * (size - count) / (count + 1))
        count += 1
    here = math.exp(log)
    total = here
    while total < chance and count < size:
        here *= odds * (size - count) / (count + 1)
        count += 1
        total += here
    return (count - (total - chance) / here) / size
