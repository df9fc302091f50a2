"""Codes of one dimension that hold others: what is counted by one of them is counted by the other as well."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class CodesWithin:
    """Codes of one dimension of which some hold others, where one thing can have several: `holders` names for a code
    all those that count everything that it counts, and theirs. `told_by`: only where one of these dimensions is asked
    as well; none: always. A code is not compared with one that cannot be."""

    dimension: str
    holders: Mapping[str, tuple[str, ...]] = field(hash=False)
    told_by: frozenset[str] = frozenset()

    def told(self, dimensions: Collection[str]) -> bool:
        """Whether a question by these dimensions is one of which it is true."""
        return self.dimension in dimensions and (not self.told_by or not self.told_by.isdisjoint(dimensions))
