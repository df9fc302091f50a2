"""Where answers come from: the current release's safe file, opened once and let go when a newer one is there."""

import gc
import logging
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from weakref import WeakValueDictionary

import duckdb
import polars as pl

from evidence.desk import Desk
from evidence.evidence import Evidence
from release.catalogue import Catalogue, read_catalogue
from release.errors import ReleaseError
from release.opening import open_answers
from release.places import Places
from release.pointer import current
from release.schema import ANSWERS

_LOG = logging.getLogger(__name__)


# Where the rows of each question stand. They are written in order, so they stand together: DuckDB reads those alone, in
# a few milliseconds where a look at every row would take dozens, and needs no index that would have to be loaded.
_STRETCHES = "SELECT question, min(rowid), max(rowid), count(*) FROM answer GROUP BY question"
_STRETCH = "SELECT code_1, code_2, code_3, value FROM answer WHERE rowid BETWEEN ? AND ?"
_NOWHERE = (-1, -1)
# For a file that was written in another order.
_SCATTERED = "SELECT code_1, code_2, code_3, value FROM answer WHERE question = ?"
_COLUMNS = {table.name: table.names for table in ANSWERS}


class StoredRelease:
    """The contents of one answers.duckdb. Small tables are read once, figures when asked for. Safe across threads."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        try:
            rows = connection.execute("SELECT name, value FROM manifest").fetchall()
            self.manifest: Mapping[str, str] = MappingProxyType(dict(rows))
            stretches = connection.execute(_STRETCHES).fetchall()
            self._stretches = {
                question: (first, last)
                for question, first, last, rows in stretches
                if rows == last - first + 1
            }
            self._scattered = {question for question, *_ in stretches} - self._stretches.keys()
            # What an earlier version wrote otherwise shows here, and not on a page.
            connection.execute(_STRETCH, _NOWHERE)
            self.question = self._table("question")
            self.dimension = self._table("dimension")
            self.data_quality = self._table("data_quality")
            self.linkage_quality = self._table("linkage_quality")
            self.privacy_check = self._table("privacy_check")
            self.collected = self._table("collected")
            self.attack = self._table("attack")
        except duckdb.Error as error:
            raise ReleaseError(
                f"This release is damaged or of another version ({type(error).__name__}). "
                "Choose another: python -m pipelines releases use ID"
            ) from None

    def answer(self, question: str) -> pl.DataFrame:
        cursor = self._connection.cursor()
        if question in self._scattered:
            return cursor.execute(_SCATTERED, [question]).pl()
        # A question of which nothing is shown is looked up all the same: how long it takes tells nothing.
        return cursor.execute(_STRETCH, self._stretches.get(question, _NOWHERE)).pl()

    def _table(self, name: str) -> pl.DataFrame:
        columns = ", ".join(f'"{column}"' for column in _COLUMNS[name])
        return self._connection.cursor().execute(f'SELECT {columns} FROM "{name}"').pl()  # noqa: S608  (our own names)


class Store:
    """Gives the evidence of the current release. Cheap to ask at every turn: it reads one small pointer file."""

    def __init__(self, places: Places, desk: Desk | None = None) -> None:
        self.places = places
        self.desk = desk or Desk(places)
        self._catalogue: Catalogue | None = None
        self._open: tuple[str, Evidence] | None = None
        # Releases that somebody still reads, though another is current.
        self._held: WeakValueDictionary[str, StoredRelease] = WeakValueDictionary()
        self._lock = threading.Lock()

    def current(self) -> Evidence | None:
        """The evidence of the current release, or None where nothing has been published yet.

        Who asks keeps what they got: a page never mixes two releases. Raises ReleaseError where the release cannot
        be opened, SettingsError where the catalogue holds a mistake.
        """
        name = current(self.places)
        if name is None:
            return None
        opened = self._open
        if opened is not None and opened[0] == name:
            return opened[1]
        with self._lock:
            if self._open is None or self._open[0] != name:
                self._open = (name, self._opened(name))
                _LOG.info("opened release %s", name)
            return self._open[1]

    def _opened(self, name: str) -> Evidence:
        self._catalogue = read_catalogue(self.places.setting("catalogue.toml"))
        return Evidence(self._contents(name), self._catalogue, self.desk)

    def _contents(self, name: str) -> StoredRelease:
        """The contents of a release. One that is current again while somebody still reads it is not opened twice:
        DuckDB keeps one instance of a file in a process, and that is locked."""
        held = self._held.get(name)
        if held is None:
            try:
                held = StoredRelease(open_answers(self.places, name))
            except ReleaseError:
                # Nobody reads it any more, but its instance is still on its way out.
                gc.collect()
                held = StoredRelease(open_answers(self.places, name))
            self._held[name] = held
        return held


@cache
def shared(data: Path) -> Store:
    """The one store of this process for a data folder: what pages are drawn from and what is fetched from the server
    beside them are the same."""
    return Store(Places(data))
