"""The sign-in of local accounts over HTTP: the form, its token, cookies, what is said of mistakes, and signing out."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit import config

from evidence import sessions
from evidence.access import Role
from evidence.doors import Door
from evidence.store import Store
from ledger.passwords import Hardness
from release.places import PROJECT, Places
from tests.signing_in import SECRET, provider_cookie
from web import signing

WORDS = "three words of mine"
HOME = "http://localhost:8501"
AWAY = "https://lens.council.example"
SESSION = "outcome_lens_session"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr("ledger.passwords.HARDNESS", Hardness(2, 1, 1))
    shipped = (PROJECT / "data" / "access.toml").read_text(encoding="utf-8")
    (tmp_path / "access.toml").write_text(shipped.replace("local = false", "local = true"), encoding="utf-8")
    made = Store(Places(tmp_path))
    made.desk.ledger.accounts.add(
        "Ann",
        WORDS,
        account_role="auditor",
        scope="",
        by="root",
        role="pipelines",
        hardness=Hardness(2, 1, 1),
    )
    yield made
    made.desk.close()


class Browser:
    """Asks an app in this process, and keeps its cookies."""

    def __init__(self, app: Starlette, address: str = HOME, cookies: Mapping[str, str] | None = None) -> None:
        self._app, self._address = app, address
        self.cookies = httpx.Cookies(dict(cookies or {}))

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(
                transport=transport, base_url=self._address, cookies=self.cookies
            ) as client:
                answer = await client.request(method, path, **more)
                self.cookies = client.cookies
                return answer

        return asyncio.run(ask())

    def get(self, path: str) -> httpx.Response:
        return self.request("GET", path)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.request("POST", path, **more)


@pytest.fixture
def client(store: Store) -> Browser:
    return browser(store)


def browser(store: Store, address: str = HOME) -> Browser:
    return Browser(Starlette(routes=signing.routes(store)), address)


def token(client: Browser) -> str:
    form = client.get("/sign-in")
    assert form.status_code == 200
    found = re.search(r'name="token" value="([^"]+)"', form.text)
    assert found
    return found[1]


def sign_in(client: Browser, name: str = "Ann", words: str = WORDS, **more: str) -> int:
    fields = {"token": more.pop("token", None) or token(client), "name": name, "password": words, **more}
    return client.post("/sign-in", data=fields).status_code


def events(store: Store) -> list[str]:
    return [one.event for one in store.desk.ledger.entries()]


def test_whoever_signs_in_has_a_session_and_signs_out_of_it(store: Store, client: Browser) -> None:
    answer = client.post("/sign-in", data={"token": token(client), "name": "ann", "password": WORDS})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    key = sessions.local_key({"host": "localhost"}, dict(client.cookies))
    (there,) = store.desk.ledger.sessions.open(store.desk.rules().lasts, _now())
    assert (there.key, there.name, there.role) == (key, "Ann", "auditor")
    kept = client.cookies[SESSION]
    out = client.get("/sign-out")
    assert "You are signed out" in out.text
    assert "<title>Signed out: Outcome Lens</title>" in out.text
    assert SESSION not in client.cookies
    # What somebody copied is worth nothing.
    client.cookies.set(SESSION, kept, domain="localhost.local")
    assert store.desk.ledger.sessions.open(store.desk.rules().lasts, _now()) == []
    assert events(store) == ["account_added", "sign_in", "sign_out"]
    assert store.desk.ledger.verify() == 3


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize(("address", "prefix", "secure"), [(HOME, "", False), (AWAY, "__Host-", True)])
def test_cookies_are_for_this_host_and_no_script(
    store: Store, address: str, prefix: str, secure: bool
) -> None:
    client = browser(store, address)
    answer = client.post("/sign-in", data={"token": token(client), "name": "Ann", "password": WORDS})
    set_ = {one.partition("=")[0]: one for one in answer.headers.get_list("set-cookie")}
    assert set(set_) == {f"{prefix}{name}" for name in (SESSION, "outcome_lens_device", "outcome_lens_form")}
    for one in set_.values():
        assert "HttpOnly" in one
        assert "SameSite=strict" in one
        assert "Path=/" in one
        assert "Domain" not in one
        assert ("Secure" in one) is secure
    # It ends with the browser.
    assert "Max-Age" not in set_[prefix + SESSION]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ann", "wrong"),
        ("Nobody", WORDS),
        ("", ""),
        ("<script>alert(1)</script>", '"><script>'),
        ("x" * 10_000, WORDS),
    ],
)
def test_every_mistake_is_told_in_the_same_words(client: Browser, name: str, words: str) -> None:
    answer = client.post("/sign-in", data={"token": token(client), "name": name, "password": words})
    assert answer.status_code == 403
    assert re.findall(r'id="wrong">([^<]+)<', answer.text) == [signing._WRONG]
    assert "<script" not in answer.text
    assert not words or words not in answer.text.replace("wrong", "")
    assert SESSION not in client.cookies


def test_a_form_that_is_not_ours_is_not_taken(store: Store, client: Browser) -> None:
    mine = token(client)
    for other in ("", "x", mine[:-1], mine + "x", "é" * 20):
        assert sign_in(client, token=other or "nothing") == 403
    assert client.post("/sign-in", data={"name": "Ann", "password": WORDS}).status_code == 403
    # Sent from a page of another site, with a token that was read somehow.
    fields = {"token": mine, "name": "Ann", "password": WORDS}
    for site in ("cross-site", "same-site"):
        answer = client.post("/sign-in", data=fields, headers={"sec-fetch-site": site})
        assert answer.status_code == 403
    assert SESSION not in client.cookies
    # A browser that brings no cookie has no form either, whatever token it sends.
    assert browser(store).post("/sign-in", data=fields).status_code == 403
    assert events(store) == ["account_added"]
    assert sign_in(client, token=mine) == 303


def test_a_session_is_never_what_the_browser_brought(store: Store, client: Browser) -> None:
    """Neither a token that somebody else put there, nor the one of before: that one is over."""
    client.cookies.set(SESSION, "planted", domain="localhost.local")
    assert sign_in(client) == 303
    first = client.cookies[SESSION]
    assert first != "planted"
    assert len(first) >= 43
    assert sign_in(client) == 303
    assert client.cookies[SESSION] != first
    (there,) = store.desk.ledger.sessions.open(store.desk.rules().lasts, _now())
    assert there.key == sessions.key_of_token(client.cookies[SESSION])


def test_who_tries_too_often_is_told_nothing_else_and_the_own_browser_gets_in(
    store: Store, client: Browser
) -> None:
    assert sign_in(client) == 303
    stranger = browser(store)
    assert [sign_in(stranger, words="wrong") for _ in range(5)] == [403] * 5
    answer = stranger.post("/sign-in", data={"token": token(stranger), "name": "Ann", "password": WORDS})
    assert signing._WRONG in answer.text
    assert sign_in(client) == 303


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"&" * 10_000,
        b"a=1&" * 2_000,
        b"name=" + b"x" * 1_000_000,
        b"%00%ff=%",
        b"{}",
        b"token&name",
    ],
)
def test_a_form_that_is_none(client: Browser, body: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/sign-in", content=body, headers=headers).status_code == 403


def test_the_page_runs_no_script_and_is_kept_by_nobody(client: Browser) -> None:
    answer = client.get("/sign-in")
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script" not in answer.text
    assert 'lang="en-GB"' in answer.text
    for field in ("name", "password"):
        assert f'<label for="{field}">' in answer.text


@pytest.mark.parametrize("why", ["not said", "a provider", "broken rules"])
def test_there_is_no_form_where_no_local_account_gets_in(
    store: Store, client: Browser, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    path = store.places.data / "access.toml"
    if why == "not said":
        path.write_text(
            path.read_text(encoding="utf-8").replace("local = true", "local = false"), encoding="utf-8"
        )
    elif why == "broken rules":
        path.write_text("[", encoding="utf-8")
    else:
        monkeypatch.setattr(signing, "door", lambda: Door(True, None, SECRET))
    for method, address in (
        ("GET", "/sign-in"),
        ("POST", "/sign-in"),
        ("GET", "/sign-out"),
        ("POST", "/sign-out"),
    ):
        assert client.request(method, address).status_code == 404


def test_it_is_found_below_the_folder_that_the_app_is_served_under(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = config.get_option
    monkeypatch.setattr(
        config, "get_option", lambda key: "/lens/" if key == "server.baseUrlPath" else asked(key)
    )
    client = browser(store)
    form = client.get("/lens/sign-in")
    assert 'action="/lens/sign-in"' in form.text
    fields = {"token": re.search(r'name="token" value="([^"]+)"', form.text)[1], "name": "Ann"}  # type: ignore[index]
    answer = client.post("/lens/sign-in", data={**fields, "password": WORDS})
    assert (answer.status_code, answer.headers["location"]) == (303, "/lens/")
    assert 'href="/lens/sign-in"' in client.get("/lens/sign-out").text
    assert client.get("/sign-in").status_code == 404


def test_a_ledger_that_is_down_is_a_sentence_and_a_reference(store: Store) -> None:
    store.desk.close()
    for file in (store.places.data / "ledger").iterdir():
        file.unlink()
    (store.places.data / "ledger").rmdir()
    (store.places.data / "ledger").write_text("not a folder")
    client = browser(store)
    answer = client.post("/sign-in", data={"token": token(client), "name": "Ann", "password": WORDS})
    assert answer.status_code == 503
    assert re.search(r"reference [0-9a-f]{8}", answer.text)
    assert str(store.places.data) not in answer.text


def test_the_providers_sign_out_ends_the_session_first(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "door", lambda: Door(True, None, SECRET))
    cookies = provider_cookie({"email": "a@b.example", "roles": "outcome-lens-manager"})
    door = Door(True, None, SECRET)
    rules = store.desk.rules()
    assert sessions.came(store.desk, rules, door, {}, cookies, synthetic=False).who is not None
    seen: list[bool] = []

    def logout(_request: object) -> PlainTextResponse:
        found = sessions.came(store.desk, rules, door, {}, cookies, synthetic=False, begins=False)
        seen.append(found.who is None)
        return PlainTextResponse("out")

    routes = [Route("/auth/logout", logout), Route("/other", lambda _: PlainTextResponse("other"))]
    app = Starlette(routes=routes, middleware=[Middleware(signing.Ending, store=store)])
    client = Browser(app, cookies=cookies)
    assert client.get("/other").status_code == 200
    assert sessions.came(store.desk, rules, door, {}, cookies, synthetic=False).who is not None
    assert client.get("/auth/logout").text == "out"
    assert seen == [True]
    # Nobody's cookie ends nothing, and is no error.
    for cookie in ({}, {"_streamlit_user": "x" * 5_000}):
        assert Browser(app, cookies=cookie).get("/auth/logout").status_code == 200
    assert [one for one in events(store) if one.startswith("sign")] == ["sign_in", "sign_out"]


@pytest.mark.parametrize("role", ["outcome-lens-manager", "no role yet"])
def test_who_signs_out_before_anything_was_shown_does_not_come_back_either(
    store: Store, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    door = Door(True, None, SECRET)
    monkeypatch.setattr(signing, "door", lambda: door)
    cookies = provider_cookie({"email": "a@b.example", "roles": role})
    out = Route("/auth/logout", lambda _: PlainTextResponse("out"))
    app = Starlette(routes=[out], middleware=[Middleware(signing.Ending, store=store)])
    for _ in range(2):
        assert Browser(app, cookies=cookies).get("/auth/logout").text == "out"
    # Whatever the rules give them since.
    rules = replace(store.desk.rules(), roles={role: Role.MANAGER})
    assert sessions.came(store.desk, rules, door, {}, cookies, synthetic=False).who is None
    assert [one for one in events(store) if one.startswith("sign")] == ["sign_in", "sign_out"]
    # Their next sign-in is another.
    again = provider_cookie({"email": "a@b.example", "roles": role})
    assert sessions.came(store.desk, rules, door, {}, again, synthetic=False).who is not None
