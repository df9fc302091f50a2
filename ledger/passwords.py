"""Passwords of local accounts: what is kept of one, and whether one is right.

scrypt (RFC 7914) as the National Cyber Security Centre and OWASP advise: 32 MiB and three passes, a salt of its own for
each, the parameters kept beside it so that they can grow. Passwords are compared in one Unicode form (NFKC), as typed.
"""

import base64
import hashlib
import hmac
import os
import threading
import unicodedata
from dataclasses import dataclass
from typing import Final

from ledger.errors import AccountError

SHORTEST: Final = 12
LONGEST: Final = 256
_SALT: Final = 16
_LENGTH: Final = 32
# So many are worked out at once: each takes 32 MiB and a processor.
_AT_ONCE = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class Hardness:
    """The parameters of scrypt: memory is 128 × n × r bytes, work n × r × p."""

    n: int
    r: int
    p: int


HARDNESS: Final = Hardness(2**15, 8, 3)
# What is read back is not believed beyond this.
_MOST: Final = Hardness(2**20, 16, 8)


def kept(password: str, hardness: Hardness = HARDNESS) -> str:
    """What is kept of a password: `scrypt$n$r$p$salt$result`. Raises AccountError where it is a poor one."""
    text = _one_form(password)
    if len(text) < SHORTEST:
        raise AccountError(
            f"A password has at least {SHORTEST} letters. Three words of your own are easy to keep."
        )
    if len(text) > LONGEST:
        raise AccountError(f"A password has at most {LONGEST} letters.")
    if not text.isprintable():
        raise AccountError("A password has no control characters.")
    if len(set(text)) < 5:
        raise AccountError("This password is too easy to guess: it has hardly any different letters.")
    salt = os.urandom(_SALT)
    made = _scrypt(text, salt, hardness)
    parts = (hardness.n, hardness.r, hardness.p, _written(salt), _written(made))
    return "$".join(("scrypt", *map(str, parts)))


def is_right(password: str, keeping: str | None) -> bool:
    """Whether a password is the one of which `keeping` is kept. None (no account): it is not, and takes as long."""
    hardness, salt, made = _read(keeping) if keeping else (HARDNESS, b"\0" * _SALT, b"")
    found = _scrypt(_one_form(password)[: LONGEST + 1], salt, hardness)
    # scrypt takes what ends in zeros for what does not.
    return hmac.compare_digest(found, made) and keeping is not None and "\0" not in password


def _scrypt(text: str, salt: bytes, hardness: Hardness) -> bytes:
    with _AT_ONCE:
        return hashlib.scrypt(
            text.encode("utf-8", "surrogatepass"),
            salt=salt,
            n=hardness.n,
            r=hardness.r,
            p=hardness.p,
            maxmem=256 * hardness.n * hardness.r + 2**20,
            dklen=_LENGTH,
        )


def _one_form(password: str) -> str:
    # Nobody's password is cut short in silence; what is longer than any is wrong whatever follows.
    return unicodedata.normalize("NFKC", password[: 4 * LONGEST])


def _read(keeping: str) -> tuple[Hardness, bytes, bytes]:
    try:
        kind, n, r, p, salt, made = keeping.split("$")
        hardness = Hardness(int(n), int(r), int(p))
        read = hardness, base64.b64decode(salt, validate=True), base64.b64decode(made, validate=True)
    except ValueError:
        raise _damaged() from None
    within = 2 <= hardness.n <= _MOST.n and 1 <= hardness.r <= _MOST.r and 1 <= hardness.p <= _MOST.p
    if kind != "scrypt" or not within or hardness.n & (hardness.n - 1) or len(read[2]) != _LENGTH:
        raise _damaged()
    return read


def _damaged() -> AccountError:
    return AccountError(
        "What is kept of a password is damaged. Set it anew: python -m pipelines account password NAME"
    )


def _written(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
