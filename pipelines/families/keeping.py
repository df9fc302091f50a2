"""The edges of a release's families, kept in the vault: why they are one can be answered later."""

from collections.abc import Collection
from pathlib import Path

import polars as pl

from release.errors import ReleaseError
from release.places import Places
from release.pointer import is_release_name

_SHELF = "families"


def keep_edges(places: Places, release: str, edges: pl.DataFrame) -> None:
    """Keep `edges` (pipelines.families.edges.EDGES) of a release."""
    file = _file(places, release)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = file.with_suffix(".part")
    aside.unlink(missing_ok=True)
    aside.touch(mode=0o600)
    edges.write_parquet(aside)
    aside.replace(file)


def read_edges(places: Places, release: str) -> pl.DataFrame:
    """The edges of a release. Raises ReleaseError where they are gone."""
    try:
        return pl.read_parquet(_file(places, release))
    except (FileNotFoundError, pl.exceptions.PolarsError):
        raise ReleaseError(
            f"The vault holds no {_SHELF} for the release {release}: it was made elsewhere, or they were removed."
        ) from None


def sweep_edges(places: Places, published: Collection[str]) -> None:
    """Take away what a run left that died before its release was published. `published`: every release ever was."""
    for file in places.vault.glob(f"{_SHELF}/*.parquet"):
        if is_release_name(file.stem) and file.stem not in published:
            file.unlink()
    for file in places.vault.glob(f"{_SHELF}/*.part"):
        file.unlink()


def _file(places: Places, release: str) -> Path:
    return places.vault / _SHELF / f"{release}.parquet"
