"""What a reader must know about a release before believing a figure in it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from evidence.frameworks import Framework, Payment, read_frameworks
from release.errors import ReleaseError


@dataclass(frozen=True)
class Release:
    """The facts of one release, as they are under one of its frameworks. `price` is in whole pounds, `rounding` what
    shown counts are multiples of, `threshold` what withheld counts of rows lie under (0: not known). `frameworks` are
    all of them, the primary one first."""

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
    frameworks: tuple[Framework, ...] = ()

    @property
    def paid_by_results(self) -> bool:
        return self.payment is Payment.BY_RESULTS

    @property
    def rules(self) -> Framework:
        """The framework that the facts are about."""
        return next(one for one in self.frameworks if one.id == self.framework)

    def under(self, framework: Framework) -> "Release":
        """The same release, as it is under another of its frameworks."""
        return replace(
            self,
            framework=framework.id,
            framework_title=framework.title,
            payment=framework.payment,
            price=framework.price,
        )


def read_facts(manifest: Mapping[str, str]) -> Release:
    """The facts out of a manifest. Raises ReleaseError where one is missing or cannot be read."""
    try:
        frameworks = read_frameworks(manifest)
        first = frameworks[0]
        return Release(
            name=manifest["release"],
            as_of=date.fromisoformat(manifest["as_of"]),
            authority=manifest["authority"],
            synthetic=manifest["synthetic"] == "true",
            payment=first.payment,
            price=first.price,
            framework=first.id,
            framework_title=first.title,
            profile_words=manifest.get(
                "profile_words", "Figures are rounded, and small ones are withheld (c)."
            ),
            rounding=max(int(manifest.get("rounding", "5")), 1),
            threshold=int(manifest.get("threshold", "0")),
            frameworks=frameworks,
        )
    except (KeyError, ValueError) as error:
        raise ReleaseError(
            f"The manifest of this release cannot be read ({type(error).__name__}). "
            "Publish it again with this version: python -m pipelines run --extracts FOLDER"
        ) from None
