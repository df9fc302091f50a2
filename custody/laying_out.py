"""Writes files that others wait for."""

import os
from pathlib import Path


def lay_out(file: Path, content: bytes, *, mode: int) -> None:
    """Write a file through to the disk so that nobody sees half of it. `mode`: who may read it."""
    aside = file.with_name(f".{file.name}.part")
    aside.unlink(missing_ok=True)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(file)
