"""What may be said of shown figures: never a difference that rounding alone could make, never of a withheld figure."""

from collections.abc import Sequence
from datetime import date

from evidence.answers import Answer
from evidence.words import ends_quarter, is_quarter, quarter_code

MOST_WORDS = 10
# A share of fewer needs than this is chance more than it is a finding.
FEWEST_FOR_A_SHARE = 50


def title(finding: str | None, question: str) -> str:
    """The finding where there is one and it is short enough, else the question."""
    return finding if finding and len(finding.split()) <= MOST_WORDS else question


def clearly_differ(first: float, second: float, rounding: int) -> bool:
    """Whether two rounded counts differ by more than rounding could make of equal ones."""
    return abs(first - second) > rounding


def largest(answer: Answer, rounding: int) -> str | None:
    """The label of the largest shown figure, if it is ahead of the next by more than rounding."""
    ordered = answer.shown.sort("value", descending=True, maintain_order=True)
    if ordered.height < 2:
        return None
    first, second = ordered["value"][0], ordered["value"][1]
    return str(ordered[f"{answer.dimension}_label"][0]) if clearly_differ(first, second, rounding) else None


def extremes(share: Answer, whole: Answer) -> tuple[str, str] | None:
    """The labels of the highest and the lowest share among groups that are large enough, if they clearly differ.

    Both answers are by the same dimension. The gap has to be larger than what chance would seldom make of equal
    shares: twice the standard error of their difference, and more where there are more groups to pick extremes from.
    """
    label = f"{share.dimension}_label"
    rows = [
        (value / 100, size, name)
        for value, size, name in zip(
            share.frame["value"], whole.frame["value"], share.frame[label], strict=True
        )
        if value is not None and size is not None and size >= FEWEST_FOR_A_SHARE
    ]
    if len(rows) < 2:
        return None
    high, low = max(rows), min(rows)
    error = (high[0] * (1 - high[0]) / high[1] + low[0] * (1 - low[0]) / low[1]) ** 0.5
    apart = 2.0 + 0.25 * (len(rows) - 2) ** 0.5
    return (high[2], low[2]) if high[0] - low[0] > apart * max(error, 0.02) else None


def whole_quarters(codes: Sequence[str], as_of: date) -> list[str]:
    """Those of the quarters that had ended by the as-of date, oldest first."""
    now = quarter_code(as_of)
    dated = sorted(code for code in codes if is_quarter(code))
    return [code for code in dated if code < now or (code == now and ends_quarter(as_of))]


def change(answer: Answer, as_of: date, rounding: int) -> tuple[str, float, float] | None:
    """The last whole quarter's label, its figure and the one of the same quarter a year before.

    None where one of the two is not shown or they differ by no more than rounding could make. The same quarter of the
    year before, because help for families has seasons.
    """
    values = dict(zip(answer.frame["quarter"], answer.frame["value"], strict=True))
    labels = dict(zip(answer.frame["quarter"], answer.frame["quarter_label"], strict=True))
    whole = whole_quarters(list(values), as_of)
    if not whole:
        return None
    year = int(whole[-1][:4])
    last, before = values[whole[-1]], values.get(f"{year - 1}-{year % 100:02d}{whole[-1][7:]}")
    if last is None or before is None or not clearly_differ(last, before, rounding):
        return None
    return str(labels[whole[-1]]), float(last), float(before)
