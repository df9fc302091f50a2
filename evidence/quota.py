"""The year's quota: how much of it is claimed, is ready to claim, or will be, so that nobody claims too much."""

from dataclasses import dataclass

from evidence.access import Who
from evidence.charts import Chart
from evidence.claim_charts import Part, stacked
from evidence.claims import Done, entered_since, safe
from evidence.evidence import Evidence
from evidence.questions import Question
from evidence.words import count, day, is_quarter, pounds
from ledger import financial_year


@dataclass(frozen=True)
class Quota:
    """What may be claimed in one financial year, and what takes it up: what is entered or further (`used`), what is
    ready and not entered yet, what is expected. Each amount is in `unit` (claims or pounds); None: withheld. `noise`:
    how far what is ready may be off at most, in that unit."""

    year: str
    unit: str
    limit: int
    used: float | None
    used_words: str
    ready: float | None
    expected: float | None
    noise: float = 0.0

    @property
    def left(self) -> float | None:
        return None if self.used is None else max(self.limit - self.used, 0)

    def written(self, value: float | None) -> str:
        return (pounds if self.unit == "pounds" else count)(value, "c")


def quota(evidence: Evidence, who: Who, found: Done) -> Quota | None:
    """The quota of the as-of date's financial year; None where data/payment.toml sets none for this framework.

    `found`: what was done, as `who` may see it. Where both claims and pounds are limited, that which is nearer to its
    end is told.
    """
    release = evidence.release()
    if not release.paid_by_results:
        return None
    year = financial_year(release.as_of)
    use = evidence.desk.ledger.claims.quota(release.framework, year)
    shown = safe(evidence, who, use.claims, use.pounds)
    limits = [
        ("claims", use.claims_quota, use.claims, shown.claims, shown.words),
        ("pounds", use.pounds_quota, use.pounds, shown.worth, shown.money),
    ]
    set_ = [one for one in limits if one[1] is not None]
    if not set_:
        return None
    unit, limit, _, used, words = max(set_, key=lambda one: one[2] / max(one[1] or 0, 1))
    measure = "worth" if unit == "pounds" else "claims"
    return Quota(
        year,
        unit,
        int(limit or 0),
        used,
        words,
        _ready(evidence, found, measure),
        _expected(evidence, measure, year),
        release.noise_most * (release.rules.highest_price if unit == "pounds" else 1.0),
    )


def chart(evidence: Evidence, found: Quota) -> Chart:
    """What takes up the quota, as parts of one bar."""
    release = evidence.release()
    parts = [
        Part("Entered or claimed this year", found.used, found.used_words),
        Part("Ready, not entered", found.ready, found.written(found.ready)),
        Part("Expected by 31 March", found.expected, found.written(found.expected)),
    ]
    return stacked(
        parts,
        found.limit,
        limit_words=f"Quota {found.year}: {found.written(found.limit)}",
        question="How much of the quota will be used?",
        finding=_finding(found),
        source=f"{release.authority}, ledger of claims and release {release.name}, as of {day(release.as_of)}",
    )


def sentence(found: Quota) -> str:
    """Whether what is ready still fits into the quota."""
    if found.left is None or found.ready is None:
        return f"The quota for {found.year} is {found.written(found.limit)}."
    if abs(found.ready - found.left) <= found.noise:
        return (
            f"{found.written(found.left)} of the quota for {found.year} are left, about as much as is ready: the list "
            "of claimable episodes says whether all of it fits."
        )
    if found.ready > found.left:
        over = found.written(found.ready - found.left)
        return (
            f"What is ready is about {over} more than is left of the quota for {found.year}: a window that holds all "
            "of it will be refused."
        )
    return f"{found.written(found.left)} of the quota for {found.year} are left: what is ready fits."


def _finding(found: Quota) -> str | None:
    known = [one for one in (found.used, found.ready, found.expected) if one is not None]
    if len(known) < 3:
        return None
    # What is ready and what is expected each have noise in them.
    over = sum(known) - found.limit > 3 * found.noise
    return "More will be ready than the quota allows" if over else None


def _ready(evidence: Evidence, found: Done, measure: str) -> float | None:
    """What is ready to claim and not entered yet; the money in proportion to the claims."""
    claims = evidence.ask(Question("claims_claimable")).value
    worth = evidence.ask(Question(f"{measure}_claimable")).value
    if claims is None or worth is None:
        return None
    entered = entered_since(evidence, found) or 0.0
    return worth * (claims - entered) / claims if claims else 0.0


def _expected(evidence: Evidence, measure: str, year: str) -> float | None:
    """What is expected to become ready in the quarters of the year; None where one of them is withheld."""
    answer = evidence.ask(Question(f"{measure}_expected", ("expected_quarter",)))
    rows = [
        value
        for code, value in zip(answer.frame["expected_quarter"], answer.frame["value"], strict=True)
        if is_quarter(code) and code.startswith(year)
    ]
    return None if not rows or None in rows else float(sum(rows))
