"""`status_change`: a period of one status follows a period of another, and holds."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from outcomes.frames import qualifying
from outcomes.kinds import Query
from outcomes.rules import StatusChange

# The latest period of the new status decides: the last run, not the best. It must begin after some period of the
# old one began and not before the clock may start. Of several that begin on one day the one that ends first
# counts: strict. A period of the old status that is open on any later day starts again from nothing.
RESULT: Final = """
WITH old_status AS (
    SELECT person, min(first_day) AS since, max({'day': last_day, 'from': first_day, 'record': record}) AS latest
    FROM from_period GROUP BY person
),
new_status AS (
    SELECT need_id, max(to_period.first_day) AS start
    FROM concerned JOIN to_period USING (person) JOIN old_status USING (person)
    WHERE to_period.first_day >= clock_from AND since < to_period.first_day
    GROUP BY need_id
),
period AS (
    SELECT need_id, start, min({'day': last_day, 'record': record}) AS status_to
    FROM concerned JOIN new_status USING (need_id)
    JOIN to_period ON to_period.person = concerned.person AND to_period.first_day = start
    GROUP BY need_id, start
),
period_before AS (
    SELECT need_id, max({'from': from_period.first_day, 'day': last_day, 'record': record}) AS status_from
    FROM concerned JOIN period USING (need_id)
    JOIN from_period ON from_period.person = concerned.person AND from_period.first_day < start
    GROUP BY need_id
),
windowed AS (
    SELECT concerned.*, start, status_to, status_from, latest,
        -- Nothing to hold (no months): the day of the change is all there is.
        greatest(start, CAST(start + to_months(CAST($months AS INTEGER)) AS DATE) - 1) AS window_to
    FROM concerned LEFT JOIN period USING (need_id) LEFT JOIN period_before USING (need_id)
    LEFT JOIN old_status ON old_status.person = concerned.person
),
judged AS (
    SELECT windowed.*, CASE
        WHEN windowed.person IS NULL THEN 'no_person'
        WHEN clock_from IS NULL THEN 'episode_open'
        WHEN start IS NULL THEN 'no_status_change'
        WHEN latest.day > start THEN 'status_returned'
        WHEN status_to.day < least(window_to, $as_of) THEN 'status_ended'
        WHEN covered.extract IS NULL THEN 'not_covered'
        WHEN window_to <= $as_of THEN 'held'
        ELSE 'running'
    END AS finding
    FROM windowed
    LEFT JOIN covered ON covered.extract = $extract
        AND covered.covers_from <= start AND covered.covers_to >= least(window_to, $as_of)
)
SELECT need_id, node, start, status_to, window_to, finding,
    CASE WHEN finding = 'status_returned' THEN latest ELSE status_from END AS status_from,
    CASE
        WHEN finding = 'held' THEN 3
        WHEN finding = 'running' THEN 2
        WHEN finding IN ('no_person', 'not_covered') THEN 1
        ELSE 0
    END AS standing,
    CASE WHEN finding IN ('held', 'running', 'not_covered') THEN start END AS achieved_on,
    CASE WHEN finding = 'held' THEN window_to END AS sustained_on,
    CASE WHEN finding NOT IN ('held', 'running') THEN finding END AS reason
FROM judged
"""

EVIDENCE: Final = """
SELECT need_id, node, 'from_status' AS measure, CAST(status_from."from" AS VARCHAR) AS value,
    status_from."from" AS window_from, nullif(status_from.day, DATE '9999-12-31') AS window_to,
    $extract AS extract, status_from.record AS record
FROM leaf_result WHERE start IS NOT NULL
UNION ALL
SELECT need_id, node, 'to_status', CAST(start AS VARCHAR), start,
    CASE WHEN finding = 'status_ended' THEN status_to.day END, $extract, status_to.record
FROM leaf_result WHERE start IS NOT NULL
UNION ALL
SELECT need_id, node, 'coverage', CASE WHEN reason = 'not_covered' THEN 'not covered' ELSE 'covered' END,
    start, least(window_to, $as_of), $extract, NULL
FROM leaf_result WHERE finding IN ('held', 'running', 'not_covered')
"""


def query(frames: Mapping[str, pl.DataFrame], rule: StatusChange, as_of: date) -> Query:
    """Judges needs by periods of two statuses; the need must name a person."""
    # A period that is open on the as-of date lasts longer than any window.
    last_day = pl.max_horizontal("first_day", pl.col("last_day").fill_null(date(9999, 12, 31)))
    periods = {
        name: qualifying(frames, rule.extract, where, as_of=as_of).with_columns(last_day=last_day)
        for name, where in (("from_period", rule.from_where), ("to_period", rule.to_where))
    }
    return Query(RESULT, EVIDENCE, {"extract": rule.extract, "months": rule.months}, periods)
