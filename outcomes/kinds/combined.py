"""`all_of` and `any_of`: what the parts of a rule come to."""

from typing import Final

# No part of an all_of that is not outstanding is outstanding, so the latest day over its parts is the latest
# of those that have one. A combined outcome rests on a waiver (`waived`) as soon as one part that it needs does:
# for all_of any part, for any_of only where no part is sustained without.
ALL_OF: Final = """
SELECT need_id, $node AS node, min(standing) AS standing, min(standing) = 3 AND bool_or(waived) AS waived,
    CASE WHEN min(standing) > 0 THEN max(achieved_on) END AS achieved_on,
    CASE WHEN min(standing) = 3 THEN max(sustained_on) END AS sustained_on,
    CAST(NULL AS DATE) AS window_to,
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
    CAST(NULL AS DATE) AS window_to,
    CASE WHEN max(standing) < 2 THEN arg_max(reason, standing * 100 - position) END AS reason
FROM outcome JOIN node USING (node)
WHERE node.parent = $node
GROUP BY need_id
"""
