"""Numbers that a person is given once: NHS number, pupil and learner number, National Insurance, police numbers.

In any spacing and case, across line breaks, with letters typed for digits. A number with the right check digit counts
alone; with a wrong one it counts where its form is its own. Numbers behind their names are in `references`.
"""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from pipelines.notes.listed import listed
from pipelines.notes.patterns.checks import as_digits, is_nhs_number, is_nino, is_pnc_id, is_uln, is_upn
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

_GAP: Final = r"[ \t\r\n.-]{0,3}"
_DIGIT: Final = "[0-9OoIil]"
_PACKED: Final = re.compile(r"[^A-Za-z0-9]+")
# A day with a time beside it has as many digits as a number.
_HOLDS_A_DAY: Final = re.compile(
    r"^(?:[0-9]{4}([-.])[0-9]{1,2}\1[0-9]{1,2}|[0-9]{1,2}([-.])[0-9]{1,2}\2[0-9]{2,4})\s"
    r"|\s(?:[0-9]{4}([-.])[0-9]{1,2}\3[0-9]{1,2}|[0-9]{1,2}([-.])[0-9]{1,2}\4[0-9]{2,4})$"
)
_MAY_BE_A_DAY: Final = re.compile(r"[0-9]{1,2}([-.])[0-9]{1,2}\1[0-9]{2}(?![0-9])")
_SAID_LEARNER: Final = re.compile(r"\b(?:uln|learner)\b")
_SAID_NINO: Final = re.compile(r"\b(?:nino|n\.?i\.?|nat(?:ional)? ins(?:urance)?|insurance)\b")
_SAID_PNC: Final = re.compile(r"\bpnc\b")
# Before six digits that are none: an identity card, a constable, a number.
_NO_PREFIX: Final = listed("ID PC DC PS NO SW HV UC HB CT ME")
_SMALL_WORDS: Final = listed("""
    am an as at be by do go he if in is it me my no of on or so to up us we hr pc
""")


def _packed(written: str) -> str:
    return _PACKED.sub("", written).upper()


def _ten_digits(match: re.Match[str], reading: Reading) -> float:
    digits = as_digits(_packed(match[0]))
    if is_nhs_number(digits) and not _HOLDS_A_DAY.search(match[0]):
        return CHECKED
    return NOT_IT


def _three_three_four(match: re.Match[str], reading: Reading) -> float:
    return FORM_ALONE


def _learner(match: re.Match[str], reading: Reading) -> float:
    if not reading.before(match.start(), _SAID_LEARNER):
        return NOT_IT
    return CHECKED if is_uln(_packed(match[0])) else IN_CONTEXT


def _pupil(match: re.Match[str], reading: Reading) -> float:
    packed = _packed(match[0])
    body = as_digits(packed[1:12])
    if is_upn(packed[0] + body + packed[12]) or is_upn(packed[0] + body + as_digits(packed[12])):
        return CHECKED
    return FORM_ALONE if sum(char.isdigit() for char in packed) > 9 else NOT_IT


def _insurance(match: re.Match[str], reading: Reading) -> float:
    written = match[0]
    packed = _packed(written)
    digits = as_digits(packed[2:8])
    if sum(char.isdigit() for char in packed[2:8]) < 4:
        return NOT_IT
    if reading.before(match.start(), _SAID_NINO, 30):
        return CHECKED if is_nino(packed[:2] + digits + packed[8:]) else IN_CONTEXT
    if _MAY_BE_A_DAY.search(written):
        return NOT_IT
    if written[:2].lower() in _SMALL_WORDS and not written[2].isalnum() and not written[:2].isupper():
        return NOT_IT
    if is_nino(packed[:2] + digits + packed[8:]):
        return CHECKED
    # Without its last letter, or mistyped: only as it is usually written.
    usual = _USUAL_NINO.fullmatch(written) and written[:2] not in _NO_PREFIX
    return FORM_ALONE if usual else NOT_IT


_USUAL_NINO: Final = re.compile(r"[A-Z]{2} ?(?:[0-9]{6}|[0-9]{2} [0-9]{2} [0-9]{2})(?: ?[A-Z])?")


def _police(match: re.Match[str], reading: Reading) -> float:
    year, serial, letter = as_digits(match["year"]), as_digits(match["serial"]), match["letter"].upper()
    if is_pnc_id(year, serial, letter):
        return CHECKED
    if reading.before(match.start(), _SAID_PNC):
        return IN_CONTEXT
    return FORM_ALONE if len(serial) > 3 else NOT_IT


def _always(match: re.Match[str], reading: Reading) -> float:
    return IN_CONTEXT


FORMS: Final = (
    Form(
        Kind.NHS_NUMBER,
        "NHS number by its check digit",
        re.compile(rf"(?<![0-9])[0-9](?:{_GAP}{_DIGIT}){{9}}(?![0-9])(?![A-Za-z](?<![OoIil][A-Za-z]))"),
        _ten_digits,
    ),
    Form(
        Kind.NHS_NUMBER,
        "ten digits as an NHS number is written",
        re.compile(r"(?<![0-9])(?<![0-9$][ .,-])[0-9]{3}([ -])[0-9]{3}\1[0-9]{4}(?![0-9])(?![.,-][0-9])"),
        _three_three_four,
    ),
    Form(
        Kind.ULN,
        "learner number",
        re.compile(rf"(?<![0-9])[0-9](?:{_GAP}[0-9]){{9}}(?![0-9])"),
        _learner,
    ),
    Form(
        Kind.UPN,
        "pupil number",
        re.compile(
            rf"(?:(?<![A-Za-z0-9])|(?<=UPN)|(?<=upn))[A-Za-z]"
            rf"(?:[ \t\r\n./-]{{0,3}}{_DIGIT}){{11}}[ \t\r\n./-]{{0,3}}[0-9A-Za-z](?![A-Za-z0-9])"
        ),
        _pupil,
    ),
    Form(
        Kind.NINO,
        "National Insurance number",
        re.compile(
            rf"(?:(?<![A-Za-z0-9])|(?<=NINO)|(?<=nino))[A-Za-z]{_GAP}[A-Za-z](?:{_GAP}{_DIGIT}){{6}}"
            rf"(?:{_GAP}[A-DFMa-dfm])?(?![A-Za-z0-9])"
        ),
        _insurance,
    ),
    Form(
        Kind.PNC_ID,
        "Police National Computer number",
        re.compile(
            rf"(?<![A-Za-z0-9/])(?P<year>(?:[12][0-9O])?[0-9O]{{2}})[ ]?[/-][ ]?(?P<serial>{_DIGIT}{{1,7}})[ ]?"
            r"(?P<letter>[A-Za-z])(?![A-Za-z0-9])"
        ),
        _police,
    ),
    Form(
        Kind.ASN,
        "arrest summons number",
        re.compile(
            r"(?<![A-Za-z0-9/])[0-9]{2}[ ]?/[ ]?[0-9A-Za-z]{2}[ ]?/?[ ]?[0-9A-Za-z]{2}[ ]?/[ ]?[0-9A-Za-z]{2}[ ]?/[ ]?"
            r"[0-9]{1,11}[ ]?[A-Za-z](?![A-Za-z0-9])"
            r"|(?<![A-Za-z0-9])[0-9]{2}[0-9]{2}[0-9A-Z]{4}[0-9]{11}[A-Z](?![A-Za-z0-9])"
        ),
        _always,
    ),
)


class PersonNumberRecognizer(FormRecognizer):
    """Numbers given once to a person."""

    KINDS: ClassVar = (Kind.NHS_NUMBER, Kind.ULN, Kind.UPN, Kind.NINO, Kind.PNC_ID, Kind.ASN)

    def find(self, reading: Reading) -> Iterator[Found]:
        """Each form wherever there are digits."""
        return near_digits(reading, FORMS)
