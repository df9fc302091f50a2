"""Where the ledger is, what an older one becomes, and the settings around it."""

import json
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from ledger import LedgerError, Quota, RequestKind, chain, is_there, open_ledger
from ledger.opening import VARIABLE, address_of
from ledger.quota import financial_year, read_quotas
from ledger.tables import BOOKS, metadata
from release.errors import SettingsError
from release.places import PROJECT, Places
from tests import ledger_books
from tests.ledgers import DATABASES, Database, both, database_in, entered, signed

_BEFORE_THERE_WERE_CLAIMS = """
CREATE TABLE audit (number INTEGER NOT NULL, at VARCHAR NOT NULL, event VARCHAR NOT NULL, actor VARCHAR NOT NULL,
  role VARCHAR NOT NULL, subject VARCHAR NOT NULL, detail VARCHAR NOT NULL, previous VARCHAR NOT NULL,
  digest VARCHAR NOT NULL, PRIMARY KEY (number), UNIQUE (digest));
CREATE TABLE request (id INTEGER NOT NULL, kind VARCHAR NOT NULL, release VARCHAR NOT NULL, asked_by VARCHAR NOT NULL,
  role VARCHAR NOT NULL, asked_at VARCHAR NOT NULL, PRIMARY KEY (id));
CREATE TABLE request_end (request INTEGER NOT NULL, state VARCHAR NOT NULL, at VARCHAR NOT NULL, note VARCHAR NOT NULL,
  PRIMARY KEY (request), FOREIGN KEY(request) REFERENCES request (id));
"""


@pytest.fixture(autouse=True)
def nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


def test_a_ledger_from_before_there_were_claims(places: Places) -> None:
    places.ledger.parent.mkdir()
    connection = sqlite3.connect(places.ledger)
    connection.executescript(_BEFORE_THERE_WERE_CLAIMS)
    for table in ("audit", "request", "request_end"):
        for act in ("update", "delete"):
            connection.execute(
                f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act} BEFORE {act.upper()} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            )
    previous = chain.START
    lines: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
        ("sign_in", "officer", "returns_officer", "", {}),
        (
            "requested",
            "officer",
            "returns_officer",
            "request 1",
            {"kind": "claimable_episodes", "release": "r1"},
        ),
        ("request_done", "custody", "worker", "request 1", {"note": "12 episodes"}),
    )
    for number, (event, actor, role, subject, detail) in enumerate(lines, start=1):
        values = (
            number,
            f"2024-10-31T09:00:0{number}+00:00",
            event,
            actor,
            role,
            subject,
            json.dumps(detail),
        )
        digest = chain.digest(*values, previous)
        connection.execute(
            "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*values, previous, digest)
        )
        previous = digest
    # Its time was looked up apart from the line's.
    connection.execute(
        "INSERT INTO request VALUES (1, 'claimable_episodes', 'r1', 'officer', 'returns_officer', "
        "'2024-10-31T09:00:01+00:00')"
    )
    connection.execute(
        "INSERT INTO request_end VALUES (1, 'done', '2024-10-31T09:00:03+00:00', '12 episodes')"
    )
    connection.commit()
    connection.close()

    ledger = open_ledger(places)
    assert ledger.verify() == 3
    (request,) = ledger.requests()
    assert (request.subject, request.detail, request.note) == ("", {}, "12 episodes")
    signed(ledger, range(4))
    assert ledger.verify() == 8
    ledger.close()

    connection = sqlite3.connect(places.ledger)
    connection.execute("DROP TRIGGER request_no_update")
    connection.execute("UPDATE request SET asked_at = '2024-10-30T09:00:01+00:00'")
    connection.commit()
    connection.close()
    again = open_ledger(places)
    with pytest.raises(LedgerError, match="request 1 is not what line 2 says"):
        again.verify()
    again.close()


@both
def test_a_ledger_from_before_there_were_returns_and_exports(database: Database) -> None:
    """It gains the books and their guards when it is opened, and keeps what it holds."""
    ledger = database.open()
    signed(ledger, range(4))
    lines = ledger.verify()
    ledger.close()
    with database.past_the_code() as connection:
        for table in reversed(metadata.sorted_tables):
            if table in BOOKS:
                connection.exec_driver_sql(f"DROP TABLE {table.name}")
    again = database.open()
    assert again.verify() == lines
    ledger_books.fill(again)
    assert again.verify() > lines
    again.close()


@pytest.mark.parametrize("kind", DATABASES)
def test_requests_say_what_they_are_about(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    database: Database = database_in(kind, tmp_path, request, monkeypatch)
    assert not is_there(database.places)
    ledger = database.open()
    assert is_there(database.places)
    assert is_there(database.places.ledger)
    about = {"by_risk": True, "named": "Q3 “late”"}
    ledger.ask(
        RequestKind.OPEN_WINDOW,
        by="officer",
        role="returns_officer",
        release="r",
        subject="f/q3",
        detail=about,
    )
    ledger.ask(RequestKind.CLAIMABLE_EPISODES, by="officer", role="returns_officer", release="r")
    newest, oldest = ledger.requests()
    assert (oldest.subject, oldest.detail) == ("f/q3", about)
    assert (newest.subject, newest.detail) == ("", {})
    with pytest.raises(LedgerError, match="does not exist"):
        ledger.end(3, "done", actor="custody", note="")  # type: ignore[arg-type]
    assert ledger.verify() == 2
    ledger.close()
    # The file at its place in a data folder is the same ledger, wherever that lies.
    same = open_ledger(database.places.ledger)
    assert same.verify() == 2
    same.close()


def test_the_ledger_is_a_file_of_the_data_folder(places: Places) -> None:
    assert address_of(places) == address_of(places.ledger)
    assert address_of(places).database == str(places.ledger)


def test_a_file_elsewhere_is_that_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "postgresql+psycopg://ledger@nowhere.example/ledger")
    assert address_of(tmp_path / "copy.sqlite").database == str(tmp_path / "copy.sqlite")


def test_an_address_of_postgresql(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    (places.data / "ledger.toml").write_text('url = "postgresql://ledger@db.example/lens"', encoding="utf-8")
    assert address_of(places).render_as_string() == "postgresql+psycopg://ledger@db.example/lens"
    # The environment goes before, and may hold the password.
    monkeypatch.setenv(VARIABLE, "postgresql+psycopg://ledger:secret@db.example/other")
    assert address_of(places).database == "other"


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ('url = "postgresql+psycopg://ledger:hunter2@db.example/lens"', "holds a password"),
        ('url = "mysql://db.example/lens"', "does not say where the ledger is"),
        ('url = "sqlite:///somewhere.sqlite"', "does not say where the ledger is"),
        ('url = "postgresql+psycopg://ledger@db.example"', "does not say where the ledger is"),
        ('url = "ledger"', "does not say where the ledger is"),
        ("url = 5", "url is a text"),
        ('address = "x"', '"address" is not known'),
    ],
)
def test_an_address_that_is_none(places: Places, words: str, refusal: str) -> None:
    (places.data / "ledger.toml").write_text(words, encoding="utf-8")
    with pytest.raises(SettingsError, match=refusal) as refused:
        open_ledger(places)
    assert "hunter2" not in str(refused.value)
    assert "ledger.toml" in str(refused.value)
    assert not places.ledger.exists()


def test_a_server_that_is_not_there(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "postgresql+psycopg://ledger:hunter2@127.0.0.1:1/lens")
    with pytest.raises(LedgerError, match=r"PostgreSQL \(database lens\) cannot be opened") as refused:
        open_ledger(places)
    assert "hunter2" not in str(refused.value)
    with pytest.raises(LedgerError, match="cannot be reached"):
        is_there(places)


def test_the_shipped_settings_say_nothing_yet(places: Places) -> None:
    assert read_quotas(PROJECT / "data" / "payment.toml") == ()
    assert address_of(places).drivername == "sqlite"


def test_quotas_as_written(tmp_path: Path) -> None:
    file = tmp_path / "payment.toml"
    file.write_text(
        '[[quota]]\nframework = "a"\nyear = "2024-25"\nclaims = 200\npounds = 160000\n'
        '[[quota]]\nframework = "a"\nyear = "2099-00"\npounds = 0\n',
        encoding="utf-8",
    )
    assert read_quotas(file) == (Quota("a", "2024-25", 200, 160_000), Quota("a", "2099-00", None, 0))


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("[quota]\nclaims = 1", "two brackets"),
        ("quota = 5", "two brackets"),
        ("quota = [5]", "two brackets"),
        ("[[cap]]\nclaims = 1", '"cap" is not known'),
        ('[[quota]]\nyear = "2024-25"\nclaims = 1', "quota 1: say the framework"),
        ('[[quota]]\nframework = "a"\nclaims = 1', "quota 1: the year is a financial year"),
        ('[[quota]]\nframework = "a"\nyear = "2024-26"\nclaims = 1', "the year is a financial year"),
        ('[[quota]]\nframework = "a"\nyear = "2024"\nclaims = 1', "the year is a financial year"),
        ('[[quota]]\nframework = "a"\nyear = 2024\nclaims = 1', "the year is a financial year"),
        ('[[quota]]\nframework = "a"\nyear = "2024-25"', "how many claims or how many pounds"),
        ('[[quota]]\nframework = "a"\nyear = "2024-25"\nclaims = -1', "claims is a whole number"),
        ('[[quota]]\nframework = "a"\nyear = "2024-25"\nclaims = true', "claims is a whole number"),
        ('[[quota]]\nframework = "a"\nyear = "2024-25"\npounds = 1.5', "pounds is a whole number"),
        ('[[quota]]\nframework = "a"\nyear = "2024-25"\npounds = nan', "pounds is a whole number"),
        ('[[quota]]\nframework = "a"\nyear = "2024-25"\nclaim = 1', '"claim" is not known'),
        (
            '[[quota]]\nframework = "a"\nyear = "2024-25"\nclaims = 1\n'
            '[[quota]]\nframework = "a"\nyear = "2024-25"\nclaims = 2',
            "quota 2 is the second for a in 2024-25",
        ),
        ("[[quota", "not valid TOML"),
    ],
)
def test_quotas_that_are_none(tmp_path: Path, words: str, refusal: str) -> None:
    file = tmp_path / "payment.toml"
    file.write_text(words, encoding="utf-8")
    with pytest.raises(SettingsError, match=refusal) as refused:
        read_quotas(file)
    assert str(file) in str(refused.value)


def test_a_mistake_in_the_quotas_stops_claims_and_nothing_else(places: Places) -> None:
    (places.data / "payment.toml").write_text("[[cap]]", encoding="utf-8")
    ledger = open_ledger(places)
    ledger.record("sign_in", actor="a", role="manager")
    with pytest.raises(SettingsError, match=r"payment\.toml"):
        entered(ledger, range(2))
    assert ledger.claims.standings() == []
    assert ledger.verify() == 2
    ledger.close()


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2024, 4, 1), "2024-25"),
        (date(2025, 3, 31), "2024-25"),
        (date(2025, 4, 1), "2025-26"),
        (date(2000, 1, 1), "1999-00"),
        (date(2099, 12, 31), "2099-00"),
    ],
)
def test_the_financial_year(day: date, year: str) -> None:
    assert financial_year(day) == year
