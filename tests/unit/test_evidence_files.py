"""Files that a reader takes away: the same figures as on the page, with their notes, and nothing that runs."""

import csv
import io
from datetime import date

import polars as pl
import pytest

from evidence import charts
from evidence.chart import Chart
from evidence.drawing import Drawing
from evidence.files import as_csv, file_name
from evidence.questions import Question
from tests.fakes import NAME, fake_evidence


def _read(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _chart(table: pl.DataFrame, title: str = "A finding", notes: tuple[str, ...] = ("A note.",)) -> Chart:
    return Chart(Drawing(), title, "Nothing.", table, notes, "a source", ("Told.",))


@pytest.mark.parametrize("show", ["everything", "nothing"])
def test_a_file_holds_the_table_of_the_page_its_notes_and_its_source(show: str) -> None:
    evidence = fake_evidence(show)
    share = evidence.ask(Question("share_sustained", ("ward",)))
    whole = evidence.ask(Question("needs_identified", ("ward",)))
    chart = charts.funnel_plot(share, whole, by="Ward", question="Where?")
    lines = _read(as_csv(chart.without_figure()))
    assert lines[0] == chart.table.columns
    end = 1 + chart.table.height
    assert [tuple(line) for line in lines[1:end]] == chart.table.rows()
    assert not any(lines[end])
    below = [line[0] for line in lines[end + 1 :]]
    assert below[0] == f"Table: {chart.title}"
    assert below[-1] == f"Source: {chart.source}"
    assert set(below) >= {*chart.notes, *chart.told}
    # A symbol is explained where it is used, and nowhere else.
    assert any(line.startswith("c: withheld") for line in below) is (show == "nothing")
    # As a reader of data takes it: the heading first, and every line as long.
    taken = pl.read_csv(as_csv(chart), infer_schema=False)
    assert taken.columns == chart.table.columns
    assert taken.head(chart.table.height).fill_null("").equals(chart.table)
    assert {len(line) for line in lines} == {chart.table.width}


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+44 7700",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =cmd|'/c calc'!A0",
        "\x00=1",
        "\u200b=1",
        "＝1",
        "\n=1",
    ],
)
def test_no_cell_is_run_as_a_formula(text: str) -> None:
    table = pl.DataFrame({text: [text, "4"], "b": ["5", f'",{text}']})
    for line in _read(as_csv(_chart(table, text, (text,)))):
        for cell in line:
            assert cell.lstrip()[:1] not in set("=+-@＝")
            assert not set(cell) & set("\x00\r\t\u200b")


def test_what_is_no_formula_stays_as_it_is() -> None:
    cells = ['a "quoted" one; with, signs', "−£320,000", "62%", "c", "O'Neill", "£1,240"]
    assert [line[0] for line in _read(as_csv(_chart(pl.DataFrame({"Ward": cells}))))[1:7]] == cells
    assert _read(as_csv(_chart(pl.DataFrame({"Ward": [None]}, schema={"Ward": pl.String}))))[1] == [""]


def test_a_file_is_called_after_its_page_and_its_release() -> None:
    evidence = fake_evidence()
    assert file_name(evidence, "outcomes", "breakdown") == f"outcome-lens-outcomes-breakdown-{NAME}.csv"
    name = file_name(evidence, "../../etc", 'x"\r\nSet-Cookie: a=b' + "y" * 500)
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert len(name) < 200
    assert name.endswith(".csv")


def test_a_chart_that_is_kept_for_a_file_is_without_its_drawing() -> None:
    evidence = fake_evidence()
    chart = charts.trend(
        [evidence.ask(Question("families_helped", ("quarter",)))], date(2024, 10, 31), question="When?"
    )
    kept = chart.without_figure()
    assert chart.figure.traces
    assert not kept.figure.traces
    assert (kept.title, kept.alt, kept.notes) == (chart.title, chart.alt, chart.notes)
    assert kept.table.equals(chart.table)
