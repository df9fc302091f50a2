"""Makes a package: every table in four forms, the dictionary, the words, the digests; and one ZIP of them."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Final

from custody.packages import words
from custody.packages.content import Package
from custody.packages.descriptor import DESCRIPTOR, descriptor
from custody.packages.statistical import write_spss, write_stata
from custody.packages.tables import write_csv, write_parquet
from custody.typesetting import as_json

SUMS: Final = "SHA256SUMS"
# The first day that a ZIP can name: nothing in it depends on when it was made.
_DAY: Final = (1980, 1, 1, 0, 0, 0)
_ORDINARY_FILE: Final = 0o100644 << 16


def package(made_from: Package) -> dict[str, bytes]:
    """The files of a package by their paths in it. The same package gives the same bytes."""
    files: dict[str, bytes] = {}
    for table in made_from.tables:
        files[f"data/{table.name}.csv"] = write_csv(table.frame)
        files[f"data/{table.name}.parquet"] = write_parquet(table.frame)
        files[f"data/{table.name}.sav"] = write_spss(table, made_from.as_of)
        files[f"data/{table.name}.dta"] = write_stata(table, made_from.as_of)
    files["DICTIONARY.csv"] = write_csv(words.dictionary(made_from))
    files["README.md"] = words.read_me(made_from).encode()
    files["METHOD.md"] = words.method_note(made_from).encode()
    files["RISK.md"] = words.risk_report(made_from).encode()
    files["RISK.json"] = as_json(dict(made_from.risk))
    files["CITATION.cff"] = words.citation(made_from).encode()
    files["LICENCE.md"] = words.licence(made_from).encode()
    files[DESCRIPTOR] = descriptor(made_from, files)
    files[SUMS] = _sums(files)
    return dict(sorted(files.items()))


def zipped(files: Mapping[str, bytes]) -> bytes:
    """One ZIP of the files: in the order of their paths, all dated alike."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path, data in sorted(files.items()):
            entry = zipfile.ZipInfo(path, _DAY)
            entry.external_attr = _ORDINARY_FILE
            entry.create_system = 3
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return out.getvalue()


def _sums(files: Mapping[str, bytes]) -> bytes:
    lines = [f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in sorted(files.items())]
    return "".join(lines).encode()
