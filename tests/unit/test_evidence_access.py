"""Who gets in: closed by default, whatever a visitor sends."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from evidence import access
from evidence.access import PAGES, Role, Rules, Visit, Way, Who
from evidence.desk import Desk
from evidence.errors import AccessError
from ledger import RequestState, open_ledger
from release.errors import SettingsError, UserError
from release.places import PROJECT, Places

HOME = "127.0.0.1"
MEMBER = {"roles": "outcome-lens-auditor", "email": "a@b.example"}


@pytest.fixture(scope="module")
def rules() -> Rules:
    return access.read_rules(PROJECT / "data" / "access.toml")


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("[::1]", True),
        (None, False),
        ("", False),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
        ("2130706433", False),
        ("127.1", False),
    ],
)
def test_loopback_is_this_machine_and_nothing_that_looks_like_it(address: str | None, loopback: bool) -> None:
    assert access.is_loopback(address) is loopback


@pytest.mark.parametrize(
    ("synthetic", "visit", "way"),
    [
        (True, Visit(HOME, {"Host": "localhost:8501"}, False), Way.DEMO),
        (True, Visit("localhost", {"host": "[::1]:8501"}, False), Way.DEMO),
        (False, Visit(HOME, {"Host": "localhost:8501"}, False), Way.CLOSED),
        (True, Visit(None, {"Host": "localhost:8501"}, False), Way.CLOSED),
        (True, Visit("0.0.0.0", {"Host": "localhost:8501"}, False), Way.CLOSED),
        (True, Visit(HOME, {}, False), Way.CLOSED),
        (True, Visit(HOME, {"Host": "council.example"}, False), Way.CLOSED),
        (True, Visit(HOME, {"Host": "localhost", "X-Forwarded-For": "10.0.0.9"}, False), Way.CLOSED),
        (True, Visit(HOME, {"Host": "localhost", "Forwarded": "for=10.0.0.9"}, False), Way.CLOSED),
        (True, Visit(HOME, {"Host": "localhost", "X-Real-IP": "10.0.0.9"}, False), Way.CLOSED),
        (True, Visit(HOME, {"Host": "localhost"}, True), Way.SIGN_IN),
        (False, Visit("0.0.0.0", {}, True), Way.SIGN_IN),
        (False, Visit("0.0.0.0", {}, True, MEMBER), Way.SIGNED_IN),
        (False, Visit("0.0.0.0", {}, True, {"roles": ["nobody", "outcome-lens-manager"]}), Way.SIGNED_IN),
        (False, Visit("0.0.0.0", {}, True, {"roles": "manager"}), Way.NO_ROLE),
        (False, Visit("0.0.0.0", {}, True, {"roles": ["", None, 1]}), Way.NO_ROLE),
        (False, Visit("0.0.0.0", {}, True, {"roles": {"outcome-lens-manager": True}}), Way.NO_ROLE),
        (False, Visit("0.0.0.0", {}, True, {}), Way.NO_ROLE),
        (False, Visit(HOME, {"Host": "localhost"}, False, MEMBER), Way.CLOSED),
    ],
)
def test_there_are_two_ways_in_and_no_third(rules: Rules, synthetic: bool, visit: Visit, way: Way) -> None:
    assert access.way_in(visit, rules, synthetic=synthetic) is way


@pytest.mark.parametrize("synthetic", [True, False])
def test_accounts_of_the_ledger_are_a_way_where_there_is_no_provider(rules: Rules, synthetic: bool) -> None:
    local = replace(rules, local=True)
    here = Visit(HOME, {"Host": "localhost"}, provider=False)
    assert access.way_in(here, local, synthetic=synthetic) is Way.SIGN_IN_HERE
    assert access.way_in(replace(here, provider=True), local, synthetic=synthetic) is Way.SIGN_IN


def test_a_member_has_the_role_of_their_claim_and_its_pages(rules: Rules) -> None:
    who = access.member(MEMBER, rules)
    assert (who.name, who.role, who.demo) == ("a@b.example", Role.AUDITOR, False)
    assert {page for page in PAGES if who.may_see(page)} == set(rules.pages_of(Role.AUDITOR))
    assert access.member({"roles": "outcome-lens-auditor", "sub": "s"}, rules).name == "s"
    with pytest.raises(ValueError, match="without a role"):
        access.member({"roles": "stranger"}, rules)


def test_the_demo_has_somebody_for_every_role_and_two_who_can_sign_or_check(rules: Rules) -> None:
    people = [access.demo_visitor(persona.code, rules) for persona in access.PERSONAS]
    assert {one.role for one in people} == set(Role)
    assert len({one.name for one in people}) == len(people)
    assert sum(one.role is Role.RETURNS_OFFICER for one in people) == 2
    assert sum(one.role is Role.OUTPUT_CHECKER for one in people) == 2
    assert all(one.demo and one.pages == rules.pages_of(one.role) for one in people)


@pytest.mark.parametrize("code", [None, "", "auditor ", "outcome-lens-auditor", 3, "x" * 1_000_000])
def test_a_choice_that_the_demo_does_not_offer_is_a_manager(rules: Rules, code: object) -> None:
    assert access.demo_visitor(code, rules).role is Role.MANAGER


PARTS = """
place = "groups"
[sign_in.scopes]
"everywhere" = "council"
"north-team" = "north"
"""


def _with_parts(folder: Path, parts: str = PARTS) -> Rules:
    shipped = (PROJECT / "data" / "access.toml").read_text(encoding="utf-8")
    path = folder / "access.toml"
    path.write_text(shipped.replace("[sign_in.roles]", f"{parts}\n[sign_in.roles]", 1), encoding="utf-8")
    return access.read_rules(path)


@pytest.mark.parametrize(
    ("groups", "scope"),
    [
        ("everywhere", ""),
        (["other", "north-team"], "north"),
        # The first line of the rules that fits counts, however the claim is ordered.
        (["north-team", "everywhere"], ""),
        ([], None),
        ("north", None),
        ("council", None),
        (None, None),
        ({"north-team": 1}, None),
    ],
)
def test_whom_no_part_of_the_council_is_given_sees_nothing(
    tmp_path: Path, rules: Rules, groups: object, scope: str | None
) -> None:
    kept = _with_parts(tmp_path)
    claims = MEMBER | {"groups": groups}
    visit = Visit("0.0.0.0", {}, True, claims)
    assert access.scope_of(claims, kept) == scope
    assert access.way_in(visit, kept, synthetic=False) is (Way.NO_ROLE if scope is None else Way.SIGNED_IN)
    # Without rules about parts everybody sees the council as a whole.
    assert access.member(claims, rules).scope == ""
    if scope is None:
        with pytest.raises(ValueError, match="part of the council"):
            access.member(claims, kept)
    else:
        who = access.member(claims, kept)
        assert who.scope == scope
        whole = kept.pages_of(Role.AUDITOR)
        assert who.pages == (whole & access.PAGES_OF_A_PART if scope else whole)
        assert who.may_see("payment") is not bool(scope)


@pytest.mark.parametrize(
    "parts",
    [
        'place = "groups"',
        '[sign_in.scopes]\n"a" = "north"',
        'place = 3\n[sign_in.scopes]\n"a" = "north"',
        'place = "groups"\n[sign_in.scopes]\n"a" = 3',
        'place = "groups"\n[sign_in.scopes]\n"a" = ""',
        'place = "groups"\nscopes = "north"',
    ],
)
def test_a_mistake_in_the_parts_is_named(tmp_path: Path, parts: str) -> None:
    with pytest.raises(SettingsError, match=r"sign_in"):
        _with_parts(tmp_path, parts)


def test_rules_that_name_no_part_let_nobody_in(tmp_path: Path) -> None:
    kept = _with_parts(tmp_path, 'place = "groups"\n[sign_in.scopes]')
    assert access.way_in(Visit(HOME, {}, True, MEMBER), kept, synthetic=True) is Way.NO_ROLE


def test_a_page_that_is_not_in_the_rules_is_for_nobody(tmp_path: Path) -> None:
    path = tmp_path / "access.toml"
    path.write_text('[sign_in]\nclaim = "r"\nperson = "p"\n[sign_in.roles]\n[pages]\nprivacy = ["manager"]\n')
    rules = access.read_rules(path)
    assert [rules.pages_of(role) for role in Role] == [{"privacy"}, *[set()] * 5]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('= "manager"', '= "boss"', "sign_in.roles"),
        ('payment = ["manager"', 'payment = ["boss"', "pages.payment"),
        ('payment = ["manager", "returns_officer", "auditor"]', 'payment = "manager"', "pages.payment"),
        ("payment = [", "money = [", "pages"),
        ("[pages]", "[page]", "[pages]"),
        ('claim = "roles"', "claim = 3", "sign_in.claim"),
        ("[sign_in]", "[sign_in", "TOML"),
        ("local = false", 'local = "false"', "sign_in.local"),
        ("local = false", "local = 0", "sign_in.local"),
        ("hours = 10", "hours = 1000", "sessions.hours"),
    ],
)
def test_a_mistake_in_the_rules_is_named(tmp_path: Path, old: str, new: str, place: str) -> None:
    shipped = (PROJECT / "data" / "access.toml").read_text(encoding="utf-8")
    assert old in shipped
    path = tmp_path / "access.toml"
    path.write_text(shipped.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingsError, match=re.escape(place)):
        access.read_rules(path)


def test_without_rules_nobody_gets_in(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nobody gets in"):
        access.read_rules(tmp_path / "access.toml")


def test_what_the_app_must_not_see_is_found(tmp_path: Path) -> None:
    places = Places(tmp_path)
    assert access.within_reach(places) == []
    places.landing.mkdir(parents=True)
    places.protected_key.parent.mkdir(parents=True)
    places.protected_key.write_text("key")
    assert access.within_reach(places) == ["the key of the protected file", "the landing folder"]
    assert not any(str(tmp_path) in words for words in access.within_reach(places))


def test_what_is_closed_to_the_app_is_out_of_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def may_read(path: Path, _mode: int) -> bool:  # as for somebody who is not root, who may read everything
        return path.exists() and bool(path.stat().st_mode & 0o400)

    monkeypatch.setattr(os, "access", may_read)
    places = Places(tmp_path)
    places.vault.mkdir(parents=True, mode=0o000)
    places.landing.mkdir(mode=0o400)
    assert access.within_reach(places) == ["the landing folder"]


def _who(role: Role) -> Who:
    return Who("somebody", role, frozenset(PAGES))


def test_the_desk_writes_down_and_asks_once_a_release(tmp_path: Path) -> None:
    desk = Desk(Places(tmp_path))
    officer = _who(Role.RETURNS_OFFICER)
    desk.looked_at_the_demo(officer)
    desk.turned_away("stranger")
    first = desk.ask_for_claimable(officer, "2024-10-31-001")
    assert desk.ask_for_claimable(officer, "2024-10-31-001") == first
    (asked,) = desk.requests()
    assert (asked.number, asked.waiting, asked.by) == (first, True, "somebody")
    book = open_ledger(Places(tmp_path))
    book.end(first, RequestState.DONE, actor="worker", note="in the outbox")
    assert desk.requests()[0].state == "Done"
    assert desk.ask_for_claimable(officer, "2024-10-31-001") > first
    assert [entry.event for entry in book.entries()][:3] == ["sign_in", "sign_in_refused", "requested"]
    book.close()
    desk.close()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.RETURNS_OFFICER])
def test_only_a_returns_officer_asks_for_the_list(tmp_path: Path, role: Role) -> None:
    with pytest.raises(AccessError):
        Desk(Places(tmp_path)).ask_for_claimable(_who(role), "2024-10-31-001")
    assert not (tmp_path / "ledger").exists()


def test_a_ledger_out_of_reach_is_a_users_error(tmp_path: Path) -> None:
    (tmp_path / "ledger").write_text("not a folder")
    with pytest.raises(UserError):
        Desk(Places(tmp_path)).looked_at_the_demo(_who(Role.MANAGER))
