"""`judgement`: a practitioner wrote down that the need is met."""

from typing import Final

from outcomes.kinds import Query
from outcomes.rules import Judgement

_OWN: Final = """
judgement AS (
    SELECT need_id, recorded_on, state, record
    FROM review JOIN concerned USING (need_id)
    WHERE state IN ('met', 'regressed')
)
"""

# What a kind of claim rests on was written down about needs of the episode: about this person's or the whole
# family's, and where the claim is the family's, about anybody's.
_OF_NEEDS: Final = """
judgement AS (
    SELECT need_id, recorded_on, state, record
    FROM known_review JOIN code USING (code) JOIN concerned USING (episode)
    WHERE state IN ('met', 'regressed') AND list_contains(string_split($needs, ','), need_code)
        AND recorded_on BETWEEN identified_on AND $as_of
        AND (concerned.person IS NULL OR known_review.person IS NULL OR concerned.person = known_review.person)
)
"""

# On one day the worse judgement wins, so a `met` must come after the day of the last `regressed`.
RESULT: Final = """
WITH {judgement},
last_regressed AS (
    SELECT need_id, max({{'day': recorded_on, 'record': record}}) AS regressed
    FROM judgement WHERE state = 'regressed' GROUP BY need_id
),
first_met AS (
    SELECT judgement.need_id, min({{'day': recorded_on, 'record': record}}) AS met
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
    -- Nothing to hold (no months): the day itself is all there is.
    SELECT *, greatest(start, CAST(start + to_months(CAST($months AS INTEGER)) AS DATE) - 1) AS window_to
    FROM started
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
    """Judges needs by the reviews in `review` (need_id, recorded_on, state, has_reason, record), or, where the rule
    names needs, by those in `known_review` (episode, person, code, recorded_on, state, has_reason, record)."""
    if rule.needs:
        result = RESULT.format(judgement=_OF_NEEDS.strip())
        return Query(result, EVIDENCE, {"months": rule.months, "needs": ",".join(rule.needs)})
    return Query(RESULT.format(judgement=_OWN.strip()), EVIDENCE, {"months": rule.months})
