"""The audit sample, worked out slowly and plainly, from its description and not from the code."""

import hashlib
from collections.abc import Mapping, Sequence
from fractions import Fraction


def parts(sizes: Mapping[str, int], size: int, seed: str) -> dict[str, int]:
    """Give out `size` places one after another: whole shares first, then strata still unseen that are due half a claim
    or more, then the largest rests; among equals, the lowest SHA-256 of the seed and the name."""
    everybody = sum(sizes.values())
    given = dict.fromkeys(sizes, 0)
    for name, members in sizes.items():
        while given[name] + 1 <= Fraction(size * members, everybody):
            given[name] += 1
    left = size - sum(given.values())
    served: set[str] = set()
    whole = dict(given)
    while left:
        best = None
        for name, members in sizes.items():
            if name in served:
                continue
            due = Fraction(size * members, everybody)
            rank = (
                1 if whole[name] == 0 and due * 2 >= 1 else 0,
                due - whole[name],
                -int(hashlib.sha256(f"{seed}|{name}".encode()).hexdigest(), 16),
            )
            if best is None or rank > best[0]:
                best = (rank, name)
        assert best is not None
        served.add(best[1])
        given[best[1]] += 1
        left -= 1
    return given


def lot(candidates: Sequence[tuple[int, str, int]], size: int, seed: str) -> set[int]:
    """Who is drawn of (claim, stratum, weight): all tickets of a stratum in the order of their values, until enough
    different claims were seen."""
    size = min(size, len(candidates))
    sizes: dict[str, int] = {}
    for _, stratum, _ in candidates:
        sizes[stratum] = sizes.get(stratum, 0) + 1
    if not candidates:
        return set()
    drawn: set[int] = set()
    for stratum, part in parts(sizes, size, seed).items():
        tickets = []
        for claim, where, weight in candidates:
            if where == stratum:
                for ticket in range(1, weight + 1):
                    value = int(hashlib.sha256(f"{seed}|{claim}|{ticket}".encode()).hexdigest(), 16)
                    tickets.append((value, claim))
        seen: set[int] = set()
        for _, claim in sorted(tickets):
            if len(seen) < part:
                seen.add(claim)
        drawn |= seen
    return drawn
