"""What stands around every answer: hosts, headers, refusals, errors that nobody caught."""

import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from tests.asking import ask, on_the_line
from web.headers import FIXED, LONGEST_ADDRESS, LONGEST_HEADERS, REFUSED, Guard, host_name, hosts_of, policy

POLICY = policy(["sha256-abc"])


def _ok(_request: Request) -> Response:
    response = PlainTextResponse("ok", headers={"access-control-allow-origin": "*"})
    response.set_cookie("one", "1")
    response.set_cookie("two", "2", secure=True)
    return response


def _fails(_request: Request) -> Response:
    raise RuntimeError("a value that nobody may see")


def _strict(_request: Request) -> Response:
    return PlainTextResponse("ok", headers={"content-security-policy": "default-src 'none'"})


async def _line(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


def guarded(base: str = "") -> ASGIApp:
    hosts = hosts_of("127.0.0.1", ["lens.council.example"])
    paths = ("/", "/static/a.js", "/_stcore/health", "/components", "/strict")
    return Starlette(
        routes=[
            *(Route(base + path, _strict if path == "/strict" else _ok) for path in paths),
            Route("/fails", _fails),
            WebSocketRoute("/_stcore/stream", _line),
        ],
        middleware=[Middleware(Guard, hosts=hosts, policy=POLICY, base=base)],
    )


@pytest.fixture
def own() -> ASGIApp:
    return guarded()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("POST", "/", 405),
        ("GET", "/nothing", 404),
        ("GET", "/fails", 500),
        ("GET", "/media/file", 404),
        ("OPTIONS", "/", 405),
    ],
)
def test_every_answer_has_the_headers(own: ASGIApp, method: str, path: str, status: int) -> None:
    answer = ask(own, path, method)
    assert answer.status == status
    assert {name: answer.headers.get(name) for name in FIXED} == dict(FIXED)
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_the_policy_lets_nothing_be_evaluated_and_nothing_come_from_elsewhere() -> None:
    said = dict(part.split(" ", 1) for part in POLICY.split("; "))
    assert (
        said["default-src"] == said["object-src"] == said["frame-ancestors"] == said["base-uri"] == "'none'"
    )
    assert said["script-src"] == "'self' 'sha256-abc'"
    assert "unsafe-eval" not in POLICY
    allowed = {source for sources in said.values() for source in sources.split()}
    assert allowed == {"'none'", "'self'", "'sha256-abc'", "'unsafe-inline'", "data:", "blob:"}
    assert [name for name, sources in said.items() if "'unsafe-inline'" in sources] == ["style-src"]


def test_an_answer_may_be_stricter_than_the_policy(own: ASGIApp) -> None:
    assert ask(own, "/strict").headers["content-security-policy"] == "default-src 'none'"


def test_a_file_of_the_frontend_has_what_concerns_it(own: ASGIApp) -> None:
    headers = ask(own, "/static/a.js").headers
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["x-content-type-options"] == "nosniff"


def test_an_error_is_a_sentence_with_a_reference_that_stands_in_the_log(
    own: ASGIApp, caplog: pytest.LogCaptureFixture
) -> None:
    words = ask(own, "/fails").text
    (reference,) = re.findall(r"reference ([0-9a-f]{8}) ", words)
    assert reference in caplog.text
    assert "RuntimeError" in caplog.text
    assert "nobody may see" not in words + caplog.text


@pytest.mark.parametrize(
    "path",
    [
        *(
            form.format(folder)
            for folder in REFUSED
            for form in ("{}", "{}/", "{}/x/y", "/{}//x", "{}/x?a=1")
        ),
        *(f"/overview{folder}/x" for folder in REFUSED if folder.startswith("/_stcore")),
    ],
)
def test_what_the_app_does_not_use_is_refused(own: ASGIApp, path: str) -> None:
    for method in ("GET", "POST", "PUT", "OPTIONS"):
        answer = ask(own, path, method)
        assert (answer.status, answer.text) == (404, "There is nothing here.")


def test_what_is_called_nearly_so_is_not_refused(own: ASGIApp) -> None:
    assert ask(own, "/components").status == 200
    assert ask(own, "/_stcore/health").status == 200


def test_below_a_folder_the_same_is_refused() -> None:
    below = guarded("/lens")
    assert ask(below, "/lens/media/x").text == "There is nothing here."
    assert ask(below, "/lens/").status == 200


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1", True),
        ("127.0.0.1:8501", True),
        ("localhost", True),
        ("LOCALHOST:1", True),
        ("[::1]:8501", True),
        ("lens.council.example", True),
        ("Lens.Council.Example.:443", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("lens.council.example.evil.example", False),
        ("localhost@evil.example", False),
        ("127.0.0.1, evil.example", False),
        ("localhost/", False),
        ("", False),
        ("local\u00adhost", False),
        ("1" * 400, False),
    ],
)
def test_only_names_of_its_own_are_answered_to(host: str, allowed: bool) -> None:
    assert hosts_of("127.0.0.1", ["lens.council.example"]).allow(host) is allowed


def test_hosts_follow_the_settings() -> None:
    by_address = hosts_of("127.0.0.1", [], "https://lens.council.example/oauth2callback", None)
    assert by_address.allow("lens.council.example")
    assert not by_address.allow("other.council.example")
    below = hosts_of("0.0.0.0", ["*.council.example"])
    assert below.allow("lens.council.example")
    assert not below.allow("council.example.evil")
    assert not below.allow("evilcouncil.example")
    # Whoever lets everybody in and names nobody is told so at the start (web/starting.py), and is not shut out.
    assert hosts_of("0.0.0.0", []).allow("anything.example")
    assert not hosts_of(None, ["one.example"]).allow("two.example")
    assert hosts_of("127.0.0.1", ["*"]).allow("anything.example")
    assert host_name("EXAMPLE.org:80") == "example.org"


def test_another_name_is_refused_on_the_line_too() -> None:
    own = guarded()
    assert ask(own, "/", host="evil.example").status == 421
    assert on_the_line(own, "/_stcore/stream", host="evil.example") == "1008"
    assert on_the_line(own, "/_stcore/stream") == "accept"


@pytest.mark.parametrize(
    ("origin", "host", "opens"),
    [
        (None, "127.0.0.1:8501", True),
        ("http://localhost:8501", "LOCALHOST:8501", True),
        ("http://[::1]:8501", "[::1]:8501", True),
        # Another server of the same machine: the browser takes it for the same site.
        ("http://localhost:9999", "localhost:8501", False),
        ("http://127.0.0.1:8501", "localhost:8501", False),
        ("http://localhost", "lens.council.example", False),
        ("http://evil.example", "127.0.0.1:8501", False),
        ("http://lens.council.example.evil", "127.0.0.1:8501", False),
        ("https://lens.council.example@evil.example", "127.0.0.1:8501", False),
        ("null", "127.0.0.1:8501", False),
        ("http://[", "127.0.0.1:8501", False),
        ("", "", False),
        # A proxy that says another host.
        ("https://lens.council.example", "127.0.0.1:8501", True),
    ],
)
def test_only_our_own_pages_get_a_line(origin: str | None, host: str, opens: bool) -> None:
    assert hosts_of("127.0.0.1", ["lens.council.example"]).allow_line(origin, host) is opens


def test_what_is_too_long_is_refused(own: ASGIApp) -> None:
    assert ask(own, "/?a=" + "b" * LONGEST_ADDRESS).status == 414
    assert ask(own, "/", cookies={"a": "b" * LONGEST_HEADERS}).status == 431


def test_over_https_nothing_goes_back_to_plain_http(own: ASGIApp) -> None:
    answer = ask(own, "/", scheme="https")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert [one.lower().count("secure") for one in answer.headers.getlist("set-cookie")] == [1, 1]
    plain = ask(own, "/")
    assert "strict-transport-security" not in plain.headers
    assert len(plain.headers.getlist("set-cookie")) == 2
