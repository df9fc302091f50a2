"""Check digits of numbers in a text, one at a time: the rules of `pipelines.identifiers`, in plain Python.

Every function takes the canonical form (upper case, no spaces, digits as digits).
"""

import re

from pipelines.identifiers import PNC_LETTERS, UPN_LETTERS

_NINO = re.compile(r"(?!BG|GB|NK|KN|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]")
_TEMPORARY_NINO = re.compile(r"TN[0-9]{6}[FM]")
_UPN = re.compile(rf"[{UPN_LETTERS}][0-9]{{11}}[0-9{UPN_LETTERS}]")
_UPWARDS, _DOWNWARDS = "01234567890", "09876543210"
_AS_DIGITS = str.maketrans("OoIilL", "001111")


def as_digits(written: str) -> str:
    """Letters typed for the digits that they look like."""
    return written.translate(_AS_DIGITS)


def typed_for_none(digits: str) -> bool:
    """Whether the digits are all the same, or run up or down."""
    return len(set(digits)) == 1 or digits in _UPWARDS or digits in _DOWNWARDS


def is_nhs_number(digits: str) -> bool:
    """Ten digits, modulus 11."""
    if len(digits) != 10 or typed_for_none(digits):
        return False
    total = sum(int(digit) * (10 - at) for at, digit in enumerate(digits[:9]))
    return (11 - total % 11) % 11 == int(digits[9])


def is_uln(digits: str) -> bool:
    """Ten digits, of which the last is ten less the remainder of the rest by 11."""
    if len(digits) != 10 or typed_for_none(digits):
        return False
    remainder = sum(int(digit) * (10 - at) for at, digit in enumerate(digits[:9])) % 11
    return remainder != 0 and 10 - remainder == int(digits[9])


def is_upn(number: str) -> bool:
    """A pupil number, permanent or temporary, with the right letter."""
    if not _UPN.fullmatch(number) or typed_for_none(number[1:12]) or typed_for_none(number[1:11]):
        return False
    last = UPN_LETTERS.index(number[12]) if number[12].isalpha() else int(number[12])
    total = sum(int(digit) * (at + 2) for at, digit in enumerate(number[1:12])) + last * 13
    return UPN_LETTERS[total % 23] == number[0]


def is_nino(number: str) -> bool:
    """A National Insurance number, or a temporary one, by its form: there is no check digit."""
    return bool(_NINO.fullmatch(number) or _TEMPORARY_NINO.fullmatch(number))


def is_pnc_id(year: str, serial: str, letter: str) -> bool:
    """Number of the Police National Computer: `year` in two or four digits."""
    serial = serial.zfill(7)
    return serial != "0000000" and PNC_LETTERS[int(year[-2:] + serial) % 23] == letter


def is_card(digits: str) -> bool:
    """The number of a bank card (Luhn)."""
    total = sum(
        sum(divmod(2 * int(digit), 10)) if at % 2 else int(digit) for at, digit in enumerate(reversed(digits))
    )
    return 13 <= len(digits) <= 19 and total % 10 == 0 and not typed_for_none(digits)
