"""Dates as partners write them: found by their shape, in the English order, never with the month first."""

import polars as pl

_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
MONTHS = {
    spelling: f"{number:02}"
    for number, name in enumerate(_MONTH_NAMES, 1)
    for spelling in (name, name[:3], name[:4] if name == "september" else name)
}
# No event of a family worked with, and no birthday of anybody in it, lies outside these years.
FIRST_YEAR, LAST_YEAR = 1900, 2099
# Day 0 of Excel's calendar, which counts a 29 February 1900 that never was.
EXCEL_DAY_0 = pl.date(1899, 12, 30)

_TIME = r"(?:[Tt ]+[0-9]{1,2}[:.][0-9]{2}.*)?"
_YEAR_FIRST = r"^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})" + _TIME + "$"
_COMPACT = r"^([0-9]{4})([0-9]{2})([0-9]{2})$"
_DAY_FIRST = r"^([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})" + _TIME + "$"
_MONTH_NAMED = (
    r"^(?:[a-z]{3,9},? +)?([0-9]{1,2})(?:st|nd|rd|th)?[-/. ]*([a-z]{3,9})[-/., ]*([0-9]{4}|[0-9]{2})"
    + _TIME
    + "$"
)
_SERIAL = r"^([0-9]{4,5})(?:\.[0-9]+)?$"


def parse_dates(text: pl.Series, *, newest_two_digit_year: int) -> pl.Series:
    """Read a column of dates.

    `text`: String, trimmed, null for blank. A year of two digits up to `newest_two_digit_year` (0 to 99) lies in this
    century, a higher one in the last. Gives Date, null for what is blank or no date of the years 1900 to 2099.
    """
    distinct = text.drop_nulls().unique()
    dates = _parse(distinct, newest_two_digit_year)
    return text.replace_strict(distinct, dates, default=None, return_dtype=pl.Date)


def _parse(text: pl.Series, newest_two_digit_year: int) -> pl.Series:
    value = pl.col("text")

    def parts(pattern: str, year: str, month: str, day: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
        groups = value.str.extract_groups(pattern)
        return groups.struct.field(year), groups.struct.field(month), groups.struct.field(day)

    shapes = [
        parts(_YEAR_FIRST, "1", "2", "3"),
        parts(_COMPACT, "1", "2", "3"),
        parts(_DAY_FIRST, "3", "2", "1"),
        parts(_MONTH_NAMED, "3", "2", "1"),
    ]
    year, month, day = (pl.coalesce(*(shape[part] for shape in shapes)) for part in range(3))
    month_number = month.replace(MONTHS).str.zfill(2)
    century = (
        pl.when(year.str.len_chars() == 4)
        .then(pl.lit(""))
        .when(year.cast(pl.Int64, strict=False) <= newest_two_digit_year)
        .then(pl.lit("20"))
        .otherwise(pl.lit("19"))
    )
    written = pl.concat_str(
        century, year, pl.lit("-"), month_number, pl.lit("-"), day.str.zfill(2)
    ).str.to_date("%Y-%m-%d", strict=False)
    serial = value.str.extract(_SERIAL, 1).cast(pl.Int32, strict=False)
    # Four digits that read as a year are taken for a year, which is no date.
    counted = (
        pl.when((serial >= 10_000) | ~serial.is_between(FIRST_YEAR, LAST_YEAR))
        .then(EXCEL_DAY_0 + pl.duration(days=serial))
        .otherwise(None)
    )
    day_read = pl.coalesce(written, counted)
    frame = text.str.to_lowercase().to_frame("text")
    return frame.select(
        pl.when(day_read.dt.year().is_between(FIRST_YEAR, LAST_YEAR))
        .then(day_read)
        .otherwise(None)
        .alias("day")
    )["day"]
