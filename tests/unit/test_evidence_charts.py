"""Charts and the words on them: honest titles, nothing withheld in a figure, nothing harmful in a label."""

import json
import re
from datetime import date

import polars as pl
import pytest

from evidence import charts
from evidence.answers import Answer
from evidence.charts import Chart
from evidence.display import harmless
from evidence.evidence import Evidence
from evidence.findings import clearly_differ, extremes, largest, title
from evidence.periods import begins_a_year, is_period, period_code, whole_periods, year_before
from evidence.questions import Question
from evidence.symbols import IN_SHORT
from evidence.template import DARK, LIGHT, shaded
from evidence.words import apart, in_chart, in_markdown, quarter_code, written
from tests.fakes import catalogue, fake_evidence

AS_OF = date(2024, 10, 31)


def _answer(
    measure: str, dimension: str, *rows: tuple[str, float | None, str | None], most: float = 0.0
) -> Answer:
    frame = pl.DataFrame(
        [(code, f"Label {code}", value, symbol) for code, value, symbol in rows],
        schema={
            dimension: pl.String,
            f"{dimension}_label": pl.String,
            "value": pl.Float64,
            "symbol": pl.String,
        },
        orient="row",
    )
    for off in ("tolerance", "most"):
        frame = frame.with_columns(pl.when(pl.col("value").is_not_null()).then(pl.lit(most)).alias(off))
    return Answer(
        Question(measure, (dimension,)), catalogue().measures[measure], frame, ("A note.",), "a source"
    )


def _all(evidence: Evidence) -> list[Chart]:
    def ask(measure: str, *by: str) -> Answer:
        return evidence.ask(Question(measure, by))

    measures = ("needs_identified", "needs_sustained", "share_sustained")
    whole, part, share = (ask(measure, "headline") for measure in measures)
    return [
        charts.ranked(ask("families_helped", "ward"), by="Ward", question="Where?"),
        charts.shares(share, whole, 42.0, by="Headline", question="Which?"),
        charts.compared(whole, part, share, by="Headline", question="Which?"),
        charts.trend([ask("families_helped", "quarter")], AS_OF, question="When?"),
        charts.trend([ask(one, "quarter") for one in measures[:2]], AS_OF, question="When?"),
        charts.ranked(
            ask("claims_held_up", "missing"),
            by="What is missing",
            question="What?",
            worth=ask("worth_held_up", "missing"),
        ),
    ]


@pytest.mark.parametrize("show", ["everything", "nothing", "empty"])
def test_every_chart_has_a_title_words_and_a_table(show: str) -> None:
    for chart in _all(fake_evidence(show)):
        assert 0 < len(chart.title.split()) <= 10
        assert chart.alt.endswith(".")
        assert set(chart.table.dtypes) <= {pl.String, pl.Null}
        assert chart.table.height or show == "empty"
        for dark in (False, True):
            drawn = json.loads(shaded(chart.figure, dark=dark).to_json())
            assert drawn["layout"]["template"]["layout"]["colorway"] == list(DARK if dark else LIGHT)
            assert all(trace["type"] in {"bar", "scatter"} for trace in drawn["data"])


@pytest.mark.parametrize("show", ["everything", "nothing"])
def test_nothing_is_drawn_or_said_over_a_chart_but_the_figures_of_its_table(show: str) -> None:
    for chart in _all(fake_evidence(show)):
        told = {cell for name in chart.table.columns for cell in chart.table[name]}
        told |= set(IN_SHORT.values())
        for trace in chart.figure.data:
            for (cell,) in trace.customdata if trace.customdata is not None else ():
                assert cell in told
            lengths = trace.x if trace.type == "bar" else trace.y
            shown = [one for one, text in zip(lengths, trace.text or lengths, strict=True) if text != "c"]
            assert all(
                one is None or any(str(cell).startswith(f"{one:,.0f}") for cell in told) for one in shown
            )


def test_a_withheld_bar_is_as_long_whatever_it_hides() -> None:
    answer = _answer(
        "families_helped", "team", ("a", 200.0, None), ("b", None, "c"), ("d", None, "c"), ("e", None, "z")
    )
    chart = charts.ranked(answer, by="Team", question="Which team?")
    (bars,) = chart.figure.data
    assert list(bars.y) == ["a", "b", "d"]
    assert bars.x[1] == bars.x[2] == 0.05 * 200
    assert list(bars.text) == ["200", "c", "c"]
    assert [said for (said,) in bars.customdata] == ["200", "withheld", "withheld"]
    assert list(bars.marker.pattern.shape) == ["", "x", "x"]
    assert chart.table.rows() == [("Label a", "200"), ("Label b", "c"), ("Label d", "c")]


def test_a_withheld_quarter_is_a_gap_and_a_running_one_is_marked() -> None:
    rows = [
        ("2024-25 Q1", 50.0, None),
        ("2024-25 Q2", None, "c"),
        ("2024-25 Q3", 10.0, None),
        ("none", None, "z"),
    ]
    chart = charts.trend([_answer("families_helped", "quarter", *rows)], AS_OF, question="When?")
    line, running, letters = chart.figure.data
    assert list(line.y) == [50.0, None]
    assert list(running.y) == [None, 10.0]
    assert not line.connectgaps
    assert list(letters.text) == ["c"]
    assert chart.table["Quarter"].to_list() == [
        "Label 2024-25 Q1",
        "Label 2024-25 Q2",
        "Label 2024-25 Q3 (so far)",
    ]


def test_a_title_is_short_or_a_question() -> None:
    assert title("One two", "Why?") == "One two"
    assert title(" ".join("word" for _ in range(11)), "Why?") == "Why?"
    assert title(None, "Why?") == "Why?"
    with pytest.raises(ValueError, match="at most"):
        charts.trend([_answer("families_helped", "quarter")], AS_OF, question="word " * 11)


@pytest.mark.parametrize(
    ("first", "second", "differ"), [(100, 100, False), (100, 110, False), (100, 111, True), (111, 100, True)]
)
def test_a_difference_that_noise_can_make_is_none(first: float, second: float, differ: bool) -> None:
    assert clearly_differ(first, second, 11) is differ
    found = ("a" if first > second else "b") if differ else ""
    two = (("a", first, None), ("b", second, None))
    answer = _answer("families_helped", "team", *two, ("d", None, "z"))
    assert largest(answer, 11) == (f"Label {found}" if differ else None)
    # A withheld figure may be the largest of all.
    assert largest(_answer("families_helped", "team", *two, ("c", None, "c")), 11) is None


@pytest.mark.parametrize(
    ("shares", "sizes", "found"),
    [
        ((60, 40), (500, 500), ("Label 0", "Label 1")),
        ((51, 49), (500, 500), None),
        ((60, 40), (45, 45), None),
        ((55, 40), (60, 60), None),
        ((60, 40, 10), (500, 500, 20), ("Label 0", "Label 1")),
    ],
)
def test_extremes_are_more_than_chance(
    shares: tuple[int, ...], sizes: tuple[int, ...], found: tuple[str, str] | None
) -> None:
    shares_ = [(str(n), float(one), None) for n, one in enumerate(shares)]
    share = _answer("share_sustained", "sex", *shares_)
    whole = _answer("needs_identified", "sex", *((str(n), float(one), None) for n, one in enumerate(sizes)))
    assert extremes(share, whole) == found
    assert extremes(_answer("share_sustained", "sex", *shares_, ("9", None, "c")), whole) is None


@pytest.mark.parametrize(("most", "found"), [(2.6, True), (2.7, False)])
def test_extremes_are_more_than_the_noise_in_both(most: float, found: bool) -> None:
    # Twice the standard error of two shares of 500 needs, which are alike in a family, is 8.7 points: of a gap of 14,
    # noise may make 5.
    rows = (("0", 57.0, None), ("1", 43.0, None))
    whole = _answer("needs_identified", "sex", ("0", 500.0, None), ("1", 500.0, None))
    assert bool(extremes(_answer("share_sustained", "sex", *rows, most=most), whole)) is found


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2024, 3, 31), "2023-24 Q4"),
        (date(2024, 4, 1), "2024-25 Q1"),
        (date(2024, 12, 31), "2024-25 Q3"),
        (date(1999, 9, 30), "1999-00 Q2"),
    ],
)
def test_quarters_are_of_the_financial_year(day: date, code: str) -> None:
    assert quarter_code(day) == code


@pytest.mark.parametrize(
    ("dimension", "codes", "day", "whole"),
    [
        ("quarter", ["2024-25 Q1", "2024-25 Q2", "2024-25 Q3"], date(2024, 10, 31), 2),
        ("quarter", ["2024-25 Q1", "2024-25 Q2", "2024-25 Q3"], date(2024, 12, 31), 3),
        ("month", ["2024-09", "2024-10", "2024-11"], date(2024, 10, 30), 1),
        ("month", ["2024-09", "2024-10", "2024-11"], date(2024, 10, 31), 2),
        ("year", ["2022-23", "2023-24", "2024-25"], date(2024, 10, 31), 2),
        ("year", ["2022-23", "2023-24", "2024-25"], date(2025, 3, 31), 3),
    ],
)
def test_a_period_counts_once_it_has_ended(dimension: str, codes: list[str], day: date, whole: int) -> None:
    assert whole_periods(dimension, [*reversed(codes), "earlier", "none"], day) == codes[:whole]
    assert period_code(dimension, day) in codes
    assert all(is_period(dimension, code) for code in codes)


def test_the_same_period_of_the_year_before_and_the_first_of_a_year() -> None:
    assert year_before("month", "2024-02") == "2023-02"
    assert year_before("quarter", "2000-01 Q4") == "1999-00 Q4"
    assert year_before("year", "2023-24") == "2022-23"
    firsts = {"month": "2024-04", "quarter": "2024-25 Q1", "year": "2024-25"}
    assert all(begins_a_year(dimension, code) for dimension, code in firsts.items())
    assert not begins_a_year("month", "2024-01")


def test_what_is_still_to_come_is_in_no_trend() -> None:
    rows = [("2024-09", 40.0, None), ("2024-10", 30.0, None), ("2024-11", 0.0, None), ("earlier", 9.0, None)]
    chart = charts.trend([_answer("families_helped", "month", *rows)], AS_OF, question="When?")
    assert chart.table.rows() == [("Label 2024-09", "40"), ("Label 2024-10", "30")]
    assert "2 months" in chart.alt


def test_the_order_of_a_sorted_table_tells_nothing_of_what_is_withheld() -> None:
    rows = (("a", None, "c"), ("b", 10.0, None), ("d", None, "c"), ("e", 30.0, None), ("f", None, "u"))
    chart = charts.ranked(_answer("families_helped", "team", *rows), by="Team", question="Which team?")
    assert chart.table["Team"].to_list() == ["Label e", "Label b", "Label a", "Label d", "Label f"]


@pytest.mark.parametrize(
    ("distance", "unit", "text"),
    [
        (4.0, "families", "4"),
        (1.2, "per cent", "2 points"),
        (2.0, "per cent", "2 points"),
        (3200.0, "pounds", "£3,200"),
    ],
)
def test_how_far_a_figure_may_be_off_is_never_said_too_small(distance: float, unit: str, text: str) -> None:
    assert apart(distance, unit) == text


@pytest.mark.parametrize(
    "text",
    ["![a](https://evil.example/x.png)", "<img src=x onerror=alert(1)>", "**a** | b", ":red[a]", "$x$"],
)
def test_a_label_cannot_become_markup(text: str) -> None:
    escaped = in_markdown(text)
    assert re.sub(r"\\(.)", r"\1", escaped) == text
    assert not re.search(r"(?<!\\)[!\[\]()<>*|:$]", escaped)
    assert "<img" not in in_chart(text, 200)
    assert in_chart(f"{text} " * 30).count("<br>") == 2
    assert harmless(pl.DataFrame({text: [text, None]})).rows() == [(escaped,), ("",)]


@pytest.mark.parametrize(
    ("value", "symbol", "unit", "text"),
    [
        (1240, None, "families", "1,240"),
        (None, "c", "families", "c"),
        (61.7, None, "per cent", "62%"),
        (0.2, None, "per cent", "under 1%"),
        (308000, None, "pounds", "£308,000"),
        (None, "z", "pounds", "z"),
    ],
)
def test_figures_are_written_as_their_unit_is(
    value: float | None, symbol: str | None, unit: str, text: str
) -> None:
    assert written(value, symbol, unit) == text
