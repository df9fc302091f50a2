"""`all_of`, `any_of` and `count` of parts: what the parts of a rule come to."""

from typing import Final

# No part of an all_of that is not outstanding is outstanding, so the latest day over its parts is the latest
# of those that have one. A combined outcome rests on a waiver (`waived`) as soon as one part that it needs does:
# for all_of any part, for any_of only where no part is sustained without.
ALL_OF: Final = """
SELECT need_id, $node AS node, min(standing) AS standing, min(standing) = 3 AND bool_or(waived) AS waived,
    CASE WHEN min(standing) > 0 THEN max(achieved_on) END AS achieved_on,
    CASE WHEN min(standing) = 3 THEN max(sustained_on) END AS sustained_on,
    CASE WHEN min(standing) > 1 AND count(window_to) = count(*) THEN max(window_to) END AS window_to,
    CASE WHEN min(standing) < 2 THEN arg_min(reason, standing * 100 + position) END AS reason
FROM outcome JOIN node USING (node)
WHERE node.parent = $node
GROUP BY need_id
"""

ANY_OF: Final = """
SELECT need_id, $node AS node, max(standing) AS standing,
    max(standing) = 3 AND bool_and(waived) FILTER (standing = 3) AS waived,
    CASE WHEN max(standing) > 0 THEN min(achieved_on) END AS achieved_on,
    CASE WHEN max(standing) = 3 THEN min(sustained_on) END AS sustained_on,
    CASE WHEN max(standing) = 3 THEN min(sustained_on)
        WHEN max(standing) = 2 THEN min(window_to) FILTER (standing = 2) END AS window_to,
    CASE WHEN max(standing) < 2 THEN arg_max(reason, standing * 100 - position) END AS reason
FROM outcome JOIN node USING (node)
WHERE node.parent = $node
GROUP BY need_id
"""

# As good as the part in the place asked for, counted from the best. The days are those in that place, counted from
# the earliest, among the parts that are at least as good; it rests on a waiver where too few are good without.
COUNT: Final = """
WITH part AS (
    SELECT need_id, standing, waived, achieved_on, sustained_on, window_to, reason, position
    FROM outcome JOIN node USING (node)
    WHERE node.parent = $node
),
reached AS (
    SELECT need_id, list_sort(list(standing), 'DESC')[$at_least] AS reached FROM part GROUP BY need_id
)
SELECT need_id, $node AS node, reached AS standing,
    reached = 3 AND count(*) FILTER (standing = 3 AND NOT waived) < $at_least AS waived,
    CASE WHEN reached > 0 THEN list_sort(list(achieved_on) FILTER (standing >= reached AND achieved_on IS NOT NULL))
        [$at_least] END AS achieved_on,
    CASE WHEN reached = 3 THEN list_sort(list(sustained_on) FILTER (standing = 3))[$at_least] END AS sustained_on,
    CASE WHEN reached > 1 THEN list_sort(list(window_to) FILTER (standing >= reached AND window_to IS NOT NULL))
        [$at_least] END AS window_to,
    CASE WHEN reached < 2 THEN arg_min(reason, position) FILTER (standing = reached) END AS reason
FROM part JOIN reached USING (need_id)
GROUP BY need_id, reached
"""
