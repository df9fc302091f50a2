"""Mends text that was UTF-8, was read as Windows-1252 on the way, and was saved so: `RenÃ©e` is Renée."""

import codecs

import polars as pl

# Windows-1252, every byte: one that it does not define is the control character of that number.
_UNDEFINED = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
WINDOWS_1252 = "".join(
    chr(byte) if byte in _UNDEFINED else bytes([byte]).decode("cp1252") for byte in range(256)
)
_TO_WINDOWS_1252 = codecs.charmap_build(WINDOWS_1252)
# What names and notes are written with beyond ASCII: Latin letters, dashes, quotation marks, € and ™.
_PLAUSIBLE = (
    frozenset(map(chr, range(0xA0, 0x180)))
    | frozenset("ȘșȚțẀẁẂẃẄẅỲỳ")
    | frozenset(map(chr, range(0x2010, 0x2027)))
    | frozenset("€™\u202f\ufeff")
)
# Every damaged character begins with one of these (the lead bytes of UTF-8, seen through Windows-1252).
_FOLLOWING = (
    "\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
)
_SUSPICIOUS = f"[\u00c2-\u00f4][{_FOLLOWING}]"
_ROUNDS = 3


def mend(text: pl.Series) -> tuple[pl.Series, int]:
    """Mend a column where most of its non-ASCII texts are damaged in this way; correct text stays as it is.

    `text`: String. Gives the column and how many rows changed.
    """
    suspicious = text.filter(text.str.contains(_SUSPICIOUS).fill_null(False)).unique()
    if suspicious.is_empty():
        return text, 0
    # Only distinct suspicious texts come here, so that the loop is short.
    mended = {old: new for old in suspicious.to_list() if (new := _mended(old)) != old}
    foreign = text.filter(text.str.contains(r"[^\x00-\x7f\u00a0]").fill_null(False)).n_unique()
    if not mended or len(mended) * 2 < foreign:
        return text, 0
    changed = text.is_in(list(mended)).sum()
    return text.replace(mended), int(changed)


def _mended(text: str) -> str:
    for _ in range(_ROUNDS):
        better = _once(text)
        if better is None:
            break
        text = better
    return text


def _once(text: str) -> str | None:
    """The text one misreading earlier; none where it was not misread."""
    if text.isascii():
        return None
    try:
        read = codecs.charmap_encode(text, "strict", _TO_WINDOWS_1252)[0].decode("utf-8")
    except UnicodeError:
        return None
    # What was misread twice still holds the signs of Windows-1252.
    return read if all(c.isascii() or c in _PLAUSIBLE or c in WINDOWS_1252 for c in set(read)) else None
