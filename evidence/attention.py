"""What needs attention, in sentences made from answers. Each says only what shown figures bear."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from evidence import journeys, xmr
from evidence.answers import Answer
from evidence.binomial_limits import ALARM
from evidence.errors import AccessError
from evidence.evidence import Evidence
from evidence.findings import FEWEST_FOR_A_SHARE, design_effect, extremes, largest
from evidence.funnel_plot import units_of
from evidence.moving import Outcome, moved
from evidence.periods import whole_periods, year_before
from evidence.questions import Question
from evidence.words import count, percent, pounds

MOST: Final = 6
# Obstacles that nobody at the council can do anything about.
_NO_OBSTACLE = {
    "none",
    "already_claimed",
    "other_episode",
    "other_claim",
    "other_framework",
    "not_eligible",
    "closed_otherwise",
    "outside_period",
}
_A_YEAR: Final = timedelta(days=366)


@dataclass(frozen=True)
class Notice:
    """A sentence, and the page that says more: its name ("": none), and what its address chooses, by the keys of its
    lists."""

    words: str
    page: str = ""
    selection: Mapping[str, str] = field(default_factory=dict, hash=False)


def notices(evidence: Evidence) -> list[Notice]:
    """Up to six, the most useful first: what changed, where it differs, what can be put right, what is ready."""
    return evidence.kept(("attention",), lambda: _notices(evidence))


def _notices(evidence: Evidence) -> list[Notice]:
    ways: tuple[Callable[[Evidence], Notice | None], ...] = (
        _starts,
        _sustained,
        _places,
        _returned,
        _waits,
        _headlines,
        _obstacle,
        _ready,
        _sustaining,
    )
    found: list[Notice] = []
    for way in ways:
        one = None
        # What a council keeps from a role is no news to it.
        with suppress(AccessError):
            one = way(evidence)
        if one is not None:
            found.append(one)
        if len(found) == MOST:
            break
    return found


def obstacles(evidence: Evidence) -> Answer:
    """What is missing first, for the episodes where something can still be done."""
    answer = evidence.ask(Question("claims_identified", ("obstacle",)))
    kept = ~answer.frame["obstacle"].is_in(list(_NO_OBSTACLE))
    return replace(answer, frame=answer.frame.filter(kept))


def _starts(evidence: Evidence) -> Notice | None:
    """Whether help starts for more or fewer families than usual; or else than in the same quarter a year before."""
    release = evidence.release()
    signal = _signal(evidence, "families_helped", "journeys")
    if signal is not None:
        return signal
    answer = evidence.ask(Question("episodes_started", ("quarter",)))
    found = moved(answer, release.as_of, release.noise_change)
    if found.outcome not in (Outcome.UP, Outcome.DOWN):
        return None
    way = "up" if found.outcome is Outcome.UP else "down"
    return Notice(
        f"{count(found.last)} episodes of help started in {found.period}, "
        f"{way} from {count(found.before)} in the same {found.dimension} a year before.",
        "journeys",
    )


def _sustained(evidence: Evidence) -> Notice | None:
    return _signal(evidence, "outcomes_sustained", "outcomes")


def _signal(evidence: Evidence, measure: str, page: str) -> Notice | None:
    """What the last month is part of that chance seldom makes (an XmR chart's rules); None where it is as usual."""
    release = evidence.release()
    answer = evidence.ask(Question(measure, ("month",)))
    found = xmr.of(answer, release.as_of, release.noise_change)
    if found is None or found.current is None:
        return None
    usual = count(found.limits.centre)
    return Notice(f"{found.finding(answer.measure.label)}. The mean is about {usual} a month.", page)


def _places(evidence: Evidence) -> Notice | None:
    """The wards outside the limits of what chance makes of their size (a funnel plot's), even allowing for noise."""
    share = evidence.ask(Question("share_sustained", ("ward",)))
    whole = evidence.ask(replace(share.question, measure="needs_identified"))
    overall = evidence.ask(Question("share_sustained")).value
    out = [(one, one.outside(ALARM)) for one in units_of(share, whole, overall)]
    high = [one.label for one, side in out if side > 0]
    low = [one.label for one, side in out if side < 0]
    said = [
        f"{way} often than elsewhere in {_listed(names)}"
        for way, names in (("less", low), ("more", high))
        if names
    ]
    if not said:
        return None
    words = f"Outcomes are sustained {', and '.join(said)}: chance and noise do not explain it."
    return Notice(words, "places", {"shown": "share_sustained", "level": share.dimension, "headline": ""})


def _returned(evidence: Evidence) -> Notice | None:
    """Whether more or fewer families come back than the year before; or else where most and fewest do."""
    if not evidence.may_ask("share_returned", "team"):
        return None
    by_year = evidence.ask(Question("share_returned", ("year",)))
    followed = evidence.ask(replace(by_year.question, measure="episodes_followed"))
    # All of a year have to have been followed for twelve months.
    found = moved_share(by_year, followed, evidence.release().as_of - _A_YEAR)
    if found is not None:
        label, last, before = found
        way = "more" if last > before else "less"
        return Notice(
            f"Families come back {way} often: {percent(last)} within a year of the end of help in {label}, "
            f"{percent(before)} the year before.",
            "journeys",
            {"back": "quarter"},
        )
    by_team = evidence.ask(Question("share_returned", ("team",)))
    ends = extremes(by_team, evidence.ask(replace(by_team.question, measure="episodes_followed")))
    if ends is None:
        return None
    shares = dict(zip(by_team.frame[f"{by_team.dimension}_label"], by_team.frame["value"], strict=True))
    high, low = ends
    return Notice(
        f"Of families helped by {high} {percent(shares[high])} come back within a year, of those helped by {low} "
        f"{percent(shares[low])}: further apart than chance explains.",
        "journeys",
        {"back": by_team.dimension},
    )


def _waits(evidence: Evidence) -> Notice | None:
    """Whether more or fewer families than the year before were assessed in time."""
    days = journeys.usual_limit(evidence)
    if days is None or not evidence.may_ask_together("episodes_started", "wait", "year"):
        return None
    share, whole = journeys.assessed_within(evidence, days, "year", {})
    # All of a year have to have had so many days.
    found = moved_share(share, whole, evidence.release().as_of - timedelta(days=days + 1))
    if found is None:
        return None
    label, last, before = found
    way = "More" if last > before else "Fewer"
    return Notice(
        f"{way} families are assessed within {days} days: {percent(last)} of those whose help began in {label}, "
        f"{percent(before)} of those of the year before.",
        "journeys",
        {"waits": "quarter"},
    )


def _headlines(evidence: Evidence) -> Notice | None:
    share = evidence.ask(Question("share_sustained", ("headline",)))
    found = extremes(share, evidence.ask(replace(share.question, measure="needs_identified")))
    if found is None:
        return None
    rows = {
        label: (code, value)
        for code, label, value in share.frame["headline", "headline_label", "value"].iter_rows()
    }
    high, low = found
    return Notice(
        f"Outcomes are sustained for {percent(rows[low][1])} of needs of “{low}”, and for {percent(rows[high][1])} of "
        f"“{high}”: further apart than chance explains.",
        "outcomes",
        {"headline": rows[low][0], "locality": ""},
    )


def _obstacle(evidence: Evidence) -> Notice | None:
    if not evidence.may_ask("claims_identified", "obstacle"):
        return None
    answer = obstacles(evidence)
    label = largest(answer, evidence.release().noise_change)
    if label is None:
        return None
    value = answer.shown["value"].max()
    found = count(float(str(value)))
    return Notice(
        f"What stands in the way most often, and can still be put right: {_lower(label)} ({found} episodes).",
        "payment",
    )


def _sustaining(evidence: Evidence) -> Notice | None:
    value = evidence.ask(Question("needs_sustaining")).value
    if not value:
        return None
    return Notice(
        f"{count(value)} outcomes are reached and have still to last before they count.", "outcomes"
    )


def _ready(evidence: Evidence) -> Notice | None:
    claims, worth = (evidence.ask(Question(name)).value for name in ("claims_claimable", "worth_claimable"))
    if claims is None or worth is None:
        return None
    return Notice(f"{count(claims)} claims are ready to make, worth {pounds(worth)}.", "payment")


def moved_share(share: Answer, whole: Answer, until: date) -> tuple[str, float, float] | None:
    """The label of the last year that had ended `until` a day, its share in per cent and that of the year before, where
    they clearly differ: by more than the noise in both can make, and by two standard errors beyond it. None where one
    is not shown, or is of few."""
    if share.question.by != ("year",) or whole.question.by != ("year",):
        return None
    columns = ("year", "year_label", "value", "most")
    rows = {
        code: (label, value, most) for code, label, value, most in share.shown.select(columns).iter_rows()
    }
    sizes = dict(whole.shown.select("year", "value").iter_rows())
    years = whole_periods("year", share.frame["year"].to_list(), until)
    if not years:
        return None
    last, before = years[-1], year_before("year", years[-1])
    if last not in rows or before not in rows:
        return None
    if min(sizes.get(last, 0), sizes.get(before, 0)) < FEWEST_FOR_A_SHARE:
        return None
    (label, now, off), (_, then, off_then) = rows[last], rows[before]
    parts = [(one / 100) * (1 - one / 100) / sizes[code] for one, code in ((now, last), (then, before))]
    error = (design_effect(whole) * sum(parts)) ** 0.5
    gap = (abs(now - then) - off - off_then) / 100
    return (str(label), float(now), float(then)) if gap > 2 * max(error, 0.01) else None


def _listed(names: list[str]) -> str:
    """Up to three names."""
    more = len(names) - 3
    if more > 0:
        names = [*names[:3], f"{more} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]
