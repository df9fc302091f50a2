"""What attacks share: the sample release as tables in memory, and what its values are held against."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.extracts import read_extract_list
from pipelines.keys import open_keys
from pipelines.leaks import Identities, Searcher
from pipelines.publication.content import Lists
from pipelines.running import verifying
from pipelines.running.settings import read_settings
from release.opening import in_memory, open_answers, open_protected
from release.places import Places
from release.schema import ANSWERS, PROTECTED, Table
from tests.conftest import SAMPLE

TABLES: Mapping[str, tuple[Table, ...]] = {"protected": PROTECTED, "answers": ANSWERS}


@dataclass(frozen=True)
class Made:
    """A made release: its rows by file and table, whose identities are searched for, and the lists."""

    rows: Mapping[tuple[str, str], pl.DataFrame] = field(repr=False)
    identities: Identities
    lists: Lists = field(repr=False)
    searcher: Searcher

    @contextmanager
    def one_table(self, file: str, table: Table) -> Iterator[duckdb.DuckDBPyConnection]:
        """A database like the file, but with this table alone, that a test may change."""
        connection = in_memory()
        connection.execute(f"ATTACH ':memory:' AS {file}")
        connection.execute(table.create(file))
        connection.register("incoming", self.rows[file, table.name])
        connection.execute(f'INSERT INTO {file}."{table.name}" SELECT * FROM incoming')
        connection.unregister("incoming")
        yield connection
        connection.close()


@pytest.fixture(scope="session")
def made(sample_data: Path) -> Made:
    places = Places(sample_data)
    keys = open_keys(places)
    settings = read_settings(places)
    listed = read_extract_list(SAMPLE)
    landed, identities = verifying._landed(listed, settings)
    manifest = verifying._manifest(places, "2024-10-31-001")
    rows = {}
    with (
        open_protected(places, "current", keys.protected) as protected,
        open_answers(places) as answers,
    ):
        for connection, file in ((protected, "protected"), (answers, "answers")):
            for table in TABLES[file]:
                rows[file, table.name] = connection.execute(f'SELECT * FROM {file}."{table.name}"').pl()
    there = rows["answers", "dimension"]
    lists = verifying._lists(there, landed, identities, manifest, listed, settings)
    searcher = Searcher(identities, lists.own_words, lists.named_places, lists.authority)
    return Made(rows, identities, lists, searcher)
