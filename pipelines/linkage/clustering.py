"""From pairs to persons: the surest pairs first, and no step that makes two people of one household one.

Joining whatever hangs together through pairs would make a person of twins as soon as one record says "A. Smith". So
entities are joined one after the other, the surest edge first, and never where what is known of both sides cannot be of
one person: two different numbers, forenames or dates of birth that most of their faces disagree on, a judgement of a
case worker, an exclusion after an adoption.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.linkage.certain import JUDGED, OWN, SINGLE
from pipelines.linkage.people import Face, one_name, two_people
from pipelines.linkage.settings import LinkageSettings

# A pair that rests on an initial, or on no date of birth, must be this much likelier (in powers of two) than the next
# person it could be.
_MARGIN = 4.0
# From this share of faces that cannot be of one person on, two groups are two people.
_MOST_DIFFERENT = 0.34
# So many different numbers of which a person has one: the right one, and one that was mistyped and is valid.
_MOST_NUMBERS = 2
# Two groups of so many faces each are not joined by a single pair less sure than this.
_GROUP = 3
_SURE = 0.99


@dataclass
class _Group:
    """Entities joined so far."""

    entities: list[int]
    faces: list[Face]
    numbers: dict[str, set[str]]
    apart: set[tuple[str, str]]


@dataclass(frozen=True)
class Clusters:
    """`person`: entity to person (the smallest entity of its group), for entities that edges lead to. `asked`: two
    faces, how likely they are one person, and why they were left apart. `refused_for_size`: how many joins would have
    made too large a person. `torn`: how many groups could be of either of two people kept apart."""

    person: dict[int, int]
    asked: list[tuple[int, int, float, str]]
    refused_for_size: int = 0
    torn: int = 0


@dataclass(frozen=True)
class Edge:
    """A tie between two entities. `left_face` and `right_face`: whose likeness it is."""

    left: int
    right: int
    weight: float
    probability: float
    weak: bool
    how: str
    left_face: int
    right_face: int


class Clustering:
    """Joins entities by edges."""

    def __init__(
        self,
        edges: Sequence[Edge],
        faces: Mapping[int, Sequence[Face]],
        numbers: Mapping[int, Mapping[str, set[str]]],
        apart: Mapping[int, set[tuple[str, str]]],
        settings: LinkageSettings,
    ) -> None:
        self._settings = settings
        self._forms = settings.forms
        self._edges = sorted(edges, key=lambda edge: (edge.weak, -edge.weight, edge.left, edge.right))
        self._parent: dict[int, int] = {}
        self._groups: dict[int, _Group] = {}
        self._faces = faces
        self._numbers = numbers
        self._apart = apart
        self._around: dict[int, list[Edge]] = defaultdict(list)
        for edge in self._edges:
            self._around[edge.left].append(edge)
            self._around[edge.right].append(edge)
        self.asked: list[tuple[int, int, float, str]] = []
        self.refused_for_size = 0
        self.torn: set[int] = set()

    def run(self) -> Clusters:
        """Take every edge once, the surest first."""
        for edge in self._edges:
            one, other = self._find(edge.left), self._find(edge.right)
            if one == other:
                continue
            reason = self._reason_against(edge, self._groups[one], self._groups[other])
            if reason is None:
                self._join(one, other)
            elif reason:
                self.asked.append((edge.left_face, edge.right_face, edge.probability, reason))
        person = {entity: self._find(entity) for entity in self._parent}
        return Clusters(person, self.asked, self.refused_for_size, len(self.torn))

    def _find(self, entity: int) -> int:
        if entity not in self._parent:
            self._parent[entity] = entity
            self._groups[entity] = _Group(
                [entity],
                list(self._faces[entity]),
                {name: set(values) for name, values in self._numbers.get(entity, {}).items()},
                set(self._apart.get(entity, ())),
            )
            return entity
        root = entity
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[entity] != root:
            self._parent[entity], entity = root, self._parent[entity]
        return root

    def _join(self, one: int, other: int) -> None:
        kept, gone = min(one, other), max(one, other)
        self._parent[gone] = kept
        into, out = self._groups[kept], self._groups.pop(gone)
        into.entities += out.entities
        into.faces += [face for face in out.faces if face not in into.faces]
        into.apart |= out.apart
        for name, values in out.numbers.items():
            into.numbers.setdefault(name, set()).update(values)

    def _reason_against(self, edge: Edge, one: _Group, other: _Group) -> str | None:
        """Why an edge must not join two groups; "" where nobody need be asked about it; none where it may."""
        if _across(one.apart, other.apart):
            return ""
        if edge.how == JUDGED:
            return None
        if len({*one.faces, *other.faces}) > self._settings.largest_person:
            self.refused_for_size += 1
            return "large_group"
        if self._too_many_numbers(one, other):
            return "conflict"
        if self._conflicting(one, other):
            told = edge.how == "own" or self._sharing(one, other)
            if not told or self._different(one.faces, other.faces):
                return "conflict"
        if edge.how == "likely":
            if self._numbered_apart(one, other) and not self._one_look(one, other):
                return "conflict"
            # Whose it is would tell an adoption, if it were asked.
            if self._torn(one, other) or self._torn(other, one):
                return ""
            if self._different(one.faces, other.faces):
                return ""
            if edge.weak and self._ambiguous(edge):
                return "conflict"
            if (
                min(len(one.faces), len(other.faces)) >= _GROUP
                and edge.probability < _SURE
                and self._single(one, other)
            ):
                return "weak_link"
        return None

    def _different(self, some: Sequence[Face], others: Sequence[Face]) -> bool:
        """Whether too many of the faces cannot be of one person."""
        most = _MOST_DIFFERENT * len(some) * len(others)
        different = 0
        for one in some:
            for other in others:
                different += two_people(one, other, self._forms)
                if different > most:
                    return True
        return False

    def _ambiguous(self, edge: Edge) -> bool:
        """Whether an edge that rests on little has a rival: somebody else, nearly as likely."""
        for entity, to in ((edge.left, edge.right), (edge.right, edge.left)):
            mine, wanted = self._find(entity), self._find(to)
            for tie in self._around[entity]:
                rival = self._find(tie.right if tie.left == entity else tie.left)
                if (
                    rival not in (mine, wanted)
                    and tie.weight > edge.weight - _MARGIN
                    and self._somebody_else(self._groups[rival], self._groups[wanted])
                ):
                    return True
        return False

    def _somebody_else(self, one: _Group, other: _Group) -> bool:
        return self._different(one.faces, other.faces) or self._conflicting(one, other)

    @staticmethod
    def _conflicting(one: _Group, other: _Group) -> bool:
        """Whether the groups have different numbers of which a person has one."""
        for name in SINGLE:
            here, there = one.numbers.get(name), other.numbers.get(name)
            if here and there and not here & there:
                return True
        return False

    @staticmethod
    def _too_many_numbers(one: _Group, other: _Group) -> bool:
        """Whether together they would have more different numbers of a kind than one and a mistyped one: a chain in
        which each row shares a number with the next would else grow without end."""
        return any(
            len(one.numbers.get(name, set()) | other.numbers.get(name, set())) > _MOST_NUMBERS
            for name in SINGLE
        )

    @staticmethod
    def _sharing(one: _Group, other: _Group) -> bool:
        """Whether the groups share a number of which a person has one."""
        return any(one.numbers.get(name, set()) & other.numbers.get(name, set()) for name in SINGLE)

    @staticmethod
    def _numbered_apart(one: _Group, other: _Group) -> bool:
        """Whether one sender has them under two numbers of its own: two people, or one that was entered twice."""
        return any(
            name.startswith(OWN) and values.isdisjoint(other.numbers.get(name, values))
            for name, values in one.numbers.items()
        )

    def _one_look(self, one: _Group, other: _Group) -> bool:
        """Whether the two agree somewhere on the whole forename and on the day of birth."""
        return any(
            here.born is not None and here.born == there.born and one_name(here, there, self._forms)
            for here in one.faces
            for there in other.faces
        )

    def _torn(self, group: _Group, to: _Group) -> bool:
        """Whether a group that would be joined with somebody kept apart from another could as well be that other."""
        if not to.apart:
            return False
        for entity in group.entities:
            for tie in self._around[entity]:
                rival = self._groups[self._find(tie.right if tie.left == entity else tie.left)]
                if rival is not to and _across(rival.apart, to.apart):
                    self.torn.add(group.entities[0])
                    return True
        return False

    def _single(self, one: _Group, other: _Group) -> bool:
        """Whether one pair alone ties two groups."""
        fewer, more = sorted((one, other), key=lambda group: len(group.entities))
        there = set(more.entities)
        ties = sum(
            (edge.left in there) != (edge.right in there) and (edge.left in there or edge.right in there)
            for entity in fewer.entities
            for edge in self._around[entity]
            if edge.left in there or edge.right in there
        )
        return ties <= 1


def _across(some: set[tuple[str, str]], others: set[tuple[str, str]]) -> bool:
    """Whether two sets of sides hold both sides of one group."""
    return any((group, "b" if side == "a" else "a") in others for group, side in some)
