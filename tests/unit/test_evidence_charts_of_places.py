"""Charts of places and groups, of the way and its money: what stands out, and what is withheld."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations

import polars as pl
import pytest

from evidence import charts
from evidence.answers import Answer
from evidence.chart import Chart
from evidence.funnel import Step
from evidence.gaps import gap
from evidence.template import WITHHELD
from tests.made_answers import made_answer, made_boundaries, made_by

AS_OF = date(2024, 10, 31)


def _funnel(rows: Sequence[tuple[str, float | None, float]], **said: float) -> Chart:
    share = made_answer("share_sustained", "ward", [(code, value) for code, value, _ in rows], most=1.0)
    whole = made_answer("needs_identified", "ward", [(code, size) for code, _, size in rows], most=5.0)
    return charts.funnel_plot(share, whole, by="Ward", question="Where?", **said)


def test_a_place_is_named_only_where_noise_could_not_have_put_it_outside() -> None:
    rows = [("a", 40.0, 900.0), ("b", 41.0, 500.0), ("d", 60.0, 800.0), ("e", None, 400.0)]
    chart = _funnel(rows, overall=41.0)
    assert chart.title == "L d above what chance explains"
    assert chart.table.rows()[0] == ("L d", "800", "60%", "above the 99.8% limits")
    assert chart.table.rows()[-1] == ("L e", "400", "c", "cannot be told")
    # 400 is the size of the withheld one alone: it is drawn nowhere.
    assert not [trace for trace in chart.figure.traces if 400.0 in trace["x"] and trace["mode"] == "markers"]
    assert "1 of 4 are not drawn" in chart.alt
    assert _funnel(rows[:2], overall=41.0).title == "No ward differs by more than chance"
    # Of one that is withheld it cannot be told.
    hidden = _funnel([*rows[:2], rows[-1]], overall=41.0)
    assert hidden.title == "No ward shown differs by more than chance"
    # Three standard errors of 400 that stand apart are 7.4 points, which 800 needs are taken for: 49.2 % is outside as
    # it is shown, but not wherever noise may have put it.
    near = _funnel([*rows[:2], ("d", 49.2, 800.0)], overall=41.0)
    assert near.title == "One ward just outside the limits: noise could do it"
    two = _funnel([*rows[:2], ("d", 49.2, 800.0), ("f", 49.2, 810.0)], overall=41.0)
    assert two.title == "2 wards just outside the limits: noise could do it"
    assert any("half as many" in note for note in near.notes)
    assert near.table.rows()[0][-1] == "above the 95% limits"
    assert "circle-open" in {
        trace["marker"]["symbol"] for trace in near.figure.traces if trace["mode"] == "markers"
    }


def test_names_beside_marks_do_not_lie_on_one_another() -> None:
    rows = [(str(place), 70.0 + place % 3, 700.0 + place) for place in range(12)]
    chart = _funnel([*rows, *((f"x{place}", 20.0, 900.0) for place in range(4))], overall=45.0)
    named = chart.figure.arrangement["annotations"]
    assert 0 < len(named) <= 4
    for one, two in combinations(named, 2):
        assert abs(one["x"] - two["x"]) > 200 or abs(one["y"] - two["y"]) > 3
    assert chart.title == "16 of 16 differ by more than chance"


def test_many_far_out_are_said_to_be_more_than_chance() -> None:
    far = _funnel([(str(place), 25.0 + 40 * (place % 2), 400.0) for place in range(12)], overall=45.0)
    assert any("more lie far out" in note for note in far.notes)
    near = _funnel([(str(place), 44.0 + 2 * (place % 2), 400.0) for place in range(12)], overall=45.0)
    assert not any("more lie far out" in note for note in near.notes)


def test_a_map_hatches_what_is_withheld_and_keeps_what_has_no_shape_in_the_table() -> None:
    wards = made_answer(
        "families_helped",
        "ward",
        [("a", 100.0), ("b", 40.0), ("d", None), ("e", 70.0), ("f", 12.0)],
        most=5.0,
    )
    chart = charts.choropleth(wards, made_boundaries(wards), by="Ward", question="Where?")
    fills = {trace["name"]: trace for trace in chart.figure.traces if trace.get("fill") == "toself"}
    assert fills["withheld"]["fillpattern"]["shape"] == "x"
    assert [one for one in fills if one != "withheld"] == ["40 to 59", "60 to 79", "100 to 119"]
    # The ring and the hole of b are one path, with a gap between.
    assert fills["40 to 59"]["x"].count(None) == 1
    assert any("Not on the map: L f" in note for note in chart.notes)
    assert "Whose map it is." in chart.notes
    assert ("L f", "12") in chart.table.rows()
    assert chart.table.rows()[-1] == ("L d", "c")
    told = [said for (said,) in chart.figure.traces[-1]["customdata"]]
    assert "L d: withheld" in told
    # A withheld place may be the largest.
    assert chart.title == "Where?"
    shown = made_answer("families_helped", "ward", [("a", 100.0), ("b", 40.0)], most=5.0)
    assert (
        charts.choropleth(shown, made_boundaries(wards), by="Ward", question="Where?").title
        == "Families helped: most in L a"
    )


def test_a_way_says_its_shares_and_where_most_are_lost() -> None:
    def one(value: float | None) -> Answer:
        return made_by((), "episodes_started", [(("",), value)], most=5.0)

    steps = [("Started", one(200.0)), ("Assessed", one(180.0)), ("Met", one(80.0))]
    chart = charts.conversion(steps, question="How far?", noise_change=11)
    assert chart.title == "Largest drop: before “Met”"
    assert chart.table.rows() == [
        ("Started", "200", "100%", ""),
        ("Assessed", "180", "90%", "90%"),
        ("Met", "80", "40%", "44%"),
    ]
    hidden = charts.conversion([*steps[:2], ("Met", one(None))], question="How far?", noise_change=11)
    assert hidden.title == "How far?"
    assert hidden.table.rows()[-1] == ("Met", "c", "c", "c")
    assert hidden.figure.traces[0]["text"][-1] == "c withheld"
    lacking = replace(one(None), frame=one(None).frame.with_columns(symbol=pl.lit("x")))
    older = charts.conversion([*steps[:2], ("Met", lacking)], question="How far?", noise_change=11)
    assert older.figure.traces[0]["text"][-1] == "x not available"
    # 20 and 30 lost: noise can make such a difference.
    near = charts.conversion([*steps[:2], ("Met", one(150.0))], question="How far?", noise_change=11)
    assert near.title == "How far?"


def _step(label: str, value: float | None) -> Step:
    worth = None if value is None else 800 * value
    symbol = "c" if value is None else None
    return Step(label, value, symbol, worth, symbol, noise=4)


def test_what_falls_away_is_all_the_money_between_the_first_and_the_last() -> None:
    found = [_step("Episodes of help", 200), _step("Evidence complete", 120), _step("Paid", 110)]
    chart = charts.waterfall(found, question="How much?", notes=(), source="a source")
    assert chart.title == "Most money falls away here: evidence is missing"
    assert chart.table.rows() == [
        ("Episodes of help", "£160,000"),
        ("Evidence is missing", "−£64,000"),
        ("Not paid yet", "−£8,000"),
        ("Paid", "£88,000"),
    ]
    totals, lost = chart.figure.traces
    assert totals["x"][0] - sum(lost["x"]) == totals["x"][1]
    assert lost["base"] == [96_000, 88_000]


def test_beside_a_withheld_step_nothing_is_worked_out() -> None:
    found = [_step("A", 200), _step("B", None), _step("D", 110), _step("E", 112)]
    chart = charts.waterfall(found, question="How much?", notes=(), source="a source")
    assert [cell for _, cell in chart.table.iter_rows()] == ["£160,000", "c", "c", "£1,600 more", "£89,600"]
    assert chart.title == "How much?"
    _, lost = chart.figure.traces
    assert lost["marker"]["color"][:2] == [WITHHELD, WITHHELD]
    assert lost["marker"]["pattern"]["shape"] == ["x", "x", "/"]
    assert lost["x"][0] == lost["x"][1]


@pytest.mark.parametrize(
    ("shares", "sizes", "clear", "said"),
    [
        ((60, 40), (500, 500), True, "from 40% (“L 1”) to 60% (“L 0”): 20 points apart"),
        ((51, 49), (500, 500), False, "no clear difference"),
        ((60, 40), (45, 45), False, "too few groups are large enough"),
        ((60, 40, None), (500, 500, 500), True, "of those shown, it goes from 40% (“L 1”)"),
        ((60, 40, 90), (500, 500, 20), True, "Left out: 1 too small to compare."),
        ((None, None), (500, 500), False, "too few groups"),
    ],
)
def test_a_gap_is_said_whatever_is_found(
    shares: tuple[float | None, ...], sizes: tuple[float, ...], clear: bool, said: str
) -> None:
    share = made_answer("share_sustained", "sex", [(str(place), value) for place, value in enumerate(shares)])
    whole = made_answer("needs_identified", "sex", [(str(place), size) for place, size in enumerate(sizes)])
    found = gap(share, whole, by="Sex")
    assert found.clear is clear
    assert said in found.words
    assert found.words.startswith("By sex")


@pytest.mark.parametrize(
    ("labels", "title"),
    [
        (("A", "B", "D"), "Came back within twelve months: 60% A, 20% B"),
        (("Uplands Family Hub", "B", "D"), "Came back within twelve months: from 20% to 60%"),
    ],
)
def test_a_title_says_of_what_groups_differ(labels: tuple[str, ...], title: str) -> None:
    share = made_answer("share_returned", "team", [("a", 60.0), ("b", 20.0), ("d", 58.0)])
    named = share.frame.with_columns(team_label=pl.Series(labels))
    share = replace(
        share, frame=named, measure=replace(share.measure, label="Came back within twelve months")
    )
    whole = made_answer("episodes_followed", "team", [("a", 500.0), ("b", 500.0), ("d", 500.0)])
    assert charts.shares(share, whole, 40.0, by="Team", question="Who?").title == title
    # One of few lies further out: the two are not the ends of all that is shown.
    small = made_answer("episodes_followed", "team", [("a", 500.0), ("b", 20.0), ("d", 500.0)])
    share = replace(share, frame=share.frame.with_columns(value=pl.Series([60.0, 10.0, 30.0])))
    expected = "Came back within twelve months: 60% A, 30% D" if labels[0] == "A" else "Who?"
    assert charts.shares(share, small, 40.0, by="Team", question="Who?").title == expected
