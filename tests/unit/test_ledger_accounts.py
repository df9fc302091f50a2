"""Accounts of the app's own sign-in: made, tried out, locked for strangers alone, and found where forged."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger import LOCAL, AccountError, Ledger, LedgerError, Limits, SignIn, passwords
from ledger.accounts import IN_ALL, OWN_BROWSER, STRANGERS, SignedIn
from ledger.passwords import Hardness
from tests.ledgers import Database, both

EASY = Hardness(2, 1, 1)
WORDS = "three words of mine"
BY: dict[str, str] = {"by": "root", "role": "pipelines"}
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger]:
    opened = database.open()
    added(opened, "Ann Lee")
    added(opened, "Ben", "north")
    yield opened
    opened.verify()
    opened.close()


def added(ledger: Ledger, name: str, scope: str = "", words: str = WORDS) -> None:
    ledger.accounts.add(name, words, account_role="auditor", scope=scope, **BY, hardness=EASY)


def tried(
    ledger: Ledger, name: str = "Ann Lee", words: str = WORDS, device: str = "", at: datetime = NOW
) -> SignedIn | None:
    def easily(password: str, keeping: str | None) -> bool:
        return keeping is not None and passwords.is_right(password, keeping)

    return ledger.accounts.sign_in(name, words, device, now=at, is_right=easily)


@pytest.mark.parametrize("name", ["Ann Lee", "ann  LEE", " ＡＮＮ lee "])
def test_a_name_and_password_that_are_right(ledger: Ledger, name: str) -> None:
    found = tried(ledger, name)
    assert found is not None
    assert (found.account.name, found.account.role, found.account.scope) == ("Ann Lee", "auditor", "")


def test_passwords_are_compared_in_one_form(ledger: Ledger) -> None:
    added(ledger, "Zoë", words="cafe\u0301 ﬁnds the rest")
    assert tried(ledger, "Zoe\u0308", "caf\u00e9 finds the rest") is not None
    assert tried(ledger, "Zoë", "café  finds the rest") is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ann Lee", WORDS.upper()),
        ("Ann Lee", ""),
        ("Ann Lee", WORDS + " "),
        ("Ann Lee", "x" * 1_000_000),
        ("Ann Lee", WORDS + "\0"),
        ("Ann", WORDS),
        ("", WORDS),
        ("x" * 1_000_000, WORDS),
        ("Ann\0Lee", WORDS),
        ("'; DROP TABLE account; --", WORDS),
    ],
)
def test_whatever_is_wrong_is_wrong_in_the_same_way(ledger: Ledger, name: str, words: str) -> None:
    asked: list[str | None] = []

    def noted(_password: str, keeping: str | None) -> bool:
        asked.append(keeping)
        return keeping is not None and passwords.is_right(words, keeping)

    assert ledger.accounts.sign_in(name, words, now=NOW, is_right=noted) is None
    # As much is worked out for a name that is none.
    assert len(asked) == 1
    line = ledger.entries()[-1]
    assert line.event == "sign_in_refused"
    assert line.actor in {"Ann Lee", "unknown"}
    assert name not in {line.actor} - {"Ann Lee"}
    assert "words" not in str(line.detail)


def test_a_password_of_no_account_takes_as_much_work(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = passwords.kept(WORDS)
    assert kept.split("$")[:4] == ["scrypt", "32768", "8", "3"]
    worked: list[Hardness] = []
    made = passwords._scrypt

    def counted(text: str, salt: bytes, hardness: Hardness) -> bytes:
        worked.append(hardness)
        return made(text, salt, hardness)

    monkeypatch.setattr(passwords, "_scrypt", counted)
    assert passwords.is_right(WORDS, kept)
    assert not passwords.is_right(WORDS, None)
    assert not passwords.is_right(WORDS + "!", kept)
    assert worked == [passwords.HARDNESS] * 3


@pytest.mark.parametrize(
    "words", ["", "elevenchars", "aaaaaaaaaaaaaaaa", "abababababab", "x" * 257, "so ANN LEE it is"]
)
def test_a_poor_password_is_none(ledger: Ledger, words: str) -> None:
    with pytest.raises(AccountError) as refused:
        ledger.accounts.set_password("Ann Lee", words, **BY, hardness=EASY)
    assert not words or words not in str(refused.value)
    assert tried(ledger) is not None


@pytest.mark.parametrize(
    "kept", ["", "scrypt$2$1$1$AA==$AA==", "md5$2$1$1$AA==$AA==", "scrypt$3$1$1$$", "x" * 100]
)
def test_what_is_kept_and_damaged_lets_nobody_in(kept: str) -> None:
    if kept:
        with pytest.raises(AccountError, match="damaged"):
            passwords.is_right(WORDS, kept)
    else:
        assert not passwords.is_right("", None)


def test_a_name_is_taken_once(ledger: Ledger) -> None:
    with pytest.raises(AccountError, match="already"):
        added(ledger, "ANN  lee")
    for name in ("", "  ", "x" * 101, "a\x07b"):
        with pytest.raises(AccountError, match="A name"):
            added(ledger, name)
    assert [one.name for one in ledger.accounts.all()] == ["Ann Lee", "Ben"]


@both
def test_strangers_are_locked_out_and_the_accounts_own_browser_is_not(ledger: Ledger) -> None:
    known = tried(ledger)
    assert known is not None
    for _ in range(STRANGERS):
        assert tried(ledger, words="wrong") is None
    # Now even the right one is refused, to strangers, without a word that tells it apart.
    assert tried(ledger) is None
    assert tried(ledger, device="made up") is None
    ben = tried(ledger, "Ben")
    assert ben is not None
    # Another account's browser is a stranger.
    assert tried(ledger, device=ben.device) is None
    assert tried(ledger, device=known.device) is not None
    # What was not even tried does not make the lock last longer.
    later = NOW + timedelta(minutes=15, seconds=1)
    assert tried(ledger, at=later) is not None


def test_a_success_forgives_what_was_mistyped(ledger: Ledger) -> None:
    for _ in range(3):
        for _ in range(STRANGERS - 1):
            assert tried(ledger, words="wrong") is None
        assert tried(ledger) is not None


def test_a_browser_that_is_known_has_a_limit_of_its_own(ledger: Ledger) -> None:
    known = tried(ledger)
    assert known is not None
    for _ in range(OWN_BROWSER):
        assert tried(ledger, words="wrong", device=known.device) is None
    before = len(ledger.entries())
    for _ in range(5):
        assert tried(ledger, device=known.device) is None
    assert len(ledger.entries()) == before
    # From elsewhere it goes on.
    assert tried(ledger) is not None


def test_all_strangers_together_are_slowed_down(ledger: Ledger) -> None:
    known = tried(ledger, "Ben")
    assert known is not None
    for number in range(IN_ALL):
        assert tried(ledger, f"nobody {number}") is None
    before = len(ledger.entries())
    assert tried(ledger) is None
    assert len(ledger.entries()) == before
    assert tried(ledger, "Ben", device=known.device) is not None
    assert tried(ledger, at=NOW + timedelta(seconds=61)) is not None


def test_a_restart_and_a_clock_put_back(ledger: Ledger, database: Database) -> None:
    for _ in range(STRANGERS):
        assert tried(ledger, words="wrong") is None
    again = database.open()
    assert tried(again) is None
    again.close()
    # What lies ahead of the clock does not lock anybody out for days.
    assert tried(ledger, at=NOW - timedelta(days=1)) is not None


@both
def test_many_at_once_get_no_more_tries(ledger: Ledger) -> None:
    tries: list[str] = []
    gate = threading.Barrier(12)

    def wrong(password: str, _keeping: str | None) -> bool:
        tries.append(password)
        return False

    def attempt() -> None:
        gate.wait()
        ledger.accounts.sign_in("Ann Lee", "wrong", now=NOW, is_right=wrong)

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    told = [one.detail["why"] for one in ledger.entries() if one.event == "sign_in_refused"]
    assert told.count("name or password wrong") == STRANGERS


@both
def test_another_password_ends_sessions_and_what_browsers_were_known_by(ledger: Ledger) -> None:
    known = tried(ledger)
    assert known is not None
    assert ledger.accounts.set_password("ann lee", "other words of mine", **BY, hardness=EASY) == 0
    assert tried(ledger, device=known.device) is None
    for _ in range(STRANGERS - 1):
        assert tried(ledger, words="wrong") is None
    assert tried(ledger, words="other words of mine", device=known.device) is None
    ledger.accounts.remove("Ann Lee", **BY)
    assert ledger.accounts.find("Ann Lee") is None
    assert tried(ledger, words="other words of mine") is None
    for act in (ledger.accounts.remove, lambda name, **by: ledger.accounts.set_password(name, WORDS, **by)):
        with pytest.raises(AccountError, match="no account"):
            act("Ann Lee", **BY)


@both
def test_no_session_begins_with_an_account_that_was_changed_meanwhile(ledger: Ledger) -> None:
    limits, right = Limits(timedelta(hours=10), timedelta(hours=1)), tried(ledger)
    assert right is not None

    def begun(key: str) -> int:
        return ledger.sessions.begin(SignIn(key, "Ann Lee", "auditor", "", LOCAL, NOW), right.act)

    assert begun("a") > 0
    ledger.accounts.set_password("Ann Lee", "other words of mine", **BY, hardness=EASY)
    assert begun("b") == 0
    ledger.accounts.remove("Ann Lee", **BY)
    assert begun("c") == 0
    added(ledger, "Ann Lee")
    assert begun("d") == 0
    assert ledger.sessions.open(limits, NOW) == []


def test_a_password_changed_in_between_counts(ledger: Ledger) -> None:
    def meanwhile(_password: str, _keeping: str | None) -> bool:
        ledger.accounts.set_password("Ann Lee", "other words of mine", **BY, hardness=EASY)
        return True

    assert ledger.accounts.sign_in("Ann Lee", WORDS, now=NOW, is_right=meanwhile) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE account SET role = 'manager' WHERE person = 'ben'",
        "UPDATE account SET scope = '' WHERE person = 'ben'",
        "UPDATE account SET password = (SELECT max(password) FROM account) WHERE password <> "
        "(SELECT max(password) FROM account)",
        "UPDATE account SET person = 'bill' WHERE person = 'ben'",
        "DELETE FROM account WHERE person = 'ben'",
        "INSERT INTO account SELECT 'eve', 'Eve', role, scope, password, added, act FROM account WHERE person = 'ben'",
    ],
)
def test_an_account_changed_by_hand_is_found(database: Database, statement: str) -> None:
    ledger = database.open()
    added(ledger, "Ann Lee")
    added(ledger, "Ben", "north")
    ledger.verify()
    with database.past_the_code() as connection:
        assert connection.exec_driver_sql(statement).rowcount == 1
    with pytest.raises(LedgerError, match="An account was changed"):
        ledger.verify()
    ledger.close()


def test_no_password_stands_anywhere(tmp_path: Path) -> None:
    from ledger import open_ledger

    file = tmp_path / "ledger.sqlite"
    ledger = open_ledger(file)
    added(ledger, "Ann Lee")
    known: Any = tried(ledger)
    tried(ledger, words="another one that is wrong")
    tried(ledger, "a password in the wrong box")
    ledger.close()
    content = file.read_bytes()
    for secret in (WORDS, "another one", known.device, "wrong box"):
        assert secret.encode() not in content
