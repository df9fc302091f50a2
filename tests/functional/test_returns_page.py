"""The page of a quarterly return, run by two officers and read by others; and by nobody else."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from evidence.access import Role
from evidence.desk import Desk
from ledger import RequestKind, RequestState, ReturnState
from release.places import Places
from tests.fakes import NAME
from tests.made_returns import PERIOD, TEMPLATE, checked, drawn_up, submitted, write_template

OFFICER, COLLEAGUE = ("officer", "returns_officer"), ("colleague", "returns_officer")
MANAGER, AUDITOR = ("boss", "manager"), ("auditor", "auditor")
Opened = Callable[[tuple[str, str]], AppTest]


def _script(data: str, name: str, role: str) -> None:
    from dataclasses import replace
    from pathlib import Path

    from evidence.desk import Desk
    from evidence.evidence import Evidence
    from pages import returns
    from release.places import Places
    from tests.fakes import FakeContents, catalogue, visitor

    desk = Desk(Places(Path(data)))
    desk.offers.served = True
    try:
        who = replace(visitor(role), name=name, session=f"session of {name}")
        returns.page(Evidence(FakeContents(), catalogue(), desk).seen_by(who), who)
    finally:
        desk.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    write_template(tmp_path)
    made = Desk(Places(tmp_path))
    yield made
    made.close()


@pytest.fixture
def opened(tmp_path: Path, desk: Desk) -> Opened:
    """The page as somebody sees it."""

    def run(who: tuple[str, str]) -> AppTest:
        app = AppTest.from_function(_script, args=(str(tmp_path), *who), default_timeout=30).run()
        assert not app.exception
        return app

    return run


def _words(app: AppTest) -> str:
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.success, app.error)
    parts = [element.value for kind in (*kinds, app.warning, app.info, app.code) for element in kind]
    parts += [table.value.to_csv() for table in app.table]
    return "\n".join(parts).replace("\\", "")


def _confirm(app: AppTest, act: str) -> AppTest:
    """Tick the box of an act and press its button."""
    (box,) = [one for one in app.checkbox if str(one.key).startswith(f"return_{act}_agreed")]
    box.check().run()
    app.button(key=f"return_{act}_button").click().run()
    assert not app.exception
    return app


def _acts(app: AppTest) -> set[str]:
    return {
        str(one.key).removeprefix("return_").removesuffix("_button")
        for one in app.button
        if str(one.key).endswith("_button")
    }


def _links(app: AppTest) -> list[str]:
    return [line for one in app.markdown for line in one.value.splitlines() if "/download/" in line]


def _done(desk: Desk, kind: RequestKind) -> None:
    for one in desk.ledger.requests(kind):
        if one.state is RequestState.WAITING:
            desk.ledger.end(one.id, RequestState.DONE, actor="custody", note="done")


def test_a_return_is_drawn_up_checked_answered_signed_by_two_and_submitted(
    opened: Opened, desk: Desk
) -> None:
    app = opened(OFFICER)
    assert "Nothing has been drawn up for this period. Next: a returns officer draws it up." in _words(app)
    assert "Nobody has compared this return" in _words(app)
    assert _acts(app) == {"draw_up"}
    assert _acts(opened(MANAGER)) == _acts(opened(AUDITOR)) == set()
    _confirm(app, "draw_up")
    assert "must be written before" in _words(app)
    app.text_area(key=f"return_progress_{PERIOD}_text_milestones").set_value("Sam Smith, SW1A 1AA").run()
    _confirm(app, "draw_up")
    assert "could be known or led astray by" in _words(app)
    app.text_area(key=f"return_progress_{PERIOD}_text_milestones").set_value(
        "A *new* team.\n\nIt works."
    ).run()
    _confirm(app, "draw_up")
    assert "Request 1 is with the worker" in _words(app)
    assert "The worker is at it" in _words(app)
    (asked,) = desk.ledger.requests(RequestKind.DRAW_UP_RETURN)
    assert (asked.subject, asked.release, asked.role) == (f"progress/{PERIOD}", NAME, "returns_officer")
    assert asked.detail == {"narrative": {"milestones": "A *new* team.\n\nIt works."}}

    number = drawn_up(desk)
    _done(desk, RequestKind.DRAW_UP_RETURN)
    app = opened(OFFICER)
    words = _words(app)
    for said in ("[c]", "suppressed", "239", "measure: families_helped", "A *new* team began."):
        assert said in words
    # Before it is signed a draft is for those who work on it or sign it.
    assert "239" in _words(opened(MANAGER))
    assert _acts(app) == {"check", "withdraw"}
    app.button(key="return_check_button").click().run()
    (asked,) = desk.ledger.requests(RequestKind.CHECK_RETURN)
    assert asked.subject == str(number)

    checked(desk, number)
    _done(desk, RequestKind.CHECK_RETURN)
    assert "sign" not in _acts(opened(COLLEAGUE))
    app = opened(OFFICER)
    assert "Next: a returns officer answers a query in writing." in _words(app)
    key = f"return_answer_{number}_change_on_last_period"
    app.button(key=f"{key}_button").click().run()
    assert "Write the answer first" in _words(app)
    app.text_area(key=key).set_value("A third team began.").run()
    app.button(key=f"{key}_button").click().run()
    assert "The query is answered." in _words(app)
    assert "A third team began. (officer)" in _words(app)

    app = _confirm(opened(OFFICER), "sign")
    assert "Somebody else signs it, too" in _words(app)
    # Whoever signed does not sign again, however they spell themselves.
    for same in (OFFICER, (" OFFICER ", "returns_officer")):
        app = opened(same)
        assert "sign" not in _acts(app)
        assert "You have signed this version" in _words(app)
    app = opened(MANAGER)
    assert desk.ledger.returns.standing(number).digest in _words(app)
    _confirm(app, "sign")
    assert "It can be submitted." in _words(app)
    app = _confirm(opened(OFFICER), "submit")
    assert "Version 1 is submitted and frozen." in _words(app)
    standing = desk.ledger.returns.standing(number)
    assert standing.state is ReturnState.SUBMITTED
    assert [one.by for one in standing.signatures] == ["officer", "boss"]
    for who in (OFFICER, MANAGER, AUDITOR):
        # The spreadsheet, the JSON, the table's two files, and all of them in one.
        assert len(_links(opened(who))) == 5
    desk.ledger.verify()


def test_a_later_version_shows_what_it_changes_and_why(opened: Opened, desk: Desk) -> None:
    submitted(desk)
    app = opened(OFFICER)
    assert _acts(app) == {"draw_up"}
    app.text_area(key=f"return_progress_{PERIOD}_text_milestones").set_value("As before.").run()
    _confirm(app, "draw_up")
    assert "say why there must be another one" in _words(app)
    second = drawn_up(desk, helped=250, why="late records of a partner")
    app = opened(COLLEAGUE)
    words = _words(app)
    assert "What changes since version 1" in words
    assert "2 cells change. Why there is another version: late records of a partner" in words
    assert "+10" in words
    app.text_input(key=f"return_withdraw_{second}_why").set_value("the records were wrong").run()
    _confirm(app, "withdraw")
    assert desk.ledger.returns.standing(second).state is ReturnState.WITHDRAWN
    # The one that counts is what is shown again; the withdrawn one's files are given to nobody.
    app = opened(OFFICER)
    assert "Version 1 was submitted" in _words(app)
    (box,) = [one for one in app.selectbox if str(one.key).startswith("version_")]
    box.select(str(second)).run()
    assert "its files are given to nobody" in _words(app)
    assert not _links(app)


def test_what_failed_a_check_is_signed_by_nobody(opened: Opened, desk: Desk) -> None:
    number = drawn_up(desk)
    checked(desk, number, outcome="failed")
    for who in (OFFICER, COLLEAGUE, MANAGER):
        app = opened(who)
        assert "sign" not in _acts(app)
        assert "1 check failed" in _words(app)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR, Role.RESEARCHER])
def test_nobody_else_works_on_it_by_a_crafted_state(
    opened: Opened, desk: Desk, tmp_path: Path, role: Role
) -> None:
    checked(desk, drawn_up(desk), outcome="passed")
    before = len(desk.ledger.entries())
    app = AppTest.from_function(_script, args=(str(tmp_path), "somebody", role.value), default_timeout=30)
    for act in ("draw_up", "check", "submit", "withdraw", "sign", "files"):
        app.session_state[f"return_{act}_button"] = True
    app.session_state["returns said"] = "x"
    app.query_params["return"] = "../../x"
    app.run()
    assert _acts(app) <= {"sign"}
    assert ("sign" in _acts(app)) == (role is Role.MANAGER)
    assert len(desk.ledger.entries()) == before
    if role not in (Role.MANAGER, Role.AUDITOR):
        assert "239" not in _words(app)


def test_a_template_with_a_mistake_is_said_and_names_no_folder(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "returns" / "progress.toml").write_text("title = 3\n", encoding="utf-8")
    app = opened(OFFICER)
    assert "progress.toml holds a mistake" in _words(app)
    assert str(tmp_path) not in _words(app)
    assert not app.selectbox
    # The others can be used all the same.
    (tmp_path / "returns" / "other.toml").write_text(TEMPLATE, encoding="utf-8")
    app = opened(OFFICER)
    assert "progress.toml holds a mistake" in _words(app)
    assert app.selectbox(key="return").options == ["Quarterly progress"]
