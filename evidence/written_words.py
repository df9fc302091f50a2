"""What an officer writes into a return, and a checker into a decision: texts of several lines that others will read."""

import re
import unicodedata
from typing import Final

from evidence.errors import AccessError

MOST: Final = 4000
# What no such text has need of: numbers that people are known by, addresses, days of birth. Names cannot be told from
# those of services and places: whoever signs reads the text.
_IDENTIFYING: Final = re.compile(
    r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b"  # an NHS number
    r"|\b[A-Za-z]\d{11}[A-Za-z\d]\b|\b[A-Za-z]\d{12}\b"  # a unique pupil number
    r"|\b[A-Za-z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-Da-d]\b"  # a National Insurance number
    r"|\d{7,}"  # amounts have their commas
    r"|(?:\+44|\b0)(?:[\s()-]*\d){9,10}\b"  # a telephone number
    r"|[^\s@]+@[^\s@]+|://|\bwww\."
    r"|\b[A-Za-z]{1,2}\d[A-Za-z\d]?\s+\d[A-Za-z]{2}\b|\b[A-Za-z]{1,2}\d{1,2}\d[A-Za-z]{2}\b"  # a postcode
    r"|\b\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*(?:\d{4}|\d{2})\b|\b\d{4}-\d{2}-\d{2}\b"
)


def written(text: str, what: str, most: int = MOST) -> str:
    """A text as it is kept: trimmed, its lines kept, nothing in it that cannot be printed; "" for none.

    `what` it is, for the sentence of the AccessError that is raised where it is longer than `most` characters, or holds
    what somebody could be known by: a number of a person, an address, a postcode, a day.
    """
    if len(text) > 4 * most:
        raise AccessError(f"{what} is too long: say it in at most {most:,} characters.")
    lines = (" ".join(_printable(line).split()) for line in text.splitlines())
    kept = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if len(kept) > most:
        raise AccessError(f"{what} is too long: say it in at most {most:,} characters.")
    if _IDENTIFYING.search(unicodedata.normalize("NFKC", kept)):
        raise AccessError(
            f"{what} holds what somebody could be known or led astray by: a number of a person, a telephone number, an "
            "e-mail or web address, a postcode or a day. It is kept for ever and read by others: say it without."
        )
    return kept


def _printable(line: str) -> str:
    return "".join(one if one.isprintable() else " " for one in line)


def one_line(text: str, what: str, most: int) -> str:
    """A text as a line of the ledger keeps it: as `written`, on one line."""
    return " ".join(written(text, what, most).split())
