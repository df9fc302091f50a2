"""A kind of rule that frameworks may declare and nobody has built: its needs are not evidenced."""

from typing import Final

from outcomes.kinds import Query

RESULT: Final = """
SELECT need_id, node, 1 AS standing, CAST(NULL AS DATE) AS achieved_on, CAST(NULL AS DATE) AS sustained_on,
    CAST(NULL AS DATE) AS window_to, 'kind_not_supported' AS reason
FROM concerned
"""

EVIDENCE: Final = """
SELECT need_id, node, '' AS measure, '' AS value, NULL AS window_from, NULL AS window_to, '' AS extract,
    NULL AS record
FROM leaf_result WHERE false
"""


def query() -> Query:
    """Judges nothing, and says so."""
    return Query(RESULT, EVIDENCE)
