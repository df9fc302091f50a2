"""What is counted among the rows that are kept, against counting everything and looking at what fits afterwards."""

import random
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import product

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures.at_a_date import CHILDREN, HELP
from figures.coding import CountedRows
from figures.cubes import Counted, Cubes
from figures.in_file import FiguresInFile
from figures.kept_rows import as_text, condition, covered, kept
from release.opening import in_memory
from release.schema import PROTECTED
from tests import return_release

QUARTERS = ("earlier", "none", "2023-24 Q2", "2023-24 Q4", "2024-25 Q2", "2024-25 Q3", "2030-31 Q1")
NO_MONTHS = ("earlier", "none", "2030-31 Q1")
YEARS = ("earlier", "2023-24", "2024-25")
MONTHS = ("none", "2023-05", "2024-07", "2024-09")
OPEN = ("open@2024-06", "during@2024-04..2024-09", "open@2024-09")
# For each population what its rows may be kept to, what they are broken down by, and what is counted once.
POPULATIONS: Mapping[str, tuple[Mapping[str, tuple[str, ...]], tuple[str, ...], tuple[str | None, ...]]] = {
    "family": ({"quarter": QUARTERS, "ward": ("Abbey", "Beck")}, ("locality",), (None, "family_key")),
    "episode": (
        {"quarter": QUARTERS, "year_ended": YEARS, "closure_reason": ("moved_away", "open")},
        ("ward", "team"),
        (None, "family_key"),
    ),
    "need": (
        {"month": MONTHS, "quarter_sustained": QUARTERS, "need_state": ("sustained", "waived")},
        ("headline", "sex"),
        (None, "family_key", "person_key"),
    ),
    HELP: (
        {**dict.fromkeys(OPEN, ("yes", "no")), "quarter_ended": QUARTERS},
        ("team",),
        (None, "family_key"),
    ),
    CHILDREN: ({**dict.fromkeys(OPEN, ("yes", "no")), "quarter": QUARTERS}, ("sex",), ("person_key", None)),
}  # fmt: skip


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(in_memory()) as connection:
        connection.execute("ATTACH ':memory:' AS protected")
        tables = return_release.rows(random.Random(11), 40)
        for table in PROTECTED:
            connection.execute(table.create("protected"))
            if rows := tables.get(table.name):
                incoming = pl.DataFrame(rows, infer_schema_length=None)
                connection.register("incoming", incoming)
                named = ", ".join(f'"{name}"' for name in incoming.columns)
                connection.execute(
                    f'INSERT INTO protected."{table.name}" ({named}) SELECT {named} FROM incoming'
                )
        yield connection


def _counting(connection: duckdb.DuckDBPyConnection) -> FiguresInFile:
    # Temporary tables are a cursor's own; without its first quarter some of the rows are "earlier".
    lists = return_release.dimension().filter(pl.col("code") != "2023-24 Q1")
    return FiguresInFile(connection.cursor(), lists, return_release.manifest())


Cells = dict[tuple[str | None, ...], tuple[int, int, int | None]]


def _naive(frame: pl.DataFrame, dimensions: tuple[str, ...], one: Counted) -> Cells:
    """Counted by hand: the value, the families (three for all from there on), and the only one of them."""
    fitting = [
        row
        for row in frame.iter_rows(named=True)
        if all(row[name] in codes for name, codes in one.where.items())
    ]
    found: Cells = {}
    for codes in product(*((None, *frame[name].unique()) for name in dimensions)):
        pairs = list(zip(dimensions, codes, strict=True))
        rows = [row for row in fitting if all(code in (None, row[name]) for name, code in pairs)]
        units = {row["unit"] for row in rows}
        value = len({row[one.distinct] for row in rows}) if one.distinct else len(rows)
        if value:
            found[codes] = value, min(len(units), 3), min(units) if len(units) == 1 else None
    return found


def _told(cells: pl.DataFrame) -> Cells:
    return {
        tuple(codes): (value, min(units, 3), holder) for *codes, value, units, holder in cells.iter_rows()
    }


@pytest.mark.parametrize("population", POPULATIONS)
@pytest.mark.parametrize("said", [True, False])
def test_what_is_kept_counts_the_same(
    connection: duckdb.DuckDBPyConnection, population: str, said: bool
) -> None:
    chance = random.Random(f"{population} {said}")
    conditions, dimensions, keys = POPULATIONS[population]
    everything = _counting(connection)
    rows = CountedRows(population, None, {})
    everything.expect(CountedRows(population, "person_key", {}), "", [])
    whole = everything.cubes(rows, "", [*conditions, *dimensions])
    frame = everything._protected.execute(f"SELECT * FROM {whole._name}").pl()
    for together in (*[1] * 12, 2, 2, 4):
        asked = [_asked(chance, conditions, keys) for _ in range(together)]
        counting = _counting(connection)
        for one in asked if said else ():
            counting.expect(CountedRows(population, one.distinct, one.where), "", dimensions)
        for one in asked:
            wanted = [*dimensions, *one.where]
            cubes = counting.cubes(CountedRows(population, one.distinct, one.where), "", wanted)
            assert _told(cubes.count(dimensions, {"": one})[""]) == _naive(frame, dimensions, one)


def _asked(
    chance: random.Random, conditions: Mapping[str, tuple[str, ...]], keys: tuple[str | None, ...]
) -> Counted:
    columns = chance.sample(list(conditions), chance.randint(1, len(conditions)))
    some = {
        name: chance.sample(conditions[name], min(len(conditions[name]), chance.randint(1, 3)))
        for name in columns
    }
    # Most often codes with months: only these say between which months the rows lie.
    plain = chance.random() < 0.5
    where = {
        name: tuple(code for code in codes if not (plain and code in NO_MONTHS))
        for name, codes in some.items()
    }
    return Counted(chance.choice(keys), {name: codes for name, codes in where.items() if codes})


CODES = st.sets(st.sampled_from("abc"))
WHERES = st.lists(st.dictionaries(st.sampled_from(["first", "second"]), CODES), max_size=4)
ROWS = pl.DataFrame(list(product("abc", "abc")), ["first", "second"], orient="row")


@given(WHERES, WHERES)
def test_the_widest_conditions_hold_what_all_hold(
    some: list[dict[str, set[str]]], others: list[dict[str, set[str]]]
) -> None:
    def fitting(wheres: list[dict[str, set[str]]]) -> list[tuple[str, str]]:
        return [
            row
            for row in product("abc", "abc")
            if any(
                all(dict(zip(ROWS.columns, row, strict=True))[name] in codes for name, codes in one.items())
                for one in wheres
            )
        ]

    widest = kept([condition(one) for one in some])
    rows = ROWS
    told = duckdb.sql(f"SELECT first, second FROM rows WHERE {as_text(widest)} ORDER BY ALL").fetchall()
    assert rows.height == 9
    assert told == fitting(some)
    assert covered([condition(one) for one in some], widest)
    if covered([condition(one) for one in others], widest):
        assert set(fitting(others)) <= set(told)


def test_a_population_made_again_gives_back_its_table(connection: duckdb.DuckDBPyConnection) -> None:
    counting = _counting(connection)
    for column in ("team", "ward", "locality"):
        cubes = counting.cubes(CountedRows("family", None, {}), "", [column])
        assert isinstance(cubes, Cubes)
    people = CountedRows("need", "person_key", {})
    counting.cubes(CountedRows("need", None, {}), "", ["headline"])
    assert counting.cubes(people, "", ["headline"]).count([], {"": Counted("person_key")})[""]["value"][0] > 1
    held = "SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'counted_%'"
    assert counting._protected.execute(held).fetchone() == (3,)
