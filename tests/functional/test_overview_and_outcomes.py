"""Overview and Outcomes: links that lead on, downloads of what is shown, and every breakdown that can be chosen."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.outcomes import _BY
from tests.fakes import catalogue

LINK = re.compile(r"\[Download this table \(CSV\)\]\(/download/([\w-]+)\)")


def _script(page: str, served: bool, plan: str, role: str) -> None:
    import importlib
    from dataclasses import replace
    from pathlib import Path

    import streamlit

    from release.places import Places
    from tests.fakes import FakeContents, FakeDesk, evidence_of, visitor

    desk = streamlit.session_state.setdefault("desk", FakeDesk())
    desk.offers.served = served
    if plan:
        desk.places = Places(Path(plan))
    who = replace(visitor(role), session="one")
    importlib.import_module(f"pages.{page}").page(evidence_of(FakeContents(), desk, role), who)


def _opened(
    page: str, *, served: bool = False, plan: str = "", role: str = "manager", **address: str
) -> AppTest:
    app = AppTest.from_function(_script, args=(page, served, plan, role), default_timeout=30)
    for key, value in address.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def _captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)


@pytest.mark.parametrize("by", _BY)
def test_outcomes_can_be_compared_by_everything_on_the_list(by: str) -> None:
    app = _opened("outcomes", locality="L2", headline="3", by=by)
    assert [app.selectbox(key=key).value for key in ("locality", "headline", "by")] == ["L2", "3", by]
    charts = app.get("plotly_chart")
    tables = [one for one in app.expander if one.label == "The table behind it"]
    assert len(charts) == len(tables) == 5
    said = "\n".join(one.value for one in app.markdown)
    assert "Centre, Improved mental and physical health, by " in said
    assert said.count("- By ") == 3
    assert "a headline and a locality cannot be asked together" in _captions(app)


def _kept_from(page: str, dimensions: list[str]) -> None:
    import importlib
    from dataclasses import replace

    from evidence.evidence import Evidence
    from tests.fakes import FakeContents, FakeDesk, catalogue, visitor

    known = catalogue()
    everybody = known.audiences["everybody"]
    left = replace(everybody, dimensions=everybody.dimensions - set(dimensions))
    who = visitor("researcher")
    evidence = Evidence(FakeContents(), replace(known, audiences={"everybody": left}), FakeDesk())
    importlib.import_module(f"pages.{page}").page(evidence.seen_by(who), who)


@pytest.mark.parametrize(
    "dimensions",
    [
        ["ward"],
        ["age_band", "sex", "ethnic_group", "team"],
        ["wait", "event"],
        ["time_taken", "months_since", "theme"],
    ],
)
@pytest.mark.parametrize("page", ["overview", "outcomes", "journeys", "places"])
def test_what_a_council_keeps_from_a_role_is_left_out_and_the_page_stands(
    page: str, dimensions: list[str]
) -> None:
    app = AppTest.from_function(_kept_from, args=(page, dimensions), default_timeout=30).run()
    assert not app.exception
    assert app.get("plotly_chart")
    offered = [option for one in app.selectbox for option in one.options]
    assert not {catalogue().dimensions[name].label for name in dimensions}.intersection(offered)


def _one_dimension_at_a_time(page: str, role: str) -> None:
    import importlib
    from dataclasses import replace

    from evidence.evidence import Evidence
    from tests.fakes import FakeContents, FakeDesk, catalogue, visitor

    known = catalogue()
    alone = {name: replace(one, beside=frozenset()) for name, one in known.dimensions.items()}
    evidence = Evidence(FakeContents(), replace(known, dimensions=alone), FakeDesk())
    importlib.import_module(f"pages.{page}").page(evidence.seen_by(visitor(role)), visitor(role))


@pytest.mark.parametrize("page", ["overview", "outcomes", "journeys", "places", "payment"])
def test_where_a_council_asks_for_less_together_the_page_stands(page: str) -> None:
    app = AppTest.from_function(_one_dimension_at_a_time, args=(page, "manager"), default_timeout=30).run()
    assert not app.exception
    assert app.get("plotly_chart")


def test_what_is_downloaded_is_what_is_shown() -> None:
    app = _opened("outcomes", served=True)
    tokens = LINK.findall(_captions(app))
    tables = [one.table[0].value for one in app.expander if one.label == "The table behind it"]
    assert len(tokens) == len(tables) > 0
    offers = app.session_state["desk"].offers
    for token, table in zip(tokens, tables, strict=True):
        offer = offers.taken(token)
        text = offer.content().decode("utf-8-sig")
        assert offer.page == "outcomes"
        shown = [list(table.columns), *table.to_numpy().tolist()]
        lines = (
            ",".join(f'"{cell}"' for cell in shown[0]),
            *(",".join(f'"{cell}"' for cell in row) for row in shown[1:]),
        )
        assert [line for line in lines if line.replace("\\", "") not in text] == []
        assert "Source: Ashmere" in text
    # Drawn again, the links stay where they are, and so do the charts.
    drawn = [chart.proto.spec for chart in app.get("plotly_chart")]
    app.run()
    assert [chart.proto.spec for chart in app.get("plotly_chart")] == drawn
    assert LINK.findall(_captions(app)) == tokens


def test_where_nothing_serves_files_that_is_said_once_a_page() -> None:
    app = _opened("outcomes")
    for _ in range(2):
        assert _captions(app).count("Tables cannot be downloaded here") == 1
        assert not LINK.search(_captions(app))
        app.run()


def test_what_needs_attention_leads_to_the_page_that_says_more() -> None:
    links = [one.proto for one in _opened("overview").get("page_link")]
    assert 0 < len(links) <= 6
    assert {one.page for one in links} <= {"journeys", "outcomes", "places", "payment"}
    assert any("headline=" in one.query_string for one in links)
    assert not any(one.external for one in links)


def test_nobody_is_led_to_a_page_that_they_may_not_see() -> None:
    app = _opened("overview", role="data_protection_officer")
    assert {one.proto.page for one in app.get("page_link")} <= {
        "data_quality",
        "privacy",
        "safety",
        "audit",
        "about",
    }
    said = "\n".join(one.value for one in app.markdown)
    assert "claims are ready to make" in said


def test_a_broken_plan_is_said_and_the_page_stands(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text("[[target]]\ncouncil = 3\n", encoding="utf-8")
    app = _opened("overview", plan=str(tmp_path))
    (care,) = [one.value for one in app.warning if "plan" in one.value]
    assert "holds a mistake and is left out" in care.replace("\\", "")
    assert str(tmp_path) not in care


def test_a_plan_is_set_against_the_year(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(
        '[[target]]\ncouncil = "ashmere"\nyear = "2024-25"\nmeasure = "families_helped"\ntarget = 2000\n',
        encoding="utf-8",
    )
    app = _opened("overview", plan=str(tmp_path))
    assert "Is the year going to plan?" in [one.value for one in app.header]
    said = "\n".join(one.value for one in app.markdown).replace("\\", "")
    assert re.search(
        r"\*\*Families helped\*\*: \d+ of 2,000 planned for 2024-25; 7 months in 12: behind", said
    )
