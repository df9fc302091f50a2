"""The app's door: who gets in through a provider, an account of the ledger or the demo; and what others see."""

import ast
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from evidence.access import Role, Who
from evidence.desk import Desk
from evidence.store import shared
from ledger import LOCAL, Event, LedgerError, SignIn, open_ledger, opening
from release.places import PROJECT, Places
from tests.fakes import NAME, write_release
from tests.signing_in import SECRET, claims_of, provider_cookie

OVERVIEW = "Does our help for families work?"
MANAGER = {"email": "a@b.example", "roles": ["x", "outcome-lens-manager"]}
AUDITOR = {"email": "c@d.example", "roles": "outcome-lens-auditor"}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OUTCOME_LENS_DATA", str(tmp_path))
    monkeypatch.delenv("OUTCOME_LENS_LEDGER", raising=False)
    return tmp_path


@pytest.fixture
def app(data: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The app as a browser on this machine sees it."""
    at_home(monkeypatch)
    return opened()


def opened() -> AppTest:
    return AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)


def at_home(
    monkeypatch: pytest.MonkeyPatch,
    address: str | None = "127.0.0.1",
    host: str = "localhost:8501",
    cookies: Mapping[str, str] | None = None,
) -> None:
    """A browser at this machine, and the cookies that it brings."""
    import streamlit.config
    from streamlit.runtime.context import ContextProxy

    asked = streamlit.config.get_option
    monkeypatch.setattr(
        "streamlit.config.get_option", lambda key: address if key == "server.address" else asked(key)
    )
    monkeypatch.setattr(ContextProxy, "headers", {"Host": host})
    monkeypatch.setattr(ContextProxy, "cookies", dict(cookies or {}))
    monkeypatch.setattr("web.signing.get_cookie_secret", lambda: SECRET)


def signed_in(monkeypatch: pytest.MonkeyPatch, cookies: Mapping[str, str]) -> AppTest:
    """A new page of a browser that brings the cookies of a provider's sign-in."""
    at_home(monkeypatch, "0.0.0.0", "lens.council.example", cookies)
    app = opened()
    app.secrets["auth"] = {"client_id": "somebody", "cookie_secret": SECRET}
    app.user = claims_of(cookies) if cookies else {"is_logged_in": False}
    return app.run()


def title(app: AppTest) -> str:
    """What stands at the top; or, where something went wrong, what is said of it."""
    assert not app.exception
    return str(app.error[0].value if app.error else app.title[0].value)


def log(data: Path) -> list[str]:
    book = open_ledger(data / "ledger" / "ledger.sqlite")
    try:
        book.verify()
        return [entry.event for entry in book.entries()]
    finally:
        book.close()


def words(app: AppTest) -> str:
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.error)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def test_the_demo_lets_a_visitor_choose_a_role(app: AppTest, data: Path) -> None:
    write_release(data)
    app.run()
    assert title(app) == OVERVIEW
    app.selectbox(key="role").select("data_protection_officer").run()
    app.run()
    assert title(app) == OVERVIEW
    # Once a session and persona.
    assert log(data) == ["sign_in", "sign_in"]


@pytest.mark.parametrize(
    ("synthetic", "address", "host"),
    [
        ("false", "127.0.0.1", "localhost:8501"),
        ("true", "0.0.0.0", "localhost:8501"),
        ("true", None, "localhost:8501"),
        ("true", "127.0.0.1", "evil.example"),
        ("true", "127.0.0.1", "localhost.evil.example"),
    ],
)
def test_without_a_sign_in_nothing_is_shown(
    app: AppTest, data: Path, monkeypatch: pytest.MonkeyPatch, synthetic: str, address: str, host: str
) -> None:
    write_release(data, synthetic=synthetic)
    at_home(monkeypatch, address, host)
    app.run()
    assert title(app) == "Sign-in is not set up"
    assert not any(secret in words(app) for secret in ("Ashmere", NAME, "2,000", "£"))
    assert not app.metric
    assert not app.selectbox


@pytest.mark.parametrize(
    ("claims", "seen"),
    [
        ({"email": "a@b.example", "roles": ["unknown"]}, "No role yet"),
        ({"email": "a@b.example", "roles": {"manager": 1}}, "No role yet"),
        (MANAGER, OVERVIEW),
    ],
)
def test_a_provider_says_who_gets_in(
    data: Path, monkeypatch: pytest.MonkeyPatch, claims: dict[str, object], seen: str
) -> None:
    write_release(data, synthetic="false")
    app = signed_in(monkeypatch, provider_cookie(claims))
    assert title(app) == seen
    assert bool(app.metric) == (seen == OVERVIEW)
    assert log(data) == ["sign_in" if seen == OVERVIEW else "sign_in_refused"]


def test_who_has_not_signed_in_is_asked_to(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_release(data, synthetic="false")
    app = signed_in(monkeypatch, {})
    assert [button.label for button in app.button] == ["Sign in"]
    assert not app.metric
    # What Streamlit does not take for a sign-in (another origin, say) is none, whatever the cookie.
    at_home(monkeypatch, cookies=provider_cookie(MANAGER))
    again = opened()
    again.secrets["auth"] = {"client_id": "somebody"}
    again.user = {"is_logged_in": False}
    again.run()
    assert [button.label for button in again.button] == ["Sign in"]
    assert not (data / "ledger").exists()


def test_a_cookie_that_was_kept_is_worth_nothing_after_the_sign_out(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_release(data, synthetic="false")
    cookies = provider_cookie(MANAGER)
    app = signed_in(monkeypatch, cookies)
    other_window = signed_in(monkeypatch, cookies)
    assert title(app) == title(other_window) == OVERVIEW
    app.button(key="sign_out").click().run()
    assert title(other_window.run()) == "Your session is over"
    assert not other_window.metric
    assert title(signed_in(monkeypatch, cookies)) == "Your session is over"
    # Another sign-in of the same person is another session.
    assert title(signed_in(monkeypatch, provider_cookie(MANAGER))) == OVERVIEW
    assert log(data) == ["sign_in", "sign_out", "session_refused", "sign_in"]


@pytest.mark.parametrize("by_number", [True, False])
def test_whose_session_is_ended_is_out_at_the_next_turn(
    data: Path, monkeypatch: pytest.MonkeyPatch, by_number: bool
) -> None:
    write_release(data, synthetic="false")
    mine, theirs = provider_cookie(MANAGER), provider_cookie(AUDITOR)
    app, other = signed_in(monkeypatch, mine), signed_in(monkeypatch, theirs)
    book = open_ledger(Places(data))
    if by_number:
        book.sessions.revoke(1, by="officer", role="data_protection_officer")
    else:
        book.sessions.revoke_person("A@B.example ", by="root", role="pipelines", now=datetime.now(UTC))
    book.close()
    at_home(monkeypatch, cookies=mine)
    assert title(app.run()) == "Your session is over"
    at_home(monkeypatch, cookies=theirs)
    assert title(other.run()) == OVERVIEW


@pytest.mark.parametrize(
    ("ago", "rules", "seen"),
    [
        (timedelta(hours=9), "", OVERVIEW),
        (timedelta(hours=11), "", "Your session is over"),
        (timedelta(hours=11), "[sessions]\nhours = 12", OVERVIEW),
        (timedelta(hours=-1), "", "Outcome Lens"),
        (timedelta(days=40), "[sessions]\nhours = 168", "Outcome Lens"),
    ],
)
def test_a_sign_in_lasts_as_long_as_the_rules_say(
    data: Path, monkeypatch: pytest.MonkeyPatch, ago: timedelta, rules: str, seen: str
) -> None:
    """By the time that the cookie was signed with, whether there is a row of it or not."""
    write_release(data, synthetic="false")
    _rules(data, rules)
    app = signed_in(monkeypatch, provider_cookie(MANAGER, at=datetime.now(UTC) - ago))
    assert title(app) == seen
    assert bool(app.metric) == (seen == OVERVIEW)


def _rules(data: Path, sessions: str = "", local: str = "false") -> None:
    shipped = (PROJECT / "data" / "access.toml").read_text(encoding="utf-8")
    text = shipped[: shipped.index("[sessions]")] + sessions + "\n"
    (data / "access.toml").write_text(text.replace("local = false", f"local = {local}"), encoding="utf-8")


def test_the_rules_of_today_hold_at_the_next_turn(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_release(data, synthetic="false")
    app = signed_in(monkeypatch, provider_cookie(MANAGER))
    assert title(app) == OVERVIEW
    shipped = (PROJECT / "data" / "access.toml").read_text(encoding="utf-8")
    (data / "access.toml").write_text(
        shipped.replace('manager" = "manager"', 'manager" = "auditor"'), encoding="utf-8"
    )
    assert title(app.run()) == OVERVIEW
    assert log(data) == ["sign_in", "session_changed"]
    (data / "access.toml").write_text(shipped.replace("lens-manager", "lens-boss"), encoding="utf-8")
    assert title(app.run()) == "No role yet"
    (data / "access.toml").write_text("[", encoding="utf-8")
    assert "reference" in title(app.run())
    assert not app.metric


def test_what_one_person_chose_is_gone_for_the_next(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that comes back under another cookie is another person's."""
    write_release(data, synthetic="false")
    app = signed_in(monkeypatch, provider_cookie(MANAGER))
    app.session_state["locality"] = "L1"
    first = app.session_state["outcome_lens_session"]
    at_home(monkeypatch, cookies=provider_cookie(AUDITOR))
    app.run()
    assert app.session_state["outcome_lens_session"] != first
    assert "locality" not in app.session_state or app.session_state["locality"] != "L1"


def _account(data: Path, cookie: str = "token", host: str = "localhost:8501") -> dict[str, str]:
    """Somebody signed in with an account of the ledger, and the cookies of their browser."""
    from evidence.sessions import key_of_token, local_cookie
    from ledger.passwords import Hardness

    book = open_ledger(Places(data))
    given = {"account_role": "auditor", "scope": "", "by": "root", "role": "pipelines"}
    book.accounts.add("Ann", "three words of mine", **given, hardness=Hardness(2, 1, 1))
    now = datetime.now(UTC)
    book.sessions.begin(SignIn(key_of_token(cookie), "Ann", "auditor", "", LOCAL, now), book.log.newest())
    book.close()
    return {local_cookie({"host": host}): cookie}


def test_accounts_of_the_ledger_get_in_where_the_rules_say_so(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_release(data, synthetic="true")
    cookies = _account(data)
    at_home(monkeypatch, cookies=cookies)
    # Not unless it is said: the demo is what this machine sees of a made-up release.
    assert "role" in [box.key for box in opened().run().selectbox]
    _rules(data, local="true")
    app = opened().run()
    assert title(app) == OVERVIEW
    assert "role" not in [box.key for box in app.selectbox]
    assert app.session_state["outcome_lens_session"] not in cookies.values()
    # The name of the cookie is another where the browser comes from elsewhere: this one anybody near could have set.
    at_home(monkeypatch, "0.0.0.0", "lens.council.example", cookies)
    stranger = opened().run()
    assert title(stranger) == "Nobody can sign in"
    book = open_ledger(Places(data))
    book.accounts.remove("ann", by="root", role="pipelines")
    book.close()
    at_home(monkeypatch, cookies=cookies)
    assert title(app.run()) == "Your session is over"
    assert not app.metric


def test_a_provider_goes_before_accounts(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_release(data, synthetic="false")
    cookies = _account(data)
    _rules(data, local="true")
    at_home(monkeypatch, cookies=cookies)
    app = opened()
    app.secrets["auth"] = {"client_id": "somebody"}
    app.run()
    assert [button.label for button in app.button] == ["Sign in"]


@pytest.mark.parametrize("exposed", ["protected/protected.key", "identified/vault", "identified/landing"])
def test_it_refuses_to_run_where_it_could_see_too_much(
    data: Path, monkeypatch: pytest.MonkeyPatch, exposed: str
) -> None:
    write_release(data, synthetic="false")
    (data / exposed).mkdir(parents=True)
    app = signed_in(monkeypatch, provider_cookie(MANAGER))
    assert title(app) == "Outcome Lens does not start like this"
    assert not app.metric
    assert not (data / "ledger").exists()


def test_without_a_release_it_says_what_to_run(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert "make demo" in words(app)


def _as_before(file: Path, change: str) -> None:
    """The file as another version of its schema had it."""
    with duckdb.connect(str(file)) as connection:
        connection.execute(change)


@pytest.mark.parametrize(
    "damage",
    [
        "missing",
        "garbage",
        "manifest",
        "DROP TABLE attack",
        "ALTER TABLE question DROP COLUMN instead",
        "ALTER TABLE dimension DROP COLUMN parent_code",
        "ALTER TABLE privacy_check DROP COLUMN meaning",
        "ALTER TABLE answer RENAME COLUMN code_3 TO third",
        "DELETE FROM manifest WHERE name = 'noise_change'",
    ],
)
def test_a_damaged_release_is_a_sentence_and_a_reference(app: AppTest, data: Path, damage: str) -> None:
    if damage == "manifest":
        write_release(data, price="many")
    else:
        file = write_release(data).releases / NAME / "answers.duckdb"
        if damage in ("missing", "garbage"):
            file.unlink()
            if damage == "garbage":
                file.write_bytes(os.urandom(4096))
        else:
            _as_before(file, damage)
    app.run()
    assert "reference" in title(app)
    assert str(data) not in app.error[0].value


def test_a_new_release_is_seen_at_the_next_turn(app: AppTest, data: Path) -> None:
    write_release(data)
    app.run()
    write_release(data, name="2024-11-30-002", as_of="2024-11-30")
    app.run()
    assert not app.exception
    assert "30 November 2024" in words(app)


def test_a_ledger_out_of_reach_keeps_everybody_out(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_release(data, synthetic="false")
    (data / "ledger").write_text("not a folder", encoding="utf-8")
    app = signed_in(monkeypatch, provider_cookie(MANAGER))
    assert "reference" in title(app)
    assert str(data) not in words(app)
    assert not app.metric


def test_the_demo_shows_what_needs_no_ledger_without_one(app: AppTest, data: Path) -> None:
    write_release(data)
    (data / "ledger").write_text("not a folder", encoding="utf-8")
    app.run()
    assert title(app) == OVERVIEW
    assert app.metric


def test_a_full_disk_lets_nobody_new_in_and_whoever_only_reads_reads_on(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_release(data, synthetic="false")
    inside = provider_cookie(AUDITOR)
    app = signed_in(monkeypatch, inside)
    desk = _full(data, monkeypatch)
    assert title(app.run()) == OVERVIEW
    late = signed_in(monkeypatch, provider_cookie(MANAGER))
    assert re.search(r"reference [0-9a-f]{8}", title(late))
    assert str(data) not in words(late)
    assert not late.metric
    # What has to be written down first is not shown either.
    at_home(monkeypatch, cookies=inside)
    with pytest.raises(LedgerError):
        desk.opened(Who("c@d.example", Role.AUDITOR, frozenset({"payment"}), session="s"), "payment")
    assert log(data)[-1] == "viewed"


def _full(data: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """From now on the ledger's file cannot grow."""
    connect = opening._on_connect

    def connected(connection: Any, record: Any) -> None:
        connect(connection, record)
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    monkeypatch.setattr("ledger.opening._on_connect", connected)
    desk = shared(data).desk
    desk.close()
    with pytest.raises(LedgerError):
        for _ in range(1_000):
            desk.ledger.record(Event.VIEWED, actor="x", role="auditor", subject="payment")
    return desk


@pytest.mark.parametrize("where", ["evidence.evidence.Evidence.seen_by", "pages.parts.head"])
def test_what_nobody_foresaw_is_a_sentence_and_a_reference(
    app: AppTest, data: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    """Before a page is chosen, and while it is drawn. Of its words nothing is told, not even to the log."""
    write_release(data)

    def fails(*_given: object, **_more: object) -> None:
        raise KeyError(SECRET)

    monkeypatch.setattr(where, fails)
    app.run()
    found = re.search(r"reference ([0-9a-f]{8})", title(app))
    assert found
    assert found[1] in caplog.text
    assert "KeyError" in caplog.text
    assert "in fails" in caplog.text
    assert SECRET not in caplog.text + words(app)
    monkeypatch.undo()


# What a callback may do: lead somewhere, or turn a leaf.
HARMLESS = {"streamlit.login", "_lead_to", "again", "_go", "out"}


@pytest.mark.parametrize(
    "file", [PROJECT / "app.py", *sorted((PROJECT / "pages").glob("*.py"))], ids=lambda file: file.name
)
def test_nothing_is_done_in_a_callback_or_a_fragment(file: Path) -> None:
    """Streamlit calls it before the app has asked who is here, and whether their session still stands."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if (keyword.arg or "").startswith("on_"):
                    assert ast.unparse(keyword.value) in HARMLESS, f"line {node.lineno}"
        # A fragment is drawn again without the app.
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"fragment", "dialog"}, f"line {node.lineno}"
