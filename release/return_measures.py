"""What returns count that the dashboard does not: families and children with an open plan, at a date or in a period.

A closed vocabulary: a template names these, and custody alone counts them (figures.at_a_date).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class When(StrEnum):
    """How an episode of help lies to a period. A release knows months, so all of this is told in whole months."""

    OPEN_AT_END = "open_at_end"
    OPEN_DURING = "open_during"
    STARTED = "started"
    CLOSED = "closed"


@dataclass(frozen=True)
class ReturnMeasure:
    """Distinct families, or distinct children in them (`children`), with an episode of help that lies so to the period.

    `lead`: of these only those of whose open episodes one has a lead practitioner recorded. `dimensions`: what it may
    be broken down by and kept to.
    """

    name: str
    label: str
    unit: str
    when: When
    dimensions: tuple[str, ...]
    children: bool = False
    lead: bool = False
    about: str = ""


_OF_FAMILIES: Final = ("locality", "ward", "team", "referral_source")
_OF_CHILDREN: Final = ("locality", "ward", "team", "age_band", "sex", "ethnic_group")
_AT_END: Final = (
    "Open on the last day of the period: begun in it or before, and not ended by the end of its last month."
)
_DURING: Final = "Open in at least one month of the period."
_CHILDREN: Final = (
    " Children are those recorded as children of the family, who belong to it then. Their age is that on the first day "
    "of the family's first episode."
)

RETURN_MEASURES: Mapping[str, ReturnMeasure] = MappingProxyType(
    {
        one.name: one
        for one in (
            ReturnMeasure(
                "families_open",
                "Families with help open at the end",
                "families",
                When.OPEN_AT_END,
                _OF_FAMILIES,
                about=_AT_END,
            ),
            ReturnMeasure(
                "families_in_help",
                "Families with help open during the period",
                "families",
                When.OPEN_DURING,
                _OF_FAMILIES,
                about=_DURING,
            ),
            ReturnMeasure(
                "families_started",
                "Families whose help began",
                "families",
                When.STARTED,
                _OF_FAMILIES,
                about="At least one episode of help began in the period: for the first time, or again.",
            ),
            ReturnMeasure(
                "families_closed",
                "Families whose help ended",
                "families",
                When.CLOSED,
                (*_OF_FAMILIES, "closure_reason"),
                about="At least one episode of help ended in the period.",
            ),
            ReturnMeasure(
                "families_open_with_lead",
                "Families open at the end with a lead practitioner",
                "families",
                When.OPEN_AT_END,
                _OF_FAMILIES,
                lead=True,
                about=_AT_END + " A lead practitioner is recorded for the episode.",
            ),
            ReturnMeasure(
                "children_open",
                "Children in families with help open at the end",
                "children",
                When.OPEN_AT_END,
                _OF_CHILDREN,
                children=True,
                about=_AT_END + _CHILDREN,
            ),
            ReturnMeasure(
                "children_in_help",
                "Children in families with help open during the period",
                "children",
                When.OPEN_DURING,
                _OF_CHILDREN,
                children=True,
                about=_DURING + _CHILDREN,
            ),
        )
    }
)
