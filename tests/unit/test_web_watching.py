"""Open pages are told of a new release and of the end of their session: which of them, when, and how often."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.runtime.app_session import AppSessionState

from ledger import LedgerError
from web import watching
from web.watching import NOTHING, Drawn, Views, draw_again


def views(**drawn: Drawn) -> Views:
    made = Views()
    made.watched = True
    for page, shows in drawn.items():
        made.drawn(page, shows)
    return made


def test_a_page_of_another_release_is_outdated_and_asked_once() -> None:
    seen = views(old=Drawn("one", "a"), new=Drawn("two", "a"))
    assert seen.outdated(["old", "new"], "two", ()) == ["old"]
    seen.asked("old", "two")
    assert seen.outdated(["old", "new"], "two", ()) == []
    # The next release is another matter.
    assert seen.outdated(["old", "new"], "three", ()) == ["old", "new"]
    seen.drawn("old", Drawn("two", "a"))
    assert seen.outdated(["old", "new"], "two", ()) == []


def test_a_page_without_a_release_waits_for_one_and_the_sign_in_waits_for_nobody() -> None:
    seen = views(empty=Drawn(NOTHING, ""), sign_in=Drawn("", ""))
    assert seen.outdated(["empty", "sign_in"], None, ()) == []
    assert seen.outdated(["empty", "sign_in"], "one", ()) == ["empty"]


def test_all_pages_of_a_session_that_ended_are_outdated_and_no_others() -> None:
    seen = views(
        first=Drawn("one", "a"), second=Drawn("one", "a"), other=Drawn("one", "b"), none=Drawn("one", "")
    )
    open_now = ["first", "second", "other", "none"]
    assert seen.outdated(open_now, "one", {"a", ""}) == ["first", "second"]
    seen.drawn("first", Drawn("", ""))
    assert seen.outdated(open_now, "one", {"a"}) == ["second"]
    assert seen.sessions() == {"a", "b"}


def test_whoever_was_asked_for_a_release_is_asked_again_when_their_session_is_over() -> None:
    seen = views(page=Drawn("one", "a"))
    assert seen.outdated(["page"], "two", ()) == ["page"]
    seen.asked("page", "two")
    seen.drawn("page", Drawn("two", "a"))
    assert seen.outdated(["page"], "two", {"a"}) == ["page"]
    seen.asked("page", "two", {"a"})
    assert seen.outdated(["page"], "two", {"a"}) == []


def test_what_is_known_of_a_page_goes_with_it() -> None:
    seen = views(gone=Drawn("one", "a"), stays=Drawn("one", "b"))
    assert seen.outdated(["stays", "never drawn"], "one", ()) == []
    assert seen.sessions() == {"b"}


def test_nothing_is_kept_where_nobody_watches() -> None:
    seen = Views()
    seen.drawn("page", Drawn("one", "a"))
    assert seen.sessions() == set()


PAGES = some.sampled_from(["p", "q", "r"])
RELEASES = some.sampled_from(["one", "two", NOTHING, ""])
SESSIONS = some.sampled_from(["a", "b", ""])


@given(
    some.dictionaries(PAGES, some.tuples(RELEASES, SESSIONS)),
    some.sampled_from([None, "one", "two"]),
    some.sets(SESSIONS),
    some.dictionaries(PAGES, some.tuples(some.sampled_from([None, "one", "two"]), some.sets(SESSIONS))),
)
def test_who_is_asked_is_what_the_rule_says(
    drawn: dict[str, tuple[str, str]],
    release: str | None,
    ended: set[str],
    asked: dict[str, tuple[str | None, set[str]]],
) -> None:
    seen = views(**{page: Drawn(*shows) for page, shows in drawn.items()})
    for page, (before, gone) in asked.items():
        seen.asked(page, before, gone)
    expected = set()
    for page, (shown, session) in drawn.items():
        over = session != "" and session in ended
        if (shown and release and shown != release) or over:
            expected.add(page)
        if page in asked:
            before, gone = asked[page]
            if before == release and (session != "" and session in gone) == over:
                expected.discard(page)
    assert set(seen.outdated(drawn, release, ended)) == expected


class Open:
    """A page as Streamlit keeps it."""

    def __init__(self, state: AppSessionState) -> None:
        self._state = state
        self._client_state = object()
        self.asked: list[Any] = []

    def request_rerun(self, client_state: Any) -> None:
        self.asked.append(client_state)


def test_a_page_is_drawn_as_it_stands_and_one_that_is_being_drawn_is_left_alone() -> None:
    idle, busy = Open(AppSessionState.APP_NOT_RUNNING), Open(AppSessionState.APP_IS_RUNNING)
    assert draw_again(idle)
    assert idle.asked == [idle._client_state]
    assert not draw_again(busy)
    assert busy.asked == []


def test_a_version_of_streamlit_that_keeps_pages_elsewhere_is_said_once_and_the_app_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing() -> dict[str, Any]:
        raise AttributeError("no such thing as it was")

    looks = []
    monkeypatch.setattr(watching, "open_pages", missing)
    monkeypatch.setattr(watching, "EVERY", 0.001)
    monkeypatch.setattr(watching, "LOOKS_A_SESSION", 10**9)

    class Store:
        def current(self) -> None:
            looks.append(1)

    async def some_looks() -> None:
        async with watching.watching(Store()):  # type: ignore[arg-type]
            while len(looks) < 5:
                await asyncio.sleep(0.01)

    asyncio.run(some_looks())
    assert caplog.text.count("not told of changes") == 1


def test_a_ledger_that_is_down_is_said_once_and_releases_are_looked_for_all_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks: list[int] = []
    asked: list[int] = []

    def down(*_asked: object) -> set[str]:
        asked.append(1)
        raise LedgerError("the server is away")

    monkeypatch.setattr(watching, "open_pages", dict)
    monkeypatch.setattr(watching, "EVERY", 0.001)
    monkeypatch.setattr(watching, "LOOKS_A_SESSION", 2)
    monkeypatch.setattr("evidence.sessions.over", down)

    class Store:
        desk = None

        def current(self) -> None:
            looks.append(1)

    async def some_looks() -> None:
        async with watching.watching(Store()):  # type: ignore[arg-type]
            while len(asked) < 4:
                await asyncio.sleep(0.01)

    asyncio.run(some_looks())
    assert len(looks) >= 8
    assert caplog.text.count("not told of changes") == 1
