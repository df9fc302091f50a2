"""A disclosure profile: which counts are withheld, and how the rest are rounded."""

from dataclasses import dataclass


class ProfileError(ValueError):
    """A profile that would protect nobody, or cannot be applied."""


@dataclass(frozen=True)
class Profile:
    """Counts under `threshold` are withheld (zeros too); the others are rounded to the nearest `base`.

    Both are numbers of units (people, families, needs). Raises ProfileError where the profile would give single
    people away: a threshold under 3, or a base under 2.
    """

    name: str
    threshold: int
    base: int

    def __post_init__(self) -> None:
        if self.threshold < 3:
            raise ProfileError(
                f"profile {self.name}: a threshold under 3 would show counts of one or two people"
            )
        if self.base < 2:
            raise ProfileError(f"profile {self.name}: rounding to a base under 2 leaves counts exact")

    @property
    def words(self) -> str:
        """What a reader of the figures should know, in one sentence."""
        return (
            f"Counts under {self.threshold} are withheld (shown as c); "
            f"the rest are rounded to the nearest {self.base}, so figures may not add up."
        )
