"""A view is a link: what is chosen stands in the address by its code, and an address chooses what is on the list."""

import pytest
from streamlit.testing.v1 import AppTest


def _script() -> None:
    """Two pages with a list of the same name, one of them with a list that no link can set."""
    import streamlit

    from evidence.evidence import Choice
    from pages import choosing

    page = streamlit.session_state.get("on", "one")
    choosing.arrive(page)
    places = [Choice("N", "The north"), Choice("S", "The south & <b>coast</b>")]
    chosen = choosing.choose("Locality", places, "locality")
    ways = [Choice("ward", "Ward"), Choice("team", "Team")]
    by = choosing.choose("By", ways, "by", everything=False) if page == "one" else ""
    reason = choosing.choose("Reason", ways, "reason", everything=False, linked=False)
    streamlit.write(f"{page}|{chosen}|{by}|{reason}")


def _opened(**address: str) -> AppTest:
    app = AppTest.from_function(_script)
    for key, value in address.items():
        app.query_params[key] = value
    return _run(app)


def _run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def _said(app: AppTest) -> str:
    return str(app.markdown[0].value)


def _address(app: AppTest) -> dict[str, list[str]]:
    return {key: value if isinstance(value, list) else [value] for key, value in app.query_params.items()}


def test_without_a_link_the_first_of_each_list_is_chosen_and_the_address_is_clean() -> None:
    app = _opened()
    assert _said(app) == "one||ward|ward"
    assert _address(app) == {}


def test_an_address_chooses_and_stays() -> None:
    app = _opened(locality="S", by="team")
    assert _said(app) == "one|S|team|ward"
    assert _address(app) == {"locality": ["S"], "by": ["team"]}


def test_the_address_has_the_code_and_never_the_words() -> None:
    app = _opened()
    app.selectbox(key="locality").select("S")
    assert _said(_run(app)) == "one|S|ward|ward"
    assert _address(app) == {"locality": ["S"]}
    app.selectbox(key="locality").select("")
    assert _said(_run(app)) == "one||ward|ward"
    assert _address(app) == {}


@pytest.mark.parametrize(
    "value",
    [
        "The north",
        "n",
        "N ",
        "'; DROP TABLE answer; --",
        "../../etc/passwd",
        "<script>",
        "\x00",
        "N" * 100_000,
    ],
)
def test_a_hand_made_address_falls_back_to_the_first_without_an_error(value: str) -> None:
    app = _opened(locality=value, by=value, reason="team")
    assert _said(app) == "one||ward|ward"
    assert "locality" not in _address(app)
    assert "by" not in _address(app)


def test_an_address_that_is_too_long_is_no_address() -> None:
    """Streamlit itself leaves out one of more than half a million characters."""
    assert _said(_opened(locality="N" * 1_000_000)) == "one||ward|ward"


def test_what_somebody_chooses_wins_over_the_address_that_they_came_by() -> None:
    """A browser may still send the old address with the next turn: it is no order to go back."""
    app = _opened(locality="S")
    app.selectbox(key="locality").select("N")
    app.query_params["locality"] = "S"
    assert _said(_run(app)) == "one|N|ward|ward"
    assert _address(app) == {"locality": ["N"]}


def test_a_choice_goes_along_to_another_page_and_a_link_to_it_wins() -> None:
    app = _opened(locality="S", by="team")
    app.session_state["on"] = "two"
    app.query_params.clear()
    assert _said(_run(app)) == "two|S||ward"
    assert _address(app) == {"locality": ["S"]}
    app.session_state["on"] = "one"
    app.query_params["locality"] = ""
    assert _said(_run(app)) == "one||team|ward"
    assert _address(app) == {"by": ["team"]}


def test_what_a_session_was_made_to_hold_is_checked_too() -> None:
    app = AppTest.from_function(_script)
    app.session_state["locality"] = "nowhere"
    app.session_state["reason"] = 7
    assert _said(_run(app)) == "one||ward|ward"
