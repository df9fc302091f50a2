"""What happens to a person's particulars on the way into a partner's file. Each mess has a name; the truth keeps it."""

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from pipelines.council.chance import draws
from pipelines.council.identifiers import temporary_pupil_number
from pipelines.council.people import Person, Registry
from pipelines.council.places import Home

KEYBOARD: Final = {
    "a": "s", "b": "v", "c": "x", "d": "f", "e": "r", "f": "g", "g": "h", "h": "j", "i": "o", "j": "k", "k": "l",
    "l": "k", "m": "n", "n": "m", "o": "p", "p": "o", "q": "w", "r": "t", "s": "d", "t": "y", "u": "i", "v": "b",
    "w": "e", "x": "c", "y": "u", "z": "x",
}  # fmt: skip
PLAIN_LETTERS: Final = {
    "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "ß": "ss", "æ": "ae", "ø": "o", "Ø": "O", "ı": "i",
}  # fmt: skip


@dataclass(slots=True, eq=False)
class Written:
    """A person's particulars as one partner writes them, and what was spoilt (`mess`)."""

    true_id: str
    forename: str
    surname: str
    born: date | None
    address: str
    postcode: str
    uprn: str
    nhs: str
    upn: str
    nino: str
    child_id: str
    pnc: str
    sex: str
    mess: list[str] = field(default_factory=list)

    @property
    def mess_names(self) -> str:
        return "|".join(self.mess)


def cleanly(person: Person, home: Home | None = None) -> Written:
    home = home or person.home
    return Written(
        person.true_id, person.forename, person.surname, person.born, home.address, home.postcode, home.uprn,
        person.nhs, person.upn, person.nino, person.child_id, person.pnc, person.sex,
    )  # fmt: skip


def misspelt(draw: random.Random, name: str) -> str:
    """The name with one slip of the fingers; short names stay."""
    if len(name) < 4:
        return name
    place = draw.randrange(1, len(name) - 1)
    slip = draw.randrange(4)
    letter = name[place]
    if slip == 0:
        return name[:place] + name[place + 1] + letter + name[place + 2 :]
    if slip == 1:
        return name[:place] + name[place + 1 :]
    if slip == 2:
        return name[:place] + letter + name[place:]
    return name[:place] + KEYBOARD.get(letter, "e") + name[place + 1 :]


def without_diacritics(text: str) -> str:
    """The text in plain letters, as an old system keeps it."""
    plain = "".join(PLAIN_LETTERS.get(letter, letter) for letter in text)
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter)
    )


# Each returns whether it changed anything: what cannot be spoilt is not called spoilt.
Spoil = Callable[[random.Random, Written, Person], bool]


def _case(draw: random.Random, written: Written, person: Person) -> bool:
    change = str.upper if draw.random() < 0.5 else str.lower
    written.forename, written.surname = change(written.forename), change(written.surname)
    written.postcode = change(written.postcode)
    return True


def _whitespace(draw: random.Random, written: Written, person: Person) -> bool:
    written.surname = f" {written.surname}" if draw.random() < 0.5 else f"{written.surname} "
    written.postcode = written.postcode.replace(" ", draw.choice(("", "  ")))
    return True


def _nbsp(draw: random.Random, written: Written, person: Person) -> bool:
    written.surname += "\u00a0"
    written.postcode = written.postcode.replace(" ", "\u00a0")
    return True


def _typo_surname(draw: random.Random, written: Written, person: Person) -> bool:
    before, written.surname = written.surname, misspelt(draw, written.surname)
    return written.surname != before


def _typo_forename(draw: random.Random, written: Written, person: Person) -> bool:
    before, written.forename = written.forename, misspelt(draw, written.forename)
    return written.forename != before


def _nickname(draw: random.Random, written: Written, person: Person) -> bool:
    if person.known_as:
        written.forename = draw.choice(person.known_as)
    return bool(person.known_as)


def _initial_only(draw: random.Random, written: Written, person: Person) -> bool:
    written.forename = written.forename[:1]
    return bool(written.forename)


def _transposed(draw: random.Random, written: Written, person: Person) -> bool:
    written.forename, written.surname = written.surname, written.forename
    return bool(written.forename and written.surname)


def _half_surname(draw: random.Random, written: Written, person: Person) -> bool:
    if "-" in written.surname:
        written.surname = draw.choice(written.surname.split("-"))
        return True
    return False


def _maiden_name(draw: random.Random, written: Written, person: Person) -> bool:
    if person.maiden_name:
        written.surname = person.maiden_name
    return bool(person.maiden_name)


def _day_month_swapped(draw: random.Random, written: Written, person: Person) -> bool:
    born = written.born
    if born is None or born.day > 12 or born.day == born.month:
        return False
    written.born = date(born.year, born.day, born.month)
    return True


def _birth_year_wrong(draw: random.Random, written: Written, person: Person) -> bool:
    born = written.born
    if born is None or (born.month, born.day) == (2, 29):
        return False
    written.born = born.replace(year=born.year - 1)
    return True


def _birth_day_wrong(draw: random.Random, written: Written, person: Person) -> bool:
    if written.born is None:
        return False
    written.born -= timedelta(days=draw.choice((1, 2, 10)))
    return True


def _no_birth_date(draw: random.Random, written: Written, person: Person) -> bool:
    had, written.born = written.born is not None, None
    return had


def _old_address(draw: random.Random, written: Written, person: Person) -> bool:
    old = person.old_home
    if old is None:
        return False
    written.address, written.postcode, written.uprn = old.address, old.postcode, old.uprn
    return True


def _no_identifiers(draw: random.Random, written: Written, person: Person) -> bool:
    had = bool(written.nhs or written.upn or written.nino)
    written.nhs = written.upn = written.nino = ""
    return had


def _nhs_digit_wrong(draw: random.Random, written: Written, person: Person) -> bool:
    if not written.nhs:
        return False
    place = draw.randrange(3, 10)
    other = (int(written.nhs[place]) + draw.randint(1, 9)) % 10
    written.nhs = f"{written.nhs[:place]}{other}{written.nhs[place + 1 :]}"
    return True


def _upn_temporary(draw: random.Random, written: Written, person: Person) -> bool:
    if not written.upn:
        return False
    written.upn = temporary_pupil_number(written.upn)
    return True


def _letter_for_digit(draw: random.Random, written: Written, person: Person) -> bool:
    """Somebody typed O for 0, or l for 1: a letter that looks alike."""
    before = (written.nhs, written.upn, written.nino)
    for name in ("nhs", "upn", "nino"):
        number = getattr(written, name)
        for digit, letter in (("0", "O"), ("1", "l")):
            place = number.rfind(digit)
            if place > 0:
                setattr(written, name, number[:place] + letter + number[place + 1 :])
                break
    return before != (written.nhs, written.upn, written.nino)


def _leading_zero_lost(draw: random.Random, written: Written, person: Person) -> bool:
    written.child_id, written.uprn = written.child_id.lstrip("0"), written.uprn.lstrip("0")
    return True


SPOILS: Final[dict[str, tuple[Spoil, float]]] = {
    "case": (_case, 3.0),
    "whitespace": (_whitespace, 1.6),
    "nbsp": (_nbsp, 1.4),
    "typo_surname": (_typo_surname, 1.3),
    "typo_forename": (_typo_forename, 1.0),
    "nickname": (_nickname, 2.5),
    "initial_only": (_initial_only, 0.6),
    "transposed": (_transposed, 0.8),
    "half_surname": (_half_surname, 2.0),
    "maiden_name": (_maiden_name, 1.2),
    "day_month_swapped": (_day_month_swapped, 1.6),
    "birth_year_wrong": (_birth_year_wrong, 0.7),
    "birth_day_wrong": (_birth_day_wrong, 0.7),
    "no_birth_date": (_no_birth_date, 0.6),
    "old_address": (_old_address, 6.0),
    "no_identifiers": (_no_identifiers, 1.3),
    "nhs_digit_wrong": (_nhs_digit_wrong, 0.9),
    "upn_temporary": (_upn_temporary, 0.9),
    "leading_zero_lost": (_leading_zero_lost, 1.0),
    "letter_for_digit": (_letter_for_digit, 0.8),
}
_EVERYWHERE: Final = ("case", "whitespace", "nbsp", "typo_surname", "typo_forename", "nickname", "initial_only",
                      "transposed", "half_surname", "maiden_name", "birth_year_wrong", "birth_day_wrong")  # fmt: skip
IN_FILE: Final[dict[str, tuple[str, ...]]] = {
    "family_member": (
        "case", "whitespace", "nbsp", "typo_surname", "nickname", "birth_day_wrong", "no_identifiers",
        "nhs_digit_wrong", "leading_zero_lost",
    ),
    "school_attendance": (
        *_EVERYWHERE, "no_birth_date", "day_month_swapped", "old_address", "no_identifiers", "upn_temporary"
    ),
    "school_exclusion": (*_EVERYWHERE, "no_birth_date", "no_identifiers", "upn_temporary"),
    "police_incident": (*_EVERYWHERE, "no_birth_date", "day_month_swapped", "old_address"),
    "missing_episode": (*_EVERYWHERE, "day_month_swapped", "old_address"),
    "social_care_episode": (
        *_EVERYWHERE, "day_month_swapped", "old_address", "no_identifiers", "nhs_digit_wrong", "leading_zero_lost"
    ),
    "housing_event": (*_EVERYWHERE, "leading_zero_lost"),
    "employment_spell": (*_EVERYWHERE, "day_month_swapped", "old_address", "no_identifiers"),
    "health_contact": (*_EVERYWHERE, "day_month_swapped", "no_identifiers", "nhs_digit_wrong"),
}  # fmt: skip
_SPELLS: Final = (*_EVERYWHERE, "no_birth_date", "day_month_swapped", "old_address", "no_identifiers",
                  "letter_for_digit")  # fmt: skip
IN_FILE.update(
    {
        "adult_social_care": (*_SPELLS, "nhs_digit_wrong"),
        "special_educational_needs": (*_SPELLS, "upn_temporary"),
        "mental_health_support": (*_SPELLS, "nhs_digit_wrong"),
        "substance_misuse_treatment": (*_SPELLS, "nhs_digit_wrong"),
        "youth_justice": _SPELLS,
        "probation": _SPELLS,
        "benefit_spell": _SPELLS,
        "homelessness_duty": _SPELLS,
    }
)
SHARE: Final = {"family_member": 0.09}
USUAL_SHARE: Final = 0.17
_WEIGHTS: Final = {name: [SPOILS[kind][1] for kind in kinds] for name, kinds in IN_FILE.items()}


def spoil(draw: random.Random, written: Written, person: Person, contract: str) -> Written:
    """Spoils the particulars as that partner does, in place, now and then; names what it spoilt."""
    if draw.random() < SHARE.get(contract, USUAL_SHARE):
        for _ in range(2 if draw.random() < 0.08 else 1):
            kind = draw.choices(IN_FILE[contract], _WEIGHTS[contract])[0]
            if kind not in written.mess and SPOILS[kind][0](draw, written, person):
                written.mess.append(kind)
    return written


MENDED: Final = 0.06  # of rows with something spoilt in them
CHANGED: Final = 0.014  # of the others


@dataclass
class Corrections:
    """What partners put right between two quarters in rows that they had sent: two rows in a hundred.

    What was spoilt is mended, or filled in; of the rest, the person moved or has another surname, and this partner
    heard of it. `changes`: of each such person the new home or surname, the same for every partner.
    """

    seed: int
    draw: random.Random
    registry: Registry
    changes: dict[int, tuple[str, Home]] = field(default_factory=dict)

    def correct(self, written: Written, person: Person, home: Home | None = None) -> None:
        """Puts one row right, now and then, and says so in its mess."""
        if self.draw.random() >= (MENDED if written.mess else CHANGED):
            return
        if written.mess:
            kept = written.mess
            fresh = cleanly(person, home)
            for name in ("forename", "surname", "born", "address", "postcode", "uprn", "nhs", "upn", "nino"):
                setattr(written, name, getattr(fresh, name))
            kept[:] = ["corrected"]
            return
        surname, home = self._change(person)
        written.surname = surname
        written.address, written.postcode, written.uprn = home.address, home.postcode, home.uprn
        written.mess.append("corrected")

    def _change(self, person: Person) -> tuple[str, Home]:
        if person.number not in self.changes:
            draw = draws(self.seed, person.number, "change")
            surname, home = person.surname, person.home
            if draw.random() < 0.65:
                home = self.registry.town.home(self.registry.town.ward(draw), draw)
            else:
                surname = self.registry.names.surname(draw, "english")
            self.changes[person.number] = (surname, home)
        return self.changes[person.number]
