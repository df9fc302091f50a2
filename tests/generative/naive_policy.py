"""A reading of the privacy policy in plain Python, row by row: what may pass to whom. It knows words, not code."""

import re
from collections.abc import Mapping
from typing import Any

Row = dict[str, Any]
Words = Mapping[tuple[str, str], str]

# What each kind of column permits, as the data protection officer would write it down.
BY_KIND = {
    "identifier": {"dropped", "linkage", "families", "pseudonym", "count"},
    "direct identity": {"dropped", "linkage", "families", "yes or no"},
    "free text": {"dropped", "notes", "yes or no"},
    "quasi-identifier": {
        *("dropped", "linkage", "families", "band", "group", "rules", "named place", "code", "yes or no"),
    },
    "sensitive": {"dropped", "group", "rules", "code", "yes or no", "count"},
    "plain": {
        *(
            "dropped",
            "families",
            "band",
            "group",
            "month",
            "day",
            "rules",
            "code",
            "yes or no",
            "wait",
            "count",
        ),
    },
}
NO_FURTHER = (None, "dropped", "linkage", "families")
SEEN_BY_RULES = ("day", "rules", "code", "pseudonym", "yes or no", "notes")
NOTHING = (
    *(
        "na",
        "none",
        "null",
        "nil",
        "nan",
        "tbc",
        "tba",
        "unknown",
        "notknown",
        "unallocated",
        "vacant",
        "blank",
    ),
)


def says_something(text: str | None) -> bool:
    """Whether a cell holds more than a word for nothing."""
    letters = re.sub(r"[\W_]", "", (text or "").lower())
    return letters not in ("", *NOTHING)


def passes(word: str | None, value: Any, groups: Mapping[str, str]) -> Any:
    """What the stage pseudonymise may see of a value of a column with this decision."""
    if word in NO_FURTHER:
        return None
    if word in ("yes or no", "notes"):
        return says_something(value)
    if word == "group" and value is not None:
        return groups.get(value.upper(), "unknown")
    return value


def passes_to_linkage(word: str | None, kind: str, value: Any) -> Any:
    """What finding people and families may see of a value."""
    return None if word in (None, "dropped") or kind == "free text" else value


def passes_to_rules(word: str | None, value: Any) -> Any:
    """What rules may see of a value that the stage pseudonymise had."""
    return value if word in SEEN_BY_RULES else None
