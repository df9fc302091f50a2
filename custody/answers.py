"""What the worker answers with, and what a request says it is about."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from custody.errors import RequestError
from ledger import Request

_WINDOW: Final = re.compile(r"([a-z0-9-]{1,80})/([A-Za-z0-9-]{1,40})")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True)
class Answer:
    """The files of an answer by the end of their names (the number of the request stands before it), and in a sentence
    what was done."""

    files: Mapping[str, bytes]
    note: str


def window_named(request: Request) -> tuple[str, str]:
    """The framework and the framework's own code for the window that a request is about: `FRAMEWORK/WINDOW`. Raises
    RequestError where it names none."""
    named = _WINDOW.fullmatch(request.subject)
    if named is None:
        raise RequestError("The request names no window. Name it as FRAMEWORK/WINDOW")
    return named[1], named[2]


def number_named(request: Request, what: str) -> int:
    """The number of the claim or window (`what`) that a request is about. Raises RequestError where it names none."""
    if _NUMBER.fullmatch(request.subject) is None:
        raise RequestError(f"The request names no {what}. Name it by its number in the ledger")
    return int(request.subject)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file in UTF-8. No cell begins with a sign that makes a spreadsheet reckon."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _harmless(cell: object) -> str:
    words = "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)
    return "'" + words if words[:1] in tuple("=+-@\t\r") else words


def claims_words(number: int) -> str:
    """How many claims, in words: "1 claim", "12 claims"."""
    return f"{number:,} {'claim' if number == 1 else 'claims'}"
