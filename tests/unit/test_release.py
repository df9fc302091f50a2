"""Releases: names, the pointer, opening, and keys."""

from pathlib import Path

import duckdb
import pytest

from pipelines.keys import Keys, Purpose, make_keys
from release import opening, pointer
from release.errors import KeyFileError, ReleaseError
from release.keys import make_key, read_key
from release.opening import create_answers, create_protected, open_answers, open_protected
from release.places import Places

NAME = "2024-10-31-001"
KEY, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(tmp_path)
    folder = places.releases / NAME
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")
    with create_answers(folder / "answers.duckdb") as connection:
        connection.execute("CREATE TABLE answers.answer AS SELECT 10 AS value")
    with create_protected(folder / "protected.duckdb", KEY) as connection:
        connection.execute("CREATE TABLE protected.claim AS SELECT 'a secret sentence' AS value")
    pointer.use(places, NAME)
    return places


def test_the_pointer(places: Places) -> None:
    assert pointer.current(places) == NAME
    assert pointer.resolve(places, "current") == NAME
    assert pointer.next_name(places, "2025-01-31") == "2025-01-31-002"


@pytest.mark.parametrize("content", [b"", b"../../etc\n", b"2024-10-31-009\n", b"\xff\xfe"])
def test_a_damaged_pointer_is_refused(places: Places, content: bytes) -> None:
    places.pointer.write_bytes(content)
    with pytest.raises(ReleaseError, match="releases use"):
        pointer.current(places)


@pytest.mark.parametrize(
    "name", ["", "..", "2024-10-31-002", "2024-10-31-001/..", "x" * 5000, "2024-10-31-001\n"]
)
def test_a_name_that_is_no_release_is_refused(places: Places, name: str) -> None:
    with pytest.raises(ReleaseError):
        pointer.resolve(places, name)


def test_answers_are_open_for_reading_and_nothing_else(places: Places) -> None:
    with open_answers(places) as connection:
        assert connection.execute("SELECT value FROM answer").fetchall() == [(10,)]
        for statement in (
            "CREATE TABLE mine (x INTEGER)",
            "SELECT * FROM read_text('/etc/hostname')",
            "ATTACH ':memory:' AS other; COPY answer TO '/tmp/out.csv'",
            "SET enable_external_access = true",
            "INSTALL httpfs",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement)


def test_damaged_answers_are_named(places: Places) -> None:
    (places.releases / NAME / "answers.duckdb").write_bytes(b"no database")
    with pytest.raises(ReleaseError, match="damaged"):
        open_answers(places)


@pytest.mark.parametrize("large", [1, 2**40])
def test_the_protected_file_needs_its_own_key(
    places: Places, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    monkeypatch.setattr(opening, "_LARGE", large)
    with open_protected(places, NAME, KEY) as connection:
        assert connection.execute("SELECT value FROM protected.claim").fetchall() == [("a secret sentence",)]
        with pytest.raises(duckdb.Error):
            connection.execute("COPY protected.claim TO '/tmp/out.csv'")
        # What decrypts a large file could speak HTTP too: it is locked out as well.
        with pytest.raises(duckdb.PermissionException):
            connection.execute("SELECT * FROM read_csv('http://127.0.0.1:9/rows.csv')")
    with pytest.raises(KeyFileError, match="does not open"):
        open_protected(places, NAME, OTHER)
    assert b"secret sentence" not in (places.releases / NAME / "protected.duckdb").read_bytes()


def test_a_key_file(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "a.key"
    make_key(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(read_key(file)) == 64
    with pytest.raises(FileExistsError):
        make_key(file)
    file.chmod(0o640)
    with pytest.raises(KeyFileError, match="open to other users"):
        read_key(file)


@pytest.mark.parametrize("content", ["", "g" * 64, "a" * 63, "a" * 65])
def test_a_damaged_key_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "a.key"
    file.touch(mode=0o600)
    file.write_text(content)
    with pytest.raises(KeyFileError, match="damaged"):
        read_key(file)


def test_tokens_of_two_keys_and_of_two_purposes_share_nothing() -> None:
    import polars as pl

    values = pl.Series(["P1", "P2", None, "P1"])
    keys, others = Keys(KEY, KEY, KEY), Keys(OTHER, KEY, KEY)
    person = keys.tokens(Purpose.PERSON, values)
    assert person["key"].to_list() == ["P1", "P2"]
    assert person.equals(keys.tokens(Purpose.PERSON, values))
    sets = [
        set(person["token"]),
        set(keys.tokens(Purpose.FAMILY, values)["token"]),
        set(others.tokens(Purpose.PERSON, values)["token"]),
    ]
    assert len(set.union(*sets)) == 6
    # The random number behind the noise stays when the master key changes.
    assert keys.record_keys(Purpose.PERSON, values).equals(others.record_keys(Purpose.PERSON, values))
    assert KEY not in repr(keys)


def test_missing_keys_are_made_only_where_nothing_depends_on_them(places: Places) -> None:
    with pytest.raises(KeyFileError, match="master"):
        make_keys(places)
    assert not places.master_key.exists()


def test_keys_are_made_once(tmp_path: Path) -> None:
    assert make_keys(Places(tmp_path)) == ["master", "record", "protected"]
    assert make_keys(Places(tmp_path)) == []
