"""What makes a class of records safe: k-anonymity, l-diversity, t-closeness."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from disclosure.errors import MicrodataError
from disclosure.risk.anonymity import Reached
from disclosure.risk.spread import entropy, equal_distance, ordered_distance, pairs, recursive

Rows = NDArray[np.int64]
# Fractions that differ by less are equal: sums of thousands of quotients are no more exact.
TOLERANCE = 1e-9


class Kind(StrEnum):
    """What the l of l-diversity counts."""

    DISTINCT = "distinct"
    ENTROPY = "entropy"
    RECURSIVE = "recursive"


class Distance(StrEnum):
    """How far two sensitive values are apart."""

    EQUAL = "equal"
    ORDERED = "ordered"


@dataclass(frozen=True)
class Rules:
    """What every class of records (those that share all quasi-identifiers as they are written) must be.

    `k`: it holds at least k records (Samarati and Sweeney 1998). `l`: at least l different values of each sensitive
    column (`kind` "distinct"); or the values are as evenly spread as l equally frequent ones ("entropy": exp of the
    entropy at least l); or the most frequent is rarer than `c` times all but the l - 1 most frequent together
    ("recursive") (Machanavajjhala et al. 2007). `t`: the sensitive values are spread as in the whole, up to the
    distance t from 0 to 1 (Li et al. 2007): `distance` "equal" between any two values (half of the sum of absolute
    differences of shares), "ordered" by how many values lie between two. Raises MicrodataError for rules that mean
    nothing.
    """

    k: int = 5
    l: int = 1  # noqa: E741  it is called l everywhere
    kind: Kind = Kind.DISTINCT
    c: float = 3.0
    t: float = 1.0
    distance: Distance = Distance.EQUAL
    sensitive: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "kind", Kind(self.kind))
            object.__setattr__(self, "distance", Distance(self.distance))
        except ValueError as error:
            raise MicrodataError(f"{error}: {', '.join((*Kind, *Distance))} are the words") from None
        if self.k < 2:
            raise MicrodataError(f"k = {self.k} hides nobody: every record may be alone; choose at least 2")
        if self.l < 1:
            raise MicrodataError(f"l = {self.l}: choose a whole number from 1 (nothing asked for)")
        if not 0 <= self.t <= 1:
            raise MicrodataError(
                f"t = {self.t}: choose a distance from 0 (all alike) to 1 (nothing asked for)"
            )
        if not 0 < self.c < float("inf"):
            raise MicrodataError(f"c = {self.c}: choose a number above 0")
        if (self.l > 1 or self.t < 1) and not self.sensitive:
            raise MicrodataError("l and t are about a sensitive column: name it")

    def kept_by(self, reached: Reached) -> bool:
        """Whether records that reach this keep to the rules (`reached.recursive_c` is for the l of the rules)."""
        if reached.k < self.k:
            return False
        if self.l > 1:
            found = {
                Kind.DISTINCT: (reached.l or 0) >= self.l,
                Kind.ENTROPY: (reached.entropy_l or 0) >= self.l * np.exp(-TOLERANCE),
                Kind.RECURSIVE: reached.recursive_c is not None and reached.recursive_c < self.c,
            }
            if not found[self.kind]:
                return False
        far = reached.t if self.distance is Distance.EQUAL else reached.ordered_t
        return self.t >= 1 or (far is not None and far <= self.t + TOLERANCE)

    @property
    def about_values(self) -> bool:
        """Whether anything is asked of the sensitive values."""
        return self.l > 1 or self.t < 1


class Judge:
    """Holds classes of records to the rules. `values`: for each sensitive column the number of each record's value,
    numbered in order from 0; the spread in the whole is that of all these records. `owner`: whose each record is,
    numbered from 0; then a class holds k different owners, and records of one owner count once. `beside`: the class
    that each record was in before, in what somebody has already; then the records that share it keep to k and l,
    too, within each class (spread as in the whole they need not be: there are too few of them)."""

    def __init__(
        self,
        rules: Rules,
        values: Sequence[Rows],
        *,
        owner: Rows | None = None,
        beside: Rows | None = None,
    ) -> None:
        self.rules = rules
        self.values = tuple(values) if rules.about_values else ()
        self.owner, self.beside = owner, beside
        self.counts = tuple(np.bincount(column) for column in self.values)
        self.shares = tuple(count / max(count.sum(), 1) for count in self.counts)
        self._owners = int(owner.max()) + 1 if owner is not None and len(owner) else 0
        self._most_of_one = int(np.bincount(owner).max()) if owner is not None and len(owner) else 0
        self._besides = int(beside.max()) + 1 if beside is not None and len(beside) else 0

    @property
    def joining_is_safe(self) -> bool:
        """Whether a class that is safe stays so whoever joins it."""
        return not self.values and self.beside is None

    @property
    def size_is_enough(self) -> bool:
        """Whether k records make a class safe, whoever they are."""
        return self.joining_is_safe and self.owner is None

    def kind_of(self, row: int) -> tuple[int, ...]:
        """What decides of a record whether it may join a class: its sensitive values, and where it was before."""
        values = tuple(int(column[row]) for column in self.values)
        return values if self.beside is None else (*values, int(self.beside[row]))

    def with_t(self, t: float) -> "Judge":
        """The same with another t."""
        return Judge(replace(self.rules, t=t), self.values, owner=self.owner, beside=self.beside)

    def kinds(self) -> NDArray[np.bool_] | None:
        """Two kinds of records (True and False) of both of which every safe class holds some, or None: those with the
        most frequent value of the first sensitive column, and the others."""
        if not self.values:
            return None
        usual = int(np.argmax(self.shares[0]))
        share, rules = self.shares[0][usual], self.rules
        close = (
            rules.t < 1 and rules.distance is Distance.EQUAL and rules.t + TOLERANCE < min(share, 1 - share)
        )
        return self.values[0] == usual if close or rules.l == len(self.shares[0]) == 2 else None

    def conform(self, rows: Rows, group: Rows, groups: int) -> NDArray[np.bool_]:
        """Which of the groups (numbered from 0; `group` is that of each of the `rows`) are safe."""
        good = self._conform(rows, group, groups)
        if self.beside is None or not good.any():
            return good
        # Those who were together before, and are again: whoever holds both sees them as a class of their own.
        shared, cell = np.unique(group * self._besides + self.beside[rows], return_inverse=True)
        fine = self._conform(rows, cell.astype(np.int64), len(shared), joint=True)
        good[shared[~fine] // self._besides] = False
        return good

    def safe(self, rows: Sequence[int] | Rows) -> bool:
        """Whether these records may make a class."""
        if len(rows) < self.rules.k:
            return False
        return self.size_is_enough or bool(
            self.conform(np.asarray(rows, np.int64), np.zeros(len(rows), np.int64), 1)[0]
        )

    def _conform(self, rows: Rows, group: Rows, groups: int, *, joint: bool = False) -> NDArray[np.bool_]:
        sizes = np.bincount(group, minlength=groups)
        good = sizes >= self.rules.k
        for column, share in zip(self.values, self.shares, strict=True):
            if not good.any():
                break
            good &= self._spread(group, column[rows], sizes, share, joint)
        if self.owner is not None:
            good &= self._of_enough_owners(rows, group, sizes, good)
        return good

    def _of_enough_owners(
        self, rows: Rows, group: Rows, sizes: Rows, good: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Which of the groups that are good so far hold records of k different owners."""
        assert self.owner is not None
        # No k - 1 owners have more records than this: such a group need not be looked at.
        doubtful = good & (sizes <= (self.rules.k - 1) * self._most_of_one)
        there = doubtful[group]
        pair = np.sort(group[there] * self._owners + self.owner[rows[there]])
        first = np.ones(len(pair), bool)
        np.not_equal(pair[1:], pair[:-1], out=first[1:])
        owners = np.bincount(pair[first] // max(self._owners, 1), minlength=len(sizes))
        return ~doubtful | (owners >= self.rules.k)

    def _spread(
        self, group: Rows, value: Rows, sizes: Rows, share: NDArray[np.float64], joint: bool
    ) -> NDArray[np.bool_]:
        rules, groups = self.rules, len(sizes)
        where, which, count = pairs(group, value, groups, len(share))
        good = np.ones(groups, bool)
        if rules.l > 1:
            if rules.kind is Kind.DISTINCT:
                good &= np.bincount(where, minlength=groups) >= rules.l
            elif rules.kind is Kind.ENTROPY:
                good &= entropy(where, count, sizes) >= np.log(rules.l) - TOLERANCE
            else:
                good &= recursive(where, count, groups, rules.l) < rules.c
        if rules.t < 1 and not joint:
            far = equal_distance if rules.distance is Distance.EQUAL else ordered_distance
            good &= far(where, which, count, sizes, share) <= rules.t + TOLERANCE
        return good
