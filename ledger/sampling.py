"""Draws the audit sample of a window, and says what its verdicts mean. Arithmetic alone: no ledger, no clock, no luck.

A draw can be repeated by anybody with a SHA-256 at hand. Each claim has tickets, one for each unit of its weight; a
ticket's value is the SHA-256 of "seed|claim|ticket"; a claim's best ticket is its lowest. Each stratum (a team, a
kind of claim) sends the claims with the lowest tickets, as many as its part of the sample. A claim of weight 3 so has
three chances where a claim of weight 1 has one.
"""

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from ledger.claim_records import AuditTerms, Sample, SampleState
from ledger.errors import WindowError

HEAVIEST: Final = 100
# The two-sided 95 % point of the normal distribution.
_Z: Final = 1.959963984540054


@dataclass(frozen=True)
class Candidate:
    """A claim that may be drawn. `stratum` is any text; `weight` (1 to 100) is how many tickets it has."""

    claim: int
    stratum: str
    weight: int = 1


@dataclass(frozen=True)
class Drawn:
    """A claim that was drawn, and why, in words that name no stratum: the ledger keeps them."""

    claim: int
    stratum: str
    weight: int
    why: str


@dataclass(frozen=True)
class Draw:
    """A drawing. `inputs` is the digest of what was drawn from; `weighted`: claims had unequal weights."""

    seed: str
    size: int
    drawn: tuple[Drawn, ...]
    population: int
    inputs: str
    weighted: bool


def draw(candidates: Sequence[Candidate], *, size: int, seed: str) -> Draw:
    """Draw `size` of `candidates` (or all, where there are fewer), spread over their strata in proportion.

    Raises WindowError where a claim is given twice or a weight is out of range. The order of `candidates` makes no
    difference.
    """
    if len({one.claim for one in candidates}) < len(candidates):
        raise WindowError("A claim is given twice to draw from.")
    if any(not 1 <= one.weight <= HEAVIEST for one in candidates):
        raise WindowError(f"A weight is a whole number from 1 to {HEAVIEST}.")
    strata: dict[str, list[Candidate]] = defaultdict(list)
    for one in sorted(candidates, key=lambda one: one.claim):
        strata[one.stratum].append(one)
    size = max(0, min(size, len(candidates)))
    parts = allocate({name: len(members) for name, members in strata.items()}, size=size, seed=seed)
    weighted = len({one.weight for one in candidates}) > 1
    drawn = [
        Drawn(one.claim, name, one.weight, _why(one, parts[name], len(members), weighted))
        for name, members in strata.items()
        for one in sorted(members, key=lambda one: (_best_ticket(seed, one), one.claim))[: parts[name]]
    ]
    inputs = sorted([one.claim, one.stratum, one.weight] for one in candidates)
    return Draw(
        seed=seed,
        size=size,
        drawn=tuple(sorted(drawn, key=lambda one: one.claim)),
        population=len(candidates),
        inputs=hashlib.sha256(json.dumps(inputs, ensure_ascii=True).encode("ascii")).hexdigest(),
        weighted=weighted,
    )


def allocate(sizes: Mapping[str, int], *, size: int, seed: str) -> dict[str, int]:
    """How many of `size` each stratum sends, by how many it has: its whole share, and one more for the largest rests.

    A stratum that would send none, although at least half a claim is due from it, goes before all rests: nothing of
    some size stays unseen. Ties are broken by the seed.
    """
    everybody = sum(sizes.values())
    if everybody == 0:
        return dict.fromkeys(sizes, 0)
    due = {name: Fraction(size * members, everybody) for name, members in sizes.items()}
    parts = {name: math.floor(one) for name, one in due.items()}

    def before(name: str) -> tuple[bool, Fraction, str]:
        unseen = parts[name] == 0 and due[name] >= Fraction(1, 2)
        return not unseen, parts[name] - due[name], _sha256(f"{seed}|{name}")

    for name in sorted(sizes, key=before)[: size - sum(parts.values())]:
        parts[name] += 1
    return parts


def smallest_sample(terms: AuditTerms, population: int) -> int:
    """How many claims of `population` the audit sees at least."""
    return min(population, max(terms.minimum, math.ceil(terms.share * population)))


def appraise(
    terms: AuditTerms,
    *,
    population: int,
    size: int,
    judged: int,
    struck_out: int,
    drawings: int = 0,
    weighted: bool = False,
) -> Sample:
    """What a sample says, by how many claims were drawn, judged and struck out.

    It has failed where every drawn claim has its verdict, more than the tolerance was struck out, and claims are left
    that nobody looked at; once all of them were looked at, what remains is right, whatever the rate.
    """
    rate = Fraction(struck_out, judged) if judged else None
    missing = smallest_sample(terms, population) - size
    more = 0
    if population == 0:
        state = SampleState.NONE
    elif missing > 0:
        state, more = SampleState.OPEN, missing
    elif judged < size:
        state = SampleState.OPEN
    elif size < population and rate is not None and rate > terms.tolerance:
        state = SampleState.FAILED
        more = min(population - size, max(1, math.ceil(terms.enlarge_by * population)))
    else:
        state = SampleState.PASSED
    low, high = interval(struck_out, judged, population) if judged else (None, None)
    return Sample(
        population=population,
        size=size,
        judged=judged,
        struck_out=struck_out,
        rate=rate,
        low=low,
        high=high,
        tolerance=terms.tolerance,
        state=state,
        more=more,
        drawings=drawings,
        weighted=weighted,
    )


def interval(struck_out: int, judged: int, population: int) -> tuple[float, float]:
    """Wilson's 95 % interval of the error rate of `population` claims, of which `judged` were looked at.

    The population is finite: `judged` counts for as much more as the standard error is smaller, by the factor
    (population − 1) ÷ (population − judged). Where all were looked at, the rate is known.
    """
    rate = struck_out / judged
    if judged >= population:
        return rate, rate
    counts_for = judged * (population - 1) / (population - judged)
    squared = _Z * _Z
    middle = (rate + squared / (2 * counts_for)) / (1 + squared / counts_for)
    half = (
        _Z
        * math.sqrt(rate * (1 - rate) / counts_for + squared / (4 * counts_for * counts_for))
        / (1 + squared / counts_for)
    )
    # No smaller than what was seen, and what is left to be seen: rounding must not say otherwise.
    return max(0.0, middle - half), min(1.0, middle + half)


def _best_ticket(seed: str, candidate: Candidate) -> str:
    return min(_sha256(f"{seed}|{candidate.claim}|{ticket}") for ticket in range(1, candidate.weight + 1))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _why(candidate: Candidate, part: int, members: int, weighted: bool) -> str:
    said = f"drawn by lot, one of {part} out of {members} in its stratum"
    return f"{said}, with weight {candidate.weight}" if weighted else said
