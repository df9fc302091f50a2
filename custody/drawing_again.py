"""Draws a sample again from what a bundle says of its claims, to see that nobody chose."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ledger import Step, WindowError
from ledger.sampling import Candidate, draw


def drawn_again(claims: Sequence[Mapping[str, Any]], drawings: Sequence[Mapping[str, Any]]) -> Iterator[bool]:
    """For each drawing of a window, whether the same claims come out again.

    `claims`: number, stratum, weight and history of each (custody.bundles, `claims.json`); `drawings`: seed, size,
    inputs and claims of each (`drawings.json`). A claim could be drawn while its only step was its entry.
    """
    try:
        for drawing in drawings:
            line = _line(claims, drawing)
            could = [one for one in claims if _waits(one, line)]
            yield any(
                _comes_out(drawing, [Candidate(one["claim"], one["stratum"], weight(one)) for one in could])
                for weight in (_as_weighed, _alike)
            )
    except (KeyError, TypeError, ValueError, WindowError):
        yield False


def _as_weighed(claim: Mapping[str, Any]) -> int:
    return int(claim["weight"])


def _alike(_claim: Mapping[str, Any]) -> int:
    return 1


def _line(claims: Sequence[Mapping[str, Any]], drawing: Mapping[str, Any]) -> int:
    """The line of the audit log that tells of the drawing."""
    drawn = set(drawing["claims"])
    return min(
        int(step["line"])
        for claim in claims
        if claim["claim"] in drawn
        for step in claim["history"]
        if step["step"] == Step.SELECTED
    )


def _waits(claim: Mapping[str, Any], line: int) -> bool:
    """Whether a claim had been entered before that line of the log, and nothing else had been done about it."""
    before = [step["step"] for step in claim["history"] if step["line"] < line]
    return before == [Step.CLAIMABLE]


def _comes_out(drawing: Mapping[str, Any], candidates: Sequence[Candidate]) -> bool:
    again = draw(candidates, size=drawing["size"], seed=drawing["seed"])
    return again.inputs == drawing["inputs"] and [one.claim for one in again.drawn] == sorted(
        drawing["claims"]
    )
