"""Who somebody is at a turn: cookies replayed, rewritten, put together, of another secret, of another host."""

import hashlib
import string
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import itsdangerous
import pytest

from evidence import access, sessions
from evidence.access import Role
from evidence.desk import Desk
from evidence.doors import Door
from evidence.sessions import DEMO_COOKIE, Out, came, over, proved, standing
from evidence.store import Store
from ledger import LOCAL, PROVIDER, Ledger, LedgerError, SignIn
from ledger.passwords import Hardness
from release.places import PROJECT, Places
from tests.fakes import write_release
from tests.signing_in import COOKIE, SECRET, provider_cookie

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MANAGER = {"email": "a@b.example", "roles": ["outcome-lens-manager"]}
MANY = {**MANAGER, "groups": [hashlib.sha256(bytes([number])).hexdigest() for number in range(200)]}
PROVIDED = Door(provider=True, server_address="0.0.0.0", secret=SECRET)
HERE = Door(provider=False, server_address="127.0.0.1")
ELSEWHERE = {"host": "lens.council.example"}
HOME = {"host": "localhost:8501"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Places(tmp_path))


def rules(*, local: bool = False) -> access.Rules:
    return replace(access.read_rules(PROJECT / "data" / "access.toml"), local=local)


def test_a_sign_in_is_one_session_and_another_is_another() -> None:
    one, other = provider_cookie(MANAGER, at=NOW), provider_cookie(MANAGER, at=NOW)
    first, second = proved(one, SECRET, NOW), proved(other, SECRET, NOW)
    assert first is not None
    assert second is not None
    assert first == proved(one, SECRET, NOW + timedelta(hours=1))
    assert first.key != second.key
    assert (first.since, first.claims["email"]) == (NOW, "a@b.example")
    assert one[COOKIE] not in repr(first.key)


def test_a_large_cookie_comes_in_parts() -> None:
    cookies = provider_cookie(MANY, at=NOW)
    assert len(cookies) > 2
    found = proved(cookies, SECRET, NOW)
    assert found is not None
    assert found.claims["groups"] == MANY["groups"]
    for name in cookies:
        assert proved({key: value for key, value in cookies.items() if key != name}, SECRET, NOW) is None


def test_parts_of_two_sign_ins_are_none() -> None:
    """Else a new first part would make an old, ended sign-in a young one."""
    old, new = (provider_cookie(MANY, at=NOW - timedelta(hours=ago)) for ago in (9, 0))
    for name in old:
        assert proved({**new, name: old[name]}, SECRET, NOW) is None
        assert proved({**old, name: new[name]}, SECRET, NOW) is None


@pytest.mark.parametrize("claims", [MANAGER, MANY], ids=["small", "large"])
def test_a_signature_written_in_another_way_is_the_same_session(claims: Mapping[str, object]) -> None:
    """The last letter of a signature has bits that do not count, and letters that are none are passed over: a cookie
    that was ended must not become another by it."""
    cookies = provider_cookie(claims, at=NOW)
    genuine = proved(cookies, SECRET, NOW)
    assert genuine is not None
    rewritten = 0
    for name, value in cookies.items():
        body, _, signature = value.rpartition(".")
        others = [signature[:-1] + letter for letter in string.ascii_letters + string.digits + "-_"]
        others += [
            f"{signature}=",
            f"{signature}==",
            f"{signature[:5]}!{signature[5:]}",
            f" {signature}",
            f"{signature}\n",
        ]
        for other in others:
            found = proved({**cookies, name: f"{body}.{other}"}, SECRET, NOW)
            if found is not None:
                rewritten += other != signature
                assert found.key == genuine.key
    # There are such ways: else this would show nothing.
    assert rewritten > 0


def _signed(value: object, secret: str = SECRET, salt: str = COOKIE) -> str:
    made = itsdangerous.URLSafeTimedSerializer(secret, salt=salt).dumps(value)
    return made if isinstance(made, str) else made.decode()


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        ".",
        "x" * 1_000_000,
        "é.é.é",
        _signed('{"is_logged_in": true, "roles": "outcome-lens-manager"}', "another secret"),
        _signed('{"is_logged_in": true, "roles": "outcome-lens-manager"}', salt="_streamlit_user_tokens"),
        _signed('{"is_logged_in": false}'),
        _signed('{"is_logged_in": "true"}'),
        _signed("{}"),
        _signed("[]"),
        _signed("[" * 100_000),
        _signed("no json"),
        _signed({"is_logged_in": True}),
        _signed("chunks-0"),
        _signed("chunks-3"),
        _signed("chunks-99"),
        _signed("chunks-99999999999"),
        provider_cookie(MANAGER)[COOKIE][:-10],
        provider_cookie(MANAGER)[COOKIE][: len(provider_cookie(MANAGER)[COOKIE]) // 2],
    ],
)
def test_what_is_no_cookie_proves_nothing(value: str) -> None:
    assert proved({COOKIE: value}, SECRET) is None


def test_without_a_secret_nothing_is_proved() -> None:
    assert proved(provider_cookie(MANAGER, secret=""), "") is None


@pytest.mark.parametrize(
    ("ago", "is_proved"),
    [
        (timedelta(0), True),
        (timedelta(days=31), True),
        (timedelta(days=31, seconds=1), False),
        (-timedelta(minutes=5), True),
        (-timedelta(minutes=5, seconds=1), False),
        (-timedelta(days=9), False),
    ],
)
def test_a_cookie_of_long_ago_or_of_the_future_is_none(ago: timedelta, is_proved: bool) -> None:
    assert (proved(provider_cookie(MANAGER, at=NOW - ago), SECRET, NOW) is not None) is is_proved


def test_somebody_is_let_in_ended_and_not_let_in_again(desk: Desk) -> None:
    cookies = provider_cookie(MANAGER, at=NOW)
    visit: Callable[..., sessions.Came] = lambda **more: came(  # noqa: E731
        desk, rules(), PROVIDED, ELSEWHERE, cookies, synthetic=False, now=NOW, **more
    )
    # What is no turn of the app begins nothing.
    assert visit(begins=False).out is Out.OVER
    who = visit().who
    assert who is not None
    assert (who.name, who.role, who.demo) == ("a@b.example", Role.MANAGER, False)
    assert who.session == visit(begins=False).who.session  # type: ignore[union-attr]
    assert over(desk, {who.session}, NOW) == set()
    assert over(desk, {who.session}, NOW + timedelta(hours=1, seconds=1)) == {who.session}
    sessions.sign_out(desk, who)
    assert over(desk, {who.session, "demo:another"}, NOW) == {who.session}
    assert visit().out is visit(begins=False).out is Out.OVER
    assert desk.ledger.verify() == 3


def test_no_role_is_no_session(desk: Desk) -> None:
    cookies = provider_cookie({"email": "x@y.example", "roles": "boss"})
    found = came(desk, rules(), PROVIDED, ELSEWHERE, cookies, synthetic=True)
    assert (found.who, found.out, found.name) == (None, Out.NO_ROLE, "x@y.example")
    assert desk.ledger.entries() == []


def _account(desk: Desk, token: str, *, now: datetime = NOW, role: str = "auditor", way: str = LOCAL) -> None:
    desk.ledger.accounts.add(
        "Ann",
        "three words of mine",
        account_role=role,
        scope="",
        by="r",
        role="p",
        hardness=Hardness(2, 1, 1),
    )
    sign_in = SignIn(sessions.key_of_token(token), "Ann", role, "", way, now)
    assert desk.ledger.sessions.begin(sign_in, desk.ledger.log.newest())


@pytest.mark.parametrize(
    ("headers", "name", "inside"),
    [
        (HOME, "outcome_lens_session", True),
        (ELSEWHERE, "__Host-outcome_lens_session", True),
        # What a neighbouring host could have set, or nobody said which host it is.
        (ELSEWHERE, "outcome_lens_session", False),
        ({}, "outcome_lens_session", False),
        (HOME, "__Host-outcome_lens_session", False),
    ],
)
def test_a_local_account_is_known_by_a_cookie_of_its_host(
    desk: Desk, headers: dict[str, str], name: str, inside: bool
) -> None:
    _account(desk, "token")
    found = came(desk, rules(local=True), HERE, headers, {name: "token"}, synthetic=True, now=NOW)
    assert (found.who is not None) is inside
    if not inside:
        assert found.out is Out.SIGN_IN_HERE


@pytest.mark.parametrize("token", ["", "tokeN", "token ", "x" * 1_000_000, "é", "\ud800"])
def test_another_token_is_nobody(desk: Desk, token: str) -> None:
    _account(desk, "token")
    cookies = {"outcome_lens_session": token}
    assert came(desk, rules(local=True), HERE, HOME, cookies, synthetic=True, now=NOW).out is Out.SIGN_IN_HERE


def test_a_role_that_is_none_lets_nobody_in(desk: Desk) -> None:
    _account(desk, "token", role="boss")
    cookies = {"outcome_lens_session": "token"}
    assert came(desk, rules(local=True), HERE, HOME, cookies, synthetic=True, now=NOW).out is Out.NO_ROLE


def test_a_providers_session_is_no_local_one(desk: Desk) -> None:
    _account(desk, "token", way=PROVIDER)
    cookies = {"outcome_lens_session": "token"}
    assert came(desk, rules(local=True), HERE, HOME, cookies, synthetic=True, now=NOW).out is Out.SIGN_IN_HERE


def test_a_local_session_ends_by_age_and_idleness(desk: Desk) -> None:
    _account(desk, "token")
    cookies = {"outcome_lens_session": "token"}

    def at(**later: float) -> Out | None:
        now = NOW + timedelta(**later)
        return came(desk, rules(local=True), HERE, HOME, cookies, synthetic=True, now=now).out

    assert [at(minutes=59), at(minutes=118), at(minutes=179)] == [None, None, Out.IDLE]
    assert at(hours=11) is Out.OVER


def test_a_ledger_out_of_reach_lets_nobody_in(desk: Desk) -> None:
    (desk.places.data / "ledger").write_text("not a folder")
    with pytest.raises(LedgerError):
        came(desk, rules(), PROVIDED, ELSEWHERE, provider_cookie(MANAGER), synthetic=False)


def test_who_was_offered_a_file_stands_as_they_stand_now(tmp_path: Path) -> None:
    store = Store(write_release(tmp_path, synthetic="false"))
    cookies = provider_cookie(MANAGER)
    evidence = store.current()
    assert evidence is not None
    offered = came(store.desk, rules(), PROVIDED, ELSEWHERE, cookies, synthetic=False).who
    assert offered is not None
    # Before the app has said how it lets people in, nobody stands.
    assert standing(store, offered, ELSEWHERE, cookies) is None
    store.desk.door = PROVIDED
    assert standing(store, offered, ELSEWHERE, cookies) == offered
    assert standing(store, offered, ELSEWHERE, {}) is None
    assert standing(store, offered, ELSEWHERE, provider_cookie(MANAGER)) is None
    assert standing(store, replace(offered, session=""), ELSEWHERE, cookies) is None
    path = tmp_path / "access.toml"
    shipped = (PROJECT / "data" / "access.toml").read_text(encoding="utf-8")
    path.write_text(shipped.replace('overview = ["manager", ', "overview = ["), encoding="utf-8")
    now = standing(store, offered, ELSEWHERE, cookies)
    assert now is not None
    assert not now.may_see("overview")
    store.desk.ledger.sessions.revoke(1, by="officer", role="data_protection_officer")
    assert standing(store, offered, ELSEWHERE, cookies) is None
    store.desk.close()


def test_a_visitor_of_the_demo_has_a_session_of_their_browser(tmp_path: Path) -> None:
    store = Store(write_release(tmp_path))
    store.desk.door = HERE
    cookies = {DEMO_COOKIE: "one browser"}
    offered = access.demo_visitor("auditor", rules(), sessions.demo_key(cookies))
    assert "one browser" not in offered.session
    assert standing(store, offered, HOME, cookies) == offered
    assert standing(store, offered, HOME, {DEMO_COOKIE: "another"}) is None
    assert standing(store, offered, HOME, {}) is None
    assert standing(store, offered, ELSEWHERE, cookies) is None
    assert standing(store, replace(offered, demo=False), HOME, cookies) is None
    store.desk.door = replace(HERE, server_address="0.0.0.0")
    assert standing(store, offered, HOME, cookies) is None
    store.desk.close()


def test_a_ledger_that_takes_long_to_be_out_of_reach_keeps_nobody_waiting_twice(tmp_path: Path) -> None:
    tried: list[int] = []

    def away(_places: Places) -> Ledger:
        tried.append(1)
        time.sleep(0.2)
        raise LedgerError("the server is away")

    desk = Desk(Places(tmp_path), away)

    def asks() -> str:
        with pytest.raises(LedgerError) as told:
            desk.check()
        return str(told.value)

    with ThreadPoolExecutor(8) as pool:
        assert {one.result() for one in [pool.submit(asks) for _ in range(8)]} == {"the server is away"}
    assert len(tried) < 4
    # Whoever asks later looks anew.
    before = len(tried)
    asks()
    assert len(tried) == before + 1


def test_what_is_sensitive_is_written_down_once_and_what_failed_is_tried_again(tmp_path: Path) -> None:
    fails = [True]
    desk = Desk(Places(tmp_path))
    record = desk.ledger.record

    def sometimes(*about: object, **more: object) -> int:
        if fails:
            fails.pop()
            raise LedgerError("the disk is full")
        return record(*about, **more)  # type: ignore[arg-type]

    desk.ledger.record = sometimes  # type: ignore[method-assign]
    who = replace(access.demo_visitor("auditor", rules(), "s"), demo=False)
    with pytest.raises(LedgerError):
        desk.opened(who, "payment")
    for _ in range(3):
        desk.opened(who, "payment")
        desk.opened(who, "overview")
        desk.opened(replace(who, role=Role.RESEARCHER, pages=frozenset()), "payment")
    desk.opened(replace(who, session="t"), "payment")
    for _ in range(2):
        desk.downloaded(who, "outcomes", "file.csv")
    assert [(one.event, one.subject) for one in desk.ledger.entries()] == [
        ("viewed", "payment"),
        ("view_refused", "payment"),
        ("viewed", "payment"),
        ("download", "outcomes"),
        ("download", "outcomes"),
    ]
    desk.close()


def test_rules_are_read_again_when_they_change(desk: Desk) -> None:
    path = desk.places.data / "access.toml"
    shipped = (PROJECT / "data" / "access.toml").read_text(encoding="utf-8")
    path.write_text(shipped, encoding="utf-8")
    assert desk.rules() is desk.rules()
    assert not desk.rules().local
    path.write_text(shipped.replace("local = false", "local = true "), encoding="utf-8")
    assert desk.rules().local
