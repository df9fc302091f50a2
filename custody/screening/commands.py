"""The command that screens a file: `python -m custody screen FILE [META]`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from custody.documents.errors import DocumentError
from custody.screening.data_file import META_ENDS
from custody.screening.rules import Severity
from custody.screening.screen import errors_of, screen_files

_console = Console(highlight=False, soft_wrap=True)
_SCREENED = (".csv", ".xlsx", ".xlsm", ".ods")


def screen_command(
    file: Annotated[Path, typer.Argument(help="A data file (CSV) or a spreadsheet (XLSX, ODS).")],
    meta: Annotated[
        Path | None,
        typer.Argument(help="A data file's metadata.", show_default="NAME.meta.csv beside it"),
    ] = None,
) -> None:
    """Screen a file by the published rules of its kind: the Explore Education Statistics standard for data files, the
    Analysis Function's checklist for spreadsheets. Says every rule that is broken, where, and what to do."""
    if file.suffix.lower() not in _SCREENED:
        raise DocumentError(f"{file.name} is neither a data file (.csv) nor a spreadsheet (.xlsx, .ods).")
    read = [file]
    if file.suffix.lower() == ".csv" and not file.name.endswith(META_ENDS):
        beside = meta or file.with_name(file.stem + META_ENDS)
        if meta is not None or beside.is_file():
            read.append(beside)
    findings = screen_files({path.name: _content(path) for path in read})
    for finding in sorted(findings, key=lambda one: one.severity is Severity.WARNING):
        _console.print(
            f"{finding.severity.value}  {finding.rule}  {finding.file}, {finding.place}: {finding.words}",
            markup=False,
        )
    errors = errors_of(findings)
    if errors:
        raise DocumentError(f"{file.name} breaks {len(errors)} rules, and is refused.")
    warned = f", {len(findings)} warnings" if findings else ""
    _console.print(f"{file.name} keeps the rules{warned}.", markup=False)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or "it is not there"
        raise DocumentError(f"{path.name} cannot be read: {reason}. Say where it is.") from None
