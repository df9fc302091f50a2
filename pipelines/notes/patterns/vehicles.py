"""Registration marks of vehicles; those without a date only beside a word for a vehicle."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from pipelines.notes.listed import listed
from pipelines.notes.patterns.reading import Reading
from pipelines.notes.patterns.recogniser import (
    FORM_ALONE,
    IN_CONTEXT,
    NOT_IT,
    Form,
    FormRecognizer,
    Found,
    near_digits,
)
from pipelines.notes.patterns.words import MONTHS, VEHICLES, Subject
from pipelines.notes.spans import Kind

_GAP: Final = r"(?:[ -]{0,2}|\s{0,2}\n)"
_ALONE: Final = r"(?![A-Za-z0-9])"
_BEFORE: Final = r"(?<![A-Za-z0-9])"
_VEHICLE: Final = re.compile(rf"\b(?:{'|'.join(sorted(VEHICLES))})\b")
_WORDS: Final = listed("""
    the and for was not are has had but her his him she you all can who out now new see due per any got did may
    our ask let say saw own old nan mum dad day one two ten six yrs hrs min wks off far nfa taf tac cin cpp cla
    eha hbv dva mob tel ref dob nhs upn eta gcs cms sen ehc lac cme gp's aged wks mth mths pcm ppl kid
""")
_NO_AREA: Final = listed("KS YR WK")
_SAID: Final = re.compile(
    r"\b(?:reg(?:istration|\.)?s?|vrms?|vrn|(?:number)?\s?plates?|index)\b[\s.:(-]{0,3}"
    r"(?:(?:no|number|num|mark|plate|is|was|as|of|the|partial|begins?|beginning|starts?|starting|ends?|ending|with|in|like)"
    r"\b[\s.:(-]{1,3}){0,4}(?P<it>(?P<first>[a-z0-9]{2,8})(?:[ -](?P<second>[a-z0-9]{1,4}))?)(?![a-z0-9])"
)
_PARTED: Final = re.compile(
    r"[a-z0-9]{2}[0-9oi]{2}[ -][a-z0-9]{3}|[a-z][0-9oi]{1,3}[ -][a-z]{3}|[a-z]{3}[ -][0-9oi]{1,3}[a-z]"
    r"|[a-z]{1,3}[ -][0-9]{1,4}|[0-9]{1,4}[ -][a-z]{1,3}"
)
_TOGETHER: Final = re.compile(r"(?=[0-9]*[a-z])(?=[a-z]*[0-9])[a-z0-9]{3,8}")
# Roads, ranks, key stages and the like, where a mark without a date would stand.
_NO_LETTERS: Final = listed("""
    a b m y q s pc dc ds ps ks sw hv yr cp uc ep lp in is it ii iii iv vi six fri mid did his him iq ci mri dip
    tia ip id
""")


def _current(match: re.Match[str], reading: Reading) -> float:
    ending = match["last"].lower()
    if not (match[0].isupper() or match[0].islower()) or ending in VEHICLES:
        return NOT_IT
    if ending in _WORDS and (not match[0].isupper() or match["first"] in _NO_AREA):
        return NOT_IT
    if _near_vehicle(match, reading):
        return IN_CONTEXT
    # In lower case only where nothing parts it.
    return FORM_ALONE if match[0].isupper() or len(match[0]) == 7 else NOT_IT


def _older(match: re.Match[str], reading: Reading) -> float:
    written = match[0]
    letters = re.sub(r"[^A-Za-z]", "", written).lower()
    if letters[-3:] in _WORDS or letters[:3] in _WORDS or letters[:3] in MONTHS or letters[1:] in MONTHS:
        return NOT_IT
    if _near_vehicle(match, reading):
        return IN_CONTEXT
    return FORM_ALONE if written.isupper() and sum(char.isdigit() for char in written) == 3 else NOT_IT


def _northern_irish(match: re.Match[str], reading: Reading) -> float:
    if match["letters"].lower() in _WORDS | _NO_LETTERS:
        return NOT_IT
    if _near_vehicle(match, reading):
        return IN_CONTEXT
    return FORM_ALONE if match[0].isupper() and sum(char.isdigit() for char in match[0]) == 4 else NOT_IT


def _dateless(match: re.Match[str], reading: Reading) -> float:
    letters = (match["letters"] or match["ending"]).lower()
    if letters in _WORDS or letters in _NO_LETTERS:
        return NOT_IT
    return IN_CONTEXT if reading.before(match.start(), _VEHICLE, 20) else NOT_IT


def _near_vehicle(match: re.Match[str], reading: Reading) -> bool:
    return any(
        start < match.end() + 25 and end > match.start() - 40
        for start, end in reading.triggers(Subject.VEHICLE)
    )


FORMS: Final = (
    Form(
        Kind.VEHICLE,
        "current mark",
        re.compile(
            rf"{_BEFORE}(?P<first>[A-Za-z]{{2}}){_GAP}[0-9][0-9]{_GAP}(?P<last>[A-Za-z]{{3}}){_ALONE}"
        ),
        _current,
    ),
    Form(
        Kind.VEHICLE,
        "prefix mark",
        re.compile(rf"{_BEFORE}[A-Za-z][0-9]{{1,3}}{_GAP}[A-Za-z]{{3}}{_ALONE}"),
        _older,
    ),
    Form(
        Kind.VEHICLE,
        "suffix mark",
        re.compile(rf"{_BEFORE}[A-Za-z]{{3}}{_GAP}[0-9]{{1,3}}[ ]?[A-Za-z]{_ALONE}"),
        _older,
    ),
    Form(
        Kind.VEHICLE,
        "Northern Irish mark",
        re.compile(
            rf"{_BEFORE}(?=[A-Za-z]{{0,2}}[IZiz])(?P<letters>[A-Za-z]{{2,3}}){_GAP}[0-9]{{1,4}}{_ALONE}"
        ),
        _northern_irish,
    ),
    Form(
        Kind.VEHICLE,
        "mark without a date",
        re.compile(
            rf"{_BEFORE}(?:(?P<letters>[A-Z]{{1,3}}) ?[0-9]{{1,4}}|[0-9]{{2,4}} ?(?P<ending>[A-Z]{{1,3}})){_ALONE}"
        ),
        _dateless,
    ),
)


class VehicleRecognizer(FormRecognizer):
    """Registration marks."""

    KINDS: ClassVar = (Kind.VEHICLE,)

    def find(self, reading: Reading) -> Iterator[Found]:
        """Each form wherever there are digits, and whatever is said to be one."""
        yield from near_digits(reading, FORMS)
        if reading.triggers(Subject.VEHICLE):
            for left, right in reading.near_digits:
                for match in _SAID.finditer(reading.lower, max(0, left - 40), right):
                    end = _said_to_be(match)
                    if end:
                        yield Found(
                            match.start("it"), end, Kind.VEHICLE, "said to be a registration", IN_CONTEXT
                        )


def _said_to_be(match: re.Match[str]) -> int:
    """Where what is said to be a registration ends; nought if it cannot be one, even in part."""
    if match["second"] and _PARTED.fullmatch(match["it"]) and match["second"] not in _WORDS:
        return match.end("it")
    return match.end("first") if _TOGETHER.fullmatch(match["first"]) else 0
