"""The symbols that stand where a figure is not shown, and why it is not, in words."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Symbol(StrEnum):
    """Why a figure is not there (the Government Statistical Service's symbols)."""

    CONFIDENTIAL = "c"
    NOT_APPLICABLE = "z"
    NOT_AVAILABLE = "x"
    LOW = "low"
    UNCERTAIN = "u"


# What stands behind a withheld figure is never said: that it is small, or large, or next to another one.
MEANINGS: Final[Mapping[Symbol, str]] = MappingProxyType(
    {
        Symbol.CONFIDENTIAL: "withheld, so that nobody can be found from it; any figure may stand behind it",
        Symbol.NOT_APPLICABLE: "not applicable: this cannot occur",
        Symbol.NOT_AVAILABLE: "not available in this release",
        Symbol.LOW: "above nothing, but rounds to nothing",
        Symbol.UNCERTAIN: "too uncertain: a share of so few that the changes made to counts would decide it",
    }
)
# The same over a chart.
IN_SHORT: Final[Mapping[str, str]] = MappingProxyType(
    {
        Symbol.CONFIDENTIAL.value: "withheld",
        Symbol.NOT_APPLICABLE.value: "not applicable",
        Symbol.NOT_AVAILABLE.value: "not available",
        Symbol.LOW.value: "rounds to nothing",
        Symbol.UNCERTAIN.value: "too uncertain",
    }
)
WITHDRAWN: Final = "withheld: the whole question is withdrawn, since too much of it would be withheld"
