"""What a reader must know about a release before believing a figure in it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from evidence.frameworks import Framework, Payment, read_frameworks
from release.errors import ReleaseError


@dataclass(frozen=True)
class Release:
    """The facts of one release, as they are under one of its frameworks. `price` is in whole pounds. Counts of people,
    families, needs and claims are within `noise_usual` of the truth in 19 of 20 cases and within `noise_most` always,
    but for what one or two families have changed since a figure was drawn; two that differ by less than `noise_change`
    may be the same, and none is shown from 1 to `smallest`. Counts of rows are multiples of `rounding`, and withheld
    ones lie under `threshold` (0: not known). `frameworks` are all of them, the primary one first."""

    name: str
    as_of: date
    authority: str
    synthetic: bool
    payment: Payment
    price: int
    framework: str
    framework_title: str
    profile_words: str
    noise_usual: int
    noise_most: int
    noise_change: int
    smallest: int
    rounding: int
    threshold: int = 0
    frameworks: tuple[Framework, ...] = ()

    @property
    def paid_by_results(self) -> bool:
        return self.payment is Payment.BY_RESULTS

    @property
    def accuracy(self) -> str:
        """How far a figure may be off, in one plain line."""
        return (
            "Counts are changed a little, so that nobody can be found from them: 19 of 20 are within "
            f"{self.noise_usual} of the true count, none is off by more than {self.noise_most}, but for one or two "
            f"families or people who came or left last. Two that differ by less than {self.noise_change} may be the "
            "same."
        )

    @property
    def accuracy_of_rows(self) -> str:
        """How far counts of rows, and of people who are alone with what is said of them, may be off."""
        withheld = f"; those under {self.threshold} are withheld (c)" if self.threshold else ""
        return (
            f"Counts on this page are rounded to the nearest {self.rounding}, so none is off by more than "
            f"{self.rounding // 2}{withheld}."
        )

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
            profile_words=manifest["profile_words"],
            noise_usual=_noise(manifest, "noise_usual"),
            noise_most=_noise(manifest, "noise_most"),
            noise_change=max(_noise(manifest, "noise_change"), 1),
            smallest=_noise(manifest, "smallest"),
            rounding=max(int(manifest.get("rounding", "5")), 1),
            threshold=int(manifest.get("threshold", "0")),
            frameworks=frameworks,
        )
    except (KeyError, ValueError) as error:
        raise ReleaseError(
            f"The manifest of this release cannot be read ({type(error).__name__}). "
            "Publish it again with this version: python -m pipelines run --extracts FOLDER"
        ) from None


def _noise(manifest: Mapping[str, str], name: str) -> int:
    """A whole number of units, not negative."""
    value = int(manifest[name])
    if value < 0:
        raise ValueError(name)
    return value
