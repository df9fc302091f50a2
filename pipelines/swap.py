"""Several files replaced together: all of them or none, whenever the machine stops.

The new files are written beside the old ones. Then one journal is put in place, and from that moment the new ones
count, whether they have taken the old ones' places yet or not; whoever comes next finishes the work.
"""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from release.pointer import flush_folder

_SUFFIX = ".coming"


def aside(file: Path) -> Path:
    """Where what is to replace `file` is written."""
    return file.with_name(file.name + _SUFFIX)


def in_force(journal: Path, file: Path) -> Path:
    """The file that counts: `file`, or what is to replace it once the journal is there."""
    coming = aside(file)
    return coming if journal.exists() and coming.exists() else file


def commit(journal: Path, files: Iterable[Path], facts: Mapping[str, Any]) -> None:
    """From here on what was written beside `files` counts. `facts`: what `pending` gives whoever finishes."""
    for file in files:
        with aside(file).open("rb") as handle:
            if os.name == "posix":
                os.fsync(handle.fileno())
        flush_folder(file.parent)
    half = journal.with_suffix(".part")
    half.unlink(missing_ok=True)
    half.touch(mode=0o600)
    with half.open("w", encoding="utf-8") as out:
        out.write(json.dumps(facts) + "\n")
        out.flush()
        os.fsync(out.fileno())
    half.replace(journal)
    flush_folder(journal.parent)


def pending(journal: Path) -> dict[str, Any] | None:
    """The facts of a replacement that was begun and not finished."""
    try:
        facts = json.loads(journal.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return dict(facts)


def replace(files: Iterable[Path]) -> None:
    """Put what was written beside `files` in their places; those that are there already are passed over."""
    for file in files:
        coming = aside(file)
        if coming.exists():
            coming.replace(file)
            flush_folder(file.parent)


def end(journal: Path) -> None:
    """All is done: the journal goes."""
    journal.unlink(missing_ok=True)
    flush_folder(journal.parent)


def forget(journal: Path, files: Iterable[Path]) -> None:
    """Throw away what was written beside `files` and never came to count."""
    if not journal.exists():
        journal.with_suffix(".part").unlink(missing_ok=True)
        for file in files:
            aside(file).unlink(missing_ok=True)
