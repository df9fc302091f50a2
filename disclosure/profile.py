"""Disclosure profiles: what is withheld, what is changed by chance, and what is rounded, for one kind of reader.

Three methods. *Rounding*: small counts are withheld, the rest rounded to a base; for counts of rows that stand alone.
*Cell keys* (Marley & Leaver 2011; Giessing 2016): every count is changed by a little, decided by the very people behind
it, so that the same people give the same figure wherever it is asked. *Suppression*: small counts, and what would give
them away, are withheld, and all others are exact; for what is published once, as the Department for Education does.
"""

from dataclasses import dataclass
from math import isfinite

_MOST_DIFFERENCE = 50


class ProfileError(ValueError):
    """A profile that would protect nobody, or cannot be applied."""


@dataclass(frozen=True)
class Rounding:
    """Counts under `threshold` are withheld (zeros too); the others are rounded to the nearest `base`.

    Both are numbers of units (people, families, rows). Raises ProfileError where single people would be given away: a
    threshold under 3, or a base under 2.
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


@dataclass(frozen=True)
class CellKeys:
    """Every count is changed by chance: by 0 on average, by `variance`, by no more than `bound`.

    `smallest`: nothing is shown from 1 to this; a zero stays one, and very few may become one. `least_difference`: of a
    figure and a part of it, or of a figure then and now, that differ by fewer units than this, no two are shown apart.
    `threshold`: figures under this are withheld, zeros too (0: none for that). `fall_back`, `withdraw`: of a question
    of which a greater share, in per cent, would be withheld, a coarser one is shown in its place, or none. Raises
    ProfileError where single people would be given away, or no such noise exists.
    """

    name: str
    variance: float
    bound: int
    smallest: int
    least_difference: int
    threshold: int = 0
    fall_back: int = 20
    withdraw: int = 50

    def __post_init__(self) -> None:
        if not isfinite(self.variance) or self.variance < 1:
            raise self._wrong("a variance under 1 leaves most figures exact")
        if self.variance > self.bound**2 / 2:
            raise self._wrong(
                f"no noise of at most {self.bound} has a variance of {self.variance:g}. Raise bound, or lower variance"
            )
        if not 2 <= self.bound <= 50:
            raise self._wrong(
                "bound must be from 2 to 50: with less the noise hides nobody, with more the figures"
            )
        if not 1 <= self.smallest < self.bound:
            raise self._wrong(
                "smallest must be from 1 to one less than bound: it keeps counts of one or two out"
            )
        if self.least_difference < 3:
            raise self._wrong("a least_difference under 3 would tell of one or two people who are not there")
        if self.least_difference > _MOST_DIFFERENCE:
            raise self._wrong(
                f"a least_difference over {_MOST_DIFFERENCE} would show nearly every figure as that of another group"
            )
        if self.threshold and self.threshold <= self.smallest:
            raise self._wrong(
                "a threshold that is no higher than smallest withholds nothing. Write 0, or a higher one"
            )
        if not 0 < self.fall_back <= self.withdraw <= 100:
            raise self._wrong(
                "fall_back and withdraw are shares in per cent, the first no higher than the second"
            )

    def _wrong(self, what: str) -> ProfileError:
        return ProfileError(f"profile {self.name}: {what}")

    @property
    def words(self) -> str:
        """What a reader of the figures should know, in three sentences."""
        small = f"Nothing from 1 to {self.smallest} is ever shown: a 0 stands for none, or for very few"
        if self.threshold:
            small = f"Figures under {self.threshold} are withheld, zeros too"
        return (
            f"Every figure is changed a little by chance, by at most {self.bound} up or down, and may stand for a "
            f"group with up to {self.least_difference - 1} families or people more or fewer; so figures may not add "
            "up. "
            f"{small}. What could tell of single people is withheld (shown as c)."
        )

    @property
    def noise_most(self) -> int:
        """A figure is off by no more than this: by chance, and because it may be that of the whole that it is nearly
        all of, or of the release before."""
        return self.bound + self.least_difference - 1


@dataclass(frozen=True)
class Suppression:
    """Counts from 1 to `highest` are withheld, and what would give them away; the others are exact.

    `zeros`: whether true zeros are shown. `decimals`: of percentages and rates. For figures that are published once, by
    `python -m disclosure protect` and the returns. Raises ProfileError where single people would be given away.
    """

    name: str
    highest: int
    zeros: bool
    decimals: int

    def __post_init__(self) -> None:
        if not 2 <= self.highest <= 1000:
            raise ProfileError(
                f"profile {self.name}: highest must be from 2 to 1000: a count of one or two is somebody's own"
            )
        if not 0 <= self.decimals <= 2:
            raise ProfileError(
                f"profile {self.name}: decimals must be 0, 1 or 2: with more a percentage tells the counts behind it"
            )

    @property
    def words(self) -> str:
        """What a reader of the figures should know, in two sentences."""
        zeros = "true zeros are shown" if self.zeros else "zeros are withheld as well"
        return (
            f"Counts from 1 to {self.highest}, and others that would give them away, are withheld (shown as c); "
            f"{zeros}. "
            f"All other counts are exact, and percentages are rounded to {self.decimals} decimal"
            f"{'' if self.decimals == 1 else 's'}."
        )


Profile = Rounding | CellKeys | Suppression
