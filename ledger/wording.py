"""What may be said to the books of returns and of research: checked before anything is written."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from ledger.canonical import is_canonical
from ledger.rules import WORKER
from release.errors import UserError

LONGEST: Final = 500
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", re.ASCII)
_SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_FILE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,149}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,149}){0,3}", re.ASCII)
_MOST_FILES: Final = 1_000
# PostgreSQL's whole numbers end here.
MOST: Final = 2**31 - 1


class Words:
    """Checks what is said, and raises the error of one book with what is wrong with it."""

    def __init__(self, error: type[UserError]) -> None:
        self._error = error

    def line(self, text: str, what: str, *, needed: bool = True, longest: int = LONGEST) -> str:
        """A text on one line. It may be left out where it is not `needed`."""
        words = text.strip()
        if needed and not words:
            raise self._error(f"Say {what}: it is kept in the ledger.")
        if len(words) > longest or not words.isprintable():
            raise self._error(f"Say {what} on one line, in at most {longest:,} letters.")
        return words

    def code(self, text: str, what: str) -> str:
        """A name of letters, digits, - and _."""
        if not _CODE.fullmatch(text):
            raise self._error(f"{what} is named by letters, digits, - and _, at most 100 of them.")
        return text

    def slug(self, text: str) -> str:
        """The name of a project."""
        if not _SLUG.fullmatch(text):
            raise self._error(
                "A project's name is 2 to 40 small letters, digits and dashes, beginning with a letter."
            )
        return text

    def codes(self, texts: Iterable[str], what: str) -> tuple[str, ...]:
        """Names, each once, in order."""
        return tuple(sorted({self.code(text, what) for text in texts}))

    def digest(self, text: str) -> str:
        """A SHA-256."""
        if not _DIGEST.fullmatch(text):
            raise self._error("A digest has 64 hexadecimal digits.")
        return text

    def files(self, files: Mapping[str, str]) -> dict[str, str]:
        """Files by name, with their digests: one at least."""
        if not 1 <= len(files) <= _MOST_FILES:
            raise self._error(f"There is one file at least, and {_MOST_FILES:,} at most.")
        for name in files:
            if not _FILE.fullmatch(name):
                raise self._error("A file is named by letters, digits, dots, - and _.")
        return {name: self.digest(files[name]) for name in sorted(files)}

    def json(self, text: str, what: str, longest: int) -> str:
        """The one text of a value in JSON."""
        if len(text) > longest:
            raise self._error(
                f"{what} is too large for the ledger: {len(text):,} letters, and {longest:,} are the most."
            )
        if not text or not is_canonical(text):
            raise self._error(f"{what} is not JSON in the ledger's one form (ledger.canonical).")
        return text

    def whole(self, value: int, what: str, least: int, most: int = MOST) -> int:
        """A whole number within bounds."""
        if type(value) is not int or not least <= value <= most:
            raise self._error(f"{what} is a whole number from {least} to {most:,}.")
        return value

    def by_worker(self, role: str) -> str:
        """The role of the worker."""
        if role != WORKER:
            raise self._error("This is written down by the worker alone.")
        return role
