"""The commands about sessions and accounts, as whoever looks after sign-ins runs them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ledger import PROVIDER, AccountError, Ledger, LedgerError, Limits, SessionStanding, SignIn, open_ledger
from ledger.passwords import Hardness
from pipelines.commands.app import app
from release.places import Places

WORDS = "three words of mine"
LIMITS = Limits(timedelta(hours=10), timedelta(hours=1))


@pytest.fixture(autouse=True)
def easily(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OUTCOME_LENS_LEDGER", raising=False)
    kept = "ledger.passwords.kept"
    from ledger import passwords

    made = passwords.kept
    monkeypatch.setattr(kept, lambda password, _hardness=None: made(password, Hardness(2, 1, 1)))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(Places(tmp_path))
    yield opened
    opened.verify()
    opened.close()


def run(data: Path, *arguments: str, words: str = "") -> str:
    """What a command says; its UserError where it refuses."""
    ended = CliRunner().invoke(app, [*arguments, "--data", str(data)], input=words, env={"COLUMNS": "200"})
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    assert ended.exit_code == 0, ended.output
    return ended.output


def twice(words: str = WORDS) -> str:
    return f"{words}\n{words}\n"


def begun(ledger: Ledger, key: str, name: str) -> SessionStanding:
    now = datetime.now(UTC).replace(microsecond=0)
    return ledger.sessions.turn(SignIn(key, name, "manager", "", PROVIDER, now), LIMITS, now)


def test_who_is_signed_in_and_ending_it(tmp_path: Path, ledger: Ledger) -> None:
    assert "Nobody is signed in" in run(tmp_path, "session", "list")
    for key, name in (
        ("k", "ann@council.example"),
        ("l", "ben@council.example"),
        ("m", "ann@council.example"),
    ):
        begun(ledger, key, name)
    listed = run(tmp_path, "session", "list")
    assert listed.count("ann@council.example") == 2
    assert "ben@council.example" in run(tmp_path, "session", "end", "2")
    assert "were open: 2" in run(tmp_path, "session", "end", "--person", "ANN@council.example")
    assert "Nobody is signed in" in run(tmp_path, "session", "list")
    assert [one.event for one in ledger.entries()][3:] == ["session_ended"] * 2
    told = run(tmp_path, "audit", "verify")
    assert "whole: 5 lines" in told
    assert ledger.entries()[-1].event == "ledger_verified"
    with pytest.raises(LedgerError, match="no open session 2"):
        run(tmp_path, "session", "end", "2")


@pytest.mark.parametrize("what", [[], ["1", "--person", "Ann"], ["--person", "  "]])
def test_one_session_or_one_person_is_named(tmp_path: Path, what: list[str]) -> None:
    with pytest.raises(AccountError, match="Name one"):
        run(tmp_path, "session", "end", *what)


def test_an_account_from_its_making_to_its_end(tmp_path: Path, ledger: Ledger) -> None:
    assert "no account yet" in run(tmp_path, "account", "list")
    made = run(tmp_path, "account", "add", "Ann Lee", "--role", "auditor", words=twice())
    assert "Ann Lee can sign in as auditor" in made
    assert WORDS not in made
    assert "Ann Lee" in run(tmp_path, "account", "list")
    found = ledger.accounts.sign_in("ann lee", WORDS)
    assert found is not None
    other = "other words of mine"
    assert "Changed" in run(tmp_path, "account", "password", "ann LEE", words=twice(other))
    assert ledger.accounts.sign_in("ann lee", WORDS) is None
    assert ledger.accounts.sign_in("ann lee", other) is not None
    assert "Removed" in run(tmp_path, "account", "remove", "Ann Lee")
    assert ledger.accounts.sign_in("ann lee", other) is None
    assert "no account yet" in run(tmp_path, "account", "list")


@pytest.mark.parametrize(
    ("arguments", "words", "refusal"),
    [
        (["add", "Ann", "--role", "boss"], twice(), "no role"),
        (["add", "Ann", "--role", "auditor", "--scope", "atlantis"], twice(), "no part"),
        (["add", "Ann", "--role", "auditor"], twice("short"), "at least 12"),
        (["password", "Nobody"], twice(), "no account"),
        (["remove", "Nobody"], "", "no account"),
    ],
)
def test_what_is_refused(tmp_path: Path, arguments: list[str], words: str, refusal: str) -> None:
    with pytest.raises(AccountError, match=refusal):
        run(tmp_path, "account", *arguments, words=words)
    assert "no account yet" in run(tmp_path, "account", "list")
