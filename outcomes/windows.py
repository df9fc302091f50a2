"""Windows of calendar months, and the days that an extract covers."""

from calendar import monthrange
from datetime import date
from typing import Final


def add_months(day: date, months: int) -> date:
    """`day` + `months` calendar months; the day of the month is cut to the last where the month is shorter.

    The engine does the same in SQL (`to_months`); raises OverflowError past the year 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        raise OverflowError("a window ends after the year 9999")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


# The union of what the files of each extract cover, up to the as-of date, as disjoint spans: one span ends
# where the next file begins later than the day after (gaps and islands).
COVERED: Final = """
CREATE TABLE covered AS
WITH known AS (
    SELECT extract, covers_from, least(covers_to, $as_of) AS covers_to
    FROM given_coverage
    WHERE covers_from <= least(covers_to, $as_of)
),
beside AS (
    SELECT *, max(covers_to) OVER (
        PARTITION BY extract ORDER BY covers_from, covers_to
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS reached
    FROM known
),
numbered AS (
    SELECT *, count(*) FILTER (reached IS NULL OR covers_from > reached + 1) OVER (
        PARTITION BY extract ORDER BY covers_from, covers_to ROWS UNBOUNDED PRECEDING
    ) AS span
    FROM beside
)
SELECT extract, min(covers_from) AS covers_from, max(covers_to) AS covers_to
FROM numbered
GROUP BY extract, span
"""
