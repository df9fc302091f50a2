"""What each page says, as its readers choose. (Every page for every role: test_pages_matrix.)"""

import pytest
from streamlit.testing.v1 import AppTest

from tests.fakes import fake_evidence, visitor


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
        element.value
        for kind in (app.title, app.header, app.subheader, app.markdown, app.caption)
        for element in kind
    ]
    parts += [f"{metric.label} {metric.value}" for metric in app.metric]
    parts += [table.value.to_csv() for table in app.table]
    parts += [chart.proto.spec for chart in app.get("plotly_chart")]
    return "\n".join(parts).replace("\\", "")


def test_money_is_shown_where_outcomes_are_paid_for() -> None:
    assert "£308,000" in _words(_opened("payment", "manager"))


@pytest.mark.parametrize("page", ["overview", "outcomes", "journeys", "places", "payment"])
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
    app = AppTest.from_function(_falling_back, args=(page,), default_timeout=30)
    app.session_state["period"] = "quarter"
    app.run()
    assert not app.exception
    words = _words(app)
    assert [one for one in said if one not in words] == []
    # What is withdrawn has its words and its table, and no picture of nothing.
    withdrawn = sum("withdrawn in this breakdown" in caption.value for caption in app.caption)
    tables = [expander for expander in app.expander if expander.label == "The table behind it"]
    assert len(app.get("plotly_chart")) == len(tables) - withdrawn // 2


def test_the_period_can_be_chosen() -> None:
    app = _opened("overview", "researcher")
    assert "Usual range" in _words(app)
    app.selectbox(key="period").select("year").run()
    assert not app.exception
    assert "each year?" in _words(app)
    assert "2024-25" in _words(app)


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


def test_about_says_how_to_use_it_to_each_role_first_and_how_accessible_it_is() -> None:
    app = _opened("about", "returns_officer")
    words = _words(app)
    assert app.subheader[0].value == "Returns officer (you)"
    for said in (
        "Nothing from 1 to 2 is ever shown",
        "withheld, so that nobody can be found from it",
        "2.66 times the mean difference",
        "National Supporting Families Outcome Framework (2022)",
        "partially compliant with the Web Content Accessibility Guidelines (WCAG) version 2.2",
        "Nobody is named here yet",
        "Equality Advisory and Support Service",
    ):
        assert said in words
    assert "Funnel plot" in app.table[0].value.to_csv()


def test_the_fakes_are_what_they_seem() -> None:
    assert fake_evidence().release().synthetic
    assert visitor("manager").may_see("payment")
