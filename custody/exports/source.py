"""The release that an export is made of: its rows, coded for counting, and what its dashboard already shows."""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import duckdb
import polars as pl

from custody.exports.errors import NoExportError
from disclosure import CellKeys
from disclosure.closed_world import Memory
from figures.coding import Coded, coded
from figures.populations import Populations
from figures.profiles import read_profiles
from figures.reading import read_populations, read_table
from outcomes import FrameworkError
from release.catalogue import Catalogue, read_catalogue
from release.errors import ReleaseError, SettingsError
from release.keys import read_key
from release.opening import open_answers, open_protected
from release.places import Places
from release.pointer import COMPLETE, resolve

_KEPT_NONE = "none"


@dataclass(frozen=True)
class Source:
    """One release as exports are counted from it.

    `facts`: its manifest; `lists`: its table `dimension`; `question`, `answer`: what its dashboard can be asked, and
    shows. `catalogue`, `profile`: as they are in the data folder now.
    """

    places: Places = field(repr=False)
    name: str
    facts: Mapping[str, Any] = field(repr=False)
    lists: pl.DataFrame = field(repr=False)
    question: pl.DataFrame = field(repr=False)
    answer: pl.DataFrame = field(repr=False)
    catalogue: Catalogue = field(repr=False)
    profile: CellKeys

    @cached_property
    def populations(self) -> Populations:
        """What is counted, from the protected rows."""
        return _counted(self.places, self.name, self.lists, self.facts)

    @cached_property
    def world(self) -> Coded:
        """The populations and every question of the catalogue, in the terms of disclosure.closed_world."""
        return coded(self.populations, self.lists, self.catalogue)

    def memory(self) -> Memory | None:
        """What the dashboard's figures were kept from: the release before and its changes. None where none were kept,
        or that release is gone: then figures that are on the dashboard are still the dashboard's own."""
        before = str(self.facts.get("kept_from", _KEPT_NONE))
        if before == _KEPT_NONE:
            return None
        try:
            earlier = open_source(self.places, before)
            with closing(_protected(self.places, before)) as connection:
                changes = read_table(connection, "protected", "cell_change")
            then = coded(earlier.populations, earlier.lists, self.catalogue)
        except (ReleaseError, NoExportError, duckdb.Error):
            return None
        changes = changes.filter(pl.col("question").is_in(list(then.inward)))
        named = pl.col("question").replace_strict(then.inward, return_dtype=pl.String)
        return Memory(then.populations, changes.with_columns(named))


def open_source(places: Places, release: str) -> Source:
    """A release, opened. Raises ReleaseError where it is gone or damaged, SettingsError where a setting is wrong."""
    name = resolve(places, release)
    try:
        facts = json.loads((places.releases / name / COMPLETE).read_bytes())
        facts = dict(facts)
    except (OSError, ValueError, TypeError, RecursionError):
        raise ReleaseError(f"The manifest of the release {name} is damaged. Put back a whole copy.") from None
    with closing(open_answers(places, name)) as answers:
        try:
            lists, question, answer = (
                answers.execute(f"SELECT * FROM {table}").pl()  # noqa: S608
                for table in ("dimension", "question", "answer")
            )
        except duckdb.Error:
            raise ReleaseError(
                f"The answers of the release {name} are damaged. Put back a whole copy."
            ) from None
    catalogue = read_catalogue(places.setting("catalogue.toml"))
    return Source(places, name, facts, lists, question, answer, catalogue, _profile(places))


def _profile(places: Places) -> CellKeys:
    """The profile of research. Raises SettingsError where its noise is not that of the dashboard: the same people would
    have two figures, which together tell more than either."""
    file = places.setting("disclosure.toml")
    profiles = read_profiles(file)
    for setting in ("variance", "bound", "smallest", "least_difference"):
        if getattr(profiles.research, setting) != getattr(profiles.dashboard, setting):
            raise SettingsError(
                f"{file}, [profile.research] {setting}: write what [profile.dashboard] has. With another noise the "
                "same people would have two figures, and both together tell more than one."
            )
    return profiles.research


def _counted(places: Places, name: str, lists: pl.DataFrame, facts: Mapping[str, Any]) -> Populations:
    with closing(_protected(places, name)) as connection:
        try:
            return read_populations(connection, lists, facts)
        except (duckdb.Error, FrameworkError, SettingsError, ValueError, KeyError, pl.exceptions.PolarsError):
            raise NoExportError(
                f"The release {name} cannot be counted again: it is damaged, or was made by an earlier version. Choose "
                "another release."
            ) from None


def _protected(places: Places, name: str) -> duckdb.DuckDBPyConnection:
    return open_protected(places, name, read_key(places.protected_key))
