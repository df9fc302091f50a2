"""The page of research exports: run by a researcher and two checkers, read by those who answer for it, and by no one
else."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from evidence.access import Role
from evidence.desk import Desk
from ledger import ExportState, RequestKind
from ledger.canonical import canonical
from release.places import Places
from tests.fakes import NAME

RESEARCHER = ("researcher", "researcher")
RIVAL = ("another researcher", "researcher")
CHECKER, COLLEAGUE = ("checker", "output_checker"), ("colleague", "output_checker")
OFFICER = ("officer", "data_protection_officer")
TITLE = "How long do outcomes last?"
PACKAGE = b"PK a package"
SPECIFICATION = (
    '{"kind":"tables","tables":[{"dimensions":["locality","quarter"],"framework":"",'
    '"measure":"families_helped"}],"version":1}'
)
Opened = Callable[[tuple[str, str]], AppTest]


def _script(data: str, name: str, role: str) -> None:
    from dataclasses import replace
    from pathlib import Path

    from evidence.desk import Desk
    from evidence.evidence import Evidence
    from pages import research
    from release.places import Places
    from tests.fakes import FakeContents, catalogue, visitor

    desk = Desk(Places(Path(data)))
    desk.offers.served = True
    try:
        who = replace(visitor(role), name=name, session=f"session of {name}")
        research.page(Evidence(FakeContents(), catalogue(), desk).seen_by(who), who)
    finally:
        desk.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(Places(tmp_path))
    yield made
    made.close()


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """The page as somebody sees it."""

    def run(who: tuple[str, str]) -> AppTest:
        app = AppTest.from_function(_script, args=(str(tmp_path), *who), default_timeout=30).run()
        assert not app.exception
        return app

    return run


def _words(app: AppTest) -> str:
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.success, app.error)
    parts = [element.value for kind in (*kinds, app.warning, app.info) for element in kind]
    parts += [table.value.to_csv() for table in app.table]
    parts += [str(option) for box in app.selectbox for option in box.options]
    return "\n".join(parts).replace("\\", "")


def _confirm(app: AppTest, act: str) -> AppTest:
    """Tick the box of an act and press its button."""
    (box,) = [one for one in app.checkbox if str(one.key).startswith(f"{act}_agreed")]
    box.check().run()
    app.button(key=f"{act}_button").click().run()
    assert not app.exception
    return app


def _acts(app: AppTest) -> set[str]:
    return {str(one.key).removesuffix("_button") for one in app.button if str(one.key).endswith("_button")}


def _links(app: AppTest) -> list[str]:
    return [one.proto.url for one in app.get("link_button")]


def begun(desk: Desk, by: str = "researcher", people: tuple[str, ...] = (), name: str = "lasting") -> int:
    """A project in the ledger."""
    ends = datetime.now(UTC).date() + timedelta(days=30)
    return desk.ledger.projects.begin(
        name,
        title=TITLE,
        purpose="to learn what lasts",
        basis="Article 6(1)(e)",
        people=people,
        ends=ends,
        latest=ends,
        budget=500_000,
        by=by,
        role="researcher",
    )


def asked(desk: Desk, project: int, by: str = "researcher") -> int:
    """An export of it in the ledger."""
    return desk.ledger.exports.ask(project, "tables", SPECIFICATION, release=NAME, by=by, role="researcher")


def prepared(desk: Desk, number: int) -> None:
    """What the worker does to prepare an export."""
    report = {
        "version": 1,
        "kind": "tables",
        "release": NAME,
        "files": [
            {
                "name": "data/table_01.csv",
                "sha256": "0" * 64,
                "bytes": 900,
                "rows": 40,
                "cells": 40,
                "shown": 37,
                "withheld": 3,
                "smallest": 0,
                "smallest_above_zero": 10,
                "rounding": "cell keys",
                "classes": [{"from": 0, "to": 0, "cells": 4}, {"from": 10, "to": None, "cells": 33}],
            }
        ],
        "audit": {"passed": True, "words": ["No figure could be worked out."], "attacks": []},
        "risk": {"prosecutor": {"highest": "20%"}, "smallest_class": 5},
        "together": [{"export": 7, "words": "nothing more is learnt", "found": 0}],
        "private": None,
        "notes": ["Shares are worked out from shown counts."],
    }
    files = {f"export-{number:06d}.zip": sha256(PACKAGE).hexdigest()}
    desk.ledger.exports.prepared(number, files, canonical(report))


def released(desk: Desk, number: int) -> None:
    """What the worker does when two have approved."""
    desk.places.outbox.mkdir(parents=True, exist_ok=True)
    (desk.places.outbox / f"export-{number:06d}.zip").write_bytes(PACKAGE)
    desk.ledger.exports.released(number, dict(desk.ledger.exports.standing(number).files))


def test_an_export_is_asked_for_checked_by_two_and_given_to_its_author(opened: Opened, desk: Desk) -> None:
    app = opened(RESEARCHER)
    assert _acts(app) == {"project_begin"}
    app.text_input(key="project_begin_title").set_value(TITLE)
    app.text_input(key="project_begin_name").set_value("lasting")
    app.text_area(key="project_begin_purpose").set_value("to learn\nwhat lasts")
    app.text_input(key="project_begin_basis").set_value("Article 6(1)(e)")
    app.text_area(key="project_begin_people").set_value("helper@university.example\n")
    _confirm(app, "project_begin")
    assert "is begun" in app.success[0].value
    (project,) = desk.ledger.projects.standings()
    assert (project.author, project.people) == ("researcher", ("helper@university.example",))
    assert project.purpose == "to learn what lasts"

    app.selectbox(key="export_form_measure_tables").select("families_helped").run()
    app.multiselect(key="export_form_by_tables_families_helped").select("quarter").select("locality").run()
    app.button(key="export_form_add").click().run()
    words = _words(app)
    assert "Structure alone" in words
    assert "Centre" in words
    assert not app.metric
    _confirm(app, "export_ask")
    (export,) = desk.ledger.exports.standings()
    assert (export.author, json.loads(export.specification)) == ("researcher", json.loads(SPECIFICATION))
    (request,) = desk.ledger.requests(RequestKind.PREPARE_EXPORT)
    assert (request.subject, request.release, request.role) == (str(export.number), NAME, "researcher")
    assert "The worker prepares it" in _words(opened(RESEARCHER))

    prepared(desk, export.number)
    app = opened(CHECKER)
    words = _words(app)
    assert "waits for your decision" in words
    for said in ("data/table_01", "It withstood the attacks", "nothing more is learnt", "(prosecutor)"):
        assert said in words
    app.radio(key="export_decide_1_verdict").set_value("approve").run()
    _confirm(app, "export_decide")
    assert "Say why" in app.error[0].value
    app.text_area(key="export_decide_1_why").set_value("nothing small is shown").run()
    _confirm(app, "export_decide")
    assert "You have approved export 1" in app.success[0].value.replace("\\", "")
    assert "export_decide" not in _acts(app)

    # Before both have decided nobody sees which way, whoever they are.
    for other in (COLLEAGUE, RESEARCHER, OFFICER, ("auditor", "auditor")):
        app = opened(other)
        assert "nothing small is shown" not in _words(app)
        assert not _links(app)
    app = opened(COLLEAGUE)
    app.radio(key="export_decide_1_verdict").set_value("approve").run()
    app.text_area(key="export_decide_1_why").set_value("the noise is enough").run()
    _confirm(app, "export_decide")
    assert "nothing small is shown" in _words(opened(COLLEAGUE))
    app = opened(RESEARCHER)
    assert "Next: the worker lays the package out" in _words(app)
    assert not _links(app)

    released(desk, export.number)
    (link,) = _links(opened(RESEARCHER))
    assert link.startswith("/download/")
    for other in (RIVAL, CHECKER, OFFICER):
        assert not _links(opened(other))
    desk.ledger.projects.end(project.number, "done", by="researcher", role="researcher")
    app = opened(RESEARCHER)
    assert not _links(app)
    assert "Its project is over" in _words(app)
    words = _words(opened(OFFICER))
    assert "0 running, 1 over" in words
    assert "PAST" in words
    desk.ledger.verify()


@pytest.mark.parametrize("role", [Role.OUTPUT_CHECKER, Role.DATA_PROTECTION_OFFICER, Role.MANAGER])
def test_another_role_can_neither_begin_nor_ask_nor_decide_by_a_crafted_state(
    opened: Opened, desk: Desk, tmp_path: Path, role: Role
) -> None:
    prepared(desk, asked(desk, begun(desk, people=("somebody",))))
    before = len(desk.ledger.entries())
    app = AppTest.from_function(_script, args=(str(tmp_path), "somebody", role.value), default_timeout=30)
    for name in (
        "project_begin_button",
        "export_ask_button",
        "export_decide_button",
        "export_withdraw_button",
    ):
        app.session_state[name] = True
    app.session_state["export_decide_1_verdict"] = "approve"
    app.session_state["export tables tables"] = "x"
    app.query_params["check"] = "1"
    app.run()
    # A checker who is named in the project sees why they cannot decide; nobody is offered what is not theirs.
    assert not _acts(app) - (
        {"project_end", "export_withdraw"} if role is Role.DATA_PROTECTION_OFFICER else set()
    )
    assert len(desk.ledger.entries()) == before
    if role is Role.OUTPUT_CHECKER:
        assert "export_decide" not in _acts(app)
        assert desk.ledger.exports.may_decide(1, "somebody", "output_checker")


def test_what_ended_before_it_was_prepared_is_put_before_no_checker(opened: Opened, desk: Desk) -> None:
    number = begun(desk)
    asked(desk, number)
    desk.ledger.projects.end(number, "no money", by="researcher", role="researcher")
    assert "Nothing was put before you yet" in _words(opened(CHECKER))


def test_nobody_sees_what_another_researcher_asks_for(opened: Opened, desk: Desk) -> None:
    asked(desk, begun(desk, people=("named",)))
    assert "Families helped by locality and quarter" in _words(opened(RESEARCHER))
    for other in (RIVAL, ("named", "researcher")):
        words = _words(opened(other))
        assert "Families helped by locality" not in words
        assert "You have not asked for any" in words
    # What is not prepared is not put before a checker.
    assert "Nothing was put before you yet" in _words(opened(CHECKER))
    # Whoever is named in the project asks in it for themselves.
    assert TITLE in _words(opened(("named", "researcher")))
    assert TITLE not in _words(opened(RIVAL))


def test_an_export_is_returned_or_withdrawn_with_a_reason(opened: Opened, desk: Desk) -> None:
    project = begun(desk)
    first, second = asked(desk, project), asked(desk, project)
    prepared(desk, first)
    for name, verdict in (("checker", "approve"), ("colleague", "return")):
        desk.ledger.exports.decide(first, verdict, f"because of {name}", by=name, role="output_checker")
    app = opened(RESEARCHER)
    app.selectbox(key="export").select(str(first)).run()
    assert "because of colleague" in _words(app)
    app.selectbox(key="export").select(str(second)).run()
    app.text_input(key=f"export_withdraw_{second}_why").set_value("not needed any more").run()
    _confirm(app, "export_withdraw")
    states = [one.state for one in desk.ledger.exports.standings()]
    assert states == [ExportState.RETURNED, ExportState.WITHDRAWN]


@pytest.mark.parametrize(
    ("kind", "words"), [("microdata", "sensitive: kept diverse"), ("private", "0.5 of its privacy budget")]
)
def test_other_kinds_are_put_together_too(opened: Opened, desk: Desk, kind: str, words: str) -> None:
    begun(desk)
    app = opened(RESEARCHER)
    app.radio(key="export_form_kind").set_value(kind).run()
    assert not app.exception
    if kind == "microdata":
        columns = app.multiselect(key="export_form_columns_person")
        columns.set_value(["age_band", "sex", "locality"]).run()
    else:
        app.button(key="export_form_add").click().run()
    assert words in _words(app) + str([one.options for one in app.multiselect])
    _confirm(app, "export_ask")
    (export,) = desk.ledger.exports.standings()
    assert export.kind == kind


def test_a_policy_with_a_mistake_lets_nothing_be_asked_and_names_no_folder(
    opened: Opened, desk: Desk, tmp_path: Path
) -> None:
    begun(desk)
    (tmp_path / "research.toml").write_text("k = 1\n", encoding="utf-8")
    app = opened(RESEARCHER)
    assert "Nothing can be asked for" in _words(app)
    assert str(tmp_path) not in _words(app)
    assert "export_ask" not in _acts(app)
