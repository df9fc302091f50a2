"""The members of a spreadsheet's file, read with the care that somebody else's file asks for."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import lru_cache
from types import TracebackType
from typing import Final, Self
from xml.etree import ElementTree

# A small file may unpack to one that fills the memory.
_LARGEST: Final = 100_000_000
_MOST: Final = 5_000
_REFERENCE: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
# What the readers of ZIPs and of XML raise where one is damaged, or made to be.
_NO_PART: Final = (
    *(zipfile.BadZipFile, zlib.error, struct.error, ElementTree.ParseError),
    *(LookupError, ValueError, OSError, EOFError, RuntimeError),
)
_CODING: Final = re.compile(rb"<\?xml[^>]*encoding=[\"'](?!utf-8[\"'])", re.I)


class UnreadableError(Exception):
    """The file is no spreadsheet that can be read."""


class Archive:
    """A ZIP whose members are read one after another, never more than the memory holds."""

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except _NO_PART as error:
            raise UnreadableError("the file is no spreadsheet") from error
        members = self._archive.infolist()
        if len(members) > _MOST or sum(member.file_size for member in members) > _LARGEST:
            raise UnreadableError("the file unpacks to more than can be read")
        self.names = frozenset(member.filename for member in members)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    def xml(
        self, name: str, each: str = "", handed: Callable[[ElementTree.Element], None] | None = None
    ) -> ElementTree.Element:
        """A member that is XML. No member may define words of its own: they can grow without end. Elements called
        `each` are `handed` over one after another, and are empty in what is given back: a sheet has a great many."""
        try:
            content = self._archive.read(name)
            # In another coding (a zero byte is of one) these words would not be seen.
            if any(one in content for one in (b"<!DOCTYPE", b"<!ENTITY", b"\0")) or _CODING.search(content):
                raise UnreadableError("the file defines words of its own")
            # Nothing that it could do harm with got here.
            elements = ElementTree.iterparse(io.BytesIO(content))  # noqa: S314
            for _, element in elements:
                if handed is not None and element.tag == each:
                    handed(element)
                    element.clear()
            root: ElementTree.Element = elements.root  # type: ignore[attr-defined]
        except _NO_PART as error:
            raise UnreadableError("a part of the file cannot be read") from error
        return root


def number_of(words: str | None, default: int = 0) -> int:
    """A whole number of an attribute, or `default` where it is none."""
    return int(words) if words and words.isascii() and words.isdigit() and len(words) < 10 else default


def place_of(reference: str) -> tuple[int, int]:
    """Row and column (from 0) of a reference such as `B7` or `$B$7`. Raises UnreadableError where it is none."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise UnreadableError("a cell is at no place")
    return int(found[2]) - 1, _column(found[1])


@lru_cache(maxsize=20_000)
def _column(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def span_of(reference: str) -> tuple[int, int, int, int]:
    """Top, left, bottom and right of a reference such as `A3:B9`."""
    first, _, last = reference.partition(":")
    return (*place_of(first), *place_of(last or first))
