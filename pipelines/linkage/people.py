"""Whether two descriptions can be of one person at all: by forenames that are forms of one another, by births."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations

from pipelines.linkage.comparing import NEAR_BIRTH
from pipelines.linkage.names import Forms

# Who has more different looks than this is nobody to compare each to each.
_MANY = 60


@dataclass(frozen=True)
class Face:
    """What the check for two people needs of a face."""

    forename: str | None
    first: str | None
    surname: str | None
    other: str | None
    born: int | None


def all_one(faces: Sequence[Face], forms: Forms) -> bool:
    """Whether no two of the faces are two people."""
    return len(faces) <= _MANY and not any(
        two_people(one, other, forms) for one, other in combinations(faces, 2)
    )


def one_name(one: Face, other: Face, forms: Forms) -> bool:
    """Whether two whole forenames are one, or known forms of one another, and no second name says otherwise."""
    if not (one.forename and other.forename) or len(one.forename) == 1 or len(other.forename) == 1:
        return False
    if one.forename == other.forename:
        return True
    return not _second_names(one, other) and bool(_forms(one, forms) & _forms(other, forms))


def _second_names(one: Face, other: Face) -> bool:
    """Whether both have a second forename: then the first alone does not make them one (Mohammed Ali and Bilal)."""
    return one.first != one.forename and other.first != other.forename


def two_people(one: Face, other: Face, forms: Forms) -> bool:
    """Whether two faces cannot be of one person: whole forenames that are no forms of one another, or dates of birth
    that no slip of the pen explains."""
    if one.born is not None and other.born is not None and not _may_be_one_day(one.born, other.born):
        return True
    if not (one.forename and other.forename and one.first and other.first):
        return False
    if len(one.forename) == 1 or len(other.forename) == 1:
        # "O Simon" may be Simon O.
        exchanged = other.surname if len(one.forename) == 1 else one.surname
        single = one.forename if len(one.forename) == 1 else other.forename
        whole = other.forename if len(one.forename) == 1 else one.forename
        return not (whole.startswith(single) or (exchanged or "").startswith(single))
    if one.forename in (other.forename, other.surname) or other.forename == one.surname:
        return False
    if _second_names(one, other):
        return not _near(one.forename, other.forename)
    if _forms(one, forms) & _forms(other, forms):
        return False
    for here, there in ((one.forename, other.forename), (one.first, other.first)):
        short, long = sorted((here, there), key=len)
        if (len(short) > 2 and long.startswith(short)) or _near(here, there):
            return False
    return True


def _near(here: str, there: str) -> bool:
    fewest = min(len(here), len(there))
    return fewest > 3 and _slips(here, there) <= (2 if fewest > 6 else 1)


def _forms(face: Face, forms: Forms) -> frozenset[str]:
    """All forenames that the face may go by."""
    names = (forms.of(name) for name in (face.first, face.forename, face.other) if name)
    return frozenset().union(*names)


@lru_cache(maxsize=65_536)
def _slips(one: str, other: str) -> int:
    """Letters more, less, other or exchanged with their neighbour (optimal string alignment), up to three."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, here in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, there in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (here != there))
            if i > 1 and j > 1 and here == other[j - 2] and one[i - 2] == there:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _may_be_one_day(one: int, other: int) -> bool:
    if one == other:
        return True
    (y1, m1, d1), (y2, m2, d2) = (_parts(day) for day in (one, other))
    return (
        (y1 == y2 and (m1 == m2 or d1 == d2))
        or (m1 == m2 and d1 == d2 and _slips(str(y1), str(y2)) <= 1)
        or (y1 == y2 and m1 == d2 and d1 == m2)
        or abs((date(y1, m1, d1) - date(y2, m2, d2)).days) <= NEAR_BIRTH
    )


def _parts(day: int) -> tuple[int, int, int]:
    return day // 10_000, day // 100 % 100, day % 100
