"""What has been done about claims, council-wide, out of the ledger: exact for those who work there, safe for others."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from evidence.access import Role, Who
from evidence.answers import Symbol
from evidence.evidence import Evidence
from evidence.findings import clearly_differ
from evidence.questions import Question
from evidence.words import count, pounds
from ledger import Standing, Step

# They work with the claims themselves. Everybody else sees figures as safe as all others.
EXACT = frozenset({Role.RETURNS_OFFICER, Role.AUDITOR})
# Where a release does not say below which count its own are withheld.
_FEWEST = 10

_SUBMITTED = frozenset({Step.SUBMITTED, Step.PAID})


@dataclass(frozen=True)
class Figure:
    """A number of claims and what they are worth in pounds, each a value or a symbol."""

    claims: int | None
    worth: int | None
    symbol: str | None = None

    @property
    def words(self) -> str:
        return count(self.claims, self.symbol)

    @property
    def money(self) -> str:
        return pounds(self.worth, self.symbol)


@dataclass(frozen=True)
class Done:
    """The live claims under one framework: how many were ever entered, drawn for the audit,
    judged, submitted and paid, each of those that still count; and how many were rejected or withdrawn."""

    entered: Figure
    drawn: Figure
    judged: Figure
    submitted: Figure
    paid: Figure
    ended: Figure


def sees_exact(who: Who) -> bool:
    """Whether somebody sees figures of the ledger as they are."""
    return who.role in EXACT


def done(evidence: Evidence, who: Who) -> Done:
    """What has been done under the framework of `evidence`, in all windows."""
    claims = evidence.desk.ledger.claims.standings(framework=evidence.release().framework)
    live = [one for one in claims if one.live]
    return Done(
        entered=_figure(evidence, who, live),
        drawn=_figure(evidence, who, [one for one in live if one.drawn]),
        judged=_figure(evidence, who, [one for one in live if one.verdict]),
        submitted=_figure(evidence, who, [one for one in live if one.step in _SUBMITTED]),
        paid=_figure(evidence, who, [one for one in live if one.step is Step.PAID]),
        ended=_figure(evidence, who, [one for one in claims if not one.live]),
    )


def entered_since(evidence: Evidence, found: Done) -> float | None:
    """How many of the claims that the release has as ready are entered in a window by now; None where it is withheld,
    0 where it is no more than the noise in the release's figures could make.

    A release knows what was submitted before it was made, and counts what was only entered as ready still.
    """
    entered = found.entered.claims
    ready = evidence.ask(Question("claims_claimable")).value
    if entered is None or ready is None:
        return None
    steps = evidence.ask(Question("claims_entered", ("step",))).frame
    shown = steps.filter(pl.col("step").is_in([one.value for one in _SUBMITTED]))["value"]
    if shown.null_count():
        return None
    gone = float(shown.sum())
    if gone and not clearly_differ(entered, gone, evidence.release().noise_change):
        return 0.0
    return min(max(entered - gone, 0.0), ready)


def safe(evidence: Evidence, who: Who, claims: int, worth: int) -> Figure:
    """A figure of the ledger as somebody may see it.

    Those who do not work there see it rounded, and withheld where it is small, as every other figure of the release;
    the money follows the shown count.
    """
    if sees_exact(who):
        return Figure(claims, worth)
    release = evidence.release()
    if claims < (release.threshold or _FEWEST):
        return Figure(None, None, Symbol.CONFIDENTIAL)
    shown = _nearest(claims, release.rounding)
    price = release.rules.price
    if not release.rules.several_kinds and worth == claims * price:
        return Figure(shown, shown * price)
    # Kinds of several prices: as coarse as the count would be at the highest of them.
    return Figure(shown, _nearest(worth, release.rounding * max(release.rules.highest_price, 1)))


def _figure(evidence: Evidence, who: Who, claims: Sequence[Standing]) -> Figure:
    return safe(evidence, who, len(claims), sum(one.worth for one in claims))


def _nearest(value: int, step: int) -> int:
    return step * ((value + step // 2) // step)
