"""What may be said of shown figures: never a difference that noise alone could make, never of a withheld figure."""

from collections.abc import Sequence
from datetime import date

from evidence.answers import Answer
from evidence.periods import whole_periods, year_before

MOST_WORDS = 10
# A share of fewer needs than this is chance more than it is a finding.
FEWEST_FOR_A_SHARE = 50


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


def extremes(share: Answer, whole: Answer) -> tuple[str, str] | None:
    """The labels of the highest and the lowest share among groups that are large enough, if they clearly differ.

    Both answers are by the same dimension. What the noise in the two may make of the gap, at most, is taken from it;
    what is left has to be larger than what chance would seldom make of equal shares: twice the standard error of their
    difference, and more where there are more groups to pick extremes from. None where a share is withheld: it may be
    the highest.
    """
    if share.withheld:
        return None
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
    error = (high[0] * (1 - high[0]) / high[1] + low[0] * (1 - low[0]) / low[1]) ** 0.5
    apart = 2.0 + 0.25 * (len(rows) - 2) ** 0.5
    gap = high[0] - low[0] - high[2] - low[2]
    return (high[3], low[3]) if gap > apart * max(error, 0.02) else None


def change(answer: Answer, as_of: date, noise_change: float) -> tuple[str, float, float] | None:
    """The last whole period's label, its figure and the one of the same period a year before, of an answer by month,
    quarter or year.

    None where one of the two is not shown or noise could make their difference. The same period of the year before,
    because help for families has seasons.
    """
    dimension = answer.dimension
    codes: Sequence[str] = answer.frame[dimension].to_list()
    values = dict(zip(codes, answer.frame["value"], strict=True))
    labels = dict(zip(codes, answer.frame[f"{dimension}_label"], strict=True))
    whole = whole_periods(dimension, codes, as_of)
    if not whole:
        return None
    last, before = values[whole[-1]], values.get(year_before(dimension, whole[-1]))
    if last is None or before is None or not clearly_differ(last, before, noise_change):
        return None
    return str(labels[whole[-1]]), float(last), float(before)
