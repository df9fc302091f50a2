"""Ages, bands, waits, groups and places, on the days and counts where they turn."""

from datetime import date

import polars as pl
import pytest

from figures.quarters import quarter_code, quarter_label, with_quarters, year_of
from pipelines.pseudonymise.coarse import (
    age_band,
    age_bands,
    age_on,
    common_places,
    group_of,
    named_place,
    wait_band,
    wait_bands,
)

AGES = (5, 11, 16, 18)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2006, 5, 1), date(2024, 4, 30), 17),
        (date(2006, 5, 1), date(2024, 5, 1), 18),
        (date(2004, 2, 29), date(2022, 2, 28), 17),  # born on a leap day: a year older on the first of March
        (date(2004, 2, 29), date(2022, 3, 1), 18),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
        (date(2024, 6, 1), date(2024, 5, 1), -1),
        (date(2024, 5, 1), date(2024, 5, 1), 0),
    ],
)
def test_age(born: date, day: date, age: int) -> None:
    assert pl.DataFrame({"born": [born], "day": [day]}).select(age_on("day", "born")).item() == age


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (-1, "unborn"),
        (0, "0-4"),
        (4, "0-4"),
        (5, "5-10"),
        (17, "16-17"),
        (18, "18+"),
        (90, "18+"),
        (None, "unknown"),
    ],
)
def test_age_bands(age: int | None, band: str) -> None:
    frame = pl.DataFrame({"age": [age]}, schema={"age": pl.Int32})
    assert frame.select(age_band(pl.col("age"), AGES)).item() == band
    assert band in age_bands(AGES)


@pytest.mark.parametrize(
    ("days", "band"), [(-3, "0-14"), (0, "0-14"), (14, "0-14"), (15, "15-28"), (29, "29+"), (None, "none")]
)
def test_wait_bands(days: int | None, band: str) -> None:
    frame = pl.DataFrame({"days": [days]}, schema={"days": pl.Int32})
    assert frame.select(wait_band(pl.col("days"), (14, 28))).item() == band
    assert band in wait_bands((14, 28))


def test_a_place_is_named_only_if_enough_families_share_it() -> None:
    wards = ["Priory"] * 10 + ["Ings"] * 9 + ["Smith family"] * 1 + [None]
    frame = pl.DataFrame({"ward": wards, "family": [str(n) for n in range(len(wards))]})
    named = common_places(frame, "ward", "family", 10)
    assert named == ["Priory"]
    assert set(frame.select(named_place("ward", named)).to_series()) == {"Priory", "other", "unknown"}


def test_ten_rows_of_one_family_name_no_place() -> None:
    frame = pl.DataFrame({"ward": ["Smith family"] * 50, "family": ["1"] * 50})
    assert common_places(frame, "ward", "family", 10) == []


def test_groups() -> None:
    frame = pl.DataFrame({"code": ["WBRI", "wbri", "ZZZZ", None]})
    groups = frame.select(group_of("code", {"WBRI": "white"})).to_series().to_list()
    assert groups == ["white", "white", "unknown", "unknown"]


@pytest.mark.parametrize(
    ("month", "code", "label", "year"),
    [
        ("2023-03", "2022-23 Q4", "Jan to Mar 2023", "2022-23"),
        ("2023-04", "2023-24 Q1", "Apr to Jun 2023", "2023-24"),
        ("2023-12", "2023-24 Q3", "Oct to Dec 2023", "2023-24"),
        ("1999-12", "1999-00 Q3", "Oct to Dec 1999", "1999-00"),
    ],
)
def test_financial_quarters(month: str, code: str, label: str, year: str) -> None:
    number = int(month[:4]) * 4 + (int(month[5:]) - 1) // 3
    assert (quarter_code(number), quarter_label(number), year_of(number)) == (code, label, year)
    frame = with_quarters(pl.DataFrame({"m": [month, "1990-01", None]}), pl.col("m"), number, number + 1)
    assert frame["quarter"].to_list() == [code, "earlier", "none"]
    assert frame["year"].to_list() == [year, "earlier", "none"]
