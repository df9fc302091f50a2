"""What a reader must know about a release before believing a figure in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from release.errors import ReleaseError


class Payment(StrEnum):
    """How the council is paid for outcomes."""

    BY_RESULTS = "by_results"
    EARNED_AUTONOMY = "earned_autonomy"
    NONE = "none"


@dataclass(frozen=True)
class Release:
    """The facts of one release. `price` is in whole pounds, `rounding` what shown counts are multiples of,
    `threshold` what withheld counts of rows lie under (0: not known)."""

    name: str
    as_of: date
    authority: str
    synthetic: bool
    payment: Payment
    price: int
    framework: str
    framework_title: str
    profile_words: str
    rounding: int
    threshold: int = 0

    @property
    def paid_by_results(self) -> bool:
        return self.payment is Payment.BY_RESULTS


def read_facts(manifest: Mapping[str, str]) -> Release:
    """The facts out of a manifest. Raises ReleaseError where one is missing or cannot be read."""
    try:
        return Release(
            name=manifest["release"],
            as_of=date.fromisoformat(manifest["as_of"]),
            authority=manifest["authority"],
            synthetic=manifest["synthetic"] == "true",
            payment=Payment(manifest["payment"]),
            price=int(manifest.get("price", "0")),
            framework=manifest["framework"],
            framework_title=manifest.get("framework_title", manifest["framework"]),
            profile_words=manifest.get(
                "profile_words", "Figures are rounded, and small ones are withheld (c)."
            ),
            rounding=max(int(manifest.get("rounding", "5")), 1),
            threshold=int(manifest.get("threshold", "0")),
        )
    except (KeyError, ValueError) as error:
        raise ReleaseError(
            f"The manifest of this release cannot be read ({type(error).__name__}). "
            "Publish it again with this version: python -m pipelines run --extracts FOLDER"
        ) from None
