"""`count` of records: something has happened so many times since the clock started."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from outcomes.frames import qualifying
from outcomes.kinds import Query
from outcomes.rules import Count

# A record is there whether or not the extract covers its day. That there are too few of them is known on covered
# days only: elsewhere it is not evidenced. Nothing has to hold after the last one: it is sustained on that day.
RESULT: Final = """
WITH window_of AS (
    SELECT *, CASE WHEN $months > 0
        THEN least(CAST(clock_from + to_months(CAST($months AS INTEGER)) AS DATE) - 1, $as_of)
        ELSE $as_of END AS looked_to
    FROM concerned
),
numbered AS (
    SELECT need_id, first_day, record, row_number() OVER (PARTITION BY need_id ORDER BY first_day, record) AS n
    FROM window_of JOIN looked_at USING (need_id) JOIN qualifying ON qualifying.person = looked_at.person
    WHERE ($any_member OR NOT is_another) AND first_day BETWEEN clock_from AND looked_to
),
counted AS (
    SELECT need_id, list({'day': first_day, 'record': record} ORDER BY n) AS records, max(first_day) AS last_day
    FROM numbered WHERE n <= $at_least GROUP BY need_id
),
judged AS (
    SELECT window_of.*, coalesce(len(records), 0) AS found, records, CASE
        WHEN clock_from IS NULL THEN 'episode_open'
        WHEN len(records) >= $at_least THEN 'enough'
        WHEN EXISTS (FROM unlinked WHERE unlinked.person = window_of.person) THEN 'person_not_linked'
        WHEN covered.extract IS NULL THEN 'not_covered'
        ELSE 'too_few_records'
    END AS finding, last_day
    FROM window_of LEFT JOIN counted USING (need_id)
    LEFT JOIN covered ON covered.extract = $extract
        AND covered.covers_from <= clock_from AND covered.covers_to >= looked_to
)
SELECT need_id, node, clock_from, looked_to, found, records, finding,
    CASE WHEN finding = 'enough' THEN 3 WHEN finding IN ('person_not_linked', 'not_covered') THEN 1 ELSE 0 END
        AS standing,
    CASE WHEN finding = 'enough' THEN last_day END AS achieved_on,
    CASE WHEN finding = 'enough' THEN last_day END AS sustained_on,
    CASE WHEN finding = 'enough' THEN last_day END AS window_to,
    CASE WHEN finding <> 'enough' THEN finding END AS reason
FROM judged
"""

EVIDENCE: Final = """
SELECT need_id, node, 'count' AS measure, found || ' of ' || $at_least AS value,
    clock_from AS window_from, coalesce(achieved_on, looked_to) AS window_to, $extract AS extract, NULL AS record
FROM leaf_result WHERE clock_from IS NOT NULL
UNION ALL
SELECT need_id, node, 'counted', CAST(counted.day AS VARCHAR), counted.day, counted.day, $extract, counted.record
FROM (SELECT need_id, node, unnest(records) AS counted FROM leaf_result)
UNION ALL
SELECT need_id, node, 'coverage', CASE WHEN reason = 'not_covered' THEN 'not covered' ELSE 'covered' END,
    clock_from, looked_to, $extract, NULL
FROM leaf_result WHERE reason IN ('not_covered', 'too_few_records')
"""


def query(frames: Mapping[str, pl.DataFrame], rule: Count, extract: str, as_of: date) -> Query:
    """Judges needs by records of `extract`; those of one person that begin on one day count once."""
    records = qualifying(frames, extract, rule.where, as_of=as_of)
    return Query(
        RESULT,
        EVIDENCE,
        {
            "extract": extract,
            "at_least": rule.at_least,
            "months": rule.months or 0,
            "any_member": rule.whose == "any_member",
        },
        {
            "qualifying": records.group_by("person", "first_day").agg(pl.col("record").min()),
            "unlinked": frames["unlinked_person"],
        },
    )
