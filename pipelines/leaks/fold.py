"""How strings are compared: so that no apostrophe, accent form, hyphen, case or blank hides a name."""

import re

import polars as pl

_ASCII = bytes(
    letter + 32 if 65 <= letter <= 90 else letter if letter > 127 or chr(letter).isalnum() else 32
    for letter in range(256)
)


def fold(value: pl.Expr) -> pl.Expr:
    """A string in composed form (NFKC), lower case, everything but letters and digits one blank."""
    composed = value.str.normalize("NFKC").str.to_lowercase()
    return composed.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()


def fold_bytes(content: bytes) -> bytes:
    """The like for raw bytes: ASCII letters in lower case, all other ASCII but digits one blank; the rest as it is."""
    return re.sub(rb"  +", b" ", content.translate(_ASCII))
