"""Case notes as practitioners write them, and where in them an identity stands.

Spans are counted in characters (Unicode code points) of the cell. A name's span leaves out the title and the
possessive ending. Words that identify nobody and ought to remain are told too (`survive`).
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from pipelines.council.chance import draws
from pipelines.council.council import Council
from pipelines.council.dates import between, british, iso
from pipelines.council.identifiers import number_plate
from pipelines.council.mess import misspelt
from pipelines.council.people import Family, Person
from pipelines.council.phrases import (
    ADULT_HEALTH,
    BENEFITS,
    FAMILY_FORMS,
    HEALTH,
    LENGTHS,
    OPENINGS,
    OUTSIDERS,
    PHRASES,
    SERVICES,
    TITLES,
    WEEKDAYS,
)
from pipelines.council.places import PRIMARIES, SURGERIES
from pipelines.council.scenarios import Episode
from pipelines.council.sheets import Row

Span = dict[str, str | int | bool]
MONTH_NAMES: Final = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
                      "October", "November", "December")  # fmt: skip
_FORMS: Final = [form for form, _ in FAMILY_FORMS]
_FORM_WEIGHTS: Final = [weight for _, weight in FAMILY_FORMS]
_SLOT: Final = re.compile(r"\{(\w+)\}")
_CUT: Final = [(tuple(_SLOT.split(words)), youngest, oldest) for words, youngest, oldest in PHRASES]
_CUT_OPENINGS: Final = [tuple(_SLOT.split(words)) for words in OPENINGS]


@dataclass(frozen=True)
class Note:
    """One case note, where identities stand in it, and which words ought to remain."""

    ref: str
    episode: str
    day: date
    worker: str
    text: str
    spans: list[Span]
    survive: list[Span]


@dataclass
class _Name:
    forename: str
    surname: str
    nicknames: tuple[str, ...] = ()
    title: str = ""
    true_id: str = ""
    in_family: bool = False
    role: str = ""


class _CannotSayError(Exception):
    """This family has nothing to put into a place of the phrase."""


@dataclass
class _Pen:
    """Writes one note of one episode, piece by piece."""

    draw: random.Random
    council: Council
    episode: Episode
    day: date
    cast: dict[str, _Name]
    parts: list[str] = field(default_factory=list)
    length: int = 0
    spans: list[Span] = field(default_factory=list)
    survive: list[Span] = field(default_factory=list)
    child: Person | None = None
    adult: Person | None = None

    def plain(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def mark(self, text: str, kind: str, form: str, who: str, in_family: bool, role: str) -> None:
        self.spans.append(
            {
                "start": self.length,
                "end": self.length + len(text),
                "type": kind,
                "text": text,
                "true_person_id": who,
                "is_family_member": in_family,
                "form": form,
                "role": role,
            }
        )
        self.plain(text)

    def value(self, text: str, kind: str, person: Person | None = None, in_family: bool = True) -> None:
        self.mark(text, kind, "value", person.true_id if person else "", in_family, "")

    def remains(self, text: str) -> None:
        self.survive.append({"start": self.length, "end": self.length + len(text), "text": text})
        self.plain(text)

    def phrase(self, cut: tuple[str, ...], youngest: int, oldest: int) -> None:
        """Adds a phrase, or raises _CannotSayError and leaves the note as it was."""
        before = (len(self.parts), self.length, len(self.spans), len(self.survive))
        try:
            self._choose_people(youngest, oldest)
            for place, piece in enumerate(cut):
                if place % 2:
                    SLOTS[piece](self)
                else:
                    self.plain(piece)
        except _CannotSayError:
            parts, self.length, spans, survive = before
            del self.parts[parts:], self.spans[spans:], self.survive[survive:]
            raise

    def _choose_people(self, youngest: int, oldest: int) -> None:
        family = self.episode.family
        children = [
            m.person
            for m in family.members
            if m.role == "child" and m.person.forename and youngest <= m.person.age(self.day) <= oldest
        ]
        adults = [m.person for m in family.members if m.role in {"parent", "carer"}]
        self.child = self.draw.choice(children) if children else None
        self.adult = self.draw.choice(adults) if adults else None

    def the_child(self) -> Person:
        if self.child is None:
            raise _CannotSayError
        return self.child

    def the_adult(self) -> Person:
        if self.adult is None:
            raise _CannotSayError
        return self.adult

    def name(self, name: _Name, form: str) -> None:
        """Writes a name in one of its forms; a form that it does not have becomes the full name."""
        draw, first, last = self.draw, name.forename, name.surname
        written = f"{first} {last}"
        match form:
            case "forename" | "possessive":
                written = first
            case "nickname" if name.nicknames:
                written = draw.choice(name.nicknames)
            case "title" if name.title:
                self.plain(f"{name.title} ")
                written = last
            case "upper":
                written = written.upper()
            case "lower":
                written = written.lower()
            case "misspelt":
                written = misspelt(draw, first)
                form = "forename" if written == first else form
            case "initials":
                written = draw.choice(("{}{}", "{}.{}.", "{} {}")).format(first[:1], last[:1])
            case "surname_first":
                written = f"{last}, {first}"
            case "split":
                written = f"{first}\n{last}"
            case "hyphen_part" if "-" in last:
                written = draw.choice(last.split("-"))
            case "full":
                pass
            case _:
                form = "full"
        self.mark(written, "PERSON", form, name.true_id, name.in_family, name.role)

    def member(self, person: Person, role: str, form: str = "") -> None:
        title = (
            "" if role == "child" else "Mr" if person.sex == "M" else self.draw.choice(("Mrs", "Ms", "Miss"))
        )
        name = _Name(person.forename, person.surname, person.known_as, title, person.true_id, True, role)
        self.name(name, form or self.draw.choices(_FORMS, _FORM_WEIGHTS)[0])

    def outsider(self, slot: str) -> None:
        role, sex = OUTSIDERS[slot]
        name = self.cast.get(slot)
        if name is None:
            draw, names = self.draw, self.council.names
            if role == "worker":
                first, last = draw.choice(self.council.workers).name.split(" ", 1)
            else:
                culture = draw.choices(
                    ("english", "pakistani", "irish", "eastern", "african"), (80, 9, 4, 4, 3)
                )[0]
                sex = sex or draw.choice("MF")
                first = names.forename(draw, culture, sex, 1984)
                last = names.for_sex(culture, names.surname(draw, culture), sex)
            titles = TITLES.get(role, ())
            name = self.cast[slot] = _Name(
                first, last, title=draw.choice(titles) if titles else "", role=role
            )
        form = self.draw.choices(("full", "forename", "title", "initials"), (5, 3, 4, 1))[0]
        self.name(name, "title" if name.title and form == "forename" else form)


def _role(pen: _Pen, person: Person) -> str:
    return next(member.role for member in pen.episode.family.members if member.person is person)


def _adult(pen: _Pen, form: str = "") -> None:
    person = pen.the_adult()
    pen.member(person, _role(pen, person), form)


def _childs(pen: _Pen) -> None:
    pen.member(pen.the_child(), "child", "possessive")
    pen.plain(pen.draw.choice(("'s", "’s")))


def _number(kind: str, attribute: str, whose: str) -> Callable[[_Pen], None]:
    def write(pen: _Pen) -> None:
        person = pen.the_child() if whose == "child" else pen.the_adult()
        number = str(getattr(person, attribute))
        if not number:
            raise _CannotSayError
        style = pen.draw.random()
        if kind == "NHS_NUMBER" and style < 0.5:
            number = f"{number[:3]} {number[3:6]} {number[6:]}"
        elif kind == "PHONE" and style < 0.25 and number.startswith("07"):
            number = f"+44 {number[1:]}"
        elif kind in {"PHONE", "NINO"} and style < 0.45:
            number = number.replace(" ", "").lower()
        pen.value(number, kind, person)

    return write


def _birth(pen: _Pen) -> None:
    person = pen.the_child()
    if person.born is None:
        raise _CannotSayError
    pen.value(_birthday(pen.draw, person.born), "DATE_OF_BIRTH", person)


def _birthday(draw: random.Random, born: date) -> str:
    return draw.choice(
        (
            british(born),
            iso(born),
            f"{born.day}/{born.month}/{born.year % 100:02d}",
            f"{born.day} {MONTH_NAMES[born.month - 1]} {born.year}",
        )
    )


def _street(family: Family) -> str:
    return family.home.address.rsplit(", ", 1)[0]


def _somewhere(pen: _Pen, whole: bool = False) -> str:
    number, street = pen.draw.randint(1, 180), pen.draw.choice(pen.council.names.streets)
    return f"{number} {street}, {pen.episode.family.home.ward.name}" if whole else f"{number} {street}"


def _other_postcode(pen: _Pen) -> str:
    draw = pen.draw
    area, sector = draw.randint(1, 12), draw.randint(1, 4)
    gap = "" if draw.random() < 0.2 else " "
    return f"WB{area}{gap}{sector}{draw.choice('ABDEFGH')}{draw.choice('JLNPQRS')}"


def _handle(pen: _Pen) -> None:
    person = pen.the_child()
    name = (
        "".join(letter for letter in person.forename.lower() if letter.isascii() and letter.isalpha())
        or "kid"
    )
    number = pen.draw.randint(1, 99)
    handle = pen.draw.choice((f"@{name}_{number}", f"@x.{name}.x{number}", f"{name}{2000 + number % 20}xo"))
    pen.value(handle, "SOCIAL_HANDLE", person)


def _school(pen: _Pen) -> None:
    child = pen.the_child()
    pen.value(child.school or PRIMARIES[child.home.ward.number - 1], "SCHOOL")


def _remaining(words: tuple[str, ...]) -> Callable[[_Pen], None]:
    return lambda pen: pen.remains(pen.draw.choice(words))


SLOTS: Final[dict[str, Callable[[_Pen], None]]] = {
    "adult": _adult,
    "adult_full": lambda pen: _adult(pen, "full"),
    "adult_title": lambda pen: _adult(pen, "title"),
    "child": lambda pen: pen.member(pen.the_child(), "child"),
    "child_full": lambda pen: pen.member(pen.the_child(), "child", "full"),
    "surname_first": lambda pen: pen.member(pen.the_child(), "child", "surname_first"),
    "childs": _childs,
    "phone": _number("PHONE", "phone", "adult"),
    "email": _number("EMAIL", "email", "adult"),
    "nino": _number("NINO", "nino", "adult"),
    "nhs": _number("NHS_NUMBER", "nhs", "child"),
    "upn": _number("UPN", "upn", "child"),
    "dob": _birth,
    "dob_other": lambda pen: pen.value(
        _birthday(
            pen.draw, date(pen.draw.randint(1970, 2003), pen.draw.randint(1, 12), pen.draw.randint(1, 28))
        ),
        "DATE_OF_BIRTH",
        in_family=False,
    ),
    "phone_other": lambda pen: pen.value(
        f"07700 900{pen.draw.randrange(1000):03d}", "PHONE", in_family=False
    ),
    "office": lambda pen: pen.value(f"01632 960{pen.draw.randrange(1000):03d}", "PHONE", in_family=False),
    "address": lambda pen: pen.value(_street(pen.episode.family), "ADDRESS"),
    "address_new": lambda pen: pen.value(_somewhere(pen, whole=True), "ADDRESS"),
    "address_other": lambda pen: pen.value(_somewhere(pen), "ADDRESS", in_family=False),
    "postcode": lambda pen: pen.value(pen.episode.family.home.postcode, "POSTCODE"),
    "postcode_other": lambda pen: pen.value(_other_postcode(pen), "POSTCODE"),
    "vehicle": lambda pen: pen.value(number_plate(pen.draw), "VEHICLE", in_family=False),
    "handle": _handle,
    "school": _school,
    "surgery": lambda pen: pen.value(pen.draw.choice(SURGERIES), "SURGERY"),
    "health": _remaining(HEALTH),
    "adult_health": _remaining(ADULT_HEALTH),
    "benefit": _remaining(BENEFITS),
    "length": _remaining(LENGTHS),
    "service": _remaining(SERVICES),
    "weekday": lambda pen: pen.plain(pen.draw.choice(WEEKDAYS)),
    "amount": lambda pen: pen.plain(str(pen.draw.randint(20, 900))),
    "hours": lambda pen: pen.plain(str(pen.draw.choice((12, 16, 20, 24, 30)))),
    "count": lambda pen: pen.plain(str(pen.draw.randint(2, 10))),
    **{slot: (lambda pen, slot=slot: pen.outsider(slot)) for slot in OUTSIDERS},  # type: ignore[misc]
}


def write_down(council: Council, written: int = 0) -> Iterator[Note]:
    """Every note of every episode, in the order of the families: five to eight a family. `written`: notes before."""
    count = written
    for episode in council.episodes:
        draw = draws(council.seed, episode.ref, "notes")
        last = episode.ended or council.as_of
        wanted = min(9, 3 + (last - episode.started).days // 55 + draw.randint(0, 2))
        days = sorted(between(draw, episode.started, last) for _ in range(wanted))
        cast: dict[str, _Name] = {}
        worker = council.workers[episode.worker].ref
        for day in days:
            count += 1
            pen = _Pen(draw, council, episode, day, cast)
            _compose(pen)
            yield Note(f"N{count:07d}", episode.ref, day, worker, "".join(pen.parts), pen.spans, pen.survive)


def _compose(pen: _Pen) -> None:
    draw = pen.draw
    if draw.random() < 0.025:
        _try(pen, draw.choice(_CUT_OPENINGS), 0, 17)
    between_phrases = draw.choice((" ", "\n", "\n\n"))
    for _ in range(draw.choices((1, 2, 3, 4, 6), (34, 28, 20, 12, 6))[0]):
        if pen.parts and not pen.parts[-1].endswith((" ", "\n")):
            pen.plain(between_phrases)
        while not _try(pen, *draw.choice(_CUT)):
            pass


def _try(pen: _Pen, cut: tuple[str, ...], youngest: int, oldest: int) -> bool:
    try:
        pen.phrase(cut, youngest, oldest)
    except _CannotSayError:
        return False
    return True


def note_rows(notes: list[Note]) -> Iterator[Row]:
    for note in notes:
        yield [note.ref, note.episode, iso(note.day), note.worker, note.text], "", ""
