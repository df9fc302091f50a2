"""`judgement`: a practitioner wrote down that the need is met."""

from typing import Final

from outcomes.kinds import Query
from outcomes.rules import Judgement

# On one day the worse judgement wins, so a `met` must come after the day of the last `regressed`.
RESULT: Final = """
WITH judgement AS (
    SELECT need_id, recorded_on, state, record
    FROM review JOIN concerned USING (need_id)
    WHERE state IN ('met', 'regressed')
),
last_regressed AS (
    SELECT need_id, max({'day': recorded_on, 'record': record}) AS regressed
    FROM judgement WHERE state = 'regressed' GROUP BY need_id
),
first_met AS (
    SELECT judgement.need_id, min({'day': recorded_on, 'record': record}) AS met
    FROM judgement LEFT JOIN last_regressed USING (need_id)
    WHERE state = 'met' AND (regressed IS NULL OR recorded_on > regressed.day)
    GROUP BY judgement.need_id
),
started AS (
    SELECT concerned.*, met, regressed,
        CASE WHEN clock_from IS NOT NULL AND met IS NOT NULL THEN greatest(clock_from, met.day) END AS start
    FROM concerned LEFT JOIN first_met USING (need_id) LEFT JOIN last_regressed USING (need_id)
),
judged AS (
    SELECT *, CAST(start + to_months(CAST($months AS INTEGER)) AS DATE) - 1 AS window_to FROM started
)
SELECT need_id, node, window_to, met, regressed,
    CASE WHEN start IS NULL THEN 0 WHEN window_to <= $as_of THEN 3 ELSE 2 END AS standing,
    start AS achieved_on,
    CASE WHEN window_to <= $as_of THEN window_to END AS sustained_on,
    CASE
        WHEN start IS NOT NULL THEN NULL
        WHEN clock_from IS NULL THEN 'episode_open'
        WHEN regressed IS NOT NULL THEN 'regressed'
        ELSE 'not_met'
    END AS reason
FROM judged
"""

EVIDENCE: Final = """
SELECT need_id, node, 'met' AS measure, CAST(met.day AS VARCHAR) AS value,
    achieved_on AS window_from, window_to, 'progress' AS extract, met.record AS record
FROM leaf_result WHERE met IS NOT NULL
UNION ALL
SELECT need_id, node, 'regressed', CAST(regressed.day AS VARCHAR),
    regressed.day, regressed.day, 'progress', regressed.record
FROM leaf_result WHERE regressed IS NOT NULL
"""


def query(rule: Judgement) -> Query:
    """Judges needs by the reviews in `review` (need_id, recorded_on, state, has_reason, record)."""
    return Query(RESULT, EVIDENCE, {"months": rule.months})
