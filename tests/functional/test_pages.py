"""Every page for every role, with full, withheld and empty releases; and the app's door."""

import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from evidence.access import PAGES, Role
from release.places import PROJECT
from tests.fakes import NAME, fake_evidence, visitor, write_release

ALLOWED = {
    "overview": set(Role),
    "outcomes": set(Role) - {Role.DATA_PROTECTION_OFFICER},
    "payment": {Role.MANAGER, Role.RETURNS_OFFICER, Role.AUDITOR},
    "window": {Role.RETURNS_OFFICER, Role.AUDITOR},
    "data_quality": set(Role),
    "privacy": set(Role),
    "safety": {Role.MANAGER, Role.AUDITOR, Role.OUTPUT_CHECKER, Role.DATA_PROTECTION_OFFICER},
}
# How far a figure may be off, where a page is about other figures than those of the catalogue.
OFF_BY = {
    "data_quality": "rounded to the nearest 5, so none is off by more than 2; those under 10 are withheld",
    "privacy": "rounded to the nearest 5, so none is off by more than 2; those under 10 are withheld",
    "window": "are exact on this page",
}


def _script(page: str, role: str, show: str, payment: str) -> None:
    import importlib

    from tests.fakes import fake_evidence, visitor

    who = visitor(role)
    evidence = fake_evidence(show, payment=payment).seen_by(who)
    importlib.import_module(f"pages.{page}").page(evidence, who)


def _opened(page: str, role: str, show: str = "everything", payment: str = "by_results") -> AppTest:
    app = AppTest.from_function(_script, args=(page, role, show, payment), default_timeout=30).run()
    assert not app.exception
    return app


def _words(app: AppTest) -> str:
    """Everything that is written on a page, charts too."""
    parts = [
        element.value for kind in (app.title, app.subheader, app.markdown, app.caption) for element in kind
    ]
    parts += [f"{metric.label} {metric.value}" for metric in app.metric]
    parts += [table.value.to_csv() for table in app.table]
    parts += [chart.proto.spec for chart in app.get("plotly_chart")]
    return "\n".join(parts).replace("\\", "")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_for_its_roles_and_for_nobody_else(page: str, role: Role) -> None:
    app = _opened(page, role)
    if role in ALLOWED[page]:
        words = _words(app)
        assert NAME in words
        assert "31 October 2024" in words
        assert "Made-up data" in words
        assert (
            OFF_BY.get(page, "19 of 20 are within 4 of the true count, none is off by more than 5") in words
        )
    else:
        assert [title.value for title in app.title] == ["Not for this role"]
        assert not app.metric
        assert not app.table
        assert not app.get("plotly_chart")


@pytest.mark.parametrize("payment", ["by_results", "earned_autonomy", "none"])
@pytest.mark.parametrize("show", ["everything", "nothing", "empty"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_stands_whatever_the_release_holds(page: str, show: str, payment: str) -> None:
    app = _opened(page, "returns_officer", show, payment)
    shown = [metric.value for metric in app.metric if page != "safety"]
    if show == "nothing":
        assert all("withheld" in value for value in shown)
    if show == "empty":
        assert all(value == "x" for value in shown)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("payment", ["earned_autonomy", "none"])
def test_no_money_is_shown_where_nothing_is_paid_by_results(page: str, payment: str) -> None:
    words = _words(_opened(page, "manager", payment=payment))
    assert "£" not in words
    assert "claimable claims" not in words


def test_money_is_shown_where_outcomes_are_paid_for() -> None:
    assert "£308,000" in _words(_opened("payment", "manager"))


@pytest.mark.parametrize("page", ["overview", "outcomes", "payment"])
def test_no_chart_without_words_and_a_table(page: str) -> None:
    app = _opened(page, "manager")
    charts = app.get("plotly_chart")
    tables = [expander for expander in app.expander if expander.label == "The table behind it"]
    assert len(charts) == len(tables) > 0
    assert all(len(table.table) == 1 for table in tables)
    assert all(chart.proto.alt for chart in charts)


def test_the_privacy_page_says_what_was_checked_and_who_is_alone() -> None:
    app = _opened("privacy", "data_protection_officer")
    words = _words(app)
    assert "All 3 checks were passed" in app.success[0].value
    assert [metric.value for metric in app.metric] == ["1%", "42%", "81%"]
    assert "e621d13e678e061f" in words
    assert "no text is in the release" in words
    everything = _words(_opened("privacy", "data_protection_officer", "nothing"))
    assert "Alone to a neighbour c (withheld)" in everything


def test_the_safety_page_says_what_was_tried_and_what_became_of_it() -> None:
    app = _opened("safety", "data_protection_officer")
    words = _words(app)
    assert [metric.value for metric in app.metric] == ["12", "95%", "1.6"]
    assert "withstood all 5 attacks" in app.success[0].value
    assert "Work the smallest counts out from all totals at once" in words
    assert "22 of 100" in words
    assert "All of them, where only counts under 5 are hidden" in words
    assert "none of 5,400" in words
    assert "Does it stay safe, and of use?" in words
    assert "all are answered as they are asked" in words
    empty = _words(_opened("safety", "data_protection_officer", "empty"))
    assert "This release does not say" in empty
    assert "withstood" not in empty


def _falling_back(page: str) -> None:
    import importlib

    from tests.fakes import FakeContents, evidence_of, visitor

    states = {
        "needs_sustained|ward": ("coarser", "needs_sustained|locality"),
        "families_helped|quarter": ("coarser", "families_helped|year"),
        "claims_held_up|need": ("coarser", "claims_held_up|headline"),
        "needs_sustained|headline|need": ("withdrawn", None),
        "outcomes_sustained|quarter": ("withdrawn", None),
    }
    importlib.import_module(f"pages.{page}").page(
        evidence_of(FakeContents(states=states)), visitor("manager")
    )


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (
            "overview",
            ["each year?", "by quarter, so this is by financial year", "withdrawn in this breakdown"],
        ),
        ("outcomes", ["by ward, so this is by locality", ",Locality,Needs identified"]),
        ("safety", ["3 by a coarser one, and 1 not at all", "By financial year"]),
    ],
)
def test_a_page_says_where_something_coarser_is_shown(page: str, said: list[str]) -> None:
    app = AppTest.from_function(_falling_back, args=(page,), default_timeout=30).run()
    assert not app.exception
    words = _words(app)
    assert [one for one in said if one not in words] == []
    # What is withdrawn has its words and its table, and no picture of nothing.
    withdrawn = sum("withdrawn in this breakdown" in caption.value for caption in app.caption)
    tables = [expander for expander in app.expander if expander.label == "The table behind it"]
    assert len(app.get("plotly_chart")) == len(tables) - withdrawn // 2


def _in_a_part(page: str) -> None:
    import importlib
    from dataclasses import replace

    from evidence.evidence import Evidence
    from release.catalogue import Scope
    from tests.fakes import FakeContents, FakeDesk, catalogue, visitor

    scopes = {"north": Scope("north", "The north", ("L1",))}
    who = replace(visitor("manager"), scope="north")
    evidence = Evidence(FakeContents(), replace(catalogue(), scopes=scopes), FakeDesk()).seen_by(who)
    importlib.import_module(f"pages.{page}").page(evidence, who)


@pytest.mark.parametrize("page", ["overview", "outcomes"])
def test_a_page_shows_nothing_of_the_whole_council_to_who_is_kept_to_a_part(page: str) -> None:
    """The release has no question of that part: what it has of the whole is not shown in its place."""
    app = AppTest.from_function(_in_a_part, args=(page,), default_timeout=30).run()
    assert not app.exception
    words = _words(app)
    assert "The north alone" in words
    assert [metric.value for metric in app.metric] == ["x"] * len(app.metric)
    assert "2,000" not in words
    assert "Market and Riverside" not in words


def test_months_can_be_shown() -> None:
    app = _opened("overview", "researcher")
    app.selectbox(key="period").select("month").run()
    assert not app.exception
    assert "each month?" in _words(app)
    assert "Sep 2024" in _words(app)


def _under_two(page: str, role: str) -> None:
    import importlib

    from evidence.evidence import Evidence
    from tests.fakes import FakeDesk, TwoFrameworks, catalogue, visitor

    evidence = Evidence(TwoFrameworks(), catalogue(), FakeDesk()).seen_by(visitor(role))
    importlib.import_module(f"pages.{page}").page(evidence, visitor(role))


@pytest.mark.parametrize("page", ["outcomes", "payment", "window"])
def test_a_framework_is_chosen_where_there_are_several(page: str) -> None:
    app = AppTest.from_function(_under_two, args=(page, "returns_officer"), default_timeout=30).run()
    assert not app.exception
    chooser = app.selectbox(key="framework")
    assert chooser.options == ["National Supporting Families Outcome Framework (2022)", "A contract"]
    before = _words(app)
    chooser.select("contract").run()
    assert not app.exception
    if page == "payment":
        assert "deducts 1/6" in _words(app)
        assert f"£{230 * 300 + 155 * 1200:,}" in _words(app)
        app.selectbox(key="kind_contract").select("sustain").run()
        assert not app.exception
        assert f"£{155 * 1200:,}" in _words(app)
        assert before != _words(app)
    strange = AppTest.from_function(_under_two, args=(page, "returns_officer"), default_timeout=30)
    strange.session_state["framework"] = "'; DROP TABLE answer; --"
    strange.run()
    assert not strange.exception
    assert _words(strange) == before


def test_a_chart_of_claims_says_where_families_are_held_up() -> None:
    app = _opened("payment", "manager")
    assert "Entered as a claim" in _words(app)
    assert "No whole-family assessment" in _words(app)
    everything = _words(app)
    app.selectbox(key="held_up_team").select("North team").run()
    app.selectbox(key="held_up_missing").select("assessment").run()
    app.selectbox(key="held_up_by").select("ward").run()
    assert not app.exception
    assert _words(app) != everything


def test_an_officer_asks_for_the_list_and_sees_the_request() -> None:
    app = _opened("payment", "returns_officer")
    before = len(app.table)
    app.button(key="ask").click().run()
    assert not app.exception
    assert "Request 1 is with the worker." in app.success[0].value
    assert before == len(app.table) - 1


@pytest.mark.parametrize("role", ["manager", "auditor"])
def test_nobody_else_is_offered_the_list(role: str) -> None:
    assert not _opened("payment", role).button


def test_filters_change_the_figures() -> None:
    app = _opened("outcomes", "manager")
    everything = _words(app)
    app.selectbox(key="locality").select("L1").run()
    app.selectbox(key="headline").select("9").run()
    app.selectbox(key="by").select("age_band").run()
    assert not app.exception
    assert _words(app) != everything
    assert "9.1" in _words(app)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OUTCOME_LENS_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def app(data: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The app as a browser on this machine sees it."""
    at_home(monkeypatch)
    return AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)


def at_home(
    monkeypatch: pytest.MonkeyPatch, address: str = "127.0.0.1", host: str = "localhost:8501"
) -> None:
    import streamlit.config
    from streamlit.runtime.context import ContextProxy

    asked = streamlit.config.get_option
    monkeypatch.setattr(
        "streamlit.config.get_option", lambda key: address if key == "server.address" else asked(key)
    )
    monkeypatch.setattr(ContextProxy, "headers", {"Host": host})


def test_the_demo_lets_a_visitor_choose_a_role(app: AppTest, data: Path) -> None:
    write_release(data)
    app.run()
    assert not app.exception
    assert app.title[0].value == "Does our help for families work?"
    app.selectbox(key="role").select("data_protection_officer").run()
    assert not app.exception
    assert "sign_in" in _log(data)


def _log(data: Path) -> list[str]:
    from ledger import open_ledger

    book = open_ledger(data / "ledger" / "ledger.sqlite")
    try:
        return [entry.event for entry in book.entries()]
    finally:
        book.close()


@pytest.mark.parametrize(
    ("synthetic", "address", "host"),
    [
        ("false", "127.0.0.1", "localhost:8501"),
        ("true", "0.0.0.0", "localhost:8501"),
        ("true", None, "localhost:8501"),
        ("true", "127.0.0.1", "evil.example"),
        ("true", "127.0.0.1", "localhost.evil.example"),
    ],
)
def test_without_a_sign_in_nothing_is_shown(
    app: AppTest, data: Path, monkeypatch: pytest.MonkeyPatch, synthetic: str, address: str, host: str
) -> None:
    write_release(data, synthetic=synthetic)
    at_home(monkeypatch, address, host)
    app.run()
    assert not app.exception
    assert [title.value for title in app.title] == ["Sign-in is not set up"]
    words = _words(app)
    assert not any(secret in words for secret in ("Ashmere", NAME, "2,000", "£"))
    assert not app.metric
    assert not app.selectbox


@pytest.mark.parametrize(
    ("claims", "title"),
    [
        ({"is_logged_in": False}, "Outcome Lens"),
        ({"is_logged_in": True, "email": "a@b.example", "roles": ["unknown"]}, "No role yet"),
        ({"is_logged_in": True, "email": "a@b.example", "roles": {"manager": 1}}, "No role yet"),
        (
            {"is_logged_in": True, "email": "a@b.example", "roles": ["x", "outcome-lens-manager"]},
            "Does our help for families work?",
        ),
    ],
)
def test_a_provider_says_who_gets_in(app: AppTest, data: Path, claims: dict[str, object], title: str) -> None:
    write_release(data, synthetic="false")
    app.secrets["auth"] = {"client_id": "somebody"}
    app.user = claims
    app.run()
    assert not app.exception
    assert app.title[0].value == title
    assert bool(app.metric) == (title == "Does our help for families work?")


@pytest.mark.parametrize("exposed", ["protected/protected.key", "identified/vault", "identified/landing"])
def test_it_refuses_to_run_where_it_could_see_too_much(app: AppTest, data: Path, exposed: str) -> None:
    write_release(data, synthetic="false")
    (data / exposed).mkdir(parents=True)
    app.secrets["auth"] = {"client_id": "somebody"}
    app.user = {"is_logged_in": True, "email": "a@b.example", "roles": "outcome-lens-manager"}
    app.run()
    assert not app.exception
    assert app.title[0].value == "Outcome Lens does not start like this"
    assert not app.metric


def test_without_a_release_it_says_what_to_run(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert "make demo" in _words(app)


@pytest.mark.parametrize("damage", ["missing", "garbage", "manifest"])
def test_a_damaged_release_is_a_sentence_and_a_reference(app: AppTest, data: Path, damage: str) -> None:
    if damage == "manifest":
        write_release(data, price="many")
    else:
        file = write_release(data).releases / NAME / "answers.duckdb"
        file.unlink()
        if damage == "garbage":
            file.write_bytes(os.urandom(4096))
    app.run()
    assert not app.exception
    assert "reference" in app.error[0].value
    assert str(data) not in app.error[0].value


def test_a_new_release_is_seen_at_the_next_turn(app: AppTest, data: Path) -> None:
    write_release(data)
    app.run()
    write_release(data, name="2024-11-30-002", as_of="2024-11-30")
    app.run()
    assert not app.exception
    assert "30 November 2024" in _words(app)


def test_a_ledger_out_of_reach_keeps_everybody_out(app: AppTest, data: Path) -> None:
    write_release(data)
    (data / "ledger").write_text("not a folder", encoding="utf-8")
    app.run()
    assert not app.exception
    assert "reference" in app.error[0].value
    assert not app.metric


def test_the_fakes_are_what_they_seem() -> None:
    assert fake_evidence().release().synthetic
    assert visitor("manager").may_see("payment")
