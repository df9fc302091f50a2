"""How anonymous records are: k, l, t and their relatives, measured on the records as they are written.

Classes are the records that share all quasi-identifiers. With several sensitive columns each figure is that of the
worst. Names, formulas and results are those of pycanon (Sáinz-Pardo Díaz and López García 2022), but for two: the
entropy's l is not rounded down, and the recursive c is that of the paper (the most frequent value against the rest
of the ranking, most frequent first), where pycanon ranks the least frequent first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from disclosure.risk.grouping import Grouping, grouping, named
from disclosure.risk.spread import Whole, entropy, equal_distance, ordered_distance, pairs, recursive


@dataclass(frozen=True)
class Spread:
    """How the values of one sensitive column are spread: in each class (`where` the class, `which` the value,
    `count` how many), and in the whole (`share` of each value, in order)."""

    where: Whole
    which: Whole
    count: Whole
    sizes: Whole
    share: NDArray[np.float64]

    @property
    def part(self) -> NDArray[np.float64]:
        """The share of each value in its class."""
        return self.count / self.sizes[self.where]


@dataclass(frozen=True)
class Reached:
    """What records reach. Where there is no sensitive column, all but `k` are None. `recursive_c`: the c that recursive
    (c, l)-diversity needs (anything above it holds) for `recursive_l`; infinite where a class has fewer than l
    values."""

    k: int
    l: int | None = None  # noqa: E741  it is called l everywhere
    entropy_l: float | None = None
    recursive_l: int | None = None
    recursive_c: float | None = None
    t: float | None = None
    ordered_t: float | None = None
    alpha: float | None = None
    beta: float | None = None
    enhanced_beta: float | None = None
    delta: float | None = None


def reached(
    records: pl.DataFrame,
    quasi: Sequence[str],
    sensitive: Sequence[str] = (),
    *,
    l: int | None = None,  # noqa: E741
) -> Reached:
    """All of it at once. `l`: the l that `recursive_c` is for (None: the distinct l that the records reach, at least
    2)."""
    classes = grouping(records, quasi)
    k = int(classes.sizes.min())
    if not sensitive:
        return Reached(k)
    spreads = list(_spreads(records, classes, sensitive))
    distinct = min(_distinct(one) for one in spreads)
    for_l = max(distinct if l is None else l, 2)
    return Reached(
        k=k,
        l=distinct,
        entropy_l=min(_entropy(one) for one in spreads),
        recursive_l=for_l,
        recursive_c=max(_recursive(one, for_l) for one in spreads),
        t=max(_equal(one) for one in spreads),
        ordered_t=max(_ordered(one) for one in spreads),
        alpha=max(float(one.part.max()) for one in spreads),
        beta=max(_beta(one) for one in spreads),
        enhanced_beta=max(_enhanced(one) for one in spreads),
        delta=max(_delta(one) for one in spreads),
    )


def k_anonymity(records: pl.DataFrame, quasi: Sequence[str]) -> int:
    """The size of the smallest class."""
    return int(grouping(records, quasi).sizes.min())


def l_diversity(records: pl.DataFrame, quasi: Sequence[str], sensitive: Sequence[str]) -> int:
    """The fewest different sensitive values that a class has."""
    return min(_distinct(one) for one in spreads_of(records, quasi, sensitive))


def entropy_l_diversity(records: pl.DataFrame, quasi: Sequence[str], sensitive: Sequence[str]) -> float:
    """exp of the lowest entropy of sensitive values in a class: so many equally frequent values are as uneven."""
    return min(_entropy(one) for one in spreads_of(records, quasi, sensitive))


def recursive_diversity(
    records: pl.DataFrame,
    quasi: Sequence[str],
    sensitive: Sequence[str],
    l: int,  # noqa: E741
) -> float:
    """The c above which recursive (c, l)-diversity holds: the most frequent value over all but the l - 1 most frequent
    together, in the worst class. Infinite where a class has fewer than l values."""
    return max(_recursive(one, l) for one in spreads_of(records, quasi, sensitive))


def t_closeness(
    records: pl.DataFrame, quasi: Sequence[str], sensitive: Sequence[str], *, ordered: bool = False
) -> float:
    """The largest distance from the spread of sensitive values in a class to that in the whole, from 0 to 1.

    Half of the sum of absolute differences of shares; `ordered`: the earth mover's distance along the order of the
    values (of numbers, else of text), which pycanon takes for numbers."""
    far = _ordered if ordered else _equal
    return max(far(one) for one in spreads_of(records, quasi, sensitive))


def alpha_k_anonymity(
    records: pl.DataFrame, quasi: Sequence[str], sensitive: Sequence[str]
) -> tuple[float, int]:
    """The largest share that one sensitive value has of a class, and k (Wong et al. 2006)."""
    alpha = max(float(one.part.max()) for one in spreads_of(records, quasi, sensitive))
    return alpha, k_anonymity(records, quasi)


def basic_beta_likeness(records: pl.DataFrame, quasi: Sequence[str], sensitive: Sequence[str]) -> float:
    """By how many times its share in the whole a sensitive value is more frequent in a class (Cao and Karras 2012)."""
    return max(_beta(one) for one in spreads_of(records, quasi, sensitive))


def enhanced_beta_likeness(records: pl.DataFrame, quasi: Sequence[str], sensitive: Sequence[str]) -> float:
    """The same, no more than the negative logarithm of the share of the rarest value."""
    return max(_enhanced(one) for one in spreads_of(records, quasi, sensitive))


def delta_disclosure(records: pl.DataFrame, quasi: Sequence[str], sensitive: Sequence[str]) -> float:
    """The largest logarithm, either way, of a sensitive value's share in a class over that in the whole, for the values
    that a class has (Brickell and Shmatikov 2008)."""
    return max(_delta(one) for one in spreads_of(records, quasi, sensitive))


def spreads_of(records: pl.DataFrame, quasi: Sequence[str], sensitive: Sequence[str]) -> list[Spread]:
    """How each of the sensitive columns is spread. Raises MicrodataError where they are not there."""
    return list(_spreads(records, grouping(records, quasi), sensitive))


def _spreads(records: pl.DataFrame, classes: Grouping, sensitive: Sequence[str]) -> Iterator[Spread]:
    named(records, sensitive)
    for name in sensitive:
        value = in_order(records[name])
        share = np.bincount(value) / len(value)
        where, which, count = pairs(classes.of, value, len(classes.sizes), len(share))
        yield Spread(where, which, count, classes.sizes, share)


def in_order(column: pl.Series) -> Whole:
    """The values numbered from 0 in their order: as numbers where all of them are, otherwise as text. A missing
    value is a value of its own, the first."""
    if column.dtype == pl.String:
        number = column.cast(pl.Float64, strict=False)
        column = number if not number.null_count() and number.is_finite().all() else column
    different = column.unique().sort(nulls_last=False).to_frame("value").with_row_index("number")
    joined = column.to_frame("value").join(
        different, on="value", how="left", nulls_equal=True, maintain_order="left"
    )
    return joined["number"].to_numpy().astype(np.int64)


def _distinct(one: Spread) -> int:
    return int(np.bincount(one.where, minlength=len(one.sizes)).min())


def _entropy(one: Spread) -> float:
    return float(np.exp(entropy(one.where, one.count, one.sizes).min()))


def _recursive(one: Spread, l: int) -> float:  # noqa: E741
    return float(recursive(one.where, one.count, len(one.sizes), l).max())


def _equal(one: Spread) -> float:
    return float(equal_distance(one.where, one.which, one.count, one.sizes, one.share).max())


def _ordered(one: Spread) -> float:
    return float(ordered_distance(one.where, one.which, one.count, one.sizes, one.share).max())


def _beta(one: Spread) -> float:
    return float((one.part / one.share[one.which] - 1).max())


def _enhanced(one: Spread) -> float:
    return min(_beta(one), float(-np.log(one.share.min())))


def _delta(one: Spread) -> float:
    return float(np.abs(np.log(one.part / one.share[one.which])).max())
