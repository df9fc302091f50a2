"""What single cells become: dates, numbers, codes, spaces, misread text."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.dates import parse_dates
from pipelines.mending import mend

APRIL = date(2024, 4, 3)


@pytest.mark.parametrize(
    "written",
    [
        "2024-04-03",
        "2024-4-3",
        "2024/04/03",
        "20240403",
        "03/04/2024",
        "3/4/2024",
        "03/04/24",
        "03.04.2024",
        "03-04-2024",
        "03-Apr-2024",
        "03-APR-24",
        "3 April 2024",
        "3rd Apr 2024",
        "Wed 3 Apr 2024",
        "Wednesday, 3 April 2024",
        "03Apr2024",
        "2024-04-03 00:00:00",
        "2024-04-03T23:59:59Z",
        "2024-04-03 10:30:00.000",
        "03/04/2024 10:30",
        "03-Apr-2024 10:30",
        "45385",
        "45385.75",
    ],
)
def test_a_date_is_found_by_its_shape(written: str) -> None:
    assert parse_dates(pl.Series([written]), newest_two_digit_year=24).to_list() == [APRIL]


@pytest.mark.parametrize(
    "written",
    [
        "31/02/2024",
        "29/02/2023",
        "2024-13-01",
        "2024-00-10",
        "31-Sep-2024",
        "04/31/2024",
        "1850-01-01",
        "31/12/1899",
        "01/01/2203",
        "2100-01-01",
        "1987",
        "24",
        "999999",
        "0",
        "see file",
        "03/04",
        "03-Foo-2024",
        "2024-04-03x",
        "-1",
    ],
)
def test_what_is_no_date_becomes_nothing(written: str) -> None:
    assert parse_dates(pl.Series([written, None]), newest_two_digit_year=24).to_list() == [None, None]


@pytest.mark.parametrize(
    ("written", "newest", "year"),
    [("01/02/24", 24, 2024), ("01/02/25", 24, 1925), ("01/02/25", 34, 2025), ("01/02/87", 24, 1987)],
)
def test_two_digits_of_year(written: str, newest: int, year: int) -> None:
    assert parse_dates(pl.Series([written]), newest_two_digit_year=newest).to_list() == [date(year, 2, 1)]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.dates(date(1900, 3, 1), date(2099, 12, 31)), min_size=1, max_size=40))
def test_every_day_survives_every_way_of_writing_it(days: list[date]) -> None:
    ways = [
        [day.isoformat() for day in days],
        [f"{day.day:02}/{day.month:02}/{day.year}" for day in days],
        [f"{day.day}.{day.month}.{day.year}" for day in days],
        [f"{day.day:02}-{day.strftime('%b')}-{day.year}" for day in days],
        [str((day - date(1899, 12, 30)).days) for day in days if day >= date(1927, 5, 19)],
    ]
    for way in ways[:-1]:
        assert parse_dates(pl.Series(way, dtype=pl.String), newest_two_digit_year=24).to_list() == days
    serials = parse_dates(pl.Series(ways[-1], dtype=pl.String), newest_two_digit_year=24).to_list()
    assert serials == [day for day in days if day >= date(1927, 5, 19)]


def test_excel_counts_from_the_end_of_1899() -> None:
    assert parse_dates(pl.Series(["61"]), newest_two_digit_year=24).to_list() == [None]
    assert parse_dates(pl.Series(["10000"]), newest_two_digit_year=24).to_list() == [
        date(1899, 12, 30) + timedelta(days=10_000)
    ]


def misread(text: str, times: int = 1) -> str:
    for _ in range(times):
        text = "".join(
            bytes([byte]).decode("cp1252") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(byte)
            for byte in text.encode()
        )
    return text


NAMES = [
    "Renée",
    "Chloë",
    "Ágnes",
    "Łukasz",
    "Wiśniewski",
    "García",
    "Ogden\xa0",
    "O’Sullivan",
    "Zoë–Mae",
    "Åsa",
    "à la",
]


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("name", NAMES)
def test_misread_text_is_mended(name: str, times: int) -> None:
    assert mend(pl.Series([misread(name, times), "Ann", None]))[0].to_list() == [name, "Ann", None]


@pytest.mark.parametrize(
    "names",
    [
        NAMES,
        ["CAFÉ’S", "RENÉ”", "ZOË…"],
        ["£5", "½ day", "naïve", "São João", "Übermut"],
        ["Ann", "Bob", None],
        # Most of the column is right: one text that could be mended may be meant as it is.
        ["Zoë", "Noël", "Renée", "Chloë", "Ã©"],
    ],
)
def test_correct_text_is_left_alone(names: list[str | None]) -> None:
    assert mend(pl.Series(names))[0].to_list() == names


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.text(st.sampled_from("abcdeéèêëàâäçñöóøúüíîïßŁłśżźćńęąŠšŽžőűğışÉÈÀÇÑÖÜ '-"), min_size=1, max_size=20)
)
def test_mending_undoes_misreading_and_nothing_else(name: str) -> None:
    assert mend(pl.Series([name]))[0].to_list() == [name]
    assert mend(pl.Series([misread(name)]))[0].to_list() == [name]
