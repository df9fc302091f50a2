"""The family level: is what a claim asks for complete on the as-of date, may it be claimed for, and if not, why not?

A claim is of a kind, for an episode and a unit: its family or one of its members. Each statement reads the tables
above it (and those of outcomes.tables); `claim_kind`, `claim_price` and `claim_after` are what the framework says.
"""

from datetime import date, timedelta
from typing import Final

import polars as pl

from outcomes.database import Value
from outcomes.frameworks import ClaimKind, Framework, Price

CLAIM_CASE: Final = """
CREATE TABLE claim_case AS
WITH unit AS (
    SELECT episode, NULL AS person, 'family' AS unit FROM episode
    UNION ALL
    SELECT episode, person, 'person' FROM episode_member
)
SELECT CAST(row_number() OVER (ORDER BY episode, position, person NULLS FIRST) - 1 AS UINTEGER) AS claim_id,
    episode, family, start_date, person, code, kind, position, about, chosen_from
FROM unit JOIN claim_kind USING (unit) JOIN episode USING (episode)
"""

# Which claim a case belongs to that is judged for a claim's sake.
CASE_OF_CLAIM: Final = """
CREATE TABLE case_of_claim AS
SELECT need_id, claim_id
FROM need_case JOIN claim_case ON claim_case.episode = need_case.episode AND claim_case.code = need_case.code
    AND claim_case.person IS NOT DISTINCT FROM need_case.person
WHERE need_case.is_claim
"""

# The tests of every episode. A need that is not in the framework makes nobody eligible, yet it stands in the way of
# a claim about needs: strict. A plan without an assessment fails as well: there is no assessment that it could
# follow.
EPISODE_TESTED: Final = """
CREATE TABLE episode_tested AS
WITH of_code AS (
    SELECT episode, code, min(standing) AS standing, max(sustained_on) AS sustained_on,
        CASE WHEN count(window_to) = count(*) THEN max(window_to) END AS expected_on
    FROM judged_case WHERE NOT is_claim GROUP BY episode, code
),
needs AS (
    SELECT episode, count(headline) AS needs, count(DISTINCT headline) AS headlines,
        count(headline) FILTER (standing = 3) AS needs_met, min(standing) AS standing,
        CASE WHEN min(standing) = 3 THEN max(sustained_on) END AS complete_on,
        CASE WHEN min(standing) > 1 AND count(expected_on) = count(*) THEN max(expected_on) END AS expected_on
    FROM of_code LEFT JOIN framework_need USING (code) GROUP BY episode
),
child AS (
    SELECT episode, bool_or(child_on_first_day) AS has_child FROM episode_member GROUP BY episode
)
SELECT episode.*, coalesce(needs, 0) AS needs, coalesce(headlines, 0) AS headlines,
    coalesce(needs_met, 0) AS needs_met, standing, complete_on, expected_on,
    CASE WHEN $count_by = 'need' THEN coalesce(needs, 0) ELSE coalesce(headlines, 0) END >= $minimum AS is_broad,
    coalesce(has_child, false) OR expectant_parent OR $requires = 'nobody' AS has_whom_it_is_for,
    assessment_date IS NOT NULL AS assessment_ok,
    coalesce(plan_date >= assessment_date, false) AS plan_ok,
    has_lead_practitioner AS lead_practitioner_ok,
    -- A reason without a day: it has ended, and nobody wrote down when.
    (end_date IS NULL AND closure_reason IS NULL)
        OR list_contains(string_split($closures, ','), closure_reason) IS TRUE AS closing_ok
FROM episode LEFT JOIN needs USING (episode) LEFT JOIN child USING (episode)
"""

# Earlier claims of a family under this framework. Where a family is claimed for once, the first of them bars every
# kind; else each bars its kind (and the others of its set) for its person and episode, as far as it names them. What
# one person has achieved is paid for once, in whichever episode.
# One that is paid for belongs to the first claim that it fits.
CLAIM_EARLIER: Final = """
CREATE TABLE claim_earlier AS
WITH known AS (
    SELECT family, kind, person, episode, min(claimed_on) AS claimed_on
    FROM given_earlier_claim
    WHERE framework = $framework
    GROUP BY family, kind, person, episode
),
numbered AS (
    SELECT *, row_number() OVER (ORDER BY family, claimed_on, kind, person, episode) AS earlier_id,
        row_number() OVER (PARTITION BY family ORDER BY claimed_on, kind, person, episode) AS turn
    FROM known
),
earlier AS (
    SELECT numbered.*, coalesce(chosen_from, numbered.kind) AS chosen_from
    FROM numbered LEFT JOIN claim_kind USING (kind)
    WHERE numbered.turn = 1 OR NOT $one_claim_per_family
),
matched AS (
    SELECT claim_id, earlier_id, claimed_on, row_number() OVER (
            PARTITION BY earlier_id
            ORDER BY earlier.kind <> claim_case.kind, earlier.person IS NOT NULL AND
                earlier.person IS DISTINCT FROM claim_case.person, earlier.episode <> claim_case.episode,
                start_date, claim_id
        ) = 1 AS is_paid_here
    FROM claim_case JOIN earlier USING (family)
    WHERE $one_claim_per_family OR (
        (earlier.kind IS NULL OR earlier.chosen_from = claim_case.chosen_from)
        AND (earlier.person IS NULL OR claim_case.person IS NULL OR earlier.person = claim_case.person)
        AND (earlier.episode IS NULL OR earlier.episode = claim_case.episode
            OR earlier.person = claim_case.person)
    )
)
SELECT claim_id, min(claimed_on) AS claimed_on, bool_or(is_paid_here) AS is_paid_here
FROM matched GROUP BY claim_id
"""

# What each claim rests on: the episode's needs, a rule of its own, or that the family was taken on with a plan.
CLAIM_BASIS: Final = """
CREATE TABLE claim_basis AS
SELECT claim_case.*, claimed_on, coalesce(is_paid_here, false) AS is_paid_here,
    CASE about
        WHEN 'needs' THEN tested.standing
        WHEN 'rule' THEN judged_case.standing
        WHEN 'attachment' THEN CASE WHEN assessment_ok AND plan_date IS NOT NULL THEN 3 ELSE 1 END
    END AS standing,
    CASE about
        WHEN 'needs' THEN tested.complete_on
        WHEN 'rule' THEN judged_case.sustained_on
        WHEN 'attachment' THEN CASE WHEN assessment_ok AND plan_date IS NOT NULL
            THEN greatest(assessment_date, plan_date) END
    END AS claim_date,
    CASE about WHEN 'needs' THEN tested.expected_on WHEN 'rule' THEN judged_case.window_to END AS expected_on,
    is_broad AND has_whom_it_is_for AS eligible, closing_ok,
    ($test_assessment AND NOT assessment_ok) OR ($test_plan AND NOT plan_ok)
        OR ($test_lead_practitioner AND NOT lead_practitioner_ok) AS fails_a_test
FROM claim_case JOIN episode_tested AS tested USING (episode)
LEFT JOIN case_of_claim USING (claim_id)
LEFT JOIN judged_case USING (need_id)
LEFT JOIN claim_earlier USING (claim_id)
"""

CLAIM_EVIDENCED: Final = """
CREATE TABLE claim_evidenced (claim_id UINTEGER, evidence_state VARCHAR, expected_on DATE)
"""

# The state that the evidence gives the claims of one turn: those whose earlier kinds have had theirs. A kind that
# comes after others waits for one of each set of them, claimable or claimed with a claim date that is not later.
CLAIM_STATE: Final = """
INSERT INTO claim_evidenced
WITH awaited AS (
    SELECT DISTINCT claim_id, kind, episode, person, claim_date, claim_after.chosen_from
    FROM claim_basis JOIN claim_after USING (kind)
    WHERE turn = $turn
),
come AS (
    SELECT DISTINCT awaited.claim_id, awaited.chosen_from
    FROM awaited JOIN claim_after USING (kind, chosen_from)
    JOIN claim_basis AS first ON first.episode = awaited.episode AND first.kind = first_kind
        AND (first.person = awaited.person OR first.person IS NULL OR awaited.person IS NULL)
    JOIN claim_evidenced ON claim_evidenced.claim_id = first.claim_id
    WHERE (evidence_state = 'claimable' OR first.claimed_on IS NOT NULL)
        AND first.claim_date <= coalesce(awaited.claim_date, first.claim_date)
),
waiting AS (
    SELECT DISTINCT claim_id FROM awaited ANTI JOIN come USING (claim_id, chosen_from)
),
stated AS (
    SELECT basis.claim_id, claim_date, basis.expected_on, CASE
            WHEN NOT eligible THEN 'not_eligible'
            WHEN NOT closing_ok THEN 'closed_otherwise'
            WHEN standing = 0 OR waiting.claim_id IS NOT NULL THEN 'in_progress'
            WHEN standing = 1 OR fails_a_test THEN 'evidence_gap'
            WHEN standing = 2 THEN 'sustaining'
            WHEN price.kind IS NOT NULL THEN 'claimable'
            ELSE 'outside_period'
        END AS evidence_state,
        expected_price.kind IS NOT NULL AS is_expected
    FROM claim_basis AS basis JOIN claim_kind USING (kind) LEFT JOIN waiting USING (claim_id)
    LEFT JOIN claim_price AS price
        ON price.kind = basis.kind AND claim_date BETWEEN price.payable_from AND price.payable_to
    LEFT JOIN claim_price AS expected_price
        ON expected_price.kind = basis.kind
        AND basis.expected_on BETWEEN expected_price.payable_from AND expected_price.payable_to
    WHERE claim_kind.turn = $turn
)
SELECT claim_id, evidence_state, CASE
        WHEN evidence_state = 'claimable' THEN claim_date
        WHEN evidence_state = 'sustaining' AND is_expected THEN expected_on
    END
FROM stated
"""

# What has been done about it. Of several that are claimable the earliest may be claimed: of the family, where it is
# claimed for once; else, of a set of kinds, of the person in whichever episode, or of the family in its episode; and
# of a kind, as many as its cap leaves.
CLAIM_STANDING: Final = """
CREATE TABLE claim_standing AS
WITH stated AS (
    SELECT basis.* EXCLUDE (expected_on), evidence_state, claim_evidenced.expected_on,
        evidence_state = 'claimable' AND claimed_on IS NULL AS is_open,
        CASE WHEN NOT $one_claim_per_family AND basis.person IS NULL THEN basis.episode END AS once_episode,
        CASE WHEN NOT $one_claim_per_family THEN basis.person END AS once_person,
        CASE WHEN NOT $one_claim_per_family THEN chosen_from END AS once_from
    FROM claim_basis AS basis JOIN claim_evidenced USING (claim_id)
),
in_turn AS (
    SELECT *, row_number() OVER (
            PARTITION BY family, once_episode, once_person, once_from, is_open
            ORDER BY claim_date, start_date, claim_id
        ) AS turn
    FROM stated
),
made AS (
    SELECT family, kind, count(*) AS made
    FROM (SELECT DISTINCT family, kind, person, episode FROM given_earlier_claim
        WHERE framework = $framework AND kind IS NOT NULL)
    GROUP BY family, kind
),
capped AS (
    SELECT in_turn.*, most_per_family, coalesce(made, 0) + row_number() OVER (
            PARTITION BY family, kind, is_open AND in_turn.turn = 1 ORDER BY claim_date, start_date, claim_id
        ) AS place
    FROM in_turn JOIN claim_kind USING (kind) LEFT JOIN made USING (family, kind)
),
done AS (
    SELECT *, CASE
            WHEN claimed_on IS NOT NULL THEN 'claimed'
            WHEN is_open AND (turn > 1 OR place > most_per_family) THEN 'claimed'
            ELSE evidence_state
        END AS state
    FROM capped
)
SELECT done.*, CASE WHEN state = 'claimable' OR is_paid_here THEN coalesce(amount, 0) ELSE 0 END AS worth
FROM done
LEFT JOIN claim_price ON claim_price.kind = done.kind AND coalesce(claim_date, claimed_on) BETWEEN from_day AND to_day
"""

CLAIM_ROWS: Final = """
SELECT standing.episode, standing.family, standing.person, standing.position AS kind, state, evidence_state,
    claim_date, standing.expected_on, eligible, CAST(needs AS BIGINT) AS needs, CAST(headlines AS BIGINT) AS headlines,
    CAST(needs_met AS BIGINT) AS needs_met, assessment_ok, plan_ok, lead_practitioner_ok,
    CAST(worth AS BIGINT) AS worth
FROM claim_standing AS standing JOIN episode_tested USING (episode)
ORDER BY claim_id
"""

# What the claims alone have read.
NO_LONGER_NEEDED: Final = (
    "DROP TABLE episode",
    "DROP TABLE claim_case",
    "DROP TABLE claim_earlier",
    "DROP TABLE claim_basis",
    "DROP TABLE claim_evidenced",
)

# What is said of the claims of the episodes from `$first` to `$last`.
SOME_CLAIM: Final = """
CREATE OR REPLACE TEMP TABLE some_claim AS
SELECT claim_id, claim_date, claimed_on, eligible, about, evidence_state, kind, person, claim_standing.standing,
    tested.* EXCLUDE (standing)
FROM claim_standing JOIN episode_tested AS tested ON tested.episode = claim_standing.episode
WHERE claim_standing.episode BETWEEN $first AND $last
"""

CLAIM_FACT: Final = """
CREATE OR REPLACE TEMP VIEW claim_fact AS
SELECT episode, claim_id, 1 AS position, 'eligible' AS measure,
    CASE WHEN eligible THEN 'passed' ELSE 'failed' END || ': ' || needs || ' needs, ' || headlines
        || ' headlines, ' || CASE WHEN has_whom_it_is_for THEN 'a' ELSE 'no' END
        || ' child or expectant parent' AS value,
    start_date AS window_from, NULL::DATE AS window_to, 'family_episode' AS extract
FROM some_claim
UNION ALL
SELECT episode, claim_id, 2, 'assessment', CASE WHEN assessment_ok THEN 'passed' ELSE 'failed' END,
    assessment_date, assessment_date, 'family_episode'
FROM some_claim
UNION ALL
SELECT episode, claim_id, 3, 'plan', CASE WHEN plan_ok THEN 'passed' ELSE 'failed' END,
    plan_date, plan_date, 'family_episode'
FROM some_claim
UNION ALL
SELECT episode, claim_id, 4, 'lead_practitioner',
    CASE WHEN lead_practitioner_ok THEN 'passed' ELSE 'failed' END, NULL, NULL, 'family_episode'
FROM some_claim
UNION ALL
SELECT episode, claim_id, 5, 'closing',
    CASE WHEN closing_ok THEN 'passed' ELSE 'failed' END || ': '
        || coalesce(closure_reason, CASE WHEN end_date IS NULL THEN 'open' ELSE 'no reason' END),
    end_date, end_date, 'family_episode'
FROM some_claim
UNION ALL
SELECT episode, claim_id, 6, 'earlier_claim', CAST(claimed_on AS VARCHAR), claimed_on, claimed_on, 'earlier_claim'
FROM some_claim WHERE claimed_on IS NOT NULL
UNION ALL
SELECT episode, claim_id, 7, 'claim_date', CAST(claim_date AS VARCHAR), claim_date, claim_date, NULL
FROM some_claim WHERE claim_date IS NOT NULL
UNION ALL
SELECT episode, claim_id, 8, 'outcome', CASE standing WHEN 3 THEN 'sustained' ELSE 'not_evidenced' END,
    claim_date, claim_date, NULL
FROM some_claim WHERE about = 'attachment'
UNION ALL
SELECT waiting.episode, waiting.claim_id, 9, 'after', claim_after.first_kind || ': ' || first.evidence_state,
    first.claim_date, first.claim_date, NULL
FROM some_claim AS waiting JOIN claim_after USING (kind)
JOIN some_claim AS first ON first.episode = waiting.episode AND first.kind = claim_after.first_kind
    AND (first.person = waiting.person OR first.person IS NULL OR waiting.person IS NULL)
"""


def claim_settings(framework: Framework) -> dict[str, Value]:
    """What the queries of this module ask of the framework; whatever is not set bars no claim."""
    return {
        "framework": framework.id,
        "count_by": framework.eligibility.count_by,
        "minimum": framework.eligibility.minimum,
        "requires": framework.eligibility.requires,
        "closures": ",".join(framework.claimable_closures),
        "test_assessment": "assessment" in framework.practice_tests,
        "test_plan": "plan" in framework.practice_tests,
        "test_lead_practitioner": "lead_practitioner" in framework.practice_tests,
        "one_claim_per_family": framework.payment.one_claim_per_family,
    }


def turns(kinds: tuple[ClaimKind, ...]) -> dict[str, int]:
    """In which turn each kind is looked at, from 0: after every kind that must come before it.

    Raises ValueError where kinds wait for each other, or for one that there is not.
    """
    found: dict[str, int] = {}
    while len(found) < len(kinds):
        ready = [k for k in kinds if k.code not in found and all(first in found for first in k.after)]
        if not ready:
            raise ValueError("kinds of claim wait for each other, or for one that there is not")
        found |= {k.code: max((found[first] + 1 for first in k.after), default=0) for k in ready}
    return found


def kind_rows(framework: Framework, code_number: dict[str, int]) -> pl.DataFrame:
    """The table `claim_kind`: one row a kind, in the order of the file."""
    turn = turns(framework.claims)
    return pl.DataFrame(
        [
            (
                position,
                kind.code,
                code_number[kind.code],
                kind.unit,
                kind.about,
                _set_of(kind),
                kind.most_per_family,
                turn[kind.code],
            )
            for position, kind in enumerate(framework.claims)
        ],
        schema={
            "position": pl.Int32,
            "kind": pl.String,
            "code": pl.UInt32,
            "unit": pl.String,
            "about": pl.String,
            "chosen_from": pl.String,
            "most_per_family": pl.Int64,
            "turn": pl.Int32,
        },
        orient="row",
    )


def price_rows(framework: Framework, payment: str) -> pl.DataFrame:
    """The table `claim_price`: what a claim of a kind is worth by its claim date, from `from_day` to `to_day`, and from
    when to when (`payable_…`) such a claim lies in the framework's period as well, before payment was suspended.

    Only under `by_results` is a claim worth money; the periods of its prices count all the same.
    """
    always = Price(framework.payment.amount_gbp, None, None)
    suspended_on = framework.payment.suspended_on
    last = min(framework.valid_to or date.max, suspended_on - timedelta(days=1) if suspended_on else date.max)
    first = framework.valid_from or date.min
    return pl.DataFrame(
        [
            (
                kind.code,
                since := price.from_day or date.min,
                until := price.to_day or date.max,
                max(since, first),
                min(until, last),
                price.amount_gbp if payment == "by_results" else 0,
            )
            for kind in framework.claims
            for price in kind.prices or (always,)
        ],
        schema={
            "kind": pl.String,
            "from_day": pl.Date,
            "to_day": pl.Date,
            "payable_from": pl.Date,
            "payable_to": pl.Date,
            "amount": pl.Int64,
        },
        orient="row",
    )


def after_rows(framework: Framework) -> pl.DataFrame:
    """The table `claim_after`: which kind waits for which (`first_kind`), and the set that it is chosen from."""
    turn = turns(framework.claims)
    by_code = {kind.code: kind for kind in framework.claims}
    return pl.DataFrame(
        [
            (kind.code, first, _set_of(by_code[first]), turn[kind.code])
            for kind in framework.claims
            for first in kind.after
        ],
        schema={"kind": pl.String, "first_kind": pl.String, "chosen_from": pl.String, "turn": pl.Int32},
        orient="row",
    )


def _set_of(kind: ClaimKind) -> str:
    """What a unit is claimed for once: the set that the kind is one of, or the kind itself."""
    return f"one of {kind.one_of}" if kind.one_of else kind.code
