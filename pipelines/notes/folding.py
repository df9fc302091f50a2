"""Texts as names are looked for in them: plain small letters, and where each stood in the text as written."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# Letters that no accent was put on, and letters of other alphabets that look like Latin ones: whoever writes a name
# with them writes the name.
_LETTERS = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŋ": "n", "ŧ": "t", "ɓ": "b", "ɗ": "d", "ƙ": "k",
    "ə": "e", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th",
    "а": "a", "в": "b", "с": "c", "е": "e", "һ": "h", "н": "h", "і": "i", "ј": "j", "к": "k", "м": "m", "о": "o",
    "р": "p", "ѕ": "s", "т": "t", "у": "y", "х": "x", "ԁ": "d", "ԛ": "q", "ԝ": "w",
    "α": "a", "β": "b", "ε": "e", "ζ": "z", "η": "h", "ι": "i", "κ": "k", "μ": "m", "ν": "n", "ο": "o", "ρ": "p",
    "τ": "t", "υ": "y", "χ": "x",
}  # fmt: skip
_APOSTROPHES = "'`´‘’‚‛′ʹʻʼʽˈ＇"
_QUOTES = '"“”„‟″«»'
_DASHES = "−⁃˗"


def _fold(character: str) -> str:
    """A character in its plain form: no, one or several characters."""
    if character in _APOSTROPHES:
        return "'"
    if character in _QUOTES:
        return '"'
    category = unicodedata.category(character)
    if category == "Pd" or character in _DASHES:
        return "-"
    if category[0] == "M" or category == "Cf":
        return ""
    if character.isspace() or category == "Cc":
        return " "
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    plain = []
    for part in unicodedata.normalize("NFKD", character).lower():
        if unicodedata.category(part)[0] != "M":
            plain.append(_LETTERS.get(part, part))
    return "".join(plain).replace("⁄", "/")


class _Folds(dict[int, str]):
    """What each code point becomes, worked out when first met."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold(chr(code))
        return folded


class _OneForOne(dict[int, str]):
    """As `_Folds`, one character for each: of "ß" the first, a mark of its own stays."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = (_FOLDS[code] or chr(code))[0]
        return folded


_FOLDS = _Folds()
_ONE_FOR_ONE = _OneForOne()


def folded(text: str) -> str:
    """The text in plain small letters, exactly one character for each of its own, so that offsets stay.

    Accents are off, curly apostrophes and dashes plain, every kind of space or line break one space. Marks and
    characters of no width stay where they are: use `Folded` where they must hide nothing.
    """
    return text.translate(_ONE_FOR_ONE)


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in plain small letters. `offsets`: of each of its characters the place in the text as written, and at the
    end the length of that; none where the places are the same."""

    text: str
    offsets: Sequence[int] | None = None

    @classmethod
    def of(cls, text: str) -> "Folded":
        """The text folded: marks and characters of no width are gone, "ß" is "ss"."""
        if text.isascii() or all(len(_FOLDS[ord(character)]) == 1 for character in set(text)):
            return cls(text.translate(_FOLDS))
        characters: list[str] = []
        offsets: list[int] = []
        for place, character in enumerate(text):
            for plain in _FOLDS[ord(character)]:
                characters.append(plain)
                offsets.append(place)
        offsets.append(len(text))
        return cls("".join(characters), offsets)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where characters `start` up to `end` stand in the text as written, with marks behind the last of them."""
        if self.offsets is None:
            return start, end
        if end <= start:
            return self.offsets[start], self.offsets[start]
        last = self.offsets[end - 1]
        # Of a letter that became two ("ß"), the next place is the letter's own.
        return self.offsets[start], max(self.offsets[end], last + 1)
