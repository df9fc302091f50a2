"""One release, as far as what is to leave is held against it: what it counted, and what its dashboard shows."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import duckdb
import polars as pl

from disclosure import closed_world
from disclosure.audit.of_world import called_first, lie_within
from disclosure.closed_world import Rules
from figures.coding import Coded, coded
from figures.profiles import Profiles, rules_of
from figures.reading import read_populations, read_table
from release.catalogue import Catalogue, questions_of
from release.errors import ReleaseError, UserError
from release.opening import open_answers, open_protected
from release.places import Places
from release.pointer import COMPLETE
from release.schema import VERSION

# What goes wrong with a release that is damaged, or was made by another version.
_UNREADABLE = (UserError, duckdb.Error, OSError, ValueError, KeyError, TypeError)


@dataclass(frozen=True)
class Counted:
    """What a release counted (`coded`), what its dashboard shows (`answer`: question, code_1 …, value), and the
    policy of today."""

    release: str
    coded: Coded = field(repr=False)
    answer: pl.DataFrame = field(repr=False)
    catalogue: Catalogue = field(repr=False)
    profiles: Profiles

    @cached_property
    def rules(self) -> Rules:
        """How the dashboard's figures are made safe."""
        return rules_of(self.profiles.dashboard)

    @cached_property
    def called(self) -> Mapping[str, str]:
        """Of every measure the first that counts the same."""
        return called_first(self.coded.measures)

    @cached_property
    def within(self) -> Mapping[str, tuple[str, ...]]:
        """Of every measure, as it is called first, those that count all that it counts."""
        return lie_within(self.coded.measures)

    @cached_property
    def of_name(self) -> Mapping[str, closed_world.Measure]:
        """The measures by name."""
        return {one.name: one for one in self.coded.measures}

    def inside(self, measure: str, framework: str) -> Mapping[str, str]:
        """What each dimension of a measure of the catalogue is called where it is counted."""
        asked = self.catalogue.measures[measure]
        named = f"{framework}:{measure}" if framework else measure
        return {
            name: within
            for names, called in zip(
                questions_of(asked, self.catalogue), self.of_name[named].questions, strict=True
            )
            for name, within in zip(names, called, strict=True)
        }


def read_counted(places: Places, release: str, key: str, catalogue: Catalogue, profiles: Profiles) -> Counted:
    """A release that is there. `key`: of its protected file. Raises ReleaseError where it is of another schema, or
    cannot be read."""
    try:
        manifest = json.loads((places.releases / release / COMPLETE).read_text(encoding="utf-8"))
        if manifest["schema"] != VERSION:
            raise ReleaseError(f"The release {release} is of another schema than this version reads.")
        with open_answers(places, release) as answers, open_protected(places, release, key) as protected:
            answer, lists = (read_table(answers, "answers", name) for name in ("answer", "dimension"))
            counted = read_populations(protected, lists, manifest)
        return Counted(release, coded(counted, lists, catalogue), answer, catalogue, profiles)
    except ReleaseError:
        raise
    except _UNREADABLE as error:
        raise ReleaseError(
            f"The release {release} cannot be counted again ({type(error).__name__})."
        ) from None


def measures_of_rows(counted: Counted, keys: pl.Series) -> Iterator[str]:
    """The measures without a filter that count every one of these keys (families, people), as they are called first."""
    frames = {one.name: one.frame for one in counted.coded.populations}
    for name in counted.within:
        one = counted.of_name[name]
        column = one.distinct or "row_key"
        if not one.where and keys.len() and keys.is_in(frames[one.population][column].implode()).all():
            yield name


def linked_measures(counted: Counted, measures: Sequence[str]) -> tuple[str, ...]:
    """These measures, those that count all that one of them counts, and those all of which one of them counts."""
    above = {name: _all_above(counted, name) for name in counted.within}
    found = {counted.called[name] for name in measures if name in counted.called}
    for name in tuple(found):
        found |= above[name] | {other for other, higher in above.items() if name in higher}
    return tuple(sorted(found))


def _all_above(counted: Counted, measure: str) -> set[str]:
    found: set[str] = set()
    ahead = list(counted.within[measure])
    while ahead:
        name = ahead.pop()
        if name not in found and name != measure:
            found.add(name)
            ahead += counted.within.get(name, ())
    return found
