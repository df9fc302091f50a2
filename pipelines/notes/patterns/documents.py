"""Bank accounts and cards, passports, driving licences; international accounts by Presidio's own recogniser."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from presidio_analyzer.predefined_recognizers import IbanRecognizer

from pipelines.notes.patterns.checks import as_digits, is_card
from pipelines.notes.patterns.reading import Reading
from pipelines.notes.patterns.recogniser import (
    CHECKED,
    FORM_ALONE,
    IN_CONTEXT,
    NOT_IT,
    Form,
    FormRecognizer,
    Found,
    near_digits,
)
from pipelines.notes.spans import Kind

_BEFORE: Final = r"(?<![A-Za-z0-9])"
_ALONE: Final = r"(?![A-Za-z0-9])"
_SAID_BANK: Final = re.compile(
    r"\b(?:sort\s?codes?|s/?c|bank|account|acc(?:oun)?t?|a/?c|barclays|natwest|hsbc|lloyds|santander|monzo|nationwide|halifax)\b"
)
_SAID_CARD: Final = re.compile(r"\b(?:card|visa|mastercard|debit|credit)\b")
_SAID_PASSPORT: Final = re.compile(r"\b(?:passport|brp|residence permit|visa|travel document|id card)\b")
_FOURS: Final = re.compile(r"[0-9]{16}|[0-9]{4}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{4}")
# Two days in a row have as many digits as a card, and one pair in ten the right check digit.
_DAY: Final = re.compile(r"(?<![0-9])(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}-[0-9]{2}-[0-9]{4})(?![0-9])")
_MAY_BE_IBAN: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}[ -]?[A-Za-z0-9]{4}[ -]?[A-Za-z0-9]{4}")
_IBAN: Final = IbanRecognizer()


def _account_beside(match: re.Match[str], reading: Reading) -> float:
    if reading.before(match.start(), _SAID_BANK):
        return CHECKED
    return IN_CONTEXT if match[0][2] == match[0][5] and match[0][2] in " -" else NOT_IT


def _if_bank(match: re.Match[str], reading: Reading) -> float:
    return IN_CONTEXT if reading.before(match.start(), _SAID_BANK) else NOT_IT


def _card(match: re.Match[str], reading: Reading) -> float:
    if _DAY.search(match[0]):
        return NOT_IT
    digits = re.sub("[^0-9]", "", match[0])
    if is_card(digits):
        return CHECKED
    if reading.before(match.start(), _SAID_CARD):
        return IN_CONTEXT
    return FORM_ALONE if _FOURS.fullmatch(match[0]) else NOT_IT


def _passport(match: re.Match[str], reading: Reading) -> float:
    return IN_CONTEXT if reading.before(match.start(), _SAID_PASSPORT) else NOT_IT


def _licence(match: re.Match[str], reading: Reading) -> float:
    packed = re.sub("[^A-Za-z0-9]", "", match[0]).upper()
    digits = as_digits(packed[5:11])
    month = int(digits[1:3]) % 50 if digits.isdigit() else 0
    return CHECKED if 1 <= month <= 12 else FORM_ALONE


FORMS: Final = (
    Form(
        Kind.BANK_ACCOUNT,
        "sort code and account",
        re.compile(
            r"(?<![0-9$])[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[\s,;/:.-]{1,4}"
            r"(?:(?:a/?c|acc(?:oun)?t?|account|and)[\s.:]{0,2})?"
            r"(?:(?:no|number|num)[\s.:]{0,3})?[0-9]{4}[ ]?[0-9]{4}(?![0-9])",
            re.IGNORECASE,
        ),
        _account_beside,
    ),
    Form(
        Kind.BANK_ACCOUNT,
        "sort code",
        re.compile(r"(?<![0-9/-])[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}(?![0-9/-])"),
        _if_bank,
    ),
    Form(
        Kind.BANK_ACCOUNT,
        "account",
        re.compile(r"(?<![0-9/-])(?:[0-9]{7,8}|[0-9]{4} [0-9]{4})(?![0-9/-])"),
        _if_bank,
    ),
    Form(Kind.BANK_ACCOUNT, "card", re.compile(r"(?<![0-9])[0-9](?:[ -]{0,2}[0-9]){12,18}(?![0-9])"), _card),
    Form(
        Kind.PASSPORT,
        "passport",
        re.compile(rf"{_BEFORE}(?:[0-9]{{3}} ?[0-9]{{3}} ?[0-9]{{3}}|[A-Za-z]{{1,2}} ?[0-9]{{6,8}}){_ALONE}"),
        _passport,
    ),
    Form(
        Kind.DRIVING_LICENCE,
        "driving licence",
        re.compile(
            rf"{_BEFORE}[A-Za-z9]{{5}}[ -]?[0-9OoIil]{{6}}[ -]?[A-Za-z9]{{2}}[ -]?[A-Za-z0-9][A-Za-z]{{2}}"
            rf"(?:[ -]?[0-9]{{2}})?{_ALONE}"
        ),
        _licence,
    ),
)


class DocumentRecognizer(FormRecognizer):
    """What a bank, the passport office or the licensing agency gives."""

    KINDS: ClassVar = (Kind.BANK_ACCOUNT, Kind.PASSPORT, Kind.DRIVING_LICENCE)

    def find(self, reading: Reading) -> Iterator[Found]:
        """Each form wherever there are digits."""
        yield from near_digits(reading, FORMS)
        for left, right in reading.near_digits:
            if not _MAY_BE_IBAN.search(reading.text, left, right):
                continue
            for result in _IBAN.analyze(reading.text[left : right + 40].upper(), ["IBAN_CODE"]):
                yield Found(
                    left + result.start,
                    left + result.end,
                    Kind.BANK_ACCOUNT,
                    "international account",
                    CHECKED,
                )
