"""Whether data files and their metadata keep the Explore Education Statistics standard (`data_rules`)."""

from collections.abc import Mapping

from custody.screening.columns import check_columns, check_names
from custody.screening.data_file import META_ENDS, DataFile, read_data_file
from custody.screening.data_rules import DATA_RULES
from custody.screening.geography import check_geography
from custody.screening.items import check_cells, check_items
from custody.screening.metadata import Metadata, check_metadata, check_together, read_metadata
from custody.screening.rules import Finding, found
from custody.screening.times import check_times

_ENDS = ".csv"


def screen_data(files: Mapping[str, bytes]) -> list[Finding]:
    """What is wrong with the data files (NAME.csv) among `files`, each with its metadata (NAME.meta.csv)."""
    findings: list[Finding] = []
    known: dict[str, DataFile] = {}
    tables = {name: content for name, content in files.items() if name.lower().endswith(_ENDS)}
    for name, content in tables.items():
        file, wrong = read_data_file(name, content)
        findings.extend(wrong)
        if file is not None:
            known[name] = file
    for name in tables:
        is_metadata = name.endswith(META_ENDS)
        other = name.removesuffix(META_ENDS) + _ENDS if is_metadata else name.removesuffix(_ENDS) + META_ENDS
        if other not in tables:
            findings.append(found(DATA_RULES["file_names_match"], name, "the file's name"))
        if is_metadata and name in known:
            findings.extend(check_cells(known[name]))
            findings.extend(check_metadata(read_metadata(known[name])))
        elif name in known:
            findings.extend(_screen(known[name], _metadata(known, other)))
    return findings


def _metadata(known: Mapping[str, DataFile], name: str) -> Metadata | None:
    return read_metadata(known[name]) if name in known else None


def _screen(data: DataFile, metadata: Metadata | None) -> list[Finding]:
    findings = [*check_columns(data), *check_times(data), *check_geography(data), *check_cells(data)]
    if metadata is not None:
        findings += [*check_together(data, metadata), *check_names(metadata), *check_items(data, metadata)]
    return findings
