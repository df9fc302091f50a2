"""What needs attention, in sentences made from answers. Each says only what shown figures bear."""

from dataclasses import replace

from evidence.answers import Answer
from evidence.evidence import Evidence
from evidence.findings import change, extremes, largest
from evidence.questions import Question
from evidence.words import count, percent, pounds

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


def sentences(evidence: Evidence) -> list[str]:
    """Up to five sentences, the most useful first."""
    found = (
        _starts(evidence),
        _headlines(evidence),
        _obstacle(evidence),
        _waiting(evidence),
        _ready(evidence),
    )
    return [sentence for sentence in found if sentence]


def obstacles(evidence: Evidence) -> Answer:
    """What is missing first, for the episodes where something can still be done."""
    answer = evidence.ask(Question("claims_identified", ("obstacle",)))
    kept = ~answer.frame["obstacle"].is_in(list(_NO_OBSTACLE))
    return replace(answer, frame=answer.frame.filter(kept))


def _starts(evidence: Evidence) -> str | None:
    release = evidence.release()
    answer = evidence.ask(Question("episodes_started", ("quarter",)))
    moved = change(answer, release.as_of, release.noise_change)
    if moved is None:
        return None
    period, last, before = moved
    way = "up" if last > before else "down"
    return (
        f"{count(last)} episodes of help started in {period}, "
        f"{way} from {count(before)} in the same {answer.dimension} a year before."
    )


def _headlines(evidence: Evidence) -> str | None:
    share = evidence.ask(Question("share_sustained", ("headline",)))
    found = extremes(share, evidence.ask(replace(share.question, measure="needs_identified")))
    if found is None:
        return None
    shares = dict(zip(share.frame["headline_label"], share.frame["value"], strict=True))
    high, low = found
    return (
        f"Outcomes are sustained least often for “{low}” ({percent(shares[low])} of needs) "
        f"and most often for “{high}” ({percent(shares[high])})."
    )


def _obstacle(evidence: Evidence) -> str | None:
    if not evidence.may_ask("claims_identified", "obstacle"):
        return None
    answer = obstacles(evidence)
    label = largest(answer, evidence.release().noise_change)
    if label is None:
        return None
    value = answer.shown["value"].max()
    found = count(float(str(value)))
    return (
        f"What stands in the way most often, and can still be put right: {_lower(label)} ({found} episodes)."
    )


def _waiting(evidence: Evidence) -> str | None:
    value = evidence.ask(Question("needs_sustaining")).value
    return f"{count(value)} outcomes are reached and have still to last before they count." if value else None


def _ready(evidence: Evidence) -> str | None:
    claims, worth = (evidence.ask(Question(name)).value for name in ("claims_claimable", "worth_claimable"))
    if claims is None or worth is None:
        return None
    return f"{count(claims)} claims are ready to make, worth {pounds(worth)}."


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]
