"""Screens files: each by the published rules of its kind."""

from collections.abc import Mapping, Sequence

from custody.documents.data_files import data_file_names
from custody.documents.statistics import StatisticalDocument
from custody.screening.data_rules import DATA_RULES
from custody.screening.data_screen import screen_data
from custody.screening.rules import Finding, Severity, found
from custody.screening.sheet_screen import screen_sheets

_SHEETS = (".xlsx", ".xlsm", ".ods")


def screen_files(files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """What is wrong with the files, by name: data files and their metadata by the Explore Education Statistics
    standard, spreadsheets by the Analysis Function's checklist. Others have no rules here."""
    findings = screen_data(files)
    for name, content in files.items():
        if name.lower().endswith(_SHEETS):
            findings.extend(screen_sheets(name, content))
    return tuple(findings)


def screen(document: StatisticalDocument, files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """What is wrong with the files of a document. The files are looked at, not the document: whatever wrote them, they
    are what leaves. Where one of its tables has a data file, each must have."""
    findings = list(screen_files(files))
    data = [data_file_names(document.name, table.name)[0] for table in document.tables]
    if any(name in files for name in data):
        missing = (name for name in data if name not in files)
        findings.extend(found(DATA_RULES["file_names_match"], name, "the file") for name in missing)
    return tuple(findings)


def errors_of(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Those for which a file is refused."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)
