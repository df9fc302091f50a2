"""The family level: is an episode's claim claimable on the as-of date, and if not, why not?"""

from typing import Final

from outcomes.database import Value
from outcomes.frameworks import Framework

# The tests of every episode, then the state that the evidence gives it, then what has been done about it.
# A need that is not in the framework makes nobody eligible, yet it stands in the way of a claim: strict.
# A plan without an assessment fails as well: there is no assessment that it could follow.
CLAIM_STANDING: Final = """
CREATE TABLE claim_standing AS
WITH code AS (
    SELECT episode, need_code, any_value(headline) AS headline, min(standing) AS standing
    FROM need GROUP BY episode, need_code
),
needs AS (
    SELECT episode, count(headline) AS needs, count(DISTINCT headline) AS headlines,
        count(headline) FILTER (standing = 3) AS needs_met, min(standing) AS standing
    FROM code GROUP BY episode
),
last_day AS (
    SELECT episode, max(sustained_on) AS claim_date FROM need GROUP BY episode HAVING min(standing) = 3
),
child AS (
    SELECT episode, bool_or(child_on_first_day) AS has_child FROM episode_member GROUP BY episode
),
earlier AS (
    SELECT family, min(claimed_on) AS claimed_on
    FROM given_earlier_claim
    WHERE framework = $framework AND claimed_on <= $as_of
    GROUP BY family
),
tested AS (
    SELECT episode.*, coalesce(needs, 0) AS needs, coalesce(headlines, 0) AS headlines,
        coalesce(needs_met, 0) AS needs_met, standing, claim_date, claimed_on,
        CASE WHEN $count_by = 'need' THEN coalesce(needs, 0) ELSE coalesce(headlines, 0) END >= $minimum
            AS is_broad,
        coalesce(has_child, false) OR expectant_parent OR $requires = 'nobody' AS has_whom_it_is_for,
        assessment_date IS NOT NULL AS assessment_ok,
        coalesce(plan_date >= assessment_date, false) AS plan_ok,
        has_lead_practitioner AS lead_practitioner_ok,
        -- A reason without a day: it has ended, and nobody wrote down when.
        (end_date IS NULL AND closure_reason IS NULL)
            OR list_contains(string_split($closures, ','), closure_reason) IS TRUE AS closing_ok
    FROM episode
    LEFT JOIN needs USING (episode)
    LEFT JOIN last_day USING (episode)
    LEFT JOIN child USING (episode)
    LEFT JOIN earlier USING (family)
),
evidenced AS (
    SELECT *, is_broad AND has_whom_it_is_for AS eligible,
        CASE
            WHEN NOT (is_broad AND has_whom_it_is_for) THEN 'not_eligible'
            WHEN NOT closing_ok THEN 'closed_otherwise'
            WHEN standing = 0 THEN 'in_progress'
            WHEN standing = 1 OR ($test_assessment AND NOT assessment_ok) OR ($test_plan AND NOT plan_ok)
                OR ($test_lead_practitioner AND NOT lead_practitioner_ok) THEN 'evidence_gap'
            WHEN standing = 2 THEN 'sustaining'
            WHEN claim_date >= CAST($valid_from AS DATE) AND claim_date <= CAST($valid_to AS DATE)
                AND claim_date < CAST($suspended_on AS DATE) THEN 'claimable'
            ELSE 'outside_period'
        END AS evidence_state
    FROM tested
),
ordered AS (
    SELECT *, row_number() OVER (
        PARTITION BY family, evidence_state ORDER BY claim_date, start_date, episode
    ) AS turn
    FROM evidenced
)
SELECT *, row_number() OVER (PARTITION BY family, state ORDER BY start_date, episode) AS place_in_state
FROM (
    SELECT *, CASE
            WHEN claimed_on IS NOT NULL THEN 'claimed'
            WHEN evidence_state = 'claimable' AND turn > 1 AND $one_claim_per_family THEN 'claimed'
            ELSE evidence_state
        END AS state
    FROM ordered
)
"""

# A family's claim is worth its price once: on the episode that is claimable, or, where the family was claimed for
# before, on its first episode.
CLAIM: Final = """
SELECT episode, family, $framework AS framework, state, evidence_state, claim_date, eligible,
    CAST(needs AS BIGINT) AS needs, CAST(headlines AS BIGINT) AS headlines,
    CAST(needs_met AS BIGINT) AS needs_met, assessment_ok, plan_ok, lead_practitioner_ok,
    CASE WHEN state = 'claimable' OR (claimed_on IS NOT NULL AND place_in_state = 1)
        THEN CAST($amount AS BIGINT) ELSE 0 END AS worth
FROM claim_standing
ORDER BY episode_id
"""

CLAIM_EVIDENCE: Final = """
CREATE TABLE claim_evidence AS
SELECT episode_id, episode, 1 AS position, 'eligible' AS measure,
    CASE WHEN eligible THEN 'passed' ELSE 'failed' END || ': ' || needs || ' needs, ' || headlines
        || ' headlines, ' || CASE WHEN has_whom_it_is_for THEN 'a' ELSE 'no' END
        || ' child or expectant parent' AS value,
    start_date AS window_from, NULL::DATE AS window_to, 'family_episode' AS extract
FROM claim_standing
UNION ALL
SELECT episode_id, episode, 2, 'assessment', CASE WHEN assessment_ok THEN 'passed' ELSE 'failed' END,
    assessment_date, assessment_date, 'family_episode'
FROM claim_standing
UNION ALL
SELECT episode_id, episode, 3, 'plan', CASE WHEN plan_ok THEN 'passed' ELSE 'failed' END,
    plan_date, plan_date, 'family_episode'
FROM claim_standing
UNION ALL
SELECT episode_id, episode, 4, 'lead_practitioner',
    CASE WHEN lead_practitioner_ok THEN 'passed' ELSE 'failed' END, NULL, NULL, 'family_episode'
FROM claim_standing
UNION ALL
SELECT episode_id, episode, 5, 'closing',
    CASE WHEN closing_ok THEN 'passed' ELSE 'failed' END || ': '
        || coalesce(closure_reason, CASE WHEN end_date IS NULL THEN 'open' ELSE 'no reason' END),
    end_date, end_date, 'family_episode'
FROM claim_standing
UNION ALL
SELECT episode_id, episode, 6, 'earlier_claim', CAST(claimed_on AS VARCHAR), claimed_on, claimed_on,
    'earlier_claim'
FROM claim_standing WHERE claimed_on IS NOT NULL
UNION ALL
SELECT episode_id, episode, 7, 'claim_date', CAST(claim_date AS VARCHAR), claim_date, claim_date, NULL
FROM claim_standing WHERE claim_date IS NOT NULL
"""


def claim_settings(framework: Framework, payment: str) -> dict[str, Value]:
    """What the queries of this module ask of the framework; a day that is not set never bars a claim."""
    return {
        "framework": framework.id,
        "count_by": framework.eligibility.count_by,
        "minimum": framework.eligibility.minimum,
        "requires": framework.eligibility.requires,
        "closures": ",".join(framework.claimable_closures),
        "test_assessment": "assessment" in framework.practice_tests,
        "test_plan": "plan" in framework.practice_tests,
        "test_lead_practitioner": "lead_practitioner" in framework.practice_tests,
        "valid_from": str(framework.valid_from or "0001-01-01"),
        "valid_to": str(framework.valid_to or "9999-12-31"),
        "suspended_on": str(framework.payment.suspended_on or "9999-12-31"),
        "one_claim_per_family": framework.payment.one_claim_per_family,
        "amount": framework.payment.amount_gbp if payment == "by_results" else 0,
    }
