"""The frameworks of a release: how each is paid, the windows in which claims are made, and how they are audited."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any


class Payment(StrEnum):
    """How the council is paid for outcomes."""

    BY_RESULTS = "by_results"
    EARNED_AUTONOMY = "earned_autonomy"
    NONE = "none"


@dataclass(frozen=True)
class ClaimKind:
    """One kind of claim: what it is called, for whom it is made (`family` or `person`), and its price in pounds."""

    code: str
    label: str
    unit: str
    price: int


@dataclass(frozen=True)
class Window:
    """A window of a framework, in which claims are made: both days are in it."""

    id: str
    opens: date
    closes: date


@dataclass(frozen=True)
class Framework:
    """One framework as a release was made under it. `price` is in whole pounds; `deadweight` is the share that the
    payer deducts from a window's total; `tolerance` the share of struck out claims up to which a sample passes."""

    id: str
    title: str
    payment: Payment
    price: int
    deadweight: Fraction = Fraction(0)
    claims: tuple[ClaimKind, ...] = ()
    windows: tuple[Window, ...] = ()
    share: Fraction | None = None
    tolerance: Fraction | None = None

    @property
    def paid_by_results(self) -> bool:
        return self.payment is Payment.BY_RESULTS

    @property
    def several_kinds(self) -> bool:
        """Whether it has a rate card: kinds of claim with prices of their own."""
        return len(self.claims) > 1

    @property
    def highest_price(self) -> int:
        return max((self.price, *(kind.price for kind in self.claims)))

    def kind_label(self, code: str) -> str:
        return next((kind.label for kind in self.claims if kind.code == code), code.replace("_", " "))


def read_frameworks(manifest: Mapping[str, str]) -> tuple[Framework, ...]:
    """The frameworks of a manifest, the primary one first. A release made before there were several has one.

    Raises KeyError or ValueError where a fact is missing or cannot be read.
    """
    text = manifest.get("frameworks")
    if text is None:
        return (
            Framework(
                id=manifest["framework"],
                title=manifest.get("framework_title", manifest["framework"]),
                payment=Payment(manifest["payment"]),
                price=int(manifest.get("price", "0")),
            ),
        )
    listed = json.loads(text)
    if not isinstance(listed, list) or not listed:
        raise ValueError("no framework")
    return tuple(_framework(one) for one in listed)


def _framework(facts: Any) -> Framework:
    try:
        audit = facts.get("audit", {})
        return Framework(
            id=str(facts["id"]),
            title=str(facts["title"]),
            payment=Payment(facts["payment"]),
            price=int(facts["price"]),
            deadweight=Fraction(facts.get("deadweight", 0)),
            claims=tuple(
                ClaimKind(str(kind["kind"]), str(kind["label"]), str(kind["unit"]), int(kind["price"]))
                for kind in facts.get("claims", ())
            ),
            windows=tuple(
                Window(str(one["id"]), date.fromisoformat(one["opens"]), date.fromisoformat(one["closes"]))
                for one in facts.get("windows", ())
            ),
            share=Fraction(audit["share"]) if "share" in audit else None,
            tolerance=Fraction(audit["tolerance"]) if "tolerance" in audit else None,
        )
    except (AttributeError, TypeError, ZeroDivisionError) as error:
        raise ValueError(type(error).__name__) from None
