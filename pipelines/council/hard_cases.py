"""What makes it hard to tell who is who, as it happens in every council, built into families on purpose.

A father and a son of one name, cousins in one house, namesakes born a day apart, a child who took the name of a new
husband, a child with two homes, a family entered twice, an adopted child. Shares are invented, so that a small council
has one or two of each.
"""

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from pipelines.council.dates import days_after
from pipelines.council.diary import Diary, Spell
from pipelines.council.names import NICKNAMES
from pipelines.council.people import Family, Membership, Person, Registry, Tie, another_forename

LOOK_BACK: Final = 60  # families among which another's child is looked for
FATHER_AND_SON: Final = 0.012
COUSINS: Final = 0.012
NAMESAKES: Final = 0.012
RENAMED: Final = 0.03
TWO_HOMES: Final = 0.035
ENTERED_TWICE: Final = 0.3  # of families that come back
ADOPTED: Final = 0.008
YOUNGEST_ADOPTED, OLDEST_ADOPTED = 200, 3000  # days of age
NEARLY: Final = 200  # days between two birthdays that may become neighbours


def children_of(family: Family) -> list[Person]:
    return [member.person for member in family.members if member.role == "child"]


def parents_of(family: Family) -> list[Person]:
    return [member.person for member in family.members if member.role == "parent" and not member.left]


def complicate(
    registry: Registry, draw: random.Random, diary: Diary, made: list[Family], family: Family
) -> tuple[Person, Person] | None:
    """Makes a family harder to tell from others; before it has numbers in the case system, needs or records.

    `made`: the families before it. Gives a child as it was before an adoption and as it is after, if there is one.
    """
    if draw.random() < FATHER_AND_SON:
        _name_after_father(draw, family)
    if draw.random() < COUSINS:
        _take_in_cousins(registry, draw, family)
    if draw.random() < NAMESAKES:
        _name_alike(draw, made, family)
    if draw.random() < RENAMED:
        _rename(registry, draw, family)
    if made and draw.random() < TWO_HOMES:
        _share_child(draw, made[-1], family)
    if draw.random() < ADOPTED:
        return _adopt(registry, draw, diary, made, family)
    return None


def enter_twice(family: Family, ref: str, since: date) -> Family:
    """The same family under another number, as somebody enters it who does not find the first: its people of that day,
    most with new numbers of their own."""
    there = [m for m in family.members if m.role != "unborn" and m.joined <= since and m.left is None]
    members = [Membership(m.person, m.role, since, anew=place % 3 > 0) for place, m in enumerate(there)]
    return replace(family, ref=ref, members=members, first_day=since, ties=[], entered_as=family.ref)


def forenames(family: Family) -> set[str]:
    """Of the children: no two of one home have the same."""
    return {child.forename for child in children_of(family)}


def _name_after_father(draw: random.Random, family: Family) -> None:
    fathers = [person for person in parents_of(family) if person.sex == "M"]
    sons = [child for child in children_of(family) if child.sex == "M"]
    if fathers and sons and fathers[0].forename not in forenames(family):
        son = sons[0]
        son.forename, son.surname, son.known_as = fathers[0].forename, fathers[0].surname, ()


def _take_in_cousins(registry: Registry, draw: random.Random, family: Family) -> None:
    """Children of a brother or sister live with the family: the same surname, the same address."""
    own, parents = children_of(family), parents_of(family)
    if not own or not parents or own[0].born is None:
        return
    joined = family.members[0].joined
    for _ in range(draw.choice((1, 2))):
        born = own[0].born + timedelta(days=draw.randint(-500, 500))
        if born > joined or (joined - born).days > 16 * 365:
            continue
        cousin = registry.person(
            draw,
            culture=family.culture,
            surname=own[0].surname,
            sex=draw.choice("MF"),
            born=born,
            ethnicity=own[0].ethnicity,
            home=family.home,
        )
        if cousin.forename in forenames(family):
            names, year, sex = registry.names, born.year, cousin.sex
            cousin.forename = another_forename(draw, names, family.culture, sex, forenames(family), year)
            cousin.known_as = NICKNAMES.get(cousin.forename, ())
        family.members.append(Membership(cousin, "child", joined))
        family.ties += [Tie(child, "cousin_of", cousin) for child in own]
        family.ties.append(Tie(parents[0], "aunt_or_uncle_of", cousin))


def _name_alike(draw: random.Random, made: list[Family], family: Family) -> None:
    """A child has the name of another family's child, and the birthday or the day beside it."""
    for child in children_of(family):
        for other in (person for earlier in made[-LOOK_BACK:] for person in children_of(earlier)):
            if (
                child.born
                and other.born
                and child.sex == other.sex
                and other.forename not in forenames(family)
                and abs((child.born - other.born).days) < NEARLY
                and other.born < family.members[0].joined - timedelta(days=2)
                and child.born < family.members[0].joined
            ):
                child.born = other.born + timedelta(days=draw.choice((0, 0, 1, -1)))
                child.forename, child.surname, child.known_as = other.forename, other.surname, other.known_as
                return


def _rename(registry: Registry, draw: random.Random, family: Family) -> None:
    """The mother married again: she and the children have borne another name, and partners may have either."""
    mothers = [person for person in parents_of(family) if person.sex == "F"]
    former = registry.names.surname(draw, "english")
    for person in (*mothers[:1], *children_of(family)):
        if not person.maiden_name and former != person.surname:
            person.maiden_name = former


def _share_child(draw: random.Random, other: Family, family: Family) -> None:
    """A child of one household lives in another as well: with the other parent, and perhaps a step-parent."""
    joined = family.members[0].joined
    children = [child for child in children_of(other) if child.families == [other.ref]]
    children = [child for child in children if child.born and child.born < joined]
    children = [child for child in children if child.forename not in forenames(family)]
    here, there = parents_of(family), parents_of(other)
    if not children or not here or not there:
        return
    child = draw.choice(children)
    family.members.append(Membership(child, "child", joined))
    family.ties.append(Tie(here[-1], "parent_of", child))
    family.ties += [Tie(parent, "step_parent_of", child, joined) for parent in here[:-1]]
    family.ties.append(Tie(here[-1], "former_partner_of", there[0], until=joined))
    family.ties += [Tie(own, "half_sibling_of", child) for own in children_of(family) if own is not child]


def _adopt(
    registry: Registry, draw: random.Random, diary: Diary, made: list[Family], family: Family
) -> tuple[Person, Person] | None:
    """A child of an earlier family was adopted by this one: new surname, new numbers, and nothing may join the two."""
    day, parents = family.members[0].joined, parents_of(family)
    for birth_family in reversed(made[-LOOK_BACK:]):
        if not parents or birth_family.entered_as or days_after(birth_family.first_day, 90) > day:
            continue
        for membership in birth_family.members:
            child = membership.person
            if (
                membership.role != "child"
                or child.born is None
                or not YOUNGEST_ADOPTED <= (day - child.born).days <= OLDEST_ADOPTED
                or child.families != [birth_family.ref]
                or child.surname == parents[0].surname
                or membership.left
            ):
                continue
            adopted = registry.person(
                draw,
                culture=family.culture,
                surname=parents[0].surname,
                sex=child.sex,
                born=child.born,
                ethnicity=child.ethnicity,
                home=family.home,
            )
            # Many keep their forename: what makes joining the two so tempting.
            if draw.random() < 0.6 and child.forename not in forenames(family):
                adopted.forename, adopted.known_as = child.forename, child.known_as
            # Some partners go on writing the name and the home of before.
            adopted.old_home, adopted.maiden_name = child.home, child.surname
            membership.left = day
            diary.care.append(Spell(child, days_after(day, -400), days_after(day, -1), "CLA", "N1"))
            if child.number in diary.pupils:
                diary.pupils[child.number].left = day
            family.members.append(Membership(adopted, "child", day))
            family.ties += [Tie(parent, "parent_of", adopted) for parent in parents]
            end = days_after(day, 90)
            still = None if end > registry.as_of else end
            diary.care.append(Spell(adopted, day, still, "CIN", "N1"))
            return child, adopted
    return None
