"""Files that are ZIPs inside (spreadsheets), packed again so that the same content is the same bytes."""

import io
import zipfile
from collections.abc import Callable
from datetime import date

# As in documents that no program of the desktop made: the file was packed by nobody's operating system.
_MADE_ON = 0


def repacked(
    file: bytes, as_of: date, changed: Callable[[str, bytes], bytes] = lambda _name, content: content
) -> bytes:
    """The same members in the same order, each dated `as_of`, and each as `changed` gives it back. What was stored
    without compression stays so."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as before, zipfile.ZipFile(made, "w") as after:
        for member in before.infolist():
            entry = zipfile.ZipInfo(member.filename, (as_of.year, as_of.month, as_of.day, 0, 0, 0))
            entry.compress_type = member.compress_type
            entry.create_system = _MADE_ON
            content = changed(member.filename, before.read(member))
            after.writestr(entry, content, compresslevel=6)
    return made.getvalue()
