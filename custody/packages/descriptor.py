"""What a package says of itself to a machine: a Frictionless data package, with the dictionary in its schema."""

import hashlib
from collections.abc import Mapping
from typing import Any

from custody.packages.content import Package, PackageColumn, PackageTable
from custody.packages.tables import harmless_texts
from custody.typesetting import as_json

DESCRIPTOR = "datapackage.json"
_MEDIA = {
    ".parquet": "application/vnd.apache.parquet",
    ".sav": "application/x-spss-sav",
    ".dta": "application/x-stata-dta",
    ".csv": "text/csv",
    ".md": "text/markdown",
    ".json": "application/json",
}


def descriptor(package: Package, files: Mapping[str, bytes]) -> bytes:
    """`datapackage.json`: each table as a tabular resource (its CSV), and its other forms as files. Digests and sizes
    are those of `files`."""
    resources = []
    for table in package.tables:
        resources.append(_tabular(table, files))
        for ending in (".parquet", ".sav", ".dta"):
            path = f"data/{table.name}{ending}"
            if path in files:
                resources.append(_file(f"{table.name}-{ending[1:]}", path, files[path], table.title))
    return as_json(
        {
            "profile": "data-package",
            "name": package.name,
            "title": package.title,
            "description": package.about,
            "version": package.version,
            "created": f"{package.as_of.isoformat()}T00:00:00Z",
            "licenses": [
                {"name": "LicenseRef-outcome-lens", "title": "Terms of this export", "path": "LICENCE.md"}
            ],
            "contributors": [{"title": package.publisher, "role": "publisher"}],
            "release": package.release,
            "until": package.until.isoformat(),
            "resources": resources,
        }
    )


def _tabular(table: PackageTable, files: Mapping[str, bytes]) -> dict[str, Any]:
    path = f"data/{table.name}.csv"
    headings = harmless_texts([column.name for column in table.columns])
    return {
        "name": table.name,
        "type": "table",
        "title": table.title,
        "description": table.about,
        "path": path,
        "scheme": "file",
        "format": "csv",
        "mediatype": _MEDIA[".csv"],
        "encoding": "utf-8",
        **_digest(files[path]),
        "dialect": {"csv": {"delimiter": ",", "quoteChar": '"', "lineTerminator": "\n"}},
        "schema": {
            "fields": [
                _field(heading, column) for heading, column in zip(headings, table.columns, strict=True)
            ],
            "missingValues": [""],
        },
    }


def _field(heading: str, column: PackageColumn) -> dict[str, Any]:
    codes = harmless_texts([code for code, _words in column.codes])
    constraints: dict[str, Any] = {} if column.nullable else {"required": True}
    if codes:
        constraints["enum"] = codes
    told: dict[str, Any] = {
        "name": heading,
        "type": column.holds.value,
        "title": column.label,
        "description": column.meaning,
        "unit": column.unit,
        "codes": [
            {"value": code, "label": words} for code, (_code, words) in zip(codes, column.codes, strict=True)
        ],
        "derivation": column.derivation,
        "disclosureControl": column.disclosure,
    }
    if constraints:
        told["constraints"] = constraints
    return {key: value for key, value in told.items() if value not in ("", [])}


def _file(name: str, path: str, data: bytes, title: str) -> dict[str, Any]:
    ending = path[path.rindex(".") :]
    return {
        "name": name,
        "type": "file",
        "title": title,
        "path": path,
        "scheme": "file",
        "format": ending[1:],
        "mediatype": _MEDIA[ending],
        **_digest(data),
    }


def _digest(data: bytes) -> dict[str, Any]:
    return {"hash": f"sha256:{hashlib.sha256(data).hexdigest()}", "bytes": len(data)}
