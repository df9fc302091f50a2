"""The tables that the engine builds on its way, from what was known on the as-of date to needs and evidence.

Each statement reads the tables above it; `given_…` are the frames by number (outcomes.numbers; a record is a number
too), `$as_of` and `$sustain_from` the values of the evaluation.
"""

from typing import Final

from outcomes.frames import FRAMES
from outcomes.vocabulary import Measure, Reason

SOURCES: Final = (*FRAMES, "family_episode")
MEASURE_TYPE: Final = f"CREATE TYPE measure AS ENUM ({', '.join(repr(str(measure)) for measure in Measure)})"
REASON_TYPE: Final = f"CREATE TYPE reason AS ENUM ({', '.join(repr(str(reason)) for reason in Reason)})"
SOURCE_TYPE: Final = f"CREATE TYPE source AS ENUM ({', '.join(map(repr, SOURCES))})"

# What was known on the as-of date: an episode that ends later is open, an assessment or a plan dated later has not
# happened.
EPISODE: Final = """
CREATE TABLE episode AS
SELECT episode, family, start_date,
    CASE WHEN end_date <= $as_of THEN end_date END AS end_date,
    CASE WHEN end_date <= $as_of OR end_date IS NULL THEN closure_reason END AS closure_reason,
    CASE WHEN assessment_date <= $as_of THEN assessment_date END AS assessment_date,
    CASE WHEN plan_date <= $as_of THEN plan_date END AS plan_date,
    coalesce(has_lead_practitioner, false) AS has_lead_practitioner,
    coalesce(expectant_parent, false) AS expectant_parent
FROM given_episode
"""

MEMBER: Final = """
CREATE TABLE episode_member AS
SELECT episode, person, bool_or(coalesce(child_on_first_day, false)) AS child_on_first_day
FROM given_member
GROUP BY episode, person
"""

# One need however often it was written down, from its earliest day. What a kind of claim with a rule of its own
# asks of a family or of a member is judged like a need that is there from the episode's first day (`is_claim`).
# `clock_from` is the first day on which any clock may start; null where the framework counts from closure and the
# episode is open.
NEED_CASE: Final = """
CREATE TABLE need_case AS
WITH known AS (
    SELECT false AS is_claim, episode, person, code, min({'day': identified_on, 'record': record}) AS first
    FROM given_need
    GROUP BY episode, person, code
    UNION ALL
    SELECT true, episode, episode_member.person, code, {'day': start_date, 'record': NULL}
    FROM episode CROSS JOIN claim_kind LEFT JOIN episode_member USING (episode)
    WHERE about = 'rule' AND unit = 'person' AND episode_member.person IS NOT NULL
    UNION ALL
    SELECT true, episode, NULL, code, {'day': start_date, 'record': NULL}
    FROM episode CROSS JOIN claim_kind
    WHERE about = 'rule' AND unit = 'family'
)
SELECT CAST(row_number() OVER (ORDER BY is_claim, known.episode, code, person NULLS FIRST) - 1 AS UINTEGER)
    AS need_id, is_claim, known.episode, person, code, first.day AS identified_on, first.record AS record,
    CASE
        WHEN $sustain_from = 'outcome' THEN first.day
        WHEN end_date IS NOT NULL THEN greatest(first.day, end_date)
    END AS clock_from
FROM known JOIN episode USING (episode)
"""

# Reviews of a need between the day it was identified and the as-of date. A blank person matches a blank one.
REVIEW: Final = """
CREATE TABLE review AS
SELECT need_id, recorded_on, state, coalesce(has_reason, false) AS has_reason, known_review.record
FROM known_review JOIN need_case
    ON need_case.episode = known_review.episode AND need_case.code = known_review.code
    AND need_case.person IS NOT DISTINCT FROM known_review.person
WHERE recorded_on >= identified_on
"""

# A waiver starts no clock, yet under `closure` it counts from the end of the episode and not before: strict.
WAIVER: Final = """
CREATE TABLE waiver AS
SELECT need_id, greatest(min(recorded_on), any_value(clock_from)) AS day,
    min({'day': recorded_on, 'record': review.record}) AS first
FROM review JOIN need_case USING (need_id)
WHERE state = 'waived' AND has_reason AND clock_from IS NOT NULL
GROUP BY need_id
"""

# `window_to` of what is not sustained yet: the day on which it will be, if nothing changes; null: it cannot be told.
OUTCOME: Final = """
CREATE TABLE outcome (
    need_id UINTEGER, node USMALLINT, standing SMALLINT, waived BOOLEAN, achieved_on DATE, sustained_on DATE,
    window_to DATE, reason reason
)
"""

EVIDENCE: Final = """
CREATE TABLE evidence (
    need_id UINTEGER, node USMALLINT, measure measure, value VARCHAR, window_from DATE, window_to DATE,
    extract source, record UINTEGER
)
"""

CONCERNED: Final = """
CREATE OR REPLACE TEMP TABLE concerned AS
SELECT need_id, node, episode, person, identified_on, clock_from
FROM need_case JOIN node USING (code, is_claim)
WHERE rule = $rule
"""

# Whose records a need looks at: the person's whom it is about (also of somebody who is no member: strict), or every
# member's. Members other than the person (`is_another`) where the rule says `any_member`.
LOOKED_AT: Final = """
CREATE OR REPLACE TEMP VIEW looked_at AS
SELECT need_id, person, false AS is_another FROM concerned WHERE person IS NOT NULL
UNION ALL
SELECT need_id, episode_member.person, concerned.person IS NOT NULL
FROM concerned JOIN episode_member USING (episode)
WHERE concerned.person IS DISTINCT FROM episode_member.person
"""

KEEP_OUTCOME: Final = """
INSERT INTO outcome
SELECT need_id, node, standing, waived, achieved_on, sustained_on, window_to, reason FROM judged
"""

# A waiver counts where the rule allows one and the need is not sustained anyway.
WAIVED: Final = """
CREATE OR REPLACE TEMP TABLE waived AS
SELECT judged.need_id, node, day, first.record AS record FROM judged JOIN waiver USING (need_id) WHERE standing < 3
"""

KEEP_WAIVED: Final = """
UPDATE outcome
SET standing = 3, waived = true, achieved_on = day, sustained_on = day, window_to = day, reason = NULL
FROM waived WHERE waived.need_id = outcome.need_id AND waived.node = outcome.node
"""

KEEP_WAIVER: Final = """
INSERT INTO evidence
SELECT need_id, node, 'waiver', 'reason recorded', day, day, 'progress', record FROM waived
"""

# What the rules alone have read.
NO_LONGER_NEEDED: Final = (
    "DROP TABLE review",
    "DROP TABLE waiver",
    "DROP VIEW IF EXISTS looked_at",
    "DROP VIEW IF EXISTS judged",
    "DROP TABLE IF EXISTS concerned",
    "DROP TABLE IF EXISTS leaf_result",
    "DROP TABLE IF EXISTS combined",
    "DROP TABLE IF EXISTS waived",
)

# What became of needs and of what kinds of claim ask for. A need that the framework does not have is not evidenced.
JUDGED_CASE: Final = """
CREATE TABLE judged_case AS
SELECT need_id, is_claim, episode, person, code, coalesce(standing, 1) AS standing, coalesce(waived, false) AS waived,
    achieved_on, sustained_on, window_to, node,
    CASE WHEN standing IS NULL THEN CAST('need_not_in_framework' AS reason) ELSE reason END AS reason
FROM need_case
LEFT JOIN (SELECT outcome.* FROM outcome JOIN node USING (node) WHERE parent IS NULL) AS root USING (need_id)
"""

# Answers leave the database by number.
NEED_ROWS: Final = """
SELECT judged_case.episode, judged_case.person, judged_case.code, identified_on,
    CASE WHEN judged_case.waived THEN 4 ELSE judged_case.standing END AS state,
    achieved_on, sustained_on, node, enum_code(reason) AS reason
FROM judged_case JOIN need_case USING (need_id)
WHERE NOT need_case.is_claim
ORDER BY need_id
"""

# The cases of the episodes from `$first` to `$last`.
SOME_CASE: Final = """
CREATE OR REPLACE TEMP TABLE some_case AS
SELECT judged_case.*, identified_on, record, claim_id
FROM judged_case JOIN need_case USING (need_id) LEFT JOIN case_of_claim USING (need_id)
WHERE judged_case.episode BETWEEN $first AND $last
"""

# Facts about some claims, then about some needs; what a kind of claim asks for by itself stands with its claim.
EVIDENCE_ROWS: Final = """
WITH state_word AS (
    FROM (VALUES (0, 'outstanding'), (1, 'not_evidenced'), (2, 'sustaining'), (3, 'sustained')) AS w(standing, word)
),
about_case AS (
    SELECT need_id, NULL AS node, 'identified' AS measure, NULL AS value, identified_on AS window_from,
        identified_on AS window_to, 'need' AS extract, record
    FROM some_case WHERE NOT is_claim
    UNION ALL
    SELECT need_id, CASE WHEN is_claim THEN node END, 'outcome', CASE WHEN waived THEN 'waived' ELSE word END,
        achieved_on, sustained_on, NULL, NULL
    FROM some_case JOIN state_word USING (standing)
    UNION ALL
    SELECT need_id, outcome.node, 'part', CASE WHEN outcome.waived THEN 'waived' ELSE word END,
        achieved_on, coalesce(sustained_on, window_to), NULL, NULL
    FROM outcome JOIN node USING (node) JOIN state_word USING (standing) SEMI JOIN some_case USING (need_id)
    WHERE parent IS NOT NULL
    UNION ALL
    SELECT * FROM evidence SEMI JOIN some_case USING (need_id)
),
facts AS (
    SELECT episode, claim_id, NULL AS need_id, NULL AS node, position, CAST(measure AS measure) AS measure, value,
        window_from, window_to, CAST(extract AS source) AS extract, NULL AS record
    FROM claim_fact
    UNION ALL
    SELECT episode, claim_id, CASE WHEN NOT is_claim THEN need_id END, about_case.node, 100, CAST(measure AS measure),
        value, window_from, about_case.window_to, CAST(extract AS source), about_case.record
    FROM about_case JOIN some_case USING (need_id)
)
SELECT episode, claim_id, need_id, node, enum_code(measure) AS measure, value, window_from, window_to,
    enum_code(extract) AS extract, record
FROM facts
ORDER BY episode, need_id NULLS FIRST, claim_id, node NULLS FIRST, position, facts.measure, window_from NULLS FIRST,
    record NULLS FIRST, value
"""
