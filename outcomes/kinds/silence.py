"""`no_event` and `no_status`: the absence of records over a window that the extract covers."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from outcomes.frames import qualifying
from outcomes.kinds import Query
from outcomes.rules import NoEvent, NoStatus

RESULT: Final = """
WITH latest_day AS (
    SELECT person, max(event_day) AS event_day FROM qualifying GROUP BY person
),
latest_of_person AS (
    SELECT person, {'day': event_day, 'record': max(record)} AS latest
    FROM qualifying JOIN latest_day USING (person, event_day)
    GROUP BY person, event_day
),
latest_of_episode AS (
    SELECT episode, max(latest) AS latest
    FROM episode_member JOIN latest_of_person USING (person)
    GROUP BY episode
),
looked_up AS (
    -- A need that names somebody who is no member still looks at that person's records: strict.
    SELECT concerned.*, CASE
        WHEN concerned.person IS NOT NULL AND NOT $any_member THEN own.latest
        WHEN own.latest IS NULL OR own.latest < everybody.latest THEN everybody.latest
        ELSE own.latest
    END AS latest
    FROM concerned
    LEFT JOIN latest_of_person AS own ON own.person = concerned.person
    LEFT JOIN latest_of_episode AS everybody ON everybody.episode = concerned.episode
),
clock AS (
    SELECT *,
        CASE WHEN latest.day >= identified_on THEN latest END AS last_event,
        (SELECT min(covers_from) FROM covered WHERE extract = $extract) AS first_covered
    FROM looked_up
),
started AS (
    SELECT *, CASE WHEN clock_from IS NOT NULL AND first_covered IS NOT NULL
        THEN greatest(clock_from, first_covered, last_event.day + 1) END AS start
    FROM clock
),
windowed AS (
    SELECT *, CAST(start + to_months(CAST($months AS INTEGER)) AS DATE) - 1 AS window_to FROM started
),
found AS (
    SELECT *, EXISTS (FROM unlinked WHERE unlinked.person = windowed.person) AS is_unlinked FROM windowed
),
judged AS (
    SELECT found.*, CASE
        WHEN clock_from IS NULL OR last_event.day = $as_of THEN 0
        WHEN is_unlinked OR covered.extract IS NULL THEN 1
        WHEN window_to <= $as_of THEN 3
        ELSE 2
    END AS standing
    FROM found
    LEFT JOIN covered ON covered.extract = $extract
        AND covered.covers_from <= start AND covered.covers_to >= least(window_to, $as_of)
)
SELECT need_id, node, standing, window_to, start, last_event,
    CASE WHEN standing > 0 THEN start END AS achieved_on,
    CASE WHEN standing = 3 THEN window_to END AS sustained_on,
    CASE
        WHEN standing = 1 AND is_unlinked THEN 'person_not_linked'
        WHEN standing = 1 THEN 'not_covered'
        WHEN standing = 0 AND clock_from IS NULL THEN 'episode_open'
        WHEN standing = 0 THEN $reason
    END AS reason
FROM judged
"""

EVIDENCE: Final = """
SELECT need_id, node, 'last_record' AS measure, coalesce(CAST(last_event.day AS VARCHAR), 'none') AS value,
    last_event.day AS window_from, last_event.day AS window_to, $extract AS extract, last_event.record AS record
FROM leaf_result
UNION ALL
SELECT need_id, node, 'coverage', CASE WHEN standing = 1 THEN 'not covered' ELSE 'covered' END,
    start, least(window_to, $as_of), $extract, NULL
FROM leaf_result WHERE standing > 0
"""


def query(frames: Mapping[str, pl.DataFrame], rule: NoEvent | NoStatus, as_of: date) -> Query:
    """Judges needs that rest on silence. A record of a `no_status` is an event on each of its days."""
    records = qualifying(frames, rule.extract, rule.where, as_of=as_of)
    last_day = pl.max_horizontal("first_day", pl.col("last_day").fill_null(as_of))
    event_day = pl.col("first_day") if rule.kind == "no_event" else last_day
    return Query(
        RESULT,
        EVIDENCE,
        {
            "extract": rule.extract,
            "months": rule.months,
            "any_member": rule.whose == "any_member",
            "reason": "event_on_as_of" if rule.kind == "no_event" else "status_open",
        },
        {
            "qualifying": records.select("person", event_day.alias("event_day"), "record"),
            "unlinked": frames["unlinked_person"],
        },
    )
