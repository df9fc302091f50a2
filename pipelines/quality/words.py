"""How the report writes severities, turns, counts and shares."""

from collections.abc import Mapping

from pipelines.contracts import Severity
from pipelines.quality.trend import Trend

SEVERITIES: Mapping[Severity, str] = {
    Severity.STOPS_LINKAGE: "Stops a match to a person",
    Severity.STOPS_A_CLAIM: "Stops a claim",
    Severity.WORTH_A_LOOK: "Worth a look",
}
TRENDS: Mapping[Trend, str] = {
    Trend.BETTER: "better",
    Trend.WORSE: "worse",
    Trend.SAME: "the same",
    Trend.NEW: "new",
    Trend.GONE: "gone",
}


def in_words(code: str) -> str:
    """A code as words: family_member becomes Family member."""
    words = code.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def share(part: int, whole: int) -> str:
    """A share: 12%, under 1%, none; a dash of nothing."""
    if not whole:
        return "–"
    value = 100 * part / whole
    if part and value < 0.5:
        return "under 1%"
    if part < whole and value > 99.5:
        return "over 99%"
    return f"{value:.0f}%"


def how_many(number: int, one: str, several: str) -> str:
    """1 row, 2 rows."""
    return f"{number:,} {one if number == 1 else several}"
