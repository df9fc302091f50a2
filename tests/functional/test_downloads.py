"""The route that gives out files: to the session that was offered them, and to nobody else."""

import atexit
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from starlette.applications import Starlette

from evidence import access, sessions
from evidence.access import Role, Who
from evidence.doors import Door
from evidence.store import Store
from ledger.errors import LedgerError
from release.places import PROJECT, Places
from tests.asking import Answer, ask
from tests.fakes import write_release
from tests.signing_in import SECRET, provider_cookie
from web import downloads

FILE = "Overview – families.csv"
CONTENT = b"\xef\xbb\xbffamilies\r\n181\r\n"
CLAIMS = {"email": "a.manager@council.example", "roles": ["outcome-lens-manager"]}
MANAGER = "outcome-lens-manager"


@cache
def _made(provider: bool) -> Path:
    """A data folder with a made-up release, real by its own word where a provider is."""
    folder = Path(tempfile.mkdtemp(prefix="outcome-lens-downloads-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_release(folder, synthetic=str(not provider).lower())
    shutil.copyfile(PROJECT / "data" / "access.toml", folder / "access.toml")
    return folder


class Served:
    """The route over a made-up release, and somebody who was offered a file."""

    def __init__(self, data: Path, *, provider: bool) -> None:
        shutil.copytree(_made(provider), data, dirs_exist_ok=True)
        self.store = Store(Places(data))
        self.store.desk.door = Door(provider, "127.0.0.1", SECRET if provider else "")
        self.app = Starlette(routes=[downloads.route(self.store)])

    def signs_in(
        self, claims: Mapping[str, object] = CLAIMS, at: datetime | None = None
    ) -> tuple[Who, dict[str, str]]:
        """Somebody who had a turn of the app, and their cookies."""
        cookies = provider_cookie(claims, at=at)
        door = self.store.desk.door
        assert door is not None
        came = sessions.came(
            self.store.desk, self.store.desk.rules(), door, {"host": "127.0.0.1"}, cookies, synthetic=False
        )
        assert came.who is not None
        return came.who, cookies

    def visits_the_demo(self, mark: str) -> tuple[Who, dict[str, str]]:
        cookies = {sessions.DEMO_COOKIE: mark}
        who = access.demo_visitor("manager", self.store.desk.rules(), sessions.demo_key(cookies))
        return who, cookies

    def offers(self, who: Who, page: str = "overview") -> str:
        path = self.store.desk.offers.offer(who, page, "families", FILE, lambda: CONTENT)
        assert path is not None
        return path

    def ask(self, path: str, cookies: Mapping[str, str] | None = None, host: str = "127.0.0.1") -> Answer:
        return ask(self.app, path, cookies=cookies, host=host)

    def written(self) -> list[tuple[str, str, str]]:
        return [(one.event, one.actor, one.subject) for one in self.store.desk.ledger.entries()]


@pytest.fixture
def signed(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path, provider=True)
    yield served
    served.store.desk.close()


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path, provider=False)
    yield served
    served.store.desk.close()


def refused(answer: Answer) -> bool:
    return answer.status == 404 and CONTENT not in answer.content and "no longer, for you" in answer.text


def test_who_was_offered_a_file_gets_it_and_that_is_written_down(signed: Served) -> None:
    who, cookies = signed.signs_in()
    answer = signed.ask(signed.offers(who), cookies)
    assert (answer.status, answer.content) == (200, CONTENT)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    told = answer.headers["content-disposition"]
    assert (
        told
        == "attachment; filename=\"Overview _ families.csv\"; filename*=UTF-8''Overview%20%E2%80%93%20families.csv"
    )
    assert ("download", CLAIMS["email"], "overview") in signed.written()


def test_nobody_else_gets_it(signed: Served) -> None:
    who, cookies = signed.signs_in()
    path = signed.offers(who)
    _other, others = signed.signs_in({**CLAIMS, "email": "another@council.example"})
    _again, agains = signed.signs_in()
    forged = provider_cookie(CLAIMS, secret="another secret")
    halved = {name: value[: len(value) // 2] for name, value in cookies.items()}
    for theirs in ({}, others, agains, forged, halved, {"_streamlit_user": "x" * 100_000}):
        assert refused(signed.ask(path, theirs))
    assert "download" not in {event for event, _, _ in signed.written()}
    assert signed.ask(path, cookies).status == 200


@pytest.mark.parametrize(
    "path", ["/download/", "/download/x", "/download/../x", "/download/" + "y" * 5_000, "/download/%00"]
)
def test_a_link_that_was_never_given_is_refused(signed: Served, path: str) -> None:
    _who, cookies = signed.signs_in()
    assert signed.ask(path, cookies).status == 404


def test_after_the_sign_out_a_copied_cookie_gets_nothing(signed: Served) -> None:
    who, cookies = signed.signs_in()
    path = signed.offers(who)
    sessions.sign_out(signed.store.desk, who)
    assert refused(signed.ask(path, cookies))
    # Even what would be offered to the session that ended.
    assert refused(signed.ask(signed.offers(who), cookies))


def test_an_old_sign_in_gets_nothing(signed: Served, tmp_path: Path) -> None:
    who, cookies = signed.signs_in(at=datetime.now(UTC) - timedelta(hours=9))
    path = signed.offers(who)
    assert signed.ask(path, cookies).status == 200
    _lasts(tmp_path, "hours = 8")
    assert refused(signed.ask(path, cookies))


def test_whoever_did_nothing_for_long_gets_nothing(signed: Served, tmp_path: Path) -> None:
    who, cookies = signed.signs_in()
    path = signed.offers(who)
    assert signed.ask(path, cookies).status == 200
    # Fetching files keeps nobody signed in: the last turn of the app counts.
    with closing(sqlite3.connect(signed.store.places.ledger)) as connection:
        connection.execute(
            "UPDATE session SET seen = ?", [(datetime.now(UTC) - timedelta(minutes=61)).isoformat()]
        )
        connection.commit()
    assert refused(signed.ask(path, cookies))


def _lasts(data: Path, said: str) -> None:
    rules = data / "access.toml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text[: text.index("[sessions]")] + f"[sessions]\n{said}\n", encoding="utf-8")


def test_a_page_that_the_role_does_not_see_any_more_gives_nothing(signed: Served, tmp_path: Path) -> None:
    who, cookies = signed.signs_in()
    path = signed.offers(who)
    rules = tmp_path / "access.toml"
    text = rules.read_text(encoding="utf-8")
    shut = text.replace("overview = [", "overview = []\n# [", 1).replace('# ["manager"', "# [", 1)
    assert shut != text
    rules.write_text(shut, encoding="utf-8")
    assert refused(signed.ask(path, cookies))
    assert ("download_refused", CLAIMS["email"], "overview") in signed.written()


def test_a_role_that_was_taken_away_gives_nothing(signed: Served, tmp_path: Path) -> None:
    who, cookies = signed.signs_in()
    path = signed.offers(who)
    rules = tmp_path / "access.toml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(
        text.replace(f'"{MANAGER}" = "manager"', f'"{MANAGER}" = "researcher"'), encoding="utf-8"
    )
    assert refused(signed.ask(path, cookies))


def test_without_the_ledger_no_file_leaves(
    signed: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    who, cookies = signed.signs_in()
    path = signed.offers(who)

    def down(*_told: object) -> None:
        raise LedgerError("the disk is full")

    monkeypatch.setattr(signed.store.desk, "downloaded", down)
    answer = signed.ask(path, cookies)
    assert answer.status == 503
    assert CONTENT not in answer.content
    reference = answer.text.split("reference ")[1].split()[0]
    assert reference in caplog.text
    assert "disk" not in answer.text
    assert path.rpartition("/")[2] not in caplog.text


def test_in_the_demo_a_file_is_for_the_browser_that_was_offered_it(demo: Served) -> None:
    who, cookies = demo.visits_the_demo("a" * 43)
    _other, others = demo.visits_the_demo("b" * 43)
    path = demo.offers(who)
    assert demo.ask(path, cookies).content == CONTENT
    assert refused(demo.ask(path, others))
    assert refused(demo.ask(path))
    assert refused(demo.ask(path, cookies, host="lens.council.example"))


def test_what_is_made_for_one_role_is_not_given_to_another(demo: Served) -> None:
    who, cookies = demo.visits_the_demo("a" * 43)
    assert demo.ask(demo.offers(replace(who, role=Role.RESEARCHER), page="payment"), cookies).status == 404
