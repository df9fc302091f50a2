"""Any table, written in any way that partners write tables, comes back as it was."""

import csv
import io
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.extracts import Extract
from pipelines.landing import land

HEADINGS = ["worker_id", "name", "team", "email"]
PIECES = st.sampled_from(
    ["a", "B", "é", "ë", " ", ",", ";", "|", "\t", '"', "'", "\n", "\r\n", "=1+1", "@x", "0", "\xa0"]
)
CELL = st.lists(PIECES, max_size=6).map("".join)
ROW = st.lists(CELL, min_size=4, max_size=4)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    rows=st.lists(ROW, min_size=1, max_size=12),
    separator=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    titles=st.integers(0, 3),
)
def test_cells_survive(
    rows: list[list[str]], separator: str, end: str, encoding: str, quoting: int, titles: int
) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerows([["Report"]] * titles + [HEADINGS, *rows])
    with TemporaryDirectory() as folder:
        file = Path(folder) / "w.csv"
        file.write_bytes(buffer.getvalue().encode(encoding))
        found = land(Extract(file, "worker", "P", date(2024, 1, 1), date(2024, 1, 2), {}, {}))
    assert [list(row) for row in found.raw.select(HEADINGS).iter_rows()] == rows
    assert found.raw["row"].to_list() == list(range(1, len(rows) + 1))
    assert found.headings_at == titles + 1
    assert found.odd_rows.filter(oddity="slipped").is_empty()
