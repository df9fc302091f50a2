"""Pseudonymous rows of a release, for the council's own data team."""

import polars as pl

from pipelines.keys import Keys
from release.errors import ReleaseError
from release.opening import open_protected
from release.places import Places
from release.schema import PROTECTED

# The random number behind a cell's noise leaves the protected file for nobody.
_WITHHELD = "record_key"


def take_table(places: Places, release: str, table: str, keys: Keys) -> pl.DataFrame:
    """The rows of a table of the protected file, but for `record_key`. Raises ReleaseError where there is none such."""
    known = {one.name: one for one in PROTECTED}
    if table not in known:
        raise ReleaseError(f"There is no such table. Tables are: {', '.join(known)}.")
    columns = ", ".join(f'"{name}"' for name in known[table].names if name != _WITHHELD)
    with open_protected(places, release, keys.protected) as connection:
        return connection.execute(f'SELECT {columns} FROM protected."{table}" ORDER BY ALL').pl()  # noqa: S608
