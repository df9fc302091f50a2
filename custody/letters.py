"""Which letters a document can show: what comes from outside may hold any."""

import unicodedata
from typing import Final

# What the fonts of the typesetter can show, as far as a release has a use for it: Latin, Greek and Cyrillic letters,
# punctuation, currencies, a few signs. A letter that no font has would stop the document from being made.
_SHOWN: Final = (
    (0x20, 0x7E),
    (0xA0, 0x24F),
    (0x370, 0x4FF),
    (0x1E00, 0x1EFF),
    (0x2010, 0x2027),
    (0x2030, 0x2040),
    (0x20A0, 0x20BF),
    (0x2192, 0x2192),
    (0x2264, 0x2265),
)
# Marks that sit on the letter before them, and signs that turn the direction of a line, could change what is read.
_LEFT_OUT: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me", "Mc"})
_INSTEAD: Final = "\N{REPLACEMENT CHARACTER}"
# Longer than anything that a rule or a release says; a text as long as a book is no evidence.
_LONGEST: Final = 2000


def shown(text: str) -> str:
    """`text` with a sign in place of every letter that a document cannot show; line breaks as blanks, and cut where it
    is longer than 2,000 letters."""
    words = " ".join(unicodedata.normalize("NFC", text).split())
    cut = words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
    return "".join(letter if _can_show(letter) else _INSTEAD for letter in cut)


def _can_show(letter: str) -> bool:
    code = ord(letter)
    return unicodedata.category(letter) not in _LEFT_OUT and any(
        first <= code <= last for first, last in _SHOWN
    )
