"""Whatever identity is planted into whatever column of a release, the check finds it, and says where and not what."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.leaks import Searcher
from pipelines.publication.checks import Fault, FileCheck, bytes_faults, written_manifest
from pipelines.publication.content import Check
from release.places import Places
from release.pointer import COMPLETE
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


TEXTS = (Holds.KEY, Holds.DIGEST, Holds.CODE, Holds.MONTH, Holds.WORDS, Holds.TEXT)


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


def the(file: str, name: str, column: str) -> tuple[Table, Column]:
    (table,) = (table for table in TABLES[file] if table.name == name)
    (found,) = (one for one in table.columns if one.name == column)
    return table, found


def test_a_label_of_the_council_does_not_hide_whom_it_names(made: Made) -> None:
    """A theme's label stands in the settings, so that it is on its list and a word of ours."""
    table, column = the("answers", "dimension", "label")
    name = max((name for name in made.identities.names if name.count(" ") == 1), key=len)
    address = max((one for one in made.identities.marked if one[0].isdigit() and " " in one), key=len)
    for label in (f"Seen with {name}", f"Visits to {address}"):
        place = "dimension.label"
        lists = replace(
            made.lists,
            codes={**made.lists.codes, place: made.lists.codes[place] | {label}},
            own_words=made.lists.own_words | {label},
        )
        attacked = replace(
            made, lists=lists, searcher=Searcher(made.identities, lists.own_words, lists.named_places)
        )
        with made.one_table("answers", table) as connection:
            faults = planted(connection, attacked, "answers", table, column, label)
        assert Check.IDENTITIES_IN_VALUES in {fault.check for fault in faults}


def test_a_number_of_somebodys_that_looks_like_a_key_is_found(made: Made) -> None:
    table, column = the("protected", "need", "identified_by")
    key = "0123456789abcdef01234567"
    known = replace(made.identities, marked=[key])
    attacked = replace(made, identities=known, searcher=Searcher(known, made.lists.own_words))
    with made.one_table("protected", table) as connection:
        assert planted(connection, attacked, "protected", table, column, key)
        assert not planted(connection, attacked, "protected", table, column, key[::-1])


def test_a_day_of_birth_is_found_among_words_and_in_texts(made: Made) -> None:
    born = min(made.identities.births)
    written = f"{born.day}/{born.month}/{born.year}"
    for file, name, of in (
        ("protected", "claim_evidence", "value"),
        ("protected", "redacted_note", "text"),
        ("answers", "manifest", "value"),
    ):
        table, column = the(file, name, of)
        with made.one_table(file, table) as connection:
            faults = planted(connection, made, file, table, column, f"born {written}, was seen")
            # Among notes, a day is one of birth where it is called so.
            check = Check.PATTERNS if name == "redacted_note" else Check.IDENTITIES_IN_VALUES
            assert check in {fault.check for fault in faults}, name
            assert not any(written in fault.words for fault in faults)


def test_a_day_of_ours_may_be_somebodys_birthday(made: Made) -> None:
    for file, name in (("protected", "claim_evidence"), ("answers", "manifest")):
        table, column = the(file, name, "value")
        with made.one_table(file, table) as connection:
            day = min(made.identities.births).isoformat()
            assert not planted(connection, made, file, table, column, day), name


def test_words_that_are_not_ours_are_found(made: Made) -> None:
    for file, tables in TABLES.items():
        for table in tables:
            for column in holding(table, Holds.WORDS):
                with made.one_table(file, table) as connection:
                    faults = planted(connection, made, file, table, column, "tall, and sings well")
                assert Check.CLOSED_LISTS in {fault.check for fault in faults}, (table.name, column.name)


Spoil = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        (lambda all_: all_.update(said_by="the council"), Check.SCHEMA),
        (lambda all_: all_.update(price=800), Check.SCHEMA),
        (lambda all_: all_.update(authority=["Ashmere"]), Check.SCHEMA),
        (lambda all_: all_["inputs"][0].update(file="all of them.csv"), Check.SCHEMA),
        (lambda all_: all_["inputs"][0].update(digest="tall, and sings well"), Check.SCHEMA),
        (lambda all_: all_["tables"]["answers"].update(answer="tall, and sings well"), Check.SCHEMA),
        (lambda all_: all_["tables"].update(other={}), Check.SCHEMA),
        (lambda all_: all_["linkage_model"].update(trained_by="a person"), Check.SCHEMA),
        (lambda all_: all_["linkage_model"]["chances"].update(hair={}), Check.SCHEMA),
        (
            lambda all_: all_["linkage_model"]["chances"]["born"].update(exact=["tall", "1.00e-05"]),
            Check.SCHEMA,
        ),
        (lambda all_: all_.pop("tables"), Check.SCHEMA),
        (lambda all_: all_.update(authority="Flat 3, 14 Zephyrine Crescent"), Check.PATTERNS),
        (lambda all_: all_.update(authority="AB123457C"), Check.NUMBERS),
    ],
)
def test_nothing_hides_in_the_manifest(
    made: Made, sample_data: Path, tmp_path: Path, spoil: Spoil, check: Check
) -> None:
    manifest = json.loads((Places(sample_data).releases / "2024-10-31-001" / COMPLETE).read_text("utf-8"))
    file = tmp_path / COMPLETE

    def checks(written: str) -> set[str]:
        file.write_text(written, encoding="utf-8")
        return {fault.check for fault in bytes_faults({COMPLETE: file}, made.lists, made.searcher)}

    assert not checks(written_manifest(manifest))
    assert checks(written_manifest(manifest).replace("{", '{"price": "of two", ', 1)) == {Check.SCHEMA}
    spoil(manifest)
    assert check in checks(written_manifest(manifest))


def test_a_day_of_birth_in_the_manifest_is_found(made: Made, sample_data: Path, tmp_path: Path) -> None:
    manifest = json.loads((Places(sample_data).releases / "2024-10-31-001" / COMPLETE).read_text("utf-8"))
    born = min(made.identities.births)
    file = tmp_path / COMPLETE
    for layout, is_found in (("for who was born on %d.%m.%Y", True), ("%Y-%m-%d", False)):
        file.write_text(written_manifest({**manifest, "authority": born.strftime(layout)}), "utf-8")
        found = {fault.check for fault in bytes_faults({COMPLETE: file}, made.lists, made.searcher)}
        assert (Check.IDENTITIES_IN_BYTES in found) == is_found
