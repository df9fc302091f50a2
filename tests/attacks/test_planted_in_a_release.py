"""Whatever identity is planted into whatever column of a release, the check finds it, and says where and not what."""

import duckdb
import pytest

from pipelines.publication.checks import Fault, FileCheck
from pipelines.publication.content import Check
from release.schema import Column, Holds, Table
from tests.attacks.conftest import TABLES, Made

# Not in the sample, and nobody's: only what it looks like gives it away.
STRANGERS = {
    "9434765870": Check.NUMBERS,
    "NHS 943 476 5870": Check.NUMBERS,
    "AB123457C": Check.NUMBERS,
    "somebody@council.example": Check.NUMBERS,
    "AS9 9ZZ": Check.NUMBERS,
    "0113 496 0999": Check.NUMBERS,
}
EVERY_TABLE = pytest.mark.parametrize(
    ("file", "table"),
    [
        pytest.param(file, table, id=f"{file}.{table.name}")
        for file, tables in TABLES.items()
        for table in tables
    ],
)


def planted(
    connection: duckdb.DuckDBPyConnection, made: Made, file: str, table: Table, column: Column, value: str
) -> list[Fault]:
    """What the check finds once `value` stands in one more row, which is taken out again."""
    connection.execute("BEGIN")
    connection.execute(f'INSERT INTO {file}."{table.name}" ("{column.name}") VALUES (?)', [value])
    found = list(FileCheck(connection, file, [table], made.lists, made.searcher).column_faults(table, column))
    connection.execute("ROLLBACK")
    return found


def holding(table: Table, *kinds: Holds) -> list[Column]:
    return [column for column in table.columns if column.holds in kinds]


def test_the_release_itself_is_clean(made: Made) -> None:
    for file, tables in TABLES.items():
        for table in tables:
            with made.one_table(file, table) as connection:
                faults = list(FileCheck(connection, file, [table], made.lists, made.searcher).faults())
                assert not faults, {(fault.check, fault.where) for fault in faults}


TEXTS = (Holds.KEY, Holds.CODE, Holds.MONTH, Holds.WORDS, Holds.TEXT)


@EVERY_TABLE
def test_a_name_is_found_in_every_column_of_text(made: Made, file: str, table: Table) -> None:
    # A whole name of two words, and so rare a one that no list holds it.
    name = max((name for name in made.identities.names if name.count(" ") == 1), key=len)
    with made.one_table(file, table) as connection:
        for column in holding(table, *TEXTS):
            faults = planted(connection, made, file, table, column, name.upper())
            assert Check.IDENTITIES_IN_VALUES in {fault.check for fault in faults}, column.name
            assert {fault.where for fault in faults} == {
                f"{file}.duckdb, table {table.name}, column {column.name}"
            }
            told = " ".join(fault.words for fault in faults).lower()
            assert not any(part in told for part in name.split()), column.name


@EVERY_TABLE
def test_a_single_forename_is_found_in_every_column_of_text(made: Made, file: str, table: Table) -> None:
    word = max(made.identities.words, key=len)
    with made.one_table(file, table) as connection:
        for column in holding(table, *TEXTS):
            checks = {fault.check for fault in planted(connection, made, file, table, column, word)}
            wanted = Check.CLOSED_LISTS if column.holds is Holds.CODE else Check.IDENTITIES_IN_VALUES
            assert wanted in checks, column.name


@EVERY_TABLE
def test_numbers_of_people_nobody_told_us_of(made: Made, file: str, table: Table) -> None:
    with made.one_table(file, table) as connection:
        for column in holding(table, Holds.CODE, Holds.WORDS, Holds.TEXT):
            # To look at them closely takes a while; a closed column is held against its list besides.
            some = list(STRANGERS.items())[:: 5 if column.holds is Holds.CODE else 1]
            for value, check in some:
                assert value.lower() not in made.identities.marked
                found = planted(connection, made, file, table, column, value)
                assert check in {fault.check for fault in found}, (column.name, value)


@EVERY_TABLE
def test_a_number_is_found_in_every_column_of_numbers(made: Made, file: str, table: Table) -> None:
    known = next(one for one in made.identities.marked if one.isdigit() and len(one) == 10 and one[0] != "0")
    with made.one_table(file, table) as connection:
        for column in holding(table, Holds.NUMBER):
            values = {
                "UBIGINT": (known, "9434765870"),
                # What has ten digits does not fit: then it is too large for a count.
                "INTEGER": (known[:9],),
            }.get(column.sql_type, (known, "20101231"))
            for value in values:
                assert planted(connection, made, file, table, column, value), (column.name, len(value))


@pytest.mark.parametrize(
    "statement",
    [
        'CREATE TABLE answers."summer_jones" (x INTEGER)',
        'ALTER TABLE answers."question" ADD COLUMN "summer_jones" VARCHAR',
        'ALTER TABLE answers."question" ALTER "question" TYPE BLOB',
        "CREATE VIEW answers.looks AS SELECT 'Summer Jones' AS somebody",
        "CREATE MACRO answers.tells() AS 'Summer Jones'",
        "CREATE SEQUENCE answers.counts START 9434765919",
        "CREATE TYPE answers.people AS ENUM ('Summer Jones')",
        "CREATE SCHEMA answers.hidden",
        'CREATE INDEX finds ON answers."question" ("question")',
        "COMMENT ON TABLE answers.\"question\" IS 'Summer Jones'",
        'COMMENT ON COLUMN answers."question"."question" IS \'Summer Jones\'',
        'ALTER TABLE answers."question" ALTER "question" SET DEFAULT \'Summer Jones\'',
        'ALTER TABLE answers."question" ALTER "question" SET NOT NULL',
    ],
)
def test_nothing_hides_beside_the_columns(made: Made, statement: str) -> None:
    (question,) = (table for table in TABLES["answers"] if table.name == "question")
    with made.one_table("answers", question) as connection:
        connection.execute(statement)
        faults = list(FileCheck(connection, "answers", [question], made.lists, made.searcher).faults())
    assert {fault.check for fault in faults} == {Check.SCHEMA}
    assert "summer" not in " ".join(f"{fault.where} {fault.words}" for fault in faults).lower()
