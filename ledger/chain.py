"""The chain of the audit log: each line's digest covers the line before, so that a changed bit is found.

A line also covers the rows that its act wrote into other tables: their digest is part of its detail. The chain has no
key: whoever may write the file can make the whole chain anew. Against that there are copies kept elsewhere, and the
manifest of every release holds the newest line of its day.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

START = "0" * 64


def digest(
    number: int, at: str, event: str, actor: str, role: str, subject: str, detail: str, previous: str
) -> str:
    """SHA-256 over one line in a form that can be read one way only."""
    return _digest_of([number, at, event, actor, role, subject, detail, previous])


def rows_digest(rows: Iterable[Sequence[object]]) -> str:
    """SHA-256 over rows of one table, each in the order of its columns, sorted by what they hold."""
    return _digest_of(sorted(_text(list(row)) for row in rows))


def first_fault(lines: Iterable[Any]) -> int | None:
    """The number of the first line that does not follow from the one before it, or None: the chain is whole.

    `lines`: rows of the table `audit` as they are written, in order; what is read out of a line (its detail as JSON)
    may be the same although a letter was changed.
    """
    previous = START
    for expected, line in enumerate(lines, start=1):
        whole = _digest_of(list(line[:-1]))
        if line.number != expected or line.previous != previous or line.digest != whole:
            return expected
        previous = line.digest
    return None


def _digest_of(value: object) -> str:
    return hashlib.sha256(_text(value).encode("ascii")).hexdigest()


def _text(value: object) -> str:
    # In a damaged file a text may have become bytes: another value, and no fault of the program.
    return json.dumps(value, ensure_ascii=True, default=repr)
