"""Puts the catalogue and the populations of a release into the terms of `disclosure.closed_world`, and back.

There tables have no meaning: codes are numbers of closed lists, and every population knows its own hierarchies.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from disclosure import closed_world
from figures.of_framework import STARTED_TIMES, SUSTAINED_TIMES
from figures.populations import ENDED_TIMES, Populations
from figures.quarters import TIMES
from release.catalogue import (
    LOCALITY,
    OF_A_FRAMEWORK,
    Catalogue,
    Measure,
    every_question,
    list_name,
    measures_of,
    question_name,
    questions_of,
)
from release.cohorts import COHORTS, MONTHS_SINCE, SINCE, is_of_followed, not_followed, not_yet


@dataclass(frozen=True)
class _Rows:
    """Of a population of the catalogue the one whose rows it is, those of them, and what its times are called there:
    what happens to one thing at two times is counted in one population, and two times of it have two names."""

    of: str
    where: Mapping[str, tuple[str, ...]]
    times: tuple[str, ...]


_AT_ANOTHER_TIME = {
    "need_sustained": _Rows("need", {"need_state": ("sustained", "waived")}, SUSTAINED_TIMES),
    "episode_ended": _Rows("episode", {"returned": ("yes", "no", "early")}, ENDED_TIMES),
    "need_followed": _Rows("need_followed", {}, STARTED_TIMES),
}
_TIME_OF = {
    inside: time for rows in _AT_ANOTHER_TIME.values() for time, inside in zip(TIMES, rows.times, strict=True)
}
_REACHED = {"sustained", "waived"}
# Between a dimension and the further framework whose codes it has.
_OF = ":"
_KEYS = ("row_key", "unit")
# A population of fewer families or people is none: that its questions are in a release would say that it has somebody.
_FEWEST = 3


@dataclass(frozen=True)
class Coded:
    """The closed world of a release: what is counted, and what each of its questions is called in a release."""

    populations: tuple[closed_world.Population, ...]
    measures: tuple[closed_world.Measure, ...]
    scopes: tuple[closed_world.Scope, ...]
    names: Mapping[str, str]

    @property
    def inward(self) -> dict[str, str]:
        """Of every question of a release, what it is called in the world."""
        return {release: world for world, release in self.names.items()}


def coded(counted: Populations, dimensions: pl.DataFrame, catalogue: Catalogue) -> Coded:
    """The populations with their dimensions as codes of closed lists, and every measure, for every framework.

    A population without a row is none: nothing was received of it (notes that are not read, households that are not
    looked for), and "nobody" would be wrong of it. Its questions are not in the release, and no more are those of one
    of one or two families or people: nobody can tell whether there is somebody in it.
    `dimensions`: the table `dimension` of a release. A row whose code is on no list counts in totals alone. Where the
    finer of two codes says in which of the coarser it lies, that is believed: a ward lies in one locality.
    """
    lists = {str(name): frame for (name,), frame in dimensions.group_by("dimension", maintain_order=True)}
    populations, measures = [], []
    for framework, frames in {"": counted.frames, **counted.further}.items():
        mine = [
            one
            for one in measures_of(catalogue, framework)
            if frames[_population(one)]["unit"].n_unique() >= _FEWEST
        ]
        for name in {_population(one): None for one in mine}:
            used = [one for one in mine if _population(one) == name]
            frame, hierarchies = _coded(frames[name], _columns(used, framework), lists, framework)
            keyed = {one.distinct for one in used if one.distinct}
            frame = frames[name].select(*_KEYS, *(f"{key}_key" for key in sorted(keyed))).with_columns(frame)
            populations.append(
                closed_world.Population(_named(name, framework), frame, hierarchies=hierarchies)
            )
        measures += [_measure(one, framework, catalogue, counted, lists, mine) for one in mine]
    scopes = tuple(_scopes(catalogue, lists, [one.name for one in measures]))
    known = {scope.name for scope in scopes}
    counted_measures = {one.name for one in measures}
    names = {
        question_name(measure.name, _inside(measure, chosen, framework), framework, scope): question_name(
            measure.name, chosen, framework, scope
        )
        for scope, framework, measure, chosen in every_question(catalogue, list(counted.further))
        if (not scope or scope in known) and _named(measure.name, framework) in counted_measures
    }
    return Coded(tuple(populations), tuple(measures), scopes, names)


@dataclass(frozen=True)
class CountedRows:
    """The rows that a measure counts: `population`, and the codes that they have in its columns (`where`)."""

    population: str
    distinct: str | None
    where: Mapping[str, tuple[str, ...]]


def counted_rows(measure: Measure) -> CountedRows:
    """The rows of a population (figures.populations) that a counted measure counts."""
    where = {_inside(measure, (name,), "")[0]: codes for name, codes in _where(measure).items()}
    return CountedRows(_population(measure), measure.distinct, where)


def column_of(measure: Measure, dimension: str) -> str:
    """What a dimension is called in the population that a measure counts."""
    return _inside(measure, (dimension,), "")[0]


def _population(measure: Measure) -> str:
    assert measure.population is not None
    rows = _AT_ANOTHER_TIME.get(measure.population)
    return rows.of if rows else measure.population


def _inside(measure: Measure, dimensions: tuple[str, ...], framework: str) -> tuple[str, ...]:
    """What dimensions are called in the population of a measure: in the same order, and no two lists by one name."""

    def called(name: str) -> str:
        rows = _AT_ANOTHER_TIME.get(measure.population or "")
        if rows and name in TIMES:
            return rows.times[TIMES.index(name)]
        return f"{name}{_OF}{framework}" if framework and name in OF_A_FRAMEWORK else name

    return tuple(map(called, dimensions))


def _dimension(column: str) -> str:
    """The dimension that a column of a population is."""
    name = column.partition(_OF)[0]
    return _TIME_OF.get(name, name)


def _columns(measures: list[Measure], framework: str) -> list[str]:
    """Every column of a population that its measures are broken down by, or kept to."""
    found: dict[str, None] = {}
    for measure in measures:
        asked = (*measure.dimensions, *_where(measure))
        found |= dict.fromkeys(_inside(measure, asked, framework))
    return list(found)


def _where(measure: Measure) -> Mapping[str, tuple[str, ...]]:
    rows = _AT_ANOTHER_TIME.get(measure.population or "")
    # What the catalogue says beside is kept to: codes of both.
    own = rows.where if rows else {}
    return {
        **measure.where,
        **{
            name: tuple(code for code in codes if code in measure.where.get(name, codes))
            for name, codes in own.items()
        },
    }


def _measure(
    measure: Measure,
    framework: str,
    catalogue: Catalogue,
    counted: Populations,
    lists: Mapping[str, pl.DataFrame],
    others: Sequence[Measure],
) -> closed_world.Measure:
    """A measure of the catalogue as one of the world. `others`: those that are counted beside it."""

    def inside(name: str) -> str:
        return _inside(measure, (name,), framework)[0]

    return closed_world.Measure(
        _named(measure.name, framework),
        _named(_population(measure), framework),
        tuple(_inside(measure, chosen, framework) for chosen in questions_of(measure, catalogue)),
        distinct=f"{measure.distinct}_key" if measure.distinct else None,
        where={inside(name): codes for name, codes in _where(measure).items()},
        within=tuple(_named(other.name, framework) for other in others if _is_within(measure, other)),
        never={
            inside(name): codes
            for name, codes in _never(measure, catalogue, lists, framework, counted.as_of)
            if codes
        },
        apart={
            (inside(one), inside(other)): pairs
            for (one, other), pairs in _apart(measure, lists, counted.as_of)
        },
        codes_within=_codes_within(measure, counted, inside),
    )


def _is_within(narrow: Measure, wide: Measure) -> bool:
    """Whether everything that one measure counts is counted by another, of another population, whose keys are the same.
    A need that is followed is one that was identified; one that was sustained in time was sustained; a family that is
    known around the start of help was helped."""
    if wide.distinct is not None:
        return False
    if (narrow.population, narrow.distinct) == ("event", "family"):
        return wide.population == "family" and not wide.where
    if (narrow.population, narrow.distinct) != ("need_followed", "need") or _population(wide) != "need":
        return False
    if narrow.where.get("in_time") != ("yes",):
        return not _where(wide)
    return all(name == "need_state" and set(codes) >= _REACHED for name, codes in _where(wide).items())


def _never(
    measure: Measure, catalogue: Catalogue, lists: Mapping[str, pl.DataFrame], framework: str, as_of: date
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The codes that cannot occur in what a measure counts, by dimension: nor those of which not all is told yet."""
    for name in measure.dimensions:
        early: frozenset[str] = frozenset()
        if name in COHORTS and is_of_followed(measure.where):
            early = not_followed(lists[name]["code"], lists["quarter"]["code"], as_of)
        yield (
            name,
            tuple(
                code
                for code in _list(name, lists, framework)["code"]
                if code in early or not catalogue.possible(measure, name, code)
            ),
        )


def _apart(
    measure: Measure, lists: Mapping[str, pl.DataFrame], as_of: date
) -> Iterator[tuple[tuple[str, str], frozenset[tuple[str, str]]]]:
    """The cohorts that have not been followed for so long."""
    if SINCE in measure.dimensions:
        for name in COHORTS:
            if name in measure.dimensions:
                yield (name, SINCE), not_yet(lists[name]["code"], lists["quarter"]["code"], as_of)


def _codes_within(
    measure: Measure, counted: Populations, inside: Callable[[str], str]
) -> closed_world.CodesWithin | None:
    """Codes of which one holds another: what a cohort had reached by six months it had by twelve; and an extract that
    covers all months of another one is known of all of its families."""
    cohort = frozenset(inside(name) for name in COHORTS if name in measure.dimensions)
    if SINCE in measure.dimensions and cohort:
        longer = {months: MONTHS_SINCE[place + 1 :] for place, months in enumerate(MONTHS_SINCE)}
        return closed_world.CodesWithin(SINCE, longer, cohort)
    if "event" in measure.dimensions and "months_around" not in measure.where:
        return closed_world.CodesWithin("event", counted.held_events)
    return None


def _named(name: str, framework: str) -> str:
    return f"{framework}:{name}" if framework else name


def _coded(
    frame: pl.DataFrame, columns: list[str], lists: Mapping[str, pl.DataFrame], framework: str
) -> tuple[pl.DataFrame, tuple[closed_world.Hierarchy, ...]]:
    """`columns` of a population as codes of their lists, and which of them lie in which."""
    codes = {column: _list(column, lists, framework) for column in columns}
    above = {column: _above(column, codes[column]) for column in columns}
    named = {column: frame[column if column in frame.columns else _dimension(column)] for column in columns}
    frame = pl.DataFrame(named)
    hierarchies = []
    # The finer first: what it lies in is believed before what that lies in.
    for column in sorted(columns, key=lambda one: -_depth(one, above)):
        parent = above[column]
        if parent in columns:
            lies_in = dict(codes[column].select("code", "parent_code").iter_rows())
            hierarchies.append(closed_world.Hierarchy(column, parent, lies_in))
            told = pl.col(column).replace_strict(lies_in, default=None, return_dtype=pl.String)
            frame = frame.with_columns(pl.coalesce(told, pl.col(parent)).alias(parent))
    listed = frame.select(
        pl.col(column).cast(pl.Enum(codes[column]["code"]), strict=False) for column in columns
    )
    return listed, tuple(hierarchies)


def _list(column: str, lists: Mapping[str, pl.DataFrame], framework: str) -> pl.DataFrame:
    """The codes of a column. A framework without needs has no list of them, and a release that was made before there
    was a dimension none of it: then every code is on none."""
    name = _dimension(column)
    own = lists.get(list_name(name, framework))
    return next(iter(lists.values())).clear() if own is None else own


def _above(column: str, codes: pl.DataFrame) -> str:
    """The column that a column lies in; none: an empty text."""
    parents = codes["parent_dimension"].drop_nulls()
    parent = parents[0].rpartition(":")[2] if parents.len() else ""
    if _dimension(column) in OF_A_FRAMEWORK and _OF in column and parent:
        return f"{parent}{_OF}{column.partition(_OF)[2]}"
    rows = next((one for one in _AT_ANOTHER_TIME.values() if column in one.times), None)
    return rows.times[TIMES.index(parent)] if rows and parent in TIMES else parent


def _depth(column: str, above: Mapping[str, str]) -> int:
    """In how many others a column lies."""
    parent = above.get(column, "")
    return 1 + _depth(parent, above) if parent else 0


def _scopes(
    catalogue: Catalogue, lists: Mapping[str, pl.DataFrame], asked: list[str]
) -> Iterator[closed_world.Scope]:
    """The scopes of which some locality is named in this release."""
    there = set(lists[LOCALITY]["code"]) if LOCALITY in lists else set()
    measures = tuple(name for name in asked if catalogue.scoped(catalogue.measures[name.rpartition(_OF)[2]]))
    for scope in catalogue.scopes.values():
        codes = tuple(one for one in scope.localities if one in there)
        if codes:
            yield closed_world.Scope(scope.name, LOCALITY, codes, measures)
