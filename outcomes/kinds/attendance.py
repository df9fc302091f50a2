"""`attendance`: sessions attended of sessions possible, over the two newest complete terms."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from outcomes.kinds import Query
from outcomes.rules import Attendance

# Shares are compared as whole numbers: attended × denominator ≥ possible × numerator.
RESULT: Final = """
WITH sums AS (
    SELECT person, academic_year, term,
        sum(coalesce(sessions_possible, 0)) AS possible, sum(coalesce(sessions_attended, 0)) AS attended
    FROM attendance_row
    GROUP BY person, academic_year, term
),
newest AS (SELECT * FROM calendar JOIN sums USING (academic_year, term) WHERE n = 1),
before AS (SELECT * FROM calendar JOIN sums USING (academic_year, term) WHERE n = 2),
looked_up AS (
    SELECT concerned.*,
        t2.term_start AS t2_start, t2.term_end AS t2_end, t1.term_start AS t1_start, t1.term_end AS t1_end,
        t2.academic_year AS t2_year, t2.term AS t2_term, t1.academic_year AS t1_year, t1.term AS t1_term,
        coalesce(newest.possible, 0) AS possible_2, coalesce(newest.attended, 0) AS attended_2,
        coalesce(before.possible, 0) AS possible_1, coalesce(before.attended, 0) AS attended_1
    FROM concerned
    LEFT JOIN calendar AS t2 ON t2.n = 1
    LEFT JOIN calendar AS t1 ON t1.n = 2
    LEFT JOIN newest ON newest.person = concerned.person
    LEFT JOIN before ON before.person = concerned.person
),
judged AS (
    SELECT *, CASE
        WHEN person IS NULL THEN 'no_person'
        WHEN clock_from IS NULL THEN 'episode_open'
        WHEN t2_start IS NULL THEN 'no_complete_term'
        WHEN t2_start < clock_from THEN 'too_early'
        WHEN CAST(t2_end + to_months(CAST($stale_after_months AS INTEGER)) AS DATE) < $as_of
            THEN 'stale_extract'
        WHEN possible_2 <= 0 THEN 'no_record'
        WHEN t1_start >= clock_from AND possible_1 > 0
            AND (attended_1 + attended_2) * $denominator >= (possible_1 + possible_2) * $numerator
            THEN 'both_terms'
        WHEN attended_2 * $denominator >= possible_2 * $numerator THEN 'newest_term'
        ELSE 'below_threshold'
    END AS finding
    FROM looked_up
)
SELECT need_id, node, person, t1_start, t1_end, t1_year, t1_term, t2_start, t2_end, t2_year, t2_term,
    possible_1, attended_1, possible_2, attended_2,
    CASE
        WHEN finding = 'both_terms' THEN 3
        WHEN finding = 'newest_term' THEN 2
        WHEN finding IN ('no_person', 'no_complete_term', 'stale_extract', 'no_record') THEN 1
        ELSE 0
    END AS standing,
    CASE finding WHEN 'both_terms' THEN t1_start WHEN 'newest_term' THEN t2_start END AS achieved_on,
    CASE finding WHEN 'both_terms' THEN t2_end END AS sustained_on,
    CASE finding WHEN 'both_terms' THEN t2_end END AS window_to,
    CASE WHEN finding NOT IN ('both_terms', 'newest_term') THEN finding END AS reason
FROM judged
"""

EVIDENCE: Final = """
WITH looked_at AS (
    SELECT need_id, node, person, t1_year AS academic_year, t1_term AS term, t1_start AS term_start,
        t1_end AS term_end, attended_1 AS attended, possible_1 AS possible
    FROM leaf_result WHERE person IS NOT NULL AND t1_start IS NOT NULL
    UNION ALL
    SELECT need_id, node, person, t2_year, t2_term, t2_start, t2_end, attended_2, possible_2
    FROM leaf_result WHERE person IS NOT NULL AND t2_start IS NOT NULL
)
SELECT need_id, node, 'term' AS measure, attended || '/' || possible AS value,
    term_start AS window_from, term_end AS window_to, 'school_attendance' AS extract, NULL AS record
FROM looked_at
UNION ALL
SELECT need_id, node, 'term_record',
    coalesce(sessions_attended, 0) || '/' || coalesce(sessions_possible, 0),
    attendance_row.term_start, attendance_row.term_end, 'school_attendance', record
FROM looked_at JOIN attendance_row USING (person, academic_year, term)
"""


def query(frames: Mapping[str, pl.DataFrame], rule: Attendance) -> Query:
    """Judges needs by the pupil's sessions; the need must name a person.

    The calendar of terms is that of all rows, also of pupils in no family. Exact repeats of a row, by every column
    but `record`, count once: `frames` has them left out.
    """
    return Query(
        RESULT,
        EVIDENCE,
        {
            "numerator": rule.threshold.numerator,
            "denominator": rule.threshold.denominator,
            "stale_after_months": rule.stale_after_months,
        },
        {"attendance_row": frames["school_attendance"], "calendar": frames["term"]},
    )
