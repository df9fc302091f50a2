"""What may be said of shown figures: never a difference that noise alone could make, never of a withheld figure."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import NormalDist
from typing import Final

from evidence.answers import Answer
from evidence.words import written

MOST_WORDS = 10
# A share of fewer needs than this is chance more than it is a finding.
FEWEST_FOR_A_SHARE = 50
# Where nothing differs, a difference is told in so many of a hundred cases at most.
_SELDOM: Final = 0.05
# A difference of shares has at least this standard error.
_LEAST_ERROR: Final = 0.02
# Of needs: some four to five a family, three tenths of whose differences lie between families and not within them.
_ALIKE: Final = 2.0


def title(finding: str | None, question: str) -> str:
    """The finding where there is one and it is short enough, else the question."""
    return finding if finding and len(finding.split()) <= MOST_WORDS else question


def clearly_differ(first: float, second: float, noise_change: float) -> bool:
    """Whether two figures differ by as much as the noise in both seldom makes of equal ones, or more."""
    return abs(first - second) >= noise_change


def largest(answer: Answer, noise_change: float) -> str | None:
    """The label of the largest shown figure, if it is clearly ahead of the next, and none that is withheld can be
    larger: a figure may be withheld for what it would tell of others, however large it is."""
    ordered = answer.shown.sort("value", descending=True, maintain_order=True)
    if ordered.height < 2 or answer.withheld:
        return None
    first, second = ordered["value"][0], ordered["value"][1]
    if not clearly_differ(first, second, noise_change):
        return None
    return str(ordered[f"{answer.dimension}_label"][0])


def largest_drop(names: Sequence[str], values: Sequence[float | None], noise_change: float) -> str | None:
    """Before which of the steps of a way most stop, where none is withheld and it is clearly ahead of the next. They
    are not lost: some are still on the way."""
    known = [value for value in values if value is not None]
    if len(known) < max(len(names), 3):
        return None
    drops = sorted(
        ((before - after, name) for (before, after), name in zip(pairwise(known), names[1:], strict=True)),
        reverse=True,
    )
    # Each drop is the difference of two figures with noise in them.
    ahead = clearly_differ(drops[0][0], drops[1][0], 2 * noise_change)
    return f"Largest drop: before “{drops[0][1]}”" if ahead else None


def extremes(share: Answer, whole: Answer) -> tuple[str, str] | None:
    """The labels of the highest and the lowest share among groups that are large enough, if they clearly differ. None
    where a share is withheld: it may be the highest."""
    return None if share.withheld else shown_extremes(share, whole)


def design_effect(whole: Answer) -> float:
    """How many times as far chance moves a share (as a variance) of what `whole` counts as it would, were each apart.

    The needs of one family stand and fall together, so that a hundred of them tell less than a hundred families do:
    1 + (needs a family - 1) times their correlation (Kish, Survey Sampling, 1965, section 5.4). A release does not say
    how alike they are; 2 is what four to five needs and a correlation of 0.3 make. Of one headline a family has few.
    """
    question = whole.question
    several = whole.measure.unit == "needs" and not {"headline", "need"} & {*question.by, *question.where}
    return _ALIKE if several else 1.0


def far_apart(groups: int) -> float:
    """How many standard errors two of so many groups have to lie apart, so that where all are the same some two of them
    do so in one of twenty cases at most (Bonferroni: there are groups × (groups - 1) / 2 pairs)."""
    return NormalDist().inv_cdf(1 - _SELDOM / (groups * (groups - 1)))


def shown_extremes(share: Answer, whole: Answer) -> tuple[str, str] | None:
    """The same of those that are shown alone, whatever is withheld.

    Both answers are by the same dimension. What the noise in the two may make of the gap, at most, is taken from it;
    what is left has to be larger than what chance would seldom make of equal shares (`far_apart`). That the two differ
    is told, not that no other is as high as the one or as low as the other.
    """
    sizes = dict(zip(whole.frame[whole.dimension], whole.frame["value"], strict=True))
    columns = (share.dimension, f"{share.dimension}_label", "value", "most")
    rows = [
        (value / 100, sizes[code], most / 100, name)
        for code, name, value, most in share.shown.select(columns).iter_rows()
        if (sizes.get(code) or 0) >= FEWEST_FOR_A_SHARE
    ]
    if len(rows) < 2:
        return None
    high, low = max(rows), min(rows)
    error = (design_effect(whole) * sum(one[0] * (1 - one[0]) / one[1] for one in (high, low))) ** 0.5
    gap = high[0] - low[0] - high[2] - low[2]
    return (high[3], low[3]) if gap > far_apart(len(rows)) * max(error, _LEAST_ERROR) else None


def difference(name: str, share: Answer, ends: tuple[str, str]) -> str | None:
    """That two groups differ, in as much of a title as there is room for: "Share sustained: 66% North, 46% South". The
    two figures alone stand for all that are shown, where none lies further out; else None."""
    values = dict(share.shown.select(f"{share.dimension}_label", "value").iter_rows())
    high, low = (written(values[one], None, share.measure.unit) for one in ends)
    said = [f"{name}: {high} {ends[0]}, {low} {ends[1]}"]
    if (max(values.values()), min(values.values())) == (values[ends[0]], values[ends[1]]):
        said.append(f"{name}: from {low} to {high}")
    return _first_short(said)


def _first_short(findings: Sequence[str]) -> str | None:
    return next((one for one in findings if len(one.split()) <= MOST_WORDS), None)
