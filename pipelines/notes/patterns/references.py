"""Numbers that systems give to cases, people and things: behind their names, or by a form that is a system's own."""

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
from pipelines.notes.patterns.words import Subject
from pipelines.notes.spans import Kind

_KINDS: Final = {
    "nhs": Kind.NHS_NUMBER, "chi": Kind.NHS_NUMBER, "upn": Kind.UPN, "uln": Kind.ULN, "learner": Kind.ULN,
    "nino": Kind.NINO, "ni": Kind.NINO, "nin": Kind.NINO, "pnc": Kind.PNC_ID, "asn": Kind.ASN, "uprn": Kind.UPRN,
    "passport": Kind.PASSPORT, "brp": Kind.PASSPORT,
    "licence": Kind.DRIVING_LICENCE, "license": Kind.DRIVING_LICENCE, "driving": Kind.DRIVING_LICENCE,
    "account": Kind.BANK_ACCOUNT, "acc": Kind.BANK_ACCOUNT, "acct": Kind.BANK_ACCOUNT, "a c": Kind.BANK_ACCOUNT,
    "s c": Kind.BANK_ACCOUNT, "sort": Kind.BANK_ACCOUNT, "iban": Kind.BANK_ACCOUNT, "card": Kind.BANK_ACCOUNT,
}  # fmt: skip
# Names of numbers that are nothing else: three digits behind one are enough.
_STRONG: Final = frozenset(_KINDS) | listed("""
    ref refs reference references urn crn nomis noms lcs ehm ehms mosaic liquidlogic emis systmone mrn niche
    athena delius log occurrence badge collar shoulder id mis utr roll payroll cad caf
""")
_BETWEEN: Final = re.compile(
    r"(?:'s)?[\s.:=#(\"-]{0,4}(?:(?:no|nos|num|number|numbers|ref|reference|id|ids|code|file|crime|log|card|account|client|"
    r"record|is|was|as|of|given|recorded|new|old|now|and|the|correct|wrong|listed|quoted|on|for|system|case|to|from)\b[\s.:=#(\"-]{0,4}){0,5}"
)
_PART: Final = r"[A-Za-z]{0,6}[0-9][A-Za-z0-9]*+"
_VALUE: Final = re.compile(
    rf"(?:[A-Za-z]{{1,5}}[/-]|[A-Z]{{1,2}} )?{_PART}"
    rf"(?:[ ]?[/*-][ ]?{_PART}|[.]{_PART}|[ ](?![0-9]{{1,2}}[/.-][0-9]{{1,2}}[/.-]){_PART}){{0,6}}"
    r"(?: ?[A-Z](?![A-Za-z0-9]))?"
)
_DAY: Final = re.compile(
    r"[0-9]{1,2}(?:st|nd|rd|th)?(?:[/.-][0-9]{1,2}[/.-][0-9]{2,4}|\s(?:of\s)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))"
    r"|(?:19|20)[0-9]{2}(?:-[0-9]{1,2}-[0-9]{1,2})?$|(?:19|20)[0-9]{2}[/-](?:19|20)?[0-9]{2}$"
)
_QUANTITY: Final = re.compile(
    r"\s?(?:hrs?|hours?|mins?|minutes?|days?|weeks?|months?|years?|yrs?|%|pm|am|mg|ml|pcm|pw|p/w|pounds?|people|children|"
    r"times|miles|sessions|visits|more|other|bed)\b|\s?%|:[0-9]{2}"
)
_MANY: Final = re.compile(r"[0-9]")


def _long(match: re.Match[str], reading: Reading) -> float:
    written = match[0]
    if len(written) == 8 and (
        _DAY_FIRST.fullmatch(written) or _YEAR_FIRST.fullmatch(written) or _YEARS.fullmatch(written)
    ):
        return NOT_IT
    return NOT_IT if written.strip("0") in {"", "1"} or written in {"18000", "08001111"} else FORM_ALONE


_DAY_FIRST: Final = re.compile(r"(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])(?:19|20)[0-9]{2}")
_YEAR_FIRST: Final = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_YEARS: Final = re.compile(r"20[0-9]{2}20[0-9]{2}")
_BEFORE: Final = r"(?<![A-Za-z0-9/$.-])"
_ALONE: Final = r"(?![A-Za-z0-9])"

FORMS: Final = (
    # E200001, P123456, EHM0012345, LS22C00123, 06CW/12345/24, CR/12345/23, EH-2024-00123.
    Form(
        Kind.CASE_REFERENCE,
        "letters and digits",
        re.compile(
            rf"{_BEFORE}(?:[A-Za-z]{{1,5}}[0-9]{{5,10}}[A-Za-z]?|[A-Z]{{2,5}}[0-9]{{4}}|[A-Z]{{2}}[0-9]{{2}}[A-Z][0-9]{{5}}|[0-9]{{5,9}}[A-Z]{{1,3}}"
            rf"|[A-Za-z]{{1,5}}[0-9]{{0,3}}[/-][0-9]{{3,10}}(?:[/-][0-9]{{1,8}}){{0,3}}[A-Za-z]?"
            rf"|[A-Z]{{1,5}}[/-][A-Z]{{1,5}}[/-][0-9]{{3,10}}(?:[/-][0-9]{{1,8}}){{0,2}}"
            rf"|[A-Za-z]{{1,5}}[/-](?:19|20)?[0-9]{{2}}[/-][0-9]{{3,10}}"
            rf"|[0-9]{{2}}[A-Z]{{1,3}}[0-9]?/[0-9]{{2,7}}/[0-9]{{2,4}}|[0-9]{{2}}/[0-9]{{4,9}}(?:/[0-9]{{2,4}})?|[0-9]{{4,9}}/[0-9]{{2,4}})"
            rf"{_ALONE}(?![/-][0-9])"
        ),
        lambda match, reading: NOT_IT if _ordinary(match[0]) else FORM_ALONE,
    ),
    Form(
        Kind.CASE_REFERENCE,
        "long number",
        re.compile(rf"{_BEFORE}(?<![,:][0-9])[0-9]{{7,20}}{_ALONE}(?![.,:/-][0-9])"),
        _long,
    ),
)
_ORDINARY: Final = re.compile(
    r"(?:covid|asq|ks|gcse|week|year|fy|ay|q[1-4])[-/]?[0-9]+|(?:19|20)[0-9]{2}/(?:19|20)?[0-9]{2}|(?:hrs?|tel|mob|ext)[0-9]+"
    r"|[a-z]{3,5}[-/](?:19|20)[0-9]{2}",
    re.IGNORECASE,
)


def _ordinary(written: str) -> bool:
    return _ORDINARY.fullmatch(written) is not None


class ReferenceRecognizer(FormRecognizer):
    """References of every system, and any number behind the name of one."""

    KINDS: ClassVar = (
        Kind.CASE_REFERENCE, Kind.UPRN, Kind.NHS_NUMBER, Kind.UPN, Kind.ULN, Kind.NINO, Kind.PNC_ID, Kind.ASN,
        Kind.PASSPORT, Kind.DRIVING_LICENCE, Kind.BANK_ACCOUNT,
    )  # fmt: skip

    def find(self, reading: Reading) -> Iterator[Found]:
        """Forms wherever there are digits, and what stands behind a name."""
        yield from near_digits(reading, FORMS)
        if not reading.near_digits:
            return
        done = 0
        for start, end in reading.triggers(Subject.LABEL):
            # `NHS no 943…`: the first of the words says what it is.
            found = _behind(reading, start, end) if start >= done else None
            if found:
                done = found.end
                yield found


def _behind(reading: Reading, start: int, end: int) -> Found | None:
    """The number that follows its name."""
    between = _BETWEEN.match(reading.lower, end, end + 60)
    place = between.end() if between else end
    value = _VALUE.match(reading.text, place, place + 60)
    if not value or value.start() == end:
        return None
    written = value[0]
    word = reading.lower[start:end]
    digits = len(_MANY.findall(written))
    strong = word in _STRONG or (between is not None and _NAMED.search(between[0]) is not None)
    enough = digits >= 3 if strong else digits >= 5
    if not enough or reading.text[value.start() - 1 : value.start()] == "$":
        return None
    if _DAY.match(written.lower()) or _QUANTITY.match(reading.lower, value.end()):
        return None
    if digits == 3 and written in {"101", "111", "999", "112"}:
        return None
    return Found(*value.span(), _KINDS.get(word, Kind.CASE_REFERENCE), "number behind its name", IN_CONTEXT)


_NAMED: Final = re.compile(r"\b(?:no|nos|num|number|numbers|ref|reference|id|ids|code|#)\b|#")
