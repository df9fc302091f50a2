"""Where extracts disagree or say nothing, the reading is the one that a claim can rest on least."""

from datetime import date

import polars as pl
import pytest

from pipelines.pseudonymise.blanks import says_something
from pipelines.pseudonymise.events import school_calendar
from pipelines.pseudonymise.newest import newest
from pipelines.pseudonymise.people import worked_with
from pipelines.pseudonymise.stage import _framework_id

AS_OF = date(2024, 10, 31)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("Holly Hargreaves", True),
        ("Null, Ann", True),
        ("  ", False),
        ("\u00a0", False),
        ("n/a", False),
        ("N.A.", False),
        ("-", False),
        ("TBC", False),
        ("Unallocated", False),
        ("not known", False),
        (None, False),
    ],
)
def test_placeholders_say_nothing(written: str | None, says: bool) -> None:
    frame = pl.DataFrame({"cell": [written]}, schema={"cell": pl.String})
    assert frame.select(says_something("cell")).item() is says


def test_the_newest_file_is_believed_for_the_same_fact_only() -> None:
    jobs = pl.DataFrame(
        {
            "person": [1, 1, 1, 2],
            "start": ["a", "a", "b", "a"],
            "end": [None, "x", "y", "z"],
            "covers_to": [date(2024, 3, 31), date(2024, 10, 31), date(2024, 3, 31), date(2024, 3, 31)],
        }
    )
    assert newest(jobs, ["person", "start"])["end"].to_list() == ["x", "y", "z"]


def episodes(*rows: tuple[date | None, str | None, date]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "episode_ref": "E1",
                "start_date": date(2023, 1, 1),
                "end_date": end,
                "closure_reason": reason,
                "assessment_date": date(2024, 12, 1),
                "plan_date": date(2023, 2, 1),
                "file": "f",
                "row": number,
                "covers_to": covers_to,
            }
            for number, (end, reason, covers_to) in enumerate(rows)
        ],
        schema_overrides={"end_date": pl.Date, "closure_reason": pl.String},
    )


END, OLD = date(2024, 1, 31), date(2024, 3, 31)


@pytest.mark.parametrize(
    ("rows", "end", "reason"),
    [
        ([(None, None, OLD), (END, "withdrew", AS_OF)], END, "withdrew"),
        ([(END, "withdrew", OLD), (None, None, AS_OF)], None, None),
        ([(END, "outcomes_met", AS_OF), (END, "withdrew", AS_OF)], END, "withdrew"),
        ([(END, "outcomes_met", AS_OF), (None, None, AS_OF)], None, None),
        ([(END, "outcomes_met", AS_OF), (END, None, AS_OF)], END, None),
        ([(date(2024, 11, 1), "withdrew", AS_OF)], None, None),  # an end that is not known yet
        ([(None, "withdrew", AS_OF)], None, "withdrew"),  # ended, and nobody wrote down when
    ],
)
def test_one_episode_in_several_rows(
    rows: list[tuple[date | None, str | None, date]], end: date | None, reason: str | None
) -> None:
    (known,) = worked_with(episodes(*rows), AS_OF).to_dicts()
    assert (known["end_date"], known["closure_reason"]) == (end, reason)
    assert known["assessment_date"] is None  # it lies after the as-of date
    assert known["plan_date"] == date(2023, 2, 1)


def test_an_episode_that_begins_later_is_not_known() -> None:
    assert worked_with(episodes((None, None, AS_OF)), date(2022, 12, 31)).is_empty()


def test_one_wrong_row_moves_no_term() -> None:
    right = ("2023/24", "Summer", date(2024, 4, 22), date(2024, 7, 22))
    wrong_end = ("2023/24", "Summer", date(2024, 4, 22), date(2025, 7, 22))
    wrong_year = ("2032-33", "Summer", date(2024, 4, 22), date(2024, 7, 22))
    columns = ["academic_year", "term", "term_start", "term_end"]
    attendance = pl.DataFrame([right, right, right, wrong_end, wrong_year], schema=columns, orient="row")
    assert school_calendar(attendance).select(columns).unique().rows() == [right]


def test_august_belongs_to_the_year_that_begins() -> None:
    terms = [
        ("x", "Autumn", date(2023, 8, 30), date(2023, 12, 20)),
        ("x", "Summer", date(2023, 7, 1), date(2023, 7, 20)),
    ]
    attendance = pl.DataFrame(terms, schema=["academic_year", "term", "term_start", "term_end"], orient="row")
    years = dict(school_calendar(attendance).select("term", "academic_year").iter_rows())
    assert years == {"Autumn": "2023/24", "Summer": "2022/23"}


@pytest.mark.parametrize(
    "written", ["supporting-families-2022", "Supporting Families 2022", "SUPPORTING_FAMILIES_2022 "]
)
def test_a_framework_is_known_however_finance_writes_it(written: str) -> None:
    assert pl.DataFrame({"framework": [written]}).select(_framework_id()).item() == "supporting-families-2022"
