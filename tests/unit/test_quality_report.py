"""The data-quality report: what it says, in which order, and that nothing from outside can do harm in it."""

import re
from collections.abc import Sequence
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import polars as pl
import pytest

from pipelines.contracts import Severity
from pipelines.quality import COUNTS, Report, make_report, page, sheet
from pipelines.quality.advice import gain, how_to_mend
from pipelines.quality.ranges import ranges
from pipelines.quality.trend import Trend, not_sent, with_trend
from pipelines.quality.words import share

Counts = Sequence[tuple[str, str, str, str, int, int]]
HERE: Counts = (
    ("police_incident", "received", "worth_a_look", "rows received", 1200, 0),
    ("police_incident", "quarantined", "stops_a_claim", "left out", 1200, 40),
    ("police_incident", "occurred_on_is_a_date", "stops_a_claim", "occurred_on is a date", 1200, 40),
    ("police_incident", "date_of_birth_is_given", "stops_linkage", "date_of_birth is filled in", 1160, 300),
    ("police_incident", "postcode_is_valid", "worth_a_look", "postcode is one", 1000, 900),
    ("need", "received", "worth_a_look", "rows received", 500, 0),
    ("need", "quarantined", "stops_a_claim", "left out", 500, 0),
    ("need", "need_code_is_given", "stops_a_claim", "need_code is filled in", 500, 0),
)
BEFORE: Counts = (
    ("police_incident", "received", "worth_a_look", "rows received", 1000, 0),
    ("police_incident", "quarantined", "stops_a_claim", "left out", 1000, 10),
    ("police_incident", "occurred_on_is_a_date", "stops_a_claim", "occurred_on is a date", 1000, 10),
    ("police_incident", "date_of_birth_is_given", "stops_linkage", "date_of_birth is filled in", 990, 400),
    ("need", "received", "worth_a_look", "rows received", 500, 0),
    ("need", "need_code_is_given", "stops_a_claim", "need_code is filled in", 500, 7),
    ("health_contact", "received", "worth_a_look", "rows received", 80, 0),
)


def counts(lines: Counts) -> pl.DataFrame:
    return pl.DataFrame(lines, schema=COUNTS, orient="row")


def findings(*lines: tuple[str, str, str, str]) -> pl.DataFrame:
    columns = ("contract", "rule", "file", "place")
    return pl.DataFrame(lines, schema=dict.fromkeys(columns, pl.String), orient="row")


def report(
    here: Counts = HERE, before: Counts | None = BEFORE, *, partner: str = "North Fells Police", **places: str
) -> Report:
    found = [
        ("police_incident", "occurred_on_is_a_date", "p.csv", place)
        for place in places.get("dates", "p.csv!B7 p.csv!B8 p.csv!B12").split()
    ]
    return make_report(
        counts(here),
        ranges(findings(*found)),
        reasons={("police_incident", "occurred_on_is_a_date"): "occurred_on is no date: correct it"},
        set_aside={("police_incident", "occurred_on_is_a_date")},
        partners={"police_incident": partner},
        needs={"police_incident": ["7.1", "8.1"]},
        authority="Ashmere",
        as_of=date(2024, 10, 31),
        release="2024-10-31-002",
        before=counts(before) if before is not None else None,
        before_name="2024-07-31-001" if before is not None else None,
    )


def test_consecutive_rows_are_one_range_within_a_file_a_sheet_and_a_column() -> None:
    spans = ranges(
        findings(
            *(("a", "r", "f.xlsx", f"f.xlsx!Events!B{line}") for line in (7, 8, 9, 11)),
            ("a", "r", "f.xlsx", "f.xlsx!Events!C10"),
            ("a", "r", "f.xlsx", "f.xlsx!Other!B12"),
            ("a", "r", "g.csv", "g.csv!7:7"),
            ("a", "r", "g.csv", "g.csv!8:8"),
            ("a", "r", "g.csv", "g.csv!8:8"),
            ("b", "r", "g.csv", "g.csv!9:9"),
        )
    )
    assert spans.select("contract", "place", "rows").rows() == [
        ("a", "f.xlsx!Events!B7:B9", 3),
        ("a", "f.xlsx!Events!C10", 1),
        ("a", "f.xlsx!Events!B11", 1),
        ("a", "f.xlsx!Other!B12", 1),
        ("a", "g.csv!7:8", 2),
        ("b", "g.csv!9:9", 1),
    ]


@pytest.mark.parametrize("place", ["", "!", "B", "f!B7!", "f.csv!B99999999999999999999", "é!B7"])
def test_a_place_of_another_form_is_kept_as_it_is(place: str) -> None:
    assert ranges(findings(("a", "r", "f", place)))["place"].to_list() == [place]


@pytest.mark.parametrize(
    ("now", "then", "trend"),
    [
        ((100, 10), (100, 10), Trend.SAME),
        ((200, 20), (100, 10), Trend.SAME),
        ((100, 11), (100, 10), Trend.WORSE),
        ((300, 29), (100, 10), Trend.BETTER),
        ((100, 1), (100, 0), Trend.NEW),
        ((100, 1), None, Trend.NEW),
        ((100, 0), (100, 3), Trend.GONE),
        ((100, 0), (100, 0), Trend.SAME),
        ((0, 0), (100, 0), Trend.SAME),
        ((100, 0), None, Trend.SAME),
    ],
)
def test_the_trend_compares_shares_of_rows(
    now: tuple[int, int], then: tuple[int, int] | None, trend: Trend
) -> None:
    rule = ("need", "rule", "worth_a_look", "…")
    before = counts([(*rule, *then)] if then else [])
    (found,) = with_trend(counts([(*rule, *now)]), before)["trend"]
    assert found == trend


def test_without_an_earlier_run_there_is_no_trend() -> None:
    assert with_trend(counts(HERE), None)["trend"].null_count() == len(HERE)
    assert report(before=None).before is None
    assert "no earlier run" in page(report(before=None))


def test_an_extract_that_no_longer_comes_is_named() -> None:
    assert not_sent(counts(HERE), counts(BEFORE)) == ["health_contact"]
    assert "Came last time and not now:</strong> Health contact" in page(report())


def test_the_severe_come_first_and_within_them_what_fails_most() -> None:
    lines = report().lines
    assert [line.rule for line in lines] == [
        "date_of_birth_is_given",
        "occurred_on_is_a_date",
        "need_code_is_given",
        "postcode_is_valid",
    ]
    assert [line.trend for line in lines] == [Trend.BETTER, Trend.WORSE, Trend.GONE, Trend.NEW]
    assert (lines[1].failures_before, lines[1].rows_before) == (10, 1000)
    assert lines[1].places == ("p.csv!B7:B8", "p.csv!B12")


def test_a_partner_is_asked_for_what_loses_most_rows_and_for_no_trifles() -> None:
    ((partner, lines),) = report().asks()
    assert partner == "North Fells Police"
    assert [line.rule for line in lines] == ["date_of_birth_is_given", "occurred_on_is_a_date"]
    assert lines[0].gain == (
        "300 rows could be matched to the right person more surely; the outcomes of needs 7.1, 8.1 rest on this extract"
    )
    assert "40 rows that nobody counts today would count" in lines[1].gain
    few = [(*line[:5], 5) if line[1] == "occurred_on_is_a_date" else line for line in HERE]
    assert [line.rule for line in report(few).asks()[0][1]] == ["date_of_birth_is_given"]


def test_the_first_places_are_shown_and_the_rest_are_counted() -> None:
    many = report(dates=" ".join(f"p.csv!B{2 * line}" for line in range(1, 71)))
    (line,) = [line for line in many.lines if line.places]
    assert (len(line.places), line.more) == (50, 20)
    assert "and 20 more, all in report.csv" in page(many)
    assert sheet(many).filter(pl.col("code") == line.rule).height == 70


def test_the_sheet_has_a_line_for_every_place_and_every_rule_that_holds() -> None:
    table = sheet(report())
    assert table.filter(pl.col("code") == "occurred_on_is_a_date")["place"].to_list() == [
        "p.csv!B7:B8",
        "p.csv!B12",
    ]
    assert table.filter(pl.col("code") == "need_code_is_given").select("place", "rows_failing").rows() == [
        (None, 0)
    ]
    assert table["severity"].unique(maintain_order=True).to_list() == [
        "Stops a match to a person",
        "Stops a claim",
        "Worth a look",
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "＝", "\r@"])
def test_no_cell_of_the_sheet_is_a_formula(start: str) -> None:
    table = sheet(report(partner=f"{start}HYPERLINK(1)", dates=f"{start.strip()}p.csv!B7"))
    for name, type_ in table.schema.items():
        if type_ == pl.String:
            told = [value.strip() for value in table[name].drop_nulls() if value]
            assert not [value for value in told if value[:1] in "=+-@＝＋－＠"], name
    assert any(value.startswith("'") for value in table["partner"])


class _Outline(HTMLParser):
    """What stands in a page: its tags with their attributes, and its text."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_runs_nothing_and_fetches_nothing_whatever_a_partner_is_called() -> None:
    hostile = report(partner='<script src="//x"></script><img src=x onerror=y>', dates='<b>"&!B7')
    outline = _Outline(page(hostile))
    names = {tag for tag, _ in outline.tags}
    assert not names & {"script", "img", "link", "iframe", "object", "b", "form"}
    for tag, attributes in outline.tags:
        assert not {name for name in attributes if name.startswith("on") or name in ("src", "style")}, tag
        assert str(attributes.get("href", "#")).startswith("#")
    assert "onerror=y" in outline.text
    assert "default-src 'none'" in page(hostile)


def test_the_page_has_landmarks_headings_in_order_and_headed_tables() -> None:
    outline = _Outline(page(report()))
    tags = [tag for tag, _ in outline.tags]
    assert [tags.count(name) for name in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert tags.count("table") == tags.count("caption") == tags.count("thead")
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in outline.tags if tag == "th")
    names = [attributes["aria-labelledby"] for tag, attributes in outline.tags if tag == "section"]
    ids = [attributes["id"] for _, attributes in outline.tags if attributes.get("id")]
    assert set(names) <= set(ids)
    assert len(ids) == len(set(ids))


def test_how_to_mend_goes_by_the_words_of_the_rule_where_it_has_some() -> None:
    assert how_to_mend("x_is_given", "x is blank: ask: twice") == "ask: twice"
    assert how_to_mend("nhs_number_is_valid").startswith("check it against its source")
    assert how_to_mend("something_else").startswith("look at these rows")


@pytest.mark.parametrize(
    ("severity", "set_aside", "words"),
    [
        (Severity.STOPS_A_CLAIM, True, "1 row that nobody counts today would count"),
        (Severity.STOPS_LINKAGE, False, "1 row could be matched to the right person more surely"),
        (Severity.STOPS_A_CLAIM, False, "1 row could support a claim"),
        (Severity.WORTH_A_LOOK, False, "1 row fewer to doubt"),
    ],
)
def test_what_mending_buys(severity: Severity, set_aside: bool, words: str) -> None:
    assert gain(severity, 1, set_aside=set_aside, needs=[]) == words


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 0, "–"), (0, 9, "0%"), (1, 900, "under 1%"), (899, 900, "over 99%"), (9, 9, "100%"), (1, 3, "33%")],
)
def test_a_share_never_rounds_to_none_or_all(part: int, whole: int, words: str) -> None:
    assert share(part, whole) == words
