"""Which releases there are, and which one is current.

A release is a folder of its own, never changed afterwards, so a reader that has one open keeps it. The pointer is a
file with one line, replaced as a whole: a reader sees the old release or the new one, never half of one.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from release.errors import ReleaseError
from release.places import Places

_NAME = re.compile(r"\d{4}-\d{2}-\d{2}-\d{3,6}")
COMPLETE = "manifest.json"


def is_release_name(name: str) -> bool:
    """Whether `name` can be a release: the as-of date and a running number, and nothing that walks the disk."""
    return _NAME.fullmatch(name) is not None


def releases(places: Places) -> list[str]:
    """All whole releases, oldest first."""
    if not places.releases.is_dir():
        return []
    return sorted(
        (f.name for f in places.releases.iterdir() if is_release_name(f.name) and (f / COMPLETE).is_file()),
        key=_number,
    )


def current(places: Places) -> str | None:
    """The release that readers should open, or None where nothing has been published yet."""
    try:
        name = places.pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ReleaseError(f"{places.pointer} cannot be read ({type(error).__name__}). {_MEND}") from None
    if not is_release_name(name) or not (places.releases / name / COMPLETE).is_file():
        raise ReleaseError(f"{places.pointer} names no release that is here. {_MEND}")
    return name


def resolve(places: Places, name: str) -> str:
    """The release that a user means by `name`: "current", or a release's own name."""
    found = current(places) if name == "current" else name
    if found is None:
        raise ReleaseError(
            f"No release has been published in {places.data} yet. "
            "Make one with: python -m pipelines run --extracts FOLDER"
        )
    if not is_release_name(found) or found not in releases(places):
        raise ReleaseError(
            f"There is no release of that name in {places.releases}. See: python -m pipelines releases list"
        )
    return found


def next_name(places: Places, as_of: str, published: Iterable[str] = ()) -> str:
    """A name never used before for a release of the extracts as of `as_of` (ISO date).

    `published`: names that the ledger knows, of releases that may have been moved away since.
    """
    names = [*published]
    if places.releases.is_dir():
        names += [file.name for file in places.releases.iterdir()]
    used = [0, *(_number(name)[1] for name in names if is_release_name(name))]
    return f"{as_of}-{max(used) + 1:03d}"


def use(places: Places, name: str) -> None:
    """Make `name` the current release, in one step that cannot be seen half done."""
    aside = places.pointer.with_name(f".current.{os.getpid()}")
    with aside.open("w", encoding="utf-8") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    aside.replace(places.pointer)
    flush_folder(places.releases)


def flush_folder(folder: Path) -> None:
    """Have the operating system write a folder's entries down, where it can (Windows cannot, and need not)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _number(name: str) -> tuple[str, int]:
    return name[:10], int(name[11:])


_MEND = "Choose a release: python -m pipelines releases list, then: python -m pipelines releases use ID"
