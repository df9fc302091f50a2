"""What may be said to the ledger of claims: checked before anything is written."""

import re
from collections.abc import Mapping
from typing import Final

from ledger.claim_records import NewClaim, NewWindow
from ledger.errors import ClaimError, WindowError

_LONGEST: Final = 500
_MOST_SLOTS: Final = 4
_SLOT = re.compile(r"[A-Za-z0-9_-]{8,100}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", re.ASCII)
# PostgreSQL's whole numbers end here.
_MOST: Final = 2**31 - 1


class Who:
    """Who acts, in which role, seeing which release, and why."""

    def __init__(self, by: str, role: str, release: str, why: str, *, needed: bool = False) -> None:
        self.by = one_line(by, "the account", needed=True)
        self.role = one_line(role, "the role", needed=True)
        self.release = one_line(release, "the release", needed=True)
        self.why = one_line(why, "the reason", needed=needed)

    def told(self, detail: Mapping[str, object]) -> dict[str, object]:
        """The detail of a line of the audit log."""
        return {**detail, "release": self.release, "why": self.why}


def one_line(text: str, what: str, *, needed: bool) -> str:
    words = text.strip()
    if needed and not words:
        raise ClaimError(f"Say {what}: it is kept in the ledger.")
    if len(words) > _LONGEST or not words.isprintable():
        raise ClaimError(f"Say {what} on one line, in at most {_LONGEST} letters.")
    return words


def check_window(window: NewWindow) -> None:
    terms = window.terms
    shares = (terms.share, terms.tolerance, terms.enlarge_by)
    if not _CODE.fullmatch(window.framework) or not _CODE.fullmatch(window.code):
        raise WindowError("A framework and a window are named by letters, digits, - and _.")
    if window.closes < window.opens:
        raise WindowError(f"The window {window.code} closes before it opens.")
    if any(not 0 <= one <= 1 or one.denominator > _MOST for one in shares) or not 0 <= terms.minimum <= _MOST:
        raise WindowError(f"The terms of the audit of the window {window.code} are out of range.")
    if not 1 <= window.framework_version <= _MOST:
        raise WindowError("The version of a framework is a whole number from 1 on.")


def check_claim(one: NewClaim) -> None:
    if not 1 <= len(one.slots) <= _MOST_SLOTS or len(set(one.slots)) < len(one.slots):
        raise ClaimError(f"A claim has one to {_MOST_SLOTS} slots, each once.")
    if any(not _SLOT.fullmatch(slot) for slot in one.slots):
        raise ClaimError("A slot is a keyed token.")
    checked_digest(one.evidence, needed=True)
    if not _CODE.fullmatch(one.kind):
        raise ClaimError("A kind of claim is named by letters, digits, - and _.")
    if not 0 <= one.worth <= _MOST or not 0 <= one.framework_version <= _MOST:
        raise ClaimError("A claim is worth a whole number of pounds from 0 on.")


def checked_digest(text: str, *, needed: bool = False) -> str:
    if not _DIGEST.fullmatch(text) and (needed or text):
        raise ClaimError("The digest of evidence has 64 hexadecimal digits.")
    return text
