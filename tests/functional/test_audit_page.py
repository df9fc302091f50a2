"""The audit page: who did what, a page of lines at a time, who is here now, and whether all of it is whole."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from evidence import audit_log
from evidence.access import Role
from evidence.desk import Desk
from evidence.errors import AccessError
from evidence.evidence import Evidence
from ledger import PROVIDER, Event, LedgerError, SignIn
from release.places import Places
from tests.fakes import FakeContents, evidence_of, visitor


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(Places(tmp_path))
    now = datetime.now(UTC).replace(microsecond=0)
    for key, name in (("k", "Ann <b>Lee</b>"), ("l", "ben_*lee*@council.example")):
        sign_in = SignIn(key, name, "manager", "", PROVIDER, now)
        made.ledger.sessions.turn(sign_in, made.rules().lasts, now)
    yield made
    made.close()


def _script(data: str, role: str) -> None:
    from pathlib import Path

    from evidence.desk import Desk
    from pages import audit
    from release.places import Places
    from tests.fakes import FakeContents, evidence_of, visitor

    desk = Desk(Places(Path(data)))
    audit.page(evidence_of(FakeContents(), role=role, desk=desk), visitor(role))
    desk.close()


def opened(desk: Desk, role: Role = Role.DATA_PROTECTION_OFFICER) -> AppTest:
    app = AppTest.from_function(_script, args=(str(desk.places.data), role.value), default_timeout=30).run()
    assert not app.exception
    return app


def evidence(desk: Desk) -> Evidence:
    return evidence_of(FakeContents(), role="auditor", desk=desk)


def buttons(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def test_every_event_is_of_one_kind_and_has_words() -> None:
    listed = [event for _, events in audit_log.KINDS.values() for event in events]
    assert sorted(listed) == sorted(Event)


def test_it_shows_who_did_what_and_names_do_no_harm(desk: Desk) -> None:
    app = opened(desk)
    assert [one.value for one in app.metric] == ["2", "0", "0", "0"]
    (_, lines, there) = app.table
    names = lines.value["Who"].tolist()
    assert [one.replace("\\", "") for one in names] == ["ben_*lee*@council.example", "Ann <b>Lee</b>"]
    assert not any("<b>" in one or "*lee" in one.replace("\\*", "") for one in names)
    assert there.value.shape[0] == 2
    assert "row" not in lines.value["More"].str.cat()


def test_only_a_data_protection_officer_ends_sessions(desk: Desk) -> None:
    assert "End this session" not in buttons(opened(desk, Role.AUDITOR))
    for role in Role:
        if role is not Role.DATA_PROTECTION_OFFICER:
            with pytest.raises(AccessError):
                audit_log.end_session(evidence(desk), visitor(role), 1)
    app = opened(desk)
    app.selectbox(key="session").select("1").run()
    app.button(key="end").click().run()
    assert not app.exception
    assert "Lee" in app.success[0].value
    ended = desk.ledger.entries()[-1]
    assert (ended.event, ended.subject, ended.detail["name"]) == (
        "session_ended",
        "session 1",
        "Ann <b>Lee</b>",
    )
    assert [one.number for one in audit_log.open_sessions(evidence(desk))] == [2]
    # It was ended by somebody else meanwhile.
    desk.ledger.sessions.revoke(2, by="root", role="pipelines")
    assert "Nobody" in "".join(one.value for one in app.run().caption)


def test_older_lines_are_a_click_away(desk: Desk) -> None:
    for number in range(120):
        desk.ledger.record(Event.VIEWED, actor=f"user {number}", role="auditor", subject="payment")
    app = opened(desk)
    assert app.table[1].value["Line"].tolist()[0] == "122"
    app.button(key="older").click().run()
    assert app.table[1].value["Line"].tolist() == [str(line) for line in range(72, 22, -1)]
    app.button(key="older").click().run()
    assert app.table[1].value["Line"].tolist()[-1] == "1"
    assert "Older lines" not in buttons(app)
    app.selectbox(key="kind").select("sign_ins").run()
    assert app.table[1].value["Line"].tolist() == ["2", "1"]
    app.selectbox(key="kind").select("views").run()
    assert app.table[1].value["Line"].tolist()[0] == "122"


def test_the_log_is_checked_and_a_change_is_found(desk: Desk) -> None:
    app = opened(desk)
    app.button(key="check").click().run()
    assert "Whole: 2 lines" in app.success[0].value
    assert audit_log.state(evidence(desk)).whole == 2
    with pytest.raises(AccessError):
        audit_log.verify(evidence(desk), visitor(Role.MANAGER))
    import sqlite3

    connection = sqlite3.connect(desk.places.ledger)
    connection.execute("DROP TRIGGER audit_no_update")
    connection.execute("UPDATE audit SET actor = 'Eve' WHERE number = 1")
    connection.commit()
    connection.close()
    app.button(key="check").click().run()
    assert not app.exception
    assert "reference" in app.error[0].value
    assert not app.success
    with pytest.raises(LedgerError):
        desk.ledger.verify()


@pytest.mark.parametrize(
    ("key", "value"),
    [("audit_before", "x" * 1_000_000), ("audit_before", (("", ""), -1)), ("kind", "'; --"), ("month", "x")],
)
def test_what_a_browser_makes_up_is_passed_over(desk: Desk, key: str, value: object) -> None:
    app = AppTest.from_function(_script, args=(str(desk.places.data), "auditor"), default_timeout=30)
    app.session_state[key] = value
    app.run()
    assert not app.exception
    assert len(app.table[1].value) == 2


def test_a_line_of_a_later_version_is_shown_as_it_is_written(desk: Desk) -> None:
    import sqlite3

    connection = sqlite3.connect(desk.places.ledger)
    connection.execute("DROP TRIGGER audit_no_update")
    connection.execute("UPDATE audit SET event = 'page_printed' WHERE number = 2")
    connection.commit()
    connection.close()
    app = opened(desk)
    assert app.table[1].value["What"].str.replace("\\", "").tolist() == ["page_printed", "Signed in"]
    assert app.metric[0].value == "1"


def test_a_log_that_is_empty(tmp_path: Path) -> None:
    app = opened(Desk(Places(tmp_path)))
    assert "Nothing was written down yet" in "".join(one.value for one in app.markdown)
