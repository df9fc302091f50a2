"""`spell`: something that is going on, and has for long enough."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from outcomes.frames import qualifying
from outcomes.kinds import Query
from outcomes.rules import Spell

RESULT: Final = """
WITH open_spell AS (
    SELECT person, min({'day': first_day, 'record': record}) AS spell
    FROM qualifying
    WHERE last_day IS NULL OR last_day >= $as_of
    GROUP BY person
),
started AS (
    SELECT concerned.*, spell,
        CASE WHEN clock_from IS NOT NULL AND spell IS NOT NULL THEN greatest(clock_from, spell.day) END AS start
    FROM concerned LEFT JOIN open_spell ON open_spell.person = concerned.person
),
judged AS (
    SELECT *, start + (CAST($days AS INTEGER) - 1) AS window_to FROM started
)
SELECT need_id, node, spell, window_to,
    CASE
        WHEN person IS NULL THEN 1
        WHEN start IS NULL THEN 0
        WHEN window_to <= $as_of THEN 3
        ELSE 2
    END AS standing,
    start AS achieved_on,
    CASE WHEN window_to <= $as_of THEN window_to END AS sustained_on,
    CASE
        WHEN person IS NULL THEN 'no_person'
        WHEN start IS NOT NULL THEN NULL
        WHEN clock_from IS NULL THEN 'episode_open'
        ELSE 'no_open_spell'
    END AS reason
FROM judged
"""

EVIDENCE: Final = """
SELECT need_id, node, 'spell' AS measure, 'open' AS value, spell.day AS window_from, NULL AS window_to,
    $extract AS extract, spell.record AS record
FROM leaf_result WHERE spell IS NOT NULL
"""


def query(frames: Mapping[str, pl.DataFrame], rule: Spell, as_of: date) -> Query:
    """Judges needs by the earliest start of a spell that is open on `as_of`; the need must name a person."""
    records = qualifying(frames, rule.extract, rule.where, as_of=as_of)
    return Query(RESULT, EVIDENCE, {"extract": rule.extract, "days": rule.days}, {"qualifying": records})
