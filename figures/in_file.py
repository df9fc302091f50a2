"""Populations counted where they lie, in the encrypted file of a release: what counts millions of rows in seconds.

The same rows and codes as figures.populations, without what only the dashboard needs (keys of rows, journeys). What
this does not know is counted from figures.populations.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import count
from typing import Any, Final

import duckdb
import polars as pl

from figures.at_a_date import CHILDREN, HELP, help_bounds, help_rows
from figures.coding import CountedRows
from figures.cubes import Cubes
from figures.kept_rows import Where, as_text, condition, covered, kept, time_bounds
from figures.of_framework import SUSTAINED_TIMES
from figures.populations import ENDED_TIMES
from figures.quarters import EARLIER, NONE, TIMES, quarter_code, told_apart, year_of
from figures.reading import frameworks_of, read_populations
from release.catalogue import FRAMEWORK_POPULATIONS, list_name
from release.cohorts import last_whole_month

_FOLLOWED_FOR: Final = 12
_PLACES: Final = ("locality", "ward", "team")
# The columns that this knows of each population.
_KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "family": frozenset({*_PLACES, "referral_source", *TIMES, "family_size"}),
    "episode": frozenset(
        {*_PLACES, "referral_source", *TIMES, *ENDED_TIMES, "closure_reason", "wait", "returned"}
    ),
    "person": frozenset({"age_band", "sex", "ethnic_group", "role", "locality", "ward"}),
    "need": frozenset(
        {*_PLACES, *TIMES, *SUSTAINED_TIMES, "headline", "need", "need_state", "age_band", "sex"}
        | {"ethnic_group"}
    ),
    "claim": frozenset({*_PLACES, *TIMES, "kind", "claim_state", "evidence_state", "obstacle", "step"}),
    HELP: frozenset(),
    CHILDREN: frozenset(),
}
# What the help of figures.at_a_date is counted by, and by which months.
_HELP_TIMES: Final = {"quarter": "e.start_month", "quarter_ended": "e.end_month"}
_KEYS: Final = {"family": "family_key", "person": "person_key", "episode": "episode_key", "need": "need_key"}


class FiguresInFile:
    """The populations of one open release (release.opening.open_protected), each made when it is first counted.

    Of each only the rows and columns that anything said beforehand (`expect`) counts.
    `dimension`: the release's table of safe codes; `manifest`: its facts.
    """

    def __init__(
        self, protected: duckdb.DuckDBPyConnection, dimension: pl.DataFrame, manifest: Mapping[str, Any]
    ) -> None:
        self._protected, self._dimension, self._manifest = protected, dimension, manifest
        self.frameworks = [name for name, _ in frameworks_of(manifest)]
        self.first, self.last = told_apart(dimension.filter(pl.col("dimension") == "quarter")["code"])
        self._cubes: dict[tuple[str, str], Cubes] = {}
        self._columns: dict[tuple[str, str], set[str]] = {}
        self._expected: dict[tuple[str, str], set[str]] = {}
        self._wheres: dict[tuple[str, str], set[Where]] = {}
        self._kept: dict[tuple[str, str], frozenset[Where]] = {}
        self._people: set[tuple[str, str]] = set()
        self._made_episodes = False
        self._numbers = count()
        self._whole: Any = None

    @property
    def lists(self) -> pl.DataFrame:
        """The table of safe codes: dimension, code, label, parent_dimension, parent_code, position."""
        return self._dimension

    def codes(self, dimension: str, framework: str = "") -> pl.DataFrame:
        """The codes of a dimension in their order (`code, label, parent_code`). `framework`: "" for the primary one."""
        mine = self._dimension.filter(pl.col("dimension") == list_name(dimension, framework))
        return mine.sort("position").select("code", "label", "parent_code")

    def further(self, framework: str) -> str:
        """A framework as lists and populations name it: "" for the primary one, or for none."""
        return "" if not framework or framework == self.frameworks[0] else framework

    def expect(self, rows: CountedRows, framework: str, columns: Collection[str]) -> None:
        """Say beforehand by which columns a population will be counted, and which rows: it is then made once."""
        key = rows.population, framework if rows.population in FRAMEWORK_POPULATIONS else ""
        self._expected.setdefault(key, set()).update({*columns, *rows.where})
        self._wheres.setdefault(key, set()).add(condition(rows.where))
        if rows.distinct == "person_key" and key not in self._people:
            self._people.add(key)
            self._columns.pop(key, None)

    def cubes(self, rows: CountedRows, framework: str, columns: Collection[str]) -> Cubes:
        """What counts a population by these columns, among the rows of `rows.where`, until it is made again for
        something that nobody said beforehand. `framework`: as `further` gives it."""
        own = framework if rows.population in FRAMEWORK_POPULATIONS else ""
        key = rows.population, own
        self.expect(rows, framework, columns)
        columns_known = key in self._columns and self._expected[key] <= self._columns[key]
        if not columns_known or not covered(self._wheres[key], self._kept[key]):
            self._columns[key] = set(self._expected[key])
            self._kept[key] = kept(self._wheres[key])
            if key in self._cubes:
                self._cubes[key].close()
            self._cubes[key] = self._made(rows.population, own, self._columns[key], self._kept[key])
        return self._cubes[key]

    def _made(self, population: str, framework: str, columns: set[str], wheres: frozenset[Where]) -> Cubes:
        name = f"counted_{next(self._numbers)}"
        only = as_text(wheres)
        if population in (HELP, CHILDREN):
            found = time_bounds(wheres, _HELP_TIMES, self.first, self.last, help_bounds)
            query = f"{self._help(population, columns)}{f' WHERE {found}' if found else ''}"
            self._run(f"CREATE TEMP TABLE {name} AS SELECT * FROM ({query}) WHERE {only}")  # noqa: S608
        elif population in _KNOWN and columns <= _KNOWN[population]:
            self._episodes()
            query = "".join(self._query(population, framework, columns, wheres))
            self._run(f"CREATE TEMP TABLE {name} AS SELECT * FROM ({query}) WHERE {only}")  # noqa: S608
        else:
            frame = self._frames(framework)[population]
            if {"ward", "locality"} <= set(frame.columns):
                lies_in = dict(self.codes("ward").select("code", "parent_code").drop_nulls().iter_rows())
                told = pl.col("ward").replace_strict(lies_in, default=None, return_dtype=pl.String)
                frame = frame.with_columns(locality=pl.coalesce(told, "locality"))
            keys = [key for key in _KEYS.values() if key in frame.columns]
            self._protected.register(f"{name}_rows", frame.select("unit", *keys, *sorted(columns)))
            self._run(f"CREATE TEMP TABLE {name} AS SELECT * FROM {name}_rows WHERE {only}")  # noqa: S608
            self._protected.unregister(f"{name}_rows")
        return Cubes(self._protected, name)

    def _frames(self, framework: str) -> Mapping[str, pl.DataFrame]:
        """The populations whole, for what is not known here."""
        if self._whole is None:
            self._whole = read_populations(self._protected, self._dimension, self._manifest)
        frames: Mapping[str, pl.DataFrame] = (
            self._whole.further[framework] if framework else self._whole.frames
        )
        return frames

    def _help(self, population: str, columns: set[str]) -> str:
        self._episodes()
        return help_rows(population, columns, self._time, self._locality)

    def _query(
        self, population: str, framework: str, columns: set[str], wheres: frozenset[Where]
    ) -> Iterator[str]:
        """The query that makes a population: its columns, and the tables that it is of."""
        source = _SOURCES[population]
        time_of = {
            **dict.fromkeys(TIMES, source.time),
            **dict.fromkeys(ENDED_TIMES, "x.end_month"),
            **dict.fromkeys(SUSTAINED_TIMES, "day x.sustained_on"),
        }
        person = (population, framework) in self._people or not columns.isdisjoint(_PERSONAL)
        said = [f"{unit} AS {name}" for name, unit in source.keys.items() if person or "p." not in unit]
        for column in sorted(columns):
            if column in time_of:
                said.append(f"{self._time(time_of[column], column.split('_')[0])} AS {column}")
            elif column == "locality":
                said.append(f"{self._locality(source.places)} AS locality")
            elif column == "returned":
                said.append(f"{self._returned()} AS returned")
            elif column == "headline":
                said.append(f"{self._parent('need', framework, 'x.need_code', 'x.headline')} AS headline")
            else:
                said.append(f"{source.columns.get(column, f'{source.place(column)}.{column}')} AS {column}")
        bounds = time_bounds(wheres, time_of, self.first, self.last)
        yield f"SELECT {', '.join(said)} FROM {source.tables}"  # noqa: S608
        if person and population == "need":
            # Said once more, so that of all people only those with a need then are read.
            theirs = f"SELECT x.person FROM protected.need x WHERE {bounds or 'true'}"  # noqa: S608
            yield _PERSON.format(theirs)
        conditions = [f"({bounds})"] if bounds else []
        if population in FRAMEWORK_POPULATIONS:
            conditions.append(f"x.framework = {_text(framework or self.frameworks[0])}")
        yield f" WHERE {' AND '.join(conditions)}" if conditions else ""

    def _time(self, month: str, unit: str) -> str:
        """The code of a time ("month", "quarter" or "year") of a month written YYYY-MM, or of a day."""
        day = month.removeprefix("day ")
        if day == month:
            year, of_year = f"substr({day}, 1, 4)::INTEGER", f"substr({day}, 6, 2)::INTEGER"
            code = day
        else:
            year, of_year = f"year({day})", f"month({day})"
            code = f"strftime({day}, '%Y-%m')"
        number = f"({year} * 4 + ({of_year} - 1) // 3)"
        if unit != "month":
            name = quarter_code if unit == "quarter" else year_of
            codes = ", ".join(_text(name(one)) for one in range(self.first, self.last + 1))
            code = f"[{codes}][{number} - {self.first - 1}]"
        return (
            f"CASE WHEN {day} IS NULL OR {number} > {self.last} THEN {_text(NONE)} "
            f"WHEN {number} < {self.first} THEN {_text(EARLIER)} ELSE {code} END"
        )

    def _returned(self) -> str:
        """Whether a family came back within twelve months, as figures.journeys has it."""
        followed = last_whole_month(date.fromisoformat(self._manifest["as_of"]))
        again = (
            f"SELECT 1 FROM counted_episode o WHERE o.family_key = x.family_key AND {_AGAIN} > {_START} "  # noqa: S608
            f"AND {_AGAIN} BETWEEN {_END} AND {_END} + {_FOLLOWED_FOR}"
        )
        return (
            f"CASE WHEN x.end_month IS NULL THEN 'open' WHEN {_END} + {_FOLLOWED_FOR} > {followed} THEN 'early' "
            f"WHEN EXISTS ({again}) THEN 'yes' ELSE 'no' END"
        )

    def _episodes(self) -> None:
        if not self._made_episodes:
            self._run(
                "CREATE TEMP VIEW counted_episode AS SELECT e.*, f.record_key AS family_key "
                "FROM protected.episode e JOIN protected.family f ON f.family = e.family"
            )
            self._made_episodes = True

    def _locality(self, table: str) -> str:
        return self._parent("ward", "", f"{table}.ward", f"{table}.locality")

    def _parent(self, dimension: str, framework: str, column: str, else_: str) -> str:
        """What the finer of two codes says of the coarser is believed, as on the dashboard."""
        known = [
            (code, parent)
            for code, _, parent in self.codes(dimension, framework).iter_rows()
            if parent is not None
        ]
        if not known:
            return else_
        cases = " ".join(f"WHEN {_text(code)} THEN {_text(parent)}" for code, parent in known)
        return f"CASE {column} {cases} ELSE {else_} END"

    def _run(self, query: str) -> None:
        self._protected.execute(query)


class _Source:
    """What a population is in the file: `x` is the table that its rows are of."""

    def __init__(
        self, tables: str, time: str, places: str, keys: Mapping[str, str], columns: Mapping[str, str]
    ) -> None:
        self.tables, self.time, self.places, self.keys, self.columns = tables, time, places, keys, columns

    def place(self, column: str) -> str:
        return self.places if column in (*_PLACES, "referral_source") else "x"


def _fact(name: str, unknown: str) -> str:
    return f"CASE WHEN x.person IS NULL THEN 'family' ELSE coalesce(p.{name}, '{unknown}') END"


# Episodes with their families: the view `counted_episode`, so that only what is counted is joined.
_EPISODE = "JOIN counted_episode e ON e.episode = x.episode"
_PERSON = (
    " LEFT JOIN (SELECT * FROM protected.person WHERE person IN ({})) p "
    "ON p.person = x.person AND p.family = e.family"
)
_PERSONAL = frozenset({"age_band", "sex", "ethnic_group"})
# Whether a family came back, in the months of figures.journeys.
_MONTH = "(substr({0}, 1, 4)::INTEGER * 12 + substr({0}, 6, 2)::INTEGER - 1)"
_START, _END, _AGAIN = (_MONTH.format(name) for name in ("x.start_month", "x.end_month", "o.start_month"))
_SOURCES: Final = {
    "family": _Source(
        "protected.family x",
        "x.start_month",
        "x",
        {"unit": "x.record_key", "family_key": "x.record_key"},
        {"family_size": "CASE WHEN x.size < 6 THEN x.size::VARCHAR ELSE '6+' END"},
    ),
    "episode": _Source(
        "counted_episode x",
        "x.start_month",
        "x",
        {"unit": "x.family_key", "family_key": "x.family_key", "episode_key": "x.episode"},
        {},
    ),
    "person": _Source(
        "protected.person x JOIN protected.family f ON f.family = x.family",
        "NULL",
        "f",
        {
            "unit": "min(f.record_key) OVER (PARTITION BY x.record_key)",
            "family_key": "f.record_key",
            "person_key": "x.record_key",
        },
        {},
    ),
    "need": _Source(
        f"protected.need x {_EPISODE}",
        "day x.identified_on",
        "e",
        {
            "unit": "e.family_key",
            "family_key": "e.family_key",
            "episode_key": "x.episode",
            "person_key": "coalesce(p.record_key, 0)",
        },
        {
            "need": "x.need_code",
            "need_state": "x.state",
            "age_band": _fact("age_band", "unknown"),
            "sex": _fact("sex", "U"),
            "ethnic_group": _fact("ethnic_group", "unknown"),
        },
    ),
    "claim": _Source(
        f"protected.claim x {_EPISODE}",
        "day x.claim_date",
        "e",
        {"unit": "e.family_key", "family_key": "e.family_key", "episode_key": "x.episode"},
        {"claim_state": "x.state"},
    ),
}


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
