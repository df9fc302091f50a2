"""Writes the files as partners would: encodings, separators, a workbook, and the list of extracts."""

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Final

import xlsxwriter

from pipelines.council.errors import CouncilError
from pipelines.council.places import AUTHORITY
from pipelines.council.sheets import LAYOUTS, Sheet

MARK: Final = "fictional-council.txt"
LIST: Final = "extracts.toml"
TRUTH: Final = (
    "persons.csv",
    "records.csv",
    "families.csv",
    "need_states.csv",
    "claims.csv",
    "broken_rows.csv",
    "identities.txt",
    "exclusions.csv",
    "note_spans.jsonl",
)
OURS: Final = (MARK, LIST, *(layout.file for layout in LAYOUTS), *(f"truth/{name}" for name in TRUTH))
_MARK_LINES: Final = (
    "A fictional council, made by: python -m pipelines demo",
    "Nobody in these files exists. The command may write this folder anew; the files it made are:",
)


def prepare(folder: Path) -> None:
    """Makes the folder ready: a new one, an empty one, or one that this command made before.

    Of the last, the files that the command made are removed, by name, and nothing else. Raises CouncilError for any
    other folder, and where a link would lead out of it.
    """
    if folder.exists() and not folder.is_dir():
        raise CouncilError(f"{folder} is a file. Give a folder that does not exist yet, or an empty one.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        mark = folder / MARK
        made = _made_before(mark)
        if made is None:
            if any(folder.iterdir()):
                raise CouncilError(
                    f"{folder} holds files that this command did not make. Give an empty folder, or one that it made."
                )
            made = []
        for name in OURS:
            path = folder / name
            if path.is_symlink() or path.parent.is_symlink():
                raise CouncilError(
                    f"{folder}: {name} is a link. Remove it: files are never written through links."
                )
            if path.exists() and name not in made and name != MARK:
                raise CouncilError(
                    f"{folder}: {name} is in the way, and this command did not make it. Move it elsewhere."
                )
        for name in (LIST, *made):  # the list first: a half-written folder must not look whole
            (folder / name).unlink(missing_ok=True)
        (folder / "truth").mkdir(exist_ok=True)
    except OSError as error:
        raise CouncilError(
            f"{folder} cannot be written: {error.strerror}. Give a folder that you may write to."
        ) from None


def _made_before(mark: Path) -> list[str] | None:
    """The files that an earlier run made, as the mark lists them; None without a mark."""
    if mark.is_symlink() or not mark.is_file():
        return None
    with mark.open(encoding="utf-8", errors="replace") as file:
        lines = [line.strip() for line in file.read(10_000).splitlines()]
    if lines[:1] != [_MARK_LINES[0]]:
        return None
    return [name for name in lines if name in OURS and name != MARK]


def leave_mark(folder: Path, names: list[str]) -> None:
    """Writes down which files this run makes, before it makes them."""
    (folder / MARK).write_text("\n".join((*_MARK_LINES, *names)) + "\n", encoding="utf-8", newline="\n")


def write_sheet(folder: Path, sheet: Sheet) -> None:
    layout = sheet.layout
    if layout.file.endswith(".xlsx"):
        _write_workbook(folder / layout.file, sheet)
        return
    path = folder / layout.file
    with path.open("w", encoding=layout.encoding, errors="strict", newline="") as file:
        writer = csv.writer(file, delimiter=layout.separator, lineterminator="\r\n")
        writer.writerow((*layout.headings.values(), *layout.extra))
        writer.writerows(row[0] for row in sheet.rows)
        writer.writerows(cells for cells, _ in sheet.tail)


def _write_workbook(path: Path, sheet: Sheet) -> None:
    # The time of making would be the only difference between two runs.
    book = xlsxwriter.Workbook(
        str(path), {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": datetime(2020, 1, 1)})
    day_format = book.add_format({"num_format": "dd/mm/yyyy"})
    page = book.add_worksheet("Events")
    for column, heading in enumerate((*sheet.layout.headings.values(), *sheet.layout.extra)):
        page.write_string(0, column, heading)
    for place, (cells, _, _) in enumerate(sheet.rows, 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                page.write_datetime(place, column, datetime(cell.year, cell.month, cell.day), day_format)
            elif isinstance(cell, int | float):
                page.write_number(place, column, cell)
            elif cell:
                page.write_string(place, column, cell)
    for place, _ in enumerate(sheet.tail, len(sheet.rows) + 1):
        page.write_string(place, 1, " ")  # an almost empty row
    book.close()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def write_list(
    folder: Path, sheets: list[Sheet], covers: dict[str, tuple[date, date]], as_of: date, payment: str
) -> None:
    """Writes extracts.toml; last of all, so that only a whole folder has one."""
    lines = [
        f"as_of = {as_of.isoformat()}",
        f"authority = {_quoted(AUTHORITY)}",
        "synthetic = true",
        f"payment = {_quoted(payment)}",
    ]
    for sheet in sheets:
        layout = sheet.layout
        first, last = covers[layout.contract]
        lines += [
            "",
            "[[extract]]",
            f"file = {_quoted(layout.file)}",
            f"contract = {_quoted(layout.contract)}",
            f"partner = {_quoted(layout.partner)}",
            f"covers_from = {first.isoformat()}",
            f"covers_to = {last.isoformat()}",
        ]
        if not sheet.rows:
            lines.append("may_be_empty = true")
        renamed = {theirs: ours for ours, theirs in layout.headings.items() if theirs != ours}
        if renamed:
            lines.append("[extract.columns]")
            lines += [f"{_quoted(theirs)} = {_quoted(ours)}" for theirs, ours in renamed.items()]
        for column, words in layout.values.items():
            lines.append(f"[extract.values.{column}]")
            lines += [f"{_quoted(word)} = {_quoted(code)}" for code, word in words.items() if word != code]
    (folder / LIST).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
