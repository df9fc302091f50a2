"""Populations of a release that is there: counted from its own protected file, and never from its extracts."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import duckdb
import polars as pl

from figures.populations import Populations, populations
from figures.quarters import told_apart
from outcomes import Framework, FrameworkError
from outcomes.reading import framework_from_text
from release.errors import SettingsError

# What figures are counted from.
TABLES = (
    "family",
    "person",
    "episode",
    "need",
    "claim",
    "claim_evidence",
    "activity",
    "rules_coverage",
    "note_theme",
    "possible_family",
    "possible_headline",
)


def read_populations(
    protected: duckdb.DuckDBPyConnection, dimension: pl.DataFrame, manifest: Mapping[str, Any]
) -> Populations:
    """The populations of a release: its open protected file, its table `dimension` of safe codes, and its manifest.

    Raises FrameworkError where it keeps no framework that it was made under, ValueError where its as-of date is none.
    """
    tables = {table: read_table(protected, "protected", table) for table in TABLES}
    frameworks = _frameworks(manifest, read_table(protected, "protected", "framework_file"))
    first, last = told_apart(dimension.filter(pl.col("dimension") == "quarter")["code"])
    return populations(tables, frameworks, first, last, date.fromisoformat(manifest["as_of"]))


def frameworks_of(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Id and SHA-256 of each framework that a manifest names. Nothing else of it is believed.

    Raises SettingsError where it names them as no run does.
    """
    try:
        for one in json.loads(manifest["frameworks"]):
            yield str(one["id"]), str(one["sha256"])
    except (KeyError, TypeError, ValueError, RecursionError):
        raise SettingsError("The manifest does not say which frameworks the release was made with.") from None


def read_table(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> pl.DataFrame:
    """A table of a release, whole."""
    return connection.execute(f'SELECT * FROM {schema}."{name}"').pl()  # noqa: S608


def _frameworks(manifest: Mapping[str, Any], files: pl.DataFrame) -> list[Framework]:
    """The frameworks that a release was made under, the primary one first, as it kept their files."""
    texts = dict(files.select("framework", "text").iter_rows())
    found = [
        framework_from_text(f"{name}.toml", texts[name])
        for name, _ in frameworks_of(manifest)
        if name in texts
    ]
    if not found:
        raise FrameworkError("The release keeps no framework that it was made under.")
    return found
