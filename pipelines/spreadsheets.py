"""What goes into a file that a person opens in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

_FORMULA = tuple("=+-@＝＋－＠")


def harmless(cell: object) -> str:
    """A cell as text that no spreadsheet takes for a formula: an apostrophe goes before what begins like one."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def write_sheet(file: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file as spreadsheets like it, readable by its owner alone. There is the old file or the new one."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    aside = file.with_name(f"{file.name}.part")
    aside.unlink(missing_ok=True)
    aside.touch(mode=0o600)
    aside.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
    aside.replace(file)
