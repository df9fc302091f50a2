"""Every page for every role, forbidden ones too; for readers kept to a part; and over releases that hold little."""

import re
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from evidence.access import PAGES, PAGES_OF_A_PART, Role
from tests.fakes import NAME

EVERYBODY = frozenset(Role)
ALLOWED = {
    "overview": EVERYBODY,
    "outcomes": EVERYBODY - {Role.DATA_PROTECTION_OFFICER},
    "journeys": EVERYBODY - {Role.DATA_PROTECTION_OFFICER},
    "places": EVERYBODY - {Role.DATA_PROTECTION_OFFICER},
    "payment": {Role.MANAGER, Role.RETURNS_OFFICER, Role.AUDITOR},
    "window": {Role.RETURNS_OFFICER, Role.AUDITOR},
    "returns": {Role.MANAGER, Role.RETURNS_OFFICER, Role.AUDITOR},
    "research": {Role.RESEARCHER, Role.OUTPUT_CHECKER, Role.DATA_PROTECTION_OFFICER, Role.AUDITOR},
    "data_quality": EVERYBODY,
    "privacy": EVERYBODY,
    "safety": {Role.MANAGER, Role.AUDITOR, Role.OUTPUT_CHECKER, Role.DATA_PROTECTION_OFFICER},
    "audit": {Role.AUDITOR, Role.DATA_PROTECTION_OFFICER},
    "about": EVERYBODY,
}
# How far a figure may be off, where a page is about other figures than those of the catalogue.
ROWS = "rounded to the nearest 5, so none is off by more than 2; those under 10 are withheld"
OFF_BY = {
    "data_quality": ROWS,
    "privacy": ROWS,
    "window": "are exact on this page",
    "returns": "",
    "research": "",
    "audit": "",
}
USUALLY_OFF_BY = "19 of 20 are within 4 of the true count, none is off by more than 5"
# Everything that can hold a figure, or be pressed.
HOLDS = ("metric", "table", "dataframe", "selectbox", "button", "expander", "text_input", "checkbox", "radio")
# What these pages tell of is the release or the ledger, not families.
ABOUT_THE_RELEASE = {"window", "returns", "research", "data_quality", "privacy", "safety", "audit", "about"}
WITHOUT_MONEY = [
    *((page, "earned_autonomy") for page in PAGES),
    *((page, "none") for page in ("overview", "outcomes", "payment")),
]
FIGURE = re.compile(r"£?\d[\d,]*%?")


def _script(page: str, role: str, show: str, payment: str, scope: str) -> None:
    import importlib
    from dataclasses import replace

    from evidence.access import Role, read_rules
    from evidence.evidence import Evidence
    from release.catalogue import Scope
    from release.places import PROJECT
    from tests.fakes import FakeContents, FakeDesk, catalogue, visitor
    from tests.one_family import OneFamily

    known = catalogue()
    who = visitor(role)
    if scope:
        known = replace(known, scopes={scope: Scope(scope, "The north", ("L1",))})
        rules = read_rules(PROJECT / "data" / "access.toml")
        who = replace(who, scope=scope, pages=rules.pages_of(Role(role), scope))
    facts = {"payment": payment}
    contents = OneFamily("everything", facts) if show == "one family" else FakeContents(show, facts)
    evidence = Evidence(contents, known, FakeDesk()).seen_by(who)
    importlib.import_module(f"pages.{page}").page(evidence, who)


def _opened(
    page: str, role: Role, show: str = "everything", payment: str = "by_results", scope: str = ""
) -> AppTest:
    arguments = (page, role.value, show, payment, scope)
    app = AppTest.from_function(_script, args=arguments, default_timeout=60).run()
    assert not app.exception
    return app


def _words(app: AppTest) -> str:
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption)
    return "\n".join(element.value for kind in kinds for element in kind).replace("\\", "")


def _refused(app: AppTest) -> None:
    """The page says that it is not for this reader, and holds nothing else."""
    assert [title.value for title in app.title] == ["Not for this role"]
    assert not [kind for kind in HOLDS if app.get(kind)]
    assert not app.get("plotly_chart")
    assert "data/access.toml says who does" in _words(app)
    assert not re.search(r"\d", _words(app))


def _behind_charts(app: AppTest) -> Iterator[str]:
    """The figures in the tables behind charts."""
    for expander in app.expander:
        if expander.label == "The table behind it":
            for table in expander.table:
                frame = table.value.astype(str)
                for name in frame.columns[1:]:
                    yield from (text.replace("\\", "") for text in frame[name])


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_for_its_roles_and_for_nobody_else(page: str, role: Role) -> None:
    app = _opened(page, role)
    if role not in ALLOWED[page]:
        _refused(app)
        return
    words = _words(app)
    assert NAME in words
    assert "31 October 2024" in words
    assert "Made-up data" in words
    assert OFF_BY.get(page, USUALLY_OFF_BY) in words


@pytest.mark.parametrize("page", PAGES)
def test_who_is_kept_to_a_part_sees_pages_of_it_alone(page: str) -> None:
    """The release has no question of that part: what it has of the whole council is not shown in its place."""
    app = _opened(page, Role.MANAGER, scope="north")
    if page not in PAGES_OF_A_PART:
        _refused(app)
        return
    assert "The north alone" in _words(app)
    if page in ("overview", "outcomes", "journeys", "places"):
        assert not [metric.value for metric in app.metric if metric.value != "x"]
        assert not [text for text in _behind_charts(app) if FIGURE.fullmatch(text)]
        charts = " ".join(chart.proto.spec for chart in app.get("plotly_chart"))
        assert "Market and Riverside" not in charts + _words(app)


@pytest.mark.parametrize("show", ["nothing", "empty", "one family"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_stands_over_a_release_that_holds_little(page: str, show: str) -> None:
    app = _opened(page, Role.AUDITOR, show)
    assert app.title[0].value != "Not for this role"
    if page in ABOUT_THE_RELEASE:
        return
    metrics = [metric.value for metric in app.metric]
    # The ledger, in which nothing has been done yet, is not the release: it has its zeros.
    figures = [
        text
        for text in _behind_charts(app)
        if FIGURE.fullmatch(text) and (page != "payment" or text.strip("£0"))
    ]
    if show == "one family":
        assert not [value for value in (*metrics, *figures) if re.search("[1-9]", value)]
    else:
        assert figures == []
        assert not [
            value for value in metrics if value != "x" and (show == "empty" or "withheld" not in value)
        ]


@pytest.mark.parametrize(("page", "payment"), WITHOUT_MONEY)
def test_no_money_where_nothing_is_paid_by_results(page: str, payment: str) -> None:
    app = _opened(page, Role.MANAGER, payment=payment)
    shown = _words(app) + "".join(f"{metric.label} {metric.value}" for metric in app.metric)
    shown += "".join(table.value.to_csv() for table in app.table)
    assert "£" not in shown
    assert "claimable claims" not in shown


def _script_before(page: str) -> None:
    import importlib

    import polars as pl

    from evidence.evidence import Evidence
    from tests.fakes import FakeContents, FakeDesk, catalogue, visitor

    class Before(FakeContents):
        """A release of before there were journeys: neither their lists nor their questions are in it."""

        def __init__(self) -> None:
            super().__init__()
            lists = ("time_taken", "months_since", "event", "months_around")
            self.dimension = self.dimension.filter(~pl.col("dimension").is_in(lists))
            of_journeys = (
                r"^(episodes_[a-r]|needs_followed|needs_sustained_by|families_around|families_with_event)"
            )
            for new in (of_journeys, *lists):
                self.question = self.question.filter(~pl.col("question").str.contains(new))

    who = visitor("auditor")
    evidence = Evidence(Before(), catalogue(), FakeDesk()).seen_by(who)
    importlib.import_module(f"pages.{page}").page(evidence, who)


@pytest.mark.parametrize("page", ["overview", "outcomes", "journeys", "places"])
def test_a_page_stands_over_a_release_of_before_its_questions(page: str) -> None:
    app = AppTest.from_function(_script_before, args=(page,), default_timeout=30).run()
    assert not app.exception
    assert [figure for figure in _behind_charts(app) if FIGURE.fullmatch(figure)], "what it has is shown"
    if page == "journeys":
        drawn = " ".join(chart.proto.spec for chart in app.get("plotly_chart"))
        assert "not available" in drawn
        assert "withheld" not in drawn


def test_the_matrix_is_of_every_page() -> None:
    assert set(ALLOWED) == set(PAGES)
