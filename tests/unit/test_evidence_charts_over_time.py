"""Charts over time: what is usual, who got how far, what happens around the start, whether a figure has moved."""

from collections.abc import Sequence
from datetime import date

import pytest

from evidence import charts
from evidence.answers import Answer
from evidence.around import CAVEAT
from evidence.chart import Chart
from evidence.moving import Outcome, moved
from evidence.template import FEW_TO_MANY, WITHHELD
from evidence.xmr import of
from tests.made_answers import Row, made_answer, made_by

AS_OF = date(2024, 10, 31)


def _months(*values: float | None, first: int = 2023) -> list[Row]:
    return [(f"{first + place // 12}-{place % 12 + 1:02d}", value) for place, value in enumerate(values)]


def test_a_run_above_usual_is_the_title_and_the_month_that_runs_still_is_left_out() -> None:
    rows = _months(*[50.0, 52.0] * 7, *[70.0, 71.0] * 4, 5.0)
    answer = made_answer("families_helped", "month", rows, most=5.0)
    chart = charts.xmr_chart(answer, date(2024, 11, 20), noise_change=11, question="When?")
    assert chart.title == "Families helped: above the mean since L 2024-03"
    assert chart.table.height == 22
    # Of what is unusual about a month, the table says the most telling.
    assert set(chart.table["What is unusual"][14:]) == {"a point outside the limits"}
    assert "2024-11" not in {label for trace in chart.figure.traces for label in trace["x"]}
    high = next(trace for trace in chart.figure.traces if trace["name"] == "High or rising")
    assert len(high["x"]) == 8
    assert high["marker"]["symbol"] == "triangle-up"
    # All the same, were the shift no more than what noise makes of a mean.
    small = made_answer("families_helped", "month", _months(*[50.0, 52.0] * 7, *[53.0] * 8), most=5.0)
    assert charts.xmr_chart(small, date(2024, 10, 31), noise_change=11, question="When?").title == (
        "Families helped: no change beyond chance"
    )


@pytest.mark.parametrize("gap", ["withheld", "missing"])
def test_a_month_that_is_not_known_breaks_a_run(gap: str) -> None:
    rows = _months(*[50.0, 52.0] * 7, *[70.0, 71.0] * 4)
    broken = [(code, None) if code == "2024-06" else (code, value) for code, value in rows]
    if gap == "missing":
        broken = [row for row in broken if row[0] != "2024-06"]
    reading = of(made_answer("families_helped", "month", broken), AS_OF, 11)
    assert reading is not None
    assert reading.codes[17] == "2024-06"
    assert reading.points[17] is None
    assert not [one for one in reading.limits.signals if one.rule.name == "SHIFT" and one.high]
    whole = of(made_answer("families_helped", "month", rows), AS_OF, 11)
    assert whole is not None
    assert [one for one in whole.limits.signals if one.rule.name == "SHIFT" and one.high]


def test_months_before_there_was_anything_to_count_are_no_low() -> None:
    rows = _months(0.0, 0.0, *[50.0, 52.0] * 10)
    reading = of(made_answer("families_helped", "month", rows), AS_OF, 11)
    assert reading is not None
    assert reading.codes[0] == "2023-03"
    assert not reading.limits.signals
    # Nothing in the midst of it is one.
    within = of(
        made_answer("families_helped", "month", _months(*[50.0, 52.0] * 5, 0.0, *[50.0] * 9)), AS_OF, 11
    )
    assert within is not None
    assert 0.0 in within.points


def test_of_two_of_three_close_to_a_limit_the_third_is_not_marked() -> None:
    rows = _months(*[50.0, 51.0] * 8, 54.0, 51.0, 54.0, 50.0, 51.0, 50.0)
    chart = charts.xmr_chart(
        made_answer("families_helped", "month", rows), AS_OF, noise_change=1, question="When?"
    )
    told = dict(chart.table.select("Month", "What is unusual").iter_rows())
    assert [month for month, words in told.items() if words] == ["L 2024-05", "L 2024-07"]
    high = next(trace for trace in chart.figure.traces if trace["name"] == "High or rising")
    assert high["x"] == ["L 2024-05", "L 2024-07"]


def test_a_running_period_is_marked_once_for_all_lines_and_shares_are_in_per_cent() -> None:
    rows: list[Row] = [("2024-25 Q1", 40.0), ("2024-25 Q2", 50.0), ("2024-25 Q3", 20.0)]
    lines = [
        made_answer("share_sustained", "quarter", [(code, value + more) for code, value in rows if value])
        for more in (0, 5)
    ]
    chart = charts.trend(lines, AS_OF, question="When?")
    assert [(one["text"], one["y"]) for one in chart.figure.arrangement["annotations"]] == [("so far", 25.0)]
    assert chart.figure.arrangement["yaxis"]["ticksuffix"] == "%"


def test_a_change_that_is_over_is_not_told_as_if_it_went_on() -> None:
    rows = _months(*[50.0, 52.0] * 4, 100.0, 2.0, *[50.0, 52.0] * 6)
    reading = of(made_answer("families_helped", "month", rows), AS_OF, 11)
    assert reading is not None
    assert reading.current is None
    assert reading.finding("Families helped") == "Families helped: no change beyond chance since L 2023-11"


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        ("month", _months(*[50.0] * 12)),
        ("month", _months(*[50.0, None] * 11)),
        ("quarter", [(f"20{year}-{year + 1} Q1", 50.0) for year in range(10, 24)]),
    ],
)
def test_too_few_months_are_a_plain_line_that_says_why(by: str, rows: list[Row]) -> None:
    chart = charts.xmr_chart(
        made_answer("families_helped", by, rows), AS_OF, noise_change=11, question="When?"
    )
    assert chart.title == "When?"
    assert chart.notes[0].startswith("What is usual ")
    assert "Usual range" not in {trace.get("name") for trace in chart.figure.traces}


def test_a_cohort_table_tells_not_yet_from_withheld() -> None:
    cells = [(("q1", "06"), 30.0), (("q1", "12"), None), (("q2", "06"), 85.0), (("q2", "12!"), None)]
    cells += [(("q3", "06"), None), (("q3", "12!"), None), (("q4", "06!"), None), (("q4", "12!"), None)]
    dimensions = ("quarter", "months_since")
    share = made_by(dimensions, "share_sustained_by", cells)
    followed = made_by(
        dimensions, "needs_followed", [(codes, 0.0 if codes == ("q3", "06") else 100.0) for codes, _ in cells]
    )
    chart = charts.cohort_table(followed, followed, share, by="Quarter", question="How long?")
    assert chart.table.rows() == [
        ("L q1", "30% (100 of 100)", "c"),
        ("L q2", "85% (100 of 100)", "not yet"),
    ]
    bars, waiting = chart.figure.traces
    assert bars["text"] == ["30%", "<b>c</b>", "85%"]
    assert bars["marker"]["pattern"]["shape"] == ["", "x", ""]
    assert bars["marker"]["color"] == [FEW_TO_MANY[1], WITHHELD, FEW_TO_MANY[4]]
    assert waiting["text"] == ["not yet"]
    assert chart.title == "How long?"


def test_a_cohort_of_a_shown_nought_is_not_said_to_be_of_nobody() -> None:
    """A nought may stand for one or two."""
    dimensions = ("quarter", "months_since")
    codes = (("q1", "06"), ("q1", "12"))
    share = made_by(dimensions, "share_sustained_by", [(codes[0], 30.0), (codes[1], None)])
    followed = made_by(dimensions, "needs_followed", [(codes[0], 100.0), (codes[1], 0.0)])
    chart = charts.cohort_table(followed, followed, share, by="Quarter", question="How long?")
    assert chart.table.rows() == [("L q1", "30% (100 of 100)", "too few")]


def _cohorts(shares: Sequence[float | None], size: float, most: float) -> Chart:
    """Rows of so many each, followed for six months: the share that had got there."""
    dimensions = ("quarter", "months_since")
    codes = [(f"20{10 + place}-{11 + place} Q1", "06") for place in range(len(shares))]
    share = made_by(dimensions, "share_sustained_by", list(zip(codes, shares, strict=True)))
    reached = [None if one is None else size * one / 100 for one in shares]
    parts = made_by(dimensions, "needs_sustained_by", list(zip(codes, reached, strict=True)), most=most)
    whole = made_by(dimensions, "needs_followed", [(code, size) for code in codes], most=most)
    return charts.cohort_table(whole, parts, share, by="Quarter", question="How long?")


@pytest.mark.parametrize(
    ("shares", "title"),
    [
        ([20.0, 22.0, 21.0, 40.0, 42.0, 41.0], "Later families do better: 41% l 06, not 21%"),
        ([40.0, 42.0, 41.0, 20.0, 22.0, 21.0], "Later families do worse: 21% l 06, not 41%"),
        ([20.0, 22.0, 21.0, 25.0, 24.0, 26.0], "No clear difference between earlier and later families"),
        ([20.0, 22.0, None, 40.0, 42.0, 41.0], "How long?"),
        ([20.0, 40.0, 41.0], "How long?"),
    ],
)
def test_whether_later_families_do_better_is_told_beyond_noise_and_chance(
    shares: list[float | None], title: str
) -> None:
    assert _cohorts(shares, 400.0, 5.0).title == title
    # Of few, noise can make any such difference.
    assert "better" not in _cohorts(shares, 50.0, 5.0).title


def _around(before: Sequence[float | None], after: Sequence[float | None], most: float = 5.0) -> Answer:
    codes = ("-12", "-09", "-06", "-03", "+00", "+03", "+06", "+09")
    rows = [(("police", code), value) for code, value in zip(codes, (*before, *after), strict=True)]
    return made_by(("event", "months_around"), "families_with_event", rows, most=most)


@pytest.mark.parametrize(
    ("before", "after", "title"),
    [
        ([80.0] * 4, [40.0] * 4, "Fewer families afterwards: l police"),
        ([40.0] * 4, [80.0] * 4, "More families afterwards: l police"),
        # Noise of five either way may make ten of it.
        ([80.0] * 4, [71.0] * 4, "Around?"),
        ([80.0, 80.0, None, 80.0], [10.0] * 4, "Around?"),
    ],
)
def test_around_the_start_a_difference_is_told_beyond_noise_and_the_caveat_always(
    before: list[float | None], after: list[float | None], title: str
) -> None:
    chart = charts.before_after(_around(before, after), question="Around?")
    assert chart.title == title
    assert CAVEAT in chart.told
    assert len(chart.figure.arrangement["shapes"]) == 1
    assert chart.figure.arrangement["shapes"][0]["x0"] == 3.5


def test_how_many_families_are_seen_is_said() -> None:
    families = made_by((), "families_around", [(("",), 812.0)])
    chart = charts.before_after(_around([5.0] * 4, [5.0] * 4), families, question="Around?")
    assert any("Of 812 families" in note for note in chart.notes)
    by_kind = made_by(("event",), "families_around", [(("police",), 640.0)])
    chart = charts.before_after(_around([5.0] * 4, [5.0] * 4), by_kind, question="Around?")
    assert chart.table["Families seen"].to_list() == ["640"]


@pytest.mark.parametrize(
    ("before", "last", "outcome"),
    [
        (100.0, 200.0, Outcome.UP),
        (200.0, 100.0, Outcome.DOWN),
        (100.0, 104.0, Outcome.NONE),
        (100.0, 135.0, Outcome.UNTOLD),
        (8.0, 9.0, Outcome.UNTOLD),
        (None, 100.0, Outcome.UNTOLD),
        (100.0, None, Outcome.UNTOLD),
    ],
)
def test_a_figure_has_moved_has_not_or_it_cannot_be_told(
    before: float | None, last: float | None, outcome: Outcome
) -> None:
    rows: list[Row] = [("2023-24 Q2", before), ("2024-25 Q2", last), ("2024-25 Q3", 3.0), ("none!", None)]
    found = moved(made_answer("families_helped", "quarter", rows, most=5.0), AS_OF, 11)
    assert found.outcome is outcome
    assert outcome.value in found.sentence
    assert found.sentence.endswith(".")
    if None in (before, last):
        assert found.last is None
        assert "withheld" in found.sentence


def test_a_measure_that_swings_from_year_to_year_has_to_swing_further() -> None:
    swinging = [(f"{year}-{year % 100 + 1:02d}", 100.0 + 80 * (year % 2)) for year in range(2014, 2023)]
    rows: list[Row] = [*swinging, ("2023-24", 200.0), ("2024-25", 20.0)]
    assert moved(made_answer("families_helped", "year", rows), AS_OF, 11).outcome is Outcome.NONE
    calm = [(code, 100.0 + place % 2) for place, (code, _) in enumerate(swinging)]
    found = moved(made_answer("families_helped", "year", [*calm, ("2023-24", 200.0)]), AS_OF, 11)
    assert found.outcome is Outcome.UP
    assert found.sentence == "200 in L 2023-24, 100 a year before: up, more than chance."


def test_without_a_year_before_nothing_is_told() -> None:
    found = moved(made_answer("families_helped", "quarter", [("2024-25 Q2", 80.0)]), AS_OF, 11)
    assert found.outcome is Outcome.UNTOLD
    assert "no year before" in found.sentence
    assert moved(made_answer("families_helped", "quarter", []), AS_OF, 11).outcome is Outcome.UNTOLD


@pytest.mark.parametrize(
    ("by", "rows", "period"),
    [
        ("month", [("2023-10", 50.0), ("2024-09", 10.0), ("2024-10", 200.0), ("2024-11", 0.0)], "L 2024-10"),
        ("quarter", [("2023-24 Q2", 50.0), ("2024-25 Q2", 200.0), ("2024-25 Q3", 10.0)], "L 2024-25 Q2"),
        ("year", [("2022-23", 50.0), ("2023-24", 200.0), ("2024-25", 10.0)], "L 2023-24"),
    ],
)
def test_a_change_is_from_the_same_period_a_year_before(by: str, rows: list[Row], period: str) -> None:
    found = moved(made_answer("families_helped", by, rows, most=5.0), AS_OF, 11)
    assert (found.outcome, found.period, found.last, found.before) == (Outcome.UP, period, 200.0, 50.0)
