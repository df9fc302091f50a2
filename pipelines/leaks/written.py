"""Whether a number stands in raw bytes as somebody writes one, or is there by chance.

A database keeps a column as codes of one byte a row, and sorted ones as runs: "..22////0000111##" is the months of
some rows, not the number 22/0000111 of a crime. Folded (`leaks.fold`), the two are the same.
"""

import re
from itertools import pairwise

# Between the parts of a number: one sign with or without blanks, or blanks; no run of signs and no control byte.
_GAP = rb"(?: {1,3}| ?[!-/:-@\[-`{-~] ?)"
_BLANK, _DELETE = 32, 127
# What stands around any text, beside whatever other sign: ("22/0000111"), [22/0000111].
_AROUND = frozenset(b"\"'()[]{}<>")
_EMPTY = frozenset(b" \0\t\n\r")


def stands_written(content: bytes, number: str) -> bool:
    """Whether `number`, digits and blanks as folded, stands in `content` as a number of its own that somebody wrote.

    Its parts are one sign apart. On both sides there is an end of the file, a blank, a control byte or one sign alone;
    beside a number whose digits never fall within a part, as sorted codes do not, only an end, a blank, a sign before a
    blank, or what stands around a text.
    """
    parts = number.split()
    is_sorted = all(before <= after for part in parts for before, after in pairwise(part))
    ends = _ends_a_sorted_one if is_sorted else _ends
    return any(
        ends(content[found.end() : found.end() + 2])
        and ends(content[max(found.start() - 2, 0) : found.start()][::-1])
        for found in re.finditer(_GAP.join(part.encode() for part in parts), content)
    )


def _ends(beside: bytes) -> bool:
    """Whether a number ends where these two bytes, from it outwards, stand beside it; fewer at an end of the file."""
    if not beside or beside[0] <= _BLANK or beside[0] == _DELETE:
        return True
    return _is_sign(beside[0]) and not (len(beside) > 1 and _is_sign(beside[1]) and not _is_around(beside))


def _ends_a_sorted_one(beside: bytes) -> bool:
    """As `_ends`, beside a number that sorted codes look like: a sign counts before a blank only."""
    if not beside or beside[0] in _EMPTY or _is_around(beside):
        return True
    return _is_sign(beside[0]) and beside[-1] in _EMPTY


def _is_around(beside: bytes) -> bool:
    return beside[0] in _AROUND and beside[1:] != beside[:1]


def _is_sign(byte: int) -> bool:
    return _BLANK < byte < _DELETE and not chr(byte).isalnum()
