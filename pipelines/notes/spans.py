"""What is found in a text: where, what kind of thing, by which rule, how surely."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a stretch of text tells of somebody's identity."""

    PERSON = "PERSON"
    ADDRESS = "ADDRESS"
    POSTCODE = "POSTCODE"
    SCHOOL = "SCHOOL"
    SURGERY = "SURGERY"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    NHS_NUMBER = "NHS_NUMBER"
    UPN = "UPN"
    ULN = "ULN"
    NINO = "NINO"
    PNC_ID = "PNC_ID"
    ASN = "ASN"
    UPRN = "UPRN"
    CASE_REFERENCE = "CASE_REFERENCE"
    PASSPORT = "PASSPORT"
    DRIVING_LICENCE = "DRIVING_LICENCE"
    BANK_ACCOUNT = "BANK_ACCOUNT"
    DATE_OF_BIRTH = "DATE_OF_BIRTH"
    VEHICLE = "VEHICLE"
    SOCIAL_HANDLE = "SOCIAL_HANDLE"
    WEB_ADDRESS = "WEB_ADDRESS"


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of a text, from `start` up to `end` in characters (Unicode code points).

    `rule`: what found it. `score`: how surely, from 0 to 1. `who`: the token of the known person or worker whom it
    names, as `CHILD_3fa94c`; blank for anybody else.
    """

    start: int
    end: int
    kind: Kind
    rule: str
    score: float
    who: str = ""


def merged(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, none over another: those that overlap become one stretch that covers them all.

    What such a stretch is called goes by the surest of them, then the longest: a known person before a guess.
    """
    out: list[Span] = []
    best: Span | None = None
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if span.end <= span.start:
            continue
        if out and span.start < out[-1].end:
            last = out[-1]
            best = max(best or last, span, key=_weight)
            end = max(last.end, span.end)
            out[-1] = Span(last.start, end, best.kind, best.rule, best.score, best.who)
        else:
            best = span
            out.append(span)
    return out


def _weight(span: Span) -> tuple[float, int, bool]:
    return span.score, span.end - span.start, bool(span.who)
