"""The page of a claims window, run by a returns officer, an auditor and a second officer; and by nobody else."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from evidence.access import Role
from evidence.desk import Desk
from evidence.reasons import REASONS, Occasion
from ledger import Event, RequestKind, RequestState, Step
from release.places import Places
from tests.fakes import NAME, open_a_window, visitor

OFFICER = ("officer", "returns_officer")
COLLEAGUE = ("colleague", "returns_officer")
AUDITOR = ("auditor", "auditor")
OPENING = "supporting-families-2022/2024-25-Q3"
Opened = Callable[[tuple[str, str]], AppTest]


def _script(data: str, name: str, role: str) -> None:
    from dataclasses import replace
    from pathlib import Path

    from evidence.desk import Desk
    from evidence.evidence import Evidence
    from pages import window
    from release.places import Places
    from tests.fakes import FakeContents, catalogue, visitor

    desk = Desk(Places(Path(data)))
    try:
        window.page(Evidence(FakeContents(), catalogue(), desk), replace(visitor(role), name=name))
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
    kinds = (
        app.title,
        app.subheader,
        app.markdown,
        app.caption,
        app.success,
        app.error,
        app.warning,
        app.info,
    )
    parts = [element.value for kind in kinds for element in kind]
    parts += [f"{metric.label} {metric.value}" for metric in app.metric]
    parts += [table.value.to_csv() for table in app.table]
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


def test_a_window_is_run_by_three_people(opened: Opened, desk: Desk) -> None:
    app = opened(OFFICER)
    assert "Next: a returns officer opens the window." in _words(app)
    assert _acts(app) == {"open"}
    app.checkbox(key="by_risk").check().run()
    _confirm(app, "open")
    assert "Request 1 is with the worker" in app.success[0].value
    assert "Waiting for the worker" in _words(app)
    assert _acts(app) == set()
    (asked,) = desk.ledger.requests(RequestKind.OPEN_WINDOW)
    assert (asked.asked_by, dict(asked.detail)) == ("officer", {"by_risk": True})

    window = open_a_window(desk, by="officer")
    app = opened(AUDITOR)
    assert "12 of 12 sampled claims wait for a verdict" in _words(app)
    app.checkbox(key="packs_all").check().run()
    _confirm(app, "pack")
    assert "12 evidence packs asked for" in app.success[0].value.replace("\\", "")
    app.checkbox(key="judged_all").check().run()
    _confirm(app, "judge")
    assert "12 claims upheld." in app.success[0].value.replace("\\", "")
    assert _acts(app) == set()
    assert "Audited 12 of 12" in _words(app)
    assert "Sample Passed" in _words(app)

    # Whoever prepared the window is told why they cannot sign, and is offered nothing.
    app = opened(OFFICER)
    assert "sign" not in _acts(app)
    assert "somebody else signs it" in _words(app)
    app = _confirm(opened(COLLEAGUE), "sign")
    assert "is signed by colleague" in app.success[0].value
    assert "submit" not in _acts(app)
    assert "You signed this window" in _words(app)
    app = _confirm(opened(OFFICER), "submit")
    assert "120 claims submitted, worth £96,000" in app.success[0].value.replace("\\", "")

    app.radio(key="answer").set_value("Rejected").run()
    app.multiselect(key="answered").select(1).select(2).run()
    _confirm(app, "reject")
    assert "2 claims recorded as rejected, worth £1,600" in app.success[0].value.replace("\\", "")
    app.radio(key="answer").set_value("Paid").run()
    app.checkbox(key="answered_all").check().run()
    _confirm(app, "pay")
    assert "118 claims recorded as paid" in app.success[0].value.replace("\\", "")
    assert "Nothing more is to be done" in _words(app)
    assert {one.step for one in desk.ledger.claims.standings(window=window)} == {Step.PAID, Step.REJECTED}
    assert _acts(opened(AUDITOR)) == {"bundle"}
    # Claims are known by their numbers: nothing that leads to a family is ever on the page.
    tokens = {token for one in desk.ledger.claims.standings() for token in (*one.slots, one.evidence)}
    seen = "".join(_words(opened(who)) for who in (OFFICER, AUDITOR))
    assert not any(token in seen for token in tokens)
    desk.ledger.verify()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.RETURNS_OFFICER, Role.AUDITOR}))
def test_nobody_else_sees_the_page_or_acts_by_a_crafted_state(
    opened: Opened, desk: Desk, tmp_path: Path, role: Role
) -> None:
    open_a_window(desk)
    before = len(desk.ledger.entries())
    app = AppTest.from_function(_script, args=(str(tmp_path), "somebody", role.value), default_timeout=30)
    for name in ("judged_all", "withdrawn_all", "sign_button", "open_button", "by_risk"):
        app.session_state[name] = True
    app.session_state["window_supporting-families-2022"] = "2024-25-Q3"
    app.session_state["window said"] = (True, "120 claims")
    app.query_params["window"] = "2024-25-Q3"
    app.run()
    assert [one.value for one in app.title] == ["Not for this role"]
    assert not [*app.button, *app.checkbox, *app.table, *app.metric, *app.success]
    assert len(desk.ledger.entries()) == before


def test_a_window_that_a_quota_kept_empty_is_filled_later(opened: Opened, desk: Desk) -> None:
    asked = desk.ask(visitor("returns_officer"), RequestKind.OPEN_WINDOW, NAME, OPENING)
    open_a_window(desk, by="officer", claims=0)
    reason = "The quota is 100 claims: 0 are entered and 120 more are asked for, 20 too many"
    desk.ledger.end(asked, RequestState.REFUSED, actor="custody", note=reason)
    app = opened(OFFICER)
    assert reason in _words(app)
    assert "none is in this window" in _words(app)
    app.number_input(key="most").set_value(100).run()
    _confirm(app, "open")
    (again, _) = desk.ledger.requests(RequestKind.OPEN_WINDOW)
    assert (again.subject, dict(again.detail)) == (OPENING, {"most": 100})


def test_a_tick_is_for_the_claims_that_it_names(opened: Opened, desk: Desk) -> None:
    open_a_window(desk)
    app = opened(AUDITOR)
    drawn = app.multiselect(key="judged").options
    app.multiselect(key="judged").select(int(drawn[0])).run()
    (box,) = [one for one in app.checkbox if str(one.key).startswith("judge_agreed")]
    assert box.label.replace("\\", "") == "Yes: 1 claim upheld."
    box.check().run()
    app.multiselect(key="judged").select(int(drawn[1])).run()
    (box,) = [one for one in app.checkbox if str(one.key).startswith("judge_agreed")]
    assert not box.value
    assert app.button(key="judge_button").disabled


def test_a_verdict_that_names_somebody_is_refused_and_goes_nowhere(opened: Opened, desk: Desk) -> None:
    open_a_window(desk)
    app = opened(AUDITOR)
    app.multiselect(key="judged").select(int(app.multiselect(key="judged").options[0])).run()
    app.radio(key="verdict").set_value("Struck out").run()
    app.selectbox(key="judge_struck_out_reason").select("other").run()
    app.text_input(key="judge_struck_out_remark").input("the mother, Mary Marigold, moved").run()
    _confirm(app, "judge")
    assert "without a name" in app.error[0].value
    assert "Marigold" not in _words(app)
    assert not any("Marigold" in str(entry) for entry in desk.ledger.entries())
    assert Event.CLAIMS_AUDITED not in {entry.event for entry in desk.ledger.entries()}
    assert set(REASONS[Occasion.STRUCK_OUT]) == {
        "evidence_missing",
        "not_sustained",
        "need_missed",
        "not_eligible",
        "practice",
        "claimed_before",
        "other",
    }


def test_changed_evidence_is_told_by_claim_number_and_keeps_from_submitting(
    opened: Opened, desk: Desk
) -> None:
    window = open_a_window(desk, by="officer", claims=12)
    claims = desk.ledger.claims
    numbers = [one.number for one in claims.standings()]
    found = {one.slots[0]: one.evidence for one in claims.standings()}
    found[next(iter(found))] = "f" * 64
    app = opened(AUDITOR)
    app.checkbox(key="judged_all").check().run()
    _confirm(app, "judge")
    frameworks = ["supporting-families-2022"]
    claims.compare_evidence(found, frameworks=frameworks, by="pipelines", role="run", release="later")
    _confirm(opened(COLLEAGUE), "sign")
    app = opened(OFFICER)
    assert "1 claim has other evidence now than when entered: 1." in _words(app)
    assert "submit" not in _acts(app)
    assert app.multiselect(key="withdrawn").value == numbers[:1]
    _confirm(app, "withdraw")
    app = _confirm(opened(OFFICER), "submit")
    assert "11 claims submitted" in app.success[0].value.replace("\\", "")
    assert claims.counts(window=window)


@pytest.mark.parametrize("value", ["", "'; DROP TABLE claim; --", "../../etc/passwd", "9" * 400, "<script>"])
def test_whatever_an_address_says_changes_nothing(desk: Desk, tmp_path: Path, value: str) -> None:
    open_a_window(desk, claims=12)
    before = len(desk.ledger.entries())
    app = AppTest.from_function(_script, args=(str(tmp_path), *AUDITOR), default_timeout=30)
    for name in ("window", "claim", "framework", "role", "page", "step"):
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert app.selectbox(key="window_supporting-families-2022").value == "2024-25-Q3"
    assert len(desk.ledger.entries()) == before


def test_a_window_of_thousands_is_shown_by_the_page(opened: Opened, desk: Desk) -> None:
    open_a_window(desk, claims=3000)
    app = opened(AUDITOR)
    assert "3,000 claims, £2,400,000" in _words(app)
    assert max(len(table.value) for table in app.table) <= 25
    app.number_input(key="claim_page").set_value(120).run()
    assert any("3000" in table.value.to_csv() for table in app.table)
    app.number_input(key="history").set_value(3000).run()
    assert not app.exception
