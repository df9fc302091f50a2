"""A dimension's codes and what each lies in: wards in localities, months in quarters in years."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from disclosure.errors import HierarchyError

ALL = "all"


@dataclass(frozen=True)
class Hierarchy:
    """`parents`: every code and the code that it lies in, None where that is only the total, which is called ALL.

    Codes that nothing lies in are leaves, and contributions name leaves alone. A code may be the only one in its
    parent: both are cells then, and always the same. Raises HierarchyError where a parent is not a code itself (a
    hole), or codes lie in each other in a circle.
    """

    name: str
    parents: Mapping[str, str | None]

    def __post_init__(self) -> None:
        if not self.parents:
            raise HierarchyError(f"hierarchy {self.name}: has no codes")
        if ALL in self.parents:
            raise HierarchyError(f"hierarchy {self.name}: {ALL} is what the total is called, and no code")
        for code, parent in self.parents.items():
            if parent is not None and parent not in self.parents:
                raise HierarchyError(
                    f"hierarchy {self.name}: {code} lies in {parent}, which has no line of its own; add one, with what "
                    "it lies in, or with nothing where that is the total"
                )
        for code in self.parents:
            self._above(code)

    @classmethod
    def flat(cls, name: str, codes: Iterable[str]) -> "Hierarchy":
        """Codes that lie in the total alone."""
        return cls(name, dict.fromkeys(sorted(set(codes))))

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Every code, the total first, then as given."""
        return (ALL, *self.parents)

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """What lies directly in each code that is no leaf, the total among them."""
        found: dict[str, list[str]] = {}
        for code, parent in self.parents.items():
            found.setdefault(ALL if parent is None else parent, []).append(code)
        return {code: tuple(inside) for code, inside in found.items()}

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """The codes that nothing lies in."""
        return tuple(code for code in self.parents if code not in self.children)

    def lies_in(self, leaf: str) -> tuple[str, ...]:
        """A code and all that it lies in, up to the total."""
        return (*self._above(leaf), ALL)

    def _above(self, code: str) -> list[str]:
        way = [code]
        while (parent := self.parents[way[-1]]) is not None:
            if parent in way:
                raise HierarchyError(f"hierarchy {self.name}: {code} lies in itself, by way of {parent}")
            way.append(parent)
        return way
