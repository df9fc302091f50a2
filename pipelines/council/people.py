"""People and families as they truly are, before any partner writes them down."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from pipelines.council.dates import age_on, between, in_secondary
from pipelines.council.identifiers import Numbering
from pipelines.council.names import NICKNAMES, Names
from pipelines.council.places import TEAMS, UNIT, Home, Town, Ward, school_for

# Of families in a northern English town: (culture, its code in the school census, share, needs a ward's factor).
ROOTS: Final = (
    ("english", "WBRI", 70.0, False),
    ("pakistani", "APKN", 8.0, True),
    ("bangladeshi", "ABAN", 1.8, True),
    ("indian", "AIND", 1.6, True),
    ("eastern", "WOTH", 3.6, True),
    ("eastern", "WROM", 0.9, True),
    ("african", "BAFR", 1.9, True),
    ("somali", "BAFR", 0.7, True),
    ("caribbean", "BCRB", 1.0, True),
    ("caribbean", "BOTH", 0.3, True),
    ("chinese", "CHNE", 0.5, True),
    ("arabic", "OOTH", 1.5, True),
    ("arabic", "AOTH", 0.6, True),
    ("irish", "WIRI", 0.7, False),
    ("irish", "WIRT", 0.5, False),
)
MIXED: Final = {
    "caribbean": "MWBC",
    "african": "MWBA",
    "somali": "MWBA",
    "pakistani": "MWAS",
    "indian": "MWAS",
}


@dataclass(slots=True, eq=False)
class Person:
    """One true person. `families` and `refs` stay empty for somebody in no family."""

    number: int
    forename: str
    surname: str
    born: date | None
    sex: str
    ethnicity: str
    home: Home
    old_home: Home | None = None
    known_as: tuple[str, ...] = ()
    maiden_name: str = ""
    nhs: str = ""
    upn: str = ""
    nino: str = ""
    pnc: str = ""
    child_id: str = ""
    phone: str = ""
    email: str = ""
    school: str = ""
    families: list[str] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)

    @property
    def true_id(self) -> str:
        return f"T{self.number:07d}"

    def age(self, day: date) -> int:
        """Whole years on a day; -1 for the unborn."""
        return age_on(day, self.born) if self.born and self.born <= day else -1


@dataclass(slots=True, eq=False)
class Membership:
    """Who belonged to a family, as what, and when. `anew`: written down under a second number of the person.

    `withdrawn`: the case system has deleted the row since the quarter before.
    """

    person: Person
    role: str
    joined: date
    left: date | None = None
    anew: bool = False
    withdrawn: bool = False


@dataclass(slots=True, eq=False)
class Tie:
    """What `person` is to `related`, as the contract `relationship` codes it. Ties of blood have no first day."""

    person: Person
    kind: str
    related: Person
    since: date | None = None
    until: date | None = None


@dataclass(slots=True, eq=False)
class Family:
    """A family that early help knows; `first_day` is the day on which it was first helped.

    `entered_as`: the number under which the case system has the same family already, where somebody entered it twice.
    """

    ref: str
    home: Home
    culture: str
    members: list[Membership]
    first_day: date
    ties: list[Tie] = field(default_factory=list)
    entered_as: str = ""

    @property
    def true_ref(self) -> str:
        """The same for every number of one family."""
        return self.entered_as or self.ref

    def present(self) -> list[Membership]:
        """The memberships that the case system has."""
        return [membership for membership in self.members if not membership.withdrawn]

    def people(self) -> list[Person]:
        return [membership.person for membership in self.present()]


@dataclass
class Registry:
    """Makes people, each with numbers of their own."""

    seed: int
    as_of: date
    names: Names
    numbering: Numbering
    town: Town
    people: list[Person] = field(default_factory=list)

    def person(
        self,
        draw: random.Random,
        *,
        culture: str,
        surname: str,
        sex: str,
        born: date,
        ethnicity: str,
        home: Home,
    ) -> Person:
        forename = self.names.forename(draw, culture, sex, born.year)
        person = Person(
            number=len(self.people) + 1,
            forename=forename,
            surname=self.names.for_sex(culture, surname, sex),
            born=born,
            sex=sex,
            ethnicity=_as_recorded(draw, ethnicity),
            home=home,
            known_as=NICKNAMES.get(forename, ()),
        )
        self.people.append(person)
        self._give_numbers(person, draw)
        return person

    def unborn(self, draw: random.Random, surname: str, home: Home) -> Person:
        forename = draw.choice(("", "", "Unborn", "Baby"))
        person = Person(len(self.people) + 1, forename, surname, None, "U", "NOBT", home)
        self.people.append(person)
        return person

    def _give_numbers(self, person: Person, draw: random.Random) -> None:
        age, numbers = person.age(self.as_of), self.numbering
        born = person.born or self.as_of
        person.nhs = numbers.nhs()
        person.child_id = numbers.child_id()
        if 3 <= age < 20:
            person.upn = numbers.upn(born.year + 4)
            year = self.as_of.year - (self.as_of.month < 9)
            person.school = school_for(draw, person.home.ward, in_secondary(born, year))
            if age >= 11 and draw.random() < 0.02:
                person.school = UNIT
        if age >= 16:
            person.nino = numbers.nino()
            person.phone = numbers.mobile() if draw.random() < 0.85 else numbers.landline()
            if draw.random() < 0.5:
                person.email = _email(person, draw)
        if age >= 13 and draw.random() < 0.35:
            person.pnc = numbers.pnc(max(born.year + 12, 1998), self.as_of.year)
        if person.sex == "F" and age >= 25 and draw.random() < 0.25:
            person.maiden_name = self.names.surname(draw, "english")
        if draw.random() < 0.12:
            person.old_home = self.town.home(self.town.ward(draw), draw)


def _as_recorded(draw: random.Random, ethnicity: str) -> str:
    chance = draw.random()
    return "NOBT" if chance < 0.02 else "REFU" if chance < 0.03 else ethnicity


def _email(person: Person, draw: random.Random) -> str:
    name = f"{person.forename}.{person.surname}".lower()
    name = "".join(letter for letter in name if letter.isascii() and (letter.isalnum() or letter == "."))
    host = draw.choice(("mail.example", "post.example", "inbox.example"))
    return f"{name}{draw.randint(1, 99)}@{host}"


def roots_of(draw: random.Random, ward: Ward) -> tuple[str, str]:
    weights = [share * (ward.elsewhere if factor else 1.0) for _, _, share, factor in ROOTS]
    culture, code, _, _ = draw.choices(ROOTS, weights)[0]
    return culture, code


def make_family(registry: Registry, draw: random.Random, index: int, first_day: date, ward: Ward) -> Family:
    """A household: its adults, its children, perhaps grown-up children, a grandparent, somebody unborn."""
    names = registry.names
    culture, code = roots_of(draw, ward)
    home = registry.town.home(ward, draw)
    surname = names.surname(draw, culture)
    family = Family(f"F{30000 + index}", home, culture, [], first_day)
    joined = first_day - timedelta(days=draw.randint(5, 60))
    made: list[Person] = []

    def add(person: Person, role: str, since: date = joined, left: date | None = None) -> Person:
        family.members.append(Membership(person, role, since, left))
        made.append(person)
        return person

    # The eldest child's age decides the rest.
    eldest = min(draw.choices(range(18), _AGES)[0], 17)
    eldest_born = first_day - timedelta(days=eldest * 365 + draw.randint(0, 360))
    mother_born = eldest_born - timedelta(days=int(max(16.5, draw.gauss(25.5, 5.2)) * 365.25))
    carers = draw.random() < 0.04 and eldest > 1
    role = "carer" if carers else "parent"
    if carers:
        mother_born -= timedelta(days=int(draw.uniform(20, 28) * 365.25))
    mixed_with = (
        draw.choice(("caribbean", "african", "pakistani", "indian"))
        if culture == "english" and draw.random() < 0.07
        else ""
    )
    their_code = MIXED[mixed_with] if mixed_with else code
    their_name = names.surname(draw, mixed_with) if mixed_with else surname

    def grown(sex: str, culture: str, surname: str, born: date, code: str) -> Person:
        return registry.person(
            draw, culture=culture, surname=surname, sex=sex, born=born, ethnicity=code, home=home
        )

    lone_father = not carers and draw.random() < 0.06
    parents: list[Person] = []
    if not lone_father:
        hers = surname if draw.random() < 0.55 else names.surname(draw, culture)
        parents.append(add(grown("F", culture, hers, mother_born, code), role))
    if lone_father or draw.random() < 0.46:
        his_born = mother_born - timedelta(days=int(draw.gauss(2.4, 3.5) * 365.25))
        his = (mixed_with or culture, their_name if mixed_with else surname)
        his_code = {root[0]: root[1] for root in reversed(ROOTS)}[mixed_with] if mixed_with else code
        left = between(draw, first_day, registry.as_of) if not lone_father and draw.random() < 0.08 else None
        parents.append(add(grown("M", *his, his_born, his_code), role, left=left))
    if len(parents) == 2:
        left = family.members[1].left
        family.ties.append(
            Tie(parents[0], "former_partner_of" if left else "partner_of", parents[1], until=left)
        )
    children: list[Person] = []

    born, count, twins = (
        eldest_born,
        draw.choices((1, 2, 3, 4, 5), (27, 36, 22, 10, 5))[0],
        draw.random() < 0.025,
    )
    for place in range(count):
        if place and not (twins and place == 1):
            born += timedelta(days=int(draw.uniform(1.1, 3.9) * 365.25))
        if born > registry.as_of - timedelta(days=20):
            break
        if born > first_day + timedelta(days=240):
            break  # too late to be part of the story
        sex = "M" if draw.random() < 0.52 else "F"
        since = max(joined, born)
        child = registry.person(
            draw, culture=culture, surname=their_name, sex=sex, born=born, ethnicity=their_code, home=home
        )
        if any(child.forename == older.forename for older in children):
            taken = {older.forename for older in children}
            child.forename = another_forename(draw, names, culture, sex, taken, born.year)
            child.known_as = NICKNAMES.get(child.forename, ())
        family.ties += [Tie(older, "sibling_of", child) for older in children]
        children.append(add(child, "child", since))
    bond = "grandparent_of" if carers else "parent_of"
    family.ties += [Tie(parent, bond, child) for parent in parents for child in children]
    if draw.random() < 0.07:
        grown_born = eldest_born - timedelta(days=int(draw.uniform(1.0, 4.0) * 365.25))
        if age_on(first_day, grown_born) >= 18 and (eldest_born - mother_born).days > 19 * 365:
            sex = draw.choice("MF")
            eldest_child = add(grown(sex, culture, surname, grown_born, code), "other adult")
            family.ties += [Tie(parent, bond, eldest_child) for parent in parents[:1]]
    if draw.random() < 0.03 and not carers:
        grandmother = add(
            grown("F", culture, surname, mother_born - timedelta(days=int(draw.uniform(19, 30) * 365)), code),
            "other adult",
        )
        family.ties += [Tie(grandmother, "grandparent_of", child) for child in children]
    return family


# Weights of the eldest child's age, 0 to 17, when help begins.
_AGES: Final = (5, 4, 4, 4, 5, 5, 6, 6, 6, 6, 7, 7, 8, 9, 9, 8, 6, 3)


def another_forename(
    draw: random.Random, names: Names, culture: str, sex: str, taken: set[str], year: int
) -> str:
    while True:
        forename = names.forename(draw, culture, sex, year)
        if forename not in taken:
            return forename


def best_team(draw: random.Random, ward: Ward, has: Callable[[str], bool]) -> int:
    """The index of the team that takes the family: the ward's hub, or one of the two that work everywhere."""
    chance = draw.random()
    if has("teenager") and chance < 0.3:
        return 4
    if has("complex") and chance > 0.7:
        return 5
    return next(index for index, team in enumerate(TEAMS) if team.locality == ward.locality)
