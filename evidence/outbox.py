"""Files that the worker laid out for people: read when somebody fetches one, and given only as the ledger knows it."""

import hashlib
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from evidence.errors import NotGivenError

# No file of the outbox is larger. One that is larger was not laid out by the worker.
LARGEST: Final = 512 * 1024 * 1024
# What the worker calls its files: nothing that leads to another folder, and nothing hidden.
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_MEDIA_TYPES: Final = {
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


def media_type(name: str) -> str:
    """What a browser is told that a file is, by the end of its name."""
    return _MEDIA_TYPES.get(Path(name).suffix.lower(), "application/octet-stream")


def is_there(outbox: Path, name: str) -> bool:
    """Whether a file of that name lies in the outbox. Whether it may be given is asked when it is fetched."""
    return _NAME.fullmatch(name) is not None and (outbox / name).is_file()


def checked(outbox: Path, name: str, digest: str, may: Callable[[], str]) -> bytes:
    """The bytes of a file, which are those that `digest` (its SHA-256 in the ledger) was made of.

    `may` is asked first and last: why the file may not be given any more, in a sentence ("": it may). What is compared
    is what is given, not what lies there a moment later. Raises NotGivenError where it may not be given, is gone, or is
    another than the ledger knows.
    """
    _refuse(may())
    content = _read(outbox, name)
    if hashlib.sha256(content).hexdigest() != digest:
        raise NotGivenError(
            "This file is not the one that the ledger knows: somebody or something has changed it since. It is not "
            "given to anybody. The worker lays it out again when it is asked to.",
            "its digest is another than in the ledger",
        )
    _refuse(may())
    return content


def _refuse(why: str) -> None:
    if why:
        raise NotGivenError(why, "it may not be given any more")


def _read(outbox: Path, name: str) -> bytes:
    if _NAME.fullmatch(name) is None:
        raise NotGivenError("There is no such file.", "its name is none of the worker's")
    try:
        # Whoever can put a link into the outbox cannot make the app read something else by it.
        handle = os.open(outbox / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        raise NotGivenError(
            "This file does not lie in the outbox any more. The worker lays it out again when it is asked to.",
            "it is not in the outbox",
        ) from None
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
        os.close(handle)
        raise NotGivenError(
            "This file cannot be given: it is not what the worker laid out.", "it is no file of the worker's"
        )
    with os.fdopen(handle, "rb") as file:
        return file.read(LARGEST + 1)
