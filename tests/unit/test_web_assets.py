"""The frontend's files: compressed, kept for good, no other file; and the page, as this app wants it."""

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp
from streamlit import file_util

from tests.asking import ask
from web.assets import Assets, Frontend, digests_of, page_of

GZIP = {"accept-encoding": "gzip, br"}
SCRIPT = "let a = 1;\n" * 400
PAGE = """<!-- of its makers -->
<!DOCTYPE html>
<html lang="en">
  <head>
    <link rel="shortcut icon" href="./favicon.png" />
    <title>Streamlit</title>
    <link rel="service-desc" href="./_stcore/agent/openapi.json" />
    <script>
      window.ready = false
    </script>
    <script type="module" crossorigin src="./static/js/index.AAAAAAAA.js"></script>
    <link rel="modulepreload" crossorigin href="./static/js/shared.BBBBBBBB.js">
  </head>
  <body><noscript><p>It is also offered to programs.</p></noscript><div id="root"></div></body>
</html>
"""
BUILT = {
    "../PlotlyChart/PlotlyChart.tsx": {
        "file": "static/js/PlotlyChart.CCCCCCCC.js",
        "imports": ["_shared", "_loop"],
        "css": ["static/css/chart.DDDDDDDD.css"],
    },
    "../Balloons/Balloons.tsx": {"file": "static/js/Balloons.EEEEEEEE.js"},
    "_shared": {"file": "static/js/shared.BBBBBBBB.js"},
    "_loop": {"file": "static/js/loop.FFFFFFFF.js", "imports": ["_loop", "../PlotlyChart/PlotlyChart.tsx"]},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "outside.txt").write_text("not of the frontend", encoding="utf-8")
    frontend = tmp_path / "static"
    for part in (
        "index.AAAAAAAA",
        "shared.BBBBBBBB",
        "PlotlyChart.CCCCCCCC",
        "Balloons.EEEEEEEE",
        "loop.FFFFFFFF",
    ):
        file = frontend / "static" / "js" / f"{part}.js"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"// {part}\n{SCRIPT}", encoding="utf-8")
    (frontend / "static" / "css").mkdir()
    (frontend / "static" / "css" / "chart.DDDDDDDD.css").write_text("a {}", encoding="utf-8")
    (frontend / "favicon.png").write_bytes(b"\x89PNG" + bytes(2_000))
    (frontend / "index.html").write_text(PAGE, encoding="utf-8")
    (frontend / "manifest.json").write_text(json.dumps(BUILT), encoding="utf-8")
    return frontend


def _app(_request: Request) -> Response:
    return PlainTextResponse("the app")


def serving(frontend: Frontend) -> ASGIApp:
    return Starlette(
        routes=[Route("/{path:path}", _app)],
        middleware=[Middleware(Assets, frontend=frontend, routes={"healthz", "_stcore"})],
    )


@pytest.fixture
def served(folder: Path) -> ASGIApp:
    return serving(Frontend(folder, pages=["overview"]))


def test_a_file_is_sent_compressed_to_whom_takes_it_so_and_kept_for_good(served: ASGIApp) -> None:
    packed = ask(served, "/static/js/index.AAAAAAAA.js", headers=GZIP)
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert packed.headers["content-type"].startswith("text/javascript")
    assert len(packed.content) < len(SCRIPT) / 5
    assert packed.headers["vary"] == "Accept-Encoding"
    for takes in ("", "br", "gzip;q=0", "identity"):
        plain = ask(served, "/static/js/index.AAAAAAAA.js", headers={"accept-encoding": takes})
        assert "content-encoding" not in plain.headers
        assert plain.content == gzip.decompress(packed.content)


def test_a_file_without_a_digest_in_its_name_is_asked_for_each_time(served: ASGIApp) -> None:
    answer = ask(served, "/favicon.png", headers=GZIP)
    assert answer.headers["cache-control"] == "no-cache"
    assert "content-encoding" not in answer.headers
    assert answer.headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../outside.txt",
        "/static/%2e%2e/%2e%2e/outside.txt",
        "/static/..%5c..%5coutside.txt",
        "/static//etc/passwd",
        "/static/js/",
        "/static/js/index.AAAAAAAA.js%00.png",
        "/static/C:/windows/win.ini",
        "/static/js/index.aaaaaaaa.js",
    ],
)
def test_no_other_file_is_served(served: ASGIApp, path: str) -> None:
    answer = ask(served, path)
    assert (answer.status, answer.text) == (404, "There is nothing here.")


def test_a_page_has_one_answer_under_every_address_of_the_app(served: ASGIApp) -> None:
    first = ask(served, "/", headers=GZIP)
    assert gzip.decompress(first.content) == ask(served, "/overview").content
    assert first.headers["cache-control"] == "no-cache"
    again = ask(served, "/overview", headers=GZIP | {"if-none-match": first.headers["etag"]})
    assert (again.status, again.content) == (304, b"")
    unknown = ask(served, "/a/b.php", headers={"if-none-match": first.headers["etag"]})
    assert unknown.status == 404
    assert unknown.content == ask(served, "/").content
    assert ask(served, "/", "HEAD").status == 200
    assert ask(served, "/overview", "POST").status == 405
    assert ask(served, "/healthz").text == ask(served, "/_stcore/health").text == "the app"


def test_the_page_names_what_is_needed_first_and_says_nothing_of_programs(folder: Path) -> None:
    page = Frontend(folder).index.decode()
    assert "<title>Outcome Lens</title>" in page
    assert '<html lang="en-GB">' in page
    named = re.findall(r'<link rel="(?:modulepreload|stylesheet)" crossorigin href="([^"]*)">', page)
    assert sorted(named) == [
        "/static/css/chart.DDDDDDDD.css",
        "/static/js/PlotlyChart.CCCCCCCC.js",
        "/static/js/loop.FFFFFFFF.js",
        "/static/js/shared.BBBBBBBB.js",
    ]
    assert "Balloons" not in page
    assert "agent" not in page
    assert "programs" not in page
    assert "./" not in page
    assert "makers" not in page


def test_below_a_folder_every_address_is(folder: Path) -> None:
    frontend = Frontend(folder, "/lens/", ["overview"])
    page = frontend.index.decode()
    assert all(address.startswith("/lens/") for address in re.findall(r'(?:href|src)="([^"]*)"', page))
    assert 'window.location.origin + "/lens/"' in page
    below = serving(frontend)
    assert ask(below, "/lens/overview").status == ask(below, "/lens").status == 200
    assert ask(below, "/lens/static/js/index.AAAAAAAA.js").status == 200


def test_every_script_in_the_page_is_known_by_its_digest(folder: Path) -> None:
    frontend = Frontend(folder)
    scripts = re.findall(r"<script>(.*?)</script>", frontend.index.decode(), flags=re.DOTALL)
    assert len(scripts) == len(frontend.script_digests) == 2
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"sha256-{digest}" in frontend.script_digests
    assert list(digests_of("<p>no script</p>")) == []


@pytest.mark.parametrize(
    "built", ["", "[]", "{}", '{"a/PlotlyChart.tsx": {}}', '{"a/PlotlyChart.tsx": 7}', "\x00"]
)
def test_without_the_list_of_parts_the_page_works_and_names_fewer(folder: Path, built: str) -> None:
    (folder / "manifest.json").write_text(built, encoding="utf-8")
    frontend = Frontend(folder)
    assert frontend.first == ()
    assert b"index.AAAAAAAA.js" in frontend.index


def test_a_page_of_another_form_is_left_as_it_is() -> None:
    assert page_of("<p>something else</p>", "", ["static/a.js"]) == "<p>something else</p>"


def test_the_frontend_that_is_installed_has_the_form_that_is_looked_for() -> None:
    """Another version of Streamlit may have another: then pages are slower, and the policy may forbid too much."""
    frontend = Frontend(Path(file_util.get_static_dir()))
    page = frontend.index.decode()
    assert any("PlotlyChart" in name for name in frontend.first)
    assert "<title>Outcome Lens</title>" in page
    assert "BACKEND_BASE_URL" in page
    assert "agent" not in page
    named = re.findall(r'(?:href|src)="/([^"]*)"', page)
    assert set(named) <= set(frontend.files)
    assert sum(frontend.files[name].stat().st_size for name in frontend.first) < 10 * 2**20
