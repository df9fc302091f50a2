"""Gaps between groups, in a sentence each: one that is clear, that there is none, or that it cannot be told."""

from dataclasses import dataclass

from evidence.answers import Answer
from evidence.findings import FEWEST_FOR_A_SHARE, shown_extremes
from evidence.words import percent


@dataclass(frozen=True)
class Gap:
    """Whether groups clearly differ, and a sentence that says so, whatever was found."""

    clear: bool
    words: str


def gap(share: Answer, whole: Answer, *, by: str) -> Gap:
    """What can be said of a share and the size it is a share of, both by the same dimension (`by` is what that is
    called): the largest difference among those shown, if it is more than chance and noise make."""
    what = by.lower()
    sizes = dict(zip(whole.frame[whole.dimension], whole.frame["value"], strict=True))
    large = [code for code in share.shown[share.dimension] if (sizes.get(code) or 0) >= FEWEST_FOR_A_SHARE]
    if len(large) < 2:
        return Gap(
            False, f"By {what}, too few groups are large enough, and shown, to tell whether they differ."
        )
    among = f"By {what}" + (" and of those shown" if share.withheld else "")
    aside = _aside(share.withheld, share.applicable.height - share.withheld - len(large))
    found = shown_extremes(share, whole)
    if found is None:
        return Gap(
            False, f"{among}, no clear difference: chance and noise could explain what there is.{aside}"
        )
    values = dict(zip(share.frame[f"{share.dimension}_label"], share.frame["value"], strict=True))
    high, low = found
    points = round(values[high] - values[low])
    return Gap(
        True,
        f"{among}, it goes from {percent(values[low])} (“{low}”) to {percent(values[high])} (“{high}”): "
        f"{points} points apart, more than chance and noise explain.{aside}",
    )


def _aside(withheld: int, small: int) -> str:
    """How many groups are left out, and why."""
    said = [
        f"{number} {why}"
        for number, why in ((withheld, "withheld"), (small, "too small to compare"))
        if number
    ]
    return f" Left out: {', '.join(said)}." if said else ""
