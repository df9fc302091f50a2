"""Which code made a release."""

import hashlib
from functools import cache
from pathlib import Path

from release.places import PROJECT

VERSION = "0.1.0"
# What decides figures, claims and privacy: a change to any of these makes another code version.
_DECIDES = ("pipelines", "outcomes", "disclosure", "release")


@cache
def code_version() -> str:
    """The version, and the beginning of a digest of the code that decides what is in a release."""
    digest = hashlib.sha256()
    for room in _DECIDES:
        for file in sorted((PROJECT / room).rglob("*.py"), key=_name):
            digest.update(_name(file).encode() + b"\0" + file.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return f"{VERSION}+{digest.hexdigest()[:12]}"


def _name(file: Path) -> str:
    return file.relative_to(PROJECT).as_posix()
