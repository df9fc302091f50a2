"""Names that come together in groups, step by step: who leads whom (union and find)."""


class Groups:
    """Which names are of one group so far. The smallest name of each leads it."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def lead(self, name: str) -> str:
        """The leader of the group that `name` is in; a name that was never joined leads itself."""
        while name in self._above:
            # Halving the way keeps it short.
            above = self._above[name]
            self._above[name] = self._above.get(above, above)
            name = above
        return name

    def leads(self, one: str, other: str) -> tuple[str, str]:
        """The leaders of both, the smaller first: the one that would lead them together."""
        first, second = sorted((self.lead(one), self.lead(other)))
        return first, second

    def join(self, one: str, other: str) -> None:
        """Make two groups one."""
        first, second = self.leads(one, other)
        if first != second:
            self._above[second] = first
