"""Sessions in both databases: begun once, ended for good, refused by age, idleness and hand-made rows."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger import (
    LOCAL,
    PROVIDER,
    Event,
    Ledger,
    LedgerError,
    Limits,
    SessionStanding,
    SignIn,
    limits_of,
    open_ledger,
)
from ledger.sessions import FORGOTTEN, KEPT
from ledger.tables import INDEXES, live
from release.errors import SettingsError
from tests.ledgers import Database, both

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LIMITS = Limits(timedelta(hours=10), timedelta(minutes=60))
DESK = {"by": "officer", "role": "data_protection_officer"}
OPEN, ENDED, TOO_OLD, IDLE = SessionStanding


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger]:
    opened = database.open()
    yield opened
    opened.verify()
    opened.close()


def somebody(key: str = "k", name: str = "Ann@Council.example", **changed: Any) -> SignIn:
    return SignIn(
        **{"key": key, "name": name, "role": "manager", "scope": "", "way": PROVIDER, "since": NOW, **changed}
    )


def events(ledger: Ledger) -> list[str]:
    return [one.event for one in ledger.entries()]


@both
def test_a_session_is_begun_once_however_many_windows_there_are(ledger: Ledger) -> None:
    def turn() -> None:
        assert ledger.sessions.turn(somebody(), LIMITS, NOW) is OPEN

    threads = [threading.Thread(target=turn) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    (found,) = ledger.sessions.open(LIMITS, NOW)
    assert (found.name, found.person, found.number) == ("Ann@Council.example", "ann@council.example", 1)
    (line,) = ledger.entries()
    assert (line.event, line.actor, line.role, line.subject) == (
        "sign_in",
        found.name,
        "manager",
        "session 1",
    )
    # What the browser holds, or its digest, is in no line.
    assert "k" not in (line.detail.get("row"), line.detail.get("key"))


@pytest.mark.parametrize(
    ("since", "standing"),
    [
        (timedelta(0), OPEN),
        (timedelta(hours=-10), OPEN),
        (timedelta(hours=-10, seconds=-1), TOO_OLD),
        (timedelta(minutes=5), OPEN),
        (timedelta(minutes=5, seconds=1), TOO_OLD),
        (timedelta(days=3), TOO_OLD),
    ],
)
def test_age_counts_from_the_sign_in_whether_there_is_a_row_or_not(
    ledger: Ledger, since: timedelta, standing: SessionStanding
) -> None:
    assert ledger.sessions.turn(somebody(since=NOW + since), LIMITS, NOW) is standing
    assert len(ledger.entries()) == (standing is OPEN)


def test_who_does_nothing_is_out_and_who_does_something_is_not(ledger: Ledger) -> None:
    sessions, at = ledger.sessions, NOW
    for _ in range(5):
        assert sessions.turn(somebody(), LIMITS, at) is OPEN
        at += timedelta(minutes=60)
    assert sessions.turn(somebody(), LIMITS, at) is OPEN
    assert sessions.turn(somebody(), LIMITS, at + timedelta(minutes=60, seconds=1)) is IDLE
    assert sessions.open(LIMITS, at + timedelta(minutes=61)) == []
    # Looking whether it is open is no turn.
    assert sessions.again("k", LIMITS, at + timedelta(minutes=59))[1] is OPEN
    assert sessions.turn(somebody(), LIMITS, at + timedelta(minutes=61)) is IDLE
    # A clock put back far enough tells nothing: nobody is let in by it.
    assert sessions.turn(somebody(), LIMITS, at - timedelta(minutes=6)) is IDLE
    assert sessions.turn(somebody(), LIMITS, NOW - timedelta(hours=1)) is TOO_OLD
    assert len(ledger.entries()) == 1


def test_a_turn_is_noted_once_a_minute(ledger: Ledger) -> None:
    for seconds, seen in ((0, 0), (30, 0), (59, 0), (60, 60), (100, 60), (121, 121)):
        ledger.sessions.turn(somebody(), LIMITS, NOW + timedelta(seconds=seconds))
        (found,) = ledger.sessions.open(LIMITS, NOW + timedelta(seconds=seconds))
        assert found.seen == NOW + timedelta(seconds=seen)


def test_who_is_idle_after_a_minute_is_not_idle_a_second_after_a_turn(ledger: Ledger) -> None:
    short = Limits(timedelta(hours=10), timedelta(minutes=1))
    for seconds in (0, 59, 61, 115):
        assert ledger.sessions.turn(somebody(), short, NOW + timedelta(seconds=seconds)) is OPEN
    assert ledger.sessions.turn(somebody(), short, NOW + timedelta(seconds=180)) is IDLE


@both
def test_what_was_ended_stays_ended(ledger: Ledger) -> None:
    sessions = ledger.sessions
    for key in ("k", "l", "m"):
        sessions.turn(somebody(key), LIMITS, NOW)
    assert sessions.end("k", by="Ann", role="manager")
    assert not sessions.end("k", by="Ann", role="manager")
    assert not sessions.end("nobody's", by="Ann", role="manager")
    (second,) = [one for one in sessions.open(LIMITS, NOW) if one.key == "l"]
    assert sessions.revoke(second.number, **DESK) == "Ann@Council.example"
    for number in (second.number, 99, 0):
        with pytest.raises(LedgerError, match="no open session"):
            sessions.revoke(number, **DESK)
    assert [sessions.turn(somebody(key), LIMITS, NOW) for key in ("k", "l", "m")] == [ENDED, ENDED, OPEN]
    keys = {"k", "l", "m", "demo:x"}
    assert sessions.over(keys, LIMITS, NOW) == {"k", "l"}
    assert sessions.over(keys, LIMITS, NOW + timedelta(minutes=61)) == {"k", "l", "m"}
    assert sessions.over((), LIMITS, NOW) == set()
    assert events(ledger) == ["sign_in"] * 3 + ["sign_out", "session_ended"]


@both
def test_a_person_is_out_with_every_sign_in_from_before(ledger: Ledger) -> None:
    sessions = ledger.sessions
    sessions.turn(somebody("k"), LIMITS, NOW)
    sessions.turn(somebody("other", "Ben"), LIMITS, NOW)
    assert sessions.revoke_person(" ANN@council.example", now=NOW + timedelta(minutes=1), **DESK) == 1
    # A cookie that was never used before counts as little as the one that was.
    at = NOW + timedelta(minutes=2)
    assert sessions.turn(somebody("k"), LIMITS, at) is ENDED
    assert sessions.turn(somebody("unseen"), LIMITS, at) is ENDED
    assert sessions.turn(somebody("other", "Ben"), LIMITS, at) is OPEN
    assert sessions.turn(somebody("anew", since=at), LIMITS, at) is OPEN
    assert sessions.revoke_person("nobody", now=at, **DESK) == 0


@both
def test_a_session_is_whose_it_began_with(ledger: Ledger) -> None:
    sessions = ledger.sessions
    assert sessions.turn(somebody(), LIMITS, NOW) is OPEN
    assert sessions.turn(somebody(name="Ben"), LIMITS, NOW) is ENDED
    assert sessions.turn(somebody(way=LOCAL), LIMITS, NOW) is ENDED
    assert sessions.turn(somebody(since=NOW - timedelta(hours=1)), LIMITS, NOW) is ENDED
    assert sessions.turn(somebody(role="auditor", scope="north"), LIMITS, NOW) is OPEN
    line = ledger.entries()[-1]
    assert (line.event, line.detail["role"], line.detail["scope"]) == (
        "session_changed",
        ["manager", "auditor"],
        ["", "north"],
    )


@both
def test_a_browser_that_comes_back_is_written_down_once_an_hour(ledger: Ledger) -> None:
    sessions = ledger.sessions
    sessions.turn(somebody(), LIMITS, NOW)
    sessions.end("k", by="Ann", role="manager")
    for minutes in (1, 2, 30, 62, 63):
        sessions.refused("k", NOW + timedelta(minutes=minutes))
    sessions.refused("nobody's", NOW)
    assert events(ledger) == ["sign_in", "sign_out", "session_refused", "session_refused"]


@both
def test_a_row_goes_when_no_browser_can_come_back_with_it(ledger: Ledger, database: Database) -> None:
    sessions = ledger.sessions
    sessions.turn(somebody("k"), LIMITS, NOW)
    sessions.end("k", by="Ann", role="manager")
    later = NOW + KEPT + timedelta(days=1)
    sessions.turn(somebody("l", since=later), LIMITS, later)
    assert [one.number for one in sessions.open(LIMITS, later)] == [3]
    assert sessions.again("k", LIMITS, later) == (None, ENDED)
    # What it was is refused by its age, whatever the rules say.
    week = Limits(timedelta(days=7), timedelta(days=1))
    assert sessions.turn(somebody("k"), week, later) is TOO_OLD


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE session SET ended = 0 WHERE number = 1",
        "UPDATE session SET key = 'mine' WHERE number = 2",
        "UPDATE session SET name = 'Ben' WHERE number = 2",
        "UPDATE session SET role = 'auditor' WHERE number = 2",
        "UPDATE session SET scope = '' WHERE number = 2",
        "UPDATE session SET since = '2026-11-30T09:00:00+00:00' WHERE number = 2",
        "UPDATE session SET number = 7 WHERE number = 2",
    ],
)
def test_a_session_changed_by_hand_is_found(database: Database, statement: str) -> None:
    ledger = database.open()
    ledger.sessions.turn(somebody("k"), LIMITS, NOW)
    ledger.sessions.turn(somebody("l", scope="north"), LIMITS, NOW)
    ledger.sessions.end("k", by="Ann", role="manager")
    assert ledger.verify() == 3
    with database.past_the_code() as connection:
        assert connection.exec_driver_sql(statement).rowcount == 1
    with pytest.raises(LedgerError, match="by hand"):
        ledger.verify()
    ledger.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM session WHERE number = 1",
        "DELETE FROM session_bar",
        "UPDATE session_bar SET before = '2026-11-01T09:00:00+00:00'",
        "INSERT INTO session_bar SELECT 'ben', before, act FROM session_bar",
    ],
)
def test_who_could_come_back_by_hand_is_found(database: Database, statement: str) -> None:
    ledger = database.open()
    ledger.sessions.turn(somebody("k"), LIMITS, NOW)
    ledger.sessions.revoke_person("Ann@Council.example", now=NOW, **DESK)
    assert ledger.verify() == 2
    with database.past_the_code() as connection:
        assert connection.exec_driver_sql(statement).rowcount == 1
    with pytest.raises(LedgerError, match="by hand"):
        ledger.verify()
    ledger.close()


def test_what_is_forgotten_is_missed_by_nobody(ledger: Ledger) -> None:
    sessions, day = ledger.sessions, timedelta(days=1)
    for number in range(5):
        at = NOW + 12 * number * day
        assert sessions.turn(somebody(f"k{number}", since=at), LIMITS, at) is OPEN
        sessions.revoke_person("Ben" if number % 2 else "Cem", now=at, **DESK)
    assert [FORGOTTEN in one.detail for one in ledger.entries() if one.event == "sign_in"] == [
        False,
        False,
        False,
        True,
        True,
    ]
    assert ledger.verify() == 10


def test_the_acts_themselves_write_their_lines(ledger: Ledger) -> None:
    for event in (Event.SIGN_OUT, Event.SESSION_ENDED, Event.ACCOUNT_ADDED):
        with pytest.raises(ValueError, match="by the act itself"):
            ledger.record(event, actor="a", role="manager")


def test_limits_as_written(tmp_path: Path) -> None:
    assert limits_of({}, tmp_path) == LIMITS
    assert limits_of({"sessions": {"hours": 1, "idle_minutes": 5}}, tmp_path) == Limits(
        timedelta(hours=1), timedelta(minutes=5)
    )


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"hours": 0}, "sessions.hours"),
        ({"hours": 169}, "sessions.hours"),
        ({"hours": True}, "sessions.hours"),
        ({"hours": "10"}, "sessions.hours"),
        ({"hours": 1.5}, "sessions.hours"),
        ({"idle_minutes": 0}, "sessions.idle_minutes"),
        ({"idle_minutes": 1441}, "sessions.idle_minutes"),
        ({"minutes": 5}, "'minutes' is not known"),
        (10, "is a section"),
    ],
)
def test_limits_that_are_none(tmp_path: Path, said: object, place: str) -> None:
    with pytest.raises(SettingsError, match=place):
        limits_of({"sessions": said}, tmp_path)


def test_a_ledger_from_before_there_were_sessions(tmp_path: Path) -> None:
    import sqlite3

    file = tmp_path / "ledger.sqlite"
    ledger = open_ledger(file)
    ledger.record("sign_in", actor="somebody", role="manager", detail={"demo": False})
    ledger.close()
    connection = sqlite3.connect(file)
    for table in live.tables:
        connection.execute(f"DROP TABLE {table}")
    for index in INDEXES:
        connection.execute(f"DROP INDEX {index.name}")
    connection.commit()
    connection.close()
    again = open_ledger(file)
    assert again.sessions.turn(somebody(), LIMITS, NOW) is OPEN
    assert [one.number for one in again.sessions.open(LIMITS, NOW)] == [2]
    assert again.verify() == 2
    with sqlite3.connect(file) as connection:
        there = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")
        }
    assert {str(index.name) for index in INDEXES} <= there
    connection.close()
    again.close()
