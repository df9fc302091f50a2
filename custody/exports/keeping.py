"""What custody keeps of an export that was made: in a folder of its own, as it was packed, for audits and handing out.

exports/000012/package.zip      what is handed out, until it ends
exports/000012/kept/…           what it showed or held, which stays: later exports are attacked together with it
"""

import hashlib
import io
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from custody.exports.errors import PackageChangedError
from custody.laying_out import lay_out
from release.places import Places

if TYPE_CHECKING:
    from custody.released import Proposed

_PACKAGE: Final = "package.zip"
_TABLES: Final = "tables.json"
_RELEASES: Final = "releases.json"
_REPORT: Final = "report.json"
_KEPT: Final = "kept"


def export_file(number: int) -> str:
    """What a released package is called in the outbox."""
    return f"export-{number:06d}.zip"


def folder_of(places: Places, number: int) -> Path:
    return places.exports / f"{number:06d}"


def keep(places: Places, number: int, package: bytes, report: str, kept: Mapping[str, bytes]) -> None:
    """Put away what was made, all of it or nothing: an export that was put away is never made again by halves."""
    folder = folder_of(places, number)
    aside = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    for one in (places.exports, aside, aside / _KEPT):
        one.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = {_PACKAGE: package, _REPORT: report.encode()} | {
        f"{_KEPT}/{name}": data for name, data in kept.items()
    }
    for name, data in files.items():
        lay_out(aside / name, data, mode=0o600)
    aside.rename(folder)


def package_of(places: Places, number: int, sha256: str) -> bytes:
    """The package as it was made. Raises PackageChangedError where it is gone, or not the one of this SHA-256."""
    try:
        data = (folder_of(places, number) / _PACKAGE).read_bytes()
    except OSError:
        data = b""
    if not data or hashlib.sha256(data).hexdigest() != sha256:
        raise PackageChangedError(
            f"The package of export {number} is {'not the one that was prepared' if data else 'gone'}: nothing is "
            "handed out. Keep what is there as evidence, find out who changed it, and have the researcher ask anew."
        )
    return data


def put_away(places: Places, number: int) -> tuple[bytes, str] | None:
    """The package and the report of an export that was made already; None where it was not, or not to the end."""
    folder = folder_of(places, number)
    try:
        return (folder / _PACKAGE).read_bytes(), (folder / _REPORT).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def forget_package(places: Places, number: int) -> None:
    """Take the package away, and leave what later audits need."""
    (folder_of(places, number) / _PACKAGE).unlink(missing_ok=True)


def kept_file(places: Places, number: int, name: str) -> bytes | None:
    """One of the files that stay, or None."""
    try:
        return (folder_of(places, number) / _KEPT / name).read_bytes()
    except OSError:
        return None


def kept_tables(proposed: "Sequence[Proposed]") -> dict[str, bytes]:
    """Tables of counts as files that stay."""
    said, files = [], {}
    for one in proposed:
        knowledge = one.knowledge
        out = io.BytesIO()
        one.cells.write_parquet(out)
        files[f"{one.name}.parquet"] = out.getvalue()
        said.append(
            {
                "name": one.name,
                "measure": one.measure,
                "framework": one.framework,
                "dimensions": list(one.dimensions),
                "threshold": one.threshold,
                "knowledge": None if knowledge is None else asdict(knowledge),
            }
        )
    files[_TABLES] = json.dumps(said, sort_keys=True).encode()
    return files


def tables_kept(places: Places, number: int) -> "tuple[Proposed, ...]":
    """The tables that an export showed. Raises PackageChangedError where what is kept of them is damaged or gone."""
    from custody.released import Proposed
    from disclosure.audit import Knowledge

    about = kept_file(places, number, _TABLES)
    try:
        return tuple(
            Proposed(
                name=str(one["name"]),
                measure=str(one["measure"]),
                dimensions=tuple(one["dimensions"]),
                cells=pl.read_parquet(io.BytesIO(kept_file(places, number, f"{one['name']}.parquet") or b"")),
                knowledge=None if one["knowledge"] is None else Knowledge(**one["knowledge"]),
                framework=str(one["framework"]),
                threshold=int(one["threshold"]),
            )
            for one in json.loads(about or b"")
        )
    except (ValueError, TypeError, KeyError, RecursionError, pl.exceptions.PolarsError):
        raise kept_damaged(number) from None


def kept_damaged(number: int) -> PackageChangedError:
    """What is raised where what an export showed or held can no longer be read."""
    return PackageChangedError(
        f"What custody keeps of export {number} (protected/exports/{number:06d}) is damaged or gone: nothing can be "
        "held against it, and nothing more is made. Put back the copy that you keep of it."
    )


def kept_releases(names: Sequence[str]) -> dict[str, bytes]:
    """The releases that an export was held against, as a file that stays."""
    return {_RELEASES: json.dumps(sorted(names)).encode()}


def releases_kept(places: Places, number: int) -> frozenset[str]:
    """The releases that an export was held against; none where that is not known."""
    try:
        return frozenset(map(str, json.loads(kept_file(places, number, _RELEASES) or b"[]")))
    except (ValueError, TypeError, RecursionError):
        return frozenset()
