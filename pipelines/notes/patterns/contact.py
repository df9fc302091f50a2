"""Telephone numbers and e-mail addresses.

Written anew rather than by Presidio's own recognisers: that for e-mail asks the network for a list of domains, and that
for telephone numbers takes a millisecond a note and misses every fifth.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import ClassVar, Final

from pipelines.notes.listed import listed
from pipelines.notes.patterns.checks import as_digits
from pipelines.notes.patterns.reading import Reading
from pipelines.notes.patterns.recogniser import CHECKED, FORM_ALONE, IN_CONTEXT, FormRecognizer, Found
from pipelines.notes.spans import Kind

_RUN: Final = re.compile(r"(?<![0-9])(?:[0-9]|(?<![A-Za-z])[Oo])(?:[ \t\r\n./()-]{0,4}+[0-9Oo])*+")
_LONGEST: Final = 20  # digits of a telephone number, and some to see that it ends
_MARK: Final = re.compile(r"[(]?\+[ (]{0,2}$|[(]$")
_DAY: Final = re.compile(r"[0-9]{1,2}([/.-])[0-9]{1,2}\1(?:[0-9]{4}|[0-9]{2})(?![0-9])")
_AMOUNT: Final = re.compile(r"[0-9][0-9.,]*")
_EXTENSION: Final = re.compile(r"[\s,]{0,3}(?:ext(?:ension|n)?|x)[.:]?\s{0,2}[0-9]{1,5}(?![0-9])")
# Another number that begins alike, of which the end alone is written: 07911 123456/654321.
_OTHER_END: Final = re.compile(r"(?:(?:\s?/\s?[0-9]{3,6}|/[0-9]{1,2})(?![0-9a-z]|[/.:-][0-9])){1,3}")
_SAID: Final = re.compile(
    r"\b(?:tel(?:ephone)?|ph(?:one)?|mob(?:ile)?|cell|call(?:ed|s)?|ring|rang|text(?:ed|s)?|landline|fax|whatsapp|contact|"
    r"number|num|no|t|m)\b[\s.:#()=-]{0,4}(?:(?:is|was|on|now|number|no|num|from|at|him|her|them|back|home|work|new|old|"
    r"the|mum|dad|me|us)\b[\s.:#()-]{0,3}){0,3}$"
)
_LOCAL: Final = re.compile(
    r"(?<![0-9A-Za-z$.,/:-])[0-9]{3,6}(?:[ -][0-9]{3,4})?(?![0-9A-Za-z])(?![.,:/-][0-9])"
)
_ENDING: Final = re.compile(
    r"\b(?:ends?|ending|ended|finish(?:es|ing)|begins?|beginning|starts?|starting|last (?:two|three|four|[234]|few) "
    r"(?:digits|numbers?)?)\s{0,2}(?:(?:in|with|are|is|were|as)\s{1,2})?[:'\"*x.-]{0,4}\s?"
    r"(?P<it>[0-9]{2,6}(?: [0-9]{3,4})?)(?![0-9A-Za-z/])(?![.:,-][0-9])"
)
_OF_A_NUMBER: Final = re.compile(
    r"\b(?:num(?:ber)?s?|no|mob(?:ile)?|(?:tele)?phone|tel|caller|digits|text(?:ed|s)?|called|rang|sim|landline)\b"
)
_NUMBER_AFTER: Final = re.compile(r"\s(?:on|of) (?:his|her|the|their|that) (?:number|mobile|phone)\b")
_YEAR_OR_DAY: Final = re.compile(
    r"(?:19|20)[0-9]{2}(?![0-9])|[0-9]{1,2}(?:st|nd|rd|th)?\s(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)
# Help lines and emergencies are nobody's.
_HELP: Final = listed("""
    116123 116000 116006 116111 08001111 101 111 999 112 105 119 18000 18001
""")
_UNITS: Final = re.compile(
    r"\s?(?:hrs?|hours?|mins?|minutes?|days?|weeks?|months?|years?|%|pm|am|mg|ml|kg|g|cm|pounds?)\b"
)
_LOCAL_PART: Final = re.compile(r"[\w.+%'&!#$*/=?^{|}~-]")
_LABEL: Final = "[A-Za-z0-9-]{1,63}"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{1,6}}")
_LOOSE_DOMAIN: Final = re.compile(
    rf"\s{{0,2}}{_LABEL}(?:\s?\.\s?{_LABEL}){{0,4}}?\s?\.\s?(?:com|co\s?\.\s?uk|org(?:\s?\.\s?uk)?|net|gov\s?\.\s?uk|"
    r"uk|ie|eu|info|me|pl|ro)\b"
)
_CUT_DOMAIN: Final = re.compile("[A-Za-z][A-Za-z0-9-]{3,40}")
_MORE_THAN_A_WORD: Final = re.compile("[0-9._]")
_PROVIDER: Final = re.compile(
    r"\s{0,2}(?:g(?:oogle)?mail|hotmail|outlook|yahoo|icloud|live|btinternet|sky|aol|msn|talktalk|virgin(?:media)?|ymail"
    r"|proton(?:mail)?|ntlworld|tiscali|blueyonder|rocketmail)\b(?:\s?[. ]\s?(?:co\s?[. ]\s?uk|com?|net|org|uk)\b)?"
)
_SPOKEN: Final = re.compile(
    r"(?<![\w.])(?:[\w.+-]{1,64}(?:\s{1,2}(?:dot|underscore)\s{1,2}[\w.+-]{1,64}){1,3}|[\w.+-]{2,64})"
    r"\s{0,2}(?:\(at\)|\[at\]|<at>|\bat\b)\s{0,2}(?:[a-z0-9-]{2,40}\s{0,2}(?:\(dot\)|\[dot\]|\bdot\b|[.])"
    r"\s{0,2}){1,4}(?:com?|uk|net|org|info|eu|ie|me)\b"
)


class TelephoneRecognizer(FormRecognizer):
    """Telephone numbers of this country in every spacing, and foreign ones with their code."""

    KINDS: ClassVar = (Kind.PHONE,)

    def find(self, reading: Reading) -> Iterator[Found]:
        """Whole numbers, and parts of one that are said to be."""
        for left, right in reading.near_digits:
            for run in _RUN.finditer(reading.text, left, right):
                yield from _whole(reading, run)
            for match in _ENDING.finditer(reading.lower, left, right):
                if _is_of_a_number(reading, match):
                    yield Found(*match.span("it"), Kind.PHONE, "end of a telephone number", IN_CONTEXT)
            for match in _LOCAL.finditer(reading.text, left, right):
                if _is_local(reading, match):
                    yield Found(*match.span(), Kind.PHONE, "number to ring", IN_CONTEXT)


def _is_local(reading: Reading, match: re.Match[str]) -> bool:
    """Whether it is a number without its area code: five to eight digits behind a word for one."""
    digits = match[0].replace(" ", "").replace("-", "")
    if not 5 <= len(digits) <= 8 or digits in _HELP or _UNITS.match(reading.lower, match.end()):
        return False
    return reading.before(match.start(), _SAID, 30) is not None


def _is_of_a_number(reading: Reading, match: re.Match[str]) -> bool:
    """Whether what ends or begins so is a telephone number, rather than a tenancy in May."""
    if _YEAR_OR_DAY.match(reading.lower, match.start("it")):
        return False
    if "digits" in match[0] or "numbers" in match[0]:
        return True
    before = re.split(r"[.;!?\n]", reading.lower[max(0, match.start() - 30) : match.start()])[-1]
    return bool(_OF_A_NUMBER.search(before) or reading.after(match.end(), _NUMBER_AFTER, 20))


def _whole(reading: Reading, run: re.Match[str]) -> Iterator[Found]:
    """Every telephone number among digits that stand close to one another."""
    text = reading.text
    places = [at for at in range(run.start(), run.end()) if text[at] in "0123456789Oo"]
    digits = as_digits("".join(text[at] for at in places))
    taken = 0
    for at, place in enumerate(places):
        if at < taken or (at and places[at - 1] == place - 1):
            continue
        day = _DAY.match(text, place) or (
            _AMOUNT.match(text, place) if text[place - 1 : place] == "$" else None
        )
        if day:
            taken = bisect_left(places, day.end())
            continue
        if at > taken and text[place - 1] in "/.-" and places[at - 1] == place - 2:
            continue  # in the midst of a day, a time or a version
        mark = _MARK.search(text, max(0, place - 4), place)
        length, score = _length(
            digits[at : at + _LONGEST], text, places[at : at + _LONGEST], "+" in mark[0] if mark else False
        )
        if not length:
            continue
        taken = at + length
        start = mark.start() if mark else place
        end = places[taken - 1] + 1
        extension = reading.after(end, _EXTENSION, 20) or _OTHER_END.match(reading.lower, end)
        yield Found(start, extension.end() if extension else end, Kind.PHONE, "telephone number", score)


def _length(digits: str, text: str, places: list[int], plus: bool) -> tuple[int, float]:
    """How many digits from here on are one telephone number, none if they are none; and how surely."""

    def ends(count: int) -> bool:
        if len(digits) < count:
            return False
        last = places[count - 1]
        if len(digits) > count and places[count] == last + 1:
            return False
        return text[last].isdigit() or not text[last + 1 : last + 2].isalpha()

    # "0.01 01/01/2015" is an amount and a day.
    if plus or (digits[:2] == "00" and places[1] == places[0] + 1):
        country = digits[2:] if digits[:2] == "00" else digits
        lead = len(digits) - len(country)
        if country.startswith("44"):
            nought = 1 if country[2:3] == "0" else 0
            wanted = [lead + 2 + nought + count for count in (10, 9)]
        elif country.startswith("0"):
            return 0, 0.0
        else:
            wanted = [lead + count for count in range(13, 8, -1)]
        for count in wanted:
            if ends(count):
                return count, CHECKED if plus or country.startswith("44") else FORM_ALONE
        return 0, 0.0
    if digits[0] == "0" and digits[1:2] not in {"", "0"}:
        for count in (11, 10):
            if ends(count) and _spaced_like_one(text, places[:count]):
                return count, CHECKED if count == 11 else FORM_ALONE
    if digits.startswith(("447", "441", "442", "443", "448")) and ends(12):
        return 12, IN_CONTEXT
    if (
        digits[0] == "7"
        and ends(10)
        and _grouped(text, places[:10]) in {"10", "46", "55", "433", "334", "343", "424"}
    ):
        return 10, FORM_ALONE
    return 0, 0.0


def _grouped(text: str, places: list[int]) -> str:
    """How many digits stand together: `433` for 7700 900 123."""
    return "".join(str(len(group)) for group in re.findall(r"[0-9Oo]+", text[places[0] : places[-1] + 1]))


def _spaced_like_one(text: str, places: list[int]) -> bool:
    """Not times and scores: a letter for a nought only among digits, and strokes or dots only after an area code."""
    written = text[places[0] : places[-1] + 1]
    if sum(char.isdigit() for char in written) < 5:
        return False
    first = re.match(r"[0-9Oo]+", written)
    if not first or not any(mark in written for mark in "./-"):
        return True
    # Strokes and dots between every two digits are a hand's own; between few, an area code stands first.
    return len(first[0]) > 2 or written.count(written[len(first[0])]) > 4


class EmailAddressRecognizer(FormRecognizer):
    """E-mail addresses, also with spaces around the sign, without their end, or as they are spoken."""

    KINDS: ClassVar = (Kind.EMAIL,)

    def find(self, reading: Reading) -> Iterator[Found]:
        """An address around each `@`, and those with the word."""
        at = reading.text.find("@")
        while at >= 0:
            yield from _around(reading, at)
            at = reading.text.find("@", at + 1)
        if (
            "dot" in reading.lower
            or "(at)" in reading.lower
            or "[at]" in reading.lower
            or " at " in reading.lower
        ):
            yield from _spoken(reading)


def _around(reading: Reading, at: int) -> Iterator[Found]:
    text = reading.text
    before = at
    while before > 0 and text[before - 1] in " \t" and at - before < 2:
        before -= 1
    start = before
    while start > 0 and before - start < 64 and _LOCAL_PART.match(text, start - 1):
        start -= 1
    while start < before and not text[start].isalnum() and text[start] != "_":
        start += 1
    if start == before:
        return
    domain = _DOMAIN.match(text, at + 1, at + 260)
    if domain and before == at:
        yield Found(start, domain.end(), Kind.EMAIL, "e-mail address", CHECKED)
        return
    loose = _LOOSE_DOMAIN.match(reading.lower, at + 1, at + 160) or _PROVIDER.match(
        reading.lower, at + 1, at + 60
    )
    if loose:
        yield Found(start, loose.end(), Kind.EMAIL, "e-mail address", IN_CONTEXT)
        return
    # No dot: a domain that was cut off, where the name before is more than a word.
    cut = _CUT_DOMAIN.match(text, at + 1)
    if cut and before == at and _MORE_THAN_A_WORD.search(text, start, at):
        yield Found(start, cut.end(), Kind.EMAIL, "e-mail address without its end", FORM_ALONE)


def _spoken(reading: Reading) -> Iterator[Found]:
    for match in _SPOKEN.finditer(reading.lower):
        written = match[0]
        marked = "dot" in written or "(at)" in written or "[at]" in written
        if marked or _PROVIDER.search(written):
            yield Found(*match.span(), Kind.EMAIL, "e-mail address as spoken", IN_CONTEXT)
