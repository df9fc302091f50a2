"""The chain of the audit log: each line's digest covers the line before, so that a changed bit is found.

It has no key: whoever may write the file can make the whole chain anew. Against that there are copies kept elsewhere.
"""

import hashlib
import json
from collections.abc import Iterable

from ledger.records import Entry

START = "0" * 64


def digest(
    number: int, at: str, event: str, actor: str, role: str, subject: str, detail: str, previous: str
) -> str:
    """SHA-256 over one line in a form that can be read one way only."""
    line = json.dumps([number, at, event, actor, role, subject, detail, previous], ensure_ascii=True)
    return hashlib.sha256(line.encode("ascii")).hexdigest()


def first_fault(entries: Iterable[Entry]) -> int | None:
    """The number of the first line that does not follow from the one before it, or None: the chain is whole."""
    previous = START
    for expected, entry in enumerate(entries, start=1):
        detail = json.dumps(dict(entry.detail), sort_keys=True)
        whole = digest(
            entry.number,
            entry.at,
            entry.event,
            entry.actor,
            entry.role,
            entry.subject,
            detail,
            entry.previous,
        )
        if entry.number != expected or entry.previous != previous or entry.digest != whole:
            return expected
        previous = entry.digest
    return None
