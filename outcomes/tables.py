"""The tables that the engine builds on its way, from what was known on the as-of date to needs and evidence.

Each statement reads the tables above it; `given_…` are the checked frames, `$as_of` and `$sustain_from` the
values of the evaluation.
"""

from typing import Final

from outcomes.frames import FRAMES
from outcomes.vocabulary import Measure

# What was known on the as-of date: an episode that begins later does not exist yet, one that ends later is
# open, an assessment or a plan dated later has not happened.
EPISODE: Final = """
CREATE TABLE episode AS
SELECT row_number() OVER (ORDER BY episode) AS episode_id, episode, family, start_date,
    CASE WHEN end_date <= $as_of THEN end_date END AS end_date,
    CASE WHEN end_date <= $as_of OR end_date IS NULL THEN closure_reason END AS closure_reason,
    CASE WHEN assessment_date <= $as_of THEN assessment_date END AS assessment_date,
    CASE WHEN plan_date <= $as_of THEN plan_date END AS plan_date,
    coalesce(has_lead_practitioner, false) AS has_lead_practitioner,
    coalesce(expectant_parent, false) AS expectant_parent
FROM given_episode
WHERE start_date <= $as_of
"""

MEMBER: Final = """
CREATE TABLE episode_member AS
SELECT episode, person, bool_or(coalesce(child_on_first_day, false)) AS child_on_first_day
FROM given_episode_member
GROUP BY episode, person
"""

# One need however often it was written down, from its earliest day. `clock_from` is the first day on which any
# clock may start; null where the framework counts from closure and the episode is open.
NEED_CASE: Final = """
CREATE TABLE need_case AS
WITH known AS (
    SELECT episode, person, need_code, min({'day': identified_on, 'record': record}) AS first
    FROM given_need
    WHERE identified_on <= $as_of
    GROUP BY episode, person, need_code
)
SELECT row_number() OVER (ORDER BY known.episode, need_code, person NULLS FIRST) AS need_id,
    known.episode, episode_id, person, need_code, headline, first.day AS identified_on, first.record AS record,
    CASE
        WHEN $sustain_from = 'outcome' THEN first.day
        WHEN end_date IS NOT NULL THEN greatest(first.day, end_date)
    END AS clock_from
FROM known JOIN episode USING (episode) LEFT JOIN framework_need USING (need_code)
"""

# Reviews of a need between the day it was identified and the as-of date. A blank person matches a blank one.
REVIEW: Final = """
CREATE TABLE review AS
SELECT need_id, recorded_on, state, coalesce(has_reason, false) AS has_reason, given_progress.record
FROM given_progress JOIN need_case
    ON need_case.episode = given_progress.episode AND need_case.need_code = given_progress.need_code
    AND need_case.person IS NOT DISTINCT FROM given_progress.person
WHERE recorded_on BETWEEN identified_on AND $as_of
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

OUTCOME: Final = """
CREATE TABLE outcome (
    need_id BIGINT, node INTEGER, standing INTEGER, waived BOOLEAN, achieved_on DATE, sustained_on DATE,
    window_to DATE, reason VARCHAR
)
"""

EVIDENCE: Final = """
CREATE TABLE evidence (
    need_id BIGINT, node INTEGER, measure measure, value VARCHAR, window_from DATE, window_to DATE,
    extract source, record VARCHAR
)
"""

MEASURES: Final = f"CREATE TYPE measure AS ENUM ({', '.join(repr(str(measure)) for measure in Measure)})"
SOURCES: Final = (
    f"CREATE TYPE source AS ENUM ({', '.join(repr(name) for name in (*FRAMES, 'family_episode'))})"
)

CONCERNED: Final = """
CREATE OR REPLACE TEMP TABLE concerned AS
SELECT need_id, node, episode, person, identified_on, clock_from
FROM need_case JOIN node USING (need_code)
WHERE rule = $rule
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

NEED: Final = """
CREATE TABLE need AS
SELECT need_id, need_case.episode, episode_id, person, need_code, headline, identified_on, record,
    coalesce(standing, 1) AS standing,
    CASE
        WHEN coalesce(standing, 1) = 0 THEN 'outstanding'
        WHEN coalesce(standing, 1) = 1 THEN 'not_evidenced'
        WHEN standing = 2 THEN 'sustaining'
        WHEN waived THEN 'waived'
        ELSE 'sustained'
    END AS state,
    achieved_on, sustained_on, coalesce(words, 'none') AS rule,
    CASE WHEN standing IS NULL THEN 'need_not_in_framework' ELSE reason END AS reason
FROM need_case
LEFT JOIN (SELECT outcome.*, words FROM outcome JOIN node USING (node) WHERE parent IS NULL) AS root
    USING (need_id)
"""

NEED_ROWS: Final = """
SELECT episode, person, need_code, headline, identified_on, state, achieved_on, sustained_on, rule, reason
FROM need ORDER BY need_id
"""

PARTS_AND_OUTCOMES: Final = """
INSERT INTO evidence
SELECT need_id, NULL, 'identified', need_code, identified_on, identified_on, 'need', record FROM need
UNION ALL
SELECT need_id, NULL, 'outcome', state, achieved_on, sustained_on, NULL, NULL FROM need
UNION ALL
SELECT need_id, node, 'part',
    CASE standing WHEN 0 THEN 'outstanding' WHEN 1 THEN 'not_evidenced' WHEN 2 THEN 'sustaining'
        ELSE CASE WHEN waived THEN 'waived' ELSE 'sustained' END END,
    achieved_on, coalesce(sustained_on, window_to), NULL, NULL
FROM outcome JOIN node USING (node) WHERE parent IS NOT NULL
"""

# Keys leave the database as numbers (places in the frames `claim` and `need`): less time, less memory.
EVIDENCE_ROWS: Final = """
WITH facts AS (
    SELECT episode_id, NULL AS need_id, NULL AS node, position, CAST(measure AS measure) AS measure, value,
        window_from, window_to, CAST(extract AS source) AS extract, NULL AS record
    FROM claim_evidence
    UNION ALL
    SELECT episode_id, need_id, node, 0, measure, value, window_from, window_to, extract, evidence.record
    FROM evidence JOIN need USING (need_id)
)
SELECT episode_id - 1 AS episode_at, need_id - 1 AS need_at, node, measure, value, window_from, window_to, extract,
    record
FROM facts
ORDER BY episode_id, need_id NULLS FIRST, node NULLS FIRST, position, measure, window_from NULLS FIRST,
    record NULLS FIRST, value
"""
