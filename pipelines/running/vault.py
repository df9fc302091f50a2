"""What stays on the identified side of a run: the quarantine, whose pseudonyms are whose, where texts were redacted."""

import json
import shutil
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import polars as pl

from pipelines.checking import rows_in_quarantine
from pipelines.landing import Landed
from pipelines.shapes import Shape
from pipelines.spreadsheets import write_sheet
from release.errors import ReleaseError
from release.places import Places
from release.pointer import is_release_name

_REFERENCES = "references"
_LINKS = "links"
_SPANS = "note-spans"
_SHAPES = "shapes.json"


def keep_references(places: Places, release: str, references: pl.DataFrame) -> None:
    """Keep `kind, pseudonym, reference, key` of a release, readable by the data team alone. `key`: the register's."""
    _write(references, _file(places, _REFERENCES, release))


def read_references(places: Places, release: str) -> pl.DataFrame:
    """`kind, pseudonym, reference, key` of a release. Raises ReleaseError where they are gone."""
    return _read(places, _REFERENCES, release)


def register_keys(places: Places, pseudonym: str) -> set[str]:
    """The keys of the register that `pseudonym` stood for in any release whose references the vault still holds: after
    a rotation of the master key, the only way from an older pseudonym to whom it meant."""
    found: set[str] = set()
    for file in sorted(places.vault.glob(f"{_REFERENCES}/*.parquet")):
        references = _read(places, _REFERENCES, file.stem)
        # Releases from before there were pseudonyms apart from the register's keys have none.
        if "key" in references.columns:
            found |= set(references.filter(pl.col("pseudonym") == pseudonym)["key"].drop_nulls())
    return found


def keep_links(places: Places, release: str, links: pl.DataFrame) -> None:
    """Keep `contract, file, row, person, person_key` of a release: which record was found to be about which person (a
    number of that run), and the person's lasting key."""
    _write(links, _file(places, _LINKS, release))


def read_links(places: Places, release: str) -> pl.DataFrame:
    """`contract, file, row, person, person_key` of a release. Raises ReleaseError where they are gone."""
    return _read(places, _LINKS, release)


def keep_note_spans(places: Places, release: str, spans: pl.DataFrame) -> None:
    """Keep the audit of the texts of a release (columns of pipelines.notes.stage.SPANS): where in each something was
    taken out, of what kind and by which rule, and nothing of what it was."""
    _write(spans, _file(places, _SPANS, release))


def read_note_spans(places: Places, release: str) -> pl.DataFrame:
    """The audit of the texts of a release. Raises ReleaseError where there is none."""
    return _read(places, _SPANS, release)


def keep_quarantine(
    places: Places, release: str, landed: Sequence[Landed], quarantined: pl.DataFrame
) -> None:
    """Keep the quarantine of a run: `report.csv` says which rule each row broke and where it stands (no cell is in it);
    the rows themselves, as the partner wrote them, lie beside it by contract."""
    folder = places.quarantine / release
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    write_sheet(folder / "report.csv", quarantined.columns, quarantined.iter_rows())
    for number, one in enumerate(landed):
        mine = rows_in_quarantine(one, quarantined)
        if mine.len():
            rows = one.raw.filter(pl.col("row").is_in(mine.implode()))
            _write(rows, folder / f"{number + 1:02d}-{one.extract.contract}.parquet")


def keep_shapes(places: Places, shapes: Iterable[Shape]) -> None:
    """Keep which headings every partner's file had, so that the next run can tell what has changed."""
    file = places.vault / _SHAPES
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = file.with_suffix(".part")
    _create(aside)
    aside.write_text(json.dumps([asdict(one) for one in shapes], ensure_ascii=False), encoding="utf-8")
    aside.replace(file)


def read_shapes(places: Places) -> list[Shape]:
    """The headings of the run before; none where there was none, or where nobody can read them any more."""
    try:
        kept = json.loads((places.vault / _SHAPES).read_text(encoding="utf-8"))
        return [
            Shape(one["contract"], one["partner"], tuple(one["headings"]), dict(one["columns"]))
            for one in kept
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def sweep(places: Places, published: Collection[str]) -> None:
    """Take away what a run left that died before its release was published.

    `published`: every release that ever was; what belongs to one that was moved away stays.
    """
    for shelf in (_REFERENCES, _LINKS, _SPANS):
        for file in places.vault.glob(f"{shelf}/*.parquet"):
            if is_release_name(file.stem) and file.stem not in published:
                file.unlink()
        for file in places.vault.glob(f"{shelf}/*.part"):
            file.unlink()


def _file(places: Places, shelf: str, release: str) -> Path:
    return places.vault / shelf / f"{release}.parquet"


def _read(places: Places, shelf: str, release: str) -> pl.DataFrame:
    try:
        return pl.read_parquet(_file(places, shelf, release))
    except (FileNotFoundError, pl.exceptions.PolarsError):
        raise ReleaseError(
            f"The vault holds no {shelf} for the release {release}: it was made elsewhere, or they were removed."
        ) from None


def _write(frame: pl.DataFrame, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = file.with_suffix(".part")
    _create(aside)
    frame.write_parquet(aside)
    aside.replace(file)


def _create(file: Path) -> None:
    file.touch(mode=0o600)
