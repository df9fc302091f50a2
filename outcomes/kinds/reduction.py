"""`reduction`: fewer records in a window of months than in the same length before the clock started."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from outcomes.frames import qualifying
from outcomes.kinds import Query
from outcomes.rules import Reduction

# Windows follow each other from the day on which the clock starts; number -1 is the one before it. A window is
# good where it is covered and holds few enough records; the last one that has elapsed decides, and the run of good
# ones that leads up to it says since when. While the first one runs, it is the one that decides. Shares are
# compared as whole numbers: records × denominator ≤ records before × (denominator − numerator).
RESULT: Final = """
WITH numbered AS (
    SELECT need_id, clock_from, unnest(range(-1, possible)) AS n
    FROM (
        -- As many windows as may have elapsed; one too many is taken out again below.
        SELECT need_id, clock_from, date_diff('month', clock_from, $as_of) // $months + 1 AS possible
        FROM concerned WHERE clock_from IS NOT NULL
    )
),
every_window AS (
    SELECT need_id, n,
        CAST(clock_from + to_months(CAST(n * $months AS INTEGER)) AS DATE) AS first_day,
        CAST(clock_from + to_months(CAST((n + 1) * $months AS INTEGER)) AS DATE) - 1 AS last_day
    FROM numbered
),
window_of AS (
    SELECT need_id, n, first_day, last_day, least(last_day, $as_of) AS looked_to
    FROM every_window WHERE n <= 0 OR last_day <= $as_of
),
record_of AS (
    SELECT need_id, qualifying.first_day AS day
    FROM looked_at JOIN qualifying ON qualifying.person = looked_at.person
    WHERE $any_member OR NOT is_another
),
counted AS (
    SELECT window_of.need_id, n, first_day, last_day, looked_to, count(day) AS records
    FROM window_of LEFT JOIN record_of
        ON record_of.need_id = window_of.need_id AND day BETWEEN first_day AND looked_to
    GROUP BY ALL
),
checked AS (
    SELECT counted.*, covered.extract IS NOT NULL AS is_covered
    FROM counted LEFT JOIN covered ON covered.extract = $extract
        AND covered.covers_from <= first_day AND covered.covers_to >= looked_to
),
before AS (
    SELECT need_id, first_day AS before_from, last_day AS before_to, records AS before, is_covered AS before_covered
    FROM checked WHERE n = -1
),
compared AS (
    SELECT checked.*, is_covered AND records * $denominator <= before * ($denominator - $numerator) AS is_good
    FROM checked JOIN before USING (need_id) WHERE n >= 0
),
last_bad AS (
    SELECT need_id, max(n) AS n FROM compared WHERE NOT is_good GROUP BY need_id
),
deciding AS (
    SELECT need_id, arg_max(compared, n) AS decides FROM compared GROUP BY need_id
),
run_start AS (
    SELECT compared.need_id, arg_min(compared, compared.n) AS first
    FROM compared LEFT JOIN last_bad USING (need_id)
    WHERE last_bad.n IS NULL OR compared.n > last_bad.n
    GROUP BY compared.need_id
),
judged AS (
    SELECT concerned.*, before, before_from, before_to, before_covered, coalesce(first, decides) AS shown,
        CASE
            WHEN clock_from IS NULL THEN 'episode_open'
            WHEN EXISTS (FROM unlinked WHERE unlinked.person = concerned.person) THEN 'person_not_linked'
            WHEN NOT (before_covered AND decides.is_covered) THEN 'not_covered'
            WHEN before = 0 THEN 'nothing_to_reduce'
            WHEN NOT decides.is_good THEN 'not_reduced'
            WHEN decides.last_day > $as_of THEN 'running'
            ELSE 'reduced'
        END AS finding
    FROM concerned
    LEFT JOIN before USING (need_id) LEFT JOIN deciding USING (need_id) LEFT JOIN run_start USING (need_id)
)
SELECT need_id, node, before, before_from, before_to, before_covered, shown, finding,
    CASE
        WHEN finding = 'reduced' THEN 3
        WHEN finding = 'running' THEN 2
        WHEN finding IN ('person_not_linked', 'not_covered') THEN 1
        ELSE 0
    END AS standing,
    CASE WHEN finding IN ('reduced', 'running') THEN shown.first_day END AS achieved_on,
    CASE WHEN finding = 'reduced' THEN shown.last_day END AS sustained_on,
    CASE WHEN finding IN ('reduced', 'running') THEN shown.last_day END AS window_to,
    CASE WHEN finding NOT IN ('reduced', 'running') THEN finding END AS reason
FROM judged
"""

EVIDENCE: Final = """
WITH shown_window AS (
    SELECT need_id, node, 'before' AS measure, before AS records, before_from AS first_day, before_to AS last_day,
        before_covered AS is_covered
    FROM leaf_result WHERE before_from IS NOT NULL
    UNION ALL
    SELECT need_id, node, 'reduced', shown.records, shown.first_day, shown.looked_to, shown.is_covered
    FROM leaf_result WHERE shown IS NOT NULL
)
SELECT need_id, node, measure, CAST(records AS VARCHAR) AS value, first_day AS window_from, last_day AS window_to,
    $extract AS extract, NULL AS record
FROM shown_window
UNION ALL
SELECT need_id, node, 'coverage', CASE WHEN is_covered THEN 'covered' ELSE 'not covered' END, first_day, last_day,
    $extract, NULL
FROM shown_window
UNION ALL
SELECT need_id, node, 'counted', CAST(qualifying.first_day AS VARCHAR), qualifying.first_day, qualifying.first_day,
    $extract, record
FROM shown_window JOIN looked_at USING (need_id) JOIN qualifying ON qualifying.person = looked_at.person
WHERE ($any_member OR NOT is_another)
    AND qualifying.first_day BETWEEN shown_window.first_day AND shown_window.last_day
"""


def query(frames: Mapping[str, pl.DataFrame], rule: Reduction, as_of: date) -> Query:
    """Judges needs by records of an extract; those of one person that begin on one day count once."""
    records = qualifying(frames, rule.extract, rule.where, as_of=as_of)
    return Query(
        RESULT,
        EVIDENCE,
        {
            "extract": rule.extract,
            "months": rule.months,
            "numerator": rule.share.numerator,
            "denominator": rule.share.denominator,
            "any_member": rule.whose == "any_member",
        },
        {
            "qualifying": records.group_by("person", "first_day").agg(pl.col("record").min()),
            "unlinked": frames["unlinked_person"],
        },
    )
