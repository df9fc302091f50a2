"""Months and financial quarters: "2023-24 Q2" is July to September 2023, in the year "2023-24" that begins in April."""

from collections.abc import Iterable, Sequence

import polars as pl

from release import cohorts

NONE = "none"
EARLIER = cohorts.EARLIER
# Of a claim that is expected: it can be made now; in a quarter after those that are told apart; nobody can tell.
READY, LATER, UNKNOWN = "ready", "later", "unknown"
# So many quarters ahead are told apart, the as-of date's own among them.
AHEAD = 8
# Quarters that a release can speak of, as years.
_YEARS = range(1990, 2100)
# The columns of a day, the finest first.
TIMES = ("month", "quarter", "year")
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {1: "Apr to Jun", 2: "Jul to Sep", 3: "Oct to Dec", 4: "Jan to Mar"}


def quarter_number(month: pl.Expr) -> pl.Expr:
    """Quarters since the year 0 of a month written YYYY-MM: consecutive whole numbers (Int32)."""
    year = month.str.slice(0, 4).cast(pl.Int32)
    return year * 4 + (month.str.slice(5, 2).cast(pl.Int32) - 1) // 3


def month_number(month: pl.Expr) -> pl.Expr:
    """Months since the year 0 of a month written YYYY-MM: consecutive whole numbers (Int32)."""
    return month.str.slice(0, 4).cast(pl.Int32) * 12 + month.str.slice(5, 2).cast(pl.Int32) - 1


def month_of_day(column: str) -> pl.Expr:
    """The number of the month of a day (Date), as month_number gives it."""
    return pl.col(column).dt.year() * 12 + pl.col(column).dt.month().cast(pl.Int32) - 1


def quarter_code(number: int) -> str:
    """The code of a quarter, from its number."""
    year, quarter = _financial(number)
    return f"{year_code(year)} Q{quarter}"


def quarter_label(number: int) -> str:
    """Words for a quarter: "Jul to Sep 2023"."""
    _, quarter = _financial(number)
    return f"{_MONTHS[quarter]} {number // 4}"


def months_of(number: int) -> list[str]:
    """The codes of the three months of a quarter, from its number: "2023-07" and so on."""
    year, quarter = divmod(number, 4)
    return [f"{year}-{3 * quarter + month:02d}" for month in (1, 2, 3)]


def month_label(code: str) -> str:
    """Words for a month: "Jul 2023"."""
    return f"{_NAMES[int(code[5:]) - 1]} {code[:4]}"


def told_apart(codes: Iterable[str]) -> tuple[int, int]:
    """The first and last quarter of a list of codes, by number; of an empty one a first after the last."""
    numbers = {quarter_code(number): number for number in range(_YEARS[0] * 4, _YEARS[-1] * 4)}
    known = sorted(numbers[code] for code in codes if code in numbers)
    return (known[0], known[-1]) if known else (1, 0)


def year_of(number: int) -> str:
    """The code of the financial year in which a quarter lies."""
    return year_code(_financial(number)[0])


def year_code(year: int) -> str:
    """The code of the financial year that begins in April of `year`: "2023-24"."""
    return f"{year}-{(year + 1) % 100:02d}"


def _financial(number: int) -> tuple[int, int]:
    year, calendar_quarter = divmod(number, 4)
    return (year - 1, 4) if calendar_quarter == 0 else (year, calendar_quarter)


def with_quarters(
    frame: pl.DataFrame, month: pl.Expr, first: int, last: int, called: Sequence[str] = TIMES
) -> pl.DataFrame:
    """`frame` with `month`, `quarter` and `year` (codes; `called`: what these columns are called) of a month written
    YYYY-MM.

    Before the quarter `first`: "earlier". No month, or one after `last`: "none".
    """
    numbers = list(range(first, last + 1))
    number = quarter_number(month)

    def coded(known: pl.Expr) -> pl.Expr:
        return pl.when(number < first).then(pl.lit(EARLIER)).otherwise(known).fill_null(NONE)

    def of_quarter(codes: list[str]) -> pl.Expr:
        return coded(number.replace_strict(numbers, codes, default=NONE, return_dtype=pl.String))

    found = (
        coded(pl.when(number <= last).then(month)),
        of_quarter([quarter_code(one) for one in numbers]),
        of_quarter([year_of(one) for one in numbers]),
    )
    return frame.with_columns(one.alias(name) for name, one in zip(called, found, strict=True))


def expected_quarter(now: int) -> pl.Expr:
    """The quarter in which a claim (`state`, `expected_on`) can be made if nothing changes, `now` being the as-of
    date's: the code of one of the next, or "ready", "later" or "unknown"."""
    ahead = list(range(now, now + AHEAD))
    number = quarter_number(pl.col("expected_on").dt.strftime("%Y-%m"))
    return (
        pl.when(pl.col("state") == "claimable")
        .then(pl.lit(READY))
        .when(number >= now + AHEAD)
        .then(pl.lit(LATER))
        .otherwise(
            number.replace_strict(
                ahead, [quarter_code(one) for one in ahead], default=UNKNOWN, return_dtype=pl.String
            ).fill_null(UNKNOWN)
        )
    )
